"""Event streams: nothing is lost silently, whatever the network and the subscribers do."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

import wot
from wot.errors import EventsLost

from .conftest import ANY
from .foreign import Foreign, Request, streaming, td
from .proxy import proxied
from .things import Broken, Probe, Stuck
from .wire import Follower, ask, connected, following, request, until

KEPT = 4096  # events in the ring


async def taken(values: AsyncIterator[Any], count: int) -> list[Any]:
    async with asyncio.timeout(10 + count / 500):
        return [await anext(values) for _ in range(count)]


@pytest.fixture
async def tick(url: str) -> str:
    return f"{url}/events/tick"


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
    count = 10_000 if at_once > 1 else 2_000
    emitting = asyncio.create_task(emit(probe, range(count), at_once))
    await group.all_get(list(range(count)))
    await emitting


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


# Cut off in the middle


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


FRAMES = b": heartbeat 15\nid: e-0\n\nid: e-1\ndata: 1\n\nid: e-2\ndata: 22\n\nid: e-3\ndata: 333\n\n"


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
        event = {"data": {"type": "integer"}, "forms": [{"href": f"/{place}", "subprotocol": "sse"}]}
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


# Last-Event-ID


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


async def test_a_subscriber_of_http_1_0_gets_no_chunks(probe: Probe, tick: str) -> None:
    async with connected(tick) as wire:
        await wire.send(request(tick, accept="text/event-stream").replace(b"HTTP/1.1", b"HTTP/1.0"))
        status, headers = await wire._head()
        assert (status, headers.get("transfer-encoding")) == (200, None)
        assert (await wire.reader.readuntil(b"\n\n")).startswith(b": heartbeat 15\nid: ")
        probe.tick.emit(7)
        async with asyncio.timeout(5):
            assert (await wire.reader.readuntil(b"\n\n")).endswith(b"\ndata: 7\n\n")


# Connections that live and die


async def test_heartbeats_come_while_nothing_happens(probe: Probe) -> None:
    end = wot.endpoint(ANY, heartbeat=0.05)
    async with wot.serve(probe, end) as served, following(served.urls[0] + "/events/tick") as f:
        assert f.opening[""] == "heartbeat 0.05"
        begin = time.monotonic()
        assert [await f.frame() for _ in range(4)] == [{"": ""}] * 4
        assert 0.1 < time.monotonic() - begin < 3
        probe.tick.emit(1)
        assert await f.event() == 1


async def test_a_server_that_falls_silent_counts_as_gone(
    foreign: Foreign, servient: wot.Servient
) -> None:
    opening = b": heartbeat 0.05\nid: e-1\n\n"
    foreign.answers["/e"] = [streaming(opening), streaming(opening, b"id: e-2\ndata: 2\n\n")]
    event = {"forms": [{"href": "/e", "subprotocol": "sse"}]}
    thing = await servient.consume(td(foreign.url, events={"e": event}))
    async with thing.subscribe("e") as events:
        assert await taken(events, 1) == [2]
    assert [r.headers.get("last-event-id") for r in foreign.requests] == [None, "e-1"]


async def deaf(url: str) -> socket.socket:
    """A subscription that stands, of somebody who then takes nothing any more."""
    loop, parts, sock = asyncio.get_running_loop(), urlsplit(url), socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await loop.sock_connect(sock, (parts.hostname, parts.port))
    await loop.sock_sendall(sock, request(url, accept="text/event-stream"))
    assert await loop.sock_recv(sock, 12) == b"HTTP/1.1 200"
    return sock


async def all_of(sock: socket.socket) -> int:
    """How many bytes still come until the connection is gone."""
    count = 0
    with suppress(ConnectionError):
        while data := await asyncio.get_running_loop().sock_recv(sock, 1 << 20):
            count += len(data)
    return count


async def test_a_subscriber_that_takes_nothing_is_dropped(probe: Probe) -> None:
    end = wot.endpoint(ANY, heartbeat=0.05)
    async with wot.serve(probe, end) as served:
        url = served.urls[0] + "/events/note"
        with await deaf(url) as sock:
            async with following(url) as follower:
                for number in range(200):
                    probe.note.emit(["x" * 100_000])
                    if number % 10 == 9:
                        await follower.events(10)
                assert await probe.note.drained(5), "it is still being waited for"
                probe.note.emit(["y"])
                assert await follower.event() == ["y"]
            async with asyncio.timeout(5):
                assert await all_of(sock) < 200 * 100_000


async def test_a_slow_subscriber_that_takes_something_is_not_dropped(probe: Probe) -> None:
    """Its buffer is full at every heartbeat, but what is in it changes."""
    end = wot.endpoint(ANY, heartbeat=0.05)
    async with wot.serve(probe, end) as served:
        async with following(served.urls[0] + "/events/note", buffer=4096) as follower:
            for number in range(400):
                probe.note.emit([number, "x" * 20_000])
            for number in range(400):
                assert (await follower.event())[0] == number
                await asyncio.sleep(0.005)


async def test_a_subscriber_that_leaves_is_forgotten(probe: Probe, tick: str) -> None:
    async with following(tick):
        pass
    probe.tick.emit(1)
    assert await probe.tick.drained(5)
    async with wot.consume(tick.removesuffix("/events/tick")) as thing, thing.subscribe("tick"):
        pass
    probe.tick.emit(2)
    assert await probe.tick.drained(5)


async def test_streams_end_properly_when_the_server_stops(probe: Probe) -> None:
    async with AsyncExitStack() as stack:
        async with wot.serve(probe, ANY) as served:
            urls = [f"{served.urls[0]}/{p}" for p in ("events/tick", "properties/level")]
            followers = [await stack.enter_async_context(following(url)) for url in urls]
            assert await followers[1].event() == 5
        for follower in followers:
            assert await follower.ended()


async def test_what_was_emitted_before_the_end_still_arrives(probe: Probe) -> None:
    async with AsyncExitStack() as stack:
        async with wot.serve(probe, ANY) as served:
            follower = await stack.enter_async_context(following(f"{served.urls[0]}/events/tick"))
            probe.tick.emit(7)
        assert await follower.event() == 7
        assert await follower.ended()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_shutdown_takes_no_longer_than_two_seconds(loop: str) -> None:
    """With 50 subscribers, of whom one is deaf, and a handler that does not return."""

    async def shut_down() -> float:
        stuck, probe = Stuck(), Probe()
        async with AsyncExitStack() as stack:
            async with wot.serve([stuck, probe], ANY) as served:
                urls = [f"{url}/events/tick" for url in served.urls] * 25
                followers = [await stack.enter_async_context(following(url)) for url in urls]
                wire = await stack.enter_async_context(connected(served.urls[0]))
                await wire.send(request(f"{served.urls[0]}/properties/value"))
                await until(stuck.entered.is_set)
                sock = stack.enter_context(await deaf(f"{served.urls[1]}/events/note"))
                for _ in range(200):
                    probe.note.emit(["x" * 100_000])
                assert not await probe.note.drained(0.1)
                begin = time.monotonic()
            took = time.monotonic() - begin
            assert sock.fileno() > 0
            for follower in followers:
                assert await follower.ended()
            stuck.let_go.set()
            return took

    if loop == "uvloop":
        uvloop = pytest.importorskip("uvloop")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            assert runner.run(shut_down()) < 2.0
    else:
        with asyncio.Runner() as runner:
            assert runner.run(shut_down()) < 2.0


@pytest.mark.timeout(60)
async def test_one_event_reaches_five_hundred_subscribers(probe: Probe, tick: str) -> None:
    async with AsyncExitStack() as stack:
        followers = [await stack.enter_async_context(following(tick)) for _ in range(500)]
        begin = time.monotonic()
        probe.tick.emit(1)
        assert await asyncio.gather(*(follower.event() for follower in followers)) == [1] * 500
        assert time.monotonic() - begin < 5
        assert await probe.tick.drained()


# Refusals


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


# Observing


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


async def test_a_stream_that_breaks_in_its_coding_is_made_again(
    foreign: Foreign, servient: wot.Servient
) -> None:
    seen = asyncio.Event()

    async def broken(_request: Request, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        body = b": heartbeat 0.05\nid: e-1\ndata: 1\n\n"
        writer.write(head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(body), body))
        await seen.wait()
        writer.write(b"zz\r\n")

    foreign.answers["/e"] = [broken, streaming(b"id: e-2\ndata: 2\n\n")]
    event = {"data": {}, "forms": [{"href": "/e", "subprotocol": "sse"}]}
    thing = await servient.consume(td(foreign.url, events={"e": event}))
    async with thing.subscribe("e") as events:
        assert await taken(events, 1) == [1]
        seen.set()
        assert await taken(events, 1) == [2]
    assert foreign.requests[-1].headers["last-event-id"] == "e-1"
