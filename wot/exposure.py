"""Who can reach an endpoint: nobody else, unless somebody says otherwise."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from wot.binding import Server
from wot.errors import WoTError


def refuse_exposure(url: str, server: Server, insecure: bool) -> None:
    """WoTError where others than this machine could reach it, unless that is meant to be."""
    hosts = server.hosts()
    named = [urlsplit(url).hostname or ""] if hosts is None else hosts
    if not insecure and not all(_is_loopback(host) for host in named):
        raise WoTError(
            f"{url} can be reached from other machines, and nothing protects it",
            hint="serve on 127.0.0.1, or say insecure=True (--insecure) where the network can be trusted",
        )


def any_port(url: str) -> bool:
    """Whether a URL leaves it to the system which port is taken."""
    try:
        return urlsplit(url).port == 0
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
