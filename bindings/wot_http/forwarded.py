"""What trusted proxies say of the requests that they pass on: RFC 7239, and X-Forwarded-* as everybody sends it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from multidict import CIMultiDict, CIMultiDictProxy

from wot.errors import InvalidInput, WoTError

UNIX = "unix"  # stands for who comes by a socket file
HOST = re.compile(r"[A-Za-z0-9._~-]{1,255}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?")
_HOPS = 32  # of a list that may be long because somebody made it so
_LONGEST = 4096
# token=token or token="quoted" (RFC 7239 section 4)
_PAIR = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([^\s\",;=]+)|\"((?:[^\"\\]|\\.)*)\")")
_NAMES = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix")

Headers = CIMultiDictProxy[str] | CIMultiDict[str]
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Seen(NamedTuple):
    """A request as it was before it was passed on; "" for what nobody says."""

    client: str
    scheme: str = ""
    host: str = ""
    prefix: str = ""

    def base(self, scheme: str, host: str) -> str:
        """The base that was asked; with scheme and Host of our own connection where nobody says."""
        return f"{self.scheme or scheme}://{self.host or host}{self.prefix}/"


class Trust:
    """Who is believed: addresses and networks, and "unix" for socket files."""

    def __init__(self, proxies: Any) -> None:
        given: Iterable[Any] = [proxies] if isinstance(proxies, str) else proxies
        names = [str(name) for name in given]
        self._unix = UNIX in names
        self._networks = [_network(name) for name in names if name != UNIX]

    def covers(self, address: str) -> bool:
        """Whether what comes from there is believed."""
        if address == UNIX:
            return self._unix
        if not self._networks:
            return False
        ip = _ip(address)
        return ip is not None and any(ip in network for network in self._networks)

    def seen(self, headers: Headers, peer: str) -> Seen:
        """What the proxies say; InvalidInput where they contradict themselves."""
        if "Forwarded" in headers:
            if any(name in headers for name in _NAMES):
                # One of them is from the proxy. The other may be from anybody.
                raise InvalidInput(
                    "there is Forwarded and X-Forwarded-*, and only one can be believed",
                    hint="let the proxy set one and remove the other",
                )
            return self._standard(_joined(headers, "Forwarded"), peer)
        return self._usual(headers, peer)

    def _standard(self, text: str, peer: str) -> Seen:
        elements = parsed(text)
        addresses = [element.get("for", "unknown") for element in elements]
        index = self._outermost(addresses)
        if index is None:
            return Seen(peer)
        element = elements[index]
        return Seen(
            _node(addresses[index]),
            _scheme(element.get("proto", "")),
            _host(element.get("host", "")),
        )

    def _usual(self, headers: Headers, peer: str) -> Seen:
        chains = [_listed(_joined(headers, name)) for name in _NAMES]
        addresses = chains[0]
        index = self._outermost(addresses)
        hops = 1 if index is None else len(addresses) - index
        # Who sets these to one value means the outermost request; who appends has one for each hop.
        scheme, host, prefix = (
            chain[-min(hops, len(chain))] if chain else "" for chain in chains[1:]
        )
        client = peer if index is None else _node(addresses[index])
        return Seen(client, _scheme(scheme), _host(host), _prefix(prefix))

    def _outermost(self, addresses: Sequence[str]) -> int | None:
        """The last in the list that is no proxy of ours: everything before it is hearsay."""
        for index in range(len(addresses) - 1, -1, -1):
            if not self.covers(_node(addresses[index])):
                return index
        return 0 if addresses else None


def parsed(text: str) -> list[dict[str, str]]:
    """The elements of a Forwarded header; InvalidInput for what is none."""
    elements: list[dict[str, str]] = [{}]
    at = 0
    while at < len(text):
        if text[at] in " \t;":
            at += 1
        elif text[at] == ",":
            elements.append({})
            at += 1
        else:
            pair = _PAIR.match(text, at)
            if pair is None or (pair.end() < len(text) and text[pair.end()] not in " \t;,"):
                raise InvalidInput("the Forwarded header cannot be read", hint="see RFC 7239")
            quoted = pair[3]
            value = pair[2] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            elements[-1][pair[1].lower()] = value
            at = pair.end()
    return [element for element in elements if element][-_HOPS:]


def _joined(headers: Headers, name: str) -> str:
    return ",".join(headers.getall(name, ()))[-_LONGEST:]


def _listed(text: str) -> list[str]:
    return [part for item in text.split(",") if (part := item.strip())][-_HOPS:]


def _network(name: str) -> _Network:
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        raise WoTError(
            f"trusted_proxies={name!r} is no address",
            hint='write addresses, networks such as "10.0.0.0/8", or "unix" for a socket file',
        ) from None


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None) or ip


def _node(text: str) -> str:
    """The address of a node, without brackets and port; what is no address is "unknown"."""
    inner = text.strip()
    if inner.startswith("["):
        inner = inner[1:].partition("]")[0]
    elif inner.count(":") == 1:
        inner = inner.partition(":")[0]
    ip = _ip(inner)
    return "unknown" if ip is None else str(ip)


def _scheme(text: str) -> str:
    scheme = text.strip().lower()
    return scheme if scheme in ("http", "https") else ""


def _host(text: str) -> str:
    return text if HOST.fullmatch(text) else ""


def _prefix(text: str) -> str:
    return text.rstrip("/") if len(text) < 256 and _PREFIX.fullmatch(text) else ""
