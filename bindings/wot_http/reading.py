"""What a request asks for: its route, after negotiation, and its body."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from aiohttp import web

from wot.binding import within
from wot.content import Content, empty_is_value, essence
from wot.errors import (
    InvalidInput,
    NotAcceptable,
    NotAllowed,
    Timeout,
    TooLarge,
    UnsupportedContent,
    WoTError,
)
from wot_http.forms import STREAM, Route
from wot_http.negotiation import quality
from wot_http.sse import EVENT_STREAM

READS = frozenset({"GET", "HEAD"})
_READING = 30.0  # seconds for a body to arrive
_CODINGS = frozenset({"identity", "gzip", "deflate"})


class Refused(Exception):
    """An error whose answer needs more than its class says: a status code or headers."""

    def __init__(self, error: WoTError, status: int = 0, **headers: str) -> None:
        super().__init__(str(error))
        self.error, self.status = error, status
        self.headers = headers


def route_for(methods: Mapping[str, Route], method: str, accept: str) -> tuple[Route, bool]:
    """The route for a method and an Accept header, and whether it streams."""
    stream, route = methods.get(STREAM), methods.get("GET" if method == "HEAD" else method)
    if method in READS and stream is not None:
        only = route is None or route is stream
        wanted = quality(accept, EVENT_STREAM)
        if only and not wanted:
            raise NotAcceptable(
                f"this can only be followed as {EVENT_STREAM}", hint=f"send Accept: {EVENT_STREAM}"
            )
        # A read is what */* means; a stream has to be asked for by name.
        if only or (
            EVENT_STREAM in accept and wanted >= quality(accept, route.gives if route else "")
        ):
            return stream, True
    if route is None:
        raise not_allowed(method, allowed(methods))
    if accept and route.gives and not quality(accept, route.gives):
        raise NotAcceptable(
            f"{route.name or 'this'} is only to be had as {route.gives}",
            hint=f"send Accept: {route.gives}",
        )
    return route, bool(route.via)


def allowed(methods: Mapping[str, Route]) -> str:
    """The Allow header of a resource."""
    names = {"GET" if name == STREAM else name for name in methods}
    implied = {"HEAD", "OPTIONS"} if "GET" in names else {"OPTIONS"}
    return ", ".join(sorted(names | implied))


def not_allowed(method: str, allow: str) -> Refused:
    """405 with what is possible instead (RFC 9110 section 15.5.6)."""
    return Refused(
        NotAllowed(f"{method[:20]} is not possible here", hint=f"use {allow}"), Allow=allow
    )


async def read_body(request: web.BaseRequest, route: Route, limit: int) -> Content | None:
    """The body of a request, None where there is none."""
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    if not request.content.is_eof():
        await _invite(request)
    coding = request.headers.get("Content-Encoding", "").lower()
    if coding and coding not in _CODINGS:
        raise UnsupportedContent(
            f"the content coding {coding[:40]!r} is not known here", hint="send gzip"
        )
    try:
        body = await within(_READING, request.read())
    except web.HTTPRequestEntityTooLarge:
        raise _too_large(limit) from None
    except TimeoutError:
        late = Timeout("the body of the request did not arrive in time")
        raise Refused(late, 408, Connection="close") from None
    except (web.HTTPException, web.PayloadAccessError, ValueError, OSError) as error:
        reason = f"the body of the request is broken: {type(error).__name__}"
        raise InvalidInput(reason) from None
    if coding not in ("", "identity") and body:
        body = _unpacked(body, limit)
    given = request.headers.get("Content-Type")
    if not body and not (
        given and empty_is_value(route.takes) and essence(given) == essence(route.takes)
    ):
        return None
    return Content(body, given or route.takes)


def _unpacked(body: bytes, limit: int) -> bytes:
    """A body without its coding, and not one byte more than the limit unpacked."""
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as the data says
    try:
        data = unpacking.decompress(body, limit + 1)
    except zlib.error as error:
        raise InvalidInput(f"the body is not coded as it says: {error}") from None
    if len(data) > limit:
        raise _too_large(limit)
    if not unpacking.eof:
        raise InvalidInput("the body is not coded as it says: it ends too early")
    return data


async def _invite(request: web.BaseRequest) -> None:
    """Answer a client that waits before it sends a body (RFC 9110 section 10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"a payload may have {limit} bytes here", hint="send less, or raise max_body=")
