"""Accepting connections: counted before they cost anything, then TLS where there is a certificate."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from wot.errors import InvalidInput
from wot_http.connection import Connection, Connections
from wot_http.forwarded import UNIX, Trust
from wot_http.limits import Client, Limits, network_of
from wot_http.refusing import refusal
from wot_http.tls import Certificate

_log = logging.getLogger("wot")
_HANDSHAKE = 10.0  # seconds for TLS to be agreed on
_FAREWELL = 1.0  # seconds for TLS to be ended
_AT_ONCE = 32  # connections taken in one turn of the loop
_LINGERING = 64  # refused connections that are kept open for their refusal to be read,
_LINGER = 0.5  # for so many seconds
_EXHAUSTED = 0.2  # seconds without accepting when the system has nothing left
_SAY_AGAIN = 60.0  # seconds before the same is logged again
_PLAIN = refusal(
    InvalidInput("this port speaks HTTPS, and this was HTTP", hint="write https://"), True, 400
)[1]


class Accepting:
    """Takes connections from listening sockets."""

    def __init__(
        self,
        connections: Connections,
        limits: Limits,
        trust: Trust,
        scheme: str,
        certificate: Certificate | None,
    ) -> None:
        self._connections, self._limits, self._trust = connections, limits, trust
        self._scheme, self._certificate = scheme, certificate
        self._tasks: set[asyncio.Task[None]] = set()
        self._refused: deque[socket.socket] = deque()
        self._said = -_SAY_AGAIN

    def start(self, sockets: Sequence[socket.socket]) -> None:
        """Begin to accept."""
        for sock in sockets:
            self._run(self._accept(sock))

    async def stop(self) -> None:
        """Accept no more, and give up what is on its way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)
        while self._refused:
            self._refused.popleft().close()

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, name="wot accepting")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                self._take(*await loop.sock_accept(listening))
                # A loop may wait a whole turn for each, in which busy connections do all they want.
                for _ in range(_AT_ONCE):
                    self._take(*listening.accept())
            except (BlockingIOError, ConnectionError):
                pass  # there are no more, or one left before it was let in
            except OSError as error:
                await self._pause(error)
            await asyncio.sleep(0)

    async def _pause(self, error: OSError) -> None:
        """Go on later: most likely there are no file descriptors left."""
        now = time.monotonic()
        if now - self._said >= _SAY_AGAIN:
            self._said = now
            _log.error("no connection can be accepted now: %s", error.strerror or error)
        await asyncio.sleep(_EXHAUSTED)

    def _take(self, sock: socket.socket, peer: Any) -> None:
        sock.setblocking(False)
        inet = sock.family in (socket.AF_INET, socket.AF_INET6)
        address = str(peer[0]) if inet else UNIX
        trusted = self._trust.covers(address)
        key = network_of(address)
        client = self._limits.client(key, whole=trusted or not inet, proxy=trusted)
        error = self._limits.connect(client)
        if error is None:
            self._run(self._establish(sock, client, address))
            return
        self._limits.leave(client)
        if self._certificate is None:
            with suppress(OSError):
                sock.send(refusal(error, True)[1])
        self._part(sock)

    def _part(self, sock: socket.socket) -> None:
        """Close a socket when its peer has had time to read: closed with its request unread, it would be reset."""
        with suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
        if len(self._refused) >= _LINGERING:
            self._refused.popleft().close()
        self._refused.append(sock)
        asyncio.get_running_loop().call_later(_LINGER, sock.close)

    async def _establish(self, sock: socket.socket, client: Client, peer: str) -> None:
        """Make it a connection; from then on its end is told to itself."""
        loop = asyncio.get_running_loop()
        connection = self._connections.connection(client, peer, self._scheme)
        try:
            if self._certificate is None:
                await loop.connect_accepted_socket(lambda: connection, sock)
            else:
                await self._agree(sock, connection, self._certificate.context())
        except (OSError, asyncio.CancelledError) as error:
            if connection.made:
                connection.abort()
            else:
                sock.close()
                self._limits.disconnect(client)
            if isinstance(error, asyncio.CancelledError):
                raise
            _log.debug("no connection with %s came about: %s", client.key, error)

    async def _agree(
        self, sock: socket.socket, connection: Connection, context: ssl.SSLContext
    ) -> None:
        """The handshake of TLS; who speaks plain HTTP is told so."""
        spare = sock.dup()  # the other one is closed when the handshake fails
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection,
                sock,
                ssl=context,
                ssl_handshake_timeout=_HANDSHAKE,
                ssl_shutdown_timeout=_FAREWELL,
            )
        except ssl.SSLError as error:
            if error.reason == "HTTP_REQUEST":
                with suppress(OSError):
                    spare.send(_PLAIN)
            raise
        finally:
            spare.close()
