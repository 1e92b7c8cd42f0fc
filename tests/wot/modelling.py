"""What the tests of models share."""

from __future__ import annotations

from typing import Any

import wot
from wot.td import TD_11, Json
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


ON: Json = {"@context": TD_11, "@type": "tm:ThingModel", "properties": {"on": {"type": "boolean"}}}
