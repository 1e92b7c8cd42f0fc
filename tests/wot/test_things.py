"""Instances: of this process, and proxies for Things elsewhere."""

import asyncio
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import wot
from wot.errors import DefinitionError, InvalidInput, WoTError
from wot.things import exposed_of, proxy, target_of


class Lamp(wot.Thing):
    limit = 3
    on = wot.stored(False)
    hot = wot.event(float)

    def __init__(self, level: int = 1) -> None:  # no super().__init__() needed
        self._level = level

    @wot.property(observable=True)
    async def level(self) -> int:
        return self._level

    @level.write
    async def set_level(self, value: int) -> None:
        self._level = value

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> int:
        self._level = to
        return to

    @wot.every(seconds=60)
    async def sample(self) -> None: ...

    def helper(self) -> int:
        return self._level


class Dial(wot.Thing):
    level = wot.stored(0)

    def turn(self, first: int) -> None:
        for number in range(10):
            self.level.value = first + number


class Plain(wot.Thing, id="urn:example:plain"):
    on = wot.stored(False)


@pytest.fixture
def lamp() -> Lamp:
    return Lamp(7)


@pytest.fixture
def far(lamp: Lamp) -> Lamp:
    """A proxy of the class for the Thing behind `lamp`."""
    return proxy(Lamp, exposed_of(lamp))


@pytest.fixture(params=["here", "far"])
def either(request: pytest.FixtureRequest, lamp: Lamp, far: Lamp) -> Lamp:
    return lamp if request.param == "here" else far


async def test_handles_are_the_same_here_and_far_away(either: Lamp, lamp: Lamp) -> None:
    assert await either.level.read() == 7
    await either.level.write(8)
    assert lamp._level == 8
    assert await either.fade(to=9) == 9
    assert await either.fade(10, seconds=0) == 10
    await either.on.write(True)
    assert await either.on.read() is True
    assert lamp.on.value is True
    async with either.level.observe() as values:
        assert await anext(values) == 10
        lamp.level.changed(11)
        assert await anext(values) == 11
    async with either.hot.subscribe() as readings:
        lamp.hot.emit(91.5)
        assert await anext(readings) == 91.5


async def test_what_does_not_fit_is_refused_before_anything_is_sent(
    either: Lamp, lamp: Lamp
) -> None:
    with pytest.raises(InvalidInput, match="level: 'a' is not of type 'integer'"):
        await either.level.write("a")
    with pytest.raises(InvalidInput, match="fade: 'to' is a required property"):
        await either.fade()
    with pytest.raises(InvalidInput, match="x"):
        await either.fade(1, x=2)
    assert lamp._level == 7


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("level", r"await thing\.level\.read\(\)"),
        ("on", r"await thing\.on\.read\(\)"),
        ("fade", r"await thing\.fade\(…\)"),
        ("hot", r"thing\.hot\.subscribe\(\)"),
    ],
)
def test_the_truth_of_a_handle_raises_with_the_remedy(either: Lamp, name: str, remedy: str) -> None:
    with pytest.raises(TypeError, match=remedy):
        bool(getattr(either, name))


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("level", r"await thing\.level\.write\(value\)"),
        ("on", r"thing\.on\.(write|value)"),
        ("fade", r"await thing\.fade\(…\)"),
        ("hot", r"thing\.hot\.emit\(data\)"),
    ],
)
def test_assigning_to_a_handle_raises_with_the_remedy(lamp: Lamp, name: str, remedy: str) -> None:
    with pytest.raises(AttributeError, match=remedy):
        setattr(lamp, name, 1)
    with pytest.raises(AttributeError):
        delattr(lamp, name)


def test_handles_show_what_they_are(lamp: Lamp) -> None:
    assert repr(lamp.level) == "<PropertyHandle 'level'>"
    assert repr(lamp.on) == "<StoredHandle 'on'>"
    assert isinstance(Lamp.level, wot.Property)
    assert isinstance(Lamp.fade, wot.Action)
    assert isinstance(Lamp.hot, wot.Event)
    assert isinstance(Lamp.on, wot.Stored)


@pytest.mark.parametrize(
    "name", ["helper", "sample", "set_level", "limit", "start", "stop", "_level", "nothing"]
)
def test_a_proxy_refuses_what_is_not_declared(far: Lamp, name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(far, name)


@pytest.mark.parametrize("name", ["level", "on", "helper", "_level", "anything", "__wot__"])
def test_a_proxy_refuses_assignment(far: Lamp, name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        setattr(far, name, 1)


def test_a_proxy_refuses_what_only_the_things_own_code_may_do(far: Lamp) -> None:
    for forbidden in (
        lambda: far.hot.emit(1.0),
        lambda: far.level.changed(1),
        lambda: far.on.value,
        lambda: setattr(far.on, "value", True),
    ):
        with pytest.raises(WoTError, match="somewhere else") as caught:
            forbidden()
        assert caught.value.hint


async def test_a_proxy_cannot_wait_for_subscribers_and_cannot_be_served(far: Lamp) -> None:
    with pytest.raises(WoTError, match="somewhere else"):
        await far.hot.drained()
    with pytest.raises(WoTError, match="elsewhere") as caught:
        exposed_of(far)
    assert "consume" in caught.value.hint


def test_a_proxy_is_an_instance_of_the_class_without_having_been_made(
    lamp: Lamp, far: Lamp
) -> None:
    assert isinstance(far, Lamp)
    assert type(far).__name__ == "Lamp"
    assert target_of(far) is exposed_of(lamp)
    assert target_of(lamp) is exposed_of(lamp)


def test_a_proxy_class_of_a_subclass_keeps_its_members(lamp: Lamp) -> None:
    class Dimmer(Lamp):
        extra = wot.stored(1)

        def helper(self) -> int:
            return 2

    far = proxy(Dimmer, exposed_of(lamp))
    assert repr(far.extra) == "<StoredHandle 'extra'>"
    with pytest.raises(AttributeError, match="helper"):
        far.helper()


def test_names_given_to_an_instance() -> None:
    named = Plain(id="urn:example:1", title="Kitchen")
    assert (exposed_of(named).td.id, exposed_of(named).td.title) == ("urn:example:1", "Kitchen")
    assert (exposed_of(Plain()).td.id, exposed_of(Plain()).td.title) == (
        "urn:example:plain",
        "Plain",
    )
    # The names of one instance are not those of another.
    assert exposed_of(Plain()).td.json["title"] == "Plain"


def test_a_thing_is_made_from_a_subclass_only() -> None:
    with pytest.raises(TypeError, match="to be subclassed"):
        wot.Thing()


def test_what_init_may_not_do() -> None:
    with pytest.raises(TypeError):
        Plain("Kitchen")
    with pytest.raises(TypeError):
        Plain(name="Kitchen")


async def test_affordances_work_in_init_and_without_a_loop() -> None:
    class Counter(wot.Thing):
        count = wot.stored(0)
        started = wot.event(int)

        def __init__(self) -> None:
            self.count.value = 5
            self.started.emit(1)

    assert Counter().count.value == 5


def test_two_instances_share_nothing() -> None:
    class Bag(wot.Thing):
        items: wot.Stored[list[int]] = wot.stored([])

    one, other = Bag(), Bag()
    one.items.value.append(1)
    assert other.items.value == []
    assert Bag().items.value == []


@pytest.fixture
async def values(lamp: Lamp) -> AsyncIterator[Any]:
    async with lamp.on.observe() as subscription:
        yield subscription


async def test_value_of_a_stored_property(lamp: Lamp, values: Any) -> None:
    assert await anext(values) is False
    lamp.on.value = True
    assert lamp.on.value is True
    assert await anext(values) is True
    lamp.on.value = True  # the same again is no change
    lamp.on.value = False
    assert await anext(values) is False
    with pytest.raises(InvalidInput, match="on: 3 is not of type 'boolean'"):
        lamp.on.value = 3
    assert lamp.on.value is False


def test_changes_can_only_be_told_of_observable_properties() -> None:
    class Still(wot.Thing):
        @wot.property
        def level(self) -> int:
            return 1

    with pytest.raises(DefinitionError, match="not observable"):
        Still().level.changed(1)


def test_telling_what_does_not_fit_raises_where_it_is_said(lamp: Lamp) -> None:
    with pytest.raises(InvalidInput, match="hot: 'x' is not of type 'number'"):
        lamp.hot.emit("x")
    with pytest.raises(InvalidInput, match="level: None is not of type 'integer'"):
        lamp.level.changed(None)
    with pytest.raises(InvalidInput):
        lamp.hot.emit(float("nan"))
    with pytest.raises(InvalidInput):
        lamp.hot.emit()


def test_an_event_without_data_takes_none() -> None:
    class Bell(wot.Thing):
        rung = wot.event()

    Bell().rung.emit()
    with pytest.raises(InvalidInput, match="carries no data"):
        Bell().rung.emit(1)


async def test_positional_arguments_follow_the_signature() -> None:
    class Meter(wot.Thing):
        @wot.action(uri_variables=["unit"])
        async def measure(self, unit: str = "m", at: str = "x", *, twice: bool = False) -> str:
            return f"{unit} {at} {twice}"

    meter = Meter()
    for far in (meter, proxy(Meter, exposed_of(meter))):
        assert await far.measure() == "m x False"
        assert await far.measure("km") == "km x False"
        assert await far.measure("km", "y") == "km y False"
        assert await far.measure(at="y", twice=True) == "m y True"
        with pytest.raises((TypeError, InvalidInput)):
            await far.measure("km", "y", True)


def test_a_subclass_may_pass_names_on() -> None:
    class Named(wot.Thing):
        def __init__(self, room: str) -> None:
            super().__init__(id=f"urn:example:{room}", title=f"Lamp in {room}")

    td = exposed_of(Named("hall")).td
    assert (td.id, td.title) == ("urn:example:hall", "Lamp in hall")


@pytest.mark.parametrize(
    "words", [{"threads": 0}, {"threads": -1}, {"timeout": -1}, {"timeout": 0}]
)
def test_class_keywords_that_make_no_sense(words: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match=next(iter(words))):
        type(wot.Thing)("Odd", (wot.Thing,), {}, **words)


async def test_the_last_value_set_is_the_last_one_told() -> None:
    """From threads that set it at the same time."""
    dial = Dial()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        async with dial.level.observe() as values:
            await anext(values)
            for _ in range(100):
                with ThreadPoolExecutor(4) as pool:
                    for first in range(4):
                        pool.submit(dial.turn, first * 100)
                # Nobody took any of them meanwhile, so that this is the newest.
                assert await asyncio.wait_for(anext(values), 5) == dial.level.value
    finally:
        sys.setswitchinterval(interval)
