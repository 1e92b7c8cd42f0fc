"""All properties and all events of a Thing of this process at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wot
from wot.content import TEXT, Content
from wot.each import AT_ONCE
from wot.errors import (
    Conflict,
    HandlerError,
    InvalidInput,
    NotAllowed,
    PartialFailure,
    Unavailable,
    UnknownAffordance,
    UnsupportedContent,
    UriVariableError,
)
from wot.interaction import Interaction
from wot.td import Op
from wot.things import exposed_of

from .whole import Boiler

READ_ALL, READ_MULTIPLE = Op.READ_ALL_PROPERTIES, Op.READ_MULTIPLE_PROPERTIES
WRITE_ALL, WRITE_MULTIPLE = Op.WRITE_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES
OBSERVE_ALL, SUBSCRIBE_ALL = Op.OBSERVE_ALL_PROPERTIES, Op.SUBSCRIBE_ALL_EVENTS


ALL = {
    "target": 60.0,
    "label": "a",
    "heat": 7,
    "note": 'a "note"',
    "number": 5,
    "packed": {"a": 0},
    "scaled": 1,
}


async def ask(thing: wot.Thing, op: Op, values: Any = None, *names: str) -> Any:
    payload = None if values is None else Content(json.dumps(values).encode())
    reply = await exposed_of(thing).request(Interaction(op, payload=payload, names=names))
    return None if reply.content is None else json.loads(reply.content.body)


async def test_all_that_can_be_read_has_a_place_in_one_object() -> None:
    assert await ask(Boiler(), READ_ALL) == ALL


async def test_several_are_exactly_those() -> None:
    found = await ask(Boiler(), READ_MULTIPLE, None, "packed", "target")
    assert list(found.items()) == [("packed", {"a": 0}), ("target", 60.0)]


@pytest.mark.parametrize(
    ("names", "error", "told"),
    [
        ((), InvalidInput, "no property is named"),
        (("target", "nothing", "hot"), UnknownAffordance, "no 'nothing', 'hot' among"),
        (("target", "pin", "picture"), InvalidInput, "'pin', 'picture' cannot be read together"),
        (("history",), InvalidInput, "'history'"),
    ],
)
async def test_names_that_cannot_be_read(names: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told) as caught:
        await ask(Boiler(), READ_MULTIPLE, None, *names)
    assert type(caught.value) is error


async def test_one_failure_does_not_lose_the_others() -> None:
    boiler = Boiler()
    boiler.failing = {"heat"}
    with pytest.raises(PartialFailure, match="1 of 7 properties could not be read: heat") as caught:
        await ask(boiler, READ_ALL)
    assert caught.value.values == {name: value for name, value in ALL.items() if name != "heat"}
    error = caught.value.errors["heat"]
    assert isinstance(error, Unavailable)
    assert error.retry_after == 3


async def test_reads_are_concurrent_and_bounded() -> None:
    running, most = 0, 0
    members: dict[str, Any] = {"__module__": __name__}

    def reader(name: str) -> Any:
        async def read(_self: wot.Thing) -> int:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1
            return 1

        read.__name__ = name
        return wot.property(read)

    members.update({f"p{number}": reader(f"p{number}") for number in range(3 * AT_ONCE)})
    many = type("Many", (wot.Thing,), members)()
    assert len(await ask(many, READ_ALL)) == 3 * AT_ONCE
    assert most == AT_ONCE


async def test_several_are_written_in_their_order() -> None:
    boiler = Boiler()
    await ask(boiler, WRITE_MULTIPLE, {"pin": 1, "heat": 2, "packed": {"a": 3}, "target": 4})
    assert boiler.written == [("pin", 1), ("heat", 2)]
    assert (boiler.code, boiler.target.value) == (3, 4)
    await ask(boiler, WRITE_MULTIPLE, {"heat": 5, "pin": 6})
    assert boiler.written[2:] == [("heat", 5), ("pin", 6)]


async def test_every_fault_is_told_and_nothing_is_written() -> None:
    boiler = Boiler()
    wrong = {"pin": 1, "target": 91, "note": "b", "nothing": 1, "packed": {"a": "x"}, "history": 1}
    with pytest.raises(InvalidInput) as caught:
        await ask(boiler, WRITE_ALL, wrong)
    for told in (
        "target: 91 is greater than the maximum of 90",
        "note: it can only be read",
        "nothing: there is no such property",
        r"packed: $.a: 'x' is not of type 'integer'",
        "history: it can only be read",
        "label: it is missing",
        "heat: it is missing",
    ):
        assert told in str(caught.value)
    assert "pin:" not in str(caught.value)
    assert boiler.written == []


@pytest.mark.parametrize("body", [b"[1]", b"", b"{", b"1", b'{"target": 1', b"\xff", b"{}"])
async def test_what_is_no_object_of_values(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        await exposed_of(Boiler()).request(Interaction(WRITE_MULTIPLE, payload=Content(body)))


async def test_there_are_no_uri_variables() -> None:
    for op in (READ_ALL, WRITE_ALL):
        with pytest.raises(UriVariableError, match="there is no URI variable 'hours'"):
            await exposed_of(Boiler()).request(Interaction(op, variables={"hours": 1}))
    with pytest.raises(UriVariableError):
        await exposed_of(Boiler()).stream(Interaction(OBSERVE_ALL, variables={"hours": 1}))


async def test_nothing_at_all_and_another_media_type() -> None:
    boiler = exposed_of(Boiler())
    with pytest.raises(InvalidInput, match="none was sent"):
        await boiler.request(Interaction(WRITE_ALL))
    with pytest.raises(UnsupportedContent):
        await boiler.request(Interaction(WRITE_ALL, payload=Content(b"{}", TEXT)))


async def test_the_first_failure_ends_the_writing() -> None:
    boiler = Boiler()
    boiler.failing = {"set_heat"}
    with pytest.raises(PartialFailure, match="1 of 4") as caught:
        await ask(boiler, WRITE_MULTIPLE, {"label": "b", "heat": 1, "pin": 2, "target": 3})
    assert caught.value.values == {"label": "b"}
    assert {name: type(error) for name, error in caught.value.errors.items()} == dict.fromkeys(
        ("heat", "pin", "target"), Conflict
    )
    assert str(caught.value.errors["pin"]) == "not written because writing 'heat' failed"
    assert (boiler.written, boiler.label.value) == ([("heat", 1)], "b")


class Several(wot.Thing):
    """Stored and written by hand; some writes fail."""

    a = wot.stored(0)
    b = wot.stored(0)

    def __init__(self) -> None:
        self.kept = {"c": 0, "d": 0}
        self.failing: frozenset[str] = frozenset()

    def _set(self, name: str, value: int) -> None:
        if name in self.failing:
            raise ValueError(name)
        self.kept[name] = value

    @wot.property
    async def c(self) -> int:
        return self.kept["c"]

    @c.write
    async def set_c(self, value: int) -> None:
        self._set("c", value)

    @wot.property
    def d(self) -> int:
        return self.kept["d"]

    @d.write
    def set_d(self, value: int) -> None:
        self._set("d", value)

    @property
    def state(self) -> dict[str, int]:
        return {"a": self.a.value, "b": self.b.value, **self.kept}


@settings(deadline=None, max_examples=60)
@given(
    values=st.dictionaries(
        st.sampled_from("abcd"), st.integers(1, 9) | st.just("wrong"), min_size=1
    ),
    failing=st.frozensets(st.sampled_from("cd")),
)
def test_what_is_said_is_what_happened(values: Mapping[str, Any], failing: frozenset[str]) -> None:
    thing = Several()
    thing.failing = failing

    async def write() -> None:
        await ask(thing, WRITE_MULTIPLE, values)

    error = None
    try:
        asyncio.run(write())
    except (InvalidInput, PartialFailure) as raised:
        error = raised
    said: Mapping[str, Any] = values
    if isinstance(error, PartialFailure):
        said = error.values
        assert [*error.values, *error.errors] == list(values)
        failed = next(iter(error.errors))
        assert failed in failing
        assert isinstance(error.errors[failed], HandlerError)
    elif "wrong" in values.values():
        assert isinstance(error, InvalidInput)
        said = {}
    else:
        assert error is None
        assert not failing & values.keys()
    assert thing.state == {**dict.fromkeys("abcd", 0), **said}


async def test_a_thing_without_affordances_offers_nothing() -> None:
    class Nothing(wot.Thing):
        pass

    for op in (READ_ALL, READ_MULTIPLE, WRITE_ALL, WRITE_MULTIPLE):
        with pytest.raises(NotAllowed, match="not offered by Nothing"):
            await ask(Nothing(), op, {})
    for op in (OBSERVE_ALL, SUBSCRIBE_ALL):
        with pytest.raises(NotAllowed, match="not offered by Nothing"):
            await exposed_of(Nothing()).stream(Interaction(op))
