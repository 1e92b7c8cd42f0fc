"""URI variables and arguments that may be left out: declared by parameters, given by keyword, near and far."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import pytest
from msgspec import UNSET, Meta, UnsetType

import wot
from wot.errors import DefinitionError, Forbidden, UriVariableError

LOCAL = "http://127.0.0.1:0"


class Probe(wot.Thing, title="Probe"):
    """Parameters of every kind."""

    hot: wot.Event[float] = wot.event(uri_variables={"at_least": "at-least"})
    cold = wot.event(float)

    def __init__(self) -> None:
        self.seen: list[Any] = []

    @wot.property(uri_variables={"unit_": "unit"})
    async def level(self, unit_: str, digits: int | UnsetType = UNSET) -> str:
        return f"5 {unit_} {digits!r}"

    @level.write
    async def set_level(self, value: str, unit_: str, digits: int | UnsetType = UNSET) -> None:
        self.seen.append((value, unit_, digits))

    @wot.action(uri_variables={"response_required": "response-required"})
    async def fade(
        self,
        to: int,
        seconds: Annotated[float | UnsetType, Meta(gt=0)] = UNSET,
        response_required: bool = False,
    ) -> str:
        return f"{to} {seconds!r} {response_required}"

    @wot.action(uri_variables=["fast"])
    async def reset(self, level: int | UnsetType = UNSET, /, fast: bool | UnsetType = UNSET) -> str:
        return f"{level!r} {fast!r}"

    @hot.subscribe
    async def _subscribe_hot(self, at_least: float = 0.0) -> Callable[[float], bool]:
        if at_least > 100:
            raise Forbidden("nothing is that hot")
        return lambda celsius: celsius >= at_least

    @cold.subscribe
    def _subscribe_cold(self) -> None:
        self.seen.append("cold")


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture(params=["here", "far away"])
async def thing(probe: Probe, request: pytest.FixtureRequest) -> AsyncIterator[Probe]:
    """The probe itself, or what was consumed of it."""
    if request.param == "here":
        yield probe
        return
    async with wot.serve(probe, LOCAL) as served, wot.Servient(timeout=5) as servient:
        yield await servient.consume(served.urls[0], Probe)


def test_the_td_has_its_own_names_and_no_defaults_of_what_may_be_left_out() -> None:
    json = Probe.__template__.json
    assert json["properties"]["level"]["uriVariables"] == {
        "unit": {"type": "string"},
        "digits": {"type": "integer"},
    }
    assert json["actions"]["fade"]["uriVariables"] == {
        "response-required": {"type": "boolean", "default": False}
    }
    assert json["actions"]["fade"]["input"] == {
        "type": "object",
        "properties": {
            "to": {"type": "integer"},
            "seconds": {"type": "number", "exclusiveMinimum": 0},
        },
        "required": ["to"],
    }
    assert json["actions"]["reset"]["input"] == {"type": "integer"}
    assert json["events"]["hot"]["uriVariables"] == {"at-least": {"type": "number", "default": 0.0}}


async def test_properties(thing: Probe, probe: Probe) -> None:
    assert await thing.level.read(unit_="m") == "5 m UNSET"
    assert await thing.level.read(unit="m", digits=3) == "5 m 3"
    assert await thing.level.read(unit_="m", digits=UNSET) == "5 m UNSET"
    await thing.level.write("x", unit_="m", digits=2)
    assert probe.seen == [("x", "m", 2)]
    with pytest.raises(UriVariableError, match="'unit'"):
        await thing.level.read()


async def test_actions(thing: Probe) -> None:
    assert await thing.fade(1) == "1 UNSET False"
    assert await thing.fade(1, 2.5, True) == "1 2.5 True"
    assert await thing.fade(to=1, seconds=UNSET, response_required=True) == "1 UNSET True"
    assert await thing.reset() == "UNSET UNSET"
    assert await thing.reset(UNSET, fast=True) == "UNSET True"
    assert await thing.reset(4, fast=UNSET) == "4 UNSET"
    with pytest.raises(wot.errors.InvalidInput):
        await thing.fade(1, 0.0)


async def test_a_subscription_is_asked_for_with_uri_variables(thing: Probe, probe: Probe) -> None:
    async with thing.hot.subscribe(at_least=50) as hot, thing.hot.subscribe() as warm:
        for celsius in (20.0, 60.0):
            probe.hot.emit(celsius)
        assert await anext(hot) == 60.0
        assert [await anext(warm), await anext(warm)] == [20.0, 60.0]
    with pytest.raises(Forbidden, match="nothing is that hot"):
        async with thing.hot.subscribe(at_least=101):
            pass
    with pytest.raises(UriVariableError, match="'at-least'"):
        async with thing.hot.subscribe(at_least="much"):
            pass


async def test_a_method_asked_without_variables(thing: Probe, probe: Probe) -> None:
    async with thing.cold.subscribe() as cold:
        probe.cold.emit(-3.0)
        assert await anext(cold) == -3.0
    assert probe.seen == ["cold"]


async def test_a_subclass_that_overrides_the_method_is_heard() -> None:
    class Deaf(Probe):
        async def _subscribe_hot(self, at_least: float = 0.0) -> Callable[[float], bool]:
            raise Forbidden("nobody listens")

    with pytest.raises(Forbidden, match="nobody listens"):
        async with Deaf().hot.subscribe():
            pass


async def test_what_is_by_name_takes_the_names_of_the_td(probe: Probe) -> None:
    async with wot.serve(probe, LOCAL) as served, wot.Servient(timeout=5) as servient:
        remote = await servient.consume(served.urls[0])
        variables = {"response-required": True}
        assert await remote.invoke("fade", {"to": 1}, **variables) == "1 UNSET True"
        assert await remote.read("level", unit="m") == "5 m UNSET"


# What is refused: each function makes a class, the member and the words of the reason follow.


def parameter_of_another_name() -> None:
    class Lamp(wot.Thing):
        @wot.property(uri_variables={"unti": "unit"})
        async def level(self, unit: str = "m") -> int: ...


def two_uri_variables_of_one_name() -> None:
    class Lamp(wot.Thing):
        @wot.action(uri_variables={"a": "x", "b": "x"})
        async def fade(self, a: int, b: int) -> None: ...


def uri_variable_without_a_name() -> None:
    class Lamp(wot.Thing):
        @wot.action(uri_variables={"a": ""})
        async def fade(self, a: int) -> None: ...


def uri_variable_of_an_event_that_asks_nobody() -> None:
    class Lamp(wot.Thing):
        hot = wot.event(float, uri_variables={"unit": "unit"})


def event_hidden_by_what_it_asks() -> None:
    class Lamp(wot.Thing):
        hot = wot.event(float)

        @hot.subscribe
        def hot(self) -> None: ...


def event_that_asks_twice() -> None:
    class Lamp(wot.Thing):
        hot = wot.event(float)

        @hot.subscribe
        def first(self) -> None: ...

        @hot.subscribe
        def second(self) -> None: ...


def value_that_is_never_there() -> None:
    class Lamp(wot.Thing):
        @wot.property
        async def level(self) -> int | UnsetType: ...


@pytest.mark.parametrize(
    ("make", "member", "reason", "hint"),
    [
        (parameter_of_another_name, "Lamp.level", "'unti', which is no parameter", ""),
        (two_uri_variables_of_one_name, "Lamp.fade", "b: the URI variable 'x' is one", ""),
        (uri_variable_without_a_name, "Lamp.fade", "needs a name", ""),
        (uri_variable_of_an_event_that_asks_nobody, "Lamp.hot", "no parameter", ""),
        (event_hidden_by_what_it_asks, "Lamp.hot", "hides the event", "_subscribe_hot"),
        (event_that_asks_twice, "second", "first is asked by this event", ""),
        (value_that_is_never_there, "Lamp.level", "UnsetType", ""),
    ],
)
def test_a_wrong_declaration_names_the_member_and_the_reason(
    make: Callable[[], None], member: str, reason: str, hint: str
) -> None:
    with pytest.raises(DefinitionError, match=reason) as caught:
        make()
    assert str(caught.value).startswith(f"{member}")
    assert hint in caught.value.hint
