"""From partial TDs to TDs."""

from __future__ import annotations

from typing import Any

import pytest

from wot.td.placeholders import copied
from wot.td.thing_model import complete, derive, missing
from wot.td.validation import validate

from .models import LAMP, Json


def lacks(td: Json) -> list[str]:
    return [f"{found.path} {found.reason.split(repr('x')[0])[1]}" for found in missing(td)]


@pytest.mark.assertion("thing-model-td-generation-processor-forms")
def test_what_is_missing_is_listed_with_what_to_give() -> None:
    (td,) = derive(LAMP)
    assert lacks(td) == [
        "$ securityDefinitions",
        "$ security",
        "$.version instance",
        "$.properties.status forms",
        "$.actions.toggle forms",
    ]
    assert all(found.hint and found.assertion for found in missing(td))


@pytest.mark.assertion("thing-model-td-generation-processor-forms")
@pytest.mark.parametrize(
    "base", ["http://lamp.example/", "https://h/x", "coap://h", "mqtt://broker:1883/"]
)
def test_a_completed_td_is_valid(base: str) -> None:
    observable = {"type": "string", "observable": True}
    top = {
        **LAMP,
        "properties": {"status": observable, "a/b ü": {"type": "null", "writeOnly": True}},
    }
    (partial,) = derive(top, include="all")
    before = copied(partial)
    td = complete(
        partial, base=base, security="nosec", version="1", id="urn:example:1", title="Mine"
    )
    assert partial == before
    assert missing(td) == []
    assert [found for found in validate(td) if found.severity == "error"] == []
    assert (td["id"], td["title"], td["version"]) == (
        "urn:example:1",
        "Mine",
        {"model": "1.0.0", "instance": "1"},
    )
    assert td["properties"]["a/b ü"]["forms"] == [
        {"href": "properties/a%2Fb%20%C3%BC", "op": ["writeproperty"]}
    ]
    ops = [op for form in td["properties"]["status"]["forms"] for op in form["op"]]
    assert ops == ["readproperty", "writeproperty", "observeproperty", "unobserveproperty"]


def test_nothing_is_assumed() -> None:
    (partial,) = derive(LAMP)
    assert complete(partial) == partial
    assert "securityDefinitions" not in complete(partial, base="http://h/")
    assert "forms" not in complete(partial, security="nosec")["properties"]["status"]


@pytest.mark.parametrize(
    ("given_ones", "security", "definitions", "applied"),
    [
        ({}, "basic", {"basic_sc": {"scheme": "basic"}}, ["basic_sc"]),
        ({"n": {"scheme": "nosec"}}, None, {"n": {"scheme": "nosec"}}, ["n"]),
        ({"n": {"scheme": "nosec"}}, "nosec", {"n": {"scheme": "nosec"}}, ["n"]),
        ({"n": {"scheme": "nosec"}}, "n", {"n": {"scheme": "nosec"}}, ["n"]),
        (
            {"a": {"scheme": "nosec"}, "b": {"scheme": "psk"}},
            None,
            {"a": {"scheme": "nosec"}, "b": {"scheme": "psk"}},
            None,
        ),
        (
            {},
            {"k": {"scheme": "apikey", "in": "header", "name": "K"}},
            {"k": {"scheme": "apikey", "in": "header", "name": "K"}},
            ["k"],
        ),
    ],
)
def test_security(given_ones: Json, security: Any, definitions: Json, applied: Any) -> None:
    td = complete({"title": "x", "securityDefinitions": given_ones}, security=security)
    assert td["securityDefinitions"] == definitions
    assert td.get("security") == applied


def test_forms_of_the_model_are_kept() -> None:
    form = {"contentType": "text/plain", "op": "readproperty"}
    partial = {"title": "x", "properties": {"a": {"forms": [form, {"href": "mine"}]}}}
    assert [found.path for found in missing(partial) if "href" in found.reason] == [
        "$.properties.a.forms[0]"
    ]
    td = complete(partial, base="http://h/")
    assert td["properties"]["a"]["forms"] == [{"href": "properties/a", **form}, {"href": "mine"}]
