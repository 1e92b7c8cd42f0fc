"""Subscriptions that survive lost connections."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from wot.errors import ConnectError, EventsLost, TransportError, Unavailable
from wot.interaction import Interaction, Notification, OpenStream, Stream
from wot.td import Op

_EVENTS = (Op.SUBSCRIBE_EVENT, Op.SUBSCRIBE_ALL_EVENTS)
_FIRST_PAUSE, _LAST_PAUSE = 0.05, 10.0  # seconds between attempts


class Followed(OpenStream):
    """A subscription that is made again when its connection is lost, and goes on where it was."""

    def __init__(
        self,
        open_: Callable[[Interaction], Awaitable[Stream]],
        interaction: Interaction,
        stream: Stream,
        patience: float,
    ) -> None:
        self._open, self._interaction, self._stream = open_, interaction, stream
        self._patience = _Patience(patience)
        self._closed = False
        self.first: Notification | None = None
        self.position = getattr(stream, "position", "") or interaction.after

    async def __anext__(self) -> Notification:
        if self.first is not None:
            first, self.first = self.first, None
            return first
        while True:
            try:
                notification = await anext(self._stream)
            except (TransportError, Unavailable, StopAsyncIteration):
                if self._closed:
                    raise StopAsyncIteration from None
                await self._stream.aclose()
                self.position = getattr(self._stream, "position", "") or self.position
                await self._again()
                continue
            self._patience.rewarded()
            if notification.position:
                self.position = notification.position
            return notification

    async def _again(self) -> None:
        interaction = self._interaction
        if not self.position and interaction.op in _EVENTS:
            raise EventsLost(
                "the connection was lost, and the other side does not number its events"
            )
        resumed = Interaction(
            interaction.op, interaction.name, variables=interaction.variables, after=self.position
        )
        self._stream = await self._patience.until(lambda: self._open(resumed))
        if self._closed:  # while it was being made again
            await self._stream.aclose()
            raise StopAsyncIteration

    async def aclose(self) -> None:
        self._closed = True
        await self._stream.aclose()


class _Patience:
    """Tries again with growing pauses, for some time in which nothing new comes."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._made = time.monotonic()
        self.rewarded()

    def rewarded(self) -> None:
        """Something new has come."""
        self._pause, self._since = _FIRST_PAUSE, 0.0

    async def until(self, connect: Callable[[], Awaitable[Stream]]) -> Stream:
        """What `connect` gives at last; its error when patience ends."""
        if time.monotonic() - self._made > self._pause:
            self.rewarded()  # a quiet stream is not a bad one: it stood longer than the next pause
        self._since = self._since or time.monotonic()
        while True:
            # The pause comes first: the other side has just gone away, and many may come back at once.
            await asyncio.sleep(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load
            self._pause = min(self._pause * 2, _LAST_PAUSE)
            try:
                stream = await connect()
            except (TransportError, Unavailable):
                if time.monotonic() - self._since > self._seconds:
                    raise
            else:
                # One that accepts and ends at once is no better than one that refuses.
                if time.monotonic() - self._since > self._seconds + _LAST_PAUSE:
                    await stream.aclose()
                    raise ConnectError("the other side accepts subscriptions and ends them at once")
                self._made = time.monotonic()
                return stream
