"""Handlers of URI variables, actions and events that are attached at run time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from unittest.mock import Mock

import pytest

import wot
from wot.content import Content
from wot.errors import (
    Conflict,
    HandlerError,
    InvalidInput,
    Unavailable,
    UriVariableError,
)
from wot.interaction import Interaction
from wot.td import Op
from wot.things import exposed_of

from .described_lamp import lamp

# URI variables.


async def test_a_handler_gets_the_uri_variables_that_it_names() -> None:
    thing = lamp()
    given: list[Any] = []

    async def everything(**variables: Any) -> float:
        given.append(variables)
        return 1.0

    thing.on_read("at", everything)
    await thing.at.read(depth=2.5)
    thing.on_read("at", lambda depth=1.0, other=9: given.append((depth, other)) or 1)
    await thing.at.read()
    await thing.at.read(depth=3, unit="km")
    thing.on_read("at", lambda: 4)
    assert await thing.at.read(depth=3) == 4
    assert given == [{"depth": 2.5, "unit": "m"}, (1.0, 9), (3, 9)]


async def test_a_uri_variable_that_a_handler_cannot_do_without_must_be_there() -> None:
    thing = lamp()
    thing.on_read("at", lambda depth, unit: float(depth))
    assert await thing.at.read(depth=3) == 3
    with pytest.raises(UriVariableError, match="'depth' is missing"):
        await thing.at.read()
    with pytest.raises(UriVariableError, match="'depth'"):
        await thing.at.read(depth="deep")
    with pytest.raises(UriVariableError, match="no URI variable 'height'"):
        await thing.at.read(depth=1, height=1)


# Actions.


async def test_the_input_is_the_one_argument() -> None:
    thing, given = lamp(), list[Any]()
    thing.on_invoke("fade", lambda input, depth=0: given.append((input, depth)) or 1)
    thing.on_invoke("dim", given.append)
    thing.on_invoke("set", given.append)
    thing.on_invoke("toggle", lambda: given.append("toggled"))
    assert await thing.fade({"to": 5}, depth=2) == 1
    assert await thing.fade(to=6) == 1
    await thing.dim(7)
    await thing.set()
    await thing.toggle()
    assert given == [({"to": 5}, 2), ({"to": 6}, 0), 7, {}, "toggled"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda t: t.fade({"to": 500}), InvalidInput),
        (lambda t: t.fade({"to": 5, "too": 6}), InvalidInput),
        (lambda t: t.fade(), TypeError),
        (lambda t: t.fade({"to": 1}, to=1), TypeError),
        (lambda t: t.toggle(1), TypeError),
        (lambda t: t.dim(1, 2), TypeError),
    ],
    ids=["schema", "undeclared member", "missing", "twice", "no input", "two"],
)
async def test_a_call_that_does_not_fit_is_refused(call: Any, error: type[Exception]) -> None:
    thing = lamp()
    handler = Mock(return_value=None)
    for name in ("fade", "dim", "toggle"):
        thing.on_invoke(name, handler)
    with pytest.raises(error):
        await call(thing)
    handler.assert_not_called()


@pytest.mark.parametrize(
    ("name", "body"),
    [("fade", None), ("dim", None), ("toggle", b"1"), ("dim", b'"x"'), ("fade", b"{}")],
)
async def test_what_others_send_is_checked(name: str, body: bytes | None) -> None:
    thing = lamp()
    handler = Mock(return_value=None)
    thing.on_invoke(name, handler)
    content = None if body is None else Content(body)
    with pytest.raises(InvalidInput):
        await exposed_of(thing).request(Interaction(Op.INVOKE_ACTION, name, content))
    handler.assert_not_called()


async def test_an_output_that_the_td_does_not_mention_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    thing = lamp()
    thing.on_invoke("toggle", lambda: 5)
    with caplog.at_level(logging.CRITICAL), pytest.raises(HandlerError):
        await thing.toggle()


async def test_an_action_without_a_handler_says_how_to_attach_one() -> None:
    with pytest.raises(Unavailable, match="nothing handles the action 'toggle' yet") as raised:
        await lamp().toggle()
    assert raised.value.hint == "attach it: thing.on_invoke('toggle', handler)"


# Events.


async def test_events_are_emitted_by_name() -> None:
    thing = lamp()
    async with thing.hot.subscribe() as hot, thing.moved.subscribe() as moved:
        thing.emit("hot", 91.5)
        thing.emit("moved")
        assert (await anext(hot), await anext(moved)) == (91.5, None)
    with pytest.raises(InvalidInput):
        thing.emit("hot", "very")
    with pytest.raises(InvalidInput, match="carries no data"):
        thing.emit("moved", 1)


def subscribe(thing: wot.DescribedThing, **variables: Any) -> Any:
    return exposed_of(thing).stream(Interaction(Op.SUBSCRIBE_EVENT, "hot", variables=variables))


async def test_a_subscription_may_be_filtered() -> None:
    thing = lamp()

    @thing.on_subscribe("hot")
    def deeper(depth: float | None = None) -> Any:
        return None if depth is None else lambda value: value >= depth

    everything, some = await subscribe(thing), await subscribe(thing, depth=50)
    for value in (10.0, 60.0):
        thing.emit("hot", value)
    assert [(await anext(everything)).content.body for _ in range(2)] == [b"10.0", b"60.0"]
    assert (await anext(some)).content.body == b"60.0"
    await some.aclose()
    await everything.aclose()


async def test_what_the_handler_of_a_subscription_emits_reaches_the_subscriber() -> None:
    thing = lamp()
    thing.on_subscribe("hot", lambda: thing.emit("hot", 1.0))
    async with thing.hot.subscribe() as hot:
        assert await anext(hot) == 1.0


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (Mock(side_effect=Conflict("not now")), Conflict),
        (Mock(side_effect=ValueError("secret")), HandlerError),
        (Mock(side_effect=TimeoutError), HandlerError),
        (lambda: 5, HandlerError),
        (lambda: asyncio.sleep(60), Unavailable),
    ],
    ids=["refused", "failed", "its own time-out", "no filter", "too slow"],
)
async def test_a_subscription_may_be_refused(
    handler: Any, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    thing = lamp(timeout=0.05)
    thing.on_subscribe("hot", handler)
    with pytest.raises(error) as raised:
        await subscribe(thing)
    assert "secret" not in str(raised.value)
    assert await thing.hot.drained(0.0)  # nobody subscribes
    with pytest.raises(UriVariableError):
        await subscribe(thing, height=1)
