"""From a Thing Model to its partial TD."""

from __future__ import annotations

from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.resolving import mapping
from wot.td.placeholders import copied
from wot.td.thing_model import derive
from wot.td.vocabulary import TD_11

from .models import LAMP, URL, model, names, refusals


@pytest.mark.assertion("thing-model-td-generation-processor-type")
@pytest.mark.parametrize(
    ("types", "left"),
    [
        ("tm:ThingModel", None),
        (["tm:ThingModel"], None),
        (["tm:ThingModel", "saref:Switch"], ["saref:Switch"]),
        (["Thing", "tm:ThingModel"], ["Thing"]),
    ],
)
def test_the_type_is_no_model_any_more(types: Any, left: Any) -> None:
    (td,) = derive({**LAMP, "@type": types})
    assert td.get("@type") == left


@pytest.mark.assertion(
    "thing-model-td-generation-processor-required", "thing-model-td-generation-processor-optional"
)
@pytest.mark.parametrize(
    ("include", "taken"),
    [
        ((), {"properties": ["status"], "actions": ["toggle"]}),
        (
            "all",
            {"properties": ["status"], "actions": ["fade", "toggle"], "events": ["overheating"]},
        ),
        (["fade"], {"properties": ["status"], "actions": ["fade", "toggle"]}),
        ("fade", {"properties": ["status"], "actions": ["fade", "toggle"]}),
        (
            ["/events/overheating", "status"],
            {"properties": ["status"], "actions": ["toggle"], "events": ["overheating"]},
        ),
    ],
)
def test_what_is_optional_is_taken_over_where_it_is_wanted(
    include: Any, taken: dict[str, list[str]]
) -> None:
    (td,) = derive(LAMP, include=include)
    assert names(td) == taken
    assert "tm:optional" not in td


def test_what_is_to_be_included_must_be_there() -> None:
    with pytest.raises(InvalidTD) as caught:
        derive(LAMP, include=["fade", "blink", "/actions/overheating"])
    found = {finding.reason: finding.hint for finding in caught.value.findings}
    assert found == dict.fromkeys(
        (
            "there is no affordance 'blink' to include",
            "there is no affordance '/actions/overheating' to include",
        ),
        "optional are: /actions/fade, /events/overheating",
    )


@pytest.mark.assertion(
    "thing-model-td-generation-processor-imports", "thing-model-td-generation-processor-extends"
)
def test_nothing_of_the_model_vocabulary_is_left() -> None:
    parent = model(
        **{
            "tm:required": [],
            "properties": {"p": {"tm:note": "x", "type": "object", "properties": {"tm:a": {}}}},
        }
    )
    top = model(
        **{"tm:other": {"a": 1}, "tm:optional": []},
        links=[
            {"rel": "tm:extends", "href": "p"},
            {"rel": "item", "href": "i"},
            {"rel": "tm:unknown", "href": "u"},
        ],
        properties={"q": {"tm:ref": "p#/properties/p", "default": {"tm:x": 1}}},
    )
    (td,) = derive(top, mapping({"p": parent}), include="all")
    assert td == {
        "@context": TD_11,
        "title": "Lamp",
        "links": [{"rel": "item", "href": "i"}],
        "properties": {
            "p": {"type": "object", "properties": {"tm:a": {}}},
            "q": {"type": "object", "properties": {"tm:a": {}}, "default": {"tm:x": 1}},
        },
    }


@pytest.mark.assertion("tm-rel-type-maximum")
def test_the_model_is_linked_once() -> None:
    of_type = {"rel": "type", "href": URL, "type": "application/tm+json"}
    (td,) = derive(LAMP, base=URL)
    assert td["links"] == [of_type]
    given_one = {"rel": "Type", "href": "urn:other"}
    (td,) = derive({**LAMP, "links": [given_one, {"rel": "icon", "href": "i"}]}, base=URL)
    assert td["links"] == [{"rel": "icon", "href": "i"}, of_type]
    (td,) = derive({**LAMP, "links": [given_one]})
    assert td["links"] == [given_one]
    (td,) = derive(LAMP)
    assert "links" not in td


@pytest.mark.assertion("tm-versioning-1")
def test_the_version_of_the_model_is_kept() -> None:
    (td,) = derive(LAMP)
    assert td["version"] == {"model": "1.0.0"}


@pytest.mark.assertion(
    "thing-model-td-generation-processor-placeholder", "tm-placeholder-replacement"
)
def test_placeholders_are_filled_wherever_they_stand() -> None:
    top = model(
        title="Thermostat No. {{N}}",
        base="mqtt://{{BROKER}}",
        version="{{VERSION}}",
        links=[
            {"rel": "tm:extends", "href": "{{KIND}}.tm.json"},
            {"rel": "manual", "href": "{{N}}.html"},
        ],
        securityDefinitions={"s": {"scheme": "{{SCHEME}}"}},
        properties={
            "t": {"maximum": "{{MAX}}", "observable": "{{YES}}", "forms": [{"href": "{{N}}/t{?x}"}]}
        },
    )
    values = {
        "N": 4,
        "BROKER": "192.0.2.1:1883",
        "VERSION": {"instance": "1.0.1", "model": "2.0.0"},
        "KIND": "base",
        "SCHEME": "nosec",
        "MAX": 47.7,
        "YES": True,
        "PARENT": "p",
    }
    parent = model(description="of {{PARENT}}")
    (td,) = derive(top, mapping({"base.tm.json": parent}), values=values)
    assert td == {
        "@context": TD_11,
        "title": "Thermostat No. 4",
        "description": "of p",
        "base": "mqtt://192.0.2.1:1883",
        "version": {"instance": "1.0.1", "model": "2.0.0"},
        "links": [{"rel": "manual", "href": "4.html"}],
        "securityDefinitions": {"s": {"scheme": "nosec"}},
        "properties": {"t": {"maximum": 47.7, "observable": True, "forms": [{"href": "4/t{?x}"}]}},
    }


def test_values_that_are_missing_or_for_nothing_are_found_together() -> None:
    top = model(title="{{A}}", properties={"x": {"title": "{{B}}"}})
    assert refusals(top, values={"C": 1, "B": 2}) == [
        ("$", "a value is given for 'C', and there is no such placeholder"),
        ("$.title", "the placeholder 'A' has no value"),
    ]
    links = [{"rel": "tm:extends", "href": "{{P}}"}]
    assert refusals(model(links=links)) == [("$.links[0].href", "the placeholder 'P' has no value")]


def test_a_value_may_be_for_what_is_left_out_or_overwritten() -> None:
    top = model(
        title="Mine",
        links=[{"rel": "tm:extends", "href": "p"}],
        actions={"fade": {"title": "{{FADE}}"}},
        **{"tm:optional": ["/actions/fade"]},
    )
    (td,) = derive(
        top, mapping({"p": model(title="{{TITLE}}")}), values={"FADE": "x", "TITLE": "y"}
    )
    assert td == {"@context": TD_11, "title": "Mine"}
    assert derive(top, mapping({"p": model(title="{{TITLE}}")})) == [td]


def test_the_model_is_not_changed_and_shares_nothing_with_its_td() -> None:
    top = model(properties={"a": {"enum": [1]}, "b": {"tm:ref": "#/properties/a"}})
    before = copied(top)
    (td,) = derive(top)
    td["properties"]["a"]["enum"].append(2)
    assert td["properties"]["b"]["enum"] == [1]
    assert top == before
