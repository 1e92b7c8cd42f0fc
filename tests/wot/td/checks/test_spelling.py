"""Terms that are nearly right, in objects of every kind; what is nothing like a term is nobody's mistake."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.wot.td.hostile import thing
from wot.td import TD_10, validate
from wot.td.likeness import like, plain, same, written_for

from .judging import FORM, HREF, judged, judged_thing, warning


def misspelt(path: str, name: str, meant: str) -> Any:
    where = f"{path}.{name}"
    return warning(where, f"{name} is no term, so it is ignored", f"did you mean {meant}?")


def prop(**terms: Any) -> dict[str, Any]:
    return {"properties": {"on": {"forms": [FORM], **terms}}}


P = "$.properties.on"
CASES: list[tuple[Any, str, str, str]] = [
    ({"propertys": {}}, "$", "propertys", "properties"),
    ({"action": {}}, "$", "action", "actions"),
    ({"event": {}}, "$", "event", "events"),
    ({"property": {}}, "$", "property", "properties"),
    ({"desciption": "x"}, "$", "desciption", "description"),
    ({"desc": "x"}, "$", "desc", "description"),
    ({"form": []}, "$", "form", "forms"),
    ({"version": {"instance": "1", "modell": "1"}}, "$.version", "modell", "model"),
    ({"links": [{"href": "x", "mediaType": "a/b"}]}, "$.links[0]", "mediaType", "type"),
    ({"links": [{"href": "x", "hrefLang": "en"}]}, "$.links[0]", "hrefLang", "hreflang"),
    (
        {"forms": [{**FORM, "op": "readallproperties", "mediaType": "a/b"}]},
        "$.forms[0]",
        "mediaType",
        "contentType",
    ),
    (prop(observeable=True), P, "observeable", "observable"),
    (prop(type="string", minLenght=1), P, "minLenght", "minLength"),
    (prop(type="number", mininum=1), P, "mininum", "minimum"),
    (prop(type="number", min=1), P, "min", "minimum"),
    (prop(type="number", max=1), P, "max", "maximum"),
    (prop(read_only=True), P, "read_only", "readOnly"),
    (prop(properties={"a": {"titel": "x"}}), f"{P}.properties.a", "titel", "title"),
    (prop(items={"enums": [1]}), f"{P}.items", "enums", "enum"),
    (prop(items=[{}, {"enums": [1]}]), f"{P}.items[1]", "enums", "enum"),
    (prop(oneOf=[{"units": "Cel"}]), f"{P}.oneOf[0]", "units", "unit"),
    ({"schemaDefinitions": {"s": {"formt": "x"}}}, "$.schemaDefinitions.s", "formt", "format"),
    (
        {"actions": {"a": {"imput": {}, "forms": [FORM]}}},
        "$.actions.a",
        "imput",
        "input",
    ),
    (
        {"actions": {"a": {"output": {"oneof": []}, "forms": [FORM]}}},
        "$.actions.a.output",
        "oneof",
        "oneOf",
    ),
    (
        {"uriVariables": {"v": {"maxLen": 1}}, "base": "https://lamp.example/{v}"},
        "$.uriVariables.v",
        "maxLen",
        "maxLength",
    ),
]
OF_FORMS: list[tuple[Any, str, str, str]] = [
    ({"mediaType": "text/plain"}, "", "mediaType", "contentType"),
    ({"method": "GET"}, "", "method", "htv:methodName"),
    ({"scope": "a"}, "", "scope", "scopes"),
    ({"subProtocol": "sse"}, "", "subProtocol", "subprotocol"),
    ({"response": {"contentType": "a/b", "contenttype": "a/b"}}, ".response", "", ""),
    ({"additionalResponses": [{"sucess": True}]}, ".additionalResponses[0]", "sucess", "success"),
]
OF_SCHEMES: list[tuple[Any, str, str]] = [
    ({"scheme": "oauth2", "flow": "client", "token": HREF, "scope": "a"}, "scope", "scopes"),
    ({"scheme": "bearer", "authorisation": HREF}, "authorisation", "authorization"),
    ({"scheme": "digest", "qopp": "auth"}, "qopp", "qop"),
    ({"scheme": "psk", "identitiy": "a"}, "identitiy", "identity"),
    (
        {"scheme": "apikey", "in": "header", "name": "k", "descripton": "a"},
        "descripton",
        "description",
    ),
    ({"scheme": "x:y", "Proxy": HREF}, "Proxy", "proxy"),
]


@pytest.mark.parametrize(("members", "path", "name", "meant"), CASES)
def test_it_is_told_wherever_it_stands(members: Any, path: str, name: str, meant: str) -> None:
    found = [one for one in judged_thing(**members) if "is no term" in one.reason]
    assert found == [misspelt(path, name, meant)]


@pytest.mark.parametrize(("terms", "path", "name", "meant"), OF_FORMS)
def test_so_it_is_in_forms(terms: Any, path: str, name: str, meant: str) -> None:
    document = thing(properties={"on": {"type": "boolean", "forms": [{**FORM, **terms}]}})
    found = [misspelt(f"{P}.forms[0]{path}", name, meant)] if name else []
    assert judged(document) == found


@pytest.mark.parametrize(("terms", "name", "meant"), OF_SCHEMES)
def test_so_it_is_in_security_definitions_by_their_class(terms: Any, name: str, meant: str) -> None:
    context = ["https://www.w3.org/2022/wot/td/v1.1", {"x": "https://example.org/"}]
    document = thing(**{"@context": context}, securityDefinitions={"s": terms}, security="s")
    assert judged(document) == [misspelt("$.securityDefinitions.s", name, meant)]


def test_a_term_of_another_class_of_schemes_is_not_misspelt() -> None:
    document = thing(securityDefinitions={"s": {"scheme": "basic", "flow": "a"}}, security="s")
    assert judged(document) == []


@pytest.mark.parametrize(
    "name",
    [
        *("anyOf", "allOf", "not", "additionalProperties", "minProperties", "examples", "$ref"),
        *("x", "ex:minimun", "room", "tags", "label", "minimal_value_of_all_of_these_things"),
    ],
)
def test_other_names_are_nobodys_mistake(name: str) -> None:
    document = thing(properties={"on": {"type": "number", name: {}, "forms": [FORM]}})
    assert [one for one in validate(document) if "is no term" in one.reason] == []


def test_where_the_right_one_is_there_the_other_is_another() -> None:
    assert judged_thing(**prop(type="number", minimum=0, min=0)) == []


def test_what_the_older_version_has_not_is_not_meant_in_it() -> None:
    assert judged_thing(schemaDefinition={}) != []
    assert judged_thing(**{"@context": TD_10}, schemaDefinition={}) == []


def test_only_so_many_names_are_compared() -> None:
    names = {f"propertis{number}": 1 for number in range(50_000)}
    document = thing(**names)
    begin = time.process_time()
    validate(document)
    assert time.process_time() - begin < 3


def test_likeness() -> None:
    known = frozenset(["title", "titles", "type"])
    assert like("titel", known) == "title"
    assert like("tittle", known) == "title"
    assert like("ti", known) == ""
    assert like("title" * 10, known) == ""
    assert same("media-type", {"type": "type"}) == "type"
    assert same("media_type", {"contenttype": "contentType", "type": "type"}) == "contentType"
    assert plain("Read_Only-") == "readonly"
    assert written_for("title", ["a", "titel"]) == "titel"
    assert written_for("title", ["a", "b"]) == ""
