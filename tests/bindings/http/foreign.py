"""Somebody else's server, written by hand: its answers are bytes, good or bad."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import wot


class Request(NamedTuple):
    """What came in; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    gone: Callable[[], bool] = lambda: False  # whether the client has closed the connection


Write = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def ok(body: bytes = b"", media_type: str = "application/json", status: str = "200 OK") -> bytes:
    """A well-formed response."""
    kind = f"Content-Type: {media_type}\r\n" if media_type else ""
    head = f"HTTP/1.1 {status}\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def moved(to: str, status: str = "302 Found") -> bytes:
    """A redirection."""
    return f"HTTP/1.1 {status}\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def bytes_then_end(data: bytes) -> Write:
    """These bytes, and the connection ends."""

    async def write(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return write


def streaming(*frames: bytes, end: bool = False) -> Write:
    """An event stream with these bytes, that stays open unless it is to end."""

    async def write(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for frame in frames:
            writer.write(frame)
            await writer.drain()
        if end:
            writer.close()
        else:
            await asyncio.Event().wait()

    return write


async def silence(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """No answer at all."""
    await asyncio.Event().wait()


class Foreign:
    """Answers by target, or by method and target; several are given in turn, the last one again and again."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.answers: dict[str, bytes | Write | list[bytes | Write]] = {}
        self.open: dict[asyncio.Task[Any], None] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task
        self.open[task] = None
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while not writer.is_closing():
                    await self._answer(await self._request(reader), writer)
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            del self.open[task]
            writer.transport.abort()

    async def _request(self, reader: asyncio.StreamReader) -> Request:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.splitlines()
        pairs = (line.split(":", 1) for line in lines if line)
        headers = {name.lower(): value.strip() for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _version = first.split()
        found = Request(method, target, headers, body, reader.at_eof)
        self.requests.append(found)
        return found

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        known = (f"{request.method} {request.target}", request.target)
        missing = ok(b"", status="404 Not Found")
        key = next((each for each in known if each in self.answers), "")
        answer = self.answers.get(key, missing)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(request, writer)


@asynccontextmanager
async def foreign_server() -> AsyncIterator[Foreign]:
    """A server on a free port of loopback."""
    foreign = Foreign()
    server = await asyncio.start_server(foreign.serve, "127.0.0.1", 0)
    foreign.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield foreign
    finally:
        server.close()
        for task in list(foreign.open):
            task.cancel()
        await asyncio.gather(*foreign.open, return_exceptions=True)


def td(base: str = "", **members: Any) -> dict[str, Any]:
    """A Thing Description around these members."""
    head = {"@context": "https://www.w3.org/2022/wot/td/v1.1", "title": "Foreign"}
    security = {"securityDefinitions": {"none": {"scheme": "nosec"}}, "security": "none"}
    return {**head, **security, **({"base": base} if base else {}), **members}


class Harness:
    """Consumes TDs about the foreign server."""

    def __init__(self, foreign: Foreign, servient: wot.Servient) -> None:
        self.foreign, self._servient = foreign, servient

    @property
    def seen(self) -> list[str]:
        """Methods and targets of what came."""
        return [f"{request.method} {request.target}" for request in self.foreign.requests]

    async def thing(self, base: str | None = None, **members: Any) -> wot.ConsumedThing:
        return await self._servient.consume(
            td(self.foreign.url if base is None else base, **members)
        )

    async def property(self, *forms: dict[str, Any], **terms: Any) -> wot.ConsumedThing:
        """A Thing whose property `p` has these forms."""
        return await self.thing(properties={"p": {**terms, "forms": list(forms)}})

    async def action(self, *forms: dict[str, Any], **terms: Any) -> wot.ConsumedThing:
        return await self.thing(actions={"a": {**terms, "forms": list(forms)}})

    async def event(self, *forms: dict[str, Any], **terms: Any) -> wot.ConsumedThing:
        return await self.thing(events={"e": {"data": {}, **terms, "forms": list(forms)}})


def whole(base: str) -> dict[str, Any]:
    """A TD whose every operation is at /x."""
    form, sse = {"href": "/x"}, {"href": "/x", "subprotocol": "sse"}
    observe = {**sse, "op": "observeproperty"}
    return td(
        base,
        id="urn:test:foreign",
        properties={"p": {"observable": True, "forms": [form, observe]}},
        actions={"a": {"forms": [form]}},
        events={"e": {"data": {}, "forms": [sse]}},
    )
