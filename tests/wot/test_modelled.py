"""Classes held against Thing Models, and the Thing Models of classes."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

import wot
from wot.errors import DefinitionError, InvalidTD
from wot.td import TD_10, TD_11, Json, validate

from .modelling import MODEL, ON, Lamp, implementing, td

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


TEXTS: Json = {
    "titles": {"en": "Dimmable lamp", "de": "Lampe"},
    "descriptions": {"de": "Jede Lampe."},
    "schemaDefinitions": {"fault": {"type": "string"}},
    "support": "mailto:lamps@example.org",
    "ex:colour": "red",
}


def translated() -> Json:
    model: Json = {**MODEL, **TEXTS}
    level: Json = {**MODEL["properties"]["brightness"], "titles": {"de": "Helligkeit"}}
    return {**model, "properties": {**MODEL["properties"], "brightness": level}}


def test_texts_in_other_languages_go_with_the_texts_that_they_translate() -> None:
    silent = td(implementing(translated()))
    assert (silent["title"], silent["titles"]) == ("Dimmable lamp", TEXTS["titles"])
    assert silent["descriptions"] == TEXTS["descriptions"]
    assert silent["properties"]["brightness"]["titles"] == {"de": "Helligkeit"}

    class Mine(wot.Thing, title="My lamp", description="My own."):
        brightness = wot.stored(0, minimum=0, maximum=100, title="Level")

        @wot.action
        async def fade(self, to: int) -> None: ...

    said = td(wot.thing(model=translated())(Mine))
    assert said["title"] == "My lamp"
    assert said["properties"]["brightness"]["title"] == "Level"
    for made in (said, said["properties"]["brightness"]):
        assert not {"titles", "descriptions"} & set(made)


def test_where_the_class_says_the_same_the_translations_hold() -> None:
    class Same(Lamp, title="Dimmable lamp"):
        pass

    assert td(wot.thing(model=translated())(Same))["titles"] == TEXTS["titles"]


def test_the_titles_of_a_class_are_not_those_of_another_title() -> None:
    class Own(Lamp, titles={"de": "Meine"}):
        pass

    made = td(wot.thing(model=translated())(Own))
    assert (made["title"], made["titles"]) == ("Own", {"de": "Meine"})


def test_a_subclass_inherits_all_that_the_model_says_but_the_title() -> None:
    context = [TD_11, "https://example.org/more", *MODEL["@context"][1:]]
    base = implementing({**translated(), "@context": context})

    class Sub(base):  # type: ignore[valid-type, misc]
        pass

    mine, theirs = td(Sub), td(base)
    assert mine.pop("title") == "Sub"
    assert "titles" not in mine
    del theirs["title"], theirs["titles"]
    assert mine == theirs

    class Said(base, description="Another."):  # type: ignore[valid-type, misc]
        pass

    assert td(Said)["description"] == "Another."
    assert "descriptions" not in td(Said)


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


def test_whether_an_action_is_waited_for_is_the_models_word() -> None:
    actions = {"fade": {**MODEL["actions"]["fade"], "synchronous": False}}
    with pytest.raises(DefinitionError, match=r"\$.actions.fade.synchronous: it is true, and in"):
        implementing({**MODEL, "actions": actions})

    class Slow(Lamp):
        @wot.action(synchronous=False)
        async def fade(self, to: int) -> None: ...

    made = wot.thing(model={**MODEL, "actions": actions})(Slow)
    assert td(made)["actions"]["fade"]["synchronous"] is False


def test_only_classes_of_things_have_models() -> None:
    for wrong in (object, "x", print):
        with pytest.raises(DefinitionError, match="subclasses of"):
            wot.thing(model=MODEL)(wrong)  # type: ignore[type-var]


def test_the_decorator_wants_to_know_the_model() -> None:
    anything: Any = wot.thing
    for wrong in (lambda: anything(Lamp), lambda: anything()):
        with pytest.raises(DefinitionError, match="which model") as raised:
            wrong()
        assert "@wot.thing(model=" in raised.value.hint


@pytest.mark.parametrize("value", [5, None, int, wot.Thing])
def test_only_things_have_a_model(value: Any) -> None:
    with pytest.raises(DefinitionError, match="has no model"):
        wot.model_of(value)


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
    with pytest.raises((FileNotFoundError, InvalidTD), match=r"none\.tm\.json"):
        implementing("none.tm.json")
