"""Serving Things over HTTP: our own path table on aiohttp's low-level server, no router."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from aiohttp import web
from yarl import URL

from wot.binding import Describe, Server, known_option, number_option
from wot.errors import WoTError
from wot.interaction import Interactable
from wot.td import Form, Json, ThingDescription
from wot_http import access, limits, socket_forms, tls
from wot_http import forms as http_forms
from wot_http.accepting import Accepting
from wot_http.admission import Admission
from wot_http.connection import Connection, Connections
from wot_http.cors import Cors
from wot_http.forwarded import HOST, Trust
from wot_http.gate import Gate
from wot_http.limits import Limits
from wot_http.listening import UNIX, closed, opened, placed
from wot_http.offering import SOCKET, offer_of
from wot_http.paths import Paths
from wot_http.profiles import claimed
from wot_http.serving import Serving
from wot_http.subscribers import Subscribers
from wot_http.websocket import Sockets

_log = logging.getLogger("wot")
MAX_BODY = 1 << 20
MAX_UPLOAD = 1 << 30
MAX_HEADER = 1 << 16
HEARTBEAT = 15.0
_STOPPING = 0.5  # seconds for requests that are under way when the server stops
_OPTIONS = (
    *("public_url", "cors", "max_body", "max_upload", "max_header", "heartbeat"),
    *("subprotocols", "profile", "webhooks"),
    *("listen", "mode", "trusted_proxies", "access_log"),
    *tls.OPTIONS,
    *limits.OPTIONS,
)


class HTTPServer(Server):
    """One endpoint: the addresses it listens on, and what is served there."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        known_option(options, _OPTIONS, "an HTTP endpoint")
        self._place = placed(url, options)
        self._certificate = tls.certificate_for(url, self._place.scheme, options)
        self._public = _public(options)
        self._limits = Limits(options)
        self._trust = Trust(options.get("trusted_proxies", ()))
        cors = Cors(options["cors"]) if options.get("cors") else None
        self._offer = offer_of(options)
        self._paths = Paths(urlsplit(self._public).path.rstrip("/"), self._offer)
        heartbeat = number_option(options, "heartbeat", HEARTBEAT, least=0.01)
        self._streams = Subscribers(self._offer, heartbeat)
        self._max_body = int(number_option(options, "max_body", MAX_BODY, least=1))
        max_upload = int(number_option(options, "max_upload", MAX_UPLOAD, least=1))
        self._max_header = int(number_option(options, "max_header", MAX_HEADER, least=256))
        gate = Gate(self._place.hosts, self._public, cors)
        self._websockets: Sockets | None = None
        # A socket file has no address that a WebSocket could be opened at.
        if SOCKET in self._offer.subprotocols and (self._public or self._place.scheme != UNIX):
            self._websockets = Sockets(gate, heartbeat, self._max_body, self._base_for)
        self._serving = Serving(
            self._paths,
            gate,
            Admission(self._limits, self._trust, cors is None),
            self._streams,
            cors,
            self._max_body,
            max_upload,
            self._base_for,
        )
        self._serving.sockets = self._websockets
        self._logs = bool(options.get("access_log"))
        self._sockets: list[socket.socket] = []
        self._connections: Connections | None = None
        self._accepting: Accepting | None = None
        self.base = self._public

    def hosts(self) -> Sequence[str]:
        """Where it listens."""
        return self._place.hosts

    @property
    def addresses(self) -> list[Any]:
        """The addresses of its sockets, once it listens."""
        return [sock.getsockname() for sock in self._sockets]

    async def start(self) -> None:
        """Listen; ConnectError where the address is taken or not ours."""
        if self._logs:
            access.prepared()
        self._sockets = await opened(self._place)
        unix = self._place.scheme == UNIX
        self.base = self.base or self._place.base(0 if unix else self.addresses[0][1])
        self._serving.pages.stopping = self._paths.closing = False
        connections = self._connections = Connections(
            self._serving.answer,
            self._request,
            self._limits,
            self._paths,
            self._max_header,
            self._logs,
        )
        accepting = self._accepting = Accepting(
            connections, self._limits, self._trust, self._place.scheme, self._certificate
        )
        self._streams.start()
        connections.start()
        accepting.start(self._sockets)

    async def stop(self) -> None:
        """Stop listening, end streams cleanly, give requests under way a moment."""
        connections, self._connections = self._connections, None
        accepting, self._accepting = self._accepting, None
        if connections is None or accepting is None:
            return
        self._serving.pages.stopping = self._paths.closing = True
        if self._websockets is not None:
            await self._websockets.stop()
        await self._streams.stop()
        await accepting.stop()
        closed(self._sockets)
        await connections.stop(_STOPPING)

    def forms(self, path: str, td: ThingDescription) -> Iterable[tuple[str, str, Form]]:
        """The forms of a Thing below `path`, relative to `base`."""
        yield from http_forms.forms(path, td, self._offer)
        if self._websockets is not None:
            yield from socket_forms.forms(path, td)

    def located(self, href: str, base: str) -> str:
        """WebSockets have a scheme of their own, and so an address that is absolute."""
        return socket_forms.located(href, base) if href.startswith("ws:") else href

    def terms(self, td: ThingDescription) -> Json:
        """The profiles that are kept here, and what our forms refer to."""
        said, forms = http_forms.terms(td, self._offer), self.forms("", td)
        profiles = claimed(td, forms, self.base, self._offer.profiled)
        return {**said, "profile": profiles} if profiles else said

    def mount(self, path: str, thing: Interactable, describe: Describe) -> Callable[[], None]:
        """Serve `thing` below `path`."""
        unmount = self._paths.mount(path, thing, describe)
        for what in http_forms.unfollowed(thing.td, self._offer, self._websockets is not None):
            _log.warning(
                "%s: %s, which %s cannot carry: nobody can follow it here",
                thing.td.title,
                what,
                " and ".join(self._offer.subprotocols),
            )

        def end() -> None:
            unmount()
            self._streams.end(thing)
            if self._websockets is not None:
                self._websockets.end(thing)

        return end

    def _request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
    ) -> web.BaseRequest:
        protocol.payload, protocol.head = payload, 0
        if protocol.waiting is not None:
            protocol.arrived()
        loop = asyncio.get_running_loop()
        return web.BaseRequest(
            message, payload, protocol, writer, task, loop, client_max_size=self._max_body
        )

    def _base_for(self, request: web.BaseRequest) -> str:
        """Our base as the requester sees it."""
        if self._public:
            return self.base
        connection = cast(Connection, request.protocol)
        host = request.headers.get("Host", "")
        usable = HOST.fullmatch(host) is not None
        seen, scheme = connection.seen, connection.scheme
        if seen is not None and (seen.host or (usable and (seen.scheme or seen.prefix))):
            return seen.base("http" if scheme == UNIX else scheme, host)
        if scheme == UNIX or not usable:
            return self.base
        return f"{scheme}://{host}/"


def _public(options: Mapping[str, Any]) -> str:
    """The public URL with a slash at its end, "" where there is none."""
    given = str(options.get("public_url") or "")
    if not given:
        return ""
    try:
        parts = urlsplit(given)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise WoTError(f"public_url={given!r} should begin with http:// or https:// and a host")
    if not given.isascii() or not given.isprintable() or " " in given:
        # Requests come with what a URL may have, and would not be known by anything else.
        coded = URL(given)
        raise WoTError(
            f"public_url={given!r} has characters that no URL has", hint=f"write {str(coded)!r}"
        )
    return given.partition("?")[0].rstrip("/") + "/"
