"""HTTP SSE Profile, what a Thing does: its TD, and its event streams line by line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import pytest

import wot
from tests.bindings.http.things import ANY
from tests.bindings.http.wire import Follower, connected, following, request
from wot.servient import Served
from wot.td import Op, validate

from .marks import sse

SSE = "https://www.w3.org/2022/wot/profile/http-sse/v1"
JSON = "application/json"


Step = tuple[
    Callable[[Any], None], str, Any
]  # what makes a stream move, of what the message is, and its value


class Stream(NamedTuple):
    """One kind of stream: where it is, how many messages come at once, and what moves it."""

    op: Op
    path: str
    first: int
    steps: tuple[Step, ...]


def level(value: int) -> Step:
    def change(lamp: Any) -> None:
        lamp.level.value = value

    return change, "level", value


def on(value: bool) -> Step:
    def change(lamp: Any) -> None:
        lamp.on.value = value

    return change, "on", value


def hot(value: float) -> Step:
    return lambda lamp: lamp.overheated.emit(value), "overheated", value


FLICKER: Step = (lambda lamp: lamp.flickered.emit(), "flickered", None)
STREAMS = {
    "observeproperty": Stream(Op.OBSERVE_PROPERTY, "properties/level", 1, (level(51), level(52))),
    "observeallproperties": Stream(
        Op.OBSERVE_ALL_PROPERTIES, "properties", 2, (level(51), on(True))
    ),
    "subscribeevent": Stream(Op.SUBSCRIBE_EVENT, "events/overheated", 0, (hot(90.5), hot(91))),
    "subscribeallevents": Stream(Op.SUBSCRIBE_ALL_EVENTS, "events", 0, (hot(90.5), FLICKER)),
}


def each(*ids: str) -> Callable[[Any], Any]:
    """A case for each kind of stream, with the assertions it shows: `ids` in the order of STREAMS."""
    cases = [
        pytest.param(stream, id=op, marks=[sse(*(f"{op}-{one}" for one in id.split()))])
        for (op, stream), id in zip(STREAMS.items(), ids, strict=True)
    ]
    return pytest.mark.parametrize("stream", cases)


@pytest.fixture
async def served(lamp: Any) -> AsyncIterator[Served]:
    async with wot.serve(lamp, wot.endpoint(ANY, profile="sse")) as served:
        yield served


@pytest.fixture
def url(served: Served) -> str:
    return served.urls[0]


async def messages(follower: Follower, count: int) -> list[dict[str, str]]:
    """The next messages, without what is no message."""
    found: list[dict[str, str]] = []
    while len(found) < count:
        frame = await follower.frame()
        found += [frame] if "data" in frame else []
    return found


def told(frame: dict[str, str]) -> tuple[str, Any]:
    return frame.get("event", ""), json.loads(frame["data"])


async def moved(follower: Follower, lamp: Any, stream: Stream) -> list[dict[str, str]]:
    """The messages of all steps, each awaited before the next: of a value only the newest is sent."""
    found = await messages(follower, stream.first)
    for move, *_ in stream.steps:
        move(lamp)
        found += await messages(follower, 1)
    return found[stream.first :]


@each("4", "4", "5", "3")
async def test_it_opens_and_stays_open(url: str, lamp: Any, stream: Stream) -> None:
    asked = request(f"{url}/{stream.path}", accept="text/event-stream", connection="keep-alive")
    async with connected(url) as wire:
        await wire.send(asked)
        head = await wire.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode().splitlines()
        assert first == "HTTP/1.1 200 OK"
        assert "Content-Type: text/event-stream" in lines
        assert not any(line.lower().startswith("content-length") for line in lines)
        follower = Follower(wire, {})
        await moved(follower, lamp, stream)
        assert not wire.reader.at_eof()


@each("5a 5b", "5a 5b 5c", "6a 6b 6c", "4a 4b 4c")
async def test_what_happens_is_sent_under_its_name(url: str, lamp: Any, stream: Stream) -> None:
    async with following(f"{url}/{stream.path}") as follower:
        found = [told(frame) for frame in await moved(follower, lamp, stream)]
    assert found == [step[1:] for step in stream.steps]


@each("5c", "5d", "6d", "4d")
async def test_each_has_an_id_of_its_own(url: str, lamp: Any, stream: Stream) -> None:
    async with following(f"{url}/{stream.path}") as follower:
        ids = [frame["id"] for frame in await moved(follower, lamp, stream)]
    assert len(set(ids)) == len(stream.steps)


@each("6b", "6b", "7b", "5b")
async def test_what_was_missed_is_sent(url: str, lamp: Any, stream: Stream) -> None:
    [(move, *_), (miss, *missed)] = stream.steps
    async with following(f"{url}/{stream.path}") as follower:
        await messages(follower, stream.first)
        move(lamp)
        [seen] = await messages(follower, 1)
    miss(lamp)
    async with following(f"{url}/{stream.path}", last_event_id=seen["id"]) as follower:
        found = [told(frame) for frame in await messages(follower, 1)]
    assert found == [tuple(missed)]


@each("1@Thing", "1@Thing", "1@Thing", "1@Thing")
async def test_there_is_a_form_for_it(served: Served, stream: Stream) -> None:
    td = served.descriptions[0].json
    kind, _, name = stream.path.partition("/")
    holder = td[kind][name] if name else td
    [form] = [form for form in holder["forms"] if stream.op in form["op"]]
    assert form["subprotocol"] == "sse"
    assert form.get("contentType", JSON) == JSON
    assert td["base"].startswith("http://")
    assert form["href"].endswith(stream.path)


@sse("1@Thing")
@pytest.mark.assertion("http-sse-profile-1@Thing", "http-sse-profile-identifier-1")
async def test_the_profile_is_claimed(served: Served) -> None:
    td = served.descriptions[0].json
    assert SSE in td["profile"]
    assert validate(td) == []


@sse("1@Thing")
async def test_what_cannot_be_followed_is_claimed_by_nobody() -> None:
    class Camera(wot.Thing):
        moved = wot.event(int)

        @wot.property(content_type="text/plain", observable=True)
        async def text(self) -> str:
            return ""

    async with wot.serve(Camera(), wot.endpoint(ANY, profile="sse")) as served:
        assert SSE not in served.descriptions[0].json.get("profile", ())
