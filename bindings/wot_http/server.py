"""Serving Things over HTTP: our own path table on aiohttp's low-level server, no router."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiohttp import web

from wot.binding import Describe, Server, known_option, number_option
from wot.errors import ConnectError, HandlerError, WoTError
from wot.forms import variables_from
from wot.interaction import NONE, Interactable, Interaction
from wot.td import Form, Op, ThingDescription
from wot_http import forms as http_forms
from wot_http.answers import answer, problem
from wot_http.connection import Connections
from wot_http.cors import Cors
from wot_http.forms import Route
from wot_http.gate import Gate
from wot_http.pages import Pages
from wot_http.paths import Paths, Place
from wot_http.reading import READS, Refused, allowed, not_allowed, read_body, route_for
from wot_http.streams import Streams

_log = logging.getLogger("wot")
MAX_BODY = 1 << 20
_STOPPING = 0.5  # seconds for requests that are under way when the server stops
_HOST = re.compile(r"[A-Za-z0-9._~-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_OPTIONS = ("public_url", "cors", "max_body", "heartbeat")


class HTTPServer(Server):
    """One listening address."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        known_option(options, _OPTIONS, "an HTTP endpoint")
        parts, port = _split(url)
        if parts.scheme != "http":
            raise WoTError(
                f"{url}: serving https is not supported",
                hint="serve http behind a proxy and name it with public_url=",
            )
        if parts.path not in ("", "/") or parts.query:
            raise WoTError(f"{url}: an endpoint has no path", hint="name only host and port")
        self._host = parts.hostname or ""
        self._port = 80 if port is None else port
        self._public = str(options.get("public_url") or "")
        if self._public and urlsplit(self._public).scheme not in ("http", "https"):
            raise WoTError(f"public_url={self._public!r} should begin with http:// or https://")
        self._max_body = int(number_option(options, "max_body", MAX_BODY, least=1))
        self._cors = Cors(options["cors"]) if options.get("cors") else None
        self._paths = Paths()
        self._pages = Pages(self._paths)
        self._hosts: set[str | None] = set()
        self._gate = Gate(self._host, self._public, self._cors, self._hosts)
        self._streams = Streams(number_option(options, "heartbeat", 15.0, least=0.01))
        self._runner: web.ServerRunner | None = None
        self.base = self._public and self._public.rstrip("/") + "/"

    async def start(self) -> None:
        """Listen; ConnectError where the address is taken or not ours."""
        server = Connections(self._serve, request_factory=self._request)
        runner = web.ServerRunner(server, shutdown_timeout=_STOPPING)
        await runner.setup()
        # With port 0, "localhost" would mean another port for each address family.
        host = "127.0.0.1" if self._host == "localhost" and not self._port else self._host
        try:
            await web.TCPSite(runner, host, self._port, backlog=1024).start()
        except OSError as error:
            await runner.cleanup()
            reason = os.strerror(error.errno) if error.errno else str(error)
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
        unmount = self._paths.mount(path, thing, describe)
        for what in http_forms.unfollowed(thing.td):
            _log.warning(
                "%s: %s, which server-sent events cannot carry: nobody can follow it here",
                thing.td.title,
                what,
            )

        def end() -> None:
            unmount()
            self._streams.end(thing)

        return end

    def _request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
    ) -> web.BaseRequest:
        if protocol.waiting is not None:
            protocol.arrived()
        loop = asyncio.get_running_loop()
        return web.BaseRequest(
            message, payload, protocol, writer, task, loop, client_max_size=self._max_body
        )

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        raw, query, method = request.raw_path, "", request.method
        if "?" in raw:
            raw, _, query = raw.partition("?")
        if not raw.startswith("/"):
            # RFC 9112 section 3.2.2: a server must accept the absolute form, too.
            raw = urlsplit(raw).path or "/"
        try:
            if "Origin" in request.headers or request.headers.get("Host") not in self._hosts:
                self._gate.check(method, request.headers)
            place = self._paths.hot.get(raw) or self._place(raw)
            if place is None or place.methods is None:
                page = await self._page(request, raw, place)
                return self._shared(request, page)
            route = place.methods.get(method)
            accept = request.headers.get("Accept", "")
            if route is None or (accept and accept != "*/*") or route.op is Op.SUBSCRIBE_EVENT:
                if method == "OPTIONS":
                    return self._shared(request, _options(allowed(place.methods)))
                route, streaming = route_for(place.methods, method, accept)
                if streaming:
                    return await self._stream(request, place, route, query)
            payload = None if method in READS else await read_body(request, route, self._max_body)
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
            response = problem(error)
        except Refused as refused:
            response = problem(refused.error, refused.status, refused.headers)
        except Exception:  # noqa: BLE001 - any Interactable may be mounted here
            _log.exception("%s %s failed", method, raw)
            response = problem(HandlerError("this request failed inside the server"))
        return self._shared(request, response)

    def _place(self, raw: str) -> Place | None:
        """What a path leads to that is asked for the first time; None for pages of the server itself."""
        return None if raw == "*" or self._pages.at(raw) else self._paths.find(raw)

    async def _page(
        self, request: web.BaseRequest, raw: str, place: Place | None
    ) -> web.StreamResponse:
        """What is no affordance: TDs, the list of Things, the well-known address."""
        if request.method == "OPTIONS":
            return _options("GET, HEAD, OPTIONS")
        if request.method not in READS:
            raise not_allowed(request.method, "GET, HEAD, OPTIONS")
        base = self._base_for(request)
        if place is None:
            return await self._pages.answer(raw, base, request.headers)
        return await self._pages.description(place.mount, base, request.headers)

    async def _stream(
        self, request: web.BaseRequest, place: Place, route: Route, query: str
    ) -> web.StreamResponse:
        variables = variables_from(query, route.variables) if query else NONE
        after = request.headers.get("Last-Event-ID", "")
        interaction = Interaction(route.op, route.name, variables=variables, after=after)
        headers = self._cors.headers(request.headers.get("Origin", "")) if self._cors else {}
        return await self._streams.serve(request, place.mount.thing, interaction, headers)

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


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as error:
        raise WoTError(f"{url} is no address: {error}", hint="write http://host:port") from None


def _options(allow: str) -> web.Response:
    return web.Response(status=204, headers={"Allow": allow})


def _shown(host: str) -> str:
    """The host of our own URLs: this machine's name where we listen on every address."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
