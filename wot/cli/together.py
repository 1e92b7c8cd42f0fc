"""`wot read` and `wot watch` of several properties, or of all that a Thing has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from wot.cli.ending import UsageError, cancelled_by
from wot.cli.output import Output
from wot.cli.using import Target, consumed, items, limited
from wot.consumed import ConsumedThing
from wot.errors import NotAllowed, PartialFailure
from wot.forms import offered_whole
from wot.handles import Subscription
from wot.td import Json, Op

_Pairs = Subscription[tuple[str, Any]]
_END: Any = object()


async def read(output: Output, target: Target, names: Sequence[str]) -> None:
    """Show the values of properties; where some cannot be read, those that can."""
    _check(target)
    async with limited(target.limit), consumed(target) as thing:
        schema = _schemas(thing)
        try:
            values = await (thing.read_multiple(names) if names else thing.read_all())
        except PartialFailure as failure:
            output.value(dict(failure.values), schema)
            raise
    output.value(values, schema)


async def watch(output: Output, target: Target, count: int | None) -> None:
    """Show every value and every event as it comes, each as an object of one member."""
    _check(target)
    with cancelled_by(pipe=True):
        async with AsyncExitStack() as stack:
            async with limited(target.limit):
                thing = await stack.enter_async_context(consumed(target))
                offers = offered_whole(thing.td)
                follow = {
                    Op.OBSERVE_ALL_PROPERTIES: thing.observe_all,
                    Op.SUBSCRIBE_ALL_EVENTS: thing.subscribe_all,
                }
                opened = [
                    await stack.enter_async_context(context())
                    for op, context in follow.items()
                    if op in offers
                ]
            if not opened:
                raise NotAllowed(f"{thing.description.title} has nothing that can be followed")
            both = _Several(opened)
            stack.push_async_callback(both.leave)
            await items(output, target, both, _schemas(thing), count)


class _Several(AsyncIterator[dict[str, Any]]):
    """The items of several subscriptions, as they come."""

    def __init__(self, subscriptions: Sequence[_Pairs]) -> None:
        self._waiting: dict[asyncio.Task[Any], _Pairs] = {}
        for subscription in subscriptions:
            self._wait(subscription)

    def _wait(self, subscription: _Pairs) -> None:
        async def step() -> Any:
            return await anext(subscription, _END)

        self._waiting[asyncio.create_task(step(), name="wot watch")] = subscription

    async def __anext__(self) -> dict[str, Any]:
        while self._waiting:
            done, _ = await asyncio.wait(self._waiting, return_when=asyncio.FIRST_COMPLETED)
            task = done.pop()
            subscription = self._waiting.pop(task)
            if task.exception() is not None or task.result() is not _END:
                self._wait(subscription)
            found = task.result()
            if found is not _END:
                return {found[0]: found[1]}
        raise StopAsyncIteration

    async def leave(self) -> None:
        """Wait for nothing any more."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)


def _check(target: Target) -> None:
    if target.given:
        raise UsageError(
            "--var is for one affordance", hint="name the property or the event that takes it"
        )


def _schemas(thing: ConsumedThing) -> Json:
    """What values are shown by: their units above all."""
    td = thing.description.json
    data = {name: event.get("data", {}) for name, event in td.get("events", {}).items()}
    return {"type": "object", "properties": {**data, **td.get("properties", {})}}
