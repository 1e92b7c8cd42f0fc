"""Classes held against Thing Models, and the Thing Models of classes."""

from __future__ import annotations

import dataclasses
import enum
import importlib.util
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest

import wot
from wot.errors import DefinitionError, InvalidTD
from wot.td import KINDS, TD_10, TD_11, Json, validate
from wot.td.thing_model import ThingModel
from wot.things import exposed_of

MODEL: Json = {
    "@context": [TD_11, {"ex": "https://example.org/terms#"}],
    "@type": ["tm:ThingModel", "ex:Lamp"],
    "title": "Dimmable lamp",
    "description": "Any lamp that can be dimmed.",
    "version": {"model": "1.2.0"},
    "links": [{"href": "https://example.org/lamp.pdf", "rel": "service-doc"}],
    "ex:maker": "{{MAKER}}",
    "tm:optional": ["/properties/title", "/events/overheated"],
    "properties": {
        "brightness": {
            "@type": "ex:Brightness",
            "title": "Brightness",
            "description": "How bright it is.",
            "type": "integer",
            "minimum": 0,
            "maximum": 100,
            "unit": "percent",
            "ex:probe": 7,
        },
        "title": {"type": "string"},
    },
    "actions": {
        "fade": {
            "description": "Dims slowly.",
            "input": {
                "type": "object",
                "properties": {"to": {"type": "integer", "unit": "percent", "title": "Goal"}},
                "required": ["to"],
            },
        }
    },
    "events": {"overheated": {"data": {"type": "number"}}},
}


class Lamp(wot.Thing):
    brightness = wot.stored(0, minimum=0, maximum=100)

    @wot.action
    async def fade(self, to: int) -> None:
        """Own words."""


def implementing(model: Any = MODEL, **options: Any) -> type[Lamp]:
    """A class of its own for every test."""

    class Made(Lamp, version={"instance": "3.0.0"}):
        pass

    Made.__doc__ = None
    return wot.thing(model=model, **options)(Made)


def td(cls: type[wot.Thing]) -> Json:
    return exposed_of(cls()).td.json


# A class held against its model.


def test_what_a_class_does_not_say_is_taken_from_its_model() -> None:
    json = td(implementing(values={"MAKER": "ACME"}))
    assert json["@context"] == [TD_10, TD_11, {"ex": "https://example.org/terms#"}]
    assert json["@type"] == ["ex:Lamp"]
    assert json["title"] == "Dimmable lamp"
    assert json["description"] == "Any lamp that can be dimmed."
    assert json["version"] == {"instance": "3.0.0", "model": "1.2.0"}
    assert json["links"] == [{"href": "https://example.org/lamp.pdf", "rel": "service-doc"}]
    assert json["ex:maker"] == "ACME"
    assert json["properties"] == {
        "brightness": {
            "@type": ["ex:Brightness"],
            "title": "Brightness",
            "description": "How bright it is.",
            "type": "integer",
            "minimum": 0,
            "maximum": 100,
            "unit": "percent",
            "ex:probe": 7,
            "observable": True,
        }
    }
    [goal] = json["actions"]["fade"]["input"]["properties"].values()
    assert goal == {"type": "integer", "unit": "percent", "title": "Goal"}
    assert "events" not in json


def test_what_a_class_says_stays() -> None:
    class Own(Lamp, title="Mine", types=["ex:Mine"], terms={"ex:maker": "me"}):
        """My words."""

        brightness = wot.stored(20, minimum=10, maximum=50, title="Light")

    json = td(wot.thing(model=MODEL, values={"MAKER": "ACME"})(Own))
    assert (json["title"], json["description"], json["ex:maker"]) == ("Mine", "My words.", "me")
    assert json["@type"] == ["ex:Mine", "ex:Lamp"]
    light = json["properties"]["brightness"]
    assert (light["title"], light["unit"], light["minimum"]) == ("Light", "percent", 10)
    assert json["actions"]["fade"]["description"] == "Own words."


def test_a_placeholder_without_a_value_stands_for_anything_and_is_not_taken_over() -> None:
    json = td(implementing())
    assert "ex:maker" not in json
    assert "{{" not in msgspec.json.encode(json).decode()


def test_a_value_for_no_placeholder_is_refused() -> None:
    with pytest.raises(InvalidTD, match="MAKR"):
        implementing(values={"MAKR": "ACME"})


def test_classes_that_share_an_affordance_do_not_share_what_models_say() -> None:
    before = td(Lamp)
    implementing()
    assert td(Lamp)["properties"] == before["properties"]
    assert "title" not in td(Lamp)["properties"]["brightness"]


def test_a_subclass_says_what_its_base_was_told() -> None:
    base = implementing(values={"MAKER": "ACME"})

    class Kitchen(base):  # type: ignore[misc, valid-type]
        more = wot.stored(1)

    json = td(Kitchen)
    assert json["properties"]["brightness"] == td(base)["properties"]["brightness"]
    assert json["@context"] == td(base)["@context"]
    assert json["version"] == td(base)["version"]
    assert list(json["properties"]) == ["brightness", "more"]


async def test_it_works_as_before() -> None:
    lamp = implementing()()
    await lamp.brightness.write(30)
    assert (await lamp.brightness.read(), lamp.brightness.value) == (30, 30)
    await lamp.fade(5)
    async with (
        wot.serve(lamp, "http://127.0.0.1:0") as served,
        wot.consume(served.urls[0]) as there,
    ):
        await there.write("brightness", 40)
        assert await there.read("brightness") == 40
        assert there.description.properties["brightness"].unit == "percent"
        assert not [f for f in validate(there.description.json) if f.severity == "error"]


def test_every_difference_is_listed() -> None:
    class Wrong(wot.Thing):
        brightness = wot.stored("high")
        overheated = wot.event(str)

        @wot.property
        async def fade(self) -> int:
            return 1

    with pytest.raises(DefinitionError) as raised:
        wot.thing(model=MODEL)(Wrong)
    first, *lines = str(raised.value).splitlines()
    assert first == "Wrong does not implement Dimmable lamp:"
    assert {line.strip().partition(": ")[0] for line in lines} == {
        "$.properties.brightness.type",
        "$.actions",
        "$.events.overheated.data.type",
    }


@pytest.mark.parametrize(
    ("hint", "terms"),
    [(int, {}), (int, {"maximum": 200}), (str, {}), (float, {"minimum": 0, "maximum": 100})],
    ids=["no bounds", "other bounds", "other type", "wider type"],
)
def test_a_wider_schema_is_a_difference(hint: Any, terms: dict[str, Any]) -> None:
    class Wide(Lamp):
        @wot.property(**{"minimum": 0, **terms} if terms else {})
        async def brightness(self) -> hint:
            return 1

        @brightness.write
        async def set_brightness(self, value) -> None: ...  # type: ignore[no-untyped-def]

    with pytest.raises(DefinitionError, match=r"\$\.properties\.brightness"):
        wot.thing(model=MODEL)(Wide)


def test_a_property_that_can_no_longer_be_written_is_a_difference() -> None:
    class Fixed(Lamp):
        brightness = wot.stored(5, minimum=0, maximum=100, read_only=True)

    with pytest.raises(DefinitionError, match=r"\$\.properties\.brightness\.readOnly"):
        wot.thing(model=MODEL)(Fixed)


def test_optional_affordances_are_checked_where_they_are_there() -> None:
    class More(Lamp):
        title = wot.stored("x")
        overheated = wot.event(float)
        extra = wot.stored(1)

    assert list(td(wot.thing(model=MODEL)(More))["properties"]) == ["brightness", "title", "extra"]


def test_a_model_of_asynchronous_actions_does_not_refuse_classes() -> None:
    actions = {"fade": {**MODEL["actions"]["fade"], "synchronous": False}}
    assert td(implementing({**MODEL, "actions": actions}))["actions"]["fade"]["synchronous"] is True


def test_only_classes_of_things_have_models() -> None:
    for wrong in (object, "x", print):
        with pytest.raises(DefinitionError, match="subclasses of"):
            wot.thing(model=MODEL)(wrong)  # type: ignore[type-var]


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(InvalidTD):
        implementing({**MODEL, "@type": "ex:Lamp"})


# Where models come from.


def loaded(folder: Path, source: str) -> Any:
    """A module in `folder`, imported."""
    file = folder / "device.py"
    file.write_text(source)
    name = f"device_{folder.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


SOURCE = """
import wot

@wot.thing(model="models/lamp.tm.json")
class Lamp(wot.Thing):
    on = wot.stored(False)
    level = wot.stored(1)
"""
ON: Json = {"@context": TD_11, "@type": "tm:ThingModel", "properties": {"on": {"type": "boolean"}}}


def models(folder: Path, **documents: Json) -> None:
    (folder / "models").mkdir()
    for name, document in documents.items():
        (folder / "models" / f"{name}.tm.json").write_text(json.dumps(document))


def test_a_file_is_looked_for_beside_the_class_and_may_refer_to_its_neighbours(
    tmp_path: Path,
) -> None:
    level = {"level": {"type": "integer", "title": "Level"}}
    extends = [{"rel": "tm:extends", "href": "./on.tm.json"}]
    lamp = {**ON, "title": "Lamp", "links": extends, "properties": level}
    models(tmp_path, on=ON, lamp=lamp)
    json = td(loaded(tmp_path, SOURCE).Lamp)
    assert json["properties"]["level"]["title"] == "Level"
    assert "links" not in json  # a file of this machine is of no use to others


def test_differences_name_the_file(tmp_path: Path) -> None:
    models(tmp_path, lamp={**ON, "actions": {"toggle": {}}})
    with pytest.raises(
        DefinitionError, match=r"Lamp does not implement models/lamp\.tm\.json:\n  "
    ):
        loaded(tmp_path, SOURCE)


def test_a_model_elsewhere_is_read_by_the_resolver_only() -> None:
    from wot.resolving import mapping

    url = "https://example.org/models/lamp.tm.json"
    with pytest.raises(InvalidTD, match="nothing says how") as raised:
        implementing(url)
    assert "resolver" in raised.value.hint
    json = td(implementing(url, resolver=mapping({url: MODEL})))
    assert json["links"][-1] == {"rel": "type", "href": url, "type": "application/tm+json"}


def test_a_model_that_cannot_be_resolved_is_refused() -> None:
    links = [{"rel": "tm:extends", "href": "https://example.org/none.tm.json"}]
    with pytest.raises(InvalidTD, match=r"none\.tm\.json"):
        implementing({**MODEL, "links": links})
    with pytest.raises(FileNotFoundError):
        implementing("none.tm.json")


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
