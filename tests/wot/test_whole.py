"""All properties and all events of a Thing of this process at once."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wot
from wot.content import CBOR, OCTETS, TEXT, Content
from wot.each import AT_ONCE
from wot.errors import (
    Conflict,
    EventsLost,
    Forbidden,
    HandlerError,
    InvalidInput,
    NotAllowed,
    PartialFailure,
    Unavailable,
    UnknownAffordance,
    UnsupportedContent,
)
from wot.interaction import Interaction, Notification, Stream
from wot.td import Op
from wot.things import exposed_of

READ_ALL, READ_MULTIPLE = Op.READ_ALL_PROPERTIES, Op.READ_MULTIPLE_PROPERTIES
WRITE_ALL, WRITE_MULTIPLE = Op.WRITE_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES
OBSERVE_ALL, SUBSCRIBE_ALL = Op.OBSERVE_ALL_PROPERTIES, Op.SUBSCRIBE_ALL_EVENTS


class Boiler(wot.Thing):
    """One property of each kind."""

    target = wot.stored(60.0, minimum=0, maximum=90)
    label = wot.stored("a")
    hot = wot.event(float)
    done = wot.event()

    def __init__(self) -> None:
        self.written: list[tuple[str, Any]] = []
        self.failing: set[str] = set()
        self.code = 0

    @wot.property(observable=True)
    async def heat(self) -> int:
        if "heat" in self.failing:
            raise Unavailable("the sensor is off", retry_after=3)
        return 7

    @heat.write
    async def set_heat(self, value: int) -> None:
        self.written.append(("heat", value))
        if "set_heat" in self.failing:
            raise Conflict("it is locked")

    @wot.property(write_only=True)
    async def pin(self) -> int: ...

    @pin.write
    async def set_pin(self, value: int) -> None:
        self.written.append(("pin", value))

    @wot.property(content_type=OCTETS)
    async def picture(self) -> bytes:
        return b"\x00"

    @wot.property(content_type=TEXT)
    async def note(self) -> str:
        return 'a "note"'

    @wot.property(content_type=TEXT)
    async def number(self) -> int:
        return 5

    @wot.property(content_type=CBOR)
    async def packed(self) -> dict[str, int]:
        return {"a": self.code}

    @packed.write
    async def set_packed(self, value: dict[str, int]) -> None:
        self.code = value["a"]

    @wot.property
    async def history(self, hours: int) -> int:
        return hours

    @wot.property
    async def scaled(self, factor: int | None = None) -> int:
        return factor or 1


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


# Observing and subscribing.


async def following(thing: wot.Thing, op: Op, after: str = "") -> Stream:
    return await exposed_of(thing).stream(Interaction(op, after=after))


async def taken(stream: Stream, count: int) -> list[tuple[str, Any]]:
    async with asyncio.timeout(5):
        found = [await anext(stream) for _ in range(count)]
    return [(each.name, json.loads(each.content.body)) for each in found]


NOW = [("target", 60), ("label", "a"), ("heat", 7)]


async def test_every_value_comes_first_and_then_every_change() -> None:
    boiler = Boiler()
    stream = await following(boiler, OBSERVE_ALL)
    boiler.label.value = "b"
    boiler.target.value = 1
    boiler.target.value = 2
    boiler.heat.changed(8)
    assert await taken(stream, 3) == NOW
    changes = [("label", "b"), ("target", 1), ("target", 2), ("heat", 8)]
    assert await taken(stream, 4) == changes
    await stream.aclose()


async def test_a_value_that_cannot_be_read_comes_with_its_next_change() -> None:
    boiler = Boiler()
    boiler.failing = {"heat"}
    stream = await following(boiler, OBSERVE_ALL)
    assert await taken(stream, 2) == NOW[:2]
    boiler.heat.changed(8)
    assert await taken(stream, 1) == [("heat", 8)]
    await stream.aclose()


async def test_it_goes_on_exactly_behind_a_position() -> None:
    boiler = Boiler()
    stream = await following(boiler, OBSERVE_ALL)
    boiler.label.value = "b"
    found: list[Notification] = [await anext(stream) for _ in range(4)]
    await stream.aclose()
    boiler.target.value = 1  # while nobody observes,
    await exposed_of(boiler).request(Interaction(Op.WRITE_PROPERTY, "heat", Content(b"3")))
    for seen, missed in ((found[3], []), (found[0], [("label", "b")])):
        stream = await following(boiler, OBSERVE_ALL, seen.position)
        assert await taken(stream, len(missed) + 2) == [*missed, ("target", 1), ("heat", 7)]
        await stream.aclose()


async def test_a_gap_is_told_and_then_all_values_come_again() -> None:
    boiler = Boiler()
    stream = await following(boiler, OBSERVE_ALL)
    await taken(stream, 3)
    for number in range(5000):
        boiler.label.value = str(number)
    with pytest.raises(EventsLost) as caught:
        await anext(stream)
    assert caught.value.after == ""
    with pytest.raises(EventsLost) as caught:
        await following(boiler, OBSERVE_ALL, "00000000-1")
    stream = await following(boiler, OBSERVE_ALL, caught.value.after)
    assert await taken(stream, 3) == [("target", 60), ("label", "4999"), ("heat", 7)]
    await stream.aclose()


async def test_every_event_in_the_order_of_the_thing_with_its_time() -> None:
    boiler = Boiler()
    before = time.time()
    stream = await following(boiler, SUBSCRIBE_ALL)
    single = await exposed_of(boiler).stream(Interaction(Op.SUBSCRIBE_EVENT, "hot"))
    boiler.hot.emit(1.0)
    boiler.done.emit()
    boiler.hot.emit(2.0)
    found = [await anext(stream) for _ in range(3)]
    assert [(each.name, each.content.body) for each in found] == [
        *(("hot", b"1.0"), ("done", b"null"), ("hot", b"2.0")),
    ]
    assert all(before <= each.time <= time.time() for each in found)
    alone = await anext(single)
    assert alone.content is found[0].content
    assert (alone.name, alone.time) == ("", found[0].time)
    again = await following(boiler, SUBSCRIBE_ALL, found[0].position)
    assert await taken(again, 2) == [("done", None), ("hot", 2.0)]
    for each in (stream, single, again):
        await each.aclose()


async def test_the_order_is_that_of_each_event_also_from_threads() -> None:
    boiler = Boiler()
    stream = await following(boiler, SUBSCRIBE_ALL)

    def emit(first: int) -> None:
        for number in range(first, first + 200):
            boiler.hot.emit(float(number))

    threads = [threading.Thread(target=emit, args=(first,)) for first in (0, 1000)]
    single = await exposed_of(boiler).stream(Interaction(Op.SUBSCRIBE_EVENT, "hot"))
    for thread in threads:
        thread.start()
    both = [(await taken(each, 400)) for each in (stream, single)]
    assert [value for _, value in both[0]] == [value for _, value in both[1]]
    for thread in threads:
        thread.join()
    await stream.aclose()
    await single.aclose()


async def test_drained_waits_for_those_who_follow_everything() -> None:
    boiler = Boiler()
    stream = await following(boiler, SUBSCRIBE_ALL)
    boiler.hot.emit(1.0)
    assert not await boiler.hot.drained(0.01)
    await taken(stream, 1)
    assert await boiler.hot.drained(1)
    await stream.aclose()


class Guarded(wot.Thing):
    free = wot.event(int)
    asked = wot.event(int)
    needy = wot.event(int)
    closed = False
    broken = False

    @asked.subscribe
    async def _ask(self, least: int = 3) -> Any:
        if self.closed:
            raise Forbidden("not you")
        if self.broken:
            raise ValueError("a bug")
        return lambda number: number >= least

    @needy.subscribe
    async def _need(self, key: str) -> None: ...

    def emit_all(self) -> None:
        for number in (1, 5):
            self.free.emit(number)
            self.asked.emit(number)
            self.needy.emit(number)
        self.free.emit(9)


async def test_filters_hold_and_what_needs_a_variable_has_no_part() -> None:
    guarded = Guarded()
    stream = await following(guarded, SUBSCRIBE_ALL)
    guarded.emit_all()
    assert await taken(stream, 4) == [("free", 1), ("free", 5), ("asked", 5), ("free", 9)]
    await stream.aclose()


async def test_what_is_refused_has_no_part_and_a_failure_is_told() -> None:
    guarded = Guarded()
    guarded.closed = True
    stream = await following(guarded, SUBSCRIBE_ALL)
    guarded.emit_all()
    assert await taken(stream, 3) == [("free", 1), ("free", 5), ("free", 9)]
    await stream.aclose()
    guarded.closed, guarded.broken = False, True
    with pytest.raises(HandlerError):
        await following(guarded, SUBSCRIBE_ALL)


async def test_where_everything_is_refused_so_is_the_whole() -> None:
    class Closed(wot.Thing):
        secret = wot.event(int)

        @secret.subscribe
        async def _ask(self) -> None:
            raise Forbidden("not you")

    with pytest.raises(Forbidden, match="not you"):
        await following(Closed(), SUBSCRIBE_ALL)
