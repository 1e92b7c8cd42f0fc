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

from .marks import NAMED, WHOLE, sse
from .test_common import DATE_TIME

SSE = "https://www.w3.org/2022/wot/profile/http-sse/v1"
JSON = "application/json"
pytestmark = NAMED


class Stream(NamedTuple):
    """One kind of stream: where it is, what makes it move, and what then comes, beginning with what comes at once."""

    op: Op
    path: str
    move: Callable[[Any], None]
    first: int  # how many messages come at once
    comes: tuple[tuple[str, Any], ...]


def change(lamp: Any) -> None:
    lamp.level.value = 51
    lamp.level.value = 52


def change_both(lamp: Any) -> None:
    lamp.level.value = 51
    lamp.on.value = True


def heat(lamp: Any) -> None:
    lamp.overheated.emit(90.5)
    lamp.overheated.emit(91)


def heat_and_flicker(lamp: Any) -> None:
    lamp.overheated.emit(90.5)
    lamp.flickered.emit()


STREAMS = {
    "observeproperty": Stream(
        Op.OBSERVE_PROPERTY, "properties/level", change, 1, (("level", 51), ("level", 52))
    ),
    "observeallproperties": Stream(
        Op.OBSERVE_ALL_PROPERTIES, "properties", change_both, 2, (("level", 51), ("on", True))
    ),
    "subscribeevent": Stream(
        Op.SUBSCRIBE_EVENT,
        "events/overheated",
        heat,
        0,
        (("overheated", 90.5), ("overheated", 91)),
    ),
    "subscribeallevents": Stream(
        Op.SUBSCRIBE_ALL_EVENTS,
        "events",
        heat_and_flicker,
        0,
        (("overheated", 90.5), ("flickered", None)),
    ),
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


def told(found: list[dict[str, str]]) -> list[tuple[str, Any]]:
    return [(frame.get("event", ""), json.loads(frame["data"])) for frame in found]


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
        await messages(follower, stream.first)
        stream.move(lamp)
        await messages(follower, 2)
        assert not wire.reader.at_eof()


@each("5a 5b", "5a 5b 5c", "6a 6b 6c", "4a 4b 4c")
async def test_what_happens_is_sent_under_its_name(url: str, lamp: Any, stream: Stream) -> None:
    async with following(f"{url}/{stream.path}") as follower:
        await messages(follower, stream.first)
        stream.move(lamp)
        assert told(await messages(follower, 2)) == list(stream.comes)


@each("5c", "5d", "6d", "4d")
async def test_each_has_an_id_of_its_own(url: str, lamp: Any, stream: Stream) -> None:
    async with following(f"{url}/{stream.path}") as follower:
        await messages(follower, stream.first)
        stream.move(lamp)
        stream.move(lamp)
        ids = [frame["id"] for frame in await messages(follower, 4)]
    assert len(set(ids)) == 4


@each("5d", "5e", "6e", "4e")
async def test_it_is_the_time(url: str, lamp: Any, stream: Stream) -> None:
    """To which something is added where two things happen at one time."""
    async with following(f"{url}/{stream.path}") as follower:
        await messages(follower, stream.first)
        stream.move(lamp)
        ids = [frame["id"] for frame in await messages(follower, 2)]
    assert all(DATE_TIME.match(id) for id in ids), ids


@each("6b", "6b", "7b", "5b")
async def test_what_was_missed_is_sent(url: str, lamp: Any, stream: Stream) -> None:
    async with following(f"{url}/{stream.path}") as follower:
        await messages(follower, stream.first)
        stream.move(lamp)
        [seen, _] = await messages(follower, 2)
    stream.move(lamp)
    async with following(f"{url}/{stream.path}", last_event_id=seen["id"]) as follower:
        found = told(await messages(follower, 3))
    assert found == [stream.comes[1], *stream.comes]


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


@WHOLE
@sse("1@Thing")
async def test_what_cannot_be_followed_is_claimed_by_nobody() -> None:
    class Camera(wot.Thing):
        seen = wot.event(bytes, content_type="image/png")
        moved = wot.event(int)

    async with wot.serve(Camera(), wot.endpoint(ANY, profile="sse")) as served:
        assert SSE not in served.descriptions[0].json.get("profile", ())
