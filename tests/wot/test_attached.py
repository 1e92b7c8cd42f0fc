"""Handlers attached at run time: what they are given, what is kept without them, what is refused."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

import wot
from wot.content import Content
from wot.errors import (
    Conflict,
    DefinitionError,
    HandlerError,
    InvalidInput,
    NotAllowed,
    Unavailable,
    UriVariableError,
)
from wot.interaction import Interaction
from wot.td import KINDS, TD_11, Json, Op
from wot.things import exposed_of

PERCENT = {"type": "integer", "minimum": 0, "maximum": 100}


def lamp(**options: Any) -> wot.DescribedThing:
    """A new Thing with some of everything."""

    def forms(kind: str = "") -> Json:
        return {"forms": [{"href": "x", **({"contentType": kind} if kind else {})}]}

    depth = {
        "uriVariables": {"depth": {"type": "number"}, "unit": {"type": "string", "default": "m"}}
    }
    td = {
        "@context": TD_11,
        "id": "urn:example:lamp",
        "title": "Lamp",
        "securityDefinitions": {"sc": {"scheme": "nosec"}},
        "security": "sc",
        "properties": {
            "brightness": {**PERCENT, "default": 5, "observable": True, **forms()},
            "level": {**PERCENT, **forms()},
            "celsius": {"type": "number", "readOnly": True, "observable": True, **forms()},
            "at": {"type": "number", "readOnly": True, **depth, **forms()},
            "pin": {"type": "string", "writeOnly": True, **forms()},
            "picture": {**forms("image/png")},
            "odd name": {"type": "string", **forms()},
            "both": {"type": "string", "default": "property", **forms()},
            "start": {"type": "string", "default": "affordance", **forms()},
        },
        "actions": {
            "fade": {
                "input": {"type": "object", "properties": {"to": PERCENT}, "required": ["to"]},
                "output": PERCENT,
                **depth,
                **forms(),
            },
            "dim": {"input": PERCENT, **forms()},
            "set": {"input": {"type": "object", "properties": {"to": PERCENT}}, **forms()},
            "toggle": forms(),
            "both": forms(),
        },
        "events": {
            "hot": {"data": {"type": "number"}, **depth, **forms()},
            "moved": forms(),
        },
    }
    return wot.Thing.from_td(td, **options)


# Reading.


def plain() -> int:
    return 7


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


# Names.


def test_handles_by_name_and_as_attributes() -> None:
    thing = lamp()
    assert repr(thing.brightness) == repr(thing.properties["brightness"])
    assert list(thing.actions) == ["fade", "dim", "set", "toggle", "both"]
    assert "hot" in thing.events
    assert thing.events.get("cold") is None
    assert {"brightness", "fade", "hot", "on_read"} <= set(dir(thing))
    assert "odd name" not in dir(thing)
    with pytest.raises(
        AttributeError, match=r"several affordances: use thing.properties\['both'\]"
    ):
        _ = thing.both
    with pytest.raises(AttributeError, match="there is no 'brightnes'"):
        _ = thing.brightnes
    assert not hasattr(thing, "_repr_html_")


async def test_names_that_python_or_the_class_use_are_reached_by_name() -> None:
    thing = lamp()
    assert await thing.properties["start"].read() == "affordance"
    assert await thing.properties["both"].read() == "property"
    assert callable(thing.start)


@pytest.mark.parametrize("name", ["brightness", "fade", "hot", "start"])
def test_affordances_cannot_be_assigned(name: str) -> None:
    with pytest.raises(AttributeError, match="cannot be assigned"):
        setattr(lamp(), name, 5)


def test_other_attributes_can() -> None:
    thing = lamp()
    thing.device = "/dev/ttyUSB0"
    assert thing.device == "/dev/ttyUSB0"


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda t: t.on_read("brightnes", plain), "Lamp has no property 'brightnes'"),
        (lambda t: t.on_read("brightnes")(plain), "Lamp has no property 'brightnes'"),
        (lambda t: t.on_write("fade", print), "Lamp has no property 'fade'"),
        (lambda t: t.on_invoke("brightness", plain), "Lamp has no action 'brightness'"),
        (lambda t: t.on_subscribe("fade", plain), "Lamp has no event 'fade'"),
        (lambda t: t.emit("cold", 1), "Lamp has no event 'cold'"),
        (lambda t: t.changed("cold", 1), "Lamp has no property 'cold'"),
        (lambda t: t.actions["cold"], "Lamp has no action 'cold'"),
        (lambda t: t.on_read("pin", plain), "'pin' can only be written"),
        (lambda t: t.on_write("celsius", print), "'celsius' can only be read"),
        (lambda t: t.on_read("brightness", 5), "cannot be called: 5"),
        (lambda t: t.on_write("brightness", lambda: 1), "takes no value"),
        (lambda t: t.on_invoke("dim", lambda: 1), "takes no input"),
        (lambda t: t.on_invoke("toggle", lambda input: 1), "needs 'input', which nothing gives it"),
        (lambda t: t.on_read("at", lambda dept: 1), "needs 'dept', which nothing gives it"),
        (lambda t: t.on_read("brightness", lambda a: 1), "needs 'a', which nothing gives it"),
    ],
)
def test_mistakes_are_told_when_they_are_made(use: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        use(lamp())


def test_errors_about_names_list_those_that_exist() -> None:
    with pytest.raises(DefinitionError) as raised:
        lamp().on_invoke("fad", plain)
    assert raised.value.hint == "did you mean 'fade'? there are: both, dim, fade, set, toggle"
    with pytest.raises(DefinitionError) as raised:
        lamp().on_read("at", lambda dept: 1)
    assert raised.value.hint == "URI variables: depth, unit; it takes no value"


# Serving.


async def test_what_nothing_would_serve_is_refused_when_it_is_served() -> None:
    thing = lamp()
    thing.on_read("brightness", plain)
    thing.on_invoke("dim", print)
    for name in ("set", "toggle", "both"):
        thing.on_invoke(name, lambda *_: None)
    with pytest.raises(DefinitionError) as raised:
        async with wot.serve(thing, "http://127.0.0.1:0"):
            pass
    said = "Lamp cannot be served, because nothing handles the action 'fade', writing 'brightness'"
    assert str(raised.value) == said
    assert raised.value.hint == "attach it: thing.on_invoke('fade', handler)"
    thing.on_write("brightness", print)
    thing.on_invoke("fade", lambda input: 1)
    async with wot.serve(thing, "http://127.0.0.1:0") as served:
        assert len(served.urls) == 1


# What it is.


def test_id_and_title_may_be_given() -> None:
    assert exposed_of(lamp()).td.id == "urn:example:lamp"
    other = lamp(id="urn:example:other", title="Other")
    td = exposed_of(other).td
    assert (td.id, td.title) == ("urn:example:other", "Other")
    assert repr(other) == "<DescribedThing 'Other' urn:example:other>"


def test_only_the_class_itself_makes_things_from_tds() -> None:
    class Mine(wot.Thing):
        pass

    with pytest.raises(DefinitionError, match="Mine says itself what it offers"):
        Mine.from_td({})
    with pytest.raises(DefinitionError, match="has no subclasses"):
        type("Other", (wot.DescribedThing,), {})
    with pytest.raises(TypeError, match="from_td"):
        wot.DescribedThing()


async def test_nothing_is_consumed_by_the_class_of_described_things() -> None:
    td = exposed_of(lamp()).td.json | {"base": "http://127.0.0.1:9/"}
    async with wot.Servient() as servient:
        with pytest.raises(DefinitionError, match="declares nothing"):
            await servient.consume(_whole(td), wot.DescribedThing)


def _whole(td: Json) -> Json:
    nosec = {"securityDefinitions": {"sc": {"scheme": "nosec"}}, "security": "sc"}
    return {term: value for term, value in td.items() if term not in KINDS} | nosec
