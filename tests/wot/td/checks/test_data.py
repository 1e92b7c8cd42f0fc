"""Data schemas that contradict themselves, or say less than they seem to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import thing
from wot.errors import Finding

from .judging import FORM, error, judged, judged_thing, warning

S = "$.schemaDefinitions.s"
WHERE = "change the type, or the value"


def of(schema: Any) -> list[Finding]:
    return judged_thing(schemaDefinitions={"s": schema})


def empty(kind: str, term: str, what: str, at: str = S) -> Finding:
    reason = f"an {kind} without {term} says nothing of {what}"
    return warning(at, reason, f"declare it in {term}")


GOOD: list[Any] = [
    {},
    {"type": "boolean"},
    {"type": "null"},
    {"type": "integer", "minimum": 1, "maximum": 1},
    {"type": "integer", "minimum": 1},
    {"type": "number", "maximum": 1.5, "multipleOf": 0.5},
    {"type": "number", "minimum": 1, "exclusiveMaximum": 1.5},
    {"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
    {"type": "number", "exclusiveMinimum": 1, "maximum": 2},
    {"type": "string", "minLength": 3, "maxLength": 3},
    {"type": "string", "minLength": 0, "maxLength": 0},
    {"type": "array", "items": {}, "minItems": 2, "maxItems": 2},
    {"type": "array", "items": [{"type": "null"}, {}]},
    {"type": "array", "items": []},
    {"type": "array", "const": []},
    {"type": "object", "properties": {}},
    {"type": "object", "properties": {"a": {}}, "required": ["a"]},
    {"type": "object", "properties": {}, "required": ["a"]},
    {"type": "object", "oneOf": [{"properties": {"a": {}}}]},
    {"type": "object", "enum": [{}]},
    {"properties": {"a": {"items": {"type": "null"}}}},
    {"minimum": 1, "maxLength": 2, "items": {}},
    {"type": "integer", "enum": [1, 2, 3.0], "default": 3},
    {"type": "number", "enum": [1, 2.5]},
    {"type": "string", "enum": ["a", "b"], "default": "b"},
    {"type": "null", "const": None, "default": None},
    {"type": "boolean", "enum": [True, False]},
    {"type": "object", "const": {"a": 1}, "default": {"a": 1}},
    {"type": "array", "enum": [[1], [2]]},
    {"enum": [1, "a", None, [], {}]},
    {"type": "integer", "minimum": 1, "maximum": 3, "enum": [1, 3], "default": 1},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "const": 0.5},
    {"type": "string", "minLength": 1, "maxLength": 2, "enum": ["a", "ab", "灯灯"]},
    {"type": "string", "pattern": ""},
    {"type": "string", "pattern": "^[a-z]+$"},
    {"type": "string", "pattern": "^\\d{2,4}(-|:)\\p{L}*$"},
    {"type": "string", "pattern": "plain text"},
    {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
    {"readOnly": True, "writeOnly": False},
    {"readOnly": False, "writeOnly": True},
    {"oneOf": [{"type": "null"}, {"type": "string"}]},
    {"ex:minimum": "{{", "unit": "Cel", "format": "moon"},
]


@pytest.mark.parametrize("schema", GOOD, ids=str)
def test_nothing_is_said_of_good_ones(schema: Any) -> None:
    assert [f for f in of(schema) if "prefix" not in f.reason and "{{" not in f.reason] == []


RANGES = [
    ("minimum", "maximum", 3, 2, "exchange them?"),
    ("minimum", "maximum", 2.5, -2.5, "exchange them?"),
    ("minimum", "exclusiveMaximum", 3, 2, "exchange them?"),
    ("minimum", "exclusiveMaximum", 2, 2, "widen one of them"),
    ("exclusiveMinimum", "maximum", 2, 2, "widen one of them"),
    ("exclusiveMinimum", "exclusiveMaximum", 2, 2, "widen one of them"),
    ("exclusiveMinimum", "exclusiveMaximum", 3, 2, "exchange them?"),
]


@pytest.mark.parametrize("kind", ["number", None])
@pytest.mark.parametrize(("low", "high", "least", "most", "hint"), RANGES)
def test_a_range_without_a_value_is_an_error(
    low: str, high: str, least: float, most: float, hint: str, kind: str | None
) -> None:
    """Without a type there are values of other types, so that it is a warning."""
    schema = {low: least, high: most, **({"type": kind} if kind else {})}
    reason = f"{low} {least} and {high} {most} leave no value"
    assert of(schema) == [(error if kind else warning)(f"{S}.{low}", reason, hint)]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minimum": 5, "maximum": 1},
        {"type": "integer", "minLength": 5, "maxLength": 1},
        {"type": "boolean", "minItems": 5, "maxItems": 1},
    ],
)
def test_a_range_of_another_type_leaves_every_value(schema: Any) -> None:
    found = of(schema)
    assert [one.severity for one in found] == ["warning", "warning"]
    assert all("says nothing of the type" in one.reason for one in found)


@pytest.mark.parametrize(
    ("low", "high", "kind", "more"),
    [
        ("minimum", "maximum", "integer", {}),
        ("minLength", "maxLength", "string", {}),
        ("minItems", "maxItems", "array", {"items": {}}),
    ],
)
def test_so_is_one_of_whole_numbers(low: str, high: str, kind: str, more: Any) -> None:
    reason = f"{low} 2 and {high} 1 leave no value"
    assert of({"type": kind, low: 2, high: 1, **more}) == [
        error(f"{S}.{low}", reason, "exchange them?")
    ]


def test_branches_that_contradict_the_type_around() -> None:
    """Nothing fits both: an error, if it is so with each branch."""
    hint, assertion = "leave out the outer type", "td-vocab-oneOf--DataSchema"
    reason = "nothing is of the type string and of the type integer around it"
    wrong = {"type": "string"}
    for branches, report, place in (
        ([wrong, wrong], error, 0),
        ([{"type": "integer"}, wrong], warning, 1),
        ([{}, wrong], warning, 1),
    ):
        schema = {"type": "integer", "oneOf": branches}
        where = f"{S}.oneOf[{place}].type"
        assert of(schema) == [report(where, reason, hint, assertion)]
    assert of({"type": "number", "oneOf": [{"type": "integer"}, {"minimum": 1}]}) == []
    assert of({"oneOf": [wrong, {"type": "integer"}]}) == []


@pytest.mark.parametrize("own", [True, False])
def test_a_variable_is_no_object_in_a_branch_either(own: bool) -> None:
    branch = {"type": "object", "properties": {}}
    href = "https://lamp.example/{v}"
    for branches, report in (([branch], error), ([{"type": "string"}, branch], warning)):
        variables = {"uriVariables": {"v": {"oneOf": branches}}}
        owner = {"type": "boolean", "forms": [{"href": href}], **(variables if own else {})}
        td = thing(properties={"on": owner}, **({} if own else variables))
        place = (
            f"{'$.properties.on' if own else '$'}.uriVariables.v.oneOf[{len(branches) - 1}].type"
        )
        assertion = "InteractionAffordance" if own else "Thing"
        reason = "a URI variable cannot be an object or an array"
        hint = "use one variable for each member"
        assert judged(td) == [report(place, reason, hint, f"td-vocab-uriVariables--{assertion}")]


TERMS = {
    "minimum": (1, "number and integer"),
    "exclusiveMinimum": (1, "number and integer"),
    "maximum": (1, "number and integer"),
    "exclusiveMaximum": (1, "number and integer"),
    "multipleOf": (1, "number and integer"),
    "minLength": (1, "string"),
    "maxLength": (1, "string"),
    "pattern": ("a", "string"),
    "contentEncoding": ("base64", "string"),
    "contentMediaType": ("text/plain", "string"),
    "items": ({}, "array"),
    "minItems": (1, "array"),
    "maxItems": (1, "array"),
    "properties": ({}, "object"),
    "required": (["a"], "object"),
}
TYPES = {"boolean": {}, "null": {}, "integer": {}, "number": {}, "string": {}}
TYPES |= {"object": {"properties": {}}, "array": {"items": {}}}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("term", TERMS)
def test_a_term_of_another_type_says_nothing(term: str, kind: str) -> None:
    value, kinds = TERMS[term]
    expected = warning(
        f"{S}.{term}", f"{term} says nothing of the type {kind}", f"it is for {kinds}"
    )
    found = of({"type": kind, term: value, **TYPES[kind]})
    assert found == ([] if kind in kinds.split(" and ") else [expected])


@pytest.mark.parametrize("kind", ["", "moon", 7])
def test_a_type_that_is_none_is_told_once(kind: Any) -> None:
    (found,) = of({"type": kind, "minimum": 1, "items": {}, "enum": ["x"]})
    assert (found.path, found.severity) == (f"{S}.type", "error")


@pytest.mark.parametrize(
    "schema",
    [{"type": "object"}, {"type": "object", "required": ["a"]}, {"type": "object", "unit": ""}],
)
def test_an_object_without_properties(schema: Any) -> None:
    assert of(schema) == [empty("object", "properties", "its members")]


@pytest.mark.parametrize("schema", [{"type": "array"}, {"type": "array", "minItems": 1}])
def test_an_array_without_items(schema: Any) -> None:
    assert of(schema) == [empty("array", "items", "what is in it")]


@pytest.mark.parametrize(
    "more",
    [
        {"additionalProperties": {"type": "string"}},
        {"patternProperties": {"^a": {}}},
        {"$ref": "#/x"},
        {"const": {}},
        {"enum": [{}]},
        {"allOf": [{}]},
    ],
)
def test_an_object_that_says_something_else_of_its_members(more: Any) -> None:
    assert of({"type": "object", **more}) == []


def test_both_flags_contradict_each_other() -> None:
    reason = "it is both read-only and write-only"
    assert of({"readOnly": True, "writeOnly": True}) == [
        warning(f"{S}.writeOnly", reason, "one of them is meant")
    ]


def test_one_of_nothing_is_nothing() -> None:
    reason = "it is empty, and nothing fits one of nothing"
    assert of({"oneOf": []}) == [warning(f"{S}.oneOf", reason, "leave it out")]


def test_a_member_that_is_required_is_declared() -> None:
    hint = "declare it in properties, or leave it out here"
    schema = {"type": "object", "properties": {"a": {}}, "required": ["a", "b", "c d"]}
    assert of(schema) == [
        warning(f"{S}.required[1]", "'b' is required and not declared", hint),
        warning(f"{S}.required[2]", "'c d' is required and not declared", hint),
    ]


def test_a_member_is_required_once() -> None:
    schema = {"type": "object", "properties": {"a": {}}, "required": ["a", "a"]}
    assert of(schema) == [warning(f"{S}.required", "has the same name twice", "leave one out")]


BAD = {"type": "number", "minimum": 2, "maximum": 1}
INSIDE = [
    ({"type": "object", "properties": {"a b": BAD}}, ".properties['a b']"),
    (
        {"properties": {"properties": {"properties": {"items": BAD}}}},
        ".properties.properties.properties.items",
    ),
    ({"type": "array", "items": BAD}, ".items"),
    ({"type": "array", "items": [{}, BAD]}, ".items[1]"),
    ({"oneOf": [{}, BAD]}, ".oneOf[1]"),
    (
        {"oneOf": [{"oneOf": [{"type": "array", "items": {"properties": {"x": BAD}}}]}]},
        ".oneOf[0].oneOf[0].items.properties.x",
    ),
    ({"type": "integer", "oneOf": [BAD, {}]}, ".oneOf[0]"),
]
REASON = "minimum 2 and maximum 1 leave no value"


@pytest.mark.parametrize(("schema", "where"), INSIDE)
def test_schemas_in_schemas_are_checked(schema: Any, where: str) -> None:
    assert of(schema) == [error(f"{S}{where}.minimum", REASON, "exchange them?")]


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"properties": {"on": {**BAD, "forms": [FORM]}}}, "$.properties.on"),
        ({"actions": {"fade": {"input": BAD, "forms": [FORM]}}}, "$.actions.fade.input"),
        ({"actions": {"fade": {"output": BAD, "forms": [FORM]}}}, "$.actions.fade.output"),
        *(
            (
                {"events": {"e": {term: BAD, "forms": [{**FORM, "subprotocol": "sse"}]}}},
                f"$.events.e.{term}",
            )
            for term in ("subscription", "data", "dataResponse", "cancellation")
        ),
        (
            {
                "actions": {
                    "fade": {
                        "uriVariables": {"v": BAD},
                        "forms": [{"href": "https://lamp.example/{v}"}],
                    }
                }
            },
            "$.actions.fade.uriVariables.v",
        ),
        (
            {"uriVariables": {"v": BAD}, "base": "https://lamp.example/{v}"},
            "$.uriVariables.v",
        ),
    ],
)
def test_schemas_are_checked_everywhere(members: Any, where: str) -> None:
    assert judged(thing(**members)) == [error(f"{where}.minimum", REASON, "exchange them?")]


def test_several_faults_are_all_found() -> None:
    schema = {"type": "integer", "enum": [1.5], "const": "x", "default": None, "maxLength": 1}
    found = of(schema)
    assert [(each.severity, each.path) for each in found] == [
        ("error", f"{S}.enum[0]"),
        ("error", f"{S}.const"),
        ("warning", f"{S}.const"),
        ("warning", f"{S}.default"),
        ("warning", f"{S}.maxLength"),
    ]
