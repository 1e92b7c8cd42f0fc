"""What a Thing Description becomes: the text of a module, its types, signatures and names."""

from collections.abc import Mapping
from typing import Any

import pytest

import wot
from wot.errors import InvalidTD, WoTError
from wot.stubs import stub

from .stub_cases import (
    FORMS,
    LAMP,
    class_of,
    described,
    imported,
    with_action,
    with_event,
    with_property,
)

# What it looks like.

MODULE = '''\
# Made by `wot stub` from a Thing Description: make it again rather than change it.
#
# title: "Kitchen lamp"
# id: "urn:example:lamp"

from typing import Annotated, Literal, NotRequired, TypedDict

import wot
from msgspec import Meta


class State(TypedDict):
    on: bool
    mode: NotRequired[Literal["eco", "max"]]


class KitchenLamp(wot.Thing, title="Kitchen lamp"):
    """A dimmable lamp."""

    @wot.property(unit="percent", minimum=0, maximum=100, observable=True)
    async def brightness(self) -> int:
        """How bright it is."""
        raise NotImplementedError

    @brightness.write
    async def _set_brightness(self, value: int) -> None:
        raise NotImplementedError

    @wot.property
    async def state(self) -> State:
        raise NotImplementedError

    @wot.action
    async def fade(self, to: Annotated[int, Meta(le=100)], seconds: float = 1.5) -> str:
        """Dim smoothly."""
        raise NotImplementedError

    overheated = wot.event(float, unit="Cel")
    gone: wot.Event[None] = wot.event()
'''


def test_a_module_reads_like_one_written_by_hand() -> None:
    assert stub(LAMP) == MODULE
    assert stub(wot.ThingDescription.parse(LAMP)) == MODULE


def test_the_name_of_the_class_can_be_chosen() -> None:
    assert 'class Light(wot.Thing, title="Kitchen lamp"):' in stub(LAMP, "Light")
    for name in ("my lamp", "class", "Any", "int", "a.b", "x\nimport os", "ﬁ"):
        with pytest.raises(WoTError, match="cannot be the name"):
            stub(LAMP, name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("lamp", "Lamp"),
        ("My HTTP lamp no. 2", "MyHTTPLampNo2"),
        ("Glühbirne", "Glühbirne"),
        ("灯", "灯"),
        ("3D printer", "Thing3DPrinter"),
        ("any", "AnyThing"),
        ("🙂", "Thing"),
        ("__import__('os')", "ImportOs"),
    ],
)
def test_the_class_is_named_after_the_title(title: str, name: str) -> None:
    assert class_of(stub(described(title))).__name__ == name


def test_what_is_no_td_is_refused() -> None:
    with pytest.raises(InvalidTD):
        stub({"properties": {}})
    with pytest.raises(InvalidTD):
        stub(with_property({"type": "object", "properties": []}))


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
        {"type": "number", "minimum": float("inf")},
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


# Actions, URI variables, events.

SIGNATURES: list[tuple[Mapping[str, Any], str]] = [
    ({}, "(self) -> None"),
    ({"output": {"type": "null"}}, "(self) -> None"),
    ({"output": {}}, "(self) -> Any"),
    ({"input": {"type": "integer"}}, "(self, value: int, /) -> None"),
    ({"input": {"type": "integer", "default": 5.0}}, "(self, value: int = 5, /) -> None"),
    ({"input": {}}, "(self, value: Any, /) -> None"),
    ({"input": {"type": "object"}}, "(self, value: dict[str, Any], /) -> None"),
    (
        {"input": {"type": "object", "properties": {"a": {"type": "integer"}}}},
        "(self, a: int | None = None) -> None",
    ),
    (
        {"input": {"properties": {"a": {}, "b": {}, "c": {"default": "x"}}, "required": ["b"]}},
        '(self, b: Any, a: Any = None, c: Any = "x") -> None',
    ),
    (
        {"input": {"type": "object", "properties": {"a": {"type": "integer", "default": "x"}}}},
        "(self, a: FadeA | None = None) -> None",
    ),
    (
        {"input": {"type": "object", "properties": {"a-b": {}}}},
        "(self, value: FadeInput, /) -> None",
    ),
    (
        {"input": {"type": "object", "properties": {"self": {}}}},
        "(self, value: FadeInput, /) -> None",
    ),
    (
        {"input": {"type": "object", "properties": {"__a": {}}}},
        "(self, value: FadeInput, /) -> None",
    ),
    (
        {"uriVariables": {"unit": {"type": "string"}, "at": {"type": "integer", "default": 1}}},
        "(self, unit: str, at: int = 1) -> None",
    ),
    (
        {"input": {"type": "integer"}, "uriVariables": {"value": {"type": "string"}}},
        "(self, value_2: int, /, value: str) -> None",
    ),
    (
        {"input": {"properties": {"a": {}}}, "uriVariables": {"a": {"type": "string"}}},
        "(self, value: FadeInput, /, a: str) -> None",
    ),
    (
        {"uriVariables": {"at": {"type": "string", "format": "date"}}},
        '(self, at: Annotated[str, Meta(extra_json_schema={"format": "date"})])',
    ),
    (
        {"uriVariables": {"list": {"type": "array", "items": {"type": "string"}}}},
        "(self, list: Any)",
    ),
]


@pytest.mark.parametrize(("terms", "signature"), SIGNATURES)
def test_the_signature_of_an_action(terms: Mapping[str, Any], signature: str) -> None:
    source = stub(with_action(**terms))
    if "FadeA" in signature:  # a default that does not fit is kept as a term
        signature = signature.replace(
            "FadeA", 'Annotated[int, Meta(extra_json_schema={"default": "x"})]'
        )
    flat = " ".join(source.split()).replace("( self", "(self").replace(" ) ->", ") ->")
    assert f"async def fade{signature}" in flat.replace(",) ->", ") ->")
    class_of(source)


def test_uri_variables_of_the_thing_count_where_a_form_names_them() -> None:
    td = described(
        uriVariables={"unit": {"type": "string"}, "other": {"type": "string"}},
        properties={"level": {"type": "integer", "forms": [{"href": "http://127.0.0.1/{?unit}"}]}},
    )
    source = stub(td)
    assert "async def level(self, unit: str) -> int:" in source
    assert "async def _set_level(self, value: int, unit: str) -> None:" in source
    td["properties"]["level"]["observable"] = True
    assert "async def level(self, unit: str | None = None) -> int:" in stub(td)
    class_of(stub(td))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({}, "hot: wot.Event[None] = wot.event()"),
        ({"data": {"type": "null", "unit": "m"}}, "hot: wot.Event[None] = wot.event()"),
        ({"data": {}}, "hot: wot.Event[Any] = wot.event()"),
        ({"data": {"type": "number", "minimum": 1}}, "hot = wot.event(float, minimum=1)"),
        (
            {"title": "Hot!", "data": {"type": "array", "items": {"type": "integer"}}},
            'hot: wot.Event[list[int]] = wot.event(title="Hot!")',
        ),
        (
            {"data": {"type": "integer", "title": "T", "unit": "m"}},
            'hot: wot.Event[Annotated[int, Meta(title="T")]] = wot.event(unit="m")',
        ),
        (
            {"data": {"type": "object", "properties": {"x": {}}}},
            "hot: wot.Event[Hot] = wot.event()",
        ),
    ],
)
def test_events(terms: Mapping[str, Any], said: str) -> None:
    source = stub(with_event(**terms))
    assert said in source
    class_of(source)


def test_what_cannot_be_declared_is_named_at_the_top() -> None:
    td = described(
        properties={name: {"type": "integer", "forms": FORMS} for name in ("a/b # noqa", "", "..")},
        actions={"go": {"uriVariables": {"a-b": {"type": "string"}}, "forms": FORMS}},
        events={"hot": {"subscription": {"type": "integer"}, "forms": FORMS}},
    )
    source = stub(td)
    assert '#     property "a/b \\x23 noqa": its name cannot be part of a URL' in source
    assert '#     action "go": its URI variable "a-b" cannot be a parameter' in source
    assert '#     event "hot": subscription data and URI variables cannot be given' in source
    assert class_of(source).__template__.properties == {}


# Names.


def test_names_that_python_cannot_say_are_adjusted() -> None:
    names = {
        "brightness": "brightness",
        "a b": "a_b_2",
        "a_b": "a_b",
        "class": "class_",
        "start": "start_",
        "int": "int_",
        "wot": "wot_",
        "Any": "Any_",
        "_private": "private",
        "__class__": "class__2",
        "import os": "import_os",
        "2nd": "property_2nd",
        "🙂": "property",
        "température": "température",
        "ﬁ": "fi",
        "match": "match",
    }
    cls = class_of(
        stub(described(properties={n: {"type": "integer", "forms": FORMS} for n in names}))
    )
    found = {name: member.attribute for name, member in cls.__template__.properties.items()}
    assert found == names


def test_one_name_for_several_kinds() -> None:
    member = {"status": {"forms": FORMS}}
    cls = class_of(stub(described(properties=member, actions=member, events=member)))
    template = cls.__template__
    assert template.properties["status"].attribute == "status"
    assert template.actions["status"].attribute == "status_action"
    assert template.events["status"].attribute == "status_event"


def test_types_avoid_the_names_of_attributes_and_of_the_class() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "number"}}}
    names = ("Level", "level", "lamp")
    source = stub(described(properties={n: {**schema, "forms": FORMS} for n in names}))
    assert [n for n in imported(source) if n.startswith(("L", "level"))] == [
        *("Level2", "Level3", "Lamp2", "Lamp"),
    ]
