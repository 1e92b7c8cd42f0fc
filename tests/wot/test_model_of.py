"""The model of a class."""

from __future__ import annotations

import dataclasses
import enum
import importlib.util
import json
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

import wot
from wot.errors import DefinitionError
from wot.td import KINDS, TD_10, TD_11, Json, validate
from wot.td.thing_model import ThingModel
from wot.things import exposed_of

from .modelling import ON, Lamp, implementing, td

# The model of a class.


class Mode(enum.Enum):
    ECO = "eco"
    FULL = "full"


@dataclasses.dataclass
class Plan:
    mode: Mode
    power: Annotated[float, msgspec.Meta(ge=0, le=100)] = 50.0


class Heater(
    wot.Thing,
    title="Heater",
    description="Heats.",
    id="urn:example:heater",
    types=["saref:Device"],
    context={"saref": "https://saref.etsi.org/core/"},
    version={"instance": "1.0.0", "model": "2.1.0"},
    links=[{"href": "https://example.org/heater.pdf", "rel": "service-doc"}],
    terms={"saref:hasManufacturer": "ACME"},
):
    plan = wot.stored(Plan(Mode.ECO), title="Plan", terms={"saref:x": 1})
    names: wot.Stored[dict[str, int | None]] = wot.stored({})
    failed = wot.event(str)
    done: wot.Event[Plan | None] = wot.event(types="saref:Event")

    @wot.property(unit="Cel", observable=True)
    async def celsius(self, unit: Literal["Cel", "[degF]"] = "Cel") -> float:
        return 20.0

    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        return b""

    @wot.property(write_only=True)
    async def pin(self) -> str:
        return ""

    @pin.write
    async def set_pin(self, value: str) -> None: ...

    @wot.action(safe=True, idempotent=True)
    async def follow(self, plan: Plan, hours: int = 1) -> Plan:
        """Does as planned."""
        return plan

    @wot.action(response_type="application/octet-stream", uri_variables=["width"])
    async def raw(self, width: int) -> bytes:
        return b""

    @wot.action
    async def dim(self, level: int, /) -> None: ...


def kinds(json: Json) -> Json:
    return {kind: json.get(kind, {}) for kind in KINDS}


def test_the_model_of_a_class_says_what_all_its_instances_offer() -> None:
    model = wot.model_of(Heater, optional=["raw", "/properties/pin"])
    assert isinstance(model, ThingModel)
    assert {term: value for term, value in model.json.items() if term not in KINDS} == {
        "@context": [TD_10, TD_11, {"saref": "https://saref.etsi.org/core/"}],
        "@type": ["tm:ThingModel", "saref:Device"],
        "title": "Heater",
        "description": "Heats.",
        "version": {"model": "2.1.0"},
        "links": [{"href": "https://example.org/heater.pdf", "rel": "service-doc"}],
        "tm:optional": ["/actions/raw", "/properties/pin"],
        "saref:hasManufacturer": "ACME",
    }
    assert kinds(model.json) == kinds(td(Heater))
    assert "href" not in json.dumps(kinds(model.json))


def test_a_thing_made_from_the_model_of_a_class_offers_the_same() -> None:
    model = wot.model_of(Heater, optional=["raw"])
    whole = wot.Thing.from_model(model, include="all")
    assert kinds(exposed_of(whole).td.json) == kinds(td(Heater))
    some = exposed_of(wot.Thing.from_model(model)).td.json
    assert set(some["actions"]) == {"follow", "dim"}


def test_a_class_implements_its_own_model() -> None:
    class Same(Heater):
        pass

    wot.thing(model=wot.model_of(Heater))(Same)
    assert kinds(td(Same)) == kinds(td(Heater))


def test_the_model_is_valid_and_stable() -> None:
    model = wot.model_of(Heater, optional=["raw"])
    assert not [f for f in validate(model.json) if f.severity == "error"]
    assert json.dumps(wot.model_of(Heater, optional=["raw"]).json) == json.dumps(model.json)


def test_the_official_schema_agrees(corpus: Path) -> None:
    import jsonschema_rs

    official = json.loads((corpus / "schema/tm-schema-1.1.json").read_text())
    validator = jsonschema_rs.Draft7Validator(official)
    bare = type("Bare", (wot.Thing,), {})
    for cls in (Heater, Lamp, implementing(), bare):
        assert [e.message for e in validator.iter_errors(wot.model_of(cls).json)] == []


@pytest.mark.parametrize("name", ["air:AirStation", "computer:Computer"])
def test_things_that_are_shipped_have_models(name: str) -> None:
    module, _, found = name.partition(":")
    cls = getattr(importlib.import_module(f"wot_simulators.{module}"), found)
    model = wot.model_of(cls)
    assert not [f for f in validate(model.json) if f.severity == "error"]
    assert kinds(exposed_of(wot.Thing.from_model(model)).td.json) == kinds(cls.__template__.json)


def test_the_version_of_a_model_may_be_given() -> None:
    assert wot.model_of(Lamp, version="0.1.0").json["version"] == {"model": "0.1.0"}
    assert "version" not in wot.model_of(Lamp).json
    assert wot.model_of(Heater, version="9").json["version"] == {"model": "2.1.0"}


def test_a_thing_made_from_a_description_has_a_model_as_well() -> None:
    thing = wot.Thing.from_model(wot.model_of(Heater))
    assert kinds(wot.model_of(thing).json) == kinds(wot.model_of(Heater).json)


@pytest.mark.parametrize("name", ["heat", "/actions/pin", ""])
def test_what_is_optional_must_exist(name: str) -> None:
    with pytest.raises(DefinitionError, match="to be optional") as raised:
        wot.model_of(Heater, optional=[name])
    assert "/actions/raw" in raised.value.hint


def test_a_name_of_several_affordances_needs_a_pointer() -> None:
    model = {**ON, "title": "Two", "actions": {"on": {}}}
    thing = wot.Thing.from_model(model)
    with pytest.raises(DefinitionError) as raised:
        wot.model_of(thing, optional=["on"])
    assert raised.value.hint == "several are: /properties/on, /actions/on"
    assert wot.model_of(thing, optional=["/actions/on"]).json["tm:optional"] == ["/actions/on"]
