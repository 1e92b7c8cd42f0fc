"""Connections to addresses that were judged before."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Any

from wot.fetching.limits import Deadline, Unread

_NAT64 = IPv6Network("64:ff9b::/96")
_LOOKUPS = BoundedSemaphore(8)  # nothing ends a look-up that hangs, so there are never many

Address = IPv4Address | IPv6Address


class Nearness(IntEnum):
    """How near an address is: what is near trusts who is near."""

    PUBLIC = 0
    PRIVATE = 1
    LINK = 2
    LOOPBACK = 3


def connected(
    host: str, port: int, deadline: Deadline, most: Nearness, stack: ExitStack
) -> tuple[socket.socket, Nearness]:
    """A connection to an address that was judged: to that very one, for a name may soon mean another."""
    found = [(near(ip_address(each[4][0])), each) for each in _addresses(host, port, deadline)]
    allowed = [each for each in found if each[0] <= most]
    if not allowed:
        raise too_near(min(nearness for nearness, _ in found))
    for tries, (nearness, (family, kind, protocol, _, address)) in enumerate(allowed, 1):
        with ExitStack() as attempt:
            sock = attempt.enter_context(socket.socket(family, kind, protocol))
            # One address that says nothing leaves time for the others.
            sock.settimeout(deadline.left() / (len(allowed) - tries + 1))
            try:
                sock.connect(address)
            except OSError:
                if tries == len(allowed):
                    raise
                continue
            stack.push(attempt.pop_all())
            return sock, nearness
    raise OSError(f"{host} has no address")


def _addresses(host: str, port: int, deadline: Deadline) -> list[Any]:
    """What a name stands for, as `getaddrinfo` has it; numbers need no look-up."""
    numbers = literal(host, port)
    if numbers:
        return numbers
    if not _LOOKUPS.acquire(timeout=deadline.left()):
        raise TimeoutError
    found: SimpleQueue[list[Any] | OSError | ValueError] = SimpleQueue()
    try:
        Thread(target=_look_up, args=(host, port, found), daemon=True).start()
    except RuntimeError as error:  # there are too many
        _LOOKUPS.release()
        raise OSError(str(error)) from None
    try:
        answer = found.get(timeout=deadline.left())
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _look_up(host: str, port: int, found: SimpleQueue[list[Any] | OSError | ValueError]) -> None:
    try:
        found.put([*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
    except (OSError, ValueError) as error:
        found.put(error)
    finally:
        _LOOKUPS.release()


def literal(host: str, port: int) -> list[Any]:
    """The address that a host is, in whichever way the system lets it be written; [] for a name."""
    flags = socket.AI_NUMERICHOST
    try:
        return [*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)]
    except OSError:
        return []


def near(address: Address) -> Nearness:
    """How near an address is; one that holds an IPv4 address is as near as that."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return near(inner)
    if address.is_loopback or address.is_unspecified:
        return Nearness.LOOPBACK
    if address.is_link_local:
        return Nearness.LINK
    # Neither multicast nor what nobody has assigned is a server of the public.
    odd = address.is_multicast or address.is_reserved
    odd = odd or (isinstance(address, IPv6Address) and address.is_site_local)
    return Nearness.PUBLIC if address.is_global and not odd else Nearness.PRIVATE


def too_near(nearness: Nearness) -> Unread:
    """The refusal of such an address."""
    words = {Nearness.LOOPBACK: "a loopback", Nearness.LINK: "a link-local"}
    return Unread(
        f"has {words.get(nearness, 'a private')} address, which is not for who leads there",
        hint="web(private=True) reads those from anywhere",
    )
