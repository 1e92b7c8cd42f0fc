"""Subscribers that are cut off go on where they were, or are told what they missed."""

from __future__ import annotations

import asyncio

import pytest

import wot
from wot.errors import EventsLost

from .foreign import Foreign, Request, streaming, td
from .proxy import proxied
from .things import Probe
from .wire import Follower, connected, following, request, taken

KEPT = 4096  # events in the ring


async def test_a_subscriber_that_is_cut_off_resumes_without_loss(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        async with thing.subscribe("tick") as events:
            for begin in range(0, 500, 100):
                for number in range(begin, begin + 100):
                    probe.tick.emit(number)
                    if number % 25 == 7:
                        await asyncio.sleep(0)
                        proxy.cut()
                assert await taken(events, 100) == list(range(begin, begin + 100))
        assert proxy.connections > 5


async def test_a_subscriber_that_is_cut_off_before_the_first_event_resumes_too(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        async with thing.subscribe("tick") as events:
            waiting = asyncio.create_task(taken(events, 3))
            await asyncio.sleep(0.05)  # for the opening to come; nothing else can be waited for
            proxy.resets = 2
            proxy.cut()
            for number in range(3):
                probe.tick.emit(number)
            assert await waiting == [0, 1, 2]


FRAMES = (
    b": heartbeat 15\nid: e-0\n\nid: e-1\ndata: 1\n\nid: e-2\ndata: 22\n\nid: e-3\ndata: 333\n\n"
)


async def test_wherever_the_stream_is_cut_every_event_comes_once(
    foreign: Foreign, servient: wot.Servient
) -> None:
    """The server sends all it has behind Last-Event-ID, and the first answer ends after some bytes."""

    async def at(place: int) -> list[int]:
        first = True

        async def write(req: Request, writer: asyncio.StreamWriter) -> None:
            nonlocal first
            after = int(req.headers.get("last-event-id", "e-0").removeprefix("e-"))
            rest = FRAMES[FRAMES.index(b"id: e-%d" % (after + 1)) :] if after < 3 else b""
            frames = FRAMES[:place] if first else FRAMES[: FRAMES.index(b"id: e-1")] + rest
            cut, first = first, False
            await streaming(frames, end=cut)(req, writer)

        foreign.answers[f"/{place}"] = write
        event = {
            "data": {"type": "integer"},
            "forms": [{"href": f"/{place}", "subprotocol": "sse"}],
        }
        thing = await servient.consume(td(foreign.url, events={"e": event}))
        async with thing.subscribe("e") as events:
            found: list[int] = []
            while len(found) < 3:
                try:
                    found += await taken(events, 1)
                except EventsLost:
                    assert place < FRAMES.index(b"\n\n") + 2, "it was told where it is"
            return found

    places = range(1, len(FRAMES))
    assert await asyncio.gather(*(at(place) for place in places)) == [[1, 22, 333]] * len(places)


async def test_a_gap_wider_than_the_ring_is_told(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        async with thing.subscribe("tick") as events:
            probe.tick.emit(-1)
            assert await taken(events, 1) == [-1]
            proxy.resets = -1
            proxy.cut()
            for number in range(KEPT + 1):
                probe.tick.emit(number)
            proxy.resets = 0
            with pytest.raises(EventsLost, match="dropped"):
                await taken(events, 1)
            assert await taken(events, KEPT) == list(range(1, KEPT + 1))
            probe.tick.emit(-2)
            assert await taken(events, 1) == [-2]


async def test_a_gap_as_wide_as_the_ring_is_none(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        async with thing.subscribe("tick") as events:
            probe.tick.emit(-1)
            assert await taken(events, 1) == [-1]
            proxy.resets = 1
            proxy.cut()
            for number in range(KEPT):
                probe.tick.emit(number)
            assert await taken(events, KEPT) == list(range(KEPT))


async def test_a_subscriber_that_falls_out_of_the_ring_is_told(probe: Probe, tick: str) -> None:
    async with following(tick) as follower:
        probe.tick.emit(0)
        assert await follower.event() == 0
        for number in range(1, KEPT + 101):  # without giving anybody a turn
            probe.tick.emit(number)
        with pytest.raises(LookupError) as gap:
            await follower.event()
        kind, problem = gap.value.args
        assert (kind, problem["status"]) == ("wot-gap", 410)
        assert problem["type"].endswith(":EventsLost")
        assert await follower.events(KEPT) == list(range(101, KEPT + 101))


async def test_an_observation_that_is_cut_off_goes_on_with_the_value_of_then(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    async with proxied(url) as proxy:
        thing = await servient.consume(proxy.url)
        async with thing.observe("level") as values:
            assert await taken(values, 1) == [5]
            proxy.resets = 2
            proxy.cut()
            probe.level.value = 6
            probe.level.value = 7
            assert await taken(values, 1) == [7]


async def test_last_event_id_resumes_behind_that_event(probe: Probe, tick: str) -> None:
    async with following(tick) as follower:
        assert follower.opening[""] == "heartbeat 15"
        ids = [follower.opening["id"]]
        for number in range(5):
            probe.tick.emit(number)
            assert await follower.event() == number
            ids.append(follower.id)
    assert len(set(ids)) == 6
    for at, place in enumerate(ids):
        async with following(tick, last_event_id=place) as follower:
            assert follower.opening["id"] == place
            probe.tick.emit(5 + at)
            assert await follower.events(6) == list(range(at, at + 6))


@pytest.mark.parametrize("place", ["ffffffff-0", "x-1", "-1", "ahead"])
async def test_a_place_that_is_not_known_is_a_gap(probe: Probe, tick: str, place: str) -> None:
    """After a restart: what is kept comes, and before it the news that something may be missing."""
    for number in range(3):
        probe.tick.emit(number)
    if place == "ahead":
        async with following(tick) as follower:
            place = f"{follower.id.rpartition('-')[0]}-4"
    async with connected(tick) as wire:
        await wire.send(request(tick, accept="text/event-stream", last_event_id=place))
        status, headers = await wire._head()
        assert status == 200
        follower = Follower(wire, headers)
        with pytest.raises(LookupError) as gap:
            await follower.event()
        assert gap.value.args[1]["type"] == "urn:isowot:problem:EventsLost"
        assert await follower.events(3) == [0, 1, 2]


@pytest.mark.parametrize("place", ["garbage", "7", "e-", "e-²", "e-1.5", "é-é", "ours"])
async def test_a_place_that_is_none_is_refused_or_a_gap(tick: str, place: str) -> None:
    if place == "ours":
        async with following(tick) as follower:
            place = f"{follower.id.rpartition('-')[0]}-{'9' * 5000}"
    async with connected(tick) as wire:
        await wire.send(request(tick, accept="text/event-stream", last_event_id=place))
        status, headers = await wire._head()
        if status == 200:
            with pytest.raises(LookupError):
                await Follower(wire, headers).event()
        else:
            assert status == 400
