"""What a Thing Model takes from others by tm:ref."""

from __future__ import annotations

import pytest

from wot.td.thing_model import resolve_model

from .models import BASIC, DIMMING, URL, Json, extends, faults, model, resolved


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


@pytest.mark.parametrize("rel", ["tm:extends", "tm:submodel", "item"])
def test_references_that_mean_nothing_may_stand_anywhere(rel: str) -> None:
    nothing = {"tm:ref": "#/properties/none"}
    for links in ([{"rel": rel, "href": nothing}], [nothing], [[nothing]], nothing):
        found = faults(lambda links=links: resolved(model(links=links)))
        assert "$.links" in found[0][0]
        assert {path.partition("['tm:ref']")[1] for path, _, _ in found} <= {"['tm:ref']", ""}
