"""All that a Thing tells of itself, as one stream of updates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

from wot.consumed import ConsumedThing
from wot.errors import Unavailable, WoTError
from wot.handles import Subscription

POLL = 5.0  # seconds between two reads of a property that cannot be observed
RETRY = 2.0  # seconds until what failed is tried again
_LONGEST = 10.0


class Update(NamedTuple):
    """A value, an event, or why there is none."""

    number: int  # of the Thing
    kind: str  # "property" or "event"
    name: str
    value: Any = None
    error: WoTError | None = None


News = asyncio.Queue[Update]


@asynccontextmanager
async def followed(things: Sequence[ConsumedThing]) -> AsyncGenerator[News, None]:
    """Every property and event of every Thing, for the time of a block."""
    news: News = asyncio.Queue()
    # Not in a TaskGroup: that would wrap whatever the caller's own block raises.
    tasks = [
        asyncio.create_task(follower)
        for number, thing in enumerate(things)
        for follower in _followers(number, thing, news)
    ]
    try:
        yield news
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):
            raise result


def _followers(number: int, thing: ConsumedThing, news: News) -> list[Coroutine[Any, Any, None]]:
    found: list[Coroutine[Any, Any, None]] = []
    for name, json in thing.td.json.get("properties", {}).items():
        update = Update(number, "property", name)
        if json.get("observable"):
            found.append(_streamed(partial(thing.observe, name), update, news))
        elif not json.get("writeOnly"):
            found.append(_polled(thing, update, news))
    for name in thing.td.json.get("events", {}):
        update = Update(number, "event", name)
        found.append(_streamed(partial(thing.subscribe, name), update, news))
    return found


async def _streamed(
    follow: Callable[[], AbstractAsyncContextManager[Subscription[Any]]],
    update: Update,
    news: News,
) -> None:
    while True:
        try:
            async with follow() as items:
                async for item in items:
                    news.put_nowait(update._replace(value=item))
        except WoTError as error:
            await _failed(update, error, news)


async def _polled(thing: ConsumedThing, update: Update, news: News) -> None:
    while True:
        try:
            news.put_nowait(update._replace(value=await thing.read(update.name)))
            await asyncio.sleep(POLL)
        except WoTError as error:
            await _failed(update, error, news)


async def _failed(update: Update, error: WoTError, news: News) -> None:
    news.put_nowait(update._replace(error=error))
    pause = error.retry_after if isinstance(error, Unavailable) else None
    await asyncio.sleep(min(pause or RETRY, _LONGEST))
