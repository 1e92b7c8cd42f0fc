"""What an answer brings: its body within a limit, its media type, or the error that it stands for."""

from __future__ import annotations

import asyncio

import aiohttp

from wot.content import OCTETS, essence
from wot.errors import ProtocolError
from wot.td import Form
from wot_http.errors import error_from

_TURN = 1 << 20  # bytes taken before others have their turn
_MAX_ERROR = 1 << 24  # bytes: a partial failure brings the values that could be read


async def refuse(response: aiohttp.ClientResponse, form: Form | None = None) -> None:
    """Raise what the answer stands for; its media type is what the form says where the answer does not."""
    if response.status < 400:
        raise ProtocolError(f"{response.url} answered with status {response.status}")
    body = await body_of(response, _MAX_ERROR)
    declared = _of_errors(form)
    media_type = response.headers.get("Content-Type", "") or next(iter(declared), "")
    shown = essence(media_type) in map(essence, declared)
    raise error_from(response.status, media_type, body, response.headers, shown)


def _of_errors(form: Form | None) -> list[str]:
    """The media types in which a form tells errors (TD 1.1 section 5.3.4.2.2)."""
    if form is None:
        return []
    return [m.content_type or form.content_type for m in form.additional_responses if not m.success]


async def body_of(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body of an answer; ProtocolError beyond `limit` bytes."""
    length = response.content_length
    if length is not None and length <= limit and "Content-Encoding" not in response.headers:
        return await response.read()
    parts, turn = bytearray(), _TURN
    async for chunk in response.content.iter_any():
        parts += chunk
        if len(parts) > limit:
            raise ProtocolError(f"{response.url} answered with more than {limit} bytes")
        if len(parts) > turn:  # what is unpacked need not wait for anything
            turn += _TURN
            await asyncio.sleep(0)
    return bytes(parts)


def media_type_of(response: aiohttp.ClientResponse, form: Form) -> str:
    """What the answer says it is; octet-stream is what servers say that were told nothing."""
    given = response.headers.get("Content-Type", "")
    return form.response_type if essence(given) in ("", OCTETS) else given
