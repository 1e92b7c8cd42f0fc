"""Commands made from Thing Descriptions."""

from __future__ import annotations

from typing import Any

import wot
from wot.cli.trying import Shown, commands

FORM = [{"href": "http://x.example/f"}]


async def consumed(servient: wot.Servient, **kinds: Any) -> wot.ConsumedThing:
    return await servient.consume({"title": "T", **kinds})


async def test_one_of_each_kind(servient: wot.Servient) -> None:
    choice = {"enum": ["low", "high"]}
    first = await consumed(
        servient,
        properties={
            "secret": {"writeOnly": True, "forms": FORM},
            "it's": {"type": "number", "readOnly": True, "forms": FORM},
        },
        actions={
            "guess": {"input": {"type": "integer"}, "forms": FORM},
            "reset": {"forms": FORM},
            "pick": {
                "input": {"type": "object", "properties": {"one": choice}, "required": ["one"]},
                "forms": FORM,
            },
        },
        events={"alarm": {"forms": FORM}},
    )
    last = await consumed(
        servient, properties={"limit": {"type": "number", "minimum": 0.01, "forms": FORM}}
    )
    assert commands([Shown("http://a", first), Shown("http://b", last)]) == [
        "wot td http://a",
        "wot read http://a 'it'\"'\"'s'",
        "wot watch http://a alarm",
        """wot invoke http://a pick '{"one": "low"}'""",
        "wot write http://b limit 0.1",
        "curl http://x.example/f",
    ]


async def test_nothing_that_cannot_be(servient: wot.Servient) -> None:
    thing = await consumed(
        servient, actions={"guess": {"input": {"type": "integer"}, "forms": FORM}}
    )
    assert commands([Shown("http://a", thing)]) == ["wot td http://a"]


async def test_settings_stay_in_their_range(servient: wot.Servient) -> None:
    level = {"type": "integer", "minimum": 20, "maximum": 100, "forms": FORM}
    thing = await consumed(servient, properties={"level": level})
    assert "wot write http://a level 100" in commands([Shown("http://a", thing)])
