"""Bodies of requests that are too large to be held: handed on in chunks, as they come."""

from __future__ import annotations

import asyncio
from copy import copy
from typing import cast

from aiohttp import web

from wot.binding import within
from wot.content import Chunks, Content
from wot.errors import InvalidInput, Timeout, TooLarge, WoTError
from wot.interaction import Interactable, Interaction, Reply
from wot_http.codings import KNOWN, SMALL_WINDOW, Unpacking, unknown
from wot_http.refused import Refused

READING = 30.0  # seconds for a body, or the next part of it, to arrive
BROKEN = (web.HTTPException, web.PayloadAccessError, ValueError, OSError)
_PART = 1 << 18  # bytes unpacked at once


class Upload(Chunks):
    """The body of one request, within `limit` bytes."""

    def __init__(self, request: web.BaseRequest, coding: str, limit: int, most: int) -> None:
        if coding and coding not in KNOWN:
            raise unknown(coding)
        self.length = None if coding else request.content_length
        self.most = most
        self._request, self._limit, self._coding = request, limit, coding
        self._unpacking: Unpacking | None = None
        self._size = 0
        self._begun = self._closed = False
        self._failure: Exception | None = None

    async def __anext__(self) -> bytes:
        if self._closed:
            raise StopAsyncIteration
        try:
            part = await self._part()
        except WoTError as error:
            # What is raised holds all frames that it passes, and those hold us.
            fresh = copy(error)
            self._failure = refused(fresh) if isinstance(fresh, Timeout) else fresh
            self._close()
            raise
        if not part:
            self._close()
            raise StopAsyncIteration
        return part

    async def _part(self) -> bytes:
        if not self._begun:
            self._begun = True
            if self._coding:
                self._unpacking = Unpacking(self._coding, SMALL_WINDOW)
            await invite(self._request)
        unpacking = self._unpacking
        part = await (self._arrived() if unpacking is None else self._unpacked(unpacking))
        self._size += len(part)
        if self._size > self._limit:
            raise TooLarge(
                f"an upload may have {self._limit} bytes here",
                hint="send less, or raise max_upload=",
            )
        return part

    async def _unpacked(self, unpacking: Unpacking) -> bytes:
        while True:
            await asyncio.sleep(0)  # much may come of little, and others have their turn
            if part := unpacking.take(_PART):
                return part
            arrived = await self._arrived()
            if not arrived:
                unpacking.end()
                return b""
            unpacking.feed(arrived)

    async def _arrived(self) -> bytes:
        try:
            return await within(READING, self._request.content.readany())
        except TimeoutError:
            raise late() from None
        except BROKEN as error:
            raise broken(error) from None

    def _close(self) -> None:
        self._closed = True
        unpacking, self._unpacking = self._unpacking, None
        if unpacking is not None:
            unpacking.close()

    async def aclose(self) -> None:
        self._close()

    def check(self) -> None:
        """Raise what went wrong with it, once."""
        if self._failure is not None:
            raise self._taken() from None

    def _taken(self) -> Exception:
        failure, self._failure = self._failure, None
        assert failure is not None
        return failure

    def too_large(self, limit: int) -> WoTError:
        return too_large(limit)


async def uploaded(thing: Interactable, interaction: Interaction) -> Reply:
    """The reply to a request whose body comes in chunks; where that failed, that is the reason whatever happened."""
    upload = cast(Upload, cast(Content, interaction.payload).chunks)
    try:
        reply = await thing.request(interaction)
    except Exception:
        upload.check()
        raise
    finally:
        await upload.aclose()
    upload.check()
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
    """What a broken body means; aiohttp keeps the error, which is not to keep all that it came through."""
    error.__traceback__ = error.__context__ = None
    return InvalidInput(f"the body of the request is broken: {type(error).__name__}")
