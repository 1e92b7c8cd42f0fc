"""How streams live and end: heartbeats, the slow, the dead, and the shutdown."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

import wot

from .foreign import Foreign, Request, streaming, td
from .things import ANY, Probe, Stuck
from .wire import all_of, ask, connected, deaf, following, free_port, request, taken, until


async def test_heartbeats_come_while_nothing_happens(probe: Probe) -> None:
    end = wot.endpoint(ANY, heartbeat=0.05)
    async with wot.serve(probe, end) as served, following(served.urls[0] + "/events/tick") as f:
        assert f.opening[""] == "heartbeat 0.05"
        begin = time.monotonic()
        assert [await f.frame() for _ in range(4)] == [{"": ""}] * 4
        assert 0.1 < time.monotonic() - begin < 3
        probe.tick.emit(1)
        assert await f.event() == 1


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
    async with (
        wot.serve(probe, end) as served,
        following(served.urls[0] + "/events/note", buffer=4096) as follower,
    ):
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


async def test_an_event_that_is_too_large_is_told_and_not_asked_for_again(
    probe: Probe, url: str, servient: wot.Servient
) -> None:
    """Resuming before it would bring it again, and again."""
    thing = await servient.consume(url)
    async with thing.subscribe("note") as notes:
        probe.note.emit([0])
        assert await taken(notes, 1) == [[0]]
        probe.note.emit(["x" * (5 << 20)])
        probe.note.emit([2])
        with pytest.raises(wot.errors.WoTError):
            await taken(notes, 1)
        assert await taken(notes, 1) == [[2]]


async def test_streams_of_a_thing_end_with_it_and_not_with_the_server(
    probe: Probe, servient: wot.Servient
) -> None:
    end = f"http://127.0.0.1:{free_port()}"
    async with AsyncExitStack() as stack, servient.serve(Stuck(), end) as stuck:
        other = await stack.enter_async_context(following(f"{stuck.urls[0]}/events/tick"))
        async with servient.serve(probe, end) as served:
            follower = await stack.enter_async_context(following(f"{served.urls[0]}/events/tick"))
        assert await follower.ended()
        assert (await ask(stuck.urls[0])).status == 200
        assert not other.wire.reader.at_eof()


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
                for _ in range(160):
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
