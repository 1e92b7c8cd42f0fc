"""Using all properties and all events at once: through gateways and bad networks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest

import wot
from wot.content import CBOR
from wot.errors import (
    Conflict,
    EventsLost,
    InvalidInput,
    PartialFailure,
    Unavailable,
    UnknownAffordance,
)

from .proxy import Proxy, proxied
from .things import ANY
from .wire import ask


class Boiler(wot.Thing, id="urn:test:boiler"):
    target = wot.stored(60.0, minimum=0, maximum=90)
    mode = wot.stored("eco", name="a,b%c")
    hot = wot.event(float)
    done = wot.event()

    def __init__(self) -> None:
        self.failing = False

    @wot.property
    async def heat(self) -> int:
        if self.failing:
            raise Unavailable("the sensor is off", retry_after=3)
        return 7

    @wot.property(content_type=CBOR)
    async def packed(self) -> list[int]:
        return [1]

    @wot.property(write_only=True)
    async def pin(self) -> int: ...

    @pin.write
    async def set_pin(self, value: int) -> None:
        if self.failing:
            raise Conflict("it is locked")


ALL = {"target": 60, "a,b%c": "eco", "heat": 7, "packed": [1]}


class Hops(NamedTuple):
    """A Thing behind two gateways, with a bad network in front of it."""

    boiler: Boiler
    proxy: Proxy
    url: str
    thing: wot.ConsumedThing


@pytest.fixture
async def hops() -> AsyncIterator[Hops]:
    boiler = Boiler()
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(wot.serve(boiler, ANY))
        proxy = await stack.enter_async_context(proxied(served.urls[0]))
        url, thing = proxy.url, None
        for _ in range(2):
            servient = await stack.enter_async_context(wot.Servient(timeout=5, patience=5))
            remote = await servient.consume(url)
            url = (await stack.enter_async_context(servient.serve(remote, ANY))).urls[0]
        outside = await stack.enter_async_context(wot.Servient(timeout=5, patience=5))
        thing = await outside.consume(url)
        yield Hops(boiler, proxy, url, thing)


async def test_the_td_at_the_end_of_two_hops(hops: Hops) -> None:
    near, far = (await ask(hops.url)).json, (await ask(hops.proxy.url)).json
    for document in (near, far):
        del document["base"]
    assert near == far


async def test_reading_and_writing_through_two_hops(hops: Hops) -> None:
    thing, boiler = hops.thing, hops.boiler
    assert await thing.read_all() == ALL
    assert await thing.read_multiple(["packed", "a,b%c"]) == {"packed": [1], "a,b%c": "eco"}
    await thing.write_multiple({"target": 1})
    await thing.write_all({"target": 2, "a,b%c": "x", "pin": 3})
    assert (boiler.target.value, boiler.mode.value) == (2, "x")
    boiler.failing = True
    with pytest.raises(PartialFailure) as caught:
        await thing.read_all()
    assert caught.value.values == {"target": 2, "a,b%c": "x", "packed": [1]}
    error = caught.value.errors["heat"]
    assert isinstance(error, Unavailable)
    assert error.retry_after == 3
    with pytest.raises(PartialFailure) as caught:
        await thing.write_multiple({"target": 3, "pin": 1, "a,b%c": "y"})
    assert caught.value.values == {"target": 3}
    assert {n: type(e) for n, e in caught.value.errors.items()} == {
        "pin": Conflict,
        "a,b%c": Conflict,
    }
    assert (boiler.target.value, boiler.mode.value) == (3, "x")


async def test_one_request_for_all(hops: Hops) -> None:
    thing, before = hops.thing, hops.proxy.bytes_in
    await thing.read_all()
    assert hops.proxy.bytes_in - before < 400  # one head


async def test_what_does_not_fit_is_not_sent(hops: Hops) -> None:
    before = hops.proxy.bytes_in
    with pytest.raises(InvalidInput) as caught:
        await hops.thing.write_all({"target": 91, "heat": 1, "x": 2, "a,b%c": "y"})
    for told in ("target: 91 is greater", "heat: it can only", "x: there is no", "pin: it is miss"):
        assert told in str(caught.value)
    with pytest.raises(UnknownAffordance):
        await hops.thing.read_multiple(["x"])
    with pytest.raises(InvalidInput):
        await hops.thing.read_multiple(["pin"])
    with pytest.raises(InvalidInput):
        await hops.thing.read_multiple([])
    assert hops.proxy.bytes_in == before


async def next_of(items: Any, count: int) -> list[Any]:
    async with asyncio.timeout(10):
        return [await anext(items) for _ in range(count)]


async def test_following_all_goes_on_exactly_behind_a_broken_connection(hops: Hops) -> None:
    boiler, thing = hops.boiler, hops.thing
    async with thing.observe_all() as values, thing.subscribe_all() as events:
        assert await next_of(values, 2) == [("target", 60), ("a,b%c", "eco")]
        boiler.target.value = 1
        boiler.hot.emit(1.0)
        assert await next_of(values, 1) == [("target", 1)]
        assert await next_of(events, 1) == [("hot", 1)]
        hops.proxy.resets = 1
        hops.proxy.cut()
        for number in range(2, 5):
            boiler.target.value = number
            boiler.hot.emit(float(number))
            boiler.done.emit()
        boiler.mode.value = "off"
        changes = [*(("target", number) for number in range(2, 5)), ("a,b%c", "off")]
        assert await next_of(values, 4) == changes
        told = [each for n in range(2, 5) for each in (("hot", n), ("done", None))]
        assert await next_of(events, 6) == told


async def test_a_thing_that_was_made_anew_is_told_as_a_gap() -> None:
    async with wot.Servient(timeout=5, patience=10) as servient, AsyncExitStack() as stack:
        async with wot.serve(Boiler(), ANY) as served:
            url = served.urls[0]
            thing = await servient.consume(url)
            values = await stack.enter_async_context(thing.observe_all())
            await next_of(values, 2)
        again = Boiler()
        again.target.value = 5.0
        async with wot.serve(again, url.removesuffix("/boiler")):
            with pytest.raises(EventsLost):
                await next_of(values, 1)
            assert await next_of(values, 2) == [("target", 5), ("a,b%c", "eco")]


def test_without_await() -> None:
    boiler = Boiler()
    with wot.sync.serve(boiler, ANY) as served, wot.sync.consume(served.urls[0]) as thing:
        assert thing.read_all() == ALL
        assert thing.read_multiple(["heat"]) == {"heat": 7}
        thing.write_multiple({"target": 4})
        thing.write_all({"target": 5, "a,b%c": "x", "pin": 1})
        with thing.observe_all() as values, thing.subscribe_all() as events:
            assert [values.next(5) for _ in range(2)] == [("target", 5), ("a,b%c", "x")]
            boiler.hot.emit(2.0)
            assert events.next(5) == ("hot", 2)
