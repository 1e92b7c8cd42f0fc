"""Our client at servers that give cursors: nothing is lost, whatever happens to the connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

import wot
from wot_http import longpoll

from .foreign import Harness, Request, ok, silence
from .proxy import proxied
from .test_polling import POLLED
from .things import Probe
from .wire import free_port, taken, until

ONLY = wot.endpoint("http://127.0.0.1:0", subprotocols="longpoll")
FORM = {"href": "/e", "subprotocol": "longpoll"}


def at(cursor: str, body: bytes = b"", more: str = "") -> bytes:
    """An answer with a cursor."""
    status = "200 OK" if body else "204 No Content"
    return ok(body, status=status).replace(
        b"\r\n", f"\r\nLast-Event-ID: {cursor}\r\n{more}".encode(), 1
    )


@pytest.fixture
async def url(probe: Probe) -> AsyncIterator[str]:
    async with wot.serve(probe, ONLY) as served:
        yield served.urls[0]


@pytest.mark.parametrize("pause", [0, 0.005, 0.05])
async def test_bursts(servient: wot.Servient, probe: Probe, url: str, pause: float) -> None:
    thing = await servient.consume(url)
    async with thing.subscribe("tick") as events, thing.observe("level") as levels:
        for number in range(20):
            probe.tick.emit(number)
            await asyncio.sleep(pause)
        assert await taken(events, 20) == list(range(20))
        probe.level.value = 6
        assert await taken(levels, 2) == [5, 6]


async def test_it_resumes_without_loss(servient: wot.Servient, probe: Probe, url: str) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        async with thing.subscribe("tick") as events:
            for begin in range(0, 200, 50):
                for number in range(begin, begin + 50):
                    probe.tick.emit(number)
                    if number % 25 == 7:
                        await asyncio.sleep(0.002)
                        proxy.cut()
                assert await taken(events, 50) == list(range(begin, begin + 50))
        assert proxy.connections > 5


async def test_cut_off_before_the_first_event(
    servient: wot.Servient, probe: Probe, url: str
) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        async with thing.subscribe("tick") as events:
            proxy.resets = 2
            proxy.cut()
            for number in range(3):
                probe.tick.emit(number)
            assert await taken(events, 3) == [0, 1, 2]


async def test_gaps_are_told(servient: wot.Servient, probe: Probe) -> None:
    on = wot.endpoint(f"http://127.0.0.1:{free_port()}", subprotocols="longpoll")
    async with wot.serve(probe, on) as served:
        thing = await servient.consume(served.urls[0])
        subscription = thing.subscribe("tick")
        events = await subscription.__aenter__()
    for number in range(5000):
        probe.tick.emit(number)
    async with wot.serve(probe, on):
        with pytest.raises(wot.errors.EventsLost):
            await taken(events, 1)
        assert await taken(events, 1) == [904]
    async with wot.serve(after := Probe(), on):
        with pytest.raises(wot.errors.EventsLost):
            await taken(events, 4096)
        waiting = asyncio.ensure_future(taken(events, 1))
        await until(lambda: wot.things.exposed_of(after)._logs["events", "tick"].watched)
        after.tick.emit(7)
        assert await waiting == [7]
        await subscription.__aexit__(None, None, None)


async def test_a_new_subscription_begins_now(
    servient: wot.Servient, probe: Probe, url: str
) -> None:
    thing = await servient.consume(url)
    async with thing.subscribe("tick") as events:
        probe.tick.emit(1)
        assert await taken(events, 1) == [1]
    probe.tick.emit(2)
    async with thing.subscribe("tick") as events:
        probe.tick.emit(3)
        assert await taken(events, 1) == [3]


async def test_a_gateway_numbers_as_its_thing_does(probe: Probe, servient: wot.Servient) -> None:
    async with wot.serve(probe, ONLY) as served:
        remote = await servient.consume(served.urls[0])
        async with servient.serve({"gate": remote}, POLLED) as outer:
            thing = await servient.consume(outer.urls[0])
            async with thing.subscribe("tick") as events, remote.subscribe("tick") as direct:
                probe.tick.emit(1)
                positions = [(await each.notification()).position for each in (events, direct)]
                assert positions[0] == positions[1] != ""


async def test_what_the_polls_say(there: Harness) -> None:
    applied = "Preference-Applied: wait=25\r\n"
    there.foreign.answers["/e"] = [
        at("c-0", more=applied.replace("25", "0")),
        at("c-1", b"1", applied),
        at("c-1", more=applied),
        silence,
    ]
    async with (await there.event(FORM)).subscribe("e") as events:
        notification = await events.notification()
        assert (notification.content.body, notification.position) == (b"1", "c-1")
        await until(lambda: len(there.seen) == 4)
    said = [(r.headers["last-event-id"], r.headers["prefer"]) for r in there.foreign.requests]
    assert said == [("", "wait=0"), ("c-0", "wait=25"), ("c-1", "wait=25"), ("c-1", "wait=25")]


async def test_who_answers_nothing_at_once_is_not_asked_without_pause(there: Harness) -> None:
    there.foreign.answers["/e"] = at("c-0", more="Preference-Applied: wait=25\r\n")
    async with (await there.event(FORM)).subscribe("e"):
        await asyncio.sleep(0.2)
    assert len(there.seen) <= 3


async def test_what_nobody_takes_is_left_there(
    there: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(longpoll, "_KEPT", 2)
    count = 0

    async def counting(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        writer.write(at(f"c-{count}", b"%d" % count))

    there.foreign.answers["/e"] = counting
    async with (await there.event(FORM)).subscribe("e") as events:
        await until(lambda: count == 2)
        await asyncio.sleep(0.05)
        assert count == 2
        assert await taken(events, 10) == list(range(1, 11))
