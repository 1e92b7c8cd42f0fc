"""Bodies too large to be held, as a client sees them: answers that arrive in chunks, requests sent in chunks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import aiohttp

from wot.content import Chunks
from wot.errors import ProtocolError, WoTError
from wot_http.translating import translation


class Arriving(Chunks):
    """The body of an answer; the connection is released with its end, or when it is closed."""

    def __init__(self, response: aiohttp.ClientResponse, pause: float, most: int) -> None:
        coded = "Content-Encoding" in response.headers
        self.length = None if coded else response.content_length
        self.most = most
        self._response, self._pause = response, pause
        self._ended = False

    async def __anext__(self) -> bytes:
        if self._ended:
            raise StopAsyncIteration
        try:
            async with asyncio.timeout(self._pause):
                part = await self._response.content.readany()
        except BaseException as error:
            await self.aclose()
            if isinstance(error, (aiohttp.ClientError, TimeoutError, ValueError, OSError)):
                raise translation(error, str(self._response.url)) from error
            raise
        if not part:
            self._ended = True
            self._response.release()
            raise StopAsyncIteration
        return part

    async def aclose(self) -> None:
        if not self._ended:
            self._ended = True
            self._response.close()

    def too_large(self, limit: int) -> WoTError:
        return ProtocolError(f"{self._response.url} answered with more than {limit} bytes")


class Departing(AsyncIterator[bytes]):
    """The body of a request, taken from chunks; time counts only while the other side takes none."""

    def __init__(
        self, chunks: AsyncGenerator[bytes, None], limit: asyncio.Timeout, pause: float
    ) -> None:
        self.length: int | None = getattr(chunks, "length", None)
        self.begun = False
        self.failure: BaseException | None = None  # what the chunks themselves raised
        self._chunks, self._limit, self._pause = chunks, limit, pause
        self._sent = 0

    async def __anext__(self) -> bytes:
        self.begun = True
        self._wait(None)
        try:
            part = await anext(self._chunks, None)
        except Exception as error:
            self.failure = error
            raise
        finally:
            self._wait(self._pause)
        if part is None:
            if self.length is not None and self._sent != self.length:
                reason = f"{self._sent} bytes came of the {self.length} that were told"
                self.failure = ProtocolError(reason)
                raise self.failure
            raise StopAsyncIteration
        self._sent += len(part)
        return part

    def _wait(self, seconds: float | None) -> None:
        if not self._limit.expired():
            now = asyncio.get_running_loop().time()
            self._limit.reschedule(None if seconds is None else now + seconds)


def headers_of(body: Departing) -> dict[str, Any]:
    """The framing of a body whose length is known."""
    return {} if body.length is None else {"Content-Length": str(body.length)}
