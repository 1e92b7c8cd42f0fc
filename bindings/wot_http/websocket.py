"""WebSockets of the server: who gets one, and how they all end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from wot.errors import InvalidInput
from wot_http.gate import Gate
from wot_http.messages import SUBPROTOCOL
from wot_http.paths import Mount
from wot_http.reading import Refused
from wot_http.socket_forms import Operation, operations
from wot_http.socket_server import SocketConnection
from wot_http.subscriptions import Fragments

_CLOSING = 0.3  # seconds for the other side to close, too
_FLUSHING = 0.3  # seconds for what waits for slow subscribers when the server stops
_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")  # 16 bytes in base64
_KEPT = 256  # Things whose operations are kept worked out


class Sockets:
    """All WebSockets of one server."""

    def __init__(
        self,
        gate: Gate,
        heartbeat: float,
        max_body: int,
        base_for: Callable[[web.BaseRequest], str],
    ) -> None:
        self._gate, self._heartbeat, self._limit = gate, heartbeat, max_body
        self._base_for = base_for
        self._live: dict[SocketConnection, Any] = {}
        self._kept: dict[int, tuple[Any, Any]] = {}
        self._fragments = Fragments()
        self._endings: set[asyncio.Task[None]] = set()

    async def serve(
        self, request: web.BaseRequest, mount: Mount, host: str = ""
    ) -> web.StreamResponse:
        """Speak with one consumer until one of the two has enough; refusals of the handshake raise."""
        # A socket writes as well as reads: a browser would open it for any page.
        self._gate.check("POST", request.headers, host)
        _check_handshake(request)
        socket = web.WebSocketResponse(
            timeout=_CLOSING,
            protocols=(SUBPROTOCOL,),
            max_msg_size=self._limit,
            autoping=False,
            compress=False,
        )
        if not socket.can_prepare(request):
            raise InvalidInput("this is no handshake of the WebSocket protocol (RFC 6455)")
        await socket.prepare(request)
        protocol: Any = request.protocol
        protocol.upgraded = True
        url = self._base_for(request) + mount.path
        thing = mount.thing
        names = (thing.td.id or url, url, _as_socket(url))
        connection = SocketConnection(
            request, socket, mount, names, lambda: self._operations(mount), self._fragments
        )
        self._live[connection] = thing
        try:
            await connection.run(self._heartbeat)
        finally:
            del self._live[connection]
            # By itself, since the task of a request is cancelled when its connection is lost.
            self._end_by_itself(connection.end())
        return socket

    def _end_by_itself(self, ending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(ending, name="wot sockets end")
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    def _operations(self, mount: Mount) -> Callable[[str, str], Operation | None]:
        td = mount.thing.td
        known = self._kept.get(id(td))
        if known is None or known[0] is not td:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            known = self._kept[id(td)] = td, operations(td)
        table = known[1]
        return lambda op, name: table.get((op, name))

    async def stop(self) -> None:
        """Close every socket, after what has been emitted before."""
        await self._close(list(self._live))
        await asyncio.sleep(0)  # those that were closed begin to end
        if self._endings:
            _, late = await asyncio.wait(self._endings, timeout=_CLOSING)
            for ending in late:
                ending.cancel()

    def end(self, thing: Any) -> None:
        """Close the sockets of a Thing that is no longer served, after what has been emitted before."""
        self._kept.pop(id(thing.td), None)
        ended = [connection for connection, of in self._live.items() if of is thing]
        if ended:
            self._end_by_itself(self._close(ended))

    async def _close(self, connections: list[SocketConnection]) -> None:
        if not connections:
            return
        loop = asyncio.get_running_loop()
        end, quiet, before = loop.time() + _FLUSHING, 0, -1
        while quiet < 3 and loop.time() < end:
            writing = any(connection.writing for connection in connections)
            await asyncio.sleep(0.01 if writing else 0)
            sent = sum(connection.sent for connection in connections)
            quiet = quiet + 1 if sent == before and not writing else 0
            before = sent
        await asyncio.gather(*(connection.close() for connection in connections))


def wanted(request: web.BaseRequest) -> bool:
    """Whether a request asks for a WebSocket."""
    return request.headers.get("Upgrade", "").strip().lower() == "websocket"


def _check_handshake(request: web.BaseRequest) -> None:
    """RFC 6455 section 4.2.1."""
    headers = request.headers
    if headers.get("Sec-WebSocket-Version") != "13":
        version = InvalidInput("only version 13 of the WebSocket protocol is spoken here")
        raise Refused(version, 426, **{"Sec-WebSocket-Version": "13", "Upgrade": "websocket"})
    offered = [each.strip() for each in headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if SUBPROTOCOL not in offered:
        raise InvalidInput(
            "this WebSocket needs a subprotocol", hint=f"Sec-WebSocket-Protocol: {SUBPROTOCOL}"
        )
    tokens = [each.strip().lower() for each in headers.get("Connection", "").split(",")]
    if not _KEY.fullmatch(headers.get("Sec-WebSocket-Key", "")) or "upgrade" not in tokens:
        raise InvalidInput("this is no handshake of the WebSocket protocol (RFC 6455)")


def _as_socket(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(scheme="wss" if parts.scheme == "https" else "ws").geturl()
