"""Thing Models (TD 1.1 section 9): how they are put together, and the steps that make TDs of them."""

from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.td import validate
from wot.td.thing_model import compare, complete, derive, resolve_model

CONTEXT = "https://www.w3.org/2022/wot/td/v1.1"


def model(**more: Any) -> dict[str, Any]:
    return {"@context": CONTEXT, "@type": "tm:ThingModel", "title": "Lamp", **more}


def extending(*hrefs: str, rel: str = "tm:extends", **more: Any) -> dict[str, Any]:
    return {"links": [{"rel": rel, "href": href, **more} for href in hrefs]}


LIGHT = model(
    title="Light",
    properties={"on": {"type": "boolean", "title": "Is it lit?"}},
    actions={"toggle": {}},
)
DIMMER = model(
    **{"@context": [CONTEXT, {"ex": "https://example.org/terms#"}]},
    title="Dimmer",
    properties={
        "level": {"type": "integer", "minimum": 0, "maximum": 100, "unit": "percent", "ex:curve": 2}
    },
)
MODELS = {"./light.tm.json": LIGHT, "./dimmer.tm.json": DIMMER}
LAMP = model(
    **extending("./light.tm.json"),
    version={"model": "1.0.0"},
    properties={
        "brightness": {"tm:ref": "./dimmer.tm.json#/properties/level", "maximum": 50, "unit": None},
        "room": {"type": "string", "const": "{{ROOM}}", "description": "In {{ROOM}}"},
        "power": {"type": "number", "maximum": "{{POWER}}"},
    },
    events={"overheated": {"data": {"type": "number"}}, "broken": {}},
    **{"tm:optional": ["/events/overheated"]},
)
VALUES = {"ROOM": "hall", "POWER": 7.5}


def known(reference: str) -> Any:
    return MODELS[reference]


def made(**options: Any) -> dict[str, Any]:
    first, *_ = derive(LAMP, known, values=VALUES, **options)
    return first


def finished(partial: dict[str, Any]) -> dict[str, Any]:
    return complete(partial, base="https://lamp.example.org/", security="nosec", version="1.0.0")


@pytest.mark.assertion("tm-extend", "thing-model-td-generation-processor-imports")
def test_what_is_extended_is_inherited() -> None:
    resolved = resolve_model(LAMP, known)
    assert resolved["properties"]["on"] == LIGHT["properties"]["on"]
    assert resolved["actions"] == LIGHT["actions"]
    assert resolved["title"] == "Lamp"
    assert made()["properties"]["on"] == LIGHT["properties"]["on"]


@pytest.mark.assertion("tm-tmRef1", "tm-tmRef2", "thing-model-td-generation-processor-imports")
def test_what_is_referred_to_is_there_with_what_it_depends_on() -> None:
    resolved = resolve_model(LAMP, known)
    brightness = resolved["properties"]["brightness"]
    assert "tm:ref" not in brightness
    assert (brightness["type"], brightness["minimum"], brightness["ex:curve"]) == ("integer", 0, 2)
    assert {"ex": "https://example.org/terms#"} in resolved["@context"]


@pytest.mark.assertion("tm-tmRef-overwrite-possibility", "tm-tmRef-overwrite-process")
def test_what_stands_beside_a_reference_overrides_it() -> None:
    """JSON Merge Patch: other values replace, null deletes, objects are merged, arrays are not."""
    brightness = resolve_model(LAMP, known)["properties"]["brightness"]
    assert brightness["maximum"] == 50
    assert "unit" not in brightness
    shape = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
    both = model(
        properties={
            "first": shape,
            "second": {
                "tm:ref": "#/properties/first",
                "properties": {"y": {"type": "number"}},
                "required": ["y"],
            },
        }
    )
    second = resolve_model(both)["properties"]["second"]
    assert set(second["properties"]) == {"x", "y"}
    assert second["required"] == ["y"]


@pytest.mark.assertion("tm-ref-recursive-extensions")
@pytest.mark.parametrize(
    "models",
    [
        {"a": model(**extending("a"))},
        {"a": model(**extending("b")), "b": model(**extending("a"))},
        {"a": model(properties={"x": {"tm:ref": "a#/properties/x"}})},
        {
            "a": model(
                properties={"x": {"tm:ref": "#/properties/y"}, "y": {"tm:ref": "#/properties/x"}}
            )
        },
        {
            "a": model(**extending("b")),
            "b": model(properties={"x": {"tm:ref": "c#/properties/x"}}),
            "c": model(**extending("a"), properties={"x": {}}),
        },
    ],
    ids=["itself", "two", "reference to itself", "references", "both kinds"],
)
def test_loops_are_refused(models: dict[str, Any]) -> None:
    with pytest.raises(InvalidTD) as caught:
        resolve_model(models["a"], models.__getitem__, "a")
    assert "tm-ref-recursive-extensions" in {each.assertion for each in caught.value.findings}


@pytest.mark.assertion("tm-overwrite-types", "tm-overwrite-interaction")
def test_widening_what_is_extended_is_warned_of() -> None:
    wider = model(
        **extending("./dimmer.tm.json"), properties={"level": {"type": "integer", "maximum": 1000}}
    )
    found = validate(wider, resolver=known)
    assert found
    assert {each.severity for each in found} == {"warning"}
    assert {each.assertion for each in found} <= {"tm-overwrite-types", "tm-overwrite-interaction"}


@pytest.mark.assertion("tm-tmRef-overwrite-semantic-meaning")
def test_widening_what_is_referred_to_is_warned_of() -> None:
    wider = model(
        properties={"level": {"tm:ref": "./dimmer.tm.json#/properties/level", "maximum": 1000}}
    )
    found = validate(wider, resolver=known)
    assert [each.assertion for each in found] == ["tm-tmRef-overwrite-semantic-meaning"]
    assert found[0].path.startswith("$.properties.level")
    assert found[0].severity == "warning"


@pytest.mark.assertion("thing-model-td-generation-processor-extends")
def test_links_to_what_is_extended_are_removed() -> None:
    help_ = {"rel": "help", "href": "https://example.org/manual"}
    links = [*LAMP["links"], help_]
    first, *_ = derive({**LAMP, "links": links}, known, values=VALUES)
    left = [link["rel"] for link in first["links"]]
    assert "help" in left
    assert "tm:extends" not in left


@pytest.mark.assertion("thing-model-td-generation-processor-type")
@pytest.mark.parametrize(
    ("types", "left"),
    [
        ("tm:ThingModel", None),
        (["tm:ThingModel"], None),
        (["tm:ThingModel", "ex:Lamp"], "ex:Lamp"),
        (["ex:Lamp", "tm:ThingModel", "ex:Light"], ["ex:Lamp", "ex:Light"]),
    ],
)
def test_a_td_is_no_thing_model(types: Any, left: Any) -> None:
    first, *_ = derive(model(**{"@type": types}))
    assert first.get("@type") in (left, [left])


@pytest.mark.assertion("thing-model-td-generation-processor-required", "tm-tmOptional")
def test_what_is_not_optional_is_taken_over() -> None:
    td = made()
    assert set(td["properties"]) == {"on", "brightness", "room", "power"}
    assert set(td["actions"]) == {"toggle"}
    assert set(td["events"]) == {"broken"}
    assert "tm:optional" not in td


@pytest.mark.assertion("thing-model-td-generation-processor-optional")
def test_what_is_optional_is_taken_over_where_it_is_wanted() -> None:
    assert set(made(include="all")["events"]) == {"broken", "overheated"}
    assert set(made(include=["/events/overheated"])["events"]) == {"broken", "overheated"}


@pytest.mark.assertion(
    "tm-placeholder-replacement",
    "tm-placeholder-retyping",
    "thing-model-td-generation-processor-placeholder",
)
def test_placeholders_become_their_values() -> None:
    td = made()
    assert td["properties"]["room"]["const"] == "hall"
    assert td["properties"]["room"]["description"] == "In hall"
    assert td["properties"]["power"]["maximum"] == 7.5
    whole, *_ = derive(model(properties={"x": {"const": "{{X}}"}}), values={"X": {"a": [1, None]}})
    assert whole["properties"]["x"]["const"] == {"a": [1, None]}


@pytest.mark.assertion("thing-model-td-generation-processor-placeholder")
def test_a_placeholder_without_a_value_is_told() -> None:
    with pytest.raises(InvalidTD) as caught:
        derive(LAMP, known, values={"ROOM": "hall"})
    assert "POWER" in str(caught.value)


@pytest.mark.assertion("tm-compose-submodel", "tm-compose-instanceName")
def test_submodels_become_things_of_their_own() -> None:
    parts = extending("./light.tm.json", rel="tm:submodel", instanceName="front")["links"]
    parts += extending("./light.tm.json", rel="tm:submodel", instanceName="back")["links"]
    whole, *others = derive(model(title="Bar", links=parts), known)
    assert whole["title"] == "Bar"
    assert [set(other["properties"]) for other in others] == [{"on"}, {"on"}]
    assert {link["rel"] for link in whole["links"]} >= {"item"}
    assert "tm:submodel" not in str(whole)


@pytest.mark.assertion("tm-compose-name-collision")
def test_submodels_in_one_thing_keep_their_names_apart() -> None:
    parts = extending("./light.tm.json", rel="tm:submodel", instanceName="front")["links"]
    parts += extending("./light.tm.json", rel="tm:submodel", instanceName="back")["links"]
    own = {"on": {"type": "string"}}
    whole, *others = derive(model(links=parts, properties=own), known, compose="contained")
    assert others == []
    assert whole["properties"]["on"] == {"type": "string"}
    assert len(whole["properties"]) == 3
    assert len([name for name in whole["properties"] if "front" in name]) == 1
    assert len([name for name in whole["properties"] if "back" in name]) == 1


@pytest.mark.assertion(
    "thing-model-td-generation-processor-forms",
    "tm-td-generation-inconsistencies",
    "tm-protocol-security-restriction",
)
def test_forms_and_security_are_completed() -> None:
    partial = made(include="all")
    assert validate(partial) != []
    td = finished(partial)
    assert [each for each in validate(td) if each.severity == "error"] == []


@pytest.mark.assertion("tm-derivation-validity")
def test_a_td_is_held_against_its_model() -> None:
    td = finished(made(include="all"))
    assert compare(td, LAMP, known) == []
    del td["properties"]["on"]
    td["actions"]["toggle"]["input"] = {"type": "string"}
    places = {each.path for each in compare(td, LAMP, known)}
    assert len(places) == 2
    assert any(place.startswith("$.properties") for place in places)
    assert any(place.startswith("$.actions.toggle") for place in places)


@pytest.mark.assertion("tm-derivation-validity")
def test_what_is_optional_may_be_missing_in_a_td() -> None:
    assert compare(finished(made()), LAMP, known) == []
