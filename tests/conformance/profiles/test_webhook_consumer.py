"""HTTP Webhook Profile, what a Consumer does: how it asks a scripted Thing to call it, and what it answers to calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

import wot
from tests.bindings.http.foreign import Foreign, Request, ok
from tests.bindings.http.wire import PATIENCE, Answer, ask, until
from wot.interaction import Interaction
from wot.td import ENDS, Json

from .marks import webhook
from .test_basic_consumer import described
from .test_sse_consumer import HERE, STREAMS, Stream
from .test_webhook import each

PROFILE = "https://www.w3.org/2022/wot/profile/http-webhook/v1"
PLACE = "/subscriptions/a84fc5df"
GONE = ok(b"", "", "204 No Content").replace(b"Content-Length: 0\r\n", b"")
OPS = dict(zip((stream.op for stream in STREAMS.values()), STREAMS, strict=True))


def forms(stream: Stream, href: str) -> list[Json]:
    """As the profile has them, for the beginning and the end."""
    own = {"subprotocol": "webhook"}
    return [
        {"op": str(stream.op), "href": href, **own, "htv:methodName": "POST"},
        {
            "op": str(ENDS[stream.op]),
            "href": f"{href}/{{subscriptionID}}",
            **own,
            "htv:methodName": "DELETE",
        },
    ]


def heater(base: str) -> Json:
    number = {"type": "number"}
    observe, observe_all, subscribe, subscribe_all = STREAMS.values()
    return described(
        f"{base}{HERE}/",
        profile=PROFILE,
        uriVariables={"subscriptionID": {"type": "string"}},
        properties={"target": {**number, "observable": True, "forms": forms(observe, "target")}},
        events={
            "hot": {"data": number, "forms": forms(subscribe, "hot")},
            "out": {"forms": forms(subscribe, "out")},
        },
        forms=[*forms(observe_all, "all"), *forms(subscribe_all, "/every/event")],
    )


@pytest.fixture
async def there(peer: Foreign) -> AsyncIterator[Any]:
    """A Consumer that can be called."""
    callable = {"callback": "http://127.0.0.1:0"}
    async with wot.Servient(patience=5, timeout=5, http=callable) as servient:
        yield await servient.consume(heater(peer.url))


def script(peer: Foreign, path: str, location: str = PLACE) -> None:
    head = f"HTTP/1.1 201 Created\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    peer.answers = {f"POST {path}": head.encode(), f"DELETE {PLACE}": GONE}


def first(peer: Foreign, method: str) -> Request:
    """What came by a method; looks whether a subscription still stands are by another."""
    return next(request for request in peer.requests if request.method == method)


async def call(peer: Foreign, of: str, body: bytes = b"", **headers: str) -> Answer:
    """What the Thing does when something happens, and the answer to it."""
    where = json.loads(first(peer, "POST").body)["callbackURL"]
    link = f'<{peer.url}{HERE}/properties/{of}>; rel="self"'
    given = {"date": "Fri, 04 Jul 2025 12:48:00 GMT", "link": link, **headers}
    return await ask(where, "POST", body, **given)


@each("1@Consumer 2 3", "1@Consumer 2 3", "1@Consumer 2 3", "1@Consumer 2 3")
async def test_how_calls_are_asked_for(peer: Foreign, there: Any, stream: Stream) -> None:
    stream = STREAMS[OPS[stream.op]]
    script(peer, stream.path)
    async with aclosing(await there.stream(Interaction(stream.op, stream.name))):
        request = first(peer, "POST")
        assert request.target == stream.path
        assert request.headers["content-type"] == "application/json"
        assert json.loads(request.body)["callbackURL"].startswith("http://127.0.0.1:")


@each("7", "6", "7", "6")
async def test_calls_are_answered(peer: Foreign, there: Any, stream: Stream) -> None:
    stream = STREAMS[OPS[stream.op]]
    script(peer, stream.path)
    async with aclosing(await there.stream(Interaction(stream.op, stream.name))) as found:
        for body in (b"1", b"2.5"):
            answer = await call(peer, stream.of, body)
            assert (answer.status, answer.body) == (200, b"")
        async with asyncio.timeout(PATIENCE):
            came = [await anext(found) for _ in range(2)]
    assert [each.content.body for each in came] == [b"1", b"2.5"]


@webhook("observeallproperties-6", "subscribeallevents-6")
@pytest.mark.parametrize("stream", [stream for stream in STREAMS.values() if not stream.name])
async def test_the_link_says_of_what_they_are(peer: Foreign, there: Any, stream: Stream) -> None:
    script(peer, stream.path)
    async with aclosing(await there.stream(Interaction(stream.op))) as found:
        await call(peer, stream.of, b"1")
        async with asyncio.timeout(PATIENCE):
            assert (await anext(found)).name == stream.of


@webhook("subscribeevent-7", "1@Consumer")
async def test_a_call_without_data(peer: Foreign, there: Any) -> None:
    script(peer, f"{HERE}/out")
    async with there.subscribe("out") as events:
        answer = await call(peer, "out", content_type="", content_length="0")
        assert answer.status == 200
        async with asyncio.timeout(PATIENCE):
            assert await anext(events) is None


@each(
    "unobserveproperty-1",
    "unobserveallproperties-1",
    "unsubscribeevent-1",
    "unsubscribeallevents-1",
)
@pytest.mark.parametrize("absolute", [True, False], ids=["absolute", "relative"])
async def test_it_is_ended_at_its_place(
    peer: Foreign, there: Any, stream: Stream, absolute: bool
) -> None:
    stream = STREAMS[OPS[stream.op]]
    script(peer, stream.path, peer.url + PLACE if absolute else PLACE)
    async with aclosing(await there.stream(Interaction(stream.op, stream.name))):
        pass
    await until(lambda: any(request.method == "DELETE" for request in peer.requests))
    request = first(peer, "DELETE")
    assert (request.target, request.body) == (PLACE, b"")
    assert (await call(peer, stream.of, b"1")).status >= 400  # nobody listens any more
