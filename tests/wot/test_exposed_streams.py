"""Observations and subscriptions of a Thing of this process."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

import wot
from wot.errors import (
    HandlerError,
    InteractionError,
    NotAllowed,
    UnknownAffordance,
    UriVariableError,
)
from wot.interaction import Interaction
from wot.td import Op
from wot.things import exposed_of

from .exposing import READ, SECRET, WRITE, Ask, Probe

OBSERVE, SUBSCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT


async def test_observing_begins_with_the_value_now(probe: Probe) -> None:
    async with probe.level.observe() as values:
        assert await anext(values) == 1


async def test_a_write_is_notified_once_whether_its_handler_tells_or_not(
    probe: Probe, ask: Ask
) -> None:
    async with probe.level.observe() as silent, probe.told.observe() as told:
        assert (await anext(silent), await anext(told)) == (1, 1)
        await ask(WRITE, "level", b"5")
        assert await anext(silent) == 5
        await ask(WRITE, "told", b"6")
        assert await anext(told) == 6
        for values in (silent, told):
            assert values._stream.position
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(values), 0.02)


@pytest.mark.parametrize(
    ("op", "name", "error"),
    [
        (SUBSCRIBE, "nothing", UnknownAffordance),
        (SUBSCRIBE, "level", UnknownAffordance),
        (OBSERVE, "nothing", UnknownAffordance),
        (OBSERVE, "hot", UnknownAffordance),
        (OBSERVE, "blocking", NotAllowed),
        (OBSERVE, "secret", NotAllowed),
        (READ, "level", NotAllowed),
    ],
)
async def test_streams_that_are_refused(
    probe: Probe, op: Op, name: str, error: type[InteractionError]
) -> None:
    with pytest.raises(InteractionError) as caught:
        await exposed_of(probe).stream(Interaction(op, name))
    assert type(caught.value) is error


async def test_positions_that_make_no_sense_are_refused(probe: Probe) -> None:
    for after in ("x", "1-", "-", "1-x", "1-²", "9" * 5000):
        with pytest.raises(InteractionError):
            await exposed_of(probe).stream(Interaction(SUBSCRIBE, "hot", after=after))


@pytest.mark.parametrize(("op", "name"), [(SUBSCRIBE, "hot"), (OBSERVE, "level"), (OBSERVE, "on")])
async def test_streams_refuse_unknown_uri_variables(probe: Probe, op: Op, name: str) -> None:
    with pytest.raises(UriVariableError, match="no URI variable 'x'"):
        await exposed_of(probe).stream(Interaction(op, name, variables={"x": 1}))


async def test_a_reader_that_fails_refuses_the_observation() -> None:
    class Broken(wot.Thing):
        @wot.property(observable=True)
        async def level(self) -> int:
            raise ValueError(SECRET)

    broken = Broken()
    with pytest.raises(HandlerError):
        async with broken.level.observe():
            pass
    assert not exposed_of(broken).log("properties", "level").watched


@pytest.fixture
async def subscription(probe: Probe) -> AsyncIterator[Any]:
    async with probe.hot.subscribe() as events:
        yield events


async def test_twenty_events_in_one_tick_all_arrive(probe: Probe, subscription: Any) -> None:
    for number in range(20):
        probe.hot.emit(float(number))
    assert [await anext(subscription) for _ in range(20)] == [float(n) for n in range(20)]


async def test_events_emitted_from_threads_all_arrive_in_order(
    probe: Probe, subscription: Any
) -> None:
    def emit(first: int) -> None:
        for number in range(200):
            probe.hot.emit(float(first + number))

    threads = [threading.Thread(target=emit, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    received = [await anext(subscription) for _ in range(800)]
    for thread in threads:
        thread.join()
    for n in range(4):
        own = [value for value in received if value // 1000 == n]
        assert own == [1000.0 * n + number for number in range(200)]


async def test_a_cursor_that_is_given_up_can_be_used_again(probe: Probe, subscription: Any) -> None:
    for number in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(subscription), 0.01)
        probe.hot.emit(float(number))
        assert await anext(subscription) == number


async def test_a_subscriber_that_falls_behind_is_told_and_goes_on(
    probe: Probe, subscription: Any
) -> None:
    for number in range(4096 + 5):
        probe.hot.emit(float(number))
    with pytest.raises(wot.errors.EventsLost) as caught:
        await anext(subscription)
    assert caught.value.after
    assert [await anext(subscription) for _ in range(4096)] == [float(n) for n in range(5, 4101)]


async def test_an_observer_that_lags_gets_the_newest_value(probe: Probe) -> None:
    async with probe.level.observe() as values:
        for level in range(10):
            probe.level.changed(level)
        assert await anext(values) == 1
        assert await anext(values) == 9


async def test_drained_waits_until_all_is_taken(probe: Probe, subscription: Any) -> None:
    assert await probe.hot.drained(timeout=0.5)  # nothing was emitted
    probe.hot.emit(1.0)
    assert not await probe.hot.drained(timeout=0.01)
    waiting = asyncio.create_task(probe.hot.drained(timeout=0.5))
    assert await anext(subscription) == 1
    assert await waiting
    assert await probe.hot.drained(timeout=0.5)


async def test_drained_does_not_wait_for_those_who_have_gone(probe: Probe) -> None:
    async with probe.hot.subscribe():
        probe.hot.emit(1.0)
        waiting = asyncio.create_task(probe.hot.drained(timeout=0.5))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting


async def test_ten_thousand_events_as_fast_as_drained_allows(
    probe: Probe, subscription: Any
) -> None:
    async def emit() -> None:
        for number in range(10_000):
            probe.hot.emit(float(number))
            if number % 1000 == 999:
                assert await probe.hot.drained()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(emit())
        received = [await anext(subscription) for _ in range(10_000)]
    assert received == [float(n) for n in range(10_000)]
