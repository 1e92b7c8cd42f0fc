"""HTTP status codes and errors, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wot.content import essence, is_text
from wot.errors import (
    Conflict,
    ConnectError,
    EventsLost,
    Forbidden,
    HandlerError,
    InteractionError,
    InvalidInput,
    InvalidOutput,
    NotAcceptable,
    NotAllowed,
    NotFound,
    PartialFailure,
    PreconditionFailed,
    ProtocolError,
    Timeout,
    TooLarge,
    TooManyRequests,
    TransportError,
    Unauthenticated,
    Unavailable,
    UnsupportedContent,
    WoTError,
    from_problem,
    to_problem,
)
from wot.td import is_object

PROBLEM_JSON = "application/problem+json"

# RFC 9110 section 15; what a gateway cannot get from behind it is 502 or 504.
STATUS: Mapping[type[WoTError], int] = {
    InvalidInput: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    NotAllowed: 405,
    NotAcceptable: 406,
    Conflict: 409,
    EventsLost: 410,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedContent: 415,
    TooManyRequests: 429,
    HandlerError: 500,
    PartialFailure: 500,
    Unavailable: 503,
    ConnectError: 502,
    ProtocolError: 502,
    InvalidOutput: 502,
    Timeout: 504,
    TransportError: 502,
    InteractionError: 400,
}
_ERROR: Mapping[int, type[WoTError]] = {
    **{status: kind for kind, status in reversed(list(STATUS.items())) if status not in (400, 502)},
    400: InvalidInput,
    408: Timeout,
    422: InvalidInput,
    501: NotAllowed,
    502: ProtocolError,
}
_SHOWN = 300  # bytes of an error body that are repeated
_LARGEST = 1 << 24  # bytes of an error body that are looked at: a partial failure brings values


def status_of(error: WoTError) -> int:
    """The status code for an error, found along its classes."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem_body(error: WoTError, status: int) -> bytes:
    """RFC 9457 problem details."""
    return msgspec.json.encode(to_problem(error, status))


def _said(media_type: str, body: bytes) -> str:
    """What an error says that is no problem details: its text, where it has one."""
    kind = essence(media_type)
    if kind == "text/html" or not (is_text(kind) or kind.endswith(("/xml", "+xml"))):
        return ""
    text = " ".join(body[:_SHOWN].decode(errors="replace").split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def error_from(
    status: int, media_type: str, body: bytes, headers: Mapping[str, str], shown: bool = False
) -> WoTError:
    """The error that an answer stands for: by its problem details, or else by its status code.

    `shown` says that its text may be repeated: who may read what leaks from a server is not ours to say.
    """
    fallback = _ERROR.get(status, InteractionError if status < 500 else HandlerError)
    problem: Any = None
    if "json" in media_type and len(body) <= _LARGEST:
        try:
            problem = msgspec.json.decode(body)
        except (ValueError, RecursionError):
            problem = None
    error = from_problem(problem, fallback) if is_object(problem) else fallback()
    if not error.args[0] or error.args[0] == type(error).__doc__:
        said = _said(media_type, body) if shown else ""
        error.args = (f"answered with status {status}" + (f": {said}" if said else ""),)
    if isinstance(error, (Unavailable, TooManyRequests)) and error.retry_after is None:
        delay = headers.get("Retry-After", "")
        error.retry_after = float(delay) if delay.isascii() and delay.isdigit() else None
    return error
