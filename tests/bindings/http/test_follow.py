"""Event streams of others, followed by our client through troubles that pass."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import wot
from wot.errors import ConnectError, EventsLost, InvalidOutput, ProtocolError

from .foreign import Foreign, Harness, Request, bytes_then_end, ok, streaming, td
from .things import Probe
from .wire import free_port, taken, until

INTEGER = {"type": "integer"}


@pytest.mark.parametrize("kind", ["", "event: e\n", "event: anything\n"])
async def test_events_with_and_without_a_name(there: Harness, kind: str) -> None:
    there.foreign.answers["/e"] = streaming(f"{kind}data: 1\n\n{kind}id: 7\ndata: 2\n\n".encode())
    thing = await there.event({"href": "/e", "subprotocol": "sse"})
    async with thing.subscribe("e") as events:
        assert await taken(events, 2) == [1, 2]
    (request,) = there.foreign.requests
    assert request.headers["accept"] == "text/event-stream"


async def test_an_event_form_without_a_subprotocol_is_tried_as_events(there: Harness) -> None:
    there.foreign.answers["/e"] = streaming(b"data: 1\n\n")
    async with (await there.event({"href": "/e"})).subscribe("e") as events:
        assert await taken(events, 1) == [1]


async def test_events_of_other_types(there: Harness) -> None:
    there.foreign.answers["/e"] = streaming(b"data: 5\n\ndata: 1.5\ndata: x\n\n")
    form = {"href": "/e", "subprotocol": "sse", "contentType": "text/plain"}
    async with (await there.event(form, data={})).subscribe("e") as events:
        assert await taken(events, 2) == ["5", "1.5\nx"]


async def test_events_that_are_not_what_was_declared(there: Harness) -> None:
    """It is said, and the next event comes all the same."""
    there.foreign.answers["/e"] = streaming(b'data: "x"\n\ndata: {\n\ndata: 3\n\n')
    thing = await there.event({"href": "/e", "subprotocol": "sse"}, data=INTEGER)
    async with thing.subscribe("e") as events:
        for reason in ("not of type 'integer'", ""):
            with pytest.raises(InvalidOutput, match=f"e: .*{reason}"):
                await taken(events, 1)
        assert await taken(events, 1) == [3]


async def test_events_without_numbers_are_lost_with_the_connection(there: Harness) -> None:
    there.foreign.answers["/e"] = [
        streaming(b"data: 1\n\n", end=True),
        streaming(b"data: 3\n\n"),
    ]
    thing = await there.event({"href": "/e", "subprotocol": "sse"})
    async with thing.subscribe("e") as events:
        assert await taken(events, 1) == [1]
        with pytest.raises(EventsLost, match="does not number its events"):
            await taken(events, 1)
        assert await taken(events, 1) == [3]


async def test_observations_without_numbers_go_on(there: Harness) -> None:
    there.foreign.answers["/p"] = [streaming(b"data: 1\n\n", end=True), streaming(b"data: 3\n\n")]
    form = {"href": "/p", "op": ["observeproperty"], "subprotocol": "sse"}
    async with (await there.property(form)).observe("p") as values:
        assert await taken(values, 2) == [1, 3]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ok(b"1"), ProtocolError),
        (ok(status="204 No Content"), ProtocolError),
        (ok(status="404 Not Found"), wot.errors.NotFound),
        (ok(status="403 Forbidden"), wot.errors.Forbidden),
        (ok(status="500 Oops"), wot.errors.HandlerError),
        (bytes_then_end(b""), ProtocolError),
    ],
)
async def test_a_subscription_that_does_not_stand_raises(
    there: Harness, answer: Any, error: type[Exception]
) -> None:
    there.foreign.answers["/e"] = answer
    thing = await there.event({"href": "/e", "subprotocol": "sse"})
    with pytest.raises(error):
        async with thing.subscribe("e"):
            pass


@pytest.mark.parametrize("refusal", ["401 Unauthorized", "404 Not Found", "410 Gone"])
async def test_a_refusal_ends_the_reconnecting(there: Harness, refusal: str) -> None:
    there.foreign.answers["/e"] = [streaming(b"id: 1\n\n", end=True), ok(status=refusal)]
    thing = await there.event({"href": "/e", "subprotocol": "sse"})
    async with thing.subscribe("e") as events:
        with pytest.raises(wot.errors.InteractionError):
            await taken(events, 1)
    assert len(there.seen) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        ok(status="502 Bad Gateway"),
        ok(status="503 Busy"),
        ok(status="504 Late"),
        bytes_then_end(b""),
    ],
)
async def test_a_passing_trouble_does_not(there: Harness, trouble: Any) -> None:
    there.foreign.answers["/e"] = [
        streaming(b"id: 1\n\n", end=True),
        trouble,
        trouble,
        streaming(b"id: 2\ndata: 2\n\n"),
    ]
    thing = await there.event({"href": "/e", "subprotocol": "sse"})
    async with thing.subscribe("e") as events:
        assert await taken(events, 1) == [2]
    assert [r.headers.get("last-event-id") for r in there.foreign.requests] == [None, "1", "1", "1"]


async def test_patience_ends(foreign: Foreign) -> None:
    foreign.answers["/e"] = [streaming(b"id: 1\n\n", end=True), ok(status="503 Busy")]
    form = {"href": "/e", "subprotocol": "sse"}
    document = td(foreign.url, events={"e": {"data": {}, "forms": [form]}})
    async with wot.consume(document, patience=0.4) as thing, thing.subscribe("e") as events:
        with pytest.raises(wot.errors.Unavailable):
            await taken(events, 1)
    assert 3 <= len(foreign.requests) <= 9, "with growing pauses"


async def test_uri_variables_of_a_subscription_stay_when_it_is_made_again(there: Harness) -> None:
    there.foreign.answers["/e?room=a%20b"] = [
        streaming(b"id: 1\ndata: 1\n\n", end=True),
        streaming(b"id: 2\ndata: 2\n\n"),
    ]
    form = {"href": "/e{?room}", "subprotocol": "sse"}
    thing = await there.event(form, uriVariables={"room": {"type": "string"}})
    async with thing.subscribe("e", room="a b") as events:
        assert await taken(events, 2) == [1, 2]
    assert there.seen == ["GET /e?room=a%20b"] * 2


async def test_a_server_that_ends_every_stream_at_once_is_not_stormed(there: Harness) -> None:
    """The pauses grow as long as nothing comes, also where connecting itself succeeds."""
    there.foreign.answers["/e"] = streaming(b"id: 1\n\n", end=True)
    async with (await there.event({"href": "/e", "subprotocol": "sse"})).subscribe("e") as events:
        waiting = asyncio.create_task(taken(events, 1))
        await asyncio.sleep(1.5)
        waiting.cancel()
        assert 2 < len(there.seen) < 15


async def test_a_quiet_stream_that_is_cut_now_and_then_does_not_use_up_patience(
    foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies end connections after a minute, and an alarm may be silent for a year."""
    monkeypatch.setattr("wot.followed._LAST_PAUSE", 0.05)  # 10 s, which nobody waits for here
    rounds = 8

    async def standing(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: 1\n\n")
        if len(foreign.requests) > rounds:
            writer.write(b"id: 2\ndata: 2\n\n")
        await asyncio.sleep(0.2)
        writer.close()

    foreign.answers["/e"] = standing
    form = {"href": "/e", "subprotocol": "sse"}
    document = td(foreign.url, events={"e": {"data": {}, "forms": [form]}})
    async with wot.consume(document, patience=0.3) as thing, thing.subscribe("e") as events:
        assert await taken(events, 1) == [2]


@pytest.mark.parametrize("events", [0, 1])
async def test_leaving_closes_the_connection(there: Harness, events: int) -> None:
    there.foreign.answers["/e"] = streaming(b"id: 1\ndata: 1\n\n" * events)
    async with (await there.event({"href": "/e", "subprotocol": "sse"})).subscribe("e") as e:
        assert await taken(e, events) == [1] * events
        assert not there.foreign.requests[0].gone()
    await until(there.foreign.requests[0].gone)


@pytest.mark.parametrize("same", [True, False], ids=["the same Thing", "another one"])
async def test_a_server_that_restarts_on_its_port(servient: wot.Servient, same: bool) -> None:
    """The same Thing still knows its events; a new one cannot, and says so."""
    end, probe = f"http://127.0.0.1:{free_port()}", Probe()
    async with servient.serve(probe, end) as served:
        thing = await servient.consume(served.urls[0])
        context, other = thing.subscribe("tick"), thing.observe("level")
        events, values = await context.__aenter__(), await other.__aenter__()
        probe.tick.emit(1)
        assert await taken(events, 1) == [1]
        assert await taken(values, 1) == [5]
    waiting = asyncio.create_task(taken(events, 1))
    probe = probe if same else Probe()
    probe.level.value = 6
    for number in (2, 3):
        probe.tick.emit(number)
    with pytest.raises(ConnectError):
        await thing.read("level")
    async with servient.serve(probe, end):
        if not same:
            with pytest.raises(EventsLost):
                await waiting
            waiting = asyncio.create_task(taken(events, 1))
        assert [*await waiting, *await taken(events, 1)] == [2, 3]
        while await taken(values, 1) != [6]:
            pass
        assert await thing.read("level") == 6
        await context.__aexit__(None, None, None)
        await other.__aexit__(None, None, None)
