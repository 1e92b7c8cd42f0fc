"""The bounded ring in which the notifications of one affordance wait for their subscribers."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from wot.content import Content
from wot.errors import EventsLost, InvalidInput
from wot.interaction import Notification, OpenStream

EVENTS_KEPT = 4096
BYTES_KEPT = 16 << 20  # of one affordance; the newest notification stays however large it is


class Log:
    """Every subscriber is a cursor on it. `emit` may be called from any thread.

    With `newest` (properties) a cursor that falls behind skips to the last value; otherwise it is told.
    """

    __slots__ = (
        "_behind",
        "_cursors",
        "_drained",
        "_epoch",
        "_kept",
        "_last",
        "_lock",
        "_ring",
        "_size",
        "_waiters",
        "into",
        "newest",
    )

    def __init__(self, kept: int = EVENTS_KEPT, *, newest: bool = False) -> None:
        self._ring: deque[Notification] = deque()
        self._kept, self._size = kept, 0
        self._epoch = secrets.token_hex(4)
        self._last = 0
        self._lock = threading.Lock()
        self._waiters: dict[asyncio.Future[None], None] = {}
        self._drained: list[asyncio.Future[None]] = []
        self._cursors = 0
        self._behind = 0  # cursors that have not taken everything
        self.newest = newest
        # Where all of a Thing is followed, what is emitted here goes there as well, in the same order.
        self.into: Callable[[Content, float], None] | None = None

    @property
    def watched(self) -> bool:
        """Whether anybody subscribes now, or may come back for what was missed."""
        return self._cursors > 0 or self.into is not None

    def emit(self, content: Content, name: str = "", at: float = 0.0) -> None:
        """Append one notification and wake the subscribers."""
        at = at or time.time()
        with self._lock:
            self._last += 1
            self._ring.append(Notification(content, self.position(self._last), None, name, at))
            if self.into is not None:
                self.into(content, at)
            self._size += len(content.body)
            while len(self._ring) > self._kept or (self._size > BYTES_KEPT and len(self._ring) > 1):
                self._size -= len(self._ring.popleft().content.body)
            waiters, self._waiters = self._waiters, {}
            self._behind = self._cursors
        if waiters:
            _wake(waiters)

    async def drained(self, timeout: float) -> bool:
        """Wait until every subscriber has taken everything; False when that takes longer than `timeout`."""
        with self._lock:
            if not self._behind:
                return True
            future = asyncio.get_running_loop().create_future()
            self._drained.append(future)
        try:
            async with asyncio.timeout(timeout):
                await future
        except TimeoutError:
            with self._lock:
                self._drained = [other for other in self._drained if other is not future]
            return False
        return True

    def subscribe(self, after: str = "") -> Cursor:
        """A stream from now on, or from behind `after`; EventsLost where that is no longer kept."""
        with self._lock:
            at = self._resumed(after) if after else self._last
            self._cursors += 1
            self._behind += at < self._last
        return Cursor(self, at)

    def here(self) -> str:
        """The position of the newest notification."""
        return self.position(self._last)

    def position(self, number: int) -> str:
        """The position of a notification by its number."""
        return f"{self._epoch}-{number}"

    def _resumed(self, after: str) -> int:
        epoch, _, number = after.rpartition("-")
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            raise InvalidInput(
                f"{after[:80]!r} is not a position of this stream",
                hint="send one that came with it",
            )
        oldest = self._last - len(self._ring)
        if epoch == self._epoch and oldest <= int(number) <= self._last:
            return int(number)
        if self.newest:
            return oldest
        raise self._lost(oldest)

    def _lost(self, oldest: int) -> EventsLost:
        return EventsLost(
            "events were dropped before they could be delivered", after=self.position(oldest)
        )

    def take(self, cursor: Cursor) -> Notification | asyncio.Future[None]:
        """The next notification for `cursor`, or what to wait for."""
        drained: list[asyncio.Future[None]] = []
        with self._lock:
            behind = self._last - cursor.at
            if not behind:
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiters[future] = None
                return future
            kept = len(self._ring)
            if behind > kept:
                if not self.newest:
                    raise self._lost(self._last - kept)
                behind = 1
            cursor.at = self._last - behind + 1
            found = self._ring[kept - behind]
            if behind == 1:
                drained = self._caught_up()
        if drained:
            _wake(drained)
        return found

    def _caught_up(self) -> list[asyncio.Future[None]]:
        """One cursor less is behind; those who waited for the last of them."""
        self._behind -= 1
        if self._behind:
            return []
        drained, self._drained = self._drained, []
        return drained

    def stop_waiting(self, waiting: asyncio.Future[None]) -> None:
        """Forget what a cursor waited for."""
        with self._lock:
            self._waiters.pop(waiting, None)

    def leave(self, cursor: Cursor) -> None:
        """Forget a cursor."""
        with self._lock:
            self._cursors -= 1
            drained = self._caught_up() if cursor.at < self._last else []
        _wake(drained)


class Cursor(OpenStream):
    """One subscriber's place in a log; a generator without a generator's frame per step."""

    def __init__(self, log: Log, at: int) -> None:
        self.at = at
        self._log = log
        self.first: Notification | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._open = True
        self.position = log.position(at)

    async def __anext__(self) -> Notification:
        if self.first is not None and self._open:
            first, self.first = self.first, None
            return first
        while self._open:
            try:
                found = self._log.take(self)
            except EventsLost:
                await self.aclose()
                raise
            if isinstance(found, Notification):
                return found
            self._waiting = found
            try:
                await found
            except BaseException:
                self._log.stop_waiting(found)
                raise
            finally:
                self._waiting = None
        raise StopAsyncIteration

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            if self._waiting is not None:
                self._log.stop_waiting(self._waiting)
                _resolve(self._waiting)
            self._log.leave(self)


def _wake(futures: Iterable[asyncio.Future[None]]) -> None:
    """Resolve futures, each in the loop it belongs to."""
    try:
        running: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
    except RuntimeError:
        running = None
    for future in futures:
        loop = future.get_loop()
        if loop is running:
            _resolve(future)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, future)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
