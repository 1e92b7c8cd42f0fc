"""One subscription over a shared WebSocket."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime

from wot.content import Content
from wot.errors import EventsLost, InteractionError, TransportError, WoTError
from wot.interaction import Interaction, Notification, OpenStream
from wot.td import ENDS, Form, Op
from wot_http.messages import UNSET, Message, error_in, position_of
from wot_http.socket_link import Link

_KEPT = 1024  # notifications that wait for a consumer who is busy,
_BYTES = 16 << 20  # and how large they may be together
_LEAVING = 1.0  # seconds for the other side to end a subscription
_PROPERTIES = (Op.OBSERVE_PROPERTY, Op.OBSERVE_ALL_PROPERTIES)


class SocketStream(OpenStream):
    """Takes notifications as they come, so that nobody else on the connection has to wait."""

    def __init__(self, form: Form, interaction: Interaction, message: Message) -> None:
        self._type, self._message = form.response_type, message
        self._op, self._name = interaction.op, interaction.name
        self._link: Link | None = None
        self._ready: deque[tuple[Message | EventsLost, int]] = deque()
        self._size = 0
        self._arrived = asyncio.Event()
        self._reason: WoTError | None = None
        self._closed = False
        self._numbered = False

    @property
    def correlation(self) -> str:
        """By which its notifications are known."""
        return self._message.correlation

    def rivals(self, other: SocketStream) -> bool:
        """Whether one of the two would replace the other on the same connection."""
        if (self._op in _PROPERTIES) != (other._op in _PROPERTIES):
            return False
        return self._name == other._name or not self._name or not other._name

    async def open(self, link: Link, seconds: float) -> None:
        """Subscribe; refusals raise."""
        self._link = link
        try:
            answer = await link.ask(self._message, seconds, self)
        except InteractionError:
            link.release(self)
            raise
        except BaseException:
            link.leave_soon(self, self._ending(), _LEAVING)
            raise
        # Only who says where a subscription begins can be trusted to go on behind a position.
        self._numbered = answer.position is not UNSET
        self.current_first = self._numbered and self._op in _PROPERTIES
        if answer.position is not UNSET and answer.position:
            self.position = position_of(answer.position)

    def _ending(self) -> Message:
        return Message(
            self._message.thing,
            kind=self._message.kind,
            operation=str(ENDS[self._op]),
            name=self._name,
        )

    def put(self, message: Message) -> None:
        """Take one message of the other side."""
        if self._reason is not None:
            return
        if message.error is not UNSET:
            error = error_in(message)
            if isinstance(error, EventsLost):
                self._keep(error, 0)
            else:
                self.end(error)
            return
        raw = message.data if message.value is UNSET else message.value
        self._keep(message, 0 if raw is UNSET else len(bytes(raw)))

    def _notification(self, message: Message) -> Notification:
        # Not before it is taken: the first ones may come in before `open` has seen the response.
        raw = message.data if message.value is UNSET else message.value
        body = b"null" if raw is UNSET else bytes(raw)
        position = ""
        if self._numbered:
            given = message.position
            position = position_of(message.id) if given is UNSET else given
        name = "" if self._name else message.name
        return Notification(
            Content(body, self._type), position, name=name, time=_seconds(message.timestamp)
        )

    def _keep(self, item: Message | EventsLost, size: int) -> None:
        if len(self._ready) >= _KEPT or self._size + size > _BYTES + size * (not self._ready):
            # What waits is still given; behind it the subscription is made again from where it stood.
            self.end(TransportError(f"more than {_KEPT} notifications came while nobody took them"))
            if self._link is not None:
                self._link.leave_soon(self, self._ending(), _LEAVING)
            return
        self._ready.append((item, size))
        self._size += size
        self._arrived.set()

    def end(self, reason: WoTError) -> None:
        """Nothing more will come."""
        self._reason = self._reason or reason
        self._arrived.set()

    async def __anext__(self) -> Notification:
        while not self._ready:
            if self._closed:
                raise StopAsyncIteration
            if self._reason is not None:
                raise self._reason
            self._arrived.clear()
            await self._arrived.wait()
        item, size = self._ready.popleft()
        self._size -= size
        if isinstance(item, EventsLost):
            raise item
        found = self._notification(item)
        self.position = found.position or self.position
        return found

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._ready.clear()
        self._arrived.set()
        if self._link is not None and self._reason is None:
            await self._link.leave(self, self._ending(), _LEAVING)


def _seconds(timestamp: str) -> float:
    try:
        return datetime.fromisoformat(timestamp).timestamp() if timestamp else 0.0
    except (ValueError, OverflowError):
        return 0.0
