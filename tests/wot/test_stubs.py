"""What a Thing Description becomes: the text of a module, its types, signatures and names."""

import pytest

import wot
from wot.errors import InvalidTD, WoTError
from wot.stubs import stub

from .stub_cases import (
    LAMP,
    class_of,
    described,
    with_property,
)

# What it looks like.

MODULE = '''\
# Made by `wot stub` from a Thing Description: make it again rather than change it.
#
# title: "Kitchen lamp"
# id: "urn:example:lamp"

from typing import Annotated, Literal, NotRequired, TypedDict

import wot
from msgspec import Meta


class State(TypedDict):
    on: bool
    mode: NotRequired[Literal["eco", "max"]]


class KitchenLamp(wot.Thing, title="Kitchen lamp"):
    """A dimmable lamp."""

    @wot.property(unit="percent", minimum=0, maximum=100, observable=True)
    async def brightness(self) -> int:
        """How bright it is."""
        raise NotImplementedError

    @brightness.write
    async def _set_brightness(self, value: int) -> None:
        raise NotImplementedError

    @wot.property
    async def state(self) -> State:
        raise NotImplementedError

    @wot.action
    async def fade(self, to: Annotated[int, Meta(le=100)], seconds: float = 1.5) -> str:
        """Dim smoothly."""
        raise NotImplementedError

    overheated = wot.event(float, unit="Cel")
    gone: wot.Event[None] = wot.event()
'''


def test_a_module_reads_like_one_written_by_hand() -> None:
    assert stub(LAMP) == MODULE
    assert stub(wot.ThingDescription.parse(LAMP)) == MODULE


def test_the_name_of_the_class_can_be_chosen() -> None:
    assert 'class Light(wot.Thing, title="Kitchen lamp"):' in stub(LAMP, "Light")
    for name in ("my lamp", "class", "Any", "int", "a.b", "x\nimport os", "ﬁ"):
        with pytest.raises(WoTError, match="cannot be the name"):
            stub(LAMP, name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("lamp", "Lamp"),
        ("My HTTP lamp no. 2", "MyHTTPLampNo2"),
        ("Glühbirne", "Glühbirne"),
        ("灯", "灯"),
        ("3D printer", "Thing3DPrinter"),
        ("any", "AnyThing"),
        ("🙂", "Thing"),
        ("__import__('os')", "ImportOs"),
    ],
)
def test_the_class_is_named_after_the_title(title: str, name: str) -> None:
    assert class_of(stub(described(title))).__name__ == name


def test_what_is_no_td_is_refused() -> None:
    with pytest.raises(InvalidTD):
        stub({"properties": {}})
    with pytest.raises(InvalidTD):
        stub(with_property({"type": "object", "properties": []}))
