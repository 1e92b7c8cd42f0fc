"""Following by webhook: a server of our own to which others post what happens."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp import web
from yarl import URL

from wot.content import JSON
from wot.errors import ConnectError, ProtocolError, TransportError, WoTError
from wot.interaction import Interaction, Stream
from wot.td import EACH, Form
from wot_http.plans import declared_headers, method_of
from wot_http.preferences import CURSOR
from wot_http.received import Received
from wot_http.receiving import refuse
from wot_http.redirects import same_place
from wot_http.sessions import Sessions
from wot_http.signing import fresh, signing_key
from wot_http.translating import translated

_log = logging.getLogger("wot")
_MAX_BODY = 16 << 20
_LEAVING = 2.0  # seconds for the other side to end a subscription
_WATCH = 30.0  # seconds between looks whether a subscription is still there
_GONE = (404, 410)


def callbacks_of(options: Mapping[str, Any], sessions: Sessions) -> Callbacks | None:
    """The options callback and callback_url of a client; None where it cannot be called."""
    address, public = str(options.get("callback") or ""), str(options.get("callback_url") or "")
    if not address:
        if public:
            raise WoTError(f"callback_url={public!r} needs callback=, the address to listen on")
        return None
    try:
        parts = urlsplit(address)
        port = parts.port or 0
    except ValueError as error:
        raise WoTError(f"callback={address!r} is no address: {error}") from None
    if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/"):
        hint = 'such as callback="http://127.0.0.1:0"'
        raise WoTError(f"callback={address!r} should be http://host:port", hint=hint)
    if public and urlsplit(public).scheme not in ("http", "https"):
        raise WoTError(f"callback_url={public!r} should begin with http:// or https://")
    return Callbacks(parts.hostname, port, public, sessions)


class Callbacks:
    """The callbacks of one client; it listens from the first subscription on."""

    def __init__(self, host: str, port: int, public: str, sessions: Sessions) -> None:
        self._host, self._port, self._public = host, port, public
        self._sessions = sessions
        self._received: dict[str, Received] = {}
        self._starting = asyncio.Lock()
        self._runner: web.ServerRunner | None = None

    async def open(self, form: Form, interaction: Interaction) -> Stream:
        """A subscription that stands; refusals raise."""
        base = await self._listening()
        path, secret = secrets.token_urlsafe(24), fresh()
        received = Received(
            signing_key(secret),
            form.response_type,
            lambda r: self._leave(path, r),
            whole=interaction.op in EACH,
        )
        self._received[path] = received
        try:
            await self._register(form, interaction, f"{base}{path}", secret, received)
        except BaseException:
            self._received.pop(path, None)
            raise
        if received.location:
            received.watching = asyncio.create_task(self._watch(received), name="wot webhook")
        return received

    async def _register(
        self, form: Form, interaction: Interaction, url: str, secret: str, received: Received
    ) -> None:
        headers = {**declared_headers(form), "Content-Type": JSON}
        if interaction.after:
            headers[CURSOR] = interaction.after
        body = msgspec.json.encode({"callbackURL": url, "secret": secret})
        async with (
            translated(form.href),
            self._sessions.requests().request(
                method_of(form, "POST"),
                form.href,
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as response,
        ):
            if response.status >= 300:
                await refuse(response)
            received.registered(response.headers, _location(response))

    async def _watch(self, received: Received) -> None:
        """Notice that a subscription is gone, where the other side says of one that is not.

        Nothing in the profile would tell: a server that was restarted, or has given up, is merely silent.
        """
        if await self._status(received) in (*_GONE, 0):
            return  # this one tells nothing
        while True:
            await asyncio.sleep(_WATCH)
            status = await self._status(received)
            if status in (*_GONE, 0):
                received.fail(
                    ProtocolError("the other side no longer knows the subscription")
                    if status
                    else TransportError("the other side of the subscription is gone")
                )
                return

    async def _status(self, received: Received) -> int:
        """What the other side says of a subscription, 0 where it says nothing."""
        try:
            async with self._sessions.requests().head(
                received.location, allow_redirects=False
            ) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError, WoTError):
            return 0

    async def _leave(self, path: str, received: Received) -> None:
        """End a subscription; one that cannot be reached learns by 410."""
        self._received.pop(path, None)
        if received.watching is not None:
            received.watching.cancel()
        if received.location:
            with contextlib.suppress(
                aiohttp.ClientError, TimeoutError, ValueError, OSError, WoTError
            ):
                async with (
                    asyncio.timeout(_LEAVING),
                    self._sessions.requests().delete(received.location, allow_redirects=False),
                ):
                    pass

    async def _listening(self) -> str:
        """The base of our callbacks."""
        async with self._starting:
            if self._runner is None:
                self._runner = await self._started()
        host, port = self._host, self._runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        return (self._public or f"http://{shown}:{port}").rstrip("/") + "/"

    async def _started(self) -> web.ServerRunner:
        server = web.Server(self._answer, request_factory=_request, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise ConnectError(
                f"cannot listen for callbacks on {self._host}:{self._port}: {reason}",
                hint="is it in use? port 0 takes a free one",
            ) from None
        return runner

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        received = self._received.get(request.path.rpartition("/")[2])
        if received is None:
            return web.Response(status=410)  # left, perhaps by an earlier run of this program
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        return web.Response(status=await received.take(request.headers, body))

    async def close(self) -> None:
        """Stop listening."""
        await asyncio.gather(*(received.aclose() for received in list(self._received.values())))
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


def _location(response: aiohttp.ClientResponse) -> str:
    """Where a subscription is ended: at the origin of who gave it, lest they point us at others."""
    try:
        found = response.url.join(URL(response.headers.get("Location", "")))
    except ValueError:
        return ""
    given = bool(response.headers.get("Location")) and same_place(response.url, found)
    return str(found) if given else ""


def _request(
    message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(
        message, payload, protocol, writer, task, loop, client_max_size=_MAX_BODY
    )
