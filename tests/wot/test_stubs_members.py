"""Actions, URI variables and events as members of a class, and the names of all."""

from collections.abc import Mapping
from typing import Any

import pytest

from wot.stubs import stub

from .stub_cases import (
    FORMS,
    class_of,
    described,
    imported,
    with_action,
    with_event,
)

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
        "(self, a: int | UnsetType = UNSET) -> None",
    ),
    (
        {"input": {"properties": {"a": {}, "b": {}, "c": {"default": "x"}}, "required": ["b"]}},
        '(self, b: Any, a: Any = UNSET, c: Any = "x") -> None',
    ),
    (
        {"input": {"type": "object", "properties": {"a": {"type": "integer", "default": "x"}}}},
        "(self, a: FadeA | UnsetType = UNSET) -> None",
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
    assert "async def level(self, unit: str | UnsetType = UNSET) -> int:" in stub(td)
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
        actions={"go": {"uriVariables": {"": {"type": "string"}}, "forms": FORMS}},
        events={"hot": {"subscription": {"type": "integer"}, "forms": FORMS}},
    )
    source = stub(td)
    assert '#     action "go": its URI variable "" has no usable name' in source
    assert '#     event "hot": subscription data cannot be given' in source
    assert class_of(source).__template__.actions.keys() == {"go"}


def test_any_name_can_be_declared() -> None:
    names = ("a/b # noqa", "", "..")
    cls = class_of(
        stub(described(properties={n: {"type": "integer", "forms": FORMS} for n in names}))
    )
    assert set(cls.__template__.properties) == set(names)


def test_uri_variables_that_are_no_identifiers_get_one() -> None:
    variables = {"response-required": {"type": "boolean"}, "to": {}, "class": {"default": "x"}}
    shared = {"uriVariables": variables, "forms": FORMS}
    source = stub(described(properties={"p": shared}, actions={"a": shared}, events={"e": shared}))
    template = class_of(source).__template__
    for member in (template.properties["p"], template.actions["a"], template.events["e"]):
        assert set(member.variables) == set(variables)
        assert member.uri_names == {
            "response_required": "response-required",
            "to": "to",
            "class_": "class",
        }


def test_a_parameter_for_a_uri_variable_keeps_out_of_the_way_of_the_input() -> None:
    go = {
        "uriVariables": {"a-b": {}},
        "input": {"type": "object", "properties": {"a_b": {"type": "integer"}}},
        "forms": FORMS,
    }
    action = class_of(stub(described(actions={"go": go}))).__template__.actions["go"]
    assert action.uri_names == {"a_b_2": "a-b"}
    assert set(action.arguments.schema["properties"]) == {"a_b"}


def test_an_action_that_is_answered_before_it_ends() -> None:
    action = {"input": {"type": "integer"}, "output": {"type": "string"}, "synchronous": False}
    forms = [
        {"href": "http://h/fade", "response": {"contentType": "application/cbor"}},
        {"href": "http://h/fade/{invocation}", "op": "queryaction"},
    ]
    variables = {"invocation": {"type": "string"}}
    td = described(actions={"fade": {**action, "forms": forms}}, uriVariables=variables)
    made = class_of(stub(td)).__template__
    assert made.actions["fade"].lasting
    assert made.json["actions"]["fade"] == action
    forms[0]["contentType"] = "application/cbor"
    cbor = class_of(stub(described(actions={"fade": {**action, "forms": forms}}))).__template__
    assert cbor.actions["fade"].lasting
    assert cbor.actions["fade"].response_type == "application/json"


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
