"""Affordances from a TD: media types, first values, what is kept of the document and what is not."""

from __future__ import annotations

from typing import Any

import pytest

import wot
from wot.affordances import ABSENT
from wot.described import media_types, template_from, variables_of
from wot.errors import DefinitionError
from wot.td import TD_10, TD_11, Json


def td(**members: Any) -> Json:
    return {
        "@context": TD_11,
        "title": "Probe",
        "securityDefinitions": {"sc": {"scheme": "basic"}},
        "security": "sc",
        **members,
    }


def template(**members: Any) -> Any:
    return template_from(td(**members), 1, 30.0)


@pytest.mark.parametrize(
    ("forms", "op", "expected"),
    [
        ([], "readproperty", ("application/json", "application/json")),
        ([{"href": "x"}], "readproperty", ("application/json", "application/json")),
        (
            [{"href": "x", "contentType": "text/plain"}],
            "readproperty",
            ("text/plain", "text/plain"),
        ),
        (
            [{"href": "x", "response": {"contentType": "image/png"}}],
            "invokeaction",
            ("application/json", "image/png"),
        ),
        (
            [
                {"href": "w", "op": "writeproperty", "contentType": "text/plain"},
                {"href": "r", "op": ["readproperty"], "contentType": "application/cbor"},
            ],
            "readproperty",
            ("application/cbor", "application/cbor"),
        ),
        ([{"href": "x", "response": {}}], "readproperty", ("application/json", "application/json")),
    ],
    ids=["none", "default", "stated", "response", "by operation", "empty response"],
)
def test_media_types_are_those_of_the_form_for_the_operation(
    forms: list[Json], op: str, expected: tuple[str, str]
) -> None:
    assert media_types({"forms": forms}, op) == expected


def test_what_speaks_of_endpoints_is_left_out_and_all_else_is_kept() -> None:
    json = template(
        base="http://example.org/a/",
        profile="https://www.w3.org/2022/wot/profile/http-basic/v1",
        forms=[{"href": "all", "op": "readallproperties"}],
        id="urn:x",
        titles={"de": "Sonde"},
        support="mailto:x@example.org",
        version={"instance": "1.0.0", "model": "2.0.0"},
        created="2026-01-01T00:00:00Z",
        links=[{"href": "manual.pdf", "rel": "help"}, {"href": "https://x.example/y"}],
        schemaDefinitions={"error": {"type": "string"}},
        uriVariables={"unit": {"type": "string"}},
        properties={"p": {"type": "string", "forms": [{"href": "p", "op": ["readproperty"]}]}},
        **{"ex:room": {"ex:floor": 3}},
    ).json
    assert json == {
        "@context": [TD_10, TD_11],
        "title": "Probe",
        "id": "urn:x",
        "titles": {"de": "Sonde"},
        "support": "mailto:x@example.org",
        "version": {"instance": "1.0.0", "model": "2.0.0"},
        "created": "2026-01-01T00:00:00Z",
        "links": [
            {"href": "http://example.org/a/manual.pdf", "rel": "help"},
            {"href": "https://x.example/y"},
        ],
        "schemaDefinitions": {"error": {"type": "string"}},
        "uriVariables": {"unit": {"type": "string"}},
        "properties": {"p": {"type": "string"}},
        "ex:room": {"ex:floor": 3},
    }


def test_of_forms_only_the_media_types_stay() -> None:
    form = {
        "href": "x",
        "contentType": "text/csv",
        "htv:methodName": "POST",
        "security": "sc",
        "response": {"contentType": "image/png", "htv:statusCodeValue": 200},
        "additionalResponses": [{"success": False}],
    }
    made = template(actions={"crop": {"title": "Crop", "forms": [form]}})
    short = {"contentType": "text/csv", "response": {"contentType": "image/png"}}
    assert made.json["actions"] == {"crop": {"title": "Crop", "forms": [short]}}


def test_extensions_of_the_context_are_kept() -> None:
    made = template_from(
        td(**{"@context": [TD_11, {"ex": "http://example.org/", "@language": "en"}]}), 1, None
    )
    assert made.json["@context"] == [TD_10, TD_11, {"ex": "http://example.org/", "@language": "en"}]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"default": 5}, 5),
        ({"type": "integer", "const": 1, "default": 1}, 1),
        ({"default": None}, None),
        ({"type": "integer", "default": "five"}, ABSENT),
        ({"type": "integer"}, ABSENT),
        ({"type": "string", "default": "x", "forms": [{"contentType": "image/png"}]}, ABSENT),
    ],
    ids=["default", "const first", "null", "does not fit", "none", "no bytes"],
)
def test_the_first_value_is_what_the_schema_says_and_permits(schema: Json, value: Any) -> None:
    assert template(properties={"p": schema}).properties["p"].default == value


def test_the_media_type_of_a_property_is_that_of_its_reading() -> None:
    forms = [
        {"href": "w", "op": "writeproperty"},
        {"href": "r", "op": "readproperty", "response": {"contentType": "text/plain"}},
    ]
    made = template(properties={"p": {"type": "string", "forms": forms}})
    assert made.properties["p"].media_type == "text/plain"
    assert made.json["properties"]["p"]["forms"] == [{"contentType": "text/plain"}]


def test_uri_variables_of_the_thing_are_those_of_every_affordance() -> None:
    made = template(
        uriVariables={"unit": {"type": "string"}, "step": {"type": "integer"}},
        properties={"p": {"uriVariables": {"step": {"type": "number"}}}},
        events={"e": {}},
    )
    variables = made.properties["p"].variables
    assert {name: payload.schema for name, payload in variables.items()} == {
        "unit": {"type": "string"},
        "step": {"type": "number"},
    }
    assert set(made.events["e"].variables) == {"unit", "step"}


def test_a_uri_variable_is_needed_where_a_handler_needs_it_and_nothing_stands_for_it() -> None:
    schemas = {"a": {"type": "string"}, "b": {"type": "string", "default": "x"}, "c": {}}
    made = variables_of(schemas, {"a", "b"})
    assert {name: payload.optional for name, payload in made.items()} == {
        "a": False,
        "b": True,
        "c": True,
    }


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_names_that_no_url_can_hold_are_for_the_bindings_to_refuse(name: str) -> None:
    assert set(template(actions={name: {}}).actions) == {name}


def test_a_character_set_that_nobody_knows_is_refused() -> None:
    form = {"href": "x", "contentType": "text/plain; charset=nonsense"}
    with pytest.raises(DefinitionError, match="nonsense"):
        template(properties={"p": {"forms": [form]}})


@pytest.mark.parametrize("limits", [{"threads": 0}, {"timeout": 0}, {"timeout": -1.0}])
def test_limits_must_make_sense(limits: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="must be"):
        wot.Thing.from_td(td(), **limits)
