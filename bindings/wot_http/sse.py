"""Server-sent events (HTML Living Standard section 9.2), both ways."""

from __future__ import annotations

import re
from typing import NamedTuple

from wot.errors import ProtocolError, TooLarge
from wot.interaction import Notification
from wot_http.offering import is_line

EVENT_STREAM = "text/event-stream"
GAP = "wot-gap"  # the event by which a subscriber learns that notifications were dropped
_LINE_END = re.compile(rb"\r\n|\n|\r")
_NO_BREAKS = {ord("\r"): None, ord("\n"): None}
_BOM = b"\xef\xbb\xbf"
_LARGEST = 4 << 20  # bytes of one message


class Message(NamedTuple):
    """One dispatched event."""

    event: str
    data: str
    id: str


def frame(notification: Notification, event: bytes = b"") -> tuple[bytes, bytes]:
    """The bytes of a notification, plain and as a chunk, made once for all subscribers.

    Without an `event:` line unless there is one to be told: node-wot and a browser's `onmessage` hear only unnamed
    messages. Those of the whole Thing are named by it.
    """
    wire = notification.wire
    if notification.name:  # which may come from the far side of a gateway
        event = b"event: %b\n" % notification.name.translate(_NO_BREAKS).encode()
    # Endpoints of both kinds may serve one Thing.
    if wire is None or wire[0].startswith(b"event:") != bool(event):
        body = notification.content.body
        if b"\n" in body or b"\r" in body:
            body = b"\ndata: ".join(_LINE_END.split(body))
        place = b"id: %b\n" % notification.position.encode() if notification.position else b""
        plain = b"%b%bdata: %b\n\n" % (event, place, body)
        wire = notification.wire = plain, chunk(plain)
    return wire


def event_line(name: str) -> bytes:
    """The line that says what an event is of; nothing for a name that cannot be said there."""
    return b"event: %b\n" % name.encode() if is_line(name) else b""


def chunk(data: bytes) -> bytes:
    """`data` as one chunk (RFC 9112 section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def opening(position: str, heartbeat: float) -> bytes:
    """What comes first: how often to expect a sign of life, and from where to resume. No event is dispatched."""
    place = f"id: {position}\n" if position else ""
    return f": heartbeat {heartbeat:g}\n{place}\n".encode()


def gap(after: str, reason: bytes) -> bytes:
    """The event that tells of dropped notifications."""
    place = f"id: {after}\n" if after else ""
    return f"{place}event: {GAP}\ndata: ".encode() + reason + b"\n\n"


class Parser:
    """Turns bytes, cut anywhere, into messages."""

    def __init__(self) -> None:
        self.last_id = ""  # of the last message that came whole
        self.heartbeat = 0.0  # seconds, where the other side says so
        self._rest = b""
        self._begun = False
        self._after_cr = False
        self._event = ""
        self.next_id = ""  # of the message that is coming in
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that `chunk` completes; TooLarge, or ProtocolError for what is no UTF-8."""
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        self._after_cr = self._after_cr or chunk.endswith(b"\r")
        data = self._unmarked(self._rest + chunk)
        *lines, self._rest = _LINE_END.split(data)
        self._size += len(chunk)
        try:
            found = [m for line in lines if (m := self._line(line.decode())) is not None]
        except UnicodeDecodeError:
            raise ProtocolError("the event stream is not UTF-8") from None
        if self._size > _LARGEST and not found:
            raise TooLarge(f"an event is larger than {_LARGEST >> 20} MiB")
        if found or not (self._data or self._rest):
            self._size = len(self._rest)
        return found

    def _unmarked(self, data: bytes) -> bytes:
        """Without the byte order mark that a stream may begin with."""
        if self._begun or (len(data) < 3 and _BOM.startswith(data)):
            return data
        self._begun = True
        return data.removeprefix(_BOM)

    def _line(self, line: str) -> Message | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._event = value
        elif field == "id" and (value.isprintable() or not value):  # it must go into a header
            self.next_id = value
        elif not field and value.startswith("heartbeat "):
            self._expect(value)
        return None

    def _expect(self, comment: str) -> None:
        try:
            self.heartbeat = max(0.0, float(comment.split()[1]))
        except (ValueError, IndexError):
            self.heartbeat = 0.0

    def _dispatch(self) -> Message | None:
        self.last_id = self.next_id
        message = Message(self._event, "\n".join(self._data), self.next_id) if self._data else None
        self._event, self._data = "", []
        return message
