"""`wot read`, `watch`, `td`: somebody's Thing, from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

from wot.cli.arguments import variables
from wot.cli.ending import cancelled_by
from wot.cli.output import Output
from wot.consumed import ConsumedThing
from wot.errors import EventsLost, Timeout, TransportError, UnknownAffordance, listed
from wot.forms import variables_of
from wot.servient import Servient
from wot.td import Json

_ANSWER = 30.0  # seconds
_PAUSE = 1.0  # seconds before subscribing again where the other side cannot resume
_END: Any = object()


class Target(NamedTuple):
    """An affordance of somebody's Thing, and how long it may take."""

    thing: str
    name: str = ""
    given: Sequence[str] = ()  # URI variables, as NAME=VALUE
    timeout: float | None = None

    @property
    def limit(self) -> float:
        """Seconds for one answer."""
        return self.timeout or _ANSWER


async def describe(output: Output, target: Target) -> None:
    """Show a Thing Description."""
    async with limited(target.limit), consumed(target) as thing:
        td = thing.description
    if output.json:
        output.record(td.json)
    elif output.people:
        from wot.cli.describing import described

        output.show(described(td))
    else:
        import json

        output.line(json.dumps(td.json, indent=2, ensure_ascii=False))


async def read(output: Output, target: Target) -> None:
    """Show the value of a property."""
    async with limited(target.limit), consumed(target) as thing:
        schema = affordance_of(thing, "properties", target.name)
        value = await thing.read(target.name, **given_variables(thing, schema, target))
    output.value(value, schema)


async def watch(output: Output, target: Target, count: int | None) -> None:
    """Show a property's values or an event's data as they come, until `count` of them or the time-out."""
    with cancelled_by(pipe=True):
        async with AsyncExitStack() as stack:
            async with limited(target.limit):
                thing = await stack.enter_async_context(consumed(target))
                kind, affordance = _watchable(thing, target.name)
                follow = thing.observe if kind == "properties" else thing.subscribe
                context = follow(target.name, **given_variables(thing, affordance, target))
                found = await stack.enter_async_context(context)
            schema = affordance if kind == "properties" else affordance.get("data", {})
            await items(output, target, found, schema, count)


async def items(
    output: Output, target: Target, found: AsyncIterator[Any], schema: Json, count: int | None
) -> None:
    """Show items as they come, until `count` of them or the time-out."""
    seen = 0
    try:
        async with asyncio.timeout(target.timeout):
            while count is None or seen < count:
                output.item(await _next(output, target, found), schema)
                seen += 1
    except TimeoutError as error:
        if isinstance(error, Timeout):
            raise  # it was the other side's
        if count is not None:
            raise Timeout(f"{seen} of {count} items within {target.timeout:g} s") from None


async def _next(output: Output, target: Target, items: AsyncIterator[Any]) -> Any:
    """The next item; a gap is reported, and it goes on behind it."""
    while True:
        try:
            item = await anext(items, _END)
        except EventsLost as lost:
            output.error(
                f"{target.name} of {target.thing} has a gap", lost, "it goes on behind the gap"
            )
            if not lost.after:
                await asyncio.sleep(_PAUSE)
            continue
        if item is _END:
            raise TransportError(f"{target.thing} ended the subscription")
        return item


@asynccontextmanager
async def limited(seconds: float | None) -> AsyncGenerator[None, None]:
    """Timeout where the block takes longer; None for any time."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        if isinstance(error, Timeout):
            raise
        raise Timeout(f"no answer within {seconds:g} s") from None


@asynccontextmanager
async def consumed(target: Target) -> AsyncGenerator[ConsumedThing, None]:
    """The Thing, for the time of a block."""
    # One request may take all the time there is.
    async with Servient(timeout=target.limit) as servient:
        yield await servient.consume(target.thing)


def affordance_of(thing: ConsumedThing, kind: str, name: str) -> Json:
    """How a Thing describes an affordance."""
    return thing.description.affordance(kind, name) or {}


def _watchable(thing: ConsumedThing, name: str) -> tuple[str, Json]:
    """The kind and the description of what is called `name`: an event, or else a property."""
    td = thing.description
    prop, event = td.affordance("properties", name), td.affordance("events", name)
    if event is not None and (prop is None or not prop.get("observable")):
        return "events", event
    if prop is None:
        there = listed([*td.json.get("properties", {}), *td.json.get("events", {})])
        raise UnknownAffordance(
            f"{td.title} has no {name!r} among its properties and events",
            hint=f"there are: {there}",
        )
    return "properties", prop


def given_variables(thing: ConsumedThing, affordance: Json, target: Target) -> Mapping[str, Any]:
    """The URI variables that the command line gives."""
    shared = thing.description.json.get("uriVariables", {})
    return variables(target.given, variables_of(affordance, shared))
