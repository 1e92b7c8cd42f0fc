"""What a class makes of its bases: inheritance of affordances, terms and handlers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import wot
from wot.errors import DefinitionError
from wot.td import TD_10, TD_11
from wot.things import exposed_of


def td(thing: wot.Thing) -> dict[str, Any]:
    return exposed_of(thing).td.json


class Light(
    wot.Thing,
    title="Light",
    description="Shines.",
    types=["saref:LightSwitch"],
    context={"saref": "https://saref.etsi.org/core/"},
    links=[{"href": "manual.pdf", "rel": "help"}],
    version={"instance": "1.0.0"},
    support="mailto:x@example.org",
    titles={"de": "Licht"},
    descriptions={"de": "Leuchtet."},
    terms={"saref:hasManufacturer": "x"},
    threads=2,
    timeout=5.0,
):
    on = wot.stored(False)
    hot = wot.event(float)
    heard: list[int]

    @wot.property(minimum=0, unit="percent")
    async def level(self) -> int:
        return 1

    @level.write
    async def set_level(self, percent: int) -> None:
        self.heard = [percent]

    @wot.action
    async def fade(self, to: int) -> str:
        return f"light {to}"


class Lamp(Light, context={"ex": "http://example.org/"}):
    """A lamp."""

    mode = wot.stored("eco")

    async def set_level(self, percent: int) -> None:
        self.heard = [percent, percent]

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> str:
        return f"lamp {to}"


def test_words_of_the_class() -> None:
    json = td(Light())
    assert json["@context"] == [TD_10, TD_11, {"saref": "https://saref.etsi.org/core/"}]
    assert {
        term: json[term]
        for term in json
        if term not in ("@context", "properties", "actions", "events")
    } == {
        "id": "",
        "title": "Light",
        "description": "Shines.",
        "@type": ["saref:LightSwitch"],
        "links": [{"href": "manual.pdf", "rel": "help"}],
        "version": {"instance": "1.0.0"},
        "support": "mailto:x@example.org",
        "titles": {"de": "Licht"},
        "descriptions": {"de": "Leuchtet."},
        "saref:hasManufacturer": "x",
    }


def test_words_are_inherited_where_the_class_says_nothing() -> None:
    json = td(Lamp())
    assert json["title"] == "Lamp"
    assert json["description"] == "A lamp."
    assert json["@type"] == ["saref:LightSwitch"]
    assert json["version"] == {"instance": "1.0.0"}
    assert json["saref:hasManufacturer"] == "x"
    assert json["@context"][2] == {
        "saref": "https://saref.etsi.org/core/",
        "ex": "http://example.org/",
    }
    assert (Lamp.__template__.threads, Lamp.__template__.timeout) == (2, 5.0)


def test_a_description_is_inherited_like_the_other_words() -> None:
    class Plain(Light):
        pass

    assert td(Plain())["description"] == "Shines."


async def test_affordances_and_their_terms_are_inherited() -> None:
    json = td(Lamp())
    assert list(json["properties"]) == ["on", "level", "mode"]
    assert json["properties"]["level"] == td(Light())["properties"]["level"]
    assert list(json["events"]) == ["hot"]
    assert "seconds" in json["actions"]["fade"]["input"]["properties"]
    lamp = Lamp()
    assert await lamp.level.read() == 1
    assert await lamp.fade(3) == "lamp 3"
    assert await Light().fade(3) == "light 3"


async def test_an_overridden_writer_is_heard() -> None:
    lamp, light = Lamp(), Light()
    await lamp.level.write(5)
    await light.level.write(5)
    assert (lamp.heard, light.heard) == ([5, 5], [5])


async def test_a_property_can_be_declared_again() -> None:
    class Dimmer(Light):
        @wot.property(maximum=10)
        async def level(self) -> float:
            return 0.5

    json = td(Dimmer())["properties"]["level"]
    assert json == {"type": "number", "maximum": 10, "readOnly": True}
    assert await Dimmer().level.read() == 0.5


async def test_affordances_can_come_from_a_mixin() -> None:
    class Switchable:
        on = wot.stored(False)

        @wot.action
        async def toggle(self) -> bool:
            return True

    class Plug(Switchable, wot.Thing):
        pass

    class Both(Lamp, Plug):
        pass

    assert await Plug().toggle() is True
    assert list(td(Plug())["properties"]) == ["on"]
    assert {"toggle", "fade"} <= set(td(Both())["actions"])


def test_plain_methods_may_be_overridden_freely() -> None:
    class Base(wot.Thing):
        def helper(self) -> int:
            return 1

        async def start(self) -> None: ...

    class Sub(Base):
        def helper(self) -> int:
            return 2

        def start(self) -> None: ...

    assert Sub().helper() == 2


def test_an_affordance_may_replace_a_plain_method_but_not_the_other_way_round() -> None:
    class Base(wot.Thing):
        def level(self) -> int:
            return 1

    class Sub(Base):
        @wot.property
        def level(self) -> int:
            return 2

    assert "level" in td(Sub())["properties"]
    with pytest.raises(DefinitionError, match=r"Bad\.level hides an inherited affordance"):

        class Bad(Sub):
            level = 3


def test_types_of_a_base_are_looked_up_where_the_base_was_made() -> None:
    def make() -> type[wot.Thing]:
        class Here(msgspec.Struct):
            a: int

        class Base(wot.Thing):
            @wot.property
            def here(self) -> Here: ...

        return Base

    class Sub(make()):
        pass

    assert td(Sub())["properties"]["here"]["required"] == ["a"]


def test_local_types_are_found_with_postponed_annotations() -> None:
    class Local(msgspec.Struct):
        b: int

    class Thing(wot.Thing):
        kept: wot.Stored[Local | None] = wot.stored(None)
        seen: wot.Event[list[Local]] = wot.event()

        @wot.property
        async def prop(self) -> Local: ...

        @prop.write
        async def set_prop(self, value: Local) -> None: ...

        @wot.action
        async def act(self, value: Local, /) -> dict[str, Local]: ...

    json = td(Thing())
    schema = {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]}
    assert json["properties"]["prop"] == schema
    assert json["properties"]["kept"]["oneOf"][0] == schema
    assert json["actions"]["act"]["input"] == schema
    assert json["actions"]["act"]["output"]["additionalProperties"] == schema
    assert json["events"]["seen"]["data"]["items"] == schema


def test_the_class_itself_may_be_named_in_its_annotations() -> None:
    class Thing(wot.Thing):
        @wot.action
        def same(self) -> int:
            return 1

        def helper(self: Thing) -> Thing:
            return self

    assert "same" in td(Thing())["actions"]


def test_background_work_is_inherited_and_can_be_replaced() -> None:
    class Base(wot.Thing):
        @wot.every(seconds=1)
        async def sample(self) -> None: ...

        @wot.every(seconds=2)
        def clean(self) -> None: ...

    class Sub(Base):
        @wot.every(seconds=3)
        async def sample(self) -> None: ...

        def clean(self) -> None: ...

    assert dict((name, seconds) for seconds, name in Base.__template__.every) == {
        "sample": 1,
        "clean": 2,
    }
    assert dict((name, seconds) for seconds, name in Sub.__template__.every) == {"sample": 3}
