"""Requests and their answers: HTTP is that of the standard library, and what it reads is limited in time and size."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from io import BufferedReader, RawIOBase
from typing import Any

from wot.fetching.limits import Deadline, Unread

HEAD = 64 << 10  # bytes before a body, those of interim answers included
_PART = 1 << 16


class Wire(RawIOBase):
    """What a server sends, until time is up or there is no room."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline
        self.room, self.ended = HEAD, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(buffer)
        self.room -= count
        self.ended = not count
        if self.room < 0:
            raise Unread("sends too much beside the document")
        return count


class _Line:
    """What http.client asks of a socket."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline
        self.wire = Wire(sock, deadline)

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(self.wire)

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def close(self) -> None:
        """Whoever made the connection closes it."""


class Answer:
    """An answer whose body has not been read."""

    def __init__(self, response: HTTPResponse, wire: Wire) -> None:
        self._response, self._wire = response, wire
        self.status, self.reason = response.status, response.reason[:100]
        self.location = response.getheader("Location", "")

    def body(self, limit: int) -> bytes:
        """All of it; Unread where it is not all there, or cannot be told from what follows, or is too much."""
        self._check_coding()
        if (self._response.length or 0) > limit:
            raise _too_large(limit)
        self._wire.room = HEAD + 8 * limit  # chunks may be small
        data = bytearray()
        try:
            while part := self._response.read(_PART):
                data += part
                if len(data) > limit:
                    raise _too_large(limit)
        except (IncompleteRead, ValueError):
            raise Unread("breaks off, or its chunks are broken") from None
        if self._response.length:
            raise Unread(f"breaks off: {self._response.length:,} bytes are missing")
        return bytes(data)

    def _check_coding(self) -> None:
        """What http.client lets pass."""
        coded = [word for word in self._words("Content-Encoding") if word != "identity"]
        if coded:
            raise Unread(f"is encoded, though nobody asked for that: {', '.join(coded)[:100]}")
        transfer = self._words("Transfer-Encoding")
        if transfer not in ([], ["chunked"]):
            raise Unread(f"has an unknown transfer coding: {', '.join(transfer)[:100]}")
        lengths = self._words("Content-Length")
        if len({*lengths}) > 1 or not all(re.fullmatch("[0-9]{1,18}", each) for each in lengths):
            raise Unread(f"has no possible Content-Length: {', '.join(lengths)[:100]}")
        if lengths and not transfer:
            self._response.length = int(lengths[0])

    def _words(self, name: str) -> list[str]:
        words = ",".join(self._response.headers.get_all(name, [])).lower().split(",")
        return [word.strip() for word in words if word.strip()]


def asked(
    method: str,
    url: str,
    authority: str,
    fields: Mapping[str, str],
    sock: socket.socket,
    deadline: Deadline,
) -> Answer:
    """What the server at the other end of `sock` answers; Unread or TimeoutError where it does not."""
    line: Any = _Line(sock, deadline)
    connection = HTTPConnection(authority)
    connection.sock = line
    connection.putrequest(method, url, skip_host=True)  # and Accept-Encoding: identity
    for name, value in {"Host": authority, "User-Agent": "isowot", **fields}.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    if line.wire.ended and not response.isclosed():
        raise Unread("breaks off in the middle of its answer")
    return Answer(response, line.wire)


def _too_large(limit: int) -> Unread:
    return Unread(f"has more than {limit:,} bytes")
