"""Long polling, for servers that know nothing better: what happens between two polls may be missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from wot.content import Content
from wot.errors import WoTError
from wot.interaction import Notification, OpenStream

_STANDING = 0.25  # seconds after which an unanswered poll counts as a subscription that stands
_PAUSE = 0.5  # seconds before the next poll when one ended without a notification

Poll = Callable[[], Awaitable[Content | None]]


class LongPoll(OpenStream):
    """Polls one after the other; the next one is under way before a notification is handed on."""

    def __init__(self, poll: Poll) -> None:
        self._poll = poll
        self._pending: asyncio.Task[Content | None] = self._start()

    @classmethod
    async def opened(cls, poll: Poll) -> Self:
        """A subscription that stands, as far as the other side lets us know; refusals raise."""
        stream = cls(poll)
        done, _ = await asyncio.wait([stream._pending], timeout=_STANDING)
        if done and (error := stream._pending.exception()) is not None:
            raise error
        return stream

    def _start(self) -> asyncio.Task[Content | None]:
        async def run() -> Content | None:
            return await self._poll()

        return asyncio.create_task(run(), name="wot long poll")

    async def __anext__(self) -> Notification:
        while True:
            # Shielded, so that giving up one wait does not lose the notification.
            content = await asyncio.shield(self._pending)
            if content is None:
                await asyncio.sleep(_PAUSE)
            self._pending = self._start()
            if content is not None:
                return Notification(content)

    async def aclose(self) -> None:
        self._pending.cancel()
        try:
            await self._pending
        except (asyncio.CancelledError, WoTError):
            return
