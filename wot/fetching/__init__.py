"""One document from the web, with every limit that a foreign server needs."""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack
from http.client import HTTPException
from string import punctuation
from urllib.parse import SplitResult, quote, urljoin

from wot.addresses import Nearness
from wot.fetching.addresses import connected
from wot.fetching.answers import Answer, asked
from wot.fetching.limits import Deadline, Unread
from wot.fetching.proxies import login, near_name, proxy_for, through
from wot.fetching.requests import Target, target_of

_ACCEPT = "application/tm+json, application/td+json, application/ld+json, application/json;q=0.9"
_REDIRECTIONS = 5


def fetch(url: str, timeout: float, limit: int, private: bool | None = None) -> bytes:
    """What http or https `url` answers; Unread where that is no document of at most `limit` bytes in time.

    `private` says whether loopback, link-local and private addresses are read: None is where `url` itself is one, or
    a redirection from one that is as near.
    """
    try:
        return _followed(url, Deadline(timeout), limit, private)
    except TimeoutError:
        raise Unread(f"did not answer within {timeout:g} s") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unread(f"cannot be read: {error}") from None


def _followed(url: str, deadline: Deadline, limit: int, private: bool | None) -> bytes:
    most = Nearness.PUBLIC if private is False else Nearness.LOOPBACK
    way = ""
    for _ in range(_REDIRECTIONS + 1):
        try:
            found, near = _asked(target_of(url), deadline, limit, most)
        except Unread as error:
            raise Unread(f"{way}{error}", hint=error.hint) from None
        if isinstance(found, bytes):
            return found
        most = most if private else near
        url, secure = found, url.lower().startswith("https:")
        way = f"redirects to {url[:200]}, which "
        if secure and url.lower().startswith("http:"):
            raise Unread("redirects from https to http")
    raise Unread(f"redirects more than {_REDIRECTIONS} times")


def _asked(
    target: Target, deadline: Deadline, limit: int, most: Nearness
) -> tuple[bytes | str, Nearness]:
    """The document, or the URL that it is to be had from; and how near the server is."""
    with ExitStack() as stack:
        proxy = proxy_for(target)
        if proxy is None:
            sock, near = connected(target.host, target.port, deadline, most, stack)
        else:
            near = near_name(target, most)
            sock = through(proxy, target, deadline, stack)
        if target.scheme == "https":
            sock = stack.enter_context(_secured(sock, target.host, deadline))
        answer = _answer(target, proxy, sock, deadline)
        if answer.status in (301, 302, 303, 307, 308) and answer.location:
            there = quote(answer.location.strip(), safe=punctuation, encoding="latin-1")
            return urljoin(target.url, there), near
        if answer.status not in (200, 203):
            raise Unread(f"answered {answer.status} {answer.reason}".rstrip())
        return answer.body(limit), near


def _secured(sock: socket.socket, host: str, deadline: Deadline) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    sock.settimeout(deadline.left())
    # A connection that ends without a word may have been cut.
    return context.wrap_socket(sock, server_hostname=host, suppress_ragged_eofs=False)


def _answer(
    target: Target, proxy: SplitResult | None, sock: socket.socket, deadline: Deadline
) -> Answer:
    url, fields = target.path, {"Accept": _ACCEPT, "Connection": "close"}
    if proxy is not None and target.scheme == "http":
        url = f"http://{target.authority}{target.path}"
        fields |= login(proxy)
    return asked("GET", url, target.authority, fields, sock, deadline)


__all__ = ["Unread", "fetch"]
