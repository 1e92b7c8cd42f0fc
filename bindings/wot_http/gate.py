"""What keeps web pages out: a browser will send requests anywhere, also to loopback, on behalf of any page."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from wot.errors import Forbidden, InvalidInput
from wot_http.cors import Cors
from wot_http.reading import READS, Refused

_KNOWN = 256  # Host headers remembered as good


class Gate:
    """Refuses requests of foreign pages (Origin) and, on loopback, names that are not ours (Host).

    The first is cross-site request forgery; the second DNS rebinding, where a page's own name leads to us.
    """

    def __init__(self, hosts: Sequence[str], public: str, cors: Cors | None) -> None:
        self._cors = cors
        self._public = (urlsplit(public).netloc or "").lower()
        self._own = frozenset(host.lower() for host in hosts)
        # Only where nobody else can come in by any name of this machine; no page gets at a socket file.
        self._guarded = bool(hosts) and all(_is_loopback(host) for host in hosts)
        self.known: set[str | None] = set()  # Host headers that need no second look

    def check(self, method: str, headers: Mapping[str, str], named: str = "") -> None:
        """Raise what refuses a request; `named` is the host that a trusted proxy was asked for."""
        told = named and not self._public
        host = (named if told else headers.get("Host", "")).lower()
        if told:
            pass  # the proxy knows what it may be called
        elif self._guarded and host and not self._is_ours(host):
            problem = Forbidden(
                f"this server is not called {host[:80]!r}",
                hint="behind a proxy, name it with public_url=",
            )
            raise Refused(problem, 421)
        elif len(self.known) < _KNOWN and (self._guarded or not host):
            self.known.add(headers.get("Host"))
        origin = headers.get("Origin")
        if origin is not None and method not in READS and method != "OPTIONS":
            self._check_origin(origin.lower(), host)

    def _is_ours(self, host: str) -> bool:
        if host == self._public:
            return True
        name = urlsplit(f"//{host}").hostname if _is_plain(host) else None
        return name is not None and (name in self._own or _is_loopback(name))

    def _check_origin(self, origin: str, host: str) -> None:
        place = urlsplit(origin).netloc if _is_plain(origin) else ""
        if place and place in (host, self._public):
            return
        if self._cors is not None and self._cors.permits(origin):
            return
        raise Forbidden(
            f"pages of {origin[:80]!r} may not use this",
            hint="permit them with the endpoint's cors=",
        )


def path_of(target: str, headers: Mapping[str, str]) -> str:
    """The path of a request target that is a whole URL (RFC 9112 section 3.2.2): one of the host that is asked.

    The host that the request line names counts, and it is the other one that was looked at: they have to agree.
    """
    parts = urlsplit(target) if _is_plain(target) else None
    if parts is None or (parts.scheme and parts.netloc.lower() != headers.get("Host", "").lower()):
        raise Refused(
            InvalidInput(
                "the request line names another host than the header Host", hint="name one of them"
            ),
            400,
        )
    return parts.path or "/"


def _is_plain(text: str) -> bool:
    try:
        urlsplit(text if "//" in text else f"//{text}")
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
