"""Refusals that cost little: a flood of requests gets them, and should not gain by it."""

from __future__ import annotations

import http
import math
from functools import lru_cache

from wot.errors import CROSSING, TooManyRequests, Unavailable, WoTError
from wot_http.answers import Answer
from wot_http.errors import PROBLEM_JSON, problem_body, status_of


class Refusal(Answer):
    """A refusal, written in one piece."""

    def __init__(self, error: WoTError, close: bool) -> None:
        self._code, self._bytes = refusal(error, close)
        self._writer = None
        self._open = not close

    @property
    def keep_alive(self) -> bool | None:
        return self._open


def refusal(error: WoTError, close: bool, status: int = 0) -> tuple[int, bytes]:
    """The status code and the bytes of an answer that says no more than an error."""
    later = error.retry_after if isinstance(error, (Unavailable, TooManyRequests)) else None
    code = status or status_of(error)
    return code, _made(
        type(error).__name__, str(error), error.hint, math.ceil(later or 0), close, code
    )


@lru_cache(64)
def _made(name: str, text: str, hint: str, later: int, close: bool, code: int) -> bytes:
    error = CROSSING[name](text, hint=hint)
    if isinstance(error, (Unavailable, TooManyRequests)):
        error.retry_after = later or None
    body = problem_body(error, code)
    lines = [
        f"HTTP/1.1 {code} {http.HTTPStatus(code).phrase}",
        f"Content-Type: {PROBLEM_JSON}",
        f"Content-Length: {len(body)}",
        *([f"Retry-After: {later}"] if later else []),
        *(["Connection: close"] if close else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
