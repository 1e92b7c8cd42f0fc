"""What one request asks for."""

from __future__ import annotations

import re
from string import punctuation
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from wot.fetching.limits import Unread


class Target(NamedTuple):
    """What one request asks for."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host, with the port where that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _port(self.scheme) else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """What `url` asks for; Unread where it is nothing to be asked for."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not parts.hostname or re.search(r"[\x00-\x20\x7f]", url):
        raise Unread("is no http or https URL")
    if "@" in parts.netloc:
        raise Unread("holds credentials", hint="they would end up in messages")
    host = parts.hostname.encode("idna").decode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = _port(scheme) if parts.port is None else parts.port
    return Target(url, scheme, host, port, quote(path, safe=punctuation))


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
