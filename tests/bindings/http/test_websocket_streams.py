"""Observing and subscribing over one WebSocket: the last request for an affordance wins, nothing is lost silently."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

import wot
from wot.errors import EventsLost, Forbidden

from .socket_peer import Fake, Peer, endpoint, peer, serving
from .things import Probe
from .wire import free_port, until


@pytest.fixture
async def url(probe: Probe) -> AsyncIterator[str]:
    async with wot.serve(probe, endpoint()) as served:
        yield served.urls[0]


@pytest.fixture
async def consumer(url: str) -> AsyncIterator[Peer]:
    async with peer(url) as found:
        yield found


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
async def other(fake: Fake) -> AsyncIterator[Peer]:
    async with serving(fake) as url, peer(url, "urn:test:fake") as found:
        yield found


def plain(message: dict[str, Any]) -> dict[str, Any]:
    """What is particular to a notification, after a look at the rest."""
    message = dict(message)
    assert uuid.UUID(message.pop("messageID")).version == 4
    assert message.pop("messageType") == "notification"
    assert message.pop("thingID").startswith("urn:test:")
    stamp = message.pop("timestamp", "2026-01-01T00:00:00.000Z")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
    message.pop("position", None)
    return message


async def test_observe(consumer: Peer, probe: Probe) -> None:
    """The response comes first, then the value as it is, then every change."""
    asked = await consumer.send("observeproperty", "level")
    head = {"operation": "observeproperty", "name": "level", "correlationID": asked}
    answer = await consumer.next()
    assert (answer["messageType"], answer["correlationID"]) == ("response", asked)
    assert plain(await consumer.next()) == {**head, "value": 5}
    probe.level.value = 6
    changed = await consumer.next()
    assert plain(changed) == {**head, "value": 6}
    assert "timestamp" in changed
    assert "error" not in await consumer.ask("unobserveproperty", "level")
    probe.level.value = 7
    assert await consumer.quiet()


async def test_subscribe(consumer: Peer, probe: Probe) -> None:
    asked = await consumer.send("subscribeevent", "tick")
    head = {"operation": "subscribeevent", "name": "tick", "correlationID": asked}
    assert (await consumer.next())["correlationID"] == asked
    probe.tick.emit(1)
    assert plain(await consumer.next()) == {**head, "data": 1}
    await consumer.ask("unsubscribeevent", "tick")
    probe.tick.emit(2)
    assert await consumer.quiet()
    assert "error" not in await consumer.ask("unsubscribeevent", "tick")


async def test_an_event_without_data(consumer: Peer, probe: Probe) -> None:
    await consumer.ask("subscribeevent", "bare")
    probe.bare.emit()
    found = await consumer.next()
    assert (found["name"], "data" in found) == ("bare", False)


async def test_the_last_request_wins(consumer: Peer, probe: Probe) -> None:
    """And takes over where the one before stood: each event comes once."""
    first = await consumer.ask("subscribeevent", "tick")
    seen = []
    for number in range(20):
        probe.tick.emit(number)
        last = await consumer.ask("subscribeevent", "tick")
    probe.tick.emit(20)
    for _ in range(21):
        found = await consumer.next()
        seen.append(found["data"])
    assert seen == list(range(21))
    assert found["correlationID"] == last["correlationID"] != first["correlationID"]
    assert await consumer.quiet()


async def test_order_of_requests(consumer: Peer, probe: Probe) -> None:
    """Subscribing and unsubscribing without waiting for the answers ends as written."""
    for _ in range(20):
        await consumer.send("subscribeevent", "tick")
        await consumer.send("unsubscribeevent", "tick")
    last = await consumer.send("subscribeevent", "tick")
    await consumer.answer(last)
    probe.tick.emit(1)
    found = await consumer.next()
    while found["messageType"] == "response":
        found = await consumer.next()
    assert (found["data"], found["correlationID"]) == (1, last)


async def test_resuming(url: str, probe: Probe) -> None:
    """lastNotificationID is the messageID of the last notification, on whatever connection."""
    async with peer(url) as one:
        begun = await one.ask("subscribeevent", "tick")
        for number in range(5):
            probe.tick.emit(number)
        found = [await one.next() for _ in range(3)]
    async with peer(url) as two:
        await two.ask("subscribeevent", "tick", lastNotificationID=found[-1]["messageID"])
        assert [(await two.next())["data"] for _ in range(2)] == [3, 4]
        await two.ask("subscribeevent", "tick", lastNotificationID=begun["position"])
        assert [(await two.next())["data"] for _ in range(5)] == [0, 1, 2, 3, 4]


async def test_resuming_behind_what_is_kept(url: str, probe: Probe) -> None:
    async with peer(url) as one:
        begun = await one.ask("subscribeevent", "tick")
    for number in range(5000):
        probe.tick.emit(number)
    async with peer(url) as two:
        await two.ask("subscribeevent", "tick", lastNotificationID=begun["position"])
        gap = await two.next()
        assert gap["error"]["type"].endswith("EventsLost")
        assert (await two.next())["data"] == 5000 - 4096


@pytest.mark.parametrize("unknown", [str(uuid.uuid4()), "deadbeef-1507-4d1d-8000-000000000001"])
async def test_resuming_behind_somebody_elses_message(
    consumer: Peer, probe: Probe, unknown: str
) -> None:
    """The draft lets us ignore what we do not know; we say that something may be missing."""
    await consumer.ask("subscribeevent", "tick", lastNotificationID=unknown)
    assert (await consumer.next())["error"]["type"].endswith("EventsLost")
    probe.tick.emit(1)
    assert (await consumer.next())["data"] == 1
    await consumer.ask("observeproperty", "level", lastNotificationID=str(uuid.uuid4()))
    assert (await consumer.next())["name"] == "level"


async def test_a_gap_is_told_and_it_goes_on(fake: Fake, other: Peer) -> None:
    asked = await other.ask("subscribeevent", "hot", lastNotificationID="x-1")
    fake.streams[0].feed(1, position="x-2")
    first = await other.next()
    assert (first["data"], first["position"]) == (1, "x-2")
    fake.streams[0].fail(EventsLost("too slow", after="x-9"))
    gap = await other.next()
    assert (gap["error"]["after"], gap["correlationID"]) == ("x-9", asked["correlationID"])
    await until(lambda: len(fake.streams) == 2)
    assert fake.streams[1].interaction.after == "x-9"
    fake.streams[1].feed(2)
    assert (await other.next())["data"] == 2


async def test_the_end_of_a_subscription_is_told(fake: Fake, other: Peer) -> None:
    await other.ask("subscribeevent", "hot")
    fake.streams[0].fail(Forbidden("not any more"))
    ended = await other.next()
    assert ended["error"]["status"] == 403
    await until(lambda: not fake.streams[0].open)
    await other.ask("subscribeevent", "hot")
    fake.streams[1].feed(2)
    assert (await other.next())["data"] == 2


async def test_observe_all(fake: Fake, other: Peer) -> None:
    every = await other.ask("observeallproperties")
    whole = fake.streams[0]
    whole.feed(1, "a")
    whole.feed(2, "b")
    found = [plain(await other.next()) for _ in range(2)]
    assert [(each["name"], each["value"]) for each in found] == [("a", 1), ("b", 2)]
    assert {each["operation"] for each in found} == {"observeallproperties"}
    assert {each["correlationID"] for each in found} == {every["correlationID"]}


async def test_one_of_all_is_replaced_or_ended(fake: Fake, other: Peer) -> None:
    """As the draft demands: the others go on under their correlationID."""
    every = await other.ask("subscribeallevents")
    whole = fake.streams[0]
    own = await other.ask("subscribeevent", "hot")
    for name in ("hot", "cold"):
        whole.feed(1, name)
    fake.streams[1].feed(2)
    found = {(each := await other.next())["name"]: each for _ in range(2)}
    assert found["cold"]["correlationID"] == every["correlationID"]
    assert (found["hot"]["correlationID"], found["hot"]["data"]) == (own["correlationID"], 2)
    await other.ask("unsubscribeevent", "hot")
    await until(lambda: not fake.streams[1].open)
    whole.feed(3, "hot")
    whole.feed(4, "cold")
    assert (await other.next())["data"] == 4


async def test_all_replaces_each(fake: Fake, other: Peer) -> None:
    await other.ask("observeproperty", "a")
    await other.ask("subscribeevent", "hot")
    again = await other.ask("observeallproperties")
    await until(lambda: not fake.streams[0].open)
    assert fake.streams[1].open
    fake.streams[2].feed(1, "a")
    assert (await other.next())["correlationID"] == again["correlationID"]
    await other.ask("unobserveallproperties")
    await until(lambda: not fake.streams[2].open)
    await other.ask("unsubscribeallevents")
    await until(lambda: not fake.streams[1].open)


async def test_a_refused_replacement_changes_nothing(fake: Fake, other: Peer) -> None:
    own = await other.ask("subscribeevent", "hot")

    async def refuse(_interaction: object) -> Any:
        raise Forbidden("no more")

    fake.stream = refuse  # type: ignore[method-assign]
    assert (await other.ask("subscribeevent", "hot"))["error"]["status"] == 403
    fake.streams[0].feed(1)
    assert (await other.next())["correlationID"] == own["correlationID"]


async def test_subscriptions_are_closed_with_the_connection(fake: Fake) -> None:
    async with serving(fake) as url:
        async with peer(url, "urn:test:fake") as us:
            for operation, name in (("subscribeevent", "hot"), ("observeallproperties", "")):
                await us.ask(operation, name)
        await until(lambda: not any(stream.open for stream in fake.streams))
        async with peer(url, "urn:test:fake") as us:
            await us.ask("subscribeevent", "hot")
            us.socket.transport.abort()
            await until(lambda: not fake.streams[-1].open)


async def test_a_bounded_number_of_subscriptions() -> None:
    names = [f"e{number}" for number in range(300)]
    members = {name: wot.event(int) for name in names}
    many = type("Many", (wot.Thing,), {"__annotations__": {}, **members})(id="urn:test:many")
    async with wot.serve(many, endpoint()) as served, peer(served.urls[0], "urn:test:many") as us:
        answers = [await us.ask("subscribeevent", name) for name in names]
        refused = [answer for answer in answers if "error" in answer]
        assert len(refused) == 300 - 256
        assert refused[0]["error"]["status"] == 429
        assert "error" not in await us.ask("subscribeevent", "e0")


async def test_a_slow_reader_is_told_of_what_it_missed(url: str, probe: Probe) -> None:
    """Its connection is all that waits for it; the ring is shared; others are not held up."""
    async with peer(url, max_queue=1) as slow, peer(url) as quick:
        await slow.ask("subscribeevent", "note")
        await quick.ask("subscribeevent", "tick")
        for number in range(12_000):
            probe.note.emit([number, "x" * 1000])
            if not number % 1000:
                probe.tick.emit(number)
                assert (await quick.next())["data"] == number
        numbers, gaps = [], 0
        while not numbers or numbers[-1] < 11_999:
            found = await slow.next()
            gaps += "error" in found
            numbers += [found["data"][0]] if "data" in found else []
    assert gaps
    assert numbers == sorted(set(numbers))
    assert len(numbers) < 12_000


async def test_the_same_bytes_for_all(url: str, probe: Probe) -> None:
    """A notification has one messageID, whoever gets it."""
    async with peer(url) as one, peer(url) as two:
        for each in (one, two):
            await each.ask("subscribeevent", "tick")
        probe.tick.emit(1)
        found = [await each.next() for each in (one, two)]
    assert found[0]["messageID"] == found[1]["messageID"]
    assert found[0]["correlationID"] != found[1]["correlationID"]


async def test_stopping_sends_what_was_emitted_before(probe: Probe) -> None:
    async with AsyncExitStack() as stack:
        async with wot.serve(probe, endpoint()) as served:
            us = await stack.enter_async_context(peer(served.urls[0]))
            await us.ask("subscribeevent", "tick")
            for number in range(500):
                probe.tick.emit(number)
        assert [(await us.next())["data"] for _ in range(500)] == list(range(500))
        assert await us.closed() == 1001


async def test_a_thing_that_is_no_longer_served(probe: Probe) -> None:
    """Its sockets are closed, those of others on the same endpoint are not."""

    class Other(wot.Thing, title="Other", id="urn:test:other"):
        value = wot.stored(1)

    there = wot.endpoint(
        f"http://127.0.0.1:{free_port()}", subprotocols=("sse", "webthingprotocol")
    )
    async with AsyncExitStack() as stack:
        servient = await stack.enter_async_context(wot.Servient())
        other = await stack.enter_async_context(servient.serve(Other(), there))
        async with servient.serve(probe, there) as served:
            us = await stack.enter_async_context(peer(served.urls[0]))
            await us.ask("subscribeevent", "tick")
            staying = await stack.enter_async_context(peer(other.urls[0], "urn:test:other"))
            assert (await staying.ask("readproperty", "value"))["value"] == 1
            probe.tick.emit(1)
        assert (await us.next())["data"] == 1
        assert await us.closed() == 1001
        assert (await staying.ask("readproperty", "value"))["value"] == 1


_MANY = 300


async def _backlog(probe: Probe) -> None:
    """More than a connection takes while nobody reads, and less than the log keeps."""
    for number in range(_MANY):
        probe.note.emit([number, "x" * 40_000])
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("subscribeevent", "note"), ("subscribeallevents", "")),
        (("subscribeallevents", ""), ("subscribeevent", "note")),
    ],
)
async def test_what_a_replacement_drops_is_told(
    url: str, probe: Probe, first: tuple[str, str], then: tuple[str, str]
) -> None:
    async with peer(url, max_queue=1) as slow:
        await slow.ask(*first)
        await _backlog(probe)
        again = await slow.ask(*then)
        taken = [each["data"][0] for each in slow.early]
        slow.early.clear()
        assert taken == list(range(len(taken)))
        assert len(taken) < _MANY
        found = await slow.next()
        assert found["error"]["type"] == "urn:isowot:problem:EventsLost"
        assert found["correlationID"] == again["correlationID"]
        probe.note.emit([-1, ""])
        assert (await slow.next())["data"] == [-1, ""]


async def test_all_goes_on_where_all_stood(url: str, probe: Probe) -> None:
    async with peer(url, max_queue=1) as slow:
        await slow.ask("subscribeallevents")
        await _backlog(probe)
        await slow.ask("subscribeallevents")
        numbers = [each["data"][0] for each in slow.early]
        slow.early.clear()
        while len(numbers) < _MANY:
            numbers.append((await slow.next())["data"][0])
        assert numbers == list(range(_MANY))


async def test_no_gap_where_nothing_waited(consumer: Peer, probe: Probe) -> None:
    for operation, name in (
        ("subscribeevent", "tick"),
        ("subscribeallevents", ""),
        ("subscribeevent", "tick"),
        ("subscribeallevents", ""),
    ):
        await consumer.ask(operation, name)
        assert await consumer.quiet()
    probe.tick.emit(1)
    assert (await consumer.next())["data"] == 1
