"""Versions of the TD vocabulary: which one a document is of, and what their schemas are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from wot.errors import InvalidTD
from wot.td import EDITIONS, TD_10, TD_11, edition, is_model, validate
from wot.td.editions import schema_of
from wot.td.vocabulary import TD_NEXT

from .hostile import model, thing

OTHER = "https://example.org/context"


@pytest.mark.parametrize(
    ("context", "name"),
    [
        (TD_11, "1.1"),
        (TD_10, "1.0"),
        ([TD_11], "1.1"),
        ([TD_10], "1.0"),
        ([TD_10, TD_11], "1.1"),
        ([TD_11, TD_10], "1.1"),
        ([TD_10, {"a": TD_11}], "1.0"),
        ([TD_10, OTHER], "1.0"),
        ([OTHER, TD_10], "1.0"),
        (OTHER, "1.1"),
        ([], "1.1"),
        (None, "1.1"),
        (7, "1.1"),
        ({"td": TD_10}, "1.1"),
        ([7, None, {}], "1.1"),
        (f"{TD_10}/", "1.1"),
    ],
)
def test_the_context_names_the_version(context: Any, name: str) -> None:
    assert edition({"@context": context}).name == name
    assert EDITIONS[name].context == (TD_11 if name == "1.1" else TD_10)


def test_without_a_context_it_is_the_newest() -> None:
    assert edition({}).name == "1.1"


@pytest.mark.parametrize("context", [TD_NEXT, [TD_NEXT], [TD_11, TD_NEXT], [{"a": "b"}, TD_NEXT]])
def test_a_draft_of_the_next_version_is_refused(context: Any) -> None:
    with pytest.raises(InvalidTD) as caught:
        edition({"@context": context})
    (found,) = caught.value.findings
    assert found.path == "$['@context']"
    assert found.reason == "this is a draft of TD 2.0, which is not read here"
    assert TD_11 in found.hint
    assert TD_10 in found.hint
    assert found.assertion == "td-context"
    assert validate(thing(**{"@context": context})) == [found]


@pytest.mark.parametrize(
    ("document", "whether"),
    [
        ({"@type": "tm:ThingModel"}, True),
        ({"@type": ["tm:ThingModel"]}, True),
        ({"@type": ["Lamp", "tm:ThingModel"]}, True),
        ({"@type": "ThingModel"}, False),
        ({"@type": []}, False),
        ({"@type": {"tm:ThingModel": 1}}, False),
        ({"@type": [["tm:ThingModel"]]}, False),
        ({"@type": None}, False),
        ({}, False),
        ([], False),
        ("tm:ThingModel", False),
        (None, False),
    ],
)
def test_a_model_says_so(document: Any, whether: bool) -> None:
    assert is_model(document) == whether


@pytest.mark.parametrize("model", [False, True])
@pytest.mark.parametrize("version", EDITIONS.values(), ids=list(EDITIONS))
def test_a_schema_is_one(version: Any, model: bool) -> None:
    schema = schema_of(version, model)
    assert schema is schema_of(version, model)
    jsonschema_rs.Draft7Validator(schema)
    assert jsonschema_rs.meta.is_valid(schema)
    named = {ref.rpartition("/")[2] for ref in found(schema, "$ref")}
    assert named <= schema["definitions"].keys()
    assert len(named) > 20


def found(value: Any, word: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if isinstance(value.get(word), str):
            yield value[word]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from found(inner, word)


def test_a_schema_of_one_version_does_not_change_another() -> None:
    newer, older = schema_of(EDITIONS["1.1"]), schema_of(EDITIONS["1.0"])
    model = schema_of(EDITIONS["1.1"], True)
    assert "profile" in newer["properties"]
    assert "profile" not in older["properties"]
    assert newer["required"] == ["@context", "title", "security", "securityDefinitions"]
    assert older["required"] == newer["required"]
    assert model["required"] == ["@context", "@type"]


OLD = {"@context": TD_10}
FORM = {"href": "https://lamp.example/"}


@pytest.mark.parametrize(
    "members",
    [
        {"profile": 7},
        {"schemaDefinitions": []},
        {"uriVariables": 7},
        {"forms": [FORM]},
        {"forms": [{**FORM, "op": []}]},
        {"titles": {"not a tag": "x"}},
        {"@type": "tm:ThingModels"},
        {"properties": {"on": {"forms": [{**FORM, "op": []}]}}},
        {"properties": {"on": {"forms": [{**FORM, "response": {}}]}}},
        {"properties": {"on": {"forms": [{**FORM, "additionalResponses": 7}]}}},
        {"properties": {"on": {"type": "integer", "minimum": 1.5, "forms": [FORM]}}},
        {"links": [{"href": "x", "sizes": "16x16"}]},
        {"links": [{"href": "x", "hreflang": "not a tag"}]},
    ],
)
def test_what_came_with_version_1_1_is_no_fault_in_1_0(members: Any) -> None:
    assert [f for f in validate(thing(**OLD, **members)) if f.severity == "error"] == []
    assert [f for f in validate(thing(**members)) if f.severity == "error"] or "@type" in members


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"title": 7}, "$.title"),
        (
            {"actions": {"fade": {"forms": [{**FORM, "op": "queryaction"}]}}},
            "$.actions.fade.forms[0].op",
        ),
        ({"forms": [{**FORM, "op": "queryallactions"}]}, "$.forms[0].op"),
        ({"properties": {"on": {}}}, "$.properties.on"),
        ({"created": "yesterday"}, "$.created"),
    ],
)
def test_what_version_1_0_forbids_is_a_fault(members: Any, path: str) -> None:
    assert [found.path for found in validate(thing(**OLD, **members))] == [path]


INSIDE = {"title": None, "properties": {"a": None}, "items": {"unit": None}}


@pytest.mark.parametrize(
    "members",
    [
        {"properties": {"on": None, "level": {**INSIDE, "forms": None, "enum": [None, 1]}}},
        {"actions": {"fade": {"input": INSIDE, "output": None, "uriVariables": {"a": None}}}},
        {"title": None, "links": None, "version": {"model": None}, "schemaDefinitions": None},
    ],
)
def test_a_model_takes_members_out_by_null(members: Any) -> None:
    assert validate(model(**members)) == []


@pytest.mark.parametrize(
    ("members", "path", "reason"),
    [
        ({"links": [None]}, "links[0]", "an object"),
        ({"links": [{"rel": None, "href": "x"}]}, "links[0].rel", "a string"),
        ({"links": [{"rel": "item", "href": None}]}, "links[0].href", "a string"),
        ({"security": [None]}, "security[0]", "a string"),
        ({"forms": [{"op": [None]}]}, "forms[0].op[0]", "None"),
        ({"properties": {"on": {"forms": [None]}}}, "properties.on.forms[0]", "an object"),
        (
            {"actions": {"on": {"forms": [{"response": {"contentType": None}}]}}},
            "actions.on.forms[0].response.contentType",
            "a string",
        ),
        (
            {"events": {"on": {"data": {"items": [{"properties": {"a": None}}]}}}},
            "events.on.data.items[0].properties.a",
            "an object",
        ),
        (
            {"properties": {"on": {"oneOf": [{"title": None}]}}},
            "properties.on.oneOf[0].title",
            "a string",
        ),
    ],
)
def test_nothing_is_taken_out_of_arrays(members: Any, path: str, reason: str) -> None:
    """A merge patch replaces them whole: null would stand there for good."""
    (found,) = validate(model(**members))
    assert (found.path, found.severity) == (f"$.{path}", "error")
    assert reason == "None" or found.reason == f"should be {reason}, not null"


def test_placeholders_stand_in_arrays() -> None:
    form = {"href": "{{HREF}}", "op": ["{{OP}}"], "response": {"contentType": "{{TYPE}}"}}
    links = [{"rel": "{{REL}}", "href": "{{HREF}}"}, "{{LINK}}"]
    schema = {"oneOf": ["{{SCHEMA}}", {"type": "{{TYPE}}"}], "forms": [form, "{{FORM}}"]}
    assert validate(model(links=links, security=["{{NAME}}"], properties={"on": schema})) == []
