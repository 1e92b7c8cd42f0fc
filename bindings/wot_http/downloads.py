"""Answers that are too large to be held: sent in chunks, as fast as they are taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from aiohttp import HttpVersion11, web

from wot.content import Content
from wot.errors import WoTError
from wot_http.connection import Connection, is_gone

_log = logging.getLogger("wot")
_END: Any = object()


async def send(
    request: web.BaseRequest, content: Content, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Answer with chunks; what fails before the first of them raises, what fails later cuts the connection."""
    chunks = content.chunks
    assert chunks is not None
    length: int | None = getattr(chunks, "length", None)
    response = web.StreamResponse(headers={**headers, "Content-Type": content.type})
    if length is not None:
        response.content_length = length
    elif request.version == HttpVersion11:
        response.enable_chunked_encoding()
    else:
        response.force_close()
    async with aclosing(chunks):
        if request.method == "HEAD":
            await response.prepare(request)
            return response
        first = await _noticing(request, anext(chunks, _END))
        try:
            await response.prepare(request)
            await _noticing(request, _send(request, response, chunks, first, length))
        except ConnectionError:
            _log.debug("%s: the requester has gone", request.path)  # with all of it, perhaps
    return response


async def _send(
    request: web.BaseRequest,
    response: web.StreamResponse,
    chunks: AsyncGenerator[bytes, None],
    part: Any,
    length: int | None,
) -> None:
    sent = 0
    try:
        while part is not _END:
            if part:
                await response.write(part)
                sent += len(part)
            part = await anext(chunks, _END)
        if length is None or sent == length:
            return
        _log.error("%s: %d bytes came of the %d that were told", request.path, sent, length)
    except Exception as error:
        if isinstance(error, ConnectionError) and is_gone(request):
            raise
        known = isinstance(error, WoTError)
        _log.error("%s broke off: %s", request.path, error, exc_info=None if known else error)
    if request.transport is not None:
        request.transport.abort()


async def _noticing(request: web.BaseRequest, work: Any) -> Any:
    """The result of `work`, which ends at once when the connection does."""
    protocol = request.protocol
    assert isinstance(protocol, Connection)
    task = asyncio.current_task()
    assert task is not None
    gone = False

    def lost() -> None:
        nonlocal gone
        gone = True
        task.cancel()

    protocol.lost = lost
    try:
        if is_gone(request):
            raise ConnectionResetError("the requester has gone")
        return await work
    except asyncio.CancelledError:
        if not gone:
            raise
        task.uncancel()
        raise ConnectionResetError("the requester has gone") from None
    finally:
        protocol.lost = None
