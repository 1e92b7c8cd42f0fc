"""Answers written in one piece: most of what an HTTP request costs in aiohttp is making its headers."""

from __future__ import annotations

import http
import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from wot.errors import TooManyRequests, Unavailable, WoTError
from wot_http.codings import chosen, packed_aside, worthwhile
from wot_http.errors import PROBLEM_JSON, problem_body, status_of
from wot_http.sse import chunk

_SMALL = 1 << 16  # bytes; more is left to aiohttp, which splits and waits
_NO_BREAKS = {ord("\r"): None, ord("\n"): None}
_REASON = {status.value: status.phrase for status in http.HTTPStatus}


def answer(
    request: web.BaseRequest, status: int, media_type: str, body: bytes
) -> web.StreamResponse:
    """A whole answer: written at once where request and body are of the usual kind."""
    if len(body) <= _SMALL and request.version == HttpVersion11 and request.keep_alive:
        return Answer(status, media_type, b"" if request.method == "HEAD" else body, len(body))
    return web.Response(status=status, body=body or None, headers=kind_of(media_type))


def kind_of(media_type: str) -> dict[str, str]:
    """The headers of a body of some type; of one that may be coded also when this one is too short for it."""
    # A media type may come from the far side of a gateway, and must not bring headers of its own.
    fields = {"Content-Type": media_type.translate(_NO_BREAKS)} if media_type else {}
    return {**fields, "Vary": "Accept-Encoding"} if worthwhile(media_type) else fields


async def packed_answer(
    request: web.BaseRequest, media_type: str, body: bytes
) -> web.StreamResponse:
    """An answer that is long enough to gain by a content coding, in the one that is wanted most."""
    fields = kind_of(media_type)
    coding = chosen(request.headers.get("Accept-Encoding", ""))
    if coding:
        body = await packed_aside(body, coding)
        fields["Content-Encoding"] = coding
    return web.Response(body=body, headers=fields)


def problem(
    error: WoTError, status: int = 0, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An error as problem details (RFC 9457)."""
    code = status or status_of(error)
    fields = {"Content-Type": PROBLEM_JSON, **(headers or {})}
    if isinstance(error, (Unavailable, TooManyRequests)) and error.retry_after:
        fields["Retry-After"] = str(max(1, round(error.retry_after)))
    return web.Response(status=code, body=problem_body(error, code), headers=fields)


class _Raw(web.StreamResponse):
    """A response that is its own bytes."""

    @property
    def prepared(self) -> bool:
        return True

    @property
    def keep_alive(self) -> bool | None:
        return True

    @property
    def body_length(self) -> int:
        return 0


class Answer(_Raw):
    """Head and body in one write; for HTTP/1.1 connections that stay open."""

    def __init__(self, status: int, media_type: str, body: bytes, length: int) -> None:
        # StreamResponse.__init__ would make what this class is there to spare.
        self._code = status
        kind = _kind(media_type) if media_type else ""
        size = "" if status == 204 else f"Content-Length: {length}\r\n"
        head = f"HTTP/1.1 {status} {_REASON[status]}\r\n{kind}{size}Date: {_now()}\r\n\r\n"
        self._bytes = head.encode("latin-1", "replace") + body
        self._writer: AbstractStreamWriter | None = None

    @property
    def status(self) -> int:
        return self._code

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        self._writer = request.writer
        return self._writer

    async def write_eof(self, data: bytes = b"") -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.write(self._bytes)
            await writer.drain()  # a writer lives for one answer: only this waits for a slow reader


class Gone(_Raw):
    """No answer, since nobody is left to get one; for the access log."""

    @property
    def status(self) -> int:
        return 499

    @property
    def keep_alive(self) -> bool | None:
        return False

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return


@lru_cache(maxsize=256)
def _kind(media_type: str) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in kind_of(media_type).items())


class EventStream(_Raw):
    """A response of unknown length whose chunks are made once for all who get them."""

    def __init__(self, headers: dict[str, str], opening: bytes) -> None:
        self._fields, self._opening = headers, opening
        self._writer: AbstractStreamWriter | None = None
        self._chunked = False
        self._head = False

    @property
    def status(self) -> int:
        return 200

    @property
    def keep_alive(self) -> bool | None:
        return self._chunked

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if self._writer is not None:
            return self._writer
        self._writer = request.writer
        self._head = request.method == "HEAD"
        self._chunked = request.version == HttpVersion11 and request.keep_alive
        framing = {"Transfer-Encoding": "chunked"} if self._chunked else {"Connection": "close"}
        fields = {**self._fields, **framing, "Date": _now()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        head = f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode("latin-1", "replace")
        first = chunk(self._opening) if self._chunked else self._opening
        await self._writer.write(head if self._head else head + first)
        return self._writer

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes, as a chunk of their own."""
        await self.send(bytes(data), chunk(bytes(data)))

    async def send(self, plain: bytes, chunked: bytes) -> None:
        """Send bytes that are at hand in both framings."""
        assert self._writer is not None
        await self._writer.write(chunked if self._chunked else plain)

    async def write_eof(self, data: bytes = b"") -> None:
        writer, self._writer = self._writer, None
        if writer is not None and self._chunked and not self._head:
            await writer.write(b"0\r\n\r\n")


_date = (0, "")


def _now() -> str:
    """The Date header, made once a second."""
    global _date
    second = int(time.time())
    if _date[0] != second:
        _date = second, formatdate(second, usegmt=True)
    return _date[1]
