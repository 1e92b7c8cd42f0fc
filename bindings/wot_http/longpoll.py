"""Long polling: behind a cursor where the server gives one; else what happens between two polls may be missed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Self

from wot.content import Content
from wot.errors import EventsLost, WoTError
from wot.interaction import Notification, OpenStream

STANDING = 0.25  # seconds after which an unanswered poll counts as a subscription that stands
_PAUSE = 0.5  # seconds before the next poll when one ended without a notification
_KEPT = 1024  # notifications that wait for a consumer who is busy


class Answered(NamedTuple):
    """What a poll brought."""

    content: Content | None  # None where nothing has happened
    cursor: str  # "" where the server gives none
    waited: bool  # whether the server waits as long as it is asked to


Poll = Callable[[str], Awaitable[Answered]]
First = asyncio.Future[Answered | OpenStream]  # a poll may turn out to be a stream


class LongPoll(OpenStream):
    """Polls one after the other, also while nobody waits for the next notification."""

    def __init__(self, poll: Poll, first: First) -> None:
        self._poll, self._first = poll, first
        self._ready: deque[Notification] = deque()
        self._arrived, self._room = asyncio.Event(), asyncio.Event()
        self._lost = False
        self._polling = asyncio.create_task(self._pump(), name="wot long poll")
        self._polling.add_done_callback(self._ended)

    @classmethod
    async def opened(cls, poll: Poll, after: str) -> Self:
        """A subscription that stands, as far as the other side lets us know; refusals raise."""
        first: First = asyncio.ensure_future(_first(poll, after))
        try:
            done, _ = await asyncio.wait([first], timeout=STANDING)
        except asyncio.CancelledError:
            first.cancel()
            raise
        if done and (error := first.exception()) is not None:
            raise error
        stream = cls(poll, first)
        if done and isinstance(found := first.result(), Answered):
            # Where it goes on if nothing comes before the connection is lost.
            stream.position = after if found.content is not None else found.cursor
            stream.current_first = bool(found.cursor) and found.content is not None
        return stream

    async def _pump(self) -> None:
        found = await self._first
        if isinstance(found, OpenStream):
            try:
                async for notification in found:
                    self._put(notification)
            finally:
                await found.aclose()
            return
        loop, quick = asyncio.get_running_loop(), False
        while True:
            if found.content is not None:
                self._put(Notification(found.content, found.cursor))
            else:
                if not self._ready:
                    self.position = found.cursor or self.position
                if quick or not found.waited:
                    await asyncio.sleep(_PAUSE)
            while found.cursor and len(self._ready) >= _KEPT:
                self._room.clear()  # it is kept there, so that it need not be kept here
                await self._room.wait()
            began = loop.time()
            found = await self._poll(found.cursor)
            quick = loop.time() - began < _PAUSE

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
        notification = self._ready.popleft()
        self._room.set()
        self.position = notification.position
        return notification

    async def aclose(self) -> None:
        # The pump may not have begun, and then would not pass it on.
        self._first.cancel()
        self._polling.cancel()
        try:
            await self._polling
        except (asyncio.CancelledError, WoTError):
            return


async def _first(poll: Poll, after: str) -> Answered | OpenStream:
    return await poll(after)
