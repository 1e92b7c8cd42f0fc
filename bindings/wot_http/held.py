"""Streams between two polls: each waits a while for its poller to come back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import NamedTuple

from wot.errors import Unavailable, WoTError
from wot.interaction import Interactable, Notification, Stream

_HELD = 30.0  # seconds for which a stream waits
_MOST = 4096  # streams that wait


class Who(NamedTuple):
    """Whom we take for one client where it names no cursor."""

    address: str
    agent: str
    credentials: str


class Resource(NamedTuple):
    """What is polled."""

    thing: int
    op: str
    name: str
    query: str


class Polled:
    """A stream that goes on from poll to poll."""

    def __init__(self, thing: Interactable, stream: Stream, cursor: str, known: str) -> None:
        self.thing, self.cursor = thing, cursor
        self._stream = stream
        self._known = known  # what an observation begins with is no news to who resumes there
        self._next: asyncio.Task[Notification] | None = None

    async def next(self, seconds: float) -> Notification | None:
        """The next notification, None where none comes in time: then it is still to come."""
        if self._next is None:
            # A task of its own: a poll that ends must not tear a step of the stream.
            self._next = asyncio.create_task(self._step(), name="wot poll")
        await asyncio.wait([self._next], timeout=seconds)
        return self._next.result() if self._next.done() else None

    async def _step(self) -> Notification:
        try:
            while True:
                found = await anext(self._stream)
                known, self._known = self._known, ""
                if not known or found.position != known:
                    return found
        except StopAsyncIteration:
            raise Unavailable("this stream has ended", retry_after=1) from None

    def taken(self, cursor: str) -> None:
        """The poller gets what came next, and knows it by this cursor."""
        self._next, self.cursor = None, cursor

    async def aclose(self) -> None:
        """Leave the stream."""
        if self._next is not None:
            self._next.cancel()
            with contextlib.suppress(asyncio.CancelledError, WoTError):
                await self._next
        await self._stream.aclose()


class _Place(NamedTuple):
    polled: Polled
    who: Who | None  # None: of a client that names its cursor
    until: float


class Held:
    """The streams that wait for the next poll."""

    def __init__(self) -> None:
        self._places: dict[Resource, list[_Place]] = {}
        self._count = 0
        self._closing: set[asyncio.Task[None]] = set()

    def take(self, resource: Resource, cursor: str, who: Who | None) -> Polled | None:
        """The stream of a poller: by its cursor, or else the one that has waited longest for such a client."""
        places = self._places.get(resource, [])
        for place in places:
            if place.polled.cursor == cursor if cursor else who is not None and place.who == who:
                self._remove(resource, place)
                return place.polled
        return None

    def forget(self, resource: Resource, who: Who) -> None:
        """Close those of a client that begins anew."""
        for place in [each for each in self._places.get(resource, ()) if each.who == who]:
            self._close(resource, place)

    def keep(self, resource: Resource, polled: Polled, who: Who | None) -> None:
        """Let a stream wait."""
        until = asyncio.get_running_loop().time() + _HELD
        self._places.setdefault(resource, []).append(_Place(polled, who, until))
        self._count += 1
        if self._count > _MOST:
            oldest = min(self._places, key=lambda each: self._places[each][0].until)
            self._close(oldest, self._places[oldest][0])

    def sweep(self) -> None:
        """Close those that have waited long enough."""
        now = asyncio.get_running_loop().time()
        self.drop(lambda place: place.until < now)

    def end(self, thing: Interactable | None = None) -> None:
        """Close those of a Thing, or all."""
        self.drop(lambda place: thing is None or place.polled.thing is thing)

    def drop(self, over: Callable[[_Place], bool]) -> None:
        """Close some."""
        found = [
            (r, place) for r, places in self._places.items() for place in places if over(place)
        ]
        for resource, place in found:
            self._close(resource, place)

    def _close(self, resource: Resource, place: _Place) -> None:
        self._remove(resource, place)
        closing = asyncio.create_task(place.polled.aclose(), name="wot poll ends")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _remove(self, resource: Resource, place: _Place) -> None:
        places = self._places[resource]
        places.remove(place)
        self._count -= 1
        if not places:
            del self._places[resource]
