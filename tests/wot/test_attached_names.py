"""What a Thing made from a description is called and calls its affordances, and when it is refused."""

from __future__ import annotations

from typing import Any

import pytest

import wot
from wot.errors import (
    DefinitionError,
)
from wot.td import KINDS, Json
from wot.things import exposed_of

from .described_lamp import lamp, plain

# Names.


def test_handles_by_name_and_as_attributes() -> None:
    thing = lamp()
    assert repr(thing.brightness) == repr(thing.properties["brightness"])
    assert list(thing.actions) == ["fade", "dim", "set", "toggle", "both"]
    assert "hot" in thing.events
    assert thing.events.get("cold") is None
    assert {"brightness", "fade", "hot", "on_read"} <= set(dir(thing))
    assert "odd name" not in dir(thing)
    with pytest.raises(
        AttributeError, match=r"several affordances: use thing.properties\['both'\]"
    ):
        _ = thing.both
    with pytest.raises(AttributeError, match="there is no 'brightnes'"):
        _ = thing.brightnes
    assert not hasattr(thing, "_repr_html_")


async def test_names_that_python_or_the_class_use_are_reached_by_name() -> None:
    thing = lamp()
    assert await thing.properties["start"].read() == "affordance"
    assert await thing.properties["both"].read() == "property"
    assert callable(thing.start)


@pytest.mark.parametrize("name", ["brightness", "fade", "hot", "start"])
def test_affordances_cannot_be_assigned(name: str) -> None:
    with pytest.raises(AttributeError, match="cannot be assigned"):
        setattr(lamp(), name, 5)


def test_other_attributes_can() -> None:
    thing = lamp()
    thing.device = "/dev/ttyUSB0"
    assert thing.device == "/dev/ttyUSB0"


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda t: t.on_read("brightnes", plain), "Lamp has no property 'brightnes'"),
        (lambda t: t.on_read("brightnes")(plain), "Lamp has no property 'brightnes'"),
        (lambda t: t.on_write("fade", print), "Lamp has no property 'fade'"),
        (lambda t: t.on_invoke("brightness", plain), "Lamp has no action 'brightness'"),
        (lambda t: t.on_subscribe("fade", plain), "Lamp has no event 'fade'"),
        (lambda t: t.emit("cold", 1), "Lamp has no event 'cold'"),
        (lambda t: t.changed("cold", 1), "Lamp has no property 'cold'"),
        (lambda t: t.actions["cold"], "Lamp has no action 'cold'"),
        (lambda t: t.on_read("pin", plain), "'pin' can only be written"),
        (lambda t: t.on_write("celsius", print), "'celsius' can only be read"),
        (lambda t: t.on_read("brightness", 5), "cannot be called: 5"),
        (lambda t: t.on_write("brightness", lambda: 1), "takes no value"),
        (lambda t: t.on_invoke("dim", lambda: 1), "takes no input"),
        (lambda t: t.on_invoke("toggle", lambda input: 1), "needs 'input', which nothing gives it"),
        (lambda t: t.on_read("at", lambda dept: 1), "needs 'dept', which nothing gives it"),
        (lambda t: t.on_read("brightness", lambda a: 1), "needs 'a', which nothing gives it"),
    ],
)
def test_mistakes_are_told_when_they_are_made(use: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        use(lamp())


def test_errors_about_names_list_those_that_exist() -> None:
    with pytest.raises(DefinitionError) as raised:
        lamp().on_invoke("fad", plain)
    assert raised.value.hint == "did you mean 'fade'? there are: both, dim, fade, set, toggle"
    with pytest.raises(DefinitionError) as raised:
        lamp().on_read("at", lambda dept: 1)
    assert raised.value.hint == "URI variables: depth, unit; it takes no value"


# Serving.


async def test_what_nothing_would_serve_is_refused_when_it_is_served() -> None:
    thing = lamp()
    thing.on_read("brightness", plain)
    thing.on_invoke("dim", print)
    for name in ("set", "toggle", "both"):
        thing.on_invoke(name, lambda *_: None)
    with pytest.raises(DefinitionError) as raised:
        async with wot.serve(thing, "http://127.0.0.1:0"):
            pass
    said = "Lamp cannot be served, because nothing handles the action 'fade', writing 'brightness'"
    assert str(raised.value) == said
    assert raised.value.hint == "attach it: thing.on_invoke('fade', handler)"
    thing.on_write("brightness", print)
    thing.on_invoke("fade", lambda input: 1)
    async with wot.serve(thing, "http://127.0.0.1:0") as served:
        assert len(served.urls) == 1


# What it is.


def test_id_and_title_may_be_given() -> None:
    assert exposed_of(lamp()).td.id == "urn:example:lamp"
    other = lamp(id="urn:example:other", title="Other")
    td = exposed_of(other).td
    assert (td.id, td.title) == ("urn:example:other", "Other")
    assert repr(other) == "<DescribedThing 'Other' urn:example:other>"


def test_only_the_class_itself_makes_things_from_tds() -> None:
    class Mine(wot.Thing):
        pass

    with pytest.raises(DefinitionError, match="Mine says itself what it offers"):
        Mine.from_td({})
    with pytest.raises(DefinitionError, match="has no subclasses"):
        type("Other", (wot.DescribedThing,), {})
    with pytest.raises(TypeError, match="from_td"):
        wot.DescribedThing()


async def test_nothing_is_consumed_by_the_class_of_described_things() -> None:
    td = exposed_of(lamp()).td.json | {"base": "http://127.0.0.1:9/"}
    async with wot.Servient() as servient:
        with pytest.raises(DefinitionError, match="declares nothing"):
            await servient.consume(_whole(td), wot.DescribedThing)


def _whole(td: Json) -> Json:
    nosec = {"securityDefinitions": {"sc": {"scheme": "nosec"}}, "security": "sc"}
    return {term: value for term, value in td.items() if term not in KINDS} | nosec
