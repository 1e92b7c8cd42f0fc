"""HTTP SSE Profile, what a Consumer does: how it asks a scripted Thing for event streams, and what it makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, NamedTuple

import pytest

import wot
from tests.bindings.http.foreign import Foreign, streaming
from tests.bindings.http.wire import PATIENCE, until
from wot.interaction import Interaction, Notification
from wot.td import Json, Op

from .marks import sse
from .test_basic_consumer import described

HERE = "/things/heater"
PROFILE = "https://www.w3.org/2022/wot/profile/http-sse/v1"
SPOKEN = {"subprotocol": "sse"}
POLLED = {"href": "/polled", "subprotocol": "longpoll"}
COAP = {"href": "coap://127.0.0.1/x"}


class Stream(NamedTuple):
    """One kind of stream: what to ask for, where it is, and of what each message is."""

    op: Op
    name: str
    path: str
    of: str


STREAMS = {
    "observeproperty": Stream(Op.OBSERVE_PROPERTY, "target", f"{HERE}/target", "target"),
    "observeallproperties": Stream(Op.OBSERVE_ALL_PROPERTIES, "", f"{HERE}/all", "target"),
    "subscribeevent": Stream(Op.SUBSCRIBE_EVENT, "hot", f"{HERE}/hot", "hot"),
    "subscribeallevents": Stream(Op.SUBSCRIBE_ALL_EVENTS, "", "/every/event", "hot"),
}


def each(*ids: str) -> Callable[[Any], Any]:
    """A case for each kind of stream, with the assertions it shows: `ids` in the order of STREAMS."""
    cases = [
        pytest.param(
            stream,
            id=op,
            marks=[sse(*(f"{op}-{one}" if one[0].isdigit() else one for one in id.split()))],
        )
        for (op, stream), id in zip(STREAMS.items(), ids, strict=True)
    ]
    return pytest.mark.parametrize("stream", cases)


def heater(base: str) -> Json:
    """Its forms are for streams, and there are others before them."""

    def forms(href: str, *ops: str) -> list[Json]:
        own = {"href": href, "op": [*ops], **SPOKEN}
        return [{**form, "op": [*ops]} for form in (COAP, POLLED)] + [own]

    return described(
        f"{base}{HERE}/",
        profile=PROFILE,
        properties={
            "target": {
                "type": "number",
                "observable": True,
                "forms": forms("target", "observeproperty", "unobserveproperty"),
            }
        },
        events={
            "hot": {
                "data": {"type": "number"},
                # Subscribing is the default.
                "forms": [POLLED, {"href": "hot", **SPOKEN}],
            },
            "out": {"forms": [{"href": "out", **SPOKEN}]},
        },
        forms=[
            *forms("all", "observeallproperties", "unobserveallproperties"),
            *forms("/every/event", "subscribeallevents", "unsubscribeallevents"),
        ],
    )


def message(of: str, data: str, id: str = "") -> bytes:
    """As the profile writes it: the id comes last, and there need not be one."""
    place = f"id: {id}\n" if id else ""
    return f"event: {of}\ndata: {data}\n{place}\n".encode()


@pytest.fixture
async def there(peer: Foreign, servient: wot.Servient) -> Any:
    return await servient.consume(heater(peer.url))


async def taken(stream: Any, count: int) -> list[Notification]:
    async with asyncio.timeout(PATIENCE):
        return [await anext(stream) for _ in range(count)]


@each("1@Consumer 2 3", "1@Consumer 2 3", "1@Consumer 3 4", "1@Consumer 3b 4")
async def test_how_a_stream_is_asked_for(peer: Foreign, there: Any, stream: Stream) -> None:
    peer.answers = {stream.path: streaming(message(stream.of, "1"))}
    async with aclosing(await there.stream(Interaction(stream.op, stream.name))) as found:
        await taken(found, 1)
        request = peer.requests[0]
        assert (request.method, request.target, request.body) == ("GET", stream.path, b"")
        assert request.headers["accept"] == "text/event-stream"
        assert request.headers["connection"] == "keep-alive"
        assert "last-event-id" not in request.headers


@each("1@Consumer", "1@Consumer", "1@Consumer", "1@Consumer")
async def test_what_comes(peer: Foreign, there: Any, stream: Stream) -> None:
    frames = [message(stream.of, data, f"2024-02-29T12:00:0{data}.5Z") for data in "123"]
    peer.answers = {stream.path: streaming(*frames)}
    async with aclosing(await there.stream(Interaction(stream.op, stream.name))) as found:
        came = await taken(found, 3)
    assert [each.content.body for each in came] == [b"1", b"2", b"3"]


@pytest.mark.parametrize("stream", [stream for stream in STREAMS.values() if not stream.name])
async def test_of_what_it_comes(peer: Foreign, there: Any, stream: Stream) -> None:
    peer.answers = {stream.path: streaming(message(stream.of, "1"))}
    async with aclosing(await there.stream(Interaction(stream.op))) as found:
        [came] = await taken(found, 1)
    assert came.name == stream.of


@each("6a", "6a", "7a", "5a")
async def test_a_connection_that_breaks_is_made_again(
    peer: Foreign, there: Any, stream: Stream
) -> None:
    times = [f"2024-02-29T12:00:0{second}.5+01:00" for second in range(3)]
    first = [message(stream.of, str(n), times[n]) for n in range(2)]
    peer.answers = {
        stream.path: [streaming(*first, end=True), streaming(message(stream.of, "2", times[2]))]
    }
    async with aclosing(await there.stream(Interaction(stream.op, stream.name))) as found:
        assert [each.content.body for each in await taken(found, 3)] == [b"0", b"1", b"2"]
    again = [request for request in peer.requests if request.target == stream.path][1]
    assert again.headers["last-event-id"] == times[1]


@each(
    "unobserveproperty-1",
    "unobserveallproperties-1",
    "unsubscribeevent-1",
    "unsubscribeallevents-1",
)
async def test_it_is_ended_by_closing_the_connection(
    peer: Foreign, there: Any, stream: Stream
) -> None:
    peer.answers = {stream.path: streaming(message(stream.of, "1"))}
    async with aclosing(await there.stream(Interaction(stream.op, stream.name))) as found:
        await taken(found, 1)
        asked = peer.requests[0]
        assert not asked.gone()
    await until(asked.gone)
    assert len(peer.requests) == 1  # nothing else is sent


@sse("1@Consumer")
async def test_values_are_those_of_the_schema(peer: Foreign, there: Any) -> None:
    frames = [message("target", "21.5"), message("target", '"warm"'), message("target", "22")]
    peer.answers = {f"{HERE}/target": streaming(*frames)}
    async with there.observe("target") as values:
        async with asyncio.timeout(PATIENCE):
            assert await anext(values) == 21.5


@sse("1@Consumer")
@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(message("out", ""), id="empty data"),
        pytest.param(message("out", "null"), id="null"),
    ],
)
async def test_events_without_data(peer: Foreign, there: Any, frame: bytes) -> None:
    peer.answers = {f"{HERE}/out": streaming(frame)}
    async with there.subscribe("out") as events:
        async with asyncio.timeout(2):
            assert await anext(events) is None
