"""Payloads in chunks: what may stand for one, and how blocking sources become asynchronous ones and back."""

from __future__ import annotations

import asyncio
import io
import os
import threading
import typing
from collections import abc
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
)
from contextlib import aclosing
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from wot.content import MOST_HELD, Chunks, Content, Malformed
from wot.errors import InvalidInput

Source = AsyncIterable[bytes] | Iterator[bytes] | Path | BinaryIO
Taking = Literal["", "awaiting", "blocking"]  # how a handler takes chunks; "" where it wants bytes

Runner = Callable[[Callable[[], Any]], Awaitable[Any]]  # runs what blocks

SIZE = 1 << 18  # bytes read from a file at once
_END: Any = object()
_HELD: tuple[type[Any], ...] = (bytes, bytearray, memoryview)
_AWAITING = (abc.AsyncIterator, abc.AsyncGenerator, abc.AsyncIterable)
_BLOCKING = (abc.Iterator, abc.Generator, abc.Iterable)
_FILES = (Path, BinaryIO, io.BufferedIOBase, io.BufferedReader, io.RawIOBase)


def taking(hint: Any) -> Taking:
    """How who annotates a parameter with `hint` wants bytes to come."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if not args or args[0] is not bytes:
        return ""
    return "awaiting" if origin in _AWAITING else "blocking" if origin in _BLOCKING else ""


def held(hint: Any) -> Any:
    """`bytes` for what stands for bytes in chunks, every other hint as it is."""
    return bytes if taking(hint) or hint in _FILES else hint


def source(value: Any) -> AsyncGenerator[bytes, None] | None:
    """Chunks of an iterator of bytes, a path or an open file; None for anything else.

    Raises OSError where there is no such file, Malformed where it is one of text.
    """
    if isinstance(value, io.TextIOBase):
        raise Malformed('chunks are bytes, not str: open the file with "rb"')
    if isinstance(value, AsyncGenerator):
        return cast(AsyncGenerator[bytes, None], value)
    if isinstance(value, AsyncIterable):
        return _iterated(cast(AsyncIterable[bytes], value))
    if isinstance(value, Path):
        value = value.open("rb")
    if hasattr(value, "read"):
        return Pulled(_Reading(value), _rest(value))
    return Pulled(cast(Iterator[bytes], value)) if isinstance(value, Iterator) else None


async def _iterated(parts: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    async for part in parts:
        yield part


class _Reading(Iterator[bytes]):
    """An open file part by part; no generator, which would not close what it has not begun."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.close = file.close

    def __next__(self) -> bytes:
        part = b"" if self._file.closed else self._file.read(SIZE)
        if not part:
            self._file.close()
            raise StopIteration
        return part


def _rest(file: BinaryIO) -> int | None:
    """How many bytes there are behind the position of a file, where it has any."""
    try:
        return max(0, os.fstat(file.fileno()).st_size - file.tell()) if file.seekable() else None
    except (OSError, AttributeError):
        return None


class Pulled(Chunks):
    """The parts that a blocking iterator gives, each fetched by `run`, one after the other."""

    def __init__(self, parts: Iterator[bytes], length: int | None = None) -> None:
        self.length = length
        self.run: Runner = asyncio.to_thread
        self._parts = parts
        self._lock = threading.Lock()  # held while the iterator runs
        self._closed = False

    async def __anext__(self) -> bytes:
        part = await self.run(self._next)
        if part is _END:
            raise StopAsyncIteration
        return cast(bytes, part)

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            # Where a fetch was given up and still hangs, its thread closes instead.
            if self._lock.acquire(blocking=False):
                self._lock.release()
                await self.run(self._close)

    def _next(self) -> Any:
        with self._lock:
            part = _END if self._closed else next(self._parts, _END)
        if self._closed:
            self._close()
        return part

    def _close(self) -> None:
        with self._lock:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()


class Taken(Chunks):
    """The chunks that come in for a handler, whose time limit stands still while it waits for the next."""

    def __init__(self, content: Content, seconds: float | None) -> None:
        self.length = (
            getattr(content.chunks, "length", None) if content.chunks else len(content.body)
        )
        self.limit = asyncio.timeout(seconds)
        self._parts, self._seconds = content.parts(), seconds
        self._content, self._closed = content, False

    async def __anext__(self) -> bytes:
        if self._closed:
            raise RuntimeError("the input is taken before the handler returns, or not at all")
        if self._seconds is None or self.limit.expired():
            return await anext(self._parts)
        self.limit.reschedule(None)
        try:
            return await anext(self._parts)
        finally:
            if not self.limit.expired():
                now = asyncio.get_running_loop().time()
                self.limit.reschedule(now + self._seconds)

    async def aclose(self) -> None:
        self._closed = True
        await self._parts.aclose()
        if self._content.chunks is not None:  # a generator that was not begun closes nothing
            await self._content.chunks.aclose()


class Blocking(Iterator[bytes]):
    """Chunks for a handler that runs in a thread."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks, self._loop = chunks, asyncio.get_running_loop()

    def __next__(self) -> bytes:
        part = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
        if part is _END:
            raise StopIteration
        return cast(bytes, part)

    async def _next(self) -> Any:
        return await anext(self._chunks, _END)


class Given(Chunks):
    """The chunks that a caller gives for `name`; InvalidInput where one of them is no bytes."""

    def __init__(self, chunks: AsyncGenerator[bytes, None], name: str) -> None:
        self.length = getattr(chunks, "length", None)
        self.most = getattr(chunks, "most", MOST_HELD)
        self._chunks, self._name = chunks, name

    async def __anext__(self) -> bytes:
        part = await anext(self._chunks, _END)
        if part is _END:
            raise StopAsyncIteration
        try:
            return _bytes(part)
        except TypeError as error:
            raise InvalidInput(f"{self._name}: {error}") from None

    async def aclose(self) -> None:
        await self._chunks.aclose()


def _bytes(part: Any) -> bytes:
    if isinstance(part, _HELD):
        return bytes(part)
    raise TypeError(f"chunks are bytes, not {type(part).__name__}")


class Paced(Chunks):
    """The chunks that a handler gives, its time limit held against the first and every pause.

    `failed` makes what the taker learns of an error of the handler.
    """

    def __init__(
        self,
        chunks: AsyncGenerator[bytes, None],
        seconds: float | None,
        failed: Callable[[Exception], Exception],
    ) -> None:
        self.length = getattr(chunks, "length", None)
        self._chunks, self._seconds, self._failed = chunks, seconds, failed
        self._ended = False

    async def __anext__(self) -> bytes:
        part = await self._next()
        if part is _END:
            raise StopAsyncIteration
        return cast(bytes, part)

    async def _next(self) -> Any:
        if self._ended:
            return _END
        try:
            async with asyncio.timeout(self._seconds):
                part: Any = await anext(self._chunks, _END)
            if part is not _END:
                part = _bytes(part)
        except BaseException as error:
            await self.aclose()
            if isinstance(error, asyncio.CancelledError):
                task = asyncio.current_task()
                if not task or task.cancelling():
                    raise
                raise self._failed(RuntimeError("it was cancelled from inside")) from error
            if isinstance(error, Exception):
                raise self._failed(error) from error
            raise
        self._ended = part is _END
        return part

    async def aclose(self) -> None:
        self._ended = True
        async with aclosing(self._chunks):
            pass
