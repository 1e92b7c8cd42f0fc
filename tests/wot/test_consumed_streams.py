"""Subscriptions to a Thing elsewhere: where they go on, what they miss, how they end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from wot.errors import (
    Conflict,
    ConnectError,
    EventsLost,
    InvalidOutput,
    ProtocolError,
    TransportError,
    UnknownAffordance,
)

from .consuming import Consume, Fake, Flow, forms


@pytest.fixture
def flows(client: Fake) -> list[Flow]:
    flows = [Flow(), Flow(), Flow()]
    client.flows = list(flows)
    return flows


EVENTS = {"e": {"data": {"type": "integer"}, **forms("e")}}


async def take(values: AsyncIterator[Any], count: int) -> list[Any]:
    async with asyncio.timeout(5):
        return [await anext(values) for _ in range(count)]


async def test_a_subscription_goes_on_behind_the_last_position(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    async with consume(events=EVENTS).subscribe("e") as events:
        flows[0].put((1, "a-1"), (2, "a-2"), ProtocolError("broke off"))
        flows[1].put((3, "a-3"), StopAsyncIteration)
        flows[2].put((4, "a-4"))
        assert await take(events, 4) == [1, 2, 3, 4]
    assert [interaction.after for _href, interaction in client.asked] == ["", "a-2", "a-3"]
    assert all(flow.closed for flow in flows)


async def test_a_subscription_goes_on_from_where_it_began_when_nothing_came_yet(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    flows[0].position = "a-7"
    flows[0].put(StopAsyncIteration)
    flows[1].put((8, "a-8"))
    async with consume(events=EVENTS).subscribe("e") as events:
        assert await take(events, 1) == [8]
    assert client.asked[1][1].after == "a-7"


async def test_reconnecting_is_tried_until_it_works(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    client.flows = [flows[0], ConnectError("down"), ConnectError("down"), flows[1]]
    flows[0].put((1, "a-1"), StopAsyncIteration)
    flows[1].put((2, "a-2"))
    async with consume(events=EVENTS).subscribe("e") as events:
        assert await take(events, 2) == [1, 2]


async def test_reconnecting_is_given_up_at_last(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    client.flows = [flows[0], *[ConnectError("down")] * 50]
    flows[0].put((1, "a-1"), StopAsyncIteration)
    async with consume(events=EVENTS, patience=0.05).subscribe("e") as events:
        assert await take(events, 1) == [1]
        with pytest.raises(ConnectError):
            await take(events, 1)


async def test_a_refusal_on_the_way_is_told(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    client.flows = [flows[0], UnknownAffordance("gone")]
    flows[0].put((1, "a-1"), StopAsyncIteration)
    async with consume(events=EVENTS).subscribe("e") as events:
        assert await take(events, 1) == [1]
        with pytest.raises(UnknownAffordance):
            await take(events, 1)


async def test_a_gap_that_the_server_tells_of_reaches_the_subscriber_who_may_go_on(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    flows[0].put((1, "a-1"), EventsLost("gap", after="a-50"))
    flows[1].put((51, "a-51"))
    async with consume(events=EVENTS).subscribe("e") as events:
        assert await take(events, 1) == [1]
        with pytest.raises(EventsLost):
            await take(events, 1)
        assert await take(events, 1) == [51]
    assert client.asked[-1][1].after == "a-50"


async def test_events_without_numbers_are_lost_with_the_connection_and_that_is_told(
    consume: Consume, flows: list[Flow]
) -> None:
    flows[0].put(1, StopAsyncIteration)
    flows[1].put(2)
    async with consume(events=EVENTS).subscribe("e") as events:
        assert await take(events, 1) == [1]
        with pytest.raises(EventsLost, match="does not number"):
            await take(events, 1)
        assert await take(events, 1) == [2]


async def test_a_property_without_numbers_is_simply_observed_again(
    consume: Consume, flows: list[Flow]
) -> None:
    flows[0].put(1, StopAsyncIteration)
    flows[1].put(2)
    thing = consume(properties={"p": forms("p", op="observeproperty")})
    async with thing.observe("p") as values:
        assert await take(values, 2) == [1, 2]


async def test_observing_begins_with_the_value_now_whatever_the_server_does(
    consume: Consume, client: Fake, flows: list[Flow], caplog: pytest.LogCaptureFixture
) -> None:
    thing = consume(properties={"p": forms("p", op=["readproperty", "observeproperty"])})
    flows[1].current_first = True
    for flow, expected in zip(flows, ([5, 7, 8], [7, 8], [7, 8]), strict=True):
        # The second server begins with the value itself, and the third cannot be read.
        client.answers["http://h/t/p"] = Conflict("no") if flow is flows[2] else b"5"
        flow.put(7, 8)
        async with thing.observe("p") as values:
            assert await take(values, len(expected)) == expected
        assert ("without the value of 'p'" in caplog.text) is (flow is flows[2])


async def test_an_event_that_does_not_fit_is_an_invalid_output_and_the_next_one_comes(
    consume: Consume, flows: list[Flow]
) -> None:
    flows[0].put(("true", "a-1"), (2, "a-2"))
    async with consume(events=EVENTS).subscribe("e") as events:
        with pytest.raises(InvalidOutput):
            await take(events, 1)
        assert await take(events, 1) == [2]


async def test_a_subscription_that_is_left_is_closed(consume: Consume, flows: list[Flow]) -> None:
    with pytest.raises(KeyError):
        async with consume(events=EVENTS).subscribe("e"):
            raise KeyError("in the block")
    assert flows[0].closed


async def test_a_subscription_can_be_waited_for_again_after_a_time_out(
    consume: Consume, flows: list[Flow]
) -> None:
    async with consume(events=EVENTS).subscribe("e") as events:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(events), 0.01)
        flows[0].put(1)
        assert await take(events, 1) == [1]


async def test_a_subscription_takes_the_form_that_can_be_reached(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    client.flows = [ConnectError("down"), flows[0]]
    flows[0].put(1)
    async with consume(events={"e": forms("a", "b")}).subscribe("e") as events:
        assert await take(events, 1) == [1]
    assert client.hrefs == ["http://h/t/a", "http://h/t/b"]


async def test_a_silent_reconnection_can_be_cancelled(
    consume: Consume, client: Fake, flows: list[Flow]
) -> None:
    client.flows = [flows[0], *[ConnectError("down")] * 500]
    flows[0].put((1, "a-1"), TransportError("no sign of life"))
    async with consume(events=EVENTS).subscribe("e") as events:
        assert await take(events, 1) == [1]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(events), 0.05)
        client.flows = [flows[1]]
        flows[1].put((2, "a-2"))
        assert await take(events, 1) == [2]
    assert client.asked[-1][1].after == "a-1"
