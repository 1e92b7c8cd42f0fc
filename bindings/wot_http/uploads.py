"""Bodies of requests that are too large to be held: handed on in chunks, as they come."""

from __future__ import annotations

from typing import cast

from aiohttp import web

from wot.binding import within
from wot.content import Chunks, Content
from wot.errors import InvalidInput, Timeout, TooLarge, WoTError
from wot.interaction import Interactable, Interaction, Reply
from wot_http.codings import Unpacking
from wot_http.refused import Refused

READING = 30.0  # seconds for a body, or the next part of it, to arrive
_PART = 1 << 18  # bytes unpacked at once


class Upload(Chunks):
    """The body of one request, within `limit` bytes; `failure` is what went wrong with it."""

    def __init__(self, request: web.BaseRequest, coding: str, limit: int, most: int) -> None:
        self.length = None if coding else request.content_length
        self.most = most
        self.failure: Exception | None = None
        self._request, self._limit = request, limit
        self._unpacking = Unpacking(coding) if coding else None
        self._left = b""  # came in and is not unpacked yet
        self._size = 0
        self._begun = self._closed = False

    async def __anext__(self) -> bytes:
        if self._closed:
            raise StopAsyncIteration
        try:
            part = await self._part()
        except WoTError as error:
            self.failure = refused(error) if isinstance(error, Timeout) else error
            self._closed = True
            raise
        if not part:
            self._closed = True
            raise StopAsyncIteration
        return part

    async def _part(self) -> bytes:
        if not self._begun:
            self._begun = True
            await invite(self._request)
        part = await self._arrived() if self._unpacking is None else await self._unpacked()
        self._size += len(part)
        if self._size > self._limit:
            raise TooLarge(
                f"an upload may have {self._limit} bytes here",
                hint="send less, or raise max_upload=",
            )
        return part

    async def _unpacked(self) -> bytes:
        assert self._unpacking is not None
        while True:
            if not self._left and self._unpacking.waits:
                self._left = await self._arrived()
                if not self._left:
                    return self._unpacking.last(_PART)
            part, self._left = self._unpacking.feed(self._left, _PART)
            if part:
                return part

    async def _arrived(self) -> bytes:
        try:
            return await within(READING, self._request.content.readany())
        except TimeoutError:
            raise late() from None
        except (web.HTTPException, web.PayloadAccessError, ValueError, OSError) as error:
            raise broken(error) from None

    async def aclose(self) -> None:
        self._closed = True

    def too_large(self, limit: int) -> WoTError:
        return too_large(limit)


async def uploaded(thing: Interactable, interaction: Interaction) -> Reply:
    """The reply to a request whose body comes in chunks; where that failed, that is the reason whatever happened."""
    upload = cast(Upload, cast(Content, interaction.payload).chunks)
    try:
        reply = await thing.request(interaction)
    except Exception as error:
        if upload.failure is None:
            raise
        raise upload.failure from error
    finally:
        await upload.aclose()
    if upload.failure is not None:
        raise upload.failure
    return reply


async def invite(request: web.BaseRequest) -> None:
    """Answer a client that waits before it sends a body (RFC 9110 section 10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"a payload may have {limit} bytes here", hint="send less, or raise max_body=")


def late() -> Timeout:
    return Timeout("the body of the request did not arrive in time")


def refused(late: Timeout) -> Refused:
    return Refused(late, 408, Connection="close")


def broken(error: Exception) -> InvalidInput:
    return InvalidInput(f"the body of the request is broken: {type(error).__name__}")
