"""Long polling, for servers that know nothing better: what happens between two polls may be missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from wot.content import Content
from wot.errors import EventsLost, WoTError
from wot.interaction import Notification, OpenStream

STANDING = 0.25  # seconds after which an unanswered poll counts as a subscription that stands
_PAUSE = 0.5  # seconds before the next poll when one ended without a notification
_KEPT = 1024  # notifications that wait for a consumer who is busy

Poll = Callable[[], Awaitable[Content | None]]


class LongPoll(OpenStream):
    """Polls one after the other, also while nobody waits for the next notification."""

    def __init__(self, poll: Poll, first: asyncio.Future[Content | None]) -> None:
        self._poll = poll
        self._ready: asyncio.Queue[Notification] = asyncio.Queue(_KEPT)
        self._lost = False
        self._polling = asyncio.create_task(self._pump(first), name="wot long poll")

    @classmethod
    async def opened(cls, poll: Poll) -> Self:
        """A subscription that stands, as far as the other side lets us know; refusals raise."""
        first = asyncio.ensure_future(poll())
        try:
            done, _ = await asyncio.wait([first], timeout=STANDING)
        except asyncio.CancelledError:
            first.cancel()
            raise
        if done and (error := first.exception()) is not None:
            raise error
        return cls(poll, first)

    async def _pump(self, pending: Awaitable[Content | None]) -> None:
        while True:
            content = await pending
            if content is None:
                await asyncio.sleep(_PAUSE)
            elif self._ready.full():
                self._lost = True
            else:
                self._ready.put_nowait(Notification(content))
            pending = self._poll()

    async def __anext__(self) -> Notification:
        if self._lost and self._ready.empty():
            self._lost = False
            raise EventsLost(f"more than {_KEPT} notifications came while nobody took them")
        if self._ready.empty():
            await self._next()
        return self._ready.get_nowait()

    async def _next(self) -> None:
        """Wait for a notification, or for what ended the polling."""
        waiting = asyncio.ensure_future(self._ready.get())
        try:
            await asyncio.wait([waiting, self._polling], return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                # Back to where everybody looks for it; there is room, as it has just been taken.
                self._ready.put_nowait(waiting.result())
                return
        finally:
            waiting.cancel()
        if self._polling.cancelled():
            raise StopAsyncIteration
        error = self._polling.exception()
        raise error if error is not None else StopAsyncIteration

    async def aclose(self) -> None:
        self._polling.cancel()
        try:
            await self._polling
        except (asyncio.CancelledError, WoTError):
            return
