"""What a Thing Model is, and what resolving leaves as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.resolving import mapping
from wot.td.thing_model import ThingModel, is_model, resolve_model

from .models import BASIC, DIMMING, OPTIONAL, extends, faults, model, resolved, submodel


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
