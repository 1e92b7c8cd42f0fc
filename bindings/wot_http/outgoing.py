"""Requests to where strangers tell us to: only where they may lead, and never further."""

from __future__ import annotations

import asyncio
import errno
import socket
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp

from wot.addresses import Nearness, near
from wot.errors import InvalidInput

_LONGEST = 2000  # characters of a URL
_LOOKING_UP = 5.0  # seconds
_CONNECTING, _ANSWERING = 5.0, 10.0
_WORDS = {Nearness.LOOPBACK: "of this machine", Nearness.LINK: "of this link"}


class TooNear(OSError):
    """An address that strangers must not lead us to."""


def callback(text: object) -> SplitResult:
    """A callback URL as its parts; InvalidInput where it is none."""
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
        raise _refused("a URL is needed")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise _refused(str(error)) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused("only http and https are possible")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise _refused("it has characters that no URL has")
    if "@" in parts.netloc or parts.fragment:
        raise _refused("it must have neither credentials nor a fragment")
    return parts


async def check(parts: SplitResult, private: bool) -> None:
    """InvalidInput where a callback URL leads to none of the addresses that it may."""
    loop, port = asyncio.get_running_loop(), parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(_LOOKING_UP):
            found = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # a TimeoutError is an OSError
        raise _refused("its host is not known here") from None
    refusals = [_refusal(each[4][0], private) for each in found]
    if all(refusals):
        raise _refused(refusals[0] if refusals else "its host has no address")


def _refusal(address: Any, private: bool) -> str:
    try:
        permit(address, private)
    except TooNear as error:
        return error.strerror or ""
    return ""


def permit(address: Any, private: bool) -> None:
    """TooNear where a stranger must not lead us to an address."""
    nearness = near(ip_address(address))
    if nearness is not Nearness.PUBLIC and not private:
        where = _WORDS.get(nearness, "of a private network")
        raise TooNear(errno.EACCES, f"its address is one {where}")


def session(private: bool) -> aiohttp.ClientSession:
    """Connections that are judged by the very address they go to: a name may soon mean another."""

    def connecting(info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        permit(address[0], private)
        return socket.socket(family, kind, protocol)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, socket_factory=connecting),
        timeout=aiohttp.ClientTimeout(total=_ANSWERING, sock_connect=_CONNECTING),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "isowot"},
        skip_auto_headers=("Content-Type", "Accept"),
        auto_decompress=False,
    )


def _refused(reason: str) -> InvalidInput:
    return InvalidInput(
        f"callbackURL: {reason}", hint='send {"callbackURL": "https://…"}, one of a public address'
    )
