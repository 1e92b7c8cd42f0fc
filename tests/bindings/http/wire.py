"""HTTP as bytes: what a careful or a careless client sends, and what comes back."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

PATIENCE = 10.0  # seconds for anything that has to come


class Answer(NamedTuple):
    """One response; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def problem(self) -> tuple[int, str]:
        """Status and class of problem details, after a look at their form (RFC 9457)."""
        assert self.headers["content-type"] == "application/problem+json", self
        found = self.json
        assert found["status"] == self.status
        assert found["title"]
        assert found["detail"]
        return self.status, found["type"].removeprefix("urn:isowot:problem:")


class Wire:
    """One connection, spoken by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, method: str = "GET") -> Answer:
        """The next response."""
        async with asyncio.timeout(PATIENCE):
            status, headers = await self._head()
            if method == "HEAD" or status in (204, 304) or status < 200:
                return Answer(status, headers, b"")
            if headers.get("transfer-encoding") == "chunked":
                return Answer(status, headers, b"".join([part async for part in self.chunks()]))
            length = headers.get("content-length")
            if length is None:
                return Answer(status, headers, await self.reader.read())
            return Answer(status, headers, await self.reader.readexactly(int(length)))

    async def _head(self) -> tuple[int, dict[str, str]]:
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        pairs = (line.split(":", 1) for line in lines if line)
        return int(first.split()[1]), {name.lower(): value.strip() for name, value in pairs}

    async def chunks(self) -> AsyncIterator[bytes]:
        """A chunked body, up to its proper end (RFC 9112 section 7.1); IncompleteReadError without one."""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            yield (await self.reader.readexactly(size + 2))[:-2]
        assert await self.reader.readexactly(2) == b"\r\n"


@asynccontextmanager
async def connected(url: str, buffer: int = 1 << 26) -> AsyncIterator[Wire]:
    """A connection to the server of a URL; not more than about `buffer` bytes wait here to be read."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=buffer)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


def request(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> bytes:
    """A request as bytes; keyword `if_none_match` is the header If-None-Match."""
    parts = urlsplit(url)
    target = url.partition(parts.netloc)[2] or "/"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {"host": parts.netloc, **named}
    if body is not None:
        fields = {"content-type": "application/json", "content-length": str(len(body)), **fields}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + (body or b"")


async def ask(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request on a connection of its own."""
    async with connected(url) as wire:
        await wire.send(request(url, method, body, **headers))
        return await wire.answer(method)


class Follower:
    """A subscriber that reads its event stream by hand."""

    def __init__(self, wire: Wire, headers: dict[str, str]) -> None:
        self.wire, self.headers = wire, headers
        self._chunks = wire.chunks()
        self._rest = ""
        self.opening: dict[str, str] = {}
        self.id = ""

    async def frame(self) -> dict[str, str]:
        """The next block of lines: comments under "", fields under their names."""
        async with asyncio.timeout(PATIENCE):
            while "\n\n" not in self._rest:
                self._rest += (await anext(self._chunks)).decode()
        block, _, self._rest = self._rest.partition("\n\n")
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            fields[name] = f"{fields[name]}\n{value.strip()}" if name in fields else value.strip()
        self.id = fields.get("id", self.id)
        return fields

    async def event(self) -> Any:
        """The data of the next event; a gap raises LookupError with its problem."""
        while "data" not in (frame := await self.frame()):
            pass
        if "event" in frame:
            raise LookupError(frame["event"], json.loads(frame["data"]))
        return json.loads(frame["data"])

    async def events(self, count: int) -> list[Any]:
        """The data of that many events."""
        return [await self.event() for _ in range(count)]

    async def ended(self) -> bool:
        """Whether the stream ends here, and properly."""
        with suppress(StopAsyncIteration):
            while True:
                frame = await self.frame()
                assert "data" not in frame, frame
        return True


@asynccontextmanager
async def following(url: str, buffer: int = 1 << 26, **headers: str) -> AsyncIterator[Follower]:
    """A subscription that stands: its opening has come."""
    async with connected(url, buffer) as wire:
        await wire.send(request(url, **{"accept": "text/event-stream", **headers}))
        status, fields = await wire._head()
        assert status == 200, await wire.reader.read(500)
        follower = Follower(wire, fields)
        follower.opening = await follower.frame()
        yield follower


async def taken(values: AsyncIterator[Any], count: int) -> list[Any]:
    """That many values of a subscription of ours."""
    async with asyncio.timeout(PATIENCE + count / 500):
        return [await anext(values) for _ in range(count)]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - conditions of the network have no Event
            await asyncio.sleep(0.005)


async def deaf(url: str) -> socket.socket:
    """A subscription that stands, of somebody who then takes nothing any more."""
    loop, parts, sock = asyncio.get_running_loop(), urlsplit(url), socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await loop.sock_connect(sock, (parts.hostname, parts.port))
    await loop.sock_sendall(sock, request(url, accept="text/event-stream"))
    assert await loop.sock_recv(sock, 12) == b"HTTP/1.1 200"
    return sock


async def all_of(sock: socket.socket) -> int:
    """How many bytes still come until the connection is gone."""
    count = 0
    with suppress(ConnectionError):
        while data := await asyncio.get_running_loop().sock_recv(sock, 1 << 20):
            count += len(data)
    return count
