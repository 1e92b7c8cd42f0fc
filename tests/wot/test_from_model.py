"""Things made from Thing Models: placeholders, what is optional, what models take from others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wot
from wot.errors import DefinitionError, InvalidTD
from wot.resolving import mapping
from wot.td import KINDS, TD_11, Json, validate
from wot.things import exposed_of

LAMP: Json = {
    "@context": TD_11,
    "@type": "tm:ThingModel",
    "title": "Lamp {{NUMBER}}",
    "version": {"model": "1.0.0"},
    "tm:optional": ["/actions/blink"],
    "properties": {
        "brightness": {
            "type": "integer",
            "minimum": 0,
            "maximum": "{{BRIGHTEST}}",
            "default": 0,
            "observable": True,
        }
    },
    "actions": {"toggle": {}, "blink": {}},
}
VALUES = {"NUMBER": 3, "BRIGHTEST": 200}


def td(thing: wot.DescribedThing) -> Json:
    return exposed_of(thing).td.json


async def test_a_model_served_and_used() -> None:
    lamp = wot.Thing.from_model(LAMP, values=VALUES, id="urn:example:lamp-3")

    @lamp.on_invoke("toggle")
    def toggle() -> None:
        lamp.changed("brightness", 200 - lamp.brightness.value)

    async with (
        wot.serve(lamp, "http://127.0.0.1:0") as served,
        wot.consume(served.urls[0]) as there,
    ):
        await there.invoke("toggle")
        assert await there.read("brightness") == 200
        with pytest.raises(wot.errors.InvalidInput):
            await there.write("brightness", 201)
        json = there.description.json
    assert (json["title"], json["id"]) == ("Lamp 3", "urn:example:lamp-3")
    assert json["version"] == {"instance": "1.0.0", "model": "1.0.0"}
    assert list(json["actions"]) == ["toggle"]
    assert "tm:" not in served_text(json)
    assert not [f for f in validate(json) if f.severity == "error"]


def served_text(td: Json) -> str:
    return json.dumps(td)


@pytest.mark.parametrize("include", ["all", ["blink"], ["/actions/blink"]])
def test_optional_affordances_are_taken_where_they_are_asked_for(include: Any) -> None:
    lamp = wot.Thing.from_model(LAMP, values=VALUES, include=include)
    assert list(td(lamp)["actions"]) == ["toggle", "blink"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "NUMBER"),
        ({"values": {**VALUES, "COLOUR": "red"}}, "COLOUR"),
        ({"values": VALUES, "include": ["glow"]}, "glow"),
        ({"values": {**VALUES, "BRIGHTEST": "very"}}, r"\$\.properties\.brightness\.maximum"),
    ],
    ids=["no values", "too many", "unknown", "wrong type"],
)
def test_what_does_not_fit_the_model_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTD, match=message):
        wot.Thing.from_model(LAMP, **options)


def test_a_model_without_a_title_is_given_one() -> None:
    model = {term: value for term, value in LAMP.items() if term != "title"}
    values = {"BRIGHTEST": 1}
    with pytest.raises(InvalidTD, match="title"):
        wot.Thing.from_model(model, values=values)
    assert td(wot.Thing.from_model(model, values=values, title="Lamp"))["title"] == "Lamp"


def write(folder: Path, name: str, document: Json) -> Path:
    file = folder / name
    file.write_text(json.dumps(document))
    return file


def extending(href: str, **members: Any) -> Json:
    return {**LAMP, "links": [{"rel": "tm:extends", "href": href}], **members}


def test_files_beside_the_model_are_read_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    write(tmp_path, "base.tm.json", LAMP)
    write(tmp_path / "models", "base.tm.json", {**LAMP, "events": {"hot": {}}})
    near = write(tmp_path / "models", "near.tm.json", extending("base.tm.json"))
    far = write(tmp_path / "models", "far.tm.json", extending("../base.tm.json"))
    lamp = wot.Thing.from_model(str(near), values=VALUES)
    assert list(td(lamp)["events"]) == ["hot"]
    assert "links" not in td(lamp)
    with pytest.raises(InvalidTD, match="outside of"):
        wot.Thing.from_model(far, values=VALUES)


def test_a_resolver_reads_what_is_elsewhere(tmp_path: Path) -> None:
    url = "https://example.org/models/base.tm.json"
    known = mapping({url: {**LAMP, "events": {"hot": {}}}})
    file = write(tmp_path, "lamp.tm.json", extending(url))
    for model in (extending(url), file, json.dumps(extending(url))):
        lamp = wot.Thing.from_model(model, values=VALUES, resolver=known)
        assert list(td(lamp)["events"]) == ["hot"]
        with pytest.raises(InvalidTD, match=r"base\.tm\.json"):
            wot.Thing.from_model(model, values=VALUES)


def test_a_model_by_its_url_is_linked() -> None:
    url = "https://example.org/models/lamp.tm.json"
    lamp = wot.Thing.from_model(url, values=VALUES, resolver=mapping({url: LAMP}))
    assert td(lamp)["links"] == [{"rel": "type", "href": url, "type": "application/tm+json"}]
    with pytest.raises(InvalidTD, match="nothing says how"):
        wot.Thing.from_model(url, values=VALUES)


def test_submodels_are_contained(tmp_path: Path) -> None:
    write(tmp_path, "led.tm.json", {**LAMP, "title": "LED"})
    parts = [{"rel": "tm:submodel", "href": "led.tm.json", "instanceName": "left"}]
    model = {**LAMP, "title": "Two lamps", "links": parts}
    file = write(tmp_path, "lamps.tm.json", model)
    values = {"BRIGHTEST": 10}
    names = {
        compose: list(td(wot.Thing.from_model(file, values=values, compose=compose))["properties"])
        for compose in ("contained", "alone")
    }
    assert names == {
        "contained": ["brightness", "left_brightness"],
        "alone": ["brightness"],
    }


def test_a_td_is_told_from_a_model() -> None:
    lamp = wot.Thing.from_model(LAMP, values=VALUES)
    with pytest.raises(InvalidTD, match="no Thing Model"):
        wot.Thing.from_model(td(lamp))

    class Other(wot.Thing):
        pass

    with pytest.raises(DefinitionError, match="Other says itself what it offers"):
        Other.from_model(LAMP)


def test_valid_models_of_the_corpus_become_things(corpus: Path) -> None:
    made = 0
    for file in sorted((corpus / "tm/valid").iterdir()):
        model = json.loads(file.read_text())
        if needs_more(model):
            with pytest.raises(InvalidTD, match=r"has no value|cannot be read"):
                wot.Thing.from_model(file, include="all", compose="alone", title="Any")
            continue
        thing = wot.Thing.from_model(file, include="all", compose="alone", title="Any")
        for kind in KINDS:
            assert list(td(thing).get(kind, {})) == list(model.get(kind, {})), file.name
        made += 1
    assert made >= 12


def needs_more(model: Json) -> bool:
    """Whether a model has placeholders, or takes something from models of other people."""
    return any(word in json.dumps(model) for word in ("{{", '"tm:extends"', '"http://example.com/'))


def test_no_invalid_model_of_the_corpus_becomes_a_thing(corpus: Path) -> None:
    files = sorted((corpus / "tm/invalid").iterdir())
    assert files
    for file in files:
        with pytest.raises(InvalidTD):
            wot.Thing.from_model(file, include="all", compose="alone", title="Any")


@pytest.mark.parametrize(
    ("members", "value", "path"),
    [
        ({"properties": {"p": {"forms": "{{F}}"}}}, "1", "$.properties.p.forms"),
        ({"properties": {"p": {"forms": ["{{F}}"]}}}, 5, "$.properties.p.forms[0]"),
        (
            {"properties": {"p": {"forms": [{"href": "x", "op": "{{F}}"}]}}},
            5,
            "$.properties.p.forms[0].op",
        ),
        ({"forms": "{{F}}"}, 5, "$.forms"),
    ],
)
def test_values_that_make_no_forms(members: Any, value: Any, path: str) -> None:
    model = {"@context": TD_11, "@type": "tm:ThingModel", "title": "M", **members}
    with pytest.raises(InvalidTD) as caught:
        wot.Thing.from_model(model, values={"F": value})
    assert caught.value.findings[0].path == path
