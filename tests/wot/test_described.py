"""Affordances from a TD: media types, first values, what is kept of the document and what is not."""

from __future__ import annotations

from typing import Any

import pytest

import wot
from wot.affordances import ABSENT
from wot.described import media_types, template_from, variables_of
from wot.errors import DefinitionError
from wot.td import KINDS, TD_10, TD_11, Json
from wot.template import check_names


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
    assert media_types({"forms": forms}, op)[0] == expected


def test_what_speaks_of_endpoints_is_left_out_and_all_else_is_kept() -> None:
    json = template(
        base="http://example.org/a/",
        profile="https://www.w3.org/2022/wot/profile/http-basic/v1",
        forms=[{"href": "all", "op": ["readallproperties", "writeallproperties"]}],
        id="urn:x",
        titles={"de": "Sonde"},
        support="mailto:x@example.org",
        version={"instance": "1.0.0", "model": "2.0.0"},
        created="2026-01-01T00:00:00Z",
        links=[
            {"href": "manual.pdf", "rel": "help", "anchor": "#lens"},
            {"href": "https://x.example/y"},
        ],
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
            {
                "href": "http://example.org/a/manual.pdf",
                "rel": "help",
                "anchor": "http://example.org/a/#lens",
            },
            {"href": "https://x.example/y"},
        ],
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
    assert made.json["actions"] == {
        "crop": {"title": "Crop", "synchronous": True, "forms": [short]}
    }


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


def test_of_the_variables_of_the_thing_only_those_that_a_form_names() -> None:
    variables = {"unit": {"type": "string"}, "step": {"type": "integer"}}
    forms = [{"href": "p{?unit}"}, {"href": "q", "op": "observeproperty"}]
    made = template(
        uriVariables=variables,
        properties={
            "p": {"forms": forms},
            "q": {"forms": [{"href": "q"}]},
            "r": {"uriVariables": {"own": {}}, "forms": [{"href": "r{+step}"}]},
        },
    )
    assert set(made.properties["p"].variables) == {"unit"}
    assert "uriVariables" not in made.json
    named = {name: set(p.get("uriVariables", ())) for name, p in made.json["properties"].items()}
    assert named == {"p": {"unit"}, "q": set(), "r": {"own", "step"}}


# What the forms offer.

READING = "readproperty"
WRITING = "writeproperty"
OBSERVING = ["observeproperty", "unobserveproperty"]


@pytest.mark.parametrize(
    ("terms", "ops", "whole", "expected"),
    [
        ({}, [None], [], set()),
        ({"observable": True}, [None], [], {"observable"}),
        ({}, [READING], [], {"readOnly"}),
        ({}, [WRITING], [], {"writeOnly"}),
        ({}, [[READING, WRITING]], [], set()),
        ({}, [READING, WRITING], [], set()),
        ({"readOnly": True}, [None], [], {"readOnly"}),
        ({"writeOnly": True}, [None], [], {"writeOnly"}),
        ({"readOnly": False, "writeOnly": False}, [READING], [], {"readOnly"}),
        ({}, [None, OBSERVING], [], {"observable"}),
        ({"observable": True}, [WRITING], [], {"writeOnly"}),
        ({"observable": True, "writeOnly": True}, [None], [], {"writeOnly"}),
        ({"readOnly": True}, [[READING, WRITING]], [], {"readOnly"}),
        ({"readOnly": True, "writeOnly": True}, [None], [], {"readOnly"}),
        ({}, [WRITING], ["readallproperties"], set()),
        ({}, [WRITING], ["readmultipleproperties"], set()),
        ({"writeOnly": True}, [WRITING], ["readallproperties"], {"writeOnly"}),
        ({}, [READING], ["writeallproperties"], set()),
        ({"readOnly": True}, [READING], ["writemultipleproperties"], {"readOnly"}),
        ({}, [OBSERVING], [], {"readOnly", "writeOnly", "observable"}),
    ],
)
def test_a_property_offers_what_its_forms_offer(
    terms: Json, ops: list[Any], whole: list[str], expected: set[str]
) -> None:
    forms = [{"href": "x", **({"op": op} if op else {})} for op in ops]
    said = {"forms": [{"href": "all", "op": op} for op in whole]}
    made = template(properties={"p": {**terms, "forms": forms}}, **said).json["properties"]["p"]
    assert {term for term in ("readOnly", "writeOnly", "observable") if made.get(term)} == expected


def test_without_forms_the_flags_say_what_is_offered() -> None:
    flags = ("readOnly", "writeOnly", "observable")
    made = template(properties={flag: {flag: True} for flag in flags}).json["properties"]
    assert made == {flag: {flag: True} for flag in flags}


def test_what_no_form_offers_is_no_affordance() -> None:
    def with_op(op: str) -> Json:
        return {"forms": [{"href": "x", "op": op}]}

    made = template(
        properties={"p": with_op("unobserveproperty"), "q": with_op("readproperty")},
        actions={"a": with_op("queryaction"), "b": with_op("invokeaction")},
        events={"e": with_op("unsubscribeevent"), "f": with_op("subscribeevent")},
    )
    assert [*made.properties, *made.actions, *made.events] == ["q", "b", "f"]
    assert [list(made.json[kind]) for kind in KINDS] == [["q"], ["b"], ["f"]]
    events = {"e": with_op("unsubscribeevent")}
    made = template(events=events, forms=[{"href": "all", "op": "subscribeallevents"}])
    assert set(made.events) == {"e"}


def test_data_that_no_endpoint_carries_is_left_out() -> None:
    terms = {"subscription": {}, "dataResponse": {}, "cancellation": {}}
    made = template(events={"e": {"data": {"type": "number"}, **terms}})
    assert made.json["events"] == {"e": {"data": {"type": "number"}}}


def test_a_form_that_says_no_operation_is_not_for_observing() -> None:
    observing = {"href": "o", "op": OBSERVING, "contentType": "text/plain"}
    forms = [observing, {"href": "x", "contentType": "application/cbor"}]
    assert media_types({"forms": forms}, READING)[0][1] == "application/cbor"
    assert media_types({"forms": forms}, OBSERVING[0]) == [("text/plain", "text/plain")]


# Documents of a megabyte that were made to take long.


@pytest.mark.timeout(8)
def test_variables_of_the_thing_cost_nothing_where_no_form_names_them() -> None:
    forms = [{"href": "x"}]
    many = {f"v{i}": {"type": "string"} for i in range(20_000)}
    made = template(uriVariables=many, properties={f"p{i}": {"forms": forms} for i in range(9000)})
    assert made.properties["p1"].variables == {}


@pytest.mark.timeout(8)
def test_there_are_so_many_variables_and_no_more() -> None:
    many = {f"v{i}": {"type": "string"} for i in range(2000)}
    forms = [{"href": "x{?" + ",".join(many) + "}"}]
    made = template(uriVariables=many, properties={f"p{i}": {"forms": forms} for i in range(50)})
    assert len(made.properties["p1"].variables) == 2000
    with pytest.raises(DefinitionError, match="more than 262144 URI variables"):
        template(uriVariables=many, properties={f"p{i}": {} for i in range(1000)})


@pytest.mark.timeout(8)
@pytest.mark.parametrize("pattern", [r"\p{L}{200}%d", "(a{900}){99}%d", "(?=a)[%d", "a|" * 40_000])
def test_a_pattern_that_cannot_be_checked_is_refused(pattern: str) -> None:
    many = {
        f"p{i}": {"type": "string", "const": "x", "pattern": pattern.replace("%d", str(i))}
        for i in range(4000)
    }
    with pytest.raises(DefinitionError, match=r"p0: the pattern .* cannot be checked"):
        template(properties=many)
    inner = {"type": "object", "properties": {"x": {"oneOf": [many["p0"]]}}}
    for terms in ({"input": inner}, {"output": inner}, {"uriVariables": {"v": many["p0"]}}):
        with pytest.raises(DefinitionError, match="a: the pattern"):
            template(actions={"a": terms})
    with pytest.raises(DefinitionError, match="e: the pattern"):
        template(events={"e": {"data": inner}})
    with pytest.raises(DefinitionError, match="the pattern"):
        template(uriVariables={"v": many["p0"]})
    assert template(properties={"p": {"const": {"pattern": pattern}}}).properties


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


@pytest.mark.parametrize("names", [("", 5), ("lamp 7", ""), ("lamp", ""), (7, ""), ("", ["Lamp"])])
def test_names_that_would_make_the_td_invalid_are_refused(names: tuple[Any, Any]) -> None:
    with pytest.raises(DefinitionError, match=r"^(id|title)="):
        check_names(*names)


@pytest.mark.parametrize("names", [("", ""), ("urn:example:lamp", "Lamp"), ("", "Lampe ä")])
def test_names_that_are_right(names: tuple[str, str]) -> None:
    check_names(*names)
