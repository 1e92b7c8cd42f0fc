"""Data schemas as Python types, with their bounds and texts."""

from collections.abc import Mapping
from typing import Any

import pytest

from wot.stubs import stub

from .stub_cases import (
    FORMS,
    class_of,
    imported,
    with_action,
    with_event,
    with_property,
)

# Types.

TYPES: list[tuple[Mapping[str, Any], str]] = [
    ({"type": "boolean"}, "bool"),
    ({"type": "integer"}, "int"),
    ({"type": "number"}, "float"),
    ({"type": "string"}, "str"),
    ({"type": "null"}, "None"),
    ({}, "Any"),
    ({"type": "file"}, "Any"),
    ({"type": "array"}, "list[Any]"),
    ({"type": "array", "items": {"type": "integer"}}, "list[int]"),
    ({"type": "array", "items": [{"type": "integer"}, {"type": "string"}]}, "list[Any]"),
    (
        {
            "type": "array",
            "items": [{"type": "integer"}, {"type": "string"}],
            "minItems": 2,
            "maxItems": 2,
        },
        "tuple[int, str]",
    ),
    (
        {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3},
        "tuple[float, float, float]",
    ),
    ({"type": "object"}, "dict[str, Any]"),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
    ({"type": "object", "properties": {"x": {"type": "number"}}}, "Level"),
    ({"properties": {"x": {"type": "number"}}}, "Level"),
    ({"type": "object", "required": ["x"]}, "Level"),
    ({"enum": ["a", "b"]}, 'Literal["a", "b"]'),
    ({"type": "string", "enum": ["a", 1, "b"]}, 'Literal["a", "b"]'),
    ({"type": "integer", "enum": [1.0, 2, 1]}, "Literal[1, 2]"),
    ({"enum": [1, True, None]}, "Literal[1, True, None]"),
    ({"const": "on"}, 'Literal["on"]'),
    ({"const": None}, "None"),
    ({"type": "number", "enum": [0.5, 1]}, "float"),
    ({"enum": [{"a": 1}]}, "Any"),
    ({"enum": [1 << 70]}, "Any"),
    ({"oneOf": [{"type": "integer"}, {"type": "null"}]}, "int | None"),
    ({"oneOf": [{"type": "null"}, {"const": "off"}]}, 'Literal["off"] | None'),
    ({"oneOf": []}, "Any"),
    ({"type": ["string", "null"]}, "str | None"),
    ({"type": ["string", "null"], "enum": ["a", None]}, 'Literal["a"] | None'),
    ({"type": "string", "format": "date-time"}, "dt.datetime"),
    ({"type": "string", "format": "date"}, "dt.date"),
    ({"type": "string", "format": "time"}, "dt.time"),
    ({"type": "string", "format": "uuid"}, "uuid.UUID"),
    ({"type": "string", "format": "duration"}, "str"),
    ({"type": "string", "format": "date-time", "maxLength": 20}, "str"),
    ({"type": "string", "contentEncoding": "base64"}, "bytes"),
    ({"type": "string", "contentEncoding": "base64", "maxLength": 8}, "str"),
]


@pytest.mark.parametrize(("schema", "said"), TYPES)
def test_a_data_schema_becomes_a_type(schema: Mapping[str, Any], said: str) -> None:
    source = stub(with_property(schema))
    assert f"async def level(self) -> {said}:" in source
    class_of(source)


def test_branches_that_may_overlap_once_they_are_types_are_anything() -> None:
    """`oneOf` wants exactly one: what a type cannot say could make it two."""
    loose = [
        {"type": "object", "properties": {"a": {}}, "additionalProperties": no} for no in (0, 1)
    ]
    overlapping = [{"type": "array", "items": [{}]}, {"type": "array", "items": [{}, {}]}]
    for branches in (loose, overlapping):
        assert "async def level(self) -> Any:" in stub(with_property({"oneOf": branches}))
    exact = [{"type": "object", "properties": {n: {}}, "required": [n]} for n in ("a", "b")]
    assert "async def level(self) -> Level1 | Level2:" in stub(with_property({"oneOf": exact}))


def test_members_that_are_no_identifiers_keep_their_names() -> None:
    names = ("a-b", "class", "__x", "a b", "ﬁ", "ok", '"""')
    source = stub(with_property({"type": "object", "properties": {n: {"const": 1} for n in names}}))
    level = imported(source)["Level"]
    assert set(level.__annotations__) == set(names)


def test_long_types_get_names_of_their_own() -> None:
    source = stub(with_property({"enum": [f"value {n}" for n in range(20)]}))
    assert "async def level(self) -> Level:" in source
    assert "Level = Literal[\n" in source


# Constraints, texts, directions.


def words_of(source: str, kind: str = "properties") -> dict[str, Any]:
    (found,) = class_of(source).__template__.json[kind].values()
    return {term: value for term, value in found.items() if term != "forms"}


def test_terms_are_kept() -> None:
    schema = {
        "title": 'Say "level"',
        "description": "How high it is.",
        "type": "number",
        "unit": "%",
        "minimum": 0,
        "exclusiveMaximum": 1e300,
        "multipleOf": 0.5,
        "default": 0,
        "observable": True,
    }
    assert words_of(stub(with_property(schema))) == schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^\\w+\"'$"},
        {"type": "array", "items": {"type": "string", "pattern": "a"}, "minItems": 1},
        {"type": "array", "items": {"type": "integer"}, "uniqueItems": True, "unit": "m"},
        {"type": "string", "format": "email", "default": ""},
        {"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"},
        {"type": "string", "contentMediaType": "text/xml", "contentEncoding": "quoted-printable"},
        {"type": "number", "enum": [0.5, 1.5]},
        {"type": "boolean", "default": False},
        {"enum": [[1], {"a": None}]},
        {
            "type": "object",
            "properties": {
                "x": {"type": "number", "unit": "m", "title": "X", "description": "So far."},
                "y": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2},
                "z": {"type": "string", "enum": ["a", "b"], "default": "a"},
            },
            "required": ["x"],
        },
        {"oneOf": [{"type": "number", "minimum": 1}, {"type": "string", "const": "off"}]},
        {"type": "string", "format": "date-time"},
    ],
)
def test_schemas_come_back_as_they_were(schema: dict[str, Any]) -> None:
    assert words_of(stub(with_property(schema))) == schema


@pytest.mark.parametrize(
    "terms",
    [
        {"type": "string", "pattern": "["},
        {"type": "string", "pattern": "(?<!a)b"},
        {"type": "string", "minLength": -1},
        {"type": "string", "minLength": 1.5},
        {"type": "string", "minimum": 5},
        {"type": "number", "multipleOf": 0},
    ],
)
def test_terms_that_make_no_sense_are_left_out(terms: dict[str, Any]) -> None:
    assert words_of(stub(with_property(terms))) == {"type": terms["type"]}


def test_of_two_bounds_on_one_side_the_stricter_counts() -> None:
    schema = {
        "type": "number",
        "minimum": 1,
        "exclusiveMinimum": 1,
        "maximum": 5,
        "exclusiveMaximum": 6,
    }
    assert words_of(stub(with_property(schema))) == {
        "type": "number",
        "exclusiveMinimum": 1,
        "maximum": 5,
    }


def test_flags_and_forms_say_what_can_be_done() -> None:
    def flags(json: Mapping[str, Any]) -> set[str]:
        said = words_of(stub(with_property({"type": "integer", **json})))
        return {name for name in ("readOnly", "writeOnly", "observable") if said.get(name)}

    form = FORMS[0]
    assert flags({}) == set()
    assert flags({"readOnly": True}) == {"readOnly"}
    assert flags({"writeOnly": True}) == {"writeOnly"}
    assert flags({"observable": True}) == {"observable"}
    assert flags({"writeOnly": True, "observable": True}) == {"writeOnly"}
    assert flags({"readOnly": True, "writeOnly": True}) == {"readOnly"}
    assert flags({"forms": [{**form, "op": "readproperty"}]}) == {"readOnly"}
    assert flags({"forms": [{**form, "op": ["writeproperty"]}]}) == {"writeOnly"}
    both = [{**form, "op": ["readproperty", "observeproperty"]}]
    assert flags({"forms": both}) == {"readOnly", "observable"}


def test_payloads_that_are_not_json() -> None:
    image = [{"href": "http://127.0.0.1/x", "contentType": "image/png"}]
    picture = stub(with_property({"type": "string", "observable": True, "forms": image}))
    assert 'content_type="image/png"' in picture
    assert "async def level(self) -> bytes:" in picture
    assert "observable" not in picture
    text = [{"href": "http://127.0.0.1/x", "contentType": "text/plain"}]
    assert 'content_type="text/plain")\n    async def level(self) -> int:' in stub(
        with_property({"type": "integer", "readOnly": True, "forms": text})
    )
    answer = [{"href": "http://127.0.0.1/x", "response": {"contentType": "image/png"}}]
    taken = stub(with_action(input={"type": "integer"}, output={}, forms=answer))
    assert '@wot.action(response_type="image/png")' in taken
    assert "async def fade(self, value: int, /) -> bytes:" in taken
    sent = stub(with_action(input={"type": "object"}, forms=image))
    assert "async def fade(self, value: bytes, /) -> None:" in sent
    assert "hot: wot.Event[bytes] = wot.event()" in stub(with_event(data={}, forms=image))
    for source in (picture, taken, sent):
        class_of(source)
