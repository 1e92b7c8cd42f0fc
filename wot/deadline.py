"""A time limit that costs nothing where nothing is waited for."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


class OwnTimeout(Exception):
    """The coroutine itself raised TimeoutError, which its limit had no part in."""


async def within(seconds: float | None, coroutine: Coroutine[Any, Any, T]) -> T:
    """What `coroutine` returns; TimeoutError (and it is cancelled) where that takes longer.

    Its first step runs at once: most coroutines end there, and a timer would cost more than they do.
    """
    try:
        waiting = coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    except TimeoutError as error:
        raise OwnTimeout from error
    return await rest(coroutine, waiting, seconds)


async def rest(coroutine: Coroutine[Any, Any, T], waiting: Any, seconds: float | None) -> T:
    """The same for a coroutine whose first step has been run and yielded `waiting`."""
    timer = asyncio.timeout(seconds)
    try:
        async with timer:
            return await _resume(coroutine, waiting)
    except TimeoutError as error:
        if timer.expired():
            raise
        raise OwnTimeout from error


@types.coroutine
def _resume(coroutine: Coroutine[Any, Any, T], waiting: Any) -> Generator[Any, Any, T]:
    """Go on with a coroutine that has yielded `waiting`."""
    sent: Any = None
    while True:
        raised: BaseException | None = None
        try:
            sent = yield waiting
        except GeneratorExit:
            coroutine.close()
            raise
        except BaseException as error:  # noqa: BLE001 - cancellation is passed to the coroutine
            raised = error
        try:
            waiting = coroutine.send(sent) if raised is None else coroutine.throw(raised)
        except StopIteration as done:
            result: T = done.value
            return result
