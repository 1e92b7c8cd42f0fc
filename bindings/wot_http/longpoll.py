"""Long polling, for servers that know nothing better: what happens between two polls may be missed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Self

from wot.content import Content
from wot.errors import EventsLost, WoTError
from wot.interaction import Notification, OpenStream

STANDING = 0.25  # seconds after which an unanswered poll counts as a subscription that stands
_PAUSE = 0.5  # seconds before the next poll when one ended without a notification
_KEPT = 1024  # notifications that wait for a consumer who is busy

Poll = Callable[[], Awaitable[Content | None]]
First = asyncio.Future[Content | OpenStream | None]  # a poll may turn out to be a stream


class LongPoll(OpenStream):
    """Polls one after the other, also while nobody waits for the next notification."""

    def __init__(self, poll: Poll, first: First) -> None:
        self._poll, self._first = poll, first
        self._ready: deque[Notification] = deque()
        self._arrived = asyncio.Event()
        self._lost = False
        self._polling = asyncio.create_task(self._pump(), name="wot long poll")
        self._polling.add_done_callback(self._ended)

    @classmethod
    async def opened(cls, poll: Poll) -> Self:
        """A subscription that stands, as far as the other side lets us know; refusals raise."""
        first: First = asyncio.ensure_future(_first(poll))
        try:
            done, _ = await asyncio.wait([first], timeout=STANDING)
        except asyncio.CancelledError:
            first.cancel()
            raise
        if done and (error := first.exception()) is not None:
            raise error
        return cls(poll, first)

    async def _pump(self) -> None:
        found = await self._first
        if isinstance(found, OpenStream):
            try:
                async for notification in found:
                    self._put(notification)
            finally:
                await found.aclose()
            return
        while True:
            if found is None:
                await asyncio.sleep(_PAUSE)
            else:
                self._put(Notification(found))
            found = await self._poll()

    def _put(self, notification: Notification) -> None:
        if len(self._ready) < _KEPT:
            self._ready.append(notification)
        else:
            self._lost = True
        self._arrived.set()

    def _ended(self, polling: asyncio.Task[None]) -> None:
        if not polling.cancelled():
            polling.exception()  # looked at here: who closes without iterating never asks
        self._arrived.set()

    async def __anext__(self) -> Notification:
        while not self._ready:
            if self._lost:
                self._lost = False
                raise EventsLost(f"more than {_KEPT} notifications came while nobody took them")
            if self._polling.done():
                error = None if self._polling.cancelled() else self._polling.exception()
                raise error or StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._ready.popleft()

    async def aclose(self) -> None:
        # The pump may not have begun, and then would not pass it on.
        self._first.cancel()
        self._polling.cancel()
        try:
            await self._polling
        except (asyncio.CancelledError, WoTError):
            return


async def _first(poll: Poll) -> Content | OpenStream | None:
    return await poll()
