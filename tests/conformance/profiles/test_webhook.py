"""HTTP Webhook Profile, what a Thing does: how it takes callbacks, what it sends there, and how that is ended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

import wot
from tests.bindings.http.foreign import Foreign, Request, ok
from tests.bindings.http.things import ANY
from tests.bindings.http.wire import Answer, ask, until
from wot.servient import Served
from wot.td import ENDS, validate

from .marks import webhook
from .test_sse import STREAMS, Stream

WEBHOOK = "https://www.w3.org/2022/wot/profile/http-webhook/v1"
JSON = "application/json"
OK = ok(b"", "")


def each(*ids: str) -> Callable[[Any], Any]:
    """A case for each kind of stream, with the assertions it shows: `ids` in the order of STREAMS."""
    cases = [
        pytest.param(
            stream,
            id=op,
            marks=[webhook(*(f"{op}-{one}" if one[0].isdigit() else one for one in id.split()))],
        )
        for (op, stream), id in zip(STREAMS.items(), ids, strict=True)
    ]
    return pytest.mark.parametrize("stream", cases)


@pytest.fixture
async def served(lamp: Any) -> AsyncIterator[Served]:
    at = wot.endpoint(ANY, subprotocols=("webhook",), webhooks={"private": True})
    async with wot.serve(lamp, at) as served:
        yield served


@pytest.fixture
def url(served: Served) -> str:
    return served.urls[0]


@pytest.fixture
def callback(peer: Foreign) -> str:
    peer.answers = {"/listeners/1": OK, "/listeners/2": OK}
    return f"{peer.url}/listeners/1"


async def subscribed(url: str, stream: Stream, callback: str) -> Answer:
    body = json.dumps({"callbackURL": callback}).encode()
    answer = await ask(f"{url}/{stream.path}", "POST", body)
    assert answer.status == 201, answer
    return answer


async def sent(peer: Foreign, stream: Stream, lamp: Any) -> list[Request]:
    """What comes to the callbacks of what happens now."""
    before = len(peer.requests)
    for move, name, value in stream.steps:
        move(lamp)
        body = b"" if value is None else json.dumps(value).encode()
        await until(lambda name=name, body=body: _is_last(peer, name, body))  # type: ignore[misc]
    return peer.requests[before:]


def _is_last(peer: Foreign, name: str, body: bytes) -> bool:
    last = peer.requests[-1:]
    return any(name in each.headers["link"] and each.body == body for each in last)


@each("5", "4", "5", "4")
async def test_a_callback_is_taken(url: str, peer: Foreign, callback: str, stream: Stream) -> None:
    answer = await subscribed(url, stream, callback)
    other = await subscribed(url, stream, callback)
    places = {each.headers["location"] for each in (answer, other)}
    assert len(places) == 2
    assert all(place.startswith(url) for place in places)


@each("6", "5", "6", "5")
async def test_what_is_sent(
    url: str, peer: Foreign, callback: str, lamp: Any, stream: Stream
) -> None:
    await subscribed(url, stream, callback)
    kind = stream.path.partition("/")[0]
    found = (await sent(peer, stream, lamp))[-len(stream.steps) :]
    for request, (_, name, value) in zip(found, stream.steps, strict=True):
        assert (request.method, request.target) == ("POST", "/listeners/1")
        assert request.headers["link"] == f'<{url}/{kind}/{name}>; rel="self"'
        assert parsedate_to_datetime(request.headers["date"]).tzinfo is not None
        if value is not None:
            assert request.headers["content-type"] == JSON
            assert json.loads(request.body) == value


@webhook("subscribeevent-6.5", "subscribeallevents-5.5")
@pytest.mark.parametrize("path", ["events/flickered", "events"])
async def test_an_event_without_data(
    url: str, peer: Foreign, callback: str, lamp: Any, path: str
) -> None:
    await subscribed(url, STREAMS["subscribeevent"]._replace(path=path), callback)
    lamp.flickered.emit()
    await until(lambda: bool(peer.requests))
    [request] = peer.requests
    assert request.body == b""
    assert "content-type" not in request.headers
    assert request.headers["link"] == f'<{url}/events/flickered>; rel="self"'


@each(
    "unobserveproperty-2",
    "unobserveallproperties-2",
    "unsubscribeevent-2",
    "unsubscribeallevents-2",
)
async def test_it_is_ended(
    url: str, peer: Foreign, callback: str, lamp: Any, stream: Stream
) -> None:
    ended = (await subscribed(url, stream, callback)).headers["location"]
    await subscribed(url, stream, f"{peer.url}/listeners/2")
    answer = await ask(ended, "DELETE")
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in answer.headers
    peer.requests.clear()
    await sent(peer, stream, lamp)
    assert {request.target for request in peer.requests} == {"/listeners/2"}
    assert (await ask(ended, "DELETE")).problem[0] == 404


@each("1@Thing", "1@Thing", "1@Thing", "1@Thing")
async def test_there_are_forms_for_it(served: Served, stream: Stream) -> None:
    td = served.descriptions[0].json
    kind, _, name = stream.path.partition("/")
    holder = td[kind][name] if name else td
    [begin] = [form for form in holder["forms"] if stream.op in form["op"]]
    [end] = [form for form in holder["forms"] if ENDS[stream.op] in form["op"]]
    assert begin["subprotocol"] == end["subprotocol"] == "webhook"
    assert begin.get("contentType", JSON) == JSON
    assert (begin["htv:methodName"], end["htv:methodName"]) == ("POST", "DELETE")
    assert begin["href"].endswith(stream.path)


@pytest.mark.assertion("http-webhook-profile-1")
@webhook("1@Thing", "general-1", "general-2", "general-3@Thing")
async def test_the_profile_is_claimed(served: Served) -> None:
    td = served.descriptions[0].json
    assert WEBHOOK in td["profile"]
    assert validate(td) == []


@webhook("general-3@Thing")
@pytest.mark.assertion("common-constraints-errors-7")
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"callbackURL": 1}', b'{"callbackURL": "ftp://x.example/"}'],
)
async def test_what_is_no_callback_is_refused(url: str, body: bytes) -> None:
    answer = await ask(f"{url}/events/overheated", "POST", body)
    assert answer.problem == (400, "InvalidInput")
