"""The load generator: a closed loop of keep-alive connections on raw sockets, pipelining off.

It is one thread that does nothing but poll, receive and send, so that it costs a fraction of
the server under test and the server's own CPU time is what is measured.
"""

from __future__ import annotations

import re
import resource
import selectors
import socket
import time
from collections.abc import Sequence
from typing import NamedTuple

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
VALUE = re.compile(rb"^data: (\d+)$", re.MULTILINE)
NO_BODY = (b"204", b"304")
GRACE = 10.0  # seconds for the last replies to arrive


class LoadError(RuntimeError):
    """A reply was missing, broken or had another status than the one expected."""


class Load(NamedTuple):
    """What one slice of load did."""

    requests: int
    seconds: float


class Reply(NamedTuple):
    """One HTTP reply, read whole."""

    status: int
    head: bytes
    body: bytes


def message(method: str, path: str, body: bytes | None = None, headers: str = "") -> bytes:
    """One HTTP/1.1 request as bytes: what a plain keep-alive client sends."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


def reply_length(data: bytes) -> int:
    """The length of the reply that `data` begins with, 0 while its head is incomplete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return 0
    if data[9:12] in NO_BODY:
        return end + 4
    found = LENGTH.search(data, 0, end + 2)
    if not found:
        raise LoadError(f"a reply without a length: {data[: end + 4]!r}")
    return end + 4 + int(found[1])


def request(port: int, data: bytes, timeout: float = 5.0) -> Reply:
    """Send one request on a connection of its own and read the reply."""
    with socket.create_connection(("127.0.0.1", port), timeout) as link:
        link.sendall(data)
        got = b""
        while not (length := reply_length(got)) or len(got) < length:
            more = link.recv(1 << 16)
            if not more:
                raise LoadError(f"closed after {len(got)} bytes")
            got += more
    end = got.index(b"\r\n\r\n") + 4
    return Reply(int(got[9:12]), got[:end], got[end:])


class Connection:
    """One keep-alive connection with at most one request outstanding."""

    __slots__ = ("buffer", "link", "turn")

    def __init__(self, port: int, turn: int) -> None:
        self.link = socket.create_connection(("127.0.0.1", port), 5)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.turn = turn

    def receive(self, expected: bytes) -> bool:
        """Take what has arrived; true once the reply is whole."""
        data = self.link.recv(1 << 16)
        if self.buffer:
            data = self.buffer + data
        length = reply_length(data)
        if not length or len(data) < length:
            if data == self.buffer:
                raise LoadError("the server closed a connection")
            self.buffer = data
            return False
        if data[9:12] != expected or len(data) != length:
            raise LoadError(f"expected one {expected.decode()}, got {data[:300]!r}")
        self.buffer = b""
        return True


class Loop:
    """Connections that repeat the requests in turn; they stay open from one slice to the next."""

    def __init__(self, port: int, requests: Sequence[bytes], status: int, connections: int) -> None:
        self.requests = requests
        self.status = str(status).encode()
        self.links = [Connection(port, i) for i in range(connections)]
        self.selector = selectors.DefaultSelector()
        for link in self.links:
            self.selector.register(link.link, selectors.EVENT_READ, link)

    def run(self, seconds: float) -> Load:
        """Load the server for `seconds`, then wait for the replies still outstanding."""
        requests, count, status = self.requests, len(self.requests), self.status
        begin = now = time.perf_counter()
        end = begin + seconds
        for link in self.links:
            link.link.send(requests[link.turn % count])
        outstanding, done = len(self.links), 0
        while outstanding:
            for key, _ in self.selector.select(1.0):
                link = key.data
                if not link.receive(status):
                    continue
                done += 1
                link.turn += len(self.links)
                if now < end:
                    link.link.send(requests[link.turn % count])
                else:
                    outstanding -= 1
            now = time.perf_counter()
            if now > end + GRACE:
                raise LoadError(f"{outstanding} replies did not arrive in {GRACE:.0f} s")
        return Load(done, now - begin)

    def close(self) -> None:
        """Close the connections."""
        self.selector.close()
        for link in self.links:
            link.link.close()


class Fan:
    """Subscribers of one event over server-sent events, each on a connection of its own."""

    def __init__(self, port: int, path: str, subscribers: int) -> None:
        allow_files(subscribers + 100)
        self.count = subscribers
        self.selector = selectors.DefaultSelector()
        self.buffers: dict[socket.socket, bytes] = {}
        data = message("GET", path, headers="Accept: text/event-stream\r\n")
        for _ in range(subscribers):
            link = socket.create_connection(("127.0.0.1", port), 5)
            self.buffers[link] = b""
            self.selector.register(link, selectors.EVENT_READ)
            link.send(data)
        self._collect(b"\r\n\r\n", 20)
        for link, head in self.buffers.items():
            if head[9:12] != b"200":
                raise LoadError(f"subscribing was answered {head[:200]!r}")
            self.buffers[link] = b""

    def receive(self, value: bytes, timeout: float = 10.0) -> None:
        """Wait until every subscriber has got the event whose data is `value`."""
        end = b"data: " + value + b"\n"
        self._collect(end, timeout)
        for link in self.buffers:
            self.buffers[link] = b""

    def follow(self, first: int, count: int, timeout: float) -> None:
        """Wait until every subscriber has got `count` events, and see that each got all of them in order."""
        wanted = list(range(first, first + count))
        self._collect(b"data: %d\n" % wanted[-1], timeout)
        for link, data in self.buffers.items():
            if [int(value) for value in VALUE.findall(data)] != wanted:
                raise LoadError(f"a subscriber got other events than were sent: {data[:300]!r}")
            self.buffers[link] = b""

    def _collect(self, mark: bytes, timeout: float) -> None:
        deadline = time.perf_counter() + timeout
        missing = {link for link, data in self.buffers.items() if mark not in data}
        while missing:
            if time.perf_counter() > deadline:
                raise LoadError(f"{len(missing)} of {self.count} subscribers got no {mark!r}")
            for key, _ in self.selector.select(0.5):
                link = key.fileobj
                assert isinstance(link, socket.socket)
                data = link.recv(1 << 16)
                if not data:
                    raise LoadError("a subscription ended")
                self.buffers[link] += data
                if mark in self.buffers[link]:
                    missing.discard(link)

    def close(self) -> None:
        """Leave: every connection is closed."""
        self.selector.close()
        for link in self.buffers:
            link.close()


def allow_files(wanted: int) -> None:
    """Raise the soft limit of open files where it is too low for the subscribers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
