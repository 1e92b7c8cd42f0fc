"""What the schema refuses is taken out before the other checks: they neither stumble nor say it again."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings

from wot.td import EDITIONS, validate
from wot.td.editions import schema_of
from wot.td.mending import Unknowable, mended
from wot.td.validation import _compiled

from .generator import mutated
from .hostile import thing

FORM = {"href": "https://lamp.example/on"}


def of(document: dict[str, Any]) -> dict[str, Any]:
    """The document as the checks see it; the one that is given stays as it is."""
    _, validator = _compiled(EDITIONS["1.1"], False)
    before = deepcopy(document)
    found = mended(document, list(validator.iter_errors(document)))
    assert document == before
    return found


def test_a_good_document_is_not_copied() -> None:
    td = thing()
    assert mended(td, []) is td


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"title": 7}, {}),
        ({"title": None}, {}),
        ({"id": "no URI"}, {}),
        ({"titles": ["x"]}, {"titles": {}}),
        ({"titles": {"en": 7, "de": "x"}}, {"titles": {"en": "", "de": "x"}}),
        ({"created": "yesterday"}, {}),
        ({"links": {}}, {}),
        ({"links": [{"href": "x", "rel": "tm:extends"}]}, {"links": [{"href": "x"}]}),
        ({"properties": []}, {"properties": {}}),
        ({"properties": {"on": 7}}, {"properties": {"on": {}}}),
        ({"properties": {"on": {"forms": {}}}}, {"properties": {"on": {}}}),
        ({"properties": {"on": {"forms": []}}}, {"properties": {"on": {}}}),
        (
            {"properties": {"on": {"forms": [{**FORM, "op": ["burn", "readproperty"]}]}}},
            {"properties": {"on": {"forms": [{**FORM, "op": [None, "readproperty"]}]}}},
        ),
        (
            {"properties": {"on": {"forms": [{**FORM, "subprotocol": 7}]}}},
            {"properties": {"on": {"forms": [{**FORM, "subprotocol": ""}]}}},
        ),
        (
            {"properties": {"on": {"minLength": -1, "enum": [1, 1], "forms": [FORM]}}},
            {"properties": {"on": {"forms": [FORM]}}},
        ),
        (
            {"properties": {"on": {"type": "array", "items": 7, "forms": [FORM]}}},
            {"properties": {"on": {"type": "array", "items": {}, "forms": [FORM]}}},
        ),
    ],
)
def test_what_is_refused_is_taken_out(members: Any, expected: Any) -> None:
    whole = {**thing(**members)}
    without = {name: value for name, value in thing().items() if name not in members}
    assert of(whole) == {**without, **expected}


def test_the_other_items_keep_their_numbers() -> None:
    first, second = of(thing(links=[7, {"href": "x"}]))["links"]
    assert not first
    assert second == {"href": "x"}


@pytest.mark.parametrize("value", [[], {}, 7, None])
@pytest.mark.parametrize("term", ["securityDefinitions", "schemaDefinitions", "uriVariables"])
def test_a_broken_map_of_names_may_hold_any_name(term: str, value: Any) -> None:
    found = of(thing(**{term: value}))[term]
    if value == {} and term == "uriVariables":
        assert found == {}  # that is no fault
    else:
        assert isinstance(found, Unknowable)
        assert "whatever" in found
        assert not found
        assert list(found) == []


def test_a_broken_context_may_declare_anything() -> None:
    assert of({**thing(), "@context": 7})["@context"] == "urn:unknown"


def test_the_rest_is_not_copied() -> None:
    td = thing(title=7, properties={"on": {"type": "boolean", "forms": [FORM]}})
    assert of(td)["properties"] is td["properties"]


def test_inside_of_what_is_taken_out_nothing_is_looked_for() -> None:
    td = thing(
        properties={"on": {"enum": [{"a": 7}, {"a": 7}], "forms": [{**FORM, "op": 7, "href": 7}]}}
    )
    (form,) = of(td)["properties"]["on"]["forms"]
    assert not form.get("op")
    assert "href" not in form


def test_one_object_at_two_places_stays_two() -> None:
    shared = {"forms": [{"href": 7}]}
    td = of(thing(properties={"a": shared, "b": {**shared, "type": "null"}}))
    assert td["properties"] == {"a": {"forms": [{}]}, "b": {"forms": [{}], "type": "null"}}


FOLLOW_UPS = [
    ({"security": 7}, ["$.security"]),
    ({"securityDefinitions": []}, ["$.securityDefinitions"]),
    ({"securityDefinitions": {"none": 7}}, ["$.securityDefinitions.none"]),
    ({"uriVariables": 7, "base": "https://lamp.example/{a}"}, ["$.uriVariables"]),
    (
        {"properties": {"on": {"forms": [{**FORM, "additionalResponses": [{"schema": 7}]}]}}},
        ["$.properties.on.forms[0].additionalResponses[0].schema"],
    ),
    (
        {
            "schemaDefinitions": [],
            "properties": {"on": {"forms": [{**FORM, "additionalResponses": [{"schema": "x"}]}]}},
        },
        ["$.schemaDefinitions"],
    ),
    (
        {
            "properties": {
                "on": {"type": "string", "minLength": "3", "maxLength": 2, "forms": [FORM]}
            }
        },
        ["$.properties.on.minLength"],
    ),
    (
        {"properties": {"on": {"type": "array", "items": 7, "forms": [FORM]}}},
        ["$.properties.on.items"],
    ),
    (
        {
            "properties": {
                "on": {"type": "object", "properties": [], "required": ["a"], "forms": [FORM]}
            }
        },
        ["$.properties.on.properties"],
    ),
    ({"properties": {"on": {"oneOf": {}, "forms": [FORM]}}}, ["$.properties.on.oneOf"]),
    ({"properties": {"on": {"enum": [], "default": 1, "forms": [FORM]}}}, ["$.properties.on.enum"]),
    (
        {"properties": {"on": {"enum": [1, 1], "type": "string", "forms": [FORM]}}},
        ["$.properties.on.enum"],
    ),
    ({"events": {"e": {"forms": [{**FORM, "op": 7}]}}}, ["$.events.e.forms[0].op"]),
    ({"base": 7, "properties": {"on": {"forms": [{"href": "on"}]}}}, ["$.base"]),
    ({"base": "not a URI", "properties": {"on": {"forms": [{"href": "on"}]}}}, ["$.base"]),
    ({"titles": {"en": 7, "de": "x"}, "descriptions": {"en": "x", "de": "x"}}, ["$.titles.en"]),
    ({"links": [{"href": "x", "rel": "type"}, {"href": "y", "rel": 7}]}, ["$.links[1].rel"]),
    (
        {
            "securityDefinitions": {
                "none": {"scheme": "nosec"},
                "c": {"scheme": "combo", "oneOf": 7},
            }
        },
        ["$.securityDefinitions.c.oneOf"],
    ),
    (
        {"securityDefinitions": {"none": {"scheme": "apikey", "in": "uri", "name": 7}}},
        ["$.securityDefinitions.none.name"],
    ),
]


@pytest.mark.parametrize(("members", "expected"), FOLLOW_UPS)
def test_one_fault_is_one_finding(members: Any, expected: list[str]) -> None:
    assert [found.path for found in validate(thing(**members))] == expected


@settings(max_examples=100)
@given(mutated())
def test_what_is_mended_is_sound(document: dict[str, Any]) -> None:
    """No value is left that has the wrong type: the checks rely on that."""
    if not isinstance(document, dict):
        return
    _, validator = _compiled(EDITIONS["1.1"], False)
    left = list(validator.iter_errors(of(document)))
    kinds = {(error.kind.name, tuple(error.instance_path)) for error in left}
    objects = {
        path for kind, path in kinds if kind == "type" and path and not isinstance(path[-1], int)
    }
    assert objects == set()
    assert schema_of(EDITIONS["1.1"])


@pytest.mark.parametrize("kind", ["properties", "actions", "events"])
@pytest.mark.parametrize("name", ["schemaDefinitions", "securityDefinitions", "uriVariables"])
@pytest.mark.parametrize("value", [1, None, "x", [], {}])
def test_an_affordance_may_be_called_like_a_map_of_names(kind: str, name: str, value: Any) -> None:
    found = validate(thing(**{kind: {name: value}}))
    assert found
    assert all(each.path.startswith(f"$.{kind}.{name}") for each in found)
