"""A Thing Description held against its Thing Model: what it lacks, and what contradicts it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from wot.resolving import mapping
from wot.td import ThingDescription
from wot.td.thing_model import ThingModel, compare, derive
from wot.td.validation import validate
from wot.td.vocabulary import TD_11

from .generator import thing_descriptions
from .models import Json, model, seen

LEVEL = {"type": "integer", "minimum": 0, "maximum": 100}


@pytest.mark.assertion("tm-derivation-validity")
def test_what_is_required_must_be_there_and_what_is_optional_may_not() -> None:
    of = {
        "properties": {"a": {}, "b": {}},
        "actions": {"c": {}},
        "events": {"d": {}},
        "tm:optional": ["/properties/b", "/events/d"],
    }
    assert seen({"properties": {"x": {}}}, of) == [("error", "$.properties"), ("error", "$")]
    reasons = [found.reason for found in compare({"properties": {"x": {}}}, model(**of))]
    assert reasons == [
        "the property 'a' of the model is missing",
        "the action 'c' of the model is missing",
    ]
    assert seen({"properties": {"a": {}}, "actions": {"c": {}}}, of) == []


@pytest.mark.assertion("tm-derivation-validity")
@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        # what comes out has to be what the model has, or less
        ({"type": "integer"}, {"type": "integer"}, None),
        ({"type": "integer"}, {"type": "number"}, None),
        ({"type": "number"}, {"type": "integer"}, "error .type"),
        ({"type": "string"}, {"type": "integer"}, "error .type"),
        ({}, {"type": "integer"}, "warning "),
        ({"type": "integer"}, {}, None),
        ({"enum": ["a"]}, {"type": "string"}, None),
        (LEVEL, LEVEL, None),
        ({**LEVEL, "maximum": 80, "minimum": 5}, LEVEL, None),
        ({**LEVEL, "maximum": 120}, LEVEL, "error .maximum"),
        ({**LEVEL, "minimum": -1}, LEVEL, "error .minimum"),
        ({"type": "integer", "minimum": 0}, LEVEL, "warning "),
        ({"minimum": 0, "exclusiveMaximum": 100}, {"minimum": 0, "maximum": 100}, None),
        ({"minimum": 3, "exclusiveMaximum": 120}, {"minimum": 0, "maximum": 100}, "error .maximum"),
        (
            {"type": "string", "maxLength": 9},
            {"type": "string", "maxLength": 8},
            "error .maxLength",
        ),
        ({"type": "array", "minItems": 1}, {"type": "array", "minItems": 2}, "error .minItems"),
        ({"enum": ["a", "b"]}, {"enum": ["a", "b", "c"]}, None),
        ({"enum": ["a", "d"]}, {"enum": ["a", "b", "c"]}, "error .enum"),
        ({"const": "a"}, {"enum": ["a", "b"]}, None),
        ({"const": "x"}, {"enum": ["a", "b"]}, "error .const"),
        ({"enum": [True]}, {"enum": [1]}, "error .enum"),
        ({"enum": [1.0]}, {"enum": [1]}, None),
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, "warning "),
        ({"unit": "K"}, {"unit": "C"}, "error .unit"),
        ({}, {"unit": "C"}, "warning "),
        ({"format": "date"}, {"format": "time"}, "warning .format"),
        ({"pattern": "a"}, {}, None),
        ({"items": {"type": "string"}}, {"items": {"type": "integer"}}, "error .items.type"),
        (
            {"items": [{}, {"type": "string"}]},
            {"items": [{}, {"type": "integer"}]},
            "error .items[1].type",
        ),
        # what the model leaves to its instances is compared with nothing
        (
            {"type": "string", "maximum": 9},
            {"type": "{{T}}", "maximum": "{{MAX}}", "unit": "{{U}}"},
            None,
        ),
        ({"const": 1}, {"const": "{{C}}"}, None),
        ({"enum": [1]}, {"enum": ["{{C}}", 2]}, None),
        # semantic types
        ({"@type": ["a:B", "a:C"]}, {"@type": "a:B"}, None),
        ({}, {"@type": "a:B"}, "warning "),
    ],
)
def test_what_a_property_gives(mine: Json, theirs: Json, expected: str | None) -> None:
    found = seen({"properties": {"x": mine}}, {"properties": {"x": theirs}})
    wanted = (
        []
        if expected is None
        else [(expected.partition(" ")[0], "$.properties.x" + expected.partition(" ")[2])]
    )
    # `exclusiveMaximum` may be said of the word in the document or of the one in the model.
    assert [
        (severity, path.replace("exclusiveMaximum", "maximum")) for severity, path in found
    ] == wanted


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({"type": "number"}, {"type": "integer"}, None),
        ({"type": "integer"}, {"type": "number"}, "warning .type"),
        ({"type": "string"}, {"type": "number"}, "error .type"),
        ({**LEVEL, "maximum": 120}, LEVEL, None),
        ({**LEVEL, "maximum": 80}, LEVEL, "warning .maximum"),
        ({"type": "integer"}, LEVEL, None),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, None),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, "warning .enum"),
        ({}, {"enum": ["a"]}, None),
    ],
)
def test_what_an_action_takes_may_be_more_than_the_model_says(
    mine: Json, theirs: Json, expected: str | None
) -> None:
    path = "$.actions.x.input"
    found = seen({"actions": {"x": {"input": mine}}}, {"actions": {"x": {"input": theirs}}})
    assert found == (
        []
        if expected is None
        else [(expected.partition(" ")[0], path + expected.partition(" ")[2])]
    )
    only_written = [
        {"properties": {"x": {**schema, "writeOnly": True}}} for schema in (mine, theirs)
    ]
    assert [severity for severity, _ in seen(*only_written)] == [severity for severity, _ in found]


def of_object(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": required}


@pytest.mark.parametrize(
    ("mine", "theirs", "out", "into"),
    [
        (of_object(["a"], a={}), of_object(["a"], a={}), [], []),
        (of_object([], a={}), of_object(["a"], a={}), ["error .required"], []),
        (of_object(["a"], a={}), of_object([], a={}), [], ["error .required"]),
        (of_object([]), of_object(["a"], a={}), ["error .properties"], ["error .properties"]),
        (of_object([]), of_object([], a={}), ["warning .properties"], ["warning .properties"]),
        ({"type": "object"}, of_object([], a={}), ["warning "], ["warning "]),
        (of_object([], a={}, b={}), of_object([], a={}), [], []),
        (
            of_object([], a={"type": "string"}),
            of_object([], a={"type": "null"}),
            ["error .properties.a.type"],
            ["error .properties.a.type"],
        ),
    ],
)
def test_members_of_objects(mine: Json, theirs: Json, out: list[str], into: list[str]) -> None:
    for member, expected in (("output", out), ("input", into)):
        found = seen({"actions": {"x": {member: mine}}}, {"actions": {"x": {member: theirs}}})
        assert [
            f"{severity} {path.removeprefix(f'$.actions.x.{member}')}" for severity, path in found
        ] == expected


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ([{"type": "null"}], [{"type": "null"}, {"type": "string"}], None),
        (
            [{"type": "null"}, {"type": "integer"}],
            [{"type": "null"}, {"type": "string"}],
            "error .oneOf[1]",
        ),
        (None, [{"type": "null"}, {"type": "string"}], "error "),
    ],
)
def test_alternatives(mine: Any, theirs: Any, expected: str | None) -> None:
    own = {"type": "boolean"} if mine is None else {"oneOf": mine}
    found = seen({"properties": {"x": own}}, {"properties": {"x": {"oneOf": theirs}}})
    assert [f"{severity} {path.removeprefix('$.properties.x')}" for severity, path in found] == (
        [] if expected is None else [expected]
    )


@pytest.mark.parametrize(
    ("kind", "mine", "theirs", "expected"),
    [
        ("properties", {"readOnly": True}, {}, [("error", ".readOnly")]),
        ("properties", {}, {"readOnly": True}, [("warning", "")]),
        ("properties", {"writeOnly": True}, {}, [("error", ".writeOnly")]),
        ("properties", {"observable": True}, {}, []),
        ("properties", {}, {"observable": True}, [("error", "")]),
        ("properties", {"observable": False}, {"observable": True}, [("error", ".observable")]),
        ("actions", {}, {"safe": True, "idempotent": True}, [("error", ""), ("error", "")]),
        ("actions", {"safe": True}, {}, []),
        ("actions", {"synchronous": False}, {"synchronous": True}, [("warning", ".synchronous")]),
        ("actions", {}, {"output": {}}, [("error", "")]),
        ("actions", {"output": {}}, {}, []),
        ("actions", {"input": {}}, {}, [("error", ".input")]),
        ("actions", {}, {"input": {}}, [("error", "")]),
        (
            "events",
            {"data": {"type": "string"}},
            {"data": {"type": "null"}},
            [("error", ".data.type")],
        ),
        ("events", {}, {"data": {}, "subscription": {}}, [("error", ""), ("error", "")]),
        ("events", {"cancellation": {}}, {}, [("error", ".cancellation")]),
        ("properties", {}, {"uriVariables": {"v": {}}}, [("warning", ".uriVariables")]),
        (
            "properties",
            {"uriVariables": {"v": {"type": "string"}}},
            {"uriVariables": {"v": {"type": "null"}}},
            [("error", ".uriVariables.v.type")],
        ),
    ],
)
def test_what_can_be_done(
    kind: str, mine: Json, theirs: Json, expected: list[tuple[str, str]]
) -> None:
    found = seen({kind: {"x": mine}}, {kind: {"x": theirs}})
    assert [(severity, path.removeprefix(f"$.{kind}.x")) for severity, path in found] == expected


def test_versions_and_types_of_the_thing() -> None:
    of = {"version": {"model": "2"}, "@type": ["tm:ThingModel", "saref:Lamp"]}
    assert seen({"version": {"model": "1"}}, of) == [
        ("warning", "$.version.model"),
        ("warning", "$"),
    ]
    assert seen({"version": {"model": "2"}, "@type": "saref:Lamp"}, of) == []
    assert seen({"@type": ["saref:Lamp"]}, of) == []


def test_the_model_is_resolved_first() -> None:
    of = model(
        links=[{"rel": "tm:extends", "href": "b.json"}],
        properties={"x": {"tm:ref": "b.json#/properties/y"}},
    )
    others = {"http://h/b.json": model(properties={"y": {"type": "string"}})}
    td = {"properties": {"x": {"type": "null"}, "y": {"type": "string"}}}
    (found,) = compare(td, of, mapping(others), base="http://h/a.json")
    assert (found.path, found.severity) == ("$.properties.x.type", "error")
    (found,) = compare(td, of)
    assert (found.path, found.severity) == ("$", "warning")
    assert "cannot be resolved" in found.reason


def test_tds_and_models_come_in_every_form() -> None:
    of = ThingModel.parse(model(properties={"x": {"type": "null"}}))
    td = ThingDescription.parse(
        {
            "@context": TD_11,
            "title": "x",
            "security": "n",
            "securityDefinitions": {"n": {"scheme": "nosec"}},
            "properties": {"x": {"type": "string", "forms": [{"href": "http://h/"}]}},
        }
    )
    assert (
        len(compare(td, of))
        == len(compare(td.json, of.json))
        == len(compare(of, td.json | {"@type": "tm:ThingModel"}))
        == 1
    )


@given(thing_descriptions())
def test_what_is_made_from_a_model_keeps_to_it(td: Json) -> None:
    """Every TD is an instance of the model that says the same."""
    types = td.get("@type", [])
    of = {**td, "@type": ["tm:ThingModel", *([types] if isinstance(types, str) else types)]}
    of["version"] = {"model": "1"}
    (made,) = derive(of, compose="alone")
    assert compare(made, of) == []
    assert compare({**made, "properties": {}, "actions": {}, "events": {}}, of) or not any(
        td.get(kind) for kind in ("properties", "actions", "events")
    )


@pytest.mark.assertion("tm-derivation-validity")
def test_a_td_that_links_its_model_is_held_against_it() -> None:
    (td,) = derive(
        model(properties={"x": {"type": "integer", "forms": [{"href": "http://h/x"}]}}),
        base="http://h/m",
    )
    td |= {"security": "n", "securityDefinitions": {"n": {"scheme": "nosec"}}}
    of = model(properties={"x": {"type": "string"}})
    found = validate(td, resolver=mapping({"http://h/m": of}))
    assert ("$.properties.x.type", "tm-derivation-validity") in [
        (one.path, one.assertion) for one in found
    ]


@pytest.mark.parametrize(
    ("td", "of", "expected"),
    [
        ({"uriVariables": {"v": {}}}, {"on": {"uriVariables": {"v": {}}}}, []),
        (
            {"uriVariables": {"v": {"type": "string"}}},
            {"on": {"uriVariables": {"v": {"type": "null"}}}},
            [("error", "$.properties.on.uriVariables.v.type")],
        ),
        ({}, {"uriVariables": {"v": {}}}, [("warning", "$.uriVariables")]),
        ({"on": {"uriVariables": {"v": {}}}}, {"uriVariables": {"v": {}}}, []),
        (
            {"on": {"uriVariables": {"v": {"type": "string"}}}},
            {"uriVariables": {"v": {"type": "null"}}},
            [("error", "$.properties.on.uriVariables.v.type")],
        ),
    ],
)
def test_variables_of_the_thing_are_those_of_its_affordances(
    td: Json, of: Json, expected: list[tuple[str, str]]
) -> None:
    whole, wanted = (
        {**one, "properties": {"on": one.pop("on", {})}} for one in (dict(td), dict(of))
    )
    assert seen(whole, wanted) == expected


def test_what_is_not_compared_in_full_says_so() -> None:
    theirs = {"oneOf": [{"const": number} for number in range(2_000)]}
    mine = {"oneOf": [{"type": "integer", "minimum": number} for number in range(2_000)]}
    found = compare({"properties": {"x": mine}}, model(properties={"x": theirs}))
    assert "not been compared in full" in found[-1].reason
