"""Observing all properties and subscribing to all events of a Thing of this process."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any

import pytest

import wot
from wot.content import Content
from wot.errors import (
    EventsLost,
    Forbidden,
    HandlerError,
)
from wot.interaction import Interaction, Notification, Stream
from wot.td import Op
from wot.things import exposed_of

from .whole import Boiler

OBSERVE_ALL, SUBSCRIBE_ALL = Op.OBSERVE_ALL_PROPERTIES, Op.SUBSCRIBE_ALL_EVENTS


async def following(thing: wot.Thing, op: Op, after: str = "") -> Stream:
    return await exposed_of(thing).stream(Interaction(op, after=after))


async def taken(stream: Stream, count: int) -> list[tuple[str, Any]]:
    async with asyncio.timeout(5):
        found = [await anext(stream) for _ in range(count)]
    return [(each.name, json.loads(each.content.body)) for each in found]


NOW = [("target", 60), ("label", "a"), ("heat", 7)]


async def test_every_value_comes_first_and_then_every_change() -> None:
    boiler = Boiler()
    stream = await following(boiler, OBSERVE_ALL)
    boiler.label.value = "b"
    boiler.target.value = 1
    boiler.target.value = 2
    boiler.heat.changed(8)
    assert await taken(stream, 3) == NOW
    changes = [("label", "b"), ("target", 1), ("target", 2), ("heat", 8)]
    assert await taken(stream, 4) == changes
    await stream.aclose()


async def test_a_value_that_cannot_be_read_comes_with_its_next_change(
    caplog: pytest.LogCaptureFixture,
) -> None:
    boiler = Boiler()
    boiler.failing = {"heat"}
    stream = await following(boiler, OBSERVE_ALL)
    assert await taken(stream, 2) == NOW[:2]
    assert "begins without the value of 'heat'" in caplog.text
    boiler.heat.changed(8)
    assert await taken(stream, 1) == [("heat", 8)]
    await stream.aclose()


async def test_it_goes_on_exactly_behind_a_position() -> None:
    boiler = Boiler()
    stream = await following(boiler, OBSERVE_ALL)
    boiler.label.value = "b"
    found: list[Notification] = [await anext(stream) for _ in range(4)]
    await stream.aclose()
    boiler.target.value = 1  # while nobody observes,
    await exposed_of(boiler).request(Interaction(Op.WRITE_PROPERTY, "heat", Content(b"3")))
    for seen, missed in ((found[3], []), (found[0], [("label", "b")])):
        stream = await following(boiler, OBSERVE_ALL, seen.position)
        assert await taken(stream, len(missed) + 2) == [*missed, ("target", 1), ("heat", 7)]
        await stream.aclose()


async def test_a_gap_is_told_and_then_all_values_come_again() -> None:
    boiler = Boiler()
    stream = await following(boiler, OBSERVE_ALL)
    await taken(stream, 3)
    for number in range(5000):
        boiler.label.value = str(number)
    with pytest.raises(EventsLost) as caught:
        await anext(stream)
    assert caught.value.after == ""
    with pytest.raises(EventsLost) as caught:
        await following(boiler, OBSERVE_ALL, "00000000-1")
    stream = await following(boiler, OBSERVE_ALL, caught.value.after)
    assert await taken(stream, 3) == [("target", 60), ("label", "4999"), ("heat", 7)]
    await stream.aclose()


async def test_every_event_in_the_order_of_the_thing_with_its_time() -> None:
    boiler = Boiler()
    before = time.time()
    stream = await following(boiler, SUBSCRIBE_ALL)
    single = await exposed_of(boiler).stream(Interaction(Op.SUBSCRIBE_EVENT, "hot"))
    boiler.hot.emit(1.0)
    boiler.done.emit()
    boiler.hot.emit(2.0)
    found = [await anext(stream) for _ in range(3)]
    assert [(each.name, each.content.body) for each in found] == [
        *(("hot", b"1.0"), ("done", b"null"), ("hot", b"2.0")),
    ]
    assert all(before <= each.time <= time.time() for each in found)
    alone = await anext(single)
    assert alone.content is found[0].content
    assert (alone.name, alone.time) == ("", found[0].time)
    again = await following(boiler, SUBSCRIBE_ALL, found[0].position)
    assert await taken(again, 2) == [("done", None), ("hot", 2.0)]
    for each in (stream, single, again):
        await each.aclose()


async def test_the_order_is_that_of_each_event_also_from_threads() -> None:
    boiler = Boiler()
    stream = await following(boiler, SUBSCRIBE_ALL)

    def emit(first: int) -> None:
        for number in range(first, first + 200):
            boiler.hot.emit(float(number))

    threads = [threading.Thread(target=emit, args=(first,)) for first in (0, 1000)]
    single = await exposed_of(boiler).stream(Interaction(Op.SUBSCRIBE_EVENT, "hot"))
    for thread in threads:
        thread.start()
    both = [(await taken(each, 400)) for each in (stream, single)]
    assert [value for _, value in both[0]] == [value for _, value in both[1]]
    for thread in threads:
        thread.join()
    await stream.aclose()
    await single.aclose()


async def test_drained_waits_for_those_who_follow_everything() -> None:
    boiler = Boiler()
    stream = await following(boiler, SUBSCRIBE_ALL)
    boiler.hot.emit(1.0)
    assert not await boiler.hot.drained(0.01)
    await taken(stream, 1)
    assert await boiler.hot.drained(1)
    await stream.aclose()


class Guarded(wot.Thing):
    free = wot.event(int)
    asked = wot.event(int)
    needy = wot.event(int)
    closed = False
    broken = False

    @asked.subscribe
    async def _ask(self, least: int = 3) -> Any:
        if self.closed:
            raise Forbidden("not you")
        if self.broken:
            raise ValueError("a bug")
        return lambda number: number >= least

    @needy.subscribe
    async def _need(self, key: str) -> None: ...

    def emit_all(self) -> None:
        for number in (1, 5):
            self.free.emit(number)
            self.asked.emit(number)
            self.needy.emit(number)
        self.free.emit(9)


async def test_filters_hold_and_what_needs_a_variable_has_no_part() -> None:
    guarded = Guarded()
    stream = await following(guarded, SUBSCRIBE_ALL)
    guarded.emit_all()
    assert await taken(stream, 4) == [("free", 1), ("free", 5), ("asked", 5), ("free", 9)]
    await stream.aclose()


async def test_what_is_refused_has_no_part_and_a_failure_is_told() -> None:
    guarded = Guarded()
    guarded.closed = True
    stream = await following(guarded, SUBSCRIBE_ALL)
    guarded.emit_all()
    assert await taken(stream, 3) == [("free", 1), ("free", 5), ("free", 9)]
    await stream.aclose()
    guarded.closed, guarded.broken = False, True
    with pytest.raises(HandlerError):
        await following(guarded, SUBSCRIBE_ALL)


async def test_where_everything_is_refused_so_is_the_whole() -> None:
    class Closed(wot.Thing):
        secret = wot.event(int)

        @secret.subscribe
        async def _ask(self) -> None:
            raise Forbidden("not you")

    with pytest.raises(Forbidden, match="not you"):
        await following(Closed(), SUBSCRIBE_ALL)
