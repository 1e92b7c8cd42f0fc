"""Long polling, for servers that know nothing better."""

from __future__ import annotations

import asyncio

import pytest

import wot

from .foreign import Harness, Request, ok, silence, streaming
from .wire import taken, until


async def test_long_polling(there: Harness) -> None:
    polls: asyncio.Queue[bytes] = asyncio.Queue()

    async def write(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(await polls.get())
        await writer.drain()

    there.foreign.answers["/e"] = write
    thing = await there.event({"href": "/e", "subprotocol": "longpoll"})
    async with thing.subscribe("e") as events:
        for number in range(3):
            await polls.put(ok(b"%d" % number))
            assert await taken(events, 1) == [number]
        await polls.put(ok(status="204 No Content"))
        await polls.put(ok(b"9"))
        assert await taken(events, 1) == [9]
        await until(lambda: len(there.seen) == 6)


async def test_a_long_poll_that_fails_once_goes_on(there: Harness) -> None:
    there.foreign.answers["/p"] = [ok(b"1"), ok(status="503 Busy"), ok(b"2"), silence]
    form = {"href": "/p", "op": ["observeproperty"], "subprotocol": "longpoll"}
    async with (await there.property(form)).observe("p") as values:
        assert await taken(values, 2) == [1, 2]


async def test_a_long_poll_that_is_refused_is_no_subscription(there: Harness) -> None:
    thing = await there.event({"href": "/e", "subprotocol": "longpoll"})
    with pytest.raises(wot.errors.NotFound):
        async with thing.subscribe("e"):
            pass


@pytest.mark.parametrize("pause", [0.0, 0.5])
async def test_a_form_that_does_not_say_how(there: Harness, pause: float) -> None:
    """Whether it is an event stream shows when the answer comes, soon or late."""

    async def late(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(pause)
        await streaming(b"data: 1\n\ndata: 2\n\n")(request, writer)

    async def polled(_request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(pause)
        writer.write(ok(b"5"))

    there.foreign.answers.update({"/s": late, "/l": polled})
    async with (await there.event({"href": "/s"})).subscribe("e") as events:
        assert await taken(events, 2) == [1, 2]
    async with (await there.event({"href": "/l"})).subscribe("e") as events:
        assert await taken(events, 2) == [5, 5]


@pytest.mark.parametrize("events", [0, 1, 2])
async def test_leaving_ends_the_poll(there: Harness, events: int) -> None:
    there.foreign.answers["/e"] = [*[ok(b"1")] * events, silence]
    async with (await there.event({"href": "/e", "subprotocol": "longpoll"})).subscribe("e") as e:
        assert await taken(e, events) == [1] * events
        await until(lambda: len(there.seen) == events + 1)
    await until(there.foreign.requests[-1].gone)


async def test_events_are_preferred_to_long_polling(there: Harness) -> None:
    there.foreign.answers["/s"] = streaming(b"data: 1\n\n")
    forms = [{"href": "/l", "subprotocol": "longpoll"}, {"href": "/s", "subprotocol": "sse"}]
    async with (await there.event(*forms)).subscribe("e") as events:
        assert await taken(events, 1) == [1]
    assert there.seen == ["GET /s"]
