"""A time limit that costs nothing where nothing is waited for."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float | None, coroutine: Coroutine[Any, Any, T]) -> T:
    """What `coroutine` returns; TimeoutError (and it is cancelled) where that takes longer.

    Its first step runs at once: most handlers end there, and a timer would cost more than they do.
    """
    try:
        waiting = coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    except TimeoutError as error:
        raise OwnTimeout from error
    timer = asyncio.timeout(seconds)
    try:
        async with timer:
            return await _resume(coroutine, waiting)
    except TimeoutError as error:
        if timer.expired():
            raise
        raise OwnTimeout from error


class OwnTimeout(Exception):
    """The coroutine itself raised TimeoutError, which its limit had no part in."""


@types.coroutine
def _resume(coroutine: Coroutine[Any, Any, T], waiting: Any) -> Generator[Any, Any, T]:
    """Go on with a coroutine that has yielded `waiting`."""
    sent: Any = None
    while True:
        try:
            sent = yield waiting
        except GeneratorExit:
            coroutine.close()
            raise
        except BaseException as error:  # noqa: BLE001 - cancellation is passed to the coroutine
            raised: BaseException | None = error
        else:
            raised = None
        try:
            waiting = coroutine.send(sent) if raised is None else coroutine.throw(raised)
        except StopIteration as done:
            result: T = done.value
            return result
