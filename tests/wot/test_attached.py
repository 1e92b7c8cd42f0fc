"""Handlers attached at run time: what they are given, what is kept without them, what is refused."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

import wot
from wot.errors import (
    Conflict,
    DefinitionError,
    HandlerError,
    InvalidInput,
    NotAllowed,
    Unavailable,
)

from .described_lamp import lamp, plain


async def coroutine() -> int:
    return 7


class Device:
    def read(self) -> int:
        return 7

    async def read_later(self) -> int:
        return 7

    async def __call__(self) -> int:
        return 7


def in_order(*values: int) -> int:
    return 7 + len(values)


@pytest.mark.parametrize(
    "handler",
    [
        plain,
        coroutine,
        Device().read,
        Device().read_later,
        Device(),
        lambda: 7,
        lambda: coroutine(),
        lambda value=7: value,
        functools.partial(max, 5, 7),
        functools.partial(Device.read_later, Device()),
        in_order,
        Mock(return_value=7),
        AsyncMock(return_value=7),
        (7).__abs__,
    ],
    ids=lambda handler: getattr(handler, "__name__", type(handler).__name__),
)
async def test_anything_callable_may_read(handler: Callable[..., Any]) -> None:
    thing = lamp()
    assert thing.on_read("brightness", handler) is handler
    assert await thing.properties["brightness"].read() == 7


async def test_a_decorator_leaves_the_function_as_it_is() -> None:
    thing = lamp()

    @thing.on_read("brightness")
    async def brightness() -> int:
        return 8

    assert await brightness() == await thing.brightness.read() == 8


async def test_plain_functions_run_in_the_thread_of_the_thing() -> None:
    thing = lamp()
    thing.on_read("odd name", lambda: threading.current_thread().name)
    assert await thing.properties["odd name"].read() == "wot Lamp"


async def test_what_a_handler_returns_is_checked(caplog: pytest.LogCaptureFixture) -> None:
    thing = lamp()
    thing.on_read("brightness", lambda: 101)
    with pytest.raises(HandlerError):
        await thing.brightness.read()
    assert "greater than the maximum" in caplog.text


async def test_a_handler_may_choose_the_answer_and_nothing_else_leaves(
    caplog: pytest.LogCaptureFixture,
) -> None:
    thing = lamp()
    thing.on_read("brightness", Mock(side_effect=Conflict("it is dark")))
    with pytest.raises(Conflict, match="it is dark"):
        await thing.brightness.read()
    thing.on_read("brightness", Mock(side_effect=KeyError("secret")))
    with pytest.raises(HandlerError) as raised:
        await thing.brightness.read()
    assert "secret" not in str(raised.value)
    assert "secret" in caplog.text


async def test_handlers_have_the_time_limit_of_the_thing() -> None:
    thing = lamp(timeout=0.02)
    thing.on_read("brightness", lambda: asyncio.sleep(60))
    with pytest.raises(Unavailable, match="time limit"):
        await thing.brightness.read()


async def test_a_driver_is_told_that_nobody_waits_for_it() -> None:
    thing, gone = lamp(timeout=0.02), threading.Event()

    def slow() -> int:
        while not wot.cancelled():
            threading.Event().wait(0.002)
        gone.set()
        return 1

    thing.on_read("brightness", slow)
    with pytest.raises(Unavailable):
        await thing.brightness.read()
    assert await asyncio.to_thread(gone.wait, 5)


# What the framework keeps.


async def test_a_property_without_handlers_is_kept() -> None:
    thing = lamp()
    assert await thing.brightness.read() == 5
    await thing.brightness.write(40)
    assert await thing.brightness.read() == thing.brightness.value == 40
    with pytest.raises(InvalidInput, match="greater than the maximum"):
        await thing.brightness.write(101)
    assert await lamp().brightness.read() == 5


async def test_there_is_no_value_before_there_is_one() -> None:
    thing = lamp()
    with pytest.raises(Unavailable, match="'level' has no value yet"):
        await thing.level.read()
    await thing.level.write(3)
    assert await thing.level.read() == 3


async def test_changed_sets_what_is_kept() -> None:
    thing = lamp()
    thing.changed("celsius", 20.5)
    thing.changed("level", 6)  # not observable: there is nobody to tell
    assert (await thing.celsius.read(), await thing.level.read()) == (20.5, 6)
    with pytest.raises(InvalidInput, match="celsius"):
        thing.changed("celsius", "warm")


async def test_an_observation_of_nothing_yet_begins_with_the_first_value() -> None:
    thing = lamp()
    async with thing.celsius.observe() as values:
        thing.changed("celsius", 20.5)
        assert await anext(values) == 20.5


async def test_observers_are_told_of_each_change_once() -> None:
    thing = lamp()
    async with thing.brightness.observe() as values:
        assert await anext(values) == 5
        await thing.brightness.write(5)  # no change
        await thing.brightness.write(6)
        assert await anext(values) == 6
        await thing.brightness.write(7)
        assert await anext(values) == 7


async def test_a_property_that_can_only_be_read_is_not_written() -> None:
    with pytest.raises(NotAllowed):
        await lamp().celsius.write(1.0)


async def test_a_property_that_can_only_be_written_is_not_read() -> None:
    thing = lamp()
    await thing.pin.write("1234")
    with pytest.raises(NotAllowed):
        await thing.pin.read()
    assert thing.pin.value == "1234"


async def test_bytes_of_other_media_types_pass_as_they_are() -> None:
    thing = lamp()
    await thing.picture.write(b"\x89PNG\xff")
    assert await thing.picture.read() == b"\x89PNG\xff"


# Writing.


async def test_a_writer_without_a_reader_is_remembered() -> None:
    thing, written = lamp(), list[int]()
    thing.on_write("brightness", written.append)
    async with thing.brightness.observe() as values:
        assert await anext(values) == 5
        await thing.brightness.write(30)
        assert await anext(values) == 30
    assert written == [30]
    assert await thing.brightness.read() == 30


async def test_a_writer_that_refuses_changes_nothing() -> None:
    thing = lamp()
    thing.on_write("brightness", Mock(side_effect=Conflict("no")))
    with pytest.raises(Conflict):
        await thing.brightness.write(30)
    assert await thing.brightness.read() == 5


@pytest.mark.parametrize("blocking", [False, True], ids=["coroutine", "thread"])
async def test_a_writer_may_say_what_became_of_the_value(blocking: bool) -> None:
    thing = lamp()

    def clamp(value: int) -> None:
        thing.changed("brightness", min(value, 50))

    async def clamp_later(value: int) -> None:
        clamp(value)

    thing.on_write("brightness", clamp if blocking else clamp_later)
    async with thing.brightness.observe() as values:
        await anext(values)
        await thing.brightness.write(90)
        assert await anext(values) == 50
    assert await thing.brightness.read() == 50


async def test_a_writer_that_tells_of_another_thing_has_not_told_of_its_own() -> None:
    inner, outer = lamp(), lamp(id="urn:example:outer")
    outer.on_write("brightness", lambda value: inner.changed("brightness", value))
    async with outer.brightness.observe() as values:
        assert await anext(values) == 5
        await outer.brightness.write(30)
        assert await anext(values) == 30
    assert (await inner.brightness.read(), await outer.brightness.read()) == (30, 30)


async def test_reader_and_writer_together() -> None:
    thing, state = lamp(), {"level": 1}
    thing.on_read("brightness", lambda: state["level"])
    with pytest.raises(Unavailable, match="nothing handles writing 'brightness' yet") as raised:
        await thing.brightness.write(2)
    assert raised.value.hint == "attach it: thing.on_write('brightness', handler)"

    @thing.on_write("brightness")
    async def set_brightness(value: int) -> None:
        state["level"] = value * 2

    async with thing.brightness.observe() as values:
        assert await anext(values) == 1
        await thing.brightness.write(4)
        assert await anext(values) == 8  # read back
        thing.changed("brightness", 9)
        assert await anext(values) == 9
    assert await thing.brightness.read() == 8


async def test_changed_of_what_a_handler_reads_needs_observers_to_tell() -> None:
    thing = lamp()
    thing.on_read("level", lambda: 1)
    with pytest.raises(DefinitionError, match="'level' is not observable"):
        thing.changed("level", 2)
