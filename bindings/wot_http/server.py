"""Serving Things over HTTP: our own path table on aiohttp's low-level server, no router."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from wot.binding import Describe, Server, known_option, within
from wot.content import Content
from wot.errors import (
    ConnectError,
    EventsLost,
    InvalidInput,
    NotAcceptable,
    NotAllowed,
    Timeout,
    TooLarge,
    Unavailable,
    WoTError,
)
from wot.forms import variables_from
from wot.interaction import NONE, Interactable, Interaction
from wot.td import Form, Op, ThingDescription
from wot_http import forms as http_forms
from wot_http.answers import answer
from wot_http.cors import Cors
from wot_http.errors import PROBLEM_JSON, problem_body, status_of
from wot_http.forms import STREAM, Route
from wot_http.negotiation import quality
from wot_http.pages import Pages
from wot_http.paths import Paths, Place
from wot_http.sse import EVENT_STREAM
from wot_http.streams import Streams

MAX_BODY = 1 << 20
_READING = 30.0  # seconds for a request's body
_STOPPING = 0.8  # seconds for requests that are under way when the server stops
_HOST = re.compile(r"[A-Za-z0-9._~-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_OPTIONS = ("public_url", "cors", "max_body", "heartbeat")
_READS = frozenset({"GET", "HEAD"})


class HTTPServer(Server):
    """One listening address."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        known_option(options, _OPTIONS, "an HTTP endpoint")
        parts = urlsplit(url)
        if parts.scheme != "http":
            raise WoTError(
                f"{url}: serving https is not supported",
                hint="serve http behind a proxy and name it with public_url=",
            )
        if parts.path not in ("", "/") or parts.query:
            raise WoTError(f"{url}: an endpoint has no path", hint="name only host and port")
        self._host = parts.hostname or ""
        self._port = 80 if parts.port is None else parts.port
        self._public = str(options.get("public_url") or "")
        self._max_body = int(options.get("max_body", MAX_BODY))
        self._cors = Cors(options["cors"]) if options.get("cors") else None
        self._paths = Paths()
        self._pages = Pages(self._paths)
        self._streams = Streams(float(options.get("heartbeat", 15.0)))
        self._runner: web.ServerRunner | None = None
        self.base = self._public and self._public.rstrip("/") + "/"

    async def start(self) -> None:
        """Listen; ConnectError where the address is taken or not ours."""
        server = web.Server(self._serve, request_factory=self._request, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=_STOPPING)
        await runner.setup()
        # With port 0, "localhost" would mean another port for each address family.
        host = "127.0.0.1" if self._host == "localhost" and not self._port else self._host
        try:
            await web.TCPSite(runner, host, self._port, backlog=1024).start()
        except OSError as error:
            await runner.cleanup()
            reason = error.strerror or str(error)
            raise ConnectError(
                f"cannot listen on {self._host}:{self._port}: {reason}",
                hint="is it in use? port 0 takes a free one",
            ) from None
        self._runner = runner
        self._streams.start()
        port = runner.addresses[0][1]
        self.base = self.base or f"http://{_shown(self._host)}:{port}/"

    async def stop(self) -> None:
        """Stop listening, end streams cleanly, give requests under way a moment."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await self._streams.stop()
            await runner.cleanup()

    def forms(self, path: str, td: ThingDescription) -> Iterable[tuple[str, str, Form]]:
        """The forms of a Thing below `path`, relative to `base`."""
        return http_forms.forms(path, td)

    def mount(self, path: str, thing: Interactable, describe: Describe) -> Callable[[], None]:
        """Serve `thing` below `path`."""
        return self._paths.mount(path, thing, describe)

    def _request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
    ) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(
            message, payload, protocol, writer, task, loop, client_max_size=self._max_body
        )

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        raw = request.raw_path
        query = ""
        if "?" in raw:
            raw, _, query = raw.partition("?")
        method = request.method
        try:
            place = self._paths.hot.get(raw)
            if place is None or place.methods is None:
                page = await self._page(request, raw, place)
                return self._shared(request, page)
            route = place.methods.get(method)
            accept = request.headers.get("Accept", "")
            if route is None or (accept and accept != "*/*") or route.op is Op.SUBSCRIBE_EVENT:
                found = self._negotiated(place, method, accept)
                if found is None:
                    return self._shared(
                        request, web.Response(status=204, headers={"Allow": _allow(place.methods)})
                    )
                route, streaming = found
                if streaming:
                    return await self._stream(request, place, route, query)
            payload = None if method in _READS else await self._payload(request, route)
            variables = variables_from(query, route.variables) if query else NONE
            reply = await place.mount.thing.request(
                Interaction(route.op, route.name, payload, variables)
            )
            content = reply.content
            body, kind = (b"", "") if content is None else (content.body, content.type)
            if self._cors is None:
                return answer(request, 204 if content is None else 200, kind, body)
            headers = {"Content-Type": kind} if kind else {}
            response = web.Response(status=200 if kind else 204, body=body, headers=headers)
        except WoTError as error:
            response = self._problem(error)
        return self._shared(request, response)

    async def _page(
        self, request: web.BaseRequest, raw: str, place: Place | None
    ) -> web.StreamResponse:
        """What is no affordance: TDs, the list of Things, the well-known address, and names not seen before."""
        if place is None:
            page = self._pages.at(raw)
            if page is None:
                place = self._paths.find(raw)
                if place.methods is not None:
                    return await self._serve(request)
        if request.method == "OPTIONS":
            return web.Response(status=204, headers={"Allow": "GET, HEAD, OPTIONS"})
        if request.method not in _READS:
            return self._problem(
                _not_allowed(request.method, "GET, HEAD, OPTIONS"), "GET, HEAD, OPTIONS"
            )
        base = self._base_for(request)
        if place is None:
            return await self._pages.answer(raw, base, request.headers)
        return await self._pages.description(place.mount, base, request.headers)

    def _negotiated(self, place: Place, method: str, accept: str) -> tuple[Route, bool] | None:
        """The route for a method and an Accept header, and whether it streams; None for OPTIONS."""
        methods = place.methods or {}
        if method == "OPTIONS":
            return None
        stream, route = methods.get(STREAM), methods.get("GET" if method == "HEAD" else method)
        reading = method in _READS
        if reading and stream is not None:
            wanted = quality(accept, EVENT_STREAM)
            alone = route is None or route is stream
            if wanted and (
                alone
                or (
                    EVENT_STREAM in accept
                    and wanted >= quality(accept, route.gives if route else "")
                )
            ):
                return stream, True
            if alone:
                raise NotAcceptable(
                    f"this can only be followed as {EVENT_STREAM}",
                    hint=f"send Accept: {EVENT_STREAM}",
                )
        if route is None:
            raise _not_allowed(method, _allow(methods))
        if accept and not quality(accept, route.gives):
            raise NotAcceptable(
                f"{route.name} is only to be had as {route.gives}",
                hint=f"send Accept: {route.gives}",
            )
        return route, False

    async def _payload(self, request: web.BaseRequest, route: Route) -> Content | None:
        if (request.content_length or 0) > self._max_body:
            raise self._too_large()
        try:
            body = await within(_READING, request.read())
        except web.HTTPRequestEntityTooLarge:
            raise self._too_large() from None
        except TimeoutError:
            raise Timeout("the body of the request did not arrive in time") from None
        except (web.HTTPException, web.PayloadAccessError, ValueError, OSError) as error:
            raise InvalidInput(
                f"the body of the request is broken: {type(error).__name__}"
            ) from None
        if not body:
            return None
        return Content(body, request.headers.get("Content-Type") or route.takes)

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"a payload may have {self._max_body} bytes here", hint="send less, or raise max_body="
        )

    async def _stream(
        self, request: web.BaseRequest, place: Place, route: Route, query: str
    ) -> web.StreamResponse:
        variables = variables_from(query, route.variables) if query else NONE
        after = request.headers.get("Last-Event-ID", "")
        interaction = Interaction(route.op, route.name, variables=variables, after=after)
        headers = self._cors.headers(request.headers.get("Origin", "")) if self._cors else {}
        return await self._streams.serve(request, place.mount.thing, interaction, headers)

    def _problem(self, error: WoTError, allow: str = "") -> web.Response:
        status = status_of(error)
        headers = {"Content-Type": PROBLEM_JSON}
        if isinstance(error, Unavailable) and error.retry_after:
            headers["Retry-After"] = str(max(1, round(error.retry_after)))
        allow = allow or getattr(error, "allow", "")
        if allow:
            headers["Allow"] = allow
        return web.Response(status=status, body=problem_body(error, status), headers=headers)

    def _shared(self, request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
        """What every answer gets."""
        if self._cors is not None and not response.prepared:
            self._cors.apply(request, response)
        return response

    def _base_for(self, request: web.BaseRequest) -> str:
        """Our base as the requester sees it."""
        host = request.headers.get("Host", "")
        if self._public or not _HOST.fullmatch(host):
            return self.base
        return f"http://{host}/"


def _allow(methods: Mapping[str, Route]) -> str:
    names = {"GET" if name == STREAM else name for name in methods}
    implied = {"HEAD", "OPTIONS"} if "GET" in names else {"OPTIONS"}
    return ", ".join(sorted(names | implied))


def _not_allowed(method: str, allow: str) -> NotAllowed:
    error = NotAllowed(f"{method[:20]} is not possible here", hint=f"use {allow}")
    error.allow = allow  # type: ignore[attr-defined]
    return error


def _shown(host: str) -> str:
    """The host of our own URLs: this machine's name where we listen on every address."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


__all__ = ["EventsLost", "HTTPServer"]
