"""Bounds, lengths and fixed values: whatever msgspec can check of them, the schema decides."""

import datetime as dt
import enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

import wot
from wot.content import Content
from wot.errors import DefinitionError
from wot.payload import Mismatch, Payload
from wot.td import Json

HUGE = 2**70


class Huge(enum.Enum):
    A = HUGE


class Pair(msgspec.Struct):
    a: Literal[1180591620717411303424]
    b: int = 0


def load(payload: Payload, body: str) -> Any:
    return payload.load(Content(body.encode()), closed=True)


@pytest.mark.parametrize(
    ("hint", "body", "value"),
    [
        (Literal[HUGE], f"{HUGE}", HUGE),
        (Huge, f"{HUGE}", Huge.A),
        (list[Literal[1, 1180591620717411303424]], f"[1, {HUGE}]", [1, HUGE]),
        (Pair, f'{{"a": {HUGE}}}', Pair(HUGE)),
        (Annotated[int, Meta(ge=HUGE)], f"{HUGE}", HUGE),
    ],
)
def test_integers_that_msgspec_does_not_know_work_all_the_same(
    hint: Any, body: str, value: Any
) -> None:
    payload = Payload.of(hint)
    assert load(payload, body) == value
    assert load(payload, payload.dump(value).body.decode()) == value
    with pytest.raises(Mismatch):
        load(payload, body.replace(str(HUGE), "7"))


def test_they_can_be_declared() -> None:
    class Lamp(wot.Thing):
        @wot.property
        async def level(self) -> Literal[0, 1180591620717411303424]:
            return 0

        @wot.action
        async def fade(self, to: Literal[1180591620717411303424]) -> None: ...

    assert Lamp.__template__.json["actions"]["fade"]["input"]["properties"]["to"]["const"] == HUGE


@pytest.mark.parametrize(
    ("hint", "good", "bad"),
    [
        (Annotated[float, Meta(ge=0, extra_json_schema={"enum": [1.5]})], "1.5", "7.5"),
        (
            Annotated[list[int], Meta(extra_json_schema={"uniqueItems": True})],
            "[1, 2]",
            "[1, 1]",
        ),
        (
            Annotated[list[int], Meta(extra_json_schema={"items": {"minimum": 3}})],
            "[3]",
            "[2]",
        ),
        (Annotated[int, Meta(ge=0), Meta(le=9, extra_json_schema={"multipleOf": 5})], "5", "6"),
        (Annotated[float, {"minimum": 3}], "3", "2"),
    ],
)
def test_what_is_said_of_the_schema_alone_is_checked(hint: Any, good: str, bad: str) -> None:
    payload = Payload.of(hint)
    load(payload, good)
    with pytest.raises(Mismatch):
        load(payload, bad)
    with pytest.raises(Mismatch):
        payload.dump(msgspec.json.decode(bad))


def test_words_without_a_say_leave_the_fast_path_alone() -> None:
    hint = Annotated[float, Meta(ge=0, extra_json_schema={"unit": "Cel"}), {"title": "Hot"}]
    payload = Payload.of(hint)
    assert payload.schema == {"type": "number", "minimum": 0, "unit": "Cel", "title": "Hot"}
    assert payload._decoder is not None


def test_a_length_said_of_the_schema_counts_the_characters_of_base64() -> None:
    payload = Payload.of(bytes, {"maxLength": 6})
    assert payload.schema == {"type": "string", "contentEncoding": "base64", "maxLength": 6}
    assert load(payload, '"AAAA"') == b"\0\0\0"
    with pytest.raises(Mismatch):
        load(payload, '"AAAAAAAA"')
    with pytest.raises(Mismatch):
        payload.dump(bytes(6))


def test_a_length_said_of_bytes_counts_bytes_and_the_schema_says_what_that_makes() -> None:
    hint = Annotated[bytes, Meta(min_length=2, max_length=5)]
    payload = Payload.of(hint)
    assert payload.schema["minLength"] == 4
    assert payload.schema["maxLength"] == 8
    for size in range(8):
        body = payload.dump(bytes(size)).body if 2 <= size <= 5 else None
        plain = msgspec.json.encode(bytes(size)).decode()
        if body is None:
            with pytest.raises(Mismatch):
                load(payload, plain)
            with pytest.raises(Mismatch):
                payload.build(msgspec.json.decode(plain), closed=True)
        else:
            assert load(payload, plain) == bytes(size)
            assert payload.build(msgspec.json.decode(plain), closed=True) == bytes(size)


@pytest.mark.parametrize(
    ("terms", "good", "bad"),
    [
        ({"minimum": 0, "exclusiveMinimum": 0}, "1", "0"),
        ({"maximum": 5, "exclusiveMaximum": 9}, "5", "6"),
        ({"minimum": HUGE}, str(HUGE), "3"),
    ],
)
def test_bounds_that_msgspec_does_not_take_together(terms: Json, good: str, bad: str) -> None:
    for payload in (Payload.of(int, terms), Payload.of(Annotated[int, terms])):
        load(payload, good)
        with pytest.raises(Mismatch):
            load(payload, bad)


@pytest.mark.parametrize(
    "terms", [{"minimum": "low"}, {"minLength": -1}, {"minimum": 0, "exclusiveMinimum": "x"}]
)
def test_bounds_that_make_no_sense_are_refused(terms: Json) -> None:
    with pytest.raises(DefinitionError, match="make no sense"):
        Payload.of(str if "minLength" in terms else int, terms)


def test_a_pattern_of_an_annotation_is_one_that_can_be_checked() -> None:
    assert Payload.of(Annotated[str, Meta(pattern="^a+$")]).schema["pattern"] == "^a+$"
    with pytest.raises(DefinitionError, match="look-around"):
        Payload.of(Annotated[str, Meta(pattern="(?=a)a")])


@pytest.mark.parametrize(
    "hint",
    [
        list[dt.datetime],
        dict[str, dt.datetime],
        tuple[dt.datetime, ...],
        Annotated[dt.datetime, Meta(title="When")],
        dt.datetime | None,
    ],
)
def test_a_moment_needs_an_offset_wherever_it_stands(hint: Any) -> None:
    payload = Payload.of(hint)
    wrapped = {list: '["{}"]', dict: '{{"a": "{}"}}', tuple: '["{}"]'}
    text = wrapped.get(getattr(hint, "__origin__", None), '"{}"')
    load(payload, text.format("2026-01-01T00:00:00Z"))
    with pytest.raises(Mismatch):
        load(payload, text.format("2026-01-01T00:00:00"))


async def test_a_td_may_say_two_bounds_on_one_side() -> None:
    form = {"forms": [{"href": "x"}]}
    level = {"type": "integer", "minimum": 0, "exclusiveMinimum": 2, **form}
    thing = wot.Thing.from_td(
        {
            "@context": "https://www.w3.org/2022/wot/td/v1.1",
            "title": "Lamp",
            "securityDefinitions": {"none": {"scheme": "nosec"}},
            "security": "none",
            "properties": {"level": level},
        }
    )
    await thing.properties["level"].write(3)
    with pytest.raises(wot.errors.InvalidInput):
        await thing.properties["level"].write(2)
