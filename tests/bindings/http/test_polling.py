"""Long polling by hand: cursors, and clients that know none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

import wot
from wot.interaction import Interactable, Interaction, Notification, Reply, Stream
from wot_http import held, polling

from .things import ANY, Probe, Stuck
from .wire import Answer, Wire, ask, connected, free_port, request, until

CURSOR = "last-event-id"
POLLED = wot.endpoint(ANY, subprotocols=("sse", "longpoll"))


@pytest.fixture
async def url(probe: Probe) -> AsyncIterator[str]:
    async with wot.serve(probe, POLLED) as served:
        yield served.urls[0]


def watched(probe: wot.Thing, name: str = "tick") -> bool:
    """Whether somebody subscribes."""
    log = wot.things.exposed_of(probe)._logs.get(("events", name))
    return log is not None and log.watched


async def poll(url: str, cursor: str | None = "", wait: int | None = 5, **more: str) -> Answer:
    """One poll of a client that knows cursors, unless there is none."""
    named = {} if cursor is None else {"last_event_id": cursor or " "}
    asked = {} if wait is None else {"prefer": f"wait={wait}"}
    return await ask(url, **named, **asked, **more)


async def test_polls_go_on_behind_their_cursor(probe: Probe, tick: str) -> None:
    first = await poll(tick, wait=0)
    assert (first.status, first.body) == (204, b"")
    assert first.headers["preference-applied"] == "wait=0"
    cursor, found = first.headers[CURSOR], []
    for number in range(20):
        probe.tick.emit(number)
    for _ in range(20):
        answer = await poll(tick, cursor)
        cursor = answer.headers[CURSOR]
        found.append(answer.json)
    assert found == list(range(20))
    again = await poll(tick, cursor, wait=0)
    assert (again.status, again.headers[CURSOR]) == (204, cursor)


async def test_an_answer_that_got_lost_is_given_again(probe: Probe, tick: str) -> None:
    cursor = (await poll(tick, wait=0)).headers[CURSOR]
    probe.tick.emit(1)
    probe.tick.emit(2)
    assert [(await poll(tick, cursor)).json for _ in range(2)] == [1, 1]


async def test_two_who_are_at_the_same_place(probe: Probe, tick: str) -> None:
    cursor = (await poll(tick, wait=0)).headers[CURSOR]
    both = asyncio.gather(poll(tick, cursor), poll(tick, cursor))
    await asyncio.sleep(0.05)
    probe.tick.emit(1)
    assert [answer.json for answer in await both] == [1, 1]


async def test_a_poll_waits(probe: Probe, tick: str) -> None:
    cursor = (await poll(tick, wait=0)).headers[CURSOR]
    waiting = asyncio.create_task(poll(tick, cursor))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    probe.tick.emit(1)
    assert (await waiting).json == 1


@pytest.mark.parametrize("pause", [0, 0.005, 0.05])
@pytest.mark.parametrize("kept_alive", [True, False])
async def test_bursts_for_who_knows_no_cursor(
    probe: Probe, tick: str, pause: float, kept_alive: bool
) -> None:
    """node-wot asks HEAD first, and opens a connection for each poll."""

    async def polls(wire: Wire | None) -> list[int]:
        found = []
        for _ in range(20):
            if wire is None:
                found.append((await ask(tick)).json)
            else:
                await wire.send(request(tick))
                found.append((await wire.answer()).json)
        return found

    async with connected(tick) as wire:
        assert (await ask(tick, "HEAD")).status == 204
        polling_ = asyncio.create_task(polls(wire if kept_alive else None))
        for number in range(20):
            probe.tick.emit(number)
            if pause:
                await asyncio.sleep(pause)
        assert await polling_ == list(range(20))


async def test_an_observation_begins_with_the_value(probe: Probe, url: str) -> None:
    level = f"{url}/properties/level/observable"
    first = await poll(level)
    assert first.json == 5
    cursor = first.headers[CURSOR]
    assert (await poll(level, cursor, wait=0)).status == 204
    probe.level.value = 6
    probe.level.value = 7
    second = await poll(level, cursor)
    assert second.json == 7
    assert (await poll(level, second.headers[CURSOR], wait=0)).status == 204
    # The same for who has lost the answer, and for whom nothing is held any more.
    assert (await poll(level, cursor)).json == 7


async def test_head_begins_anew(probe: Probe, url: str) -> None:
    level, tick = f"{url}/properties/level/observable", f"{url}/events/tick"
    for _ in range(2):
        assert (await ask(level, "HEAD")).status == 204
        assert (await ask(level)).json == 5
    await ask(tick, "HEAD")
    probe.tick.emit(1)
    probe.tick.emit(2)
    assert (await ask(tick)).json == 1
    await ask(tick, "HEAD")
    probe.tick.emit(3)
    assert (await ask(tick)).json == 3


async def test_a_gap_is_told(probe: Probe, tick: str) -> None:
    cursor = (await poll(tick, wait=0)).headers[CURSOR]
    for number in range(5000):
        probe.tick.emit(number)
    answer = await poll(tick, cursor)
    assert answer.problem == (410, "EventsLost")
    assert answer.headers[CURSOR] == answer.json["after"]
    assert (await poll(tick, answer.headers[CURSOR])).json == 904


async def test_after_a_restart_a_gap_is_told(probe: Probe, tick: str) -> None:
    answer = await poll(tick, "cafecafe-3")
    assert answer.problem == (410, "EventsLost")
    probe.tick.emit(8)
    assert (await poll(tick, answer.headers[CURSOR])).json == 8
    assert (await poll(tick, "nonsense")).problem == (400, "InvalidInput")


async def test_nobody_waits_for_ever(tick: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_LONGEST", 0.05)
    for wait in (None, 100):
        answer = await poll(tick, wait=wait)
        assert answer.status == 204
        assert answer.headers[CURSOR]


async def test_who_has_gone_is_forgotten(
    probe: Probe, tick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "_BEAT", 0.02)
    monkeypatch.setattr(held, "_HELD", 0.1)
    async with wot.serve(probe, POLLED) as served:
        tick = f"{served.urls[0]}/events/tick"
        for cursor in (None, ""):
            async with connected(tick) as wire:
                await wire.send(request(tick, **({} if cursor is None else {CURSOR: " "})))
                await until(lambda: watched(probe))
            await until(lambda: not watched(probe))
        cursor = (await poll(tick, wait=0)).headers[CURSOR]
        await until(lambda: not watched(probe))
        probe.tick.emit(3)  # while nothing is held for anybody
        assert (await poll(tick, cursor)).json == 3


async def test_what_is_held_has_a_bound(
    probe: Probe, tick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "_MOST", 3)
    cursors = [(await poll(tick, wait=0)).headers[CURSOR] for _ in range(10)]
    log = wot.things.exposed_of(probe)._logs["events", "tick"]
    await until(lambda: log._cursors == 3)
    probe.tick.emit(4)
    assert [(await poll(tick, cursor)).json for cursor in cursors] == [4] * 10


async def test_drained_waits_for_pollers(probe: Probe, tick: str) -> None:
    cursor = (await poll(tick, wait=0)).headers[CURSOR]
    probe.tick.emit(1)  # this one is taken ahead
    probe.tick.emit(2)
    drained = asyncio.create_task(probe.tick.drained(timeout=5))
    await asyncio.sleep(0.02)
    assert not drained.done()
    cursor = (await poll(tick, cursor)).headers[CURSOR]
    assert (await poll(tick, cursor)).json == 2
    assert await drained


async def test_a_server_that_stops_answers(probe: Probe) -> None:
    async with wot.serve(probe, POLLED) as served:
        tick = f"{served.urls[0]}/events/tick"
        waiting = [asyncio.create_task(poll(tick, cursor, wait=None)) for cursor in (None, "")]
        await until(lambda: watched(probe))
        await asyncio.sleep(0.05)
    for answer in await asyncio.gather(*waiting):
        assert answer.problem == (503, "Unavailable")
    await until(lambda: not watched(probe))


async def test_a_thing_that_is_no_longer_served(servient: wot.Servient, probe: Probe) -> None:
    shared, other = f"http://127.0.0.1:{free_port()}", Stuck()
    on = wot.endpoint(shared, **POLLED.options)
    async with servient.serve(probe, on):
        async with servient.serve({"other": other}, on):
            tick = f"{shared}/other/events/tick"
            cursor = (await poll(tick, wait=0)).headers[CURSOR]
            waiting = asyncio.create_task(poll(tick, cursor, wait=None))
            await asyncio.sleep(0.05)
        assert (await waiting).problem == (503, "Unavailable")
        await until(lambda: not watched(other))
        assert (await poll(tick, cursor)).status == 404


async def test_behind_a_gateway(probe: Probe, servient: wot.Servient) -> None:
    async with wot.serve(probe, ANY) as served:
        remote = await servient.consume(served.urls[0])
        async with servient.serve({"gate": remote}, POLLED) as outer:
            tick = f"{outer.urls[0]}/events/tick"
            cursor = (await poll(tick, wait=0)).headers[CURSOR]
            for number in range(5):
                probe.tick.emit(number)
            found = []
            for _ in range(5):
                answer = await poll(tick, cursor)
                cursor = answer.headers[CURSOR]
                found.append(answer.json)
            assert found == list(range(5))


async def test_of_what_numbers_nothing(probe: Probe, servient: wot.Servient) -> None:
    """The stream goes on between two polls, so that nothing is lost although there is no position."""

    class Unnumbered:
        def __init__(self, thing: Interactable) -> None:
            self._thing, self.td = thing, thing.td

        async def request(self, interaction: Interaction, /) -> Reply:
            return await self._thing.request(interaction)

        async def stream(self, interaction: Interaction, /) -> Stream:
            inner = await self._thing.stream(interaction)

            async def bare() -> Stream:
                async for notification in inner:
                    yield Notification(notification.content)

            return bare()

    unnumbered = Unnumbered(wot.things.exposed_of(probe))
    async with servient.serve({"x": unnumbered}, POLLED) as served:
        tick = f"{served.urls[0]}/events/tick"
        cursor = (await poll(tick, wait=0)).headers[CURSOR]
        await poll(tick, cursor, wait=0)
        for number in range(3):
            probe.tick.emit(number)
            answer = await poll(tick, cursor)
            cursor = answer.headers[CURSOR]
            assert answer.json == number
        assert (await poll(tick, "poll-0-0")).problem == (410, "EventsLost")
