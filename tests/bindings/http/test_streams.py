"""Event streams: everything reaches everybody, in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

import wot

from .proxy import proxied
from .things import ANY, Broken, Probe
from .wire import Follower, ask, connected, following, request, taken, until


class Group:
    """Several subscribers to one event: two by hand, two by our client."""

    def __init__(self, followers: list[Follower], streams: list[AsyncIterator[Any]]) -> None:
        self._followers, self._streams = followers, streams

    async def all_get(self, expected: list[int]) -> None:
        got = await asyncio.gather(
            *(follower.events(len(expected)) for follower in self._followers),
            *(taken(stream, len(expected)) for stream in self._streams),
        )
        assert got == [expected] * len(got)


@pytest.fixture
async def group(tick: str, url: str, servient: wot.Servient) -> AsyncIterator[Group]:
    async with AsyncExitStack() as stack:
        things = [await servient.consume(url), await servient.consume(url)]
        yield Group(
            [await stack.enter_async_context(following(tick)) for _ in range(2)],
            [await stack.enter_async_context(thing.subscribe("tick")) for thing in things],
        )


async def test_twenty_events_in_one_tick_reach_everybody(probe: Probe, group: Group) -> None:
    for number in range(20):
        probe.tick.emit(number)
    await group.all_get(list(range(20)))


async def emit(probe: Probe, numbers: range, at_once: int) -> None:
    for number in numbers:
        probe.tick.emit(number)
        if not number % at_once:
            assert await probe.tick.drained()
    assert await probe.tick.drained()


@pytest.mark.parametrize("at_once", [1, 50, 4000])
async def test_ten_thousand_as_fast_as_they_are_taken(
    probe: Probe, group: Group, at_once: int
) -> None:
    emitting = asyncio.create_task(emit(probe, range(10_000), at_once))
    await group.all_get(list(range(10_000)))
    await emitting


def test_the_same_on_uvloop() -> None:
    """`wot.run` and `wot serve` use it where there is one."""
    uvloop = pytest.importorskip("uvloop")

    async def follow() -> None:
        probe = Probe()
        async with (
            wot.serve(probe, ANY) as served,
            proxied(served.urls[0]) as proxy,
            wot.consume(proxy.url) as thing,
            thing.subscribe("tick") as events,
        ):
            for begin in range(0, 10_000, 2_000):
                for number in range(begin, begin + 2_000):
                    probe.tick.emit(number)
                assert await taken(events, 2_000) == list(range(begin, begin + 2_000))
                proxy.cut()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(follow())


@pytest.mark.soak
@pytest.mark.timeout(180)
async def test_fifty_thousand_one_by_one(probe: Probe, group: Group) -> None:
    emitting = asyncio.create_task(emit(probe, range(50_000), 1))
    await group.all_get(list(range(50_000)))
    await emitting


async def test_what_is_emitted_while_the_subscription_is_made_arrives(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        await thing.read("level")
        proxy.hold()
        context = thing.subscribe("tick")
        entering = asyncio.create_task(context.__aenter__())
        await until(lambda: proxy.held > 0)  # the server has answered, the client does not know
        for number in range(3):
            probe.tick.emit(number)
        assert not entering.done()
        proxy.release()
        async with asyncio.timeout(5):
            assert await taken(await entering, 3) == [0, 1, 2]
        await context.__aexit__(None, None, None)


async def test_what_is_emitted_as_soon_as_the_subscription_stands_arrives(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    thing = await servient.consume(url)
    for number in range(20):
        async with thing.subscribe("tick") as events:
            probe.tick.emit(number)
            assert await taken(events, 1) == [number]


class Slow(wot.Thing, title="Slow"):
    """A property that takes its time to be read."""

    def __init__(self) -> None:
        self.reading, self.go_on = asyncio.Event(), asyncio.Event()
        self.now = 1

    @wot.property(observable=True)
    async def value(self) -> int:
        found = self.now
        self.reading.set()
        await self.go_on.wait()
        return found


async def test_a_change_while_the_first_value_is_read_arrives() -> None:
    slow = Slow()
    async with wot.serve(slow, ANY) as served, wot.consume(served.urls[0]) as thing:
        context = thing.observe("value")
        entering = asyncio.create_task(context.__aenter__())
        await slow.reading.wait()
        slow.now = 2
        slow.value.changed(2)
        slow.go_on.set()
        values = await entering
        while await taken(values, 1) != [2]:
            pass
        await context.__aexit__(None, None, None)


@pytest.mark.timeout(60)
async def test_one_event_reaches_five_hundred_subscribers(probe: Probe, tick: str) -> None:
    async with AsyncExitStack() as stack:
        followers = [await stack.enter_async_context(following(tick)) for _ in range(500)]
        begin = time.monotonic()
        probe.tick.emit(1)
        assert await asyncio.gather(*(follower.event() for follower in followers)) == [1] * 500
        assert time.monotonic() - begin < 5
        assert await probe.tick.drained()


async def test_a_subscriber_of_http_1_0_gets_no_chunks(probe: Probe, tick: str) -> None:
    async with connected(tick) as wire:
        await wire.send(request(tick, accept="text/event-stream").replace(b"HTTP/1.1", b"HTTP/1.0"))
        status, headers = await wire._head()
        assert (status, headers.get("transfer-encoding")) == (200, None)
        assert (await wire.reader.readuntil(b"\n\n")).startswith(b": heartbeat 15\nid: ")
        probe.tick.emit(7)
        async with asyncio.timeout(5):
            assert (await wire.reader.readuntil(b"\n\n")).endswith(b"\ndata: 7\n\n")


REFUSED = [
    ("/properties/fixed", 406, "NotAcceptable"),  # not observable
    ("/properties/secret", 405, "NotAllowed"),  # write-only
    ("/actions/add", 405, "NotAllowed"),
    ("/properties/nope", 404, "UnknownAffordance"),
    ("/events/nope", 404, "UnknownAffordance"),
    ("/events/level", 404, "UnknownAffordance"),
    ("/events/tick?x=1", 400, "UriVariableError"),
    ("x/events/tick", 404, "UnknownThing"),
]


@pytest.mark.parametrize(("path", "status", "kind"), REFUSED)
@pytest.mark.parametrize("through", ["device", "gateway"])
async def test_a_subscription_that_cannot_be_is_refused(
    url: str, servient: wot.Servient, through: str, path: str, status: int, kind: str
) -> None:
    async with AsyncExitStack() as stack:
        if through == "gateway":
            thing = await servient.consume(url)
            served = await stack.enter_async_context(servient.serve(thing, ANY))
            url = served.urls[0]
        answer = await ask(url + path, accept="text/event-stream")
        assert answer.problem == (status, kind)


async def test_our_client_knows_before_it_asks(url: str, servient: wot.Servient) -> None:
    thing = await servient.consume(url)
    for name, follow, error in [
        ("fixed", thing.observe, wot.errors.NotAllowed),
        ("secret", thing.observe, wot.errors.NotAllowed),
        ("add", thing.subscribe, wot.errors.UnknownAffordance),
        ("nope", thing.observe, wot.errors.UnknownAffordance),
        ("nope", thing.subscribe, wot.errors.UnknownAffordance),
    ]:
        with pytest.raises(error, match=name):
            async with follow(name):
                pass


async def test_an_observer_gets_the_value_and_then_every_change(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    thing = await servient.consume(url)
    async with thing.observe("level") as values, following(f"{url}/properties/level") as follower:
        assert await taken(values, 1) == await follower.events(1) == [5]
        for number in range(20):
            probe.level.value = number
            assert await taken(values, 1) == await follower.events(1) == [number]
        await thing.write("level", 99)
        assert await taken(values, 1) == await follower.events(1) == [99]


async def test_an_observer_that_lags_gets_the_newest(probe: Probe, url: str) -> None:
    async with following(f"{url}/properties/free", buffer=4096) as slow:
        assert await slow.event() == 0
        for number in range(1, 201):
            probe.free.value = [number, "x" * 100_000]
            await asyncio.sleep(0)
        count, newest = 0, 0
        while newest < 200:
            newest, count = (await slow.event())[0], count + 1
        assert count < 200


async def test_a_property_whose_reader_fails_cannot_be_observed(servient: wot.Servient) -> None:
    async with servient.serve(Broken(), ANY) as served:
        url = served.urls[0]
        answer = await ask(f"{url}/properties/raising", accept="text/event-stream")
        assert answer.problem == (500, "HandlerError")
        with pytest.raises(wot.errors.HandlerError):
            async with (await servient.consume(url)).observe("raising"):
                pass


async def test_events_of_every_kind_of_data(probe: Probe, url: str, servient: wot.Servient) -> None:
    thing = await servient.consume(url)
    values = [None, True, -1.5, "a\nb\r\nc", "\u2028é\0", [], {"data: x\n\n": [1]}, "x" * 300_000]
    async with thing.subscribe("note") as notes, thing.subscribe("bare") as bare:
        for value in values:
            probe.note.emit([value])
        probe.bare.emit()
        assert await taken(notes, len(values)) == [[value] for value in values]
        assert await taken(bare, 1) == [None]


async def test_the_profile_says_which_affordance_an_event_is_of(
    probe: Probe, servient: wot.Servient
) -> None:
    async with wot.serve(probe, wot.endpoint(ANY, profile="sse")) as served:
        url = served.urls[0]
        async with following(f"{url}/events/tick") as tick:
            probe.tick.emit(1)
            assert (await tick.frame())["event"] == "tick"
        async with following(f"{url}/properties/level") as level:
            assert (await level.frame())["event"] == "level"
        thing = await servient.consume(url)
        async with thing.subscribe("tick") as events, thing.observe("level") as levels:
            probe.tick.emit(2)
            assert await taken(events, 1) == [2]
            assert await taken(levels, 1) == [5]
