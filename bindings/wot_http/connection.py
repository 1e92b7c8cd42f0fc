"""Connections of the server: what aiohttp leaves open-ended has a limit here, and its refusals are ours."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import LineTooLong

from wot.errors import InvalidInput
from wot_http.access import AccessLog
from wot_http.answers import problem
from wot_http.forwarded import Seen
from wot_http.limits import Client, Limits, Share, network_of
from wot_http.paths import Paths
from wot_http.refusing import refusal

_log = logging.getLogger("wot")
_HEAD = 30.0  # seconds for the first request's head to arrive
_IDLE = 75.0  # seconds for which a connection may stay open between requests
_STALLED = 60.0  # seconds for which a peer may take nothing of what waits for it
_LINGER = 0.5  # seconds for a refusal to be read
_ACKED = 120  # where tcpi_bytes_acked is in Linux's struct tcp_info
_LINE = 8190  # bytes of one line of a head
_EVERY = 5.0  # seconds between looks at all connections
_received = web.RequestHandler.data_received
_TOO_LARGE = InvalidInput("the head of this request is too large", hint="send fewer headers")


class Connections(web.Server):
    """Makes the connections of one server, and looks after them."""

    def __init__(
        self, answer: Any, request: Any, limits: Limits, paths: Paths, max_header: int, access: bool
    ) -> None:
        super().__init__(answer, request_factory=request)
        self.limits, self.paths, self.max_header = limits, paths, max_header
        self.open: set[Connection] = set()
        self.left: set[asyncio.Task[None]] = set()  # what still runs of connections that are gone
        self._access = logging.getLogger("wot.access") if access else None
        self._looking: asyncio.Task[None] | None = None

    def connection(self, client: Client, peer: str, scheme: str) -> Connection:
        """A connection of `client`, which has been counted."""
        return Connection(
            self,
            client,
            peer,
            scheme,
            loop=asyncio.get_running_loop(),
            access_log=self._access,
            access_log_class=AccessLog,
            keepalive_timeout=_IDLE,
            max_line_size=min(_LINE, self.max_header),
            max_field_size=min(_LINE, self.max_header),
            auto_decompress=False,  # bodies are unpacked where there is a limit
        )

    def start(self) -> None:
        """Begin to look after connections."""
        self._looking = asyncio.create_task(self._look(), name="wot connections")

    async def stop(self, seconds: float) -> None:
        """End all of them; requests under way get so many seconds."""
        if self._looking is not None:
            self._looking.cancel()
        await asyncio.sleep(0)  # what has come is answered
        tasks = {connection.task for connection in self.open} | self.left
        self.pre_shutdown()
        await asyncio.gather(self.shutdown(seconds), self._leave(seconds))
        for connection in list(self.open):
            connection.abort()
        if tasks := {task for task in tasks if task is not None and not task.done()}:
            await asyncio.wait(tasks, timeout=seconds)

    async def _leave(self, seconds: float) -> None:
        """Give those a moment whose requesters have gone."""
        if self.left:
            _done, late = await asyncio.wait(self.left, timeout=seconds)
            for task in late:
                task.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            now = asyncio.get_running_loop().time()
            for connection in list(self.open):
                connection.look(now)
            self.limits.tidy()


class Connection(web.RequestHandler):
    """One connection."""

    __slots__ = (
        "_connections",
        "_following",
        "_gone",
        "_moved",
        "_taken",
        "_wire",
        "asker",
        "client",
        "head",
        "lost",
        "payload",
        "peer",
        "scheme",
        "seen",
        "streaming",
        "upgraded",
        "waiting",
    )  # fmt: skip
    waiting: asyncio.TimerHandle | None
    lost: Callable[[], None] | None  # told when the connection is lost

    def __init__(
        self, connections: Connections, client: Client, peer: str, scheme: str, **options: Any
    ) -> None:
        super().__init__(connections, **options)
        self._connections = connections
        self.client = self.asker = client
        self.peer, self.scheme = peer, scheme
        self.seen: Seen | None = None  # of the request under way, where it came by a trusted proxy
        self.streaming = False
        self.upgraded = False  # what comes from now on is no HTTP
        self.waiting = None
        self.lost = None
        self.payload: StreamReader | None = None  # of the latest request
        self._wire: asyncio.Transport | None = None
        self._following: asyncio.Task[None] | None = None
        self._gone = False  # so that what it followed has been cancelled
        self.head: float = 0  # bytes of a head that has not come whole
        self._taken = 0  # bytes that the peer has taken of what waits
        self._moved = 0.0

    @property
    def task(self) -> asyncio.Task[None] | None:
        """What answers its requests."""
        return self._task_handler

    @property
    def made(self) -> bool:
        """Whether it has come about, so that its end will be told."""
        return self._wire is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._wire = cast(asyncio.Transport, transport)  # uvloop's is none, and does the same
        self._connections.open.add(self)
        loop = asyncio.get_running_loop()
        self._moved = loop.time()
        self.waiting = loop.call_later(_HEAD, self._give_up)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._connections.open.discard(self)
        self._connections.limits.disconnect(self.client)
        self.arrived()
        task = self.task
        super().connection_lost(exc)
        if task is not None and not task.done():
            self._connections.left.add(task)
            task.add_done_callback(self._connections.left.discard)
        if self.payload is not None and self.payload.exception() is None:
            self.payload.feed_eof()  # aiohttp would wait for the rest of what nobody reads
        if self.lost is not None:
            self.lost()
        if self._following is not None:
            self._gone = self._following.cancel()  # rather than at the next heartbeat

    def data_received(self, data: bytes) -> None:
        between = self.payload is None or self.payload.is_eof()
        _received(self, data)
        # aiohttp limits lines and in some versions their number, which may still be a lot of memory.
        if between and not self._messages and not self.upgraded:
            self.head += len(data)
            if self.head > self._connections.max_header:
                self._refuse_head()

    def arrived(self) -> None:
        """A request has come, so that the connection is in use."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            waiting.cancel()

    @contextmanager
    def stream(self) -> Generator[None, None, None]:
        """For a request that is answered by a stream; raises where there may be no further."""
        with self._connections.limits.streaming(self.asker):
            self._following, self.streaming = asyncio.current_task(), True
            try:
                yield
            except asyncio.CancelledError:
                if not self._gone or self._following is None:
                    raise
                self._following.uncancel()
                raise ConnectionResetError("the requester has gone") from None
            finally:
                self._following, self.streaming = None, False

    @property
    def share(self) -> Share:
        """The limits of who asks now."""
        return Share(self._connections.limits, self.asker)

    @property
    def paths(self) -> Paths:
        """What is served here."""
        return self._connections.paths

    def resume_writing(self) -> None:
        super().resume_writing()
        self._moved = asyncio.get_running_loop().time()

    def look(self, now: float) -> None:
        """End it where nothing is taken although something waits; streams have their heartbeats for that."""
        assert self._wire is not None
        left = self._wire.get_write_buffer_size()
        taken, before = _taken(self._wire) if left else 0, self._taken
        self._taken = taken
        if not left or taken > before or self.streaming:
            self._moved = now
        elif now - self._moved > _STALLED:
            self._wire.abort()

    def abort(self) -> None:
        """End it, whatever still waits to be sent."""
        assert self._wire is not None
        self._wire.abort()

    def _give_up(self) -> None:
        self.waiting = None
        self.force_close()

    def _refuse_head(self) -> None:
        if self.transport is None or self.streaming:
            self.force_close()
            return
        self.transport.write(refusal(_TOO_LARGE, True, 431)[1])
        self.close()
        self.head = -math.inf  # said once
        # Closed with something unread, it would be reset before the refusal is read.
        asyncio.get_running_loop().call_later(_LINGER, self.force_close)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP; without a word in the log, which anybody could fill."""
        if status >= 500 or request.writer.output_size:
            return super().handle_error(request, status, exc, message)
        _log.debug("a request from %s is broken: %s", request.remote, exc)
        if isinstance(exc, LineTooLong):
            response = problem(_TOO_LARGE, 431)
        else:
            text = f"this is not a request that can be read: {_first_line(exc)}"
            response = problem(InvalidInput(text), status)
        response.force_close()
        return response


def _first_line(error: Any) -> str:
    text = str(getattr(error, "message", "") or error or "")
    return text.strip().partition("\n")[0][:120] or type(error).__name__


def _taken(transport: asyncio.Transport) -> int:
    """A number that grows when the peer takes something."""
    try:
        # uvloop counts a large write as waiting until all of it has gone, so that the kernel has to tell.
        sock = transport.get_extra_info("socket")
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ACKED + 8)
        return int.from_bytes(info[_ACKED:], sys.byteorder)
    except (AttributeError, OSError):
        return -transport.get_write_buffer_size()


def is_gone(request: web.BaseRequest) -> bool:
    """Whether nobody is left to be answered."""
    return request.transport is None or request.transport.is_closing()


def host_behind(request: web.BaseRequest) -> str:
    """The host that a trusted proxy was asked for; "" where there is none, or it does not say."""
    seen: Seen | None = getattr(request.protocol, "seen", None)
    return seen.host if seen is not None else ""


def client_behind(request: web.BaseRequest) -> str:
    """The address of who asks, as a trusted proxy says where there is one."""
    seen: Seen | None = getattr(request.protocol, "seen", None)
    return (seen.client if seen is not None else "") or request.remote or ""


def peer_of(request: web.BaseRequest) -> str:
    """Whose share a request counts against; "" where it came by a socket file."""
    return network_of(client_behind(request))


def stream_of(request: web.BaseRequest) -> AbstractContextManager[None]:
    """For a request that is answered by a stream; raises where there may be no further."""
    connection: Any = request.protocol
    found: AbstractContextManager[None] = connection.stream()
    return found


def share_of(request: web.BaseRequest) -> Share:
    """The limits of who asks, for what goes on when the request has been answered."""
    connection: Any = request.protocol
    found: Share = connection.share
    return found
