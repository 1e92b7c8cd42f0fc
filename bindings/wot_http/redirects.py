"""Redirections: followed here and nowhere else, and only to where a request may go that was meant for another URL."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from yarl import URL

from wot.errors import ProtocolError
from wot.td import Form
from wot_http.plans import declared_headers

_HOPS = 5
_KEPT = (307, 308)  # method and body stay as they are
_READ = (301, 302, 303)  # what is no read might become one, and that would look like success
_LARGE = 1 << 20  # bytes; aiohttp wants a file for more
_NO_TYPE = ("Content-Type",)


async def sent(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    form: Form | None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> aiohttp.ClientResponse:
    """The answer to a request, behind all redirections; without a `form`, that of a TD, which may be elsewhere.

    `body` is bytes, or what can be sent only once.
    """
    response = await asked(session, method, url, headers, body)
    return await behind(response, session, method, form, headers, body)


async def behind(
    response: aiohttp.ClientResponse,
    session: aiohttp.ClientSession,
    method: str,
    form: Form | None,
    headers: Mapping[str, str] | None,
    body: Any,
) -> aiohttp.ClientResponse:
    """The answer behind one that may be a redirection."""
    followed = (*_KEPT, *_READ) if method == "GET" else _KEPT
    if response.status not in followed:
        return response
    first = response.url
    async with asyncio.timeout(session.timeout.total):
        for _ in range(_HOPS):
            response.release()
            moved = _redirected(response, method, form, body)
            response = await asked(session, method, moved, headers, body)
            if response.status not in followed:
                return response
    response.release()
    raise ProtocolError(f"{first} redirects in circles, or more than {_HOPS} times")


def asked(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    headers: Mapping[str, str] | None,
    body: Any,
) -> Awaitable[aiohttp.ClientResponse]:
    """One request, to be awaited; a redirection is its answer."""
    if isinstance(body, bytes) and len(body) >= _LARGE:
        body = io.BytesIO(body)
    # No body is not an empty body of some type.
    skipped = None if method == "GET" or body is not None else _NO_TYPE
    return session.request(
        method, url, data=body, headers=headers, allow_redirects=False, skip_auto_headers=skipped
    )


def same_place(one: URL, other: URL) -> bool:
    """Whether two URLs have the same origin, or the second is the first by TLS."""
    if one.host is None or one.host != other.host:
        return False
    if one.scheme == other.scheme:
        return one.port == other.port
    both_default = one.is_default_port() and other.is_default_port()
    secured = (one.scheme, other.scheme) == ("http", "https")
    return secured and (both_default or one.port == other.port)


def _redirected(response: aiohttp.ClientResponse, method: str, form: Form | None, body: Any) -> URL:
    """Where an answer sends us; ProtocolError where we do not go."""
    here = response.url
    try:
        there = here.join(URL(response.headers["Location"]))
    except (KeyError, ValueError):
        raise ProtocolError(f"{here} redirects to nowhere") from None
    if body is not None and not isinstance(body, bytes):
        raise ProtocolError(f"{here} redirects what can be sent only once")
    if there.scheme != here.scheme and there.scheme != "https":
        raise ProtocolError(f"{here} redirects from {here.scheme} to {there.scheme[:20]!r}")
    if not there.host:
        raise ProtocolError(f"{here} redirects to nowhere")
    # The user has asked for a TD; what a form leads to, somebody else has chosen.
    if form is None:
        return there
    # Whoever has the same name and another port gets neither what is sent nor what opens doors.
    carries = method != "GET" or body is not None or bool(declared_headers(form))
    if not same_place(here, there) or (carries and there.scheme != here.scheme):
        raise ProtocolError(
            f"{here} redirects to {_origin(there)}, and a form is only followed at its own origin",
            hint="let the Thing Description name where it is",
        )
    return there


def _origin(url: URL) -> str:
    return f"{url.scheme}://{url.raw_authority[:200].rpartition('@')[2]}"


def unmoved() -> aiohttp.TraceConfig:
    """For sessions: what is sent by other ways than `sent`, as the handshakes of WebSockets, is not redirected."""
    config = aiohttp.TraceConfig()
    config.on_request_redirect.append(_refused)
    return config


async def _refused(
    _session: object, _context: object, redirect: aiohttp.TraceRequestRedirectParams
) -> None:
    redirect.response.close()
    raise ProtocolError(f"{redirect.url} redirects, which is not followed here")
