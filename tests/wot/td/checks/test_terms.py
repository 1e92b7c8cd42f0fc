"""Members that are no terms: left-overs of Thing Models, misspelt ones, and prefixes that stand for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import model
from wot.errors import Finding
from wot.td import TD_11, validate

from .judging import FORM, error, form, judged, judged_thing, warning

EX = {"ex": "https://example.org/"}


def prefix(path: str, name: str) -> Finding:
    return warning(
        path,
        f"nothing says what the prefix {name!r} stands for",
        "declare it in @context",
        "td-context-ns-thing-map-of-namespaces",
    )


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"ex:a": 1}, "$['ex:a']"),
        ({"links": [{"href": "x", "ex:a": 1}]}, "$.links[0]['ex:a']"),
        ({"properties": {"on": {"ex:a": 1, "forms": [FORM]}}}, "$.properties.on['ex:a']"),
        (
            {"properties": {"on": {"forms": [{**FORM, "ex:a": 1}]}}},
            "$.properties.on.forms[0]['ex:a']",
        ),
        ({"x": {"y": [{"ex:a": 1}]}}, "$.x.y[0]['ex:a']"),
        (
            {"schemaDefinitions": {"s": {"properties": {"p": {"ex:a": 1}}}}},
            "$.schemaDefinitions.s.properties.p['ex:a']",
        ),
    ],
)
def test_a_prefix_is_declared(members: Any, path: str) -> None:
    assert judged_thing(**members) == [prefix(path, "ex")]
    assert judged_thing(**{"@context": [TD_11, EX]}, **members) == []
    assert judged_thing(**{"@context": [TD_11, "https://example.org/c"]}, **members) == []
    assert judged_thing(**{"@context": [TD_11, {"other": "x:"}]}, **members) == [prefix(path, "ex")]


def test_each_prefix_is_told_once() -> None:
    assert judged_thing(**{"ex:a": 1, "ex:b": {"ex:c": 2}, "fx:d": 3}) == [
        prefix("$['ex:a']", "ex"),
        prefix("$['fx:d']", "fx"),
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"properties": {"ex:on": {"forms": [FORM]}}},
        {"actions": {"a:b": {"forms": [FORM]}}},
        {"schemaDefinitions": {"a:b": {"properties": {"c:d": {}}}}},
        {"uriVariables": {"a:b": {}}, "base": "https://lamp.example/"},
        {
            "schemaDefinitions": {
                "s": {"const": {"a:b": 1}, "enum": [{"a:b": 1}], "default": {"a:b": 1}}
            }
        },
        {"https://example.org/term": 1},
        {":a": 1},
        {"description": 'a ":b": c'},
        {"htv:x": 1, "td:y": 2, "dct:z": 3},
    ],
)
def test_not_every_colon_makes_a_prefix(members: Any) -> None:
    assert [f for f in judged_thing(**members) if "prefix" in f.reason] == []


def leftover(path: str, name: str) -> Finding:
    return error(
        path,
        f"{name} belongs in a Thing Model",
        "derive a TD from the model: wot model FILE",
        "thing-model-td-generation-processor-imports",
    )


@pytest.mark.parametrize(
    ("members", "path", "name"),
    [
        ({"tm:optional": ["/actions/fade"]}, "$['tm:optional']", "tm:optional"),
        (
            {"properties": {"on": {"tm:ref": "a.tm.json#/properties/on", "forms": [FORM]}}},
            "$.properties.on['tm:ref']",
            "tm:ref",
        ),
        ({"x": [{"tm:y": 1}]}, "$.x[0]['tm:y']", "tm:y"),
    ],
)
def test_what_a_model_leaves_is_an_error(members: Any, path: str, name: str) -> None:
    assert judged_thing(**members) == [leftover(path, name)]


def test_an_affordance_may_have_such_a_name() -> None:
    assert judged_thing(properties={"tm:ref": {"forms": [FORM]}}) == []


PLACEHOLDER = ("give it a value", "tm-placeholder-replacement")


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"description": "In {{ROOM}}"}, "$.description"),
        ({"x": [1, {"y z": "{{A B}}"}]}, "$.x[1]['y z']"),
    ],
)
def test_a_placeholder_that_is_left_is_told(members: Any, path: str) -> None:
    (found,) = judged_thing(**members)
    assert found[:1] + found[2:] == (path, PLACEHOLDER[0], "warning", PLACEHOLDER[1])
    assert found.reason.endswith("looks like a placeholder of a Thing Model")


@pytest.mark.parametrize("text", ["{{", "}}", "{{}}", "{a}", "{ {A} }", "{{\n}}", "{{A}"])
def test_braces_alone_are_no_placeholder(text: str) -> None:
    assert judged_thing(description=text) == []


def test_in_a_model_all_of_that_is_right() -> None:
    lamp = model(
        description="In {{ROOM}}",
        properties={"on": {"type": "boolean"}},
        **{"tm:optional": ["/properties/on"]},
    )
    assert validate(lamp) == []


def misspelt(path: str, name: str, meant: str) -> Finding:
    return warning(path, f"{name} is no term, so it is ignored", f"did you mean {meant}?")


def of_form(**terms: Any) -> list[Finding]:
    return judged(form({**FORM, **terms}))


@pytest.mark.parametrize(
    ("members", "path", "name", "meant"),
    [
        ({"Base": "x"}, "$.Base", "Base", "base"),
        ({"security_definitions": 1}, "$.security_definitions", "security_definitions", ""),
        (
            {"schema-definitions": 1},
            "$['schema-definitions']",
            "schema-definitions",
            "schemaDefinitions",
        ),
        (
            {"properties": {"on": {"readonly": True, "forms": [FORM]}}},
            "$.properties.on.readonly",
            "readonly",
            "readOnly",
        ),
        ({"actions": {"a": {"Safe": True, "forms": [FORM]}}}, "$.actions.a.Safe", "Safe", "safe"),
        (
            {"actions": {"a": {"input": {"Type": "null"}, "forms": [FORM]}}},
            "$.actions.a.input.Type",
            "Type",
            "type",
        ),
        (
            {"properties": {"on": {"forms": [{**FORM, "contenttype": "x"}]}}},
            "$.properties.on.forms[0].contenttype",
            "contenttype",
            "contentType",
        ),
        (
            {"properties": {"on": {"forms": [{**FORM, "content_type": "x"}]}}},
            "$.properties.on.forms[0].content_type",
            "content_type",
            "contentType",
        ),
    ],
)
def test_a_term_that_is_nearly_right_is_told(
    members: Any, path: str, name: str, meant: str
) -> None:
    """Not where the right one is there as well: then the other may be meant."""
    assert judged_thing(**members) == ([misspelt(path, name, meant)] if meant else [])


@pytest.mark.parametrize("name", ["x", "ex_readOnly", "room", "@id", "number", "t" * 30])
def test_other_names_are_nobodys_mistake(name: str) -> None:
    assert judged_thing(**{name: 1}) == []


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"@type": "saref:Thermometer"}, "$['@type']"),
        ({"@type": ["Thing", "saref:Thermometer"]}, "$['@type'][1]"),
        (
            {"properties": {"on": {"type": "boolean", "@type": "saref:OnOff", "forms": [FORM]}}},
            "$.properties.on['@type']",
        ),
        (
            {"schemaDefinitions": {"@type": {"@type": ["saref:A", "saref:B"]}}},
            "$.schemaDefinitions['@type']['@type'][0]",
        ),
    ],
)
def test_so_it_is_in_types(members: Any, path: str) -> None:
    reason = "nothing says what the prefix 'saref' stands for"
    hint, assertion = "declare it in @context", "td-context-ns-thing-map-of-namespaces"
    assert judged_thing(**members) == [warning(path, reason, hint, assertion)]
    context = [TD_11, {"saref": "https://saref.etsi.org/core/"}]
    assert judged_thing(**members, **{"@context": context}) == []


@pytest.mark.parametrize(
    "kind",
    ["Thermometer", "urn:x:y", "https://example.org/A", "tag:a,b:c", "td:Thing", "dct:Thing", ":a"],
)
def test_a_type_without_a_prefix_is_none(kind: str) -> None:
    assert judged_thing(**{"@type": kind}) == []
    assert judged_thing(**{"@type": [kind]}) == []


def test_a_text_that_looks_like_a_type_is_none() -> None:
    assert judged_thing(description='"@type":"saref:A"') == []
    assert judged_thing(schemaDefinitions={"a": {"const": {"@type": "saref:A"}}}) == []


def test_another_vocabulary_may_have_the_prefix_of_models() -> None:
    other = [TD_11, {"tm": "https://example.org/team#"}]
    assert [
        one for one in judged_thing(**{"@context": other, "tm:foo": 1}) if one.severity == "error"
    ] == []
    for own in ("https://www.w3.org/2019/wot/tm#", "https://www.w3.org/2022/wot/tm#"):
        found = judged_thing(**{"@context": [TD_11, {"tm": own}], "tm:foo": 1})
        assert found[0].severity == "error"


@pytest.mark.parametrize(
    "members",
    [
        {"schemaDefinitions": {"s": {"type": "object", "patternProperties": {"ex:.*": {}}}}},
        {"schemaDefinitions": {"s": {"type": "object", "examples": [{"ex:a": 1}]}}},
        {"definitions": {"ex:a": {}}},
    ],
)
def test_names_and_values_of_the_author_have_no_prefix(members: Any) -> None:
    assert [found for found in judged_thing(**members) if "prefix" in found.reason] == []
