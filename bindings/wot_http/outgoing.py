"""Requests to where strangers tell us to: only where they may lead, and never further."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from wot.addresses import Nearness, near
from wot.errors import InvalidInput, Unavailable

_LONGEST = 2000  # characters of a URL
_LOOKING_UP = 5.0  # seconds
_LOOK_UPS = 8  # at once; further ones are refused
_CONNECTING, _ANSWERING = 5.0, 10.0
_WORDS = {Nearness.LOOPBACK: "of this machine", Nearness.LINK: "of this link"}


class Busy(OSError):
    """All threads for look-ups are at work."""


class LookUps:
    """Looks up hosts that strangers named, in a few threads of its own: each may take long, and nobody else waits."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOK_UPS, thread_name_prefix="wot look-up")
        self._free = threading.BoundedSemaphore(_LOOK_UPS)

    async def addresses(self, host: str, port: int, family: int = 0) -> list[tuple[int, Any]]:
        """The families and addresses of a host; OSError where there are none, Busy where no thread is free."""
        try:
            return [(family, (str(ip_address(host)), port))]
        except ValueError:
            pass
        if not self._free.acquire(blocking=False):
            raise Busy(errno.EAGAIN, "too many hosts are being looked up")
        running = self._threads.submit(
            socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM
        )
        # At its own end, since a thread goes on where we give up.
        running.add_done_callback(lambda _: self._free.release())
        async with asyncio.timeout(_LOOKING_UP):
            return [(found[0], found[4]) for found in await asyncio.wrap_future(running)]


# Those who are told already do not wait for those who ask.
_ASKED, _TOLD = LookUps(), LookUps()


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
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await _ASKED.addresses(parts.hostname or "", port)
    except Busy:
        raise Unavailable("too many hosts are being looked up here", retry_after=5) from None
    except (OSError, UnicodeError):  # a TimeoutError is an OSError
        raise _refused("its host is not known here") from None
    refusals = [_refusal(address[0], private) for _, address in found]
    if all(refusals):
        raise _refused(refusals[0] if refusals else "its host has no address")


class _Resolver(AbstractResolver):
    """Looks up where we are to connect to, without holding up anything else."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=found,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found, address in await _TOLD.addresses(host, port, family)
        ]

    async def close(self) -> None:
        pass


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
        connector=aiohttp.TCPConnector(limit=0, socket_factory=connecting, resolver=_Resolver()),
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
