"""One document from the web, with every limit that a foreign server needs."""

from __future__ import annotations

from http.client import HTTPException, HTTPMessage
from threading import Thread
from time import monotonic
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from wot.td.library import ResolveError

_ACCEPT = "application/tm+json, application/td+json, application/ld+json, application/json;q=0.9"


def fetch(url: str, timeout: float, limit: int) -> bytes:
    """What http or https `url` answers; ResolveError where that is no document of at most `limit` bytes in time."""
    # In a thread of its own, because no time-out of a socket bounds a server that sends a byte now and then.
    answer: list[bytes | ResolveError] = []
    reader = Thread(target=_fetched, args=(url, timeout, limit, answer), daemon=True)
    reader.start()
    reader.join(timeout)
    if not answer:
        raise ResolveError(f"{url} did not answer within {timeout:g} s")
    if isinstance(answer[0], ResolveError):
        raise answer[0]
    return answer[0]


def _fetched(url: str, timeout: float, limit: int, answer: list[bytes | ResolveError]) -> None:
    try:
        answer.append(_fetch(url, timeout, limit))
    except ResolveError as error:
        answer.append(error)
    except HTTPError as error:
        error.close()
        answer.append(ResolveError(f"{url} answered {error.code} {error.reason}"))
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        late = isinstance(reason, TimeoutError)
        said = f"did not answer within {timeout:g} s" if late else f"cannot be read: {reason}"
        answer.append(ResolveError(f"{url} {said}"))


def _fetch(url: str, timeout: float, limit: int) -> bytes:
    _check(url)
    end = monotonic() + timeout
    request = Request(url, headers={"Accept": _ACCEPT, "User-Agent": "isowot"})
    parts: list[bytes] = []
    with _opener().open(request, timeout=timeout) as response:
        while part := response.read1(1 << 16):
            parts.append(part)
            if sum(map(len, parts)) > limit:
                raise ResolveError(f"{url} has more than {limit:,} bytes")
            if monotonic() > end:
                raise ResolveError(f"{url} did not answer within {timeout:g} s")
    return b"".join(parts)


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ResolveError(f"{url} is no http or https URL")
    if "@" in parts.netloc:
        raise ResolveError(
            f"a URL of {parts.hostname} holds credentials", hint="they would end up in messages"
        )


class _Redirects(HTTPRedirectHandler):
    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        try:
            _check(newurl)
            if req.full_url.lower().startswith("https:") and not newurl.lower().startswith(
                "https:"
            ):
                raise ResolveError(f"{req.full_url} redirects from https to http")
        except (ValueError, ResolveError):
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> OpenerDirector:
    """An opener for http and https alone: the usual one reads files and FTP, too."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler,
        HTTPHandler,
        HTTPSHandler,
        HTTPDefaultErrorHandler,
        HTTPErrorProcessor,
        _Redirects,
    ):
        opener.add_handler(handler())
    return opener
