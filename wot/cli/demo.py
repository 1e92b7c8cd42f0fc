"""`wot demo`: Things that come with the framework, served and followed through the consumer library."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib.metadata import entry_points
from typing import NamedTuple

from wot.cli.ending import cancelled_by
from wot.cli.following import Update, followed
from wot.cli.output import Output
from wot.cli.serving import SIGNALS
from wot.cli.trying import Shown, commands
from wot.cli.values import plain
from wot.consumed import ConsumedThing
from wot.errors import ConnectError, InteractionError, WoTError
from wot.servient import Served, Servient, serve
from wot.things import Thing

GROUP = "wot.demos"
LOCAL = "http://127.0.0.1:8080"
ANYWHERE = "http://127.0.0.1:0"
SPEED = 30.0  # of Things that simulate: a day is too long to watch


class Limits(NamedTuple):
    """When the demo ends by itself."""

    updates: int | None
    seconds: float | None


def demo_things(output: Output) -> list[Thing]:
    """An instance of every class in the entry-point group; what cannot be had is told of."""
    found: list[Thing] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            found.append(entry.load()())
        except Exception as error:  # noqa: BLE001 - one bad plug-in must not spoil the others
            reason = WoTError(f"{entry.value}: {error}")
            output.error(f"the demo {entry.name!r} is left out", reason)
    if not found:
        raise WoTError("no demonstration is installed", hint="pip install isowot brings two")
    return found


async def demo(output: Output, on: str, limits: Limits) -> None:
    """Serve the demonstration Things, consume them, show what they do."""
    with cancelled_by(*SIGNALS, pipe=True):
        things = demo_things(output)
        async with AsyncExitStack() as stack:
            served = await _entered(stack, things, on)
            servient = await stack.enter_async_context(Servient())
            shown = [Shown(url, await servient.consume(url)) for url in served.urls]
            for each in shown:
                await _sped_up(each.thing)
            await _show(output, shown, limits)


async def _entered(stack: AsyncExitStack, things: Sequence[Thing], on: str) -> Served:
    """Where it was asked for, or else at the usual port or a free one."""
    try:
        return await stack.enter_async_context(serve(things, on or LOCAL))
    except ConnectError:
        if on:
            raise
    return await stack.enter_async_context(serve(things, ANYWHERE))


async def _sped_up(thing: ConsumedThing) -> None:
    """Let time fly where a Thing has a `speed` that can be set."""
    speed = thing.td.affordance("properties", "speed")
    if speed is not None and not speed.get("readOnly"):
        try:
            await thing.write("speed", SPEED)
        except InteractionError:
            return  # it means something else by that word


async def _show(output: Output, shown: Sequence[Shown], limits: Limits) -> None:
    try:
        async with asyncio.timeout(limits.seconds):
            if output.people:
                from wot.cli.board import live

                await live(output.console, shown, limits.updates)
            else:
                await _lines(output, shown, limits.updates)
    except TimeoutError:
        return


async def _lines(output: Output, shown: Sequence[Shown], count: int | None) -> None:
    if output.json:
        things = [
            {"id": t.description.id, "title": t.description.title, "td": url} for url, t in shown
        ]
        output.record({"things": things})
    else:
        for url, thing in shown:
            output.line(f"{thing.description.title}: {url}")
        for command in commands(shown):
            output.line(f"Try: {command}")
    seen = 0
    async with followed([each.thing for each in shown]) as news:
        while count is None or seen < count:
            update = await news.get()
            _line(output, shown[update.number].thing, update)
            seen += 1


def _line(output: Output, thing: ConsumedThing, update: Update) -> None:
    title = thing.description.title
    if output.json:
        record = {"thing": title, update.kind: update.name, "value": update.value}
        output.record({**record, "error": str(update.error)} if update.error else record)
    else:
        unit = (thing.td.affordance("properties", update.name) or {}).get("unit", "")
        told = update.error or f"{plain(update.value, one_line=True)} {unit}"
        output.line(f"{title} {update.name}: {told}".rstrip())
