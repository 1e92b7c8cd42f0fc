"""The way through the proxy that the environment names."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Mapping
from contextlib import ExitStack
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from wot.addresses import Nearness, near
from wot.fetching.addresses import connected, literal, too_near
from wot.fetching.answers import asked
from wot.fetching.limits import Deadline, Unread
from wot.fetching.requests import Target


def proxy_for(target: Target) -> SplitResult | None:
    """The proxy that the environment names for this."""
    url = getproxies().get(target.scheme)
    if not url or proxy_bypass(target.authority):
        return None
    proxy = urlsplit(url if "://" in url else f"http://{url}")
    if proxy.scheme != "http" or not proxy.hostname:
        raise Unread("is behind a proxy that is none of HTTP")
    return proxy


def near_name(target: Target, most: Nearness) -> Nearness:
    """How near a host is that a proxy looks up: names are its business, apart from those that everybody knows."""
    numbers = literal(target.host, target.port)
    name = target.host.rstrip(".")
    here = name == "localhost" or name.endswith(".localhost")
    nearness = Nearness.LOOPBACK if here else Nearness.PUBLIC
    if numbers:
        nearness = near(ip_address(numbers[0][4][0]))
    if nearness > most:
        raise too_near(nearness)
    return nearness


def through(
    proxy: SplitResult, target: Target, deadline: Deadline, stack: ExitStack
) -> socket.socket:
    """A connection to the proxy; for https, one that it leads on to the target."""
    host, port = proxy.hostname or "", proxy.port or 80
    sock, _ = connected(host, port, deadline, Nearness.LOOPBACK, stack)
    if target.scheme == "https":
        name = f"[{target.host}]" if ":" in target.host else target.host
        place = f"{name}:{target.port}"
        answer = asked("CONNECT", place, place, login(proxy), sock, deadline)
        if answer.status != 200:
            raise Unread(f"is behind a proxy that answered {answer.status} {answer.reason}")
    return sock


def login(proxy: SplitResult) -> Mapping[str, str]:
    """The field by which the proxy knows who asks."""
    if proxy.username is None:
        return {}
    words = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(words.encode()).decode()}"}
