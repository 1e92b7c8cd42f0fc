"""Connections to addresses that were judged before."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Any

from wot.addresses import Nearness, near
from wot.fetching.limits import Deadline, Unread

_LOOKUPS = BoundedSemaphore(8)  # nothing ends a look-up that hangs, so there are never many


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


def too_near(nearness: Nearness) -> Unread:
    """The refusal of such an address."""
    words = {Nearness.LOOPBACK: "a loopback", Nearness.LINK: "a link-local"}
    return Unread(
        f"has {words.get(nearness, 'a private')} address, which is not for who leads there",
        hint="web(private=True) reads those from anywhere",
    )
