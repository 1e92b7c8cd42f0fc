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


KEY = {"scheme": "apikey", "in": "body", "name": "token"}
LINKS = [{"rel": "type", "href": "a"}, {"rel": "type", "href": "b"}]
BASE = "https://lamp.example/"


@pytest.mark.parametrize(
    "members",
    [
        {"security": "k", "securityDefinitions": {"k": {"scheme": "apikey", "in": "body"}}},
        {
            "security": "k",
            "securityDefinitions": {"k": KEY},
            "properties": {"a": {"forms": [FORM]}},
        },
        {"links": LINKS, "base": BASE},
        {"properties": {"on": {"forms": [{**FORM, "additionalResponses": [{"schema": "x"}]}]}}},
        {"schemaDefinitions": {"s": {"type": "integer", "minimum": 2, "maximum": 1}}},
        {"uriVariables": {"s": {"type": "integer", "minimum": 2, "maximum": 1}}},
        {"schemaDefinitions": {"s": {"minimum": "x", "enum": 7, "properties": [], "items": 7}}},
    ],
)
def test_rules_of_version_1_1_do_not_judge_1_0(members: Any) -> None:
    assert [f for f in validate(thing(**OLD, **members)) if f.severity == "error"] == []
    assert [f for f in validate(thing(**members)) if f.severity == "error"]


@pytest.mark.parametrize(
    ("scheme", "member"),
    [
        ({"scheme": "combo", "oneOf": ["a", "b"]}, "scheme"),
        ({"scheme": "auto"}, "scheme"),
        ({"scheme": "apikey", "in": "uri", "name": "k"}, "in"),
        ({"scheme": "apikey", "in": "auto", "name": "k"}, "in"),
        ({"scheme": "basic", "in": "auto"}, "in"),
        ({"scheme": "oauth2", "flow": "implicit", "authorization": BASE}, "flow"),
        ({"scheme": "oauth2", "flow": "password", "token": BASE}, "flow"),
    ],
)
def test_what_version_1_0_has_not_is_refused_there(scheme: Any, member: str) -> None:
    definitions = {"s": scheme, "a": {"scheme": "basic"}, "b": {"scheme": "basic"}}
    found = validate(thing(**OLD, security="s", securityDefinitions=definitions))
    assert [(f.path, f.severity) for f in found] == [(f"$.securityDefinitions.s.{member}", "error")]
    assert "1.1" not in found[0].reason + found[0].hint
    assert "combo" not in found[0].hint


def test_a_flow_may_be_missing_in_1_0() -> None:
    """Its text demands it, its official schema does not."""
    definitions = {"s": {"scheme": "oauth2"}}
    for context, severity in ((TD_10, "warning"), (TD_11, "error")):
        members = {"@context": context, "security": "s", "securityDefinitions": definitions}
        (found,) = validate(thing(**members))
        assert (found.path, found.severity) == ("$.securityDefinitions.s", severity)
        assert found.reason == "the member 'flow' is missing"
        assert found.assertion == "td-vocab-flow--OAuth2SecurityScheme"


def test_several_names_are_how_1_0_combines() -> None:
    definitions = {"a": {"scheme": "basic"}, "b": {"scheme": "bearer"}}
    members = {"security": ["a", "b"], "securityDefinitions": definitions}
    assert validate(thing(**OLD, **members)) == []
    (found,) = validate(thing(**members))
    assert found.assertion == "td-security-combo-deprecation"


def test_the_hint_names_the_context_of_the_version() -> None:
    for uri in (TD_10, TD_11):
        (found,) = validate(thing(**{"@context": ["https://example.org/", uri]}))
        assert (found.path, found.hint) == ("$['@context'][0]", f'put "{uri}" first')


def test_there_are_no_models_in_1_0() -> None:
    """The official schema of models takes its context, so that it is a warning."""
    found = validate(model(**OLD))
    assert [(f.path, f.severity, f.assertion) for f in found] == [
        ("$['@context']", "warning", "tm-context-requirement")
    ]
    assert found[0].hint == f'write "{TD_11}"'
    assert validate(model(**{"@context": [TD_10, TD_11]})) == []


def test_what_an_edition_has_is_data() -> None:
    old, new = EDITIONS["1.0"], EDITIONS["1.1"]
    assert new.schemes - old.schemes == {"auto", "combo"}
    assert (old.has_models, new.has_models) == (False, True)
    assert (old.has_pointers, new.has_pointers) == (False, True)
    assert "additionalResponses" in old.later
    assert not new.later
