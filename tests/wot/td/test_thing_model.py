"""What a Thing Model takes from others: tm:extends, tm:ref, contexts, what is optional; loops; what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.resolving import mapping
from wot.td.placeholders import copied
from wot.td.thing_model import ResolveError, ThingModel, is_model, resolve_model
from wot.td.vocabulary import TD_10, TD_11

Json = dict[str, Any]
URL = "http://example.com/models/lamp.tm.json"


def model(**members: Any) -> Json:
    return {"@context": TD_11, "@type": "tm:ThingModel", "title": "Lamp", **members}


def extends(*hrefs: str) -> list[Json]:
    return [{"rel": "tm:extends", "href": href, "type": "application/tm+json"} for href in hrefs]


def resolved(top: Json, others: Mapping[str, Any] | None = None, base: str = "") -> Json:
    before = copied([top, dict(others or {})])
    out = resolve_model(top, mapping(others or {}), base)
    assert [top, dict(others or {})] == before
    return out


def faults(work: Callable[[], Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidTD) as caught:
        work()
    return [(found.path, found.reason, found.assertion) for found in caught.value.findings]


BASIC = model(title="Basic On/Off", properties={"onOff": {"type": "boolean"}})
DIMMING = model(
    properties={"dim": {"title": "Level", "type": "integer", "minimum": 0, "maximum": 100}}
)


# ── recognising ──


@pytest.mark.assertion("tm-identification")
@pytest.mark.parametrize(
    "types", ["tm:ThingModel", ["tm:ThingModel"], ["saref:Switch", "tm:ThingModel"]]
)
def test_a_thing_model_says_that_it_is_one(types: Any) -> None:
    document = {**BASIC, "@type": types}
    assert is_model(document)
    assert ThingModel.parse(document).title == "Basic On/Off"


@pytest.mark.assertion("tm-identification")
@pytest.mark.parametrize(
    "types", [None, "Thing", [], ["ThingModel"], {"x": "tm:ThingModel"}, "tm:thingmodel"]
)
def test_what_does_not_is_none(types: Any) -> None:
    document = {
        name: value for name, value in {**BASIC, "@type": types}.items() if value is not None
    }
    assert not is_model(document)
    for work in (lambda: ThingModel.parse(document), lambda: resolve_model(document)):
        assert faults(work) == [("$['@type']", "this is no Thing Model", "tm-identification")]


def test_texts_are_read_as_tds_are() -> None:
    text = "\ufeff" + json.dumps(model(title="Größe {{A}}"))
    parsed = ThingModel.parse(text.encode())
    assert parsed.title == "Größe {{A}}"
    assert parsed.placeholders == {"A": ["$.title"]}
    with pytest.raises(InvalidTD):
        ThingModel.parse(b'{"@type": "tm:ThingModel", "@type": "tm:ThingModel"}')
    with pytest.raises(InvalidTD):
        ThingModel.parse("[]")


# ── tm:extends ──


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


# ── tm:ref ──


@pytest.mark.assertion("tm-tmRef-usecase", "tm-tmRef1")
def test_a_definition_is_imported() -> None:
    top = model(properties={"switch": {"tm:ref": f"{URL}#/properties/onOff"}})
    assert resolved(top, {URL: BASIC})["properties"] == {"switch": {"type": "boolean"}}


@pytest.mark.assertion("tm-tmRef-overwrite-possibility", "tm-tmRef-overwrite-process")
def test_what_stands_beside_a_reference_patches_what_it_means() -> None:
    """The case of example 57 of the specification."""
    reference = {"tm:ref": f"{URL}#/properties/dim", "title": None, "maximum": 80, "unit": "%"}
    out = resolved(model(properties={"dimming": reference}), {URL: DIMMING})
    assert out["properties"]["dimming"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 80,
        "unit": "%",
    }


@pytest.mark.assertion("tm-tmRef1")
def test_a_reference_within_the_model() -> None:
    """The case of example 56."""
    properties = {
        "any": {"type": "number", "unit": "C"},
        "inner": {"tm:ref": "#/properties/any", "minimum": 10},
        "outer": {"tm:ref": "#/properties/any", "unit": "K"},
    }
    assert resolved(model(properties=properties))["properties"] == {
        "any": {"type": "number", "unit": "C"},
        "inner": {"type": "number", "unit": "C", "minimum": 10},
        "outer": {"type": "number", "unit": "K"},
    }
    by_url = {"a": {"tm:ref": f"{URL}#/properties/b"}, "b": {"type": "null"}}
    assert resolved(model(properties=by_url), {}, URL)["properties"]["a"] == {"type": "null"}


def test_references_at_any_depth() -> None:
    source = model(
        schemaDefinitions={"level": {"type": "integer"}},
        actions={"fade": {"input": {"properties": {"to": {"type": "number", "maximum": 5}}}}},
        forms=[{"href": "{{BASE}}", "op": "readallproperties"}],
    )
    top = model(
        properties={
            "a": {"type": "array", "items": [{"tm:ref": "s#/schemaDefinitions/level"}]},
            "b": {
                "tm:ref": "s#/schemaDefinitions/level",
                "forms": [{"tm:ref": "s#/forms/0", "op": "readproperty"}],
            },
        },
        actions={
            "c": {
                "tm:ref": "s#/actions/fade",
                "input": {"properties": {"to": {"maximum": 3, "minimum": 1}}},
            },
            "d": {"input": {"tm:ref": "s#/actions/fade/input/properties/to"}},
        },
    )
    out = resolved(top, {"s": source})
    assert out["properties"]["a"]["items"] == [{"type": "integer"}]
    assert out["properties"]["b"] == {
        "type": "integer",
        "forms": [{"href": "{{BASE}}", "op": "readproperty"}],
    }
    assert out["actions"]["c"] == {
        "input": {"properties": {"to": {"type": "number", "maximum": 3, "minimum": 1}}}
    }
    assert out["actions"]["d"]["input"] == {"type": "number", "maximum": 5}


def test_a_reference_means_the_definition_with_what_it_inherits_and_imports() -> None:
    others = {
        "on-off": model(links=extends("basic"), properties={"onOff": {"type": "number"}}),
        "basic": model(
            properties={
                "onOff": {"type": "boolean", "description": "Status"},
                "i": {"tm:ref": "c#/x"},
            }
        ),
        "c": model(x={"items": {"tm:ref": "#/y"}}, y={"unit": "m"}),
    }
    top = model(
        properties={
            "switch": {"tm:ref": "on-off#/properties/onOff"},
            "far": {"tm:ref": "on-off#/properties/i/items/unit"},
            "farther": {"tm:ref": "on-off#/properties/i", "items": {"title": "t"}},
        }
    )
    assert resolved(top, others)["properties"] == {
        "switch": {"type": "number", "description": "Status"},
        "far": "m",
        "farther": {"items": {"unit": "m", "title": "t"}},
    }


def test_a_reference_to_what_is_inherited() -> None:
    top = model(
        links=extends("p"), properties={"again": {"tm:ref": "#/properties/onOff", "title": "Again"}}
    )
    assert resolved(top, {"p": BASIC})["properties"]["again"] == {
        "type": "boolean",
        "title": "Again",
    }


def test_whole_maps_can_be_imported() -> None:
    top = model(properties={"tm:ref": "p#/properties", "own": {}, "onOff": {"title": "On"}})
    assert resolved(top, {"p": BASIC})["properties"] == {
        "onOff": {"type": "boolean", "title": "On"},
        "own": {},
    }


def test_a_property_may_be_called_tm_ref() -> None:
    assert resolved(model(properties={"tm:ref": {"type": "null"}}))["properties"] == {
        "tm:ref": {"type": "null"}
    }


@pytest.mark.assertion("tm-tmRef1")
@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/properties/on%20off", "on off"),
        ("/properties/on off", "on off"),
        ("/properties/gr%C3%B6%C3%9Fe", "größe"),
        ("/properties/größe", "größe"),
        ("/properties/a~1b~0c", "a/b~c"),
        ("/properties/a~1b%7E0c", "a/b~c"),
        ("/properties/100%", "100%"),
        ("/properties/%20", "%20"),  # not encoded, though it looks like it
        ("/properties/%ff", "%ff"),
        ("/properties/", ""),
    ],
)
def test_pointers_are_percent_encoded_or_not(pointer: str, name: str) -> None:
    source = model(properties={name: {"title": "found"}})
    top = model(properties={"x": {"tm:ref": f"p#{pointer}"}})
    assert resolved(top, {"p": source})["properties"]["x"] == {"title": "found"}


@pytest.mark.assertion("tm-tmRef1")
@pytest.mark.parametrize(
    "reference", ["", "p", "p#properties/a", "#properties", "p#/a~2", "properties/a"]
)
def test_what_is_no_reference(reference: str) -> None:
    found = faults(lambda: resolved(model(properties={"x": {"tm:ref": reference}}), {"p": BASIC}))
    assert [(path, assertion) for path, _, assertion in found] == [
        ("$.properties.x['tm:ref']", "tm-tmRef1")
    ]
    assert "JSON Pointer" in found[0][1]


@pytest.mark.assertion("tm-tmRef1")
def test_every_reference_that_means_nothing_is_found_at_once() -> None:
    properties = {
        "a": {"tm:ref": "p#/properties/off"},
        "b": {"tm:ref": "#/properties/none"},
        "c": {"tm:ref": "q#/properties/x"},
    }
    found = faults(lambda: resolved(model(properties=properties), {"p": BASIC}))
    assert [(path, reason.split(":")[0]) for path, reason, _ in found] == [
        ("$.properties.a['tm:ref']", 'there is no "/properties/off" in the model p'),
        ("$.properties.b['tm:ref']", 'there is no "/properties/none" in this model'),
        ("$.properties.c['tm:ref']", "the model q cannot be read"),
    ]


def test_references_are_relative_to_the_model_that_has_them() -> None:
    others = {
        "http://h/a/b/child.json": model(links=extends("../base.json")),
        "http://h/a/base.json": model(
            properties={"x": {"tm:ref": "parts/p.json#/properties/onOff"}}
        ),
        "http://h/a/parts/p.json": BASIC,
    }
    top = model(links=extends("/a/b/child.json?#"))
    assert resolved(top, others, "http://h/somewhere/else.json?q#f")["properties"]["x"] == {
        "type": "boolean"
    }


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        ("", "./a.json", "./a.json"),
        ("models/top.json", "./a.json", "models/a.json"),
        ("coap://h/m/top", "../a", "coap://h/a"),
        ("file:///m/top.json", "a.json", "file:///m/a.json"),
        ("http://h/top", "urn:x:y", "urn:x:y"),
        ("urn:x:top", "a.json", "a.json"),
        ("http://h/top", "//g/a", "http://g/a"),
    ],
)
def test_what_a_resolver_is_asked_for(base: str, reference: str, expected: str) -> None:
    asked: list[str] = []

    def resolver(url: str) -> Json:
        asked.append(url)
        return BASIC

    resolve_model(model(links=extends(reference)), resolver, base)
    assert asked == [expected]


# ── what comes along ──


@pytest.mark.assertion("tm-tmRef2")
def test_the_context_of_an_imported_definition_comes_along() -> None:
    source = model(
        **{
            "@context": [
                TD_10,
                TD_11,
                "https://example.com/more",
                {"om": "http://om/", "x": "urn:x:", "@language": "de"},
            ],
            "properties": {"t": {"@type": "om:Temperature"}},
        }
    )
    top = model(
        **{
            "@context": [TD_11, {"x": "urn:x:", "own": "urn:own:"}],
            "properties": {"t": {"tm:ref": "s#/properties/t"}},
        }
    )
    assert resolved(top, {"s": source})["@context"] == [
        TD_11,
        "https://example.com/more",
        {"x": "urn:x:", "own": "urn:own:"},
        {"om": "http://om/"},
    ]


@pytest.mark.assertion("tm-tmRef2")
def test_contexts_come_along_through_other_models() -> None:
    others = {
        "b": model(properties={"t": {"tm:ref": "c#/properties/t"}}),
        "c": model(
            **{"@context": [TD_11, {"om": "http://om/"}], "properties": {"t": {"unit": "om:metre"}}}
        ),
    }
    expected = [TD_11, {"om": "http://om/"}]
    assert (
        resolved(model(properties={"t": {"tm:ref": "b#/properties/t"}}), others)["@context"]
        == expected
    )
    assert resolved(model(links=extends("b")), others)["@context"] == expected


@pytest.mark.assertion("tm-tmRef2")
@pytest.mark.parametrize("how", ["tm:ref", "tm:extends"])
def test_a_prefix_cannot_mean_two_things(how: str) -> None:
    source = model(
        **{
            "@context": [TD_11, {"om": "http://one/"}],
            "properties": {"t": {"@type": "om:T"}, "u": {}},
        }
    )
    top = model(**{"@context": [TD_11, {"om": "http://two/"}]})
    change: Json = (
        {"properties": {"t": {"tm:ref": "s#/properties/t"}}}
        if how == "tm:ref"
        else {"links": extends("s")}
    )
    (found,) = faults(lambda: resolved({**top, **change}, {"s": source}))
    assert "'om' means 'http://two/' here and 'http://one/' in s" in found[1]
    harmless = {**top, "properties": {"u": {"tm:ref": "s#/properties/u"}}}
    assert resolved(harmless, {"s": source})["@context"] == top["@context"]


@pytest.mark.assertion("tm-tmRef2")
def test_definitions_that_imported_forms_name_come_along() -> None:
    others = {
        "b": model(
            actions={"x": {"tm:ref": "c#/actions/x"}},
            securityDefinitions={"basic_sc": {"scheme": "basic"}},
        ),
        "c": model(
            actions={
                "x": {
                    "forms": [
                        {
                            "security": ["basic_sc", "{{S}}"],
                            "additionalResponses": [{"schema": "error"}],
                        },
                        {"security": "own"},
                    ]
                }
            },
            schemaDefinitions={"error": {"type": "string"}, "other": {}},
            securityDefinitions={"own": {"scheme": "psk"}},
        ),
    }
    top = model(
        actions={"y": {"tm:ref": "b#/actions/x"}}, securityDefinitions={"own": {"scheme": "nosec"}}
    )
    out = resolved(top, others)
    assert out["schemaDefinitions"] == {"error": {"type": "string"}}
    assert out["securityDefinitions"] == {
        "own": {"scheme": "nosec"},
        "basic_sc": {"scheme": "basic"},
    }


# ── what is optional ──


OPTIONAL = model(
    **{"tm:optional": ["/events/overheating", "/actions/fade"]},
    properties={"status": {}},
    actions={"toggle": {}, "fade": {}},
    events={"overheating": {"data": {"type": "string"}}},
)


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


# ── loops ──


def submodel(href: str) -> list[Json]:
    return [{"rel": "tm:submodel", "href": href, "instanceName": "part"}]


LOOPS: dict[str, tuple[Json, dict[str, Json], str]] = {
    "extends itself": (model(links=extends("a")), {}, "$.links[0].href"),
    "two extend each other": (
        model(links=extends("b")),
        {"b": model(links=extends("a"))},
        "$.links[0].href",
    ),
    "part of itself": (
        model(links=submodel("b")),
        {"b": model(links=submodel("a"))},
        "$.links[0].href",
    ),
    "ref, extends, submodel": (
        model(properties={"x": {"tm:ref": "b#/properties/x"}}),
        {
            "b": model(links=extends("c"), properties={"x": {}}),
            "c": model(links=submodel("a"), properties={"y": {}}),
        },
        "$.properties.x['tm:ref']",
    ),
    "extends what refers to it": (
        model(links=extends("b"), properties={"x": {}}),
        {"b": model(properties={"y": {"tm:ref": "a#/properties/x"}})},
        "$.links[0].href",
    ),
    "a loop further on": (
        model(links=extends("b")),
        {"b": model(links=extends("c")), "c": model(links=extends("b"))},
        "$.links[0].href",
    ),
    "a definition of itself": (
        model(properties={"x": {"tm:ref": "#/properties/y"}, "y": {"tm:ref": "#/properties/x"}}),
        {},
        "$.properties",
    ),
    "a definition in itself": (
        model(properties={"x": {"items": {"tm:ref": "#/properties/x"}}}),
        {},
        "$.properties.x",
    ),
    "two models' definitions": (
        model(properties={"x": {"tm:ref": "b#/properties/x"}}),
        {"b": model(properties={"x": {"tm:ref": "a#/properties/x"}})},
        "$.properties.x['tm:ref']",
    ),
}


@pytest.mark.assertion("tm-ref-recursive-extensions")
@pytest.mark.parametrize("name", LOOPS)
def test_loops(name: str) -> None:
    top, others, place = LOOPS[name]
    everything = {**others, "a": top}
    found = faults(lambda: resolve_model(top, mapping(everything), "a"))
    assert {assertion for _, _, assertion in found} == {"tm-ref-recursive-extensions"}
    assert all(path.startswith(place) for path, _, _ in found)
    # The same where nobody knows what the URL of the first one is: then it is met once more.
    if others:
        found = faults(lambda: resolve_model(top, mapping(everything)))
        assert "tm-ref-recursive-extensions" in {assertion for _, _, assertion in found}


def test_two_models_may_import_from_each_other() -> None:
    top = model(properties={"x": {"tm:ref": "b#/properties/x"}, "y": {"title": "a"}})
    other = model(
        properties={"x": {"tm:ref": "a#/properties/y"}, "z": {"tm:ref": "a#/properties/x"}}
    )
    assert resolve_model(top, mapping({"b": other}), "a")["properties"]["x"] == {"title": "a"}


def test_a_part_used_twice_is_no_loop() -> None:
    top = model(links=[*submodel("b"), *submodel("c")])
    others = {"b": model(links=submodel("d")), "c": model(links=submodel("d")), "d": model()}
    assert len(resolved(top, others)["links"]) == 2


# ── what cannot be read ──


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (KeyError("x"), "there is none"),
        (LookupError("nowhere"), "nowhere"),
        (FileNotFoundError("gone"), "gone"),
        (TimeoutError("too late"), "too late"),
        (ResolveError("refused"), "refused"),
        (ValueError("no"), "no"),
        (b"{", "not JSON"),
        (b"[]", "should be an object"),
        (b'{"a": 1, "a": 2}', "is there twice"),
        (b"\xff", "UTF-8"),
        (b" " * (5 << 20), "has more than"),
    ],
)
def test_a_model_that_cannot_be_had(answer: Any, reason: str) -> None:
    def resolver(url: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    (found,) = faults(lambda: resolve_model(model(links=extends("http://h/p")), resolver))
    assert found[0] == "$.links[0].href"
    assert found[1].startswith("the model http://h/p cannot be read: ")
    assert reason in found[1]


def test_nothing_is_read_without_a_resolver() -> None:
    with pytest.raises(InvalidTD) as caught:
        resolve_model(model(links=extends("http://example.com/p")))
    (found,) = caught.value.findings
    assert (found.path, found.hint) == ("$.links[0].href", "give a resolver that has it")


def test_each_model_is_read_once() -> None:
    asked: list[str] = []

    def resolver(url: str) -> Json:
        asked.append(url)
        return BASIC

    properties = {name: {"tm:ref": "p#/properties/onOff"} for name in "abc"}
    resolve_model(model(links=extends("p", "./p"), properties=properties), resolver, "http://h/a")
    assert asked == ["http://h/p"]


def test_a_fault_in_another_model_is_shown_where_one_gets_there() -> None:
    others = {
        "b": model(links=extends("c")),
        "c": model(properties={"x y": {"tm:ref": "#/none"}}),
    }
    (found,) = faults(
        lambda: resolved(model(links=[{"rel": "icon", "href": "i"}, *extends("b")]), others)
    )
    assert found[0] == "$.links[1].href"
    assert (
        found[1]
        == "there is no \"/none\" in this model (at $.properties['x y']['tm:ref'] of the model c)"
    )


def test_what_only_parts_need_is_not_asked_for() -> None:
    """A submodel that is away keeps nobody from reading the model itself."""
    out = resolved(model(links=submodel("away"), properties={"a": {}}))
    assert out["links"] == submodel("away")


def test_placeholders_stay() -> None:
    top = model(title="No. {{N}}", links=extends("p"), properties={"dim": {"maximum": "{{MAX}}"}})
    out = resolved(top, {"p": DIMMING})
    assert (out["title"], out["properties"]["dim"]["maximum"]) == ("No. {{N}}", "{{MAX}}")


def test_resolving_again_changes_nothing() -> None:
    others = {"p": OPTIONAL, "q": DIMMING}
    top = model(
        links=[*extends("p"), *submodel("led")],
        properties={"d": {"tm:ref": "q#/properties/dim", "title": None}},
    )
    out = resolved(top, others)
    assert resolve_model(out) == out
    assert ThingModel.parse(top).resolve(mapping(others)).json == out
