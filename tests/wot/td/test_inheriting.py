"""What a Thing Model inherits by tm:extends, and what of that stays optional."""

from __future__ import annotations

import pytest

from wot.errors import InvalidTD
from wot.resolving import mapping
from wot.td.thing_model import resolve_model
from wot.td.vocabulary import TD_11

from .models import DIMMING, OPTIONAL, URL, extends, faults, model, resolved


@pytest.mark.assertion("tm-extend", "thing-model-td-generation-processor-imports")
def test_everything_is_inherited_and_the_models_own_definitions_win() -> None:
    child = model(title="Smart Lamp", links=extends(URL), properties=DIMMING["properties"])
    parent = model(
        title="Basic",
        description="Inherited",
        id="urn:{{ID}}",
        properties={"onOff": {"type": "boolean"}},
        securityDefinitions={"s": {"scheme": "nosec"}},
    )
    assert resolved(child, {URL: parent}) == {
        "@context": TD_11,
        "@type": "tm:ThingModel",
        "title": "Smart Lamp",
        "description": "Inherited",
        "id": "urn:{{ID}}",
        "properties": {"onOff": {"type": "boolean"}, **DIMMING["properties"]},
        "securityDefinitions": {"s": {"scheme": "nosec"}},
    }


def test_an_inherited_affordance_is_patched_member_by_member() -> None:
    child = model(
        links=extends(URL), properties={"dim": {"maximum": 80, "title": None, "unit": "percent"}}
    )
    assert resolved(child, {URL: DIMMING})["properties"]["dim"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 80,
        "unit": "percent",
    }
    child = model(links=extends(URL), properties={"dim": None, "off": {"const": None}})
    assert resolved(child, {URL: DIMMING})["properties"] == {"off": {"const": None}}


def test_extension_is_transitive_and_the_nearest_definition_wins() -> None:
    others = {
        "http://h/b": model(
            title="B", support="b", links=extends("c"), properties={"b": {}, "x": {"title": "b"}}
        ),
        "http://h/c": model(
            title="C", created="c", properties={"c": {}, "x": {"title": "c", "unit": "c"}}
        ),
    }
    out = resolved(model(title="A", links=extends("b"), properties={"a": {}}), others, "http://h/a")
    assert set(out["properties"]) == {"a", "b", "c", "x"}
    assert out["properties"]["x"] == {"title": "b", "unit": "c"}
    assert (out["title"], out["support"], out["created"]) == ("A", "b", "c")


@pytest.mark.assertion("tm-extend")
def test_several_may_be_extended_and_the_first_wins() -> None:
    others = {
        "a": model(title="A", support="a", properties={"a": {}}),
        "b": model(support="b", properties={"b": {}}),
    }
    child = model(links=extends("a", "b"))
    del child["title"]
    out = resolved(child, others)
    assert (out["support"], set(out["properties"]), out["title"]) == ("a", {"a", "b"}, "A")


def test_a_diamond_is_no_loop() -> None:
    others = {
        "left": model(links=extends("root"), properties={"l": {"tm:ref": "root#/properties/r"}}),
        "right": model(links=extends("root"), properties={"r": {"title": "right"}}),
        "root": model(properties={"r": {"type": "integer", "title": "root"}}),
    }
    out = resolved(model(links=extends("left", "right")), others)
    assert out["properties"] == {
        "l": {"type": "integer", "title": "root"},
        "r": {"type": "integer", "title": "root"},
    }


def test_types_are_added_to_and_the_version_is_not_inherited() -> None:
    parent = model(**{"@type": ["tm:ThingModel", "saref:Switch"], "version": {"model": "3.0"}})
    out = resolved(model(links=extends("p")), {"p": parent})
    assert out["@type"] == ["tm:ThingModel", "saref:Switch"]
    assert "version" not in out
    out = resolved(model(links=extends("p"), version={"model": "1.0"}), {"p": parent})
    assert out["version"] == {"model": "1.0"}


def test_links_are_inherited_though_the_model_has_its_own() -> None:
    manual = {"rel": "manual", "href": "https://example.com/manual"}
    parent = model(
        links=[
            manual,
            {"rel": "tm:submodel", "href": "./led.tm.json", "instanceName": "led"},
            {"rel": "type", "href": "urn:x"},
            *extends("http://example.com/root"),
        ]
    )
    own = {"rel": "icon", "href": "./icon.png"}
    others = {"http://example.com/models/p": parent, "http://example.com/root": model()}
    out = resolved(
        model(links=[*extends("models/p"), own, manual]), others, "http://example.com/lamp"
    )
    assert out["links"] == [
        {
            "rel": "tm:submodel",
            "href": "http://example.com/models/led.tm.json",
            "instanceName": "led",
        },
        own,
        manual,
    ]


def test_models_in_the_words_of_the_drafts_can_be_extended() -> None:
    parent = {
        "@context": ["http://www.w3.org/ns/td"],
        "@type": "ThingModel",
        "properties": {"a": {}},
    }
    out = resolved(model(links=extends("p")), {"p": parent})
    assert out["properties"] == {"a": {}}
    assert (out["@type"], out["@context"]) == ("tm:ThingModel", TD_11)


@pytest.mark.assertion("tm-extend")
def test_only_a_thing_model_can_be_extended() -> None:
    td = {"@context": TD_11, "title": "A TD"}
    found = faults(lambda: resolved(model(links=extends("p")), {"p": td}))
    assert found == [("$.links[0].href", "p is no Thing Model", "tm-extend")]
    found = faults(lambda: resolved(model(links=[{"rel": "tm:extends"}])))
    assert found == [("$.links[0]", "a link with tm:extends needs an href", "tm-extend")]


# ── what is optional ──


@pytest.mark.assertion("tm-tmOptional", "tm-tmOptional-JSONPointer", "tm-tmOptional-resolver")
def test_what_is_optional_stays_so_unless_it_is_imported_anew() -> None:
    """Example 63: redefining by tm:ref makes it required; a plain change does not."""
    child = model(links=extends("p"), actions={"fade": {"title": "Fade"}})
    assert resolved(child, {"p": OPTIONAL})["tm:optional"] == [
        "/events/overheating",
        "/actions/fade",
    ]
    child["events"] = {"overheating": {"tm:ref": "p#/events/overheating"}}
    assert resolved(child, {"p": OPTIONAL})["tm:optional"] == ["/actions/fade"]
    child["tm:optional"] = ["/events/overheating"]
    assert set(resolved(child, {"p": OPTIONAL})["tm:optional"]) == {
        "/events/overheating",
        "/actions/fade",
    }
    child["tm:optional"] = None
    assert "tm:optional" not in resolved(child, {"p": OPTIONAL})


def test_pointers_to_what_is_gone_are_dropped() -> None:
    child = model(
        links=extends("p"),
        actions={"fade": None},
        **{"tm:optional": ["/actions/none", "#/actions/toggle", 7]},
    )
    assert resolved(child, {"p": OPTIONAL})["tm:optional"] == [
        "/events/overheating",
        "/actions/toggle",
    ]


@pytest.mark.assertion("tm-tmOptional")
def test_tm_required_of_the_drafts_says_the_opposite() -> None:
    legacy = model(
        **{"tm:required": ["#/actions/toggle"]},
        properties={"status": {}},
        actions={"toggle": {}, "fade": {}},
    )
    out = resolved(legacy)
    assert out["tm:optional"] == ["/properties/status", "/actions/fade"]
    assert "tm:required" not in out
    child = model(links=extends("p"), properties={"own": {}})
    assert resolved(child, {"p": legacy})["tm:optional"] == ["/properties/status", "/actions/fade"]
    child = model(
        links=extends("p"), properties={"own": {}}, **{"tm:required": ["/properties/status"]}
    )
    assert set(resolved(child, {"p": legacy})["tm:optional"]) == {
        "/actions/fade",
        "/properties/own",
    }


@pytest.mark.assertion("tm-tmRef-overwrite-process")
def test_null_beside_a_reference_takes_out_what_is_inherited() -> None:
    parent = model(
        properties={"x": {"type": "integer", "minimum": 0, "maximum": 5, "properties": {"a": {}}}}
    )
    changes = {"type": "string", "minimum": None, "maximum": None, "properties": {"a": None}}
    for reference in ("b#/properties/x", "#/schemaDefinitions/x"):
        child = model(
            links=extends("b"),
            properties={"x": {"tm:ref": reference, **changes}},
            schemaDefinitions={"x": {"type": "integer", "minimum": 1}},
        )
        made = resolved(child, {"b": parent})
        assert made["properties"]["x"] == {"type": "string", "properties": {}}
        child["properties"]["y"] = {"tm:ref": "#/properties/x"}
        assert resolved(child, {"b": parent})["properties"]["y"]["type"] == "string"
        child["properties"]["y"] = {"tm:ref": "#/properties/x/minimum"}
        with pytest.raises(InvalidTD, match="there is no"):
            resolve_model(child, mapping({"b": parent}))
