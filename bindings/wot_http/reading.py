"""What a request asks for: its route, after negotiation, and its body."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from wot.binding import within
from wot.content import Content, empty_is_value, essence
from wot.errors import NotAcceptable
from wot_http.codings import KNOWN, unknown, unpacked
from wot_http.forms import STREAM, Route
from wot_http.negotiation import quality
from wot_http.refused import Refused, not_allowed
from wot_http.sse import EVENT_STREAM
from wot_http.uploads import BROKEN, READING, Upload, broken, invite, late, refused, too_large

__all__ = ["READS", "Refused", "accepted", "allowed", "not_allowed", "read_body", "route_for"]

READS = frozenset({"GET", "HEAD"})
_SMALL = 1 << 16  # bytes; more is handed on in chunks where nobody looks into them


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
    if accept and route.gives and not any(quality(accept, kind) for kind in _given(route)):
        offer = " or ".join(_given(route))
        raise NotAcceptable(
            f"{route.name or 'this'} is only to be had as {offer}",
            hint=f"send Accept: {route.gives}",
        )
    return route, bool(route.via)


def accepted(route: Route, accept: str) -> tuple[str, ...]:
    """The media type to ask the Thing for, of those that it gives."""
    return (max(route.several, key=lambda kind: quality(accept, kind)),)


def _given(route: Route) -> tuple[str, ...]:
    return route.several or (route.gives,)


def allowed(methods: Mapping[str, Route]) -> str:
    """The Allow header of a resource."""
    names = {"GET" if name == STREAM else name for name in methods}
    implied = {"HEAD", "OPTIONS"} if "GET" in names else {"OPTIONS"}
    return ", ".join(sorted(names | implied))


async def read_body(
    request: web.BaseRequest, route: Route, limit: int, max_upload: int = 0
) -> Content | None:
    """The body of a request, None where there is none; in chunks where it is large and nobody looks into it."""
    coding = request.headers.get("Content-Encoding", "").lower()
    if coding == "identity":
        coding = ""
    length = request.content_length
    if route.opaque and (coding or length is None or length > _SMALL) and request.can_read_body:
        if (length or 0) > max_upload:
            raise too_large(max_upload)
        kind = request.headers.get("Content-Type") or route.takes
        return Content(b"", kind, Upload(request, coding, max_upload, limit))
    if (length or 0) > limit:
        raise too_large(limit)
    if coding and coding not in KNOWN:
        raise unknown(coding)
    if not request.content.is_eof():
        await invite(request)
    try:
        body = await within(READING, request.read())
    except web.HTTPRequestEntityTooLarge:
        raise too_large(limit) from None
    except TimeoutError:
        raise refused(late()) from None
    except BROKEN as error:
        raise broken(error) from None
    if coding and body:
        plain = await unpacked(body, coding, limit)
        if plain is None:
            raise too_large(limit)
        body = plain
    given = request.headers.get("Content-Type")
    if not body and not (
        given and empty_is_value(route.takes) and essence(given) == essence(route.takes)
    ):
        return None
    return Content(body, given or route.takes)
