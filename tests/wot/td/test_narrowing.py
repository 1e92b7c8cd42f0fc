"""Data schemas held against those of a model: where nothing is found, every value of the one is one of the other."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from wot.td.fitting import Fitting
from wot.td.narrowing import Narrowing

from .models import Json, seen
from .schemas import Chooser, Schemas

# Values near to those that the generator of schemas makes, and what may stand in for one of their parts.
PARTS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 1.0, -1, 2, 3, 0.5, 0.25, 100, -100),
    *("", "a", "on", "12:30", "xb", "aGk=", "x" * 20, [], [1], ["a", "a", "a"], {}, {"level": 1}),
)
TERMS: tuple[Json, ...] = (
    *({"type": kind} for kind in ("integer", "number", "string", "object", "array", "null")),
    *({"minimum": 0}, {"exclusiveMinimum": 0}, {"maximum": 2}, {"exclusiveMaximum": 2}),
    *({"multipleOf": 1}, {"multipleOf": 2}, {"multipleOf": 0.5}, {"multipleOf": 3}),
    *({"minLength": 1}, {"maxLength": 1}, {"pattern": "a"}, {"pattern": "^[a-z]+$"}),
    *({"minItems": 1}, {"maxItems": 1}, {"maxItems": 0}, {"items": {"type": "integer"}}),
    *({"items": [{"type": "integer"}]}, {"items": [{}, {"minimum": 1}]}, {"items": {}}),
    *({"required": ["level"]}, {"required": []}, {"properties": {"level": {"type": "integer"}}}),
    *({"const": 1}, {"const": "a"}, {"enum": [1, True, "on"]}, {"enum": [0, 1, 2]}, {"const": []}),
    *({"oneOf": [{"type": "integer"}, {"type": "string"}]}, {"oneOf": [{"minimum": 1}]}),
)


ENCODINGS = ("contentEncoding", "contentMediaType")


class Changes:
    """Changes one schema into another that is mostly like it."""

    def __init__(self, choose: Chooser) -> None:
        self.choose, self.schemas = choose, Schemas(choose)

    def changed(self, schema: Json) -> Json:
        inner = [term for term in ("properties", "items", "oneOf") if schema.get(term)]
        if inner and self.choose.chance(60):
            term = self.choose.one(inner)
            return {**schema, term: self.inside(schema[term])}
        if schema and self.choose.chance(50):
            gone = self.choose.one(list(schema))
            return {term: value for term, value in schema.items() if term != gone}
        return {**schema, **self.choose.one(TERMS)}

    def inside(self, value: Any) -> Any:
        if isinstance(value, list):
            index = self.choose.one(range(len(value)))
            return [*value[:index], self.changed(value[index]), *value[index + 1 :]]
        if "type" in value and isinstance(value["type"], str):
            return self.changed(value)
        name = self.choose.one(list(value))
        found = value[name]
        return {**value, name: self.changed(found)} if isinstance(found, dict) else value


@st.composite
def pairs(draw: Any) -> tuple[Json, Json, list[Any]]:
    """Two schemas, and values that may fit them."""
    choose = Chooser(draw)
    changes = Changes(choose)
    mine, value = changes.schemas.any_schema(2)
    values = [value]
    if choose.chance(30):
        model, other = changes.schemas.any_schema(2)
        values.append(other)
    else:
        model = mine
        for _ in range(choose.one((0, 1, 1, 2, 3))):
            model = changes.changed(model)
        for _ in range(choose.one((0, 0, 1, 2))):
            mine = changes.changed(mine)
    return mine, model, [near for each in values for near in around(each)]


def around(value: Any) -> Iterator[Any]:
    """A value, and what becomes of it when one of its parts changes."""
    yield value
    yield from PARTS
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from (value + step for step in (1, -1, 0.5, -0.25))
    if isinstance(value, list):
        yield [*value, *value]
        yield from ([*value, part] for part in PARTS)
        for index, item in enumerate(value):
            yield from ([*value[:index], near, *value[index + 1 :]] for near in around(item))
    if isinstance(value, dict):
        yield from ({k: v for k, v in value.items() if k != name} for name in value)
        yield from ({**value, "level": part} for part in PARTS)
        for name, item in value.items():
            yield from ({**value, name: near} for near in around(item))


def judged(schema: Any) -> Any:
    """For the judge: of alternatives one suffices."""
    if isinstance(schema, list):
        return [judged(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        ("anyOf" if term == "oneOf" else term): value
        if term in ("const", "enum", "default")
        else {name: judged(inner) for name, inner in value.items()}
        if term == "properties"
        else judged(value)
        for term, value in schema.items()
    }


def without(schema: Any, terms: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [without(item, terms) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {term: value for term, value in schema.items() if term not in terms}
    return {term: without(value, terms) for term, value in kept.items()}


def check_pair(pair: tuple[Json, Json, list[Any]]) -> None:
    mine, model, values = pair
    found = list(Narrowing("x").differences(mine, model, "$", "out"))
    event("differences" if found else "none")
    if found:
        return
    own, other = (
        jsonschema_rs.Draft7Validator(without(judged(schema), ENCODINGS))
        for schema in (mine, model)
    )
    for value in values:
        assert not own.is_valid(value) or other.is_valid(value)


def check_values(pair: tuple[Json, Json, list[Any]]) -> None:
    """Formats and encodings are left to the texts of schemas."""
    _, model, values = pair
    plain = without(judged(model), ("format", *ENCODINGS))
    validator = jsonschema_rs.Draft7Validator(plain)
    for value in values:
        assert Fitting().fits(value, model) == validator.is_valid(value)


@given(pairs())
@settings(max_examples=200)
def test_where_nothing_is_found_values_are_those_of_the_model(pair: Any) -> None:
    check_pair(pair)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@given(pairs())
@settings(max_examples=20_000)
def test_many_pairs(pair: Any) -> None:
    check_pair(pair)


@given(pairs())
@settings(max_examples=200)
def test_values_are_judged_as_others_judge_them(pair: Any) -> None:
    check_values(pair)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@given(pairs())
@settings(max_examples=10_000)
def test_many_values(pair: Any) -> None:
    check_values(pair)


def test_alternatives_of_alternatives_cost_little() -> None:
    schema: Json = {"type": "integer"}
    other: Json = {"type": "string"}
    for _ in range(20):
        schema, other = {"oneOf": [schema] * 4}, {"oneOf": [other] * 4}
    assert list(Narrowing("x").differences(schema, other, "$", "out")) is not None


@pytest.mark.parametrize("size", [1000, 30_000])
def test_many_values_cost_little(size: int) -> None:
    theirs = {"enum": [{"n": number} for number in range(size)]}
    mine = {"enum": [{"n": float(number)} for number in range(1, size + 1)]}
    start = monotonic()
    (found,) = Narrowing("x").differences(mine, theirs, "$", "out")
    assert monotonic() - start < 2
    assert str(float(size)) in found.reason


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({"multipleOf": 3}, {"multipleOf": 2}, "error .multipleOf"),
        ({}, {"multipleOf": 2}, "warning "),
        ({"multipleOf": 4}, {"multipleOf": 2}, None),
        ({"multipleOf": 0.3}, {"multipleOf": 0.1}, None),
        ({"type": "integer"}, {"type": "integer", "multipleOf": 0.5}, None),
        ({"type": "number", "multipleOf": 2}, {"type": "integer"}, None),
        *(
            ({}, {word: "x"}, "warning ")
            for word in ("pattern", "format", "contentEncoding", "contentMediaType")
        ),
        ({"const": "ab"}, {"pattern": "^a"}, None),
        ({"const": "b"}, {"pattern": "^a"}, "error .const"),
        ({"const": "b"}, {"format": "uri"}, "warning .const"),
        ({"const": 5}, {"type": "integer", "maximum": 4}, "error .const"),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}, "warning "),
        (
            {"items": [{"type": "integer"}], "maxItems": 1},
            {"items": {"type": "string"}},
            "error .items[0].type",
        ),
        (
            {"items": [{"type": "string"}], "maxItems": 1},
            {"items": {"type": "string"}, "maxItems": 1},
            None,
        ),
        ({"items": [{"type": "string"}]}, {"items": {"type": "string"}}, "warning .items"),
        ({"minimum": 0}, {"exclusiveMinimum": 0}, "error .minimum"),
        ({"exclusiveMinimum": 0}, {"minimum": 0}, None),
        ({"type": "integer", "exclusiveMinimum": -1}, {"type": "integer", "minimum": 0}, None),
        ({"minimum": 0, "exclusiveMinimum": 3}, {"exclusiveMinimum": 3}, None),
        ({"exclusiveMaximum": 9}, {"maximum": 5}, "error .exclusiveMaximum"),
        ({"minLength": 0}, {}, None),
        ({}, {"minLength": 0}, None),
        (
            {"properties": {"a": {"readOnly": True}}},
            {"properties": {"a": {}}},
            "error .properties.a.readOnly",
        ),
        ({"properties": {"a": {}}}, {"required": ["b"]}, "error "),
        (
            {"oneOf": [{"type": "integer"}, {"type": "string"}]},
            {"type": "integer"},
            "error .oneOf[1].type",
        ),
    ],
)
def test_values_are_compared(mine: Json, theirs: Json, expected: str | None) -> None:
    found = seen({"properties": {"x": mine}}, {"properties": {"x": theirs}})
    assert [f"{severity} {path.removeprefix('$.properties.x')}" for severity, path in found] == (
        [] if expected is None else [expected]
    )
