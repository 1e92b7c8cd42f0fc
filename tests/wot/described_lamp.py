"""A Thing made from a description, for handlers to be attached to."""

from __future__ import annotations

from typing import Any

import wot
from wot.td import TD_11, Json

PERCENT = {"type": "integer", "minimum": 0, "maximum": 100}


def lamp(**options: Any) -> wot.DescribedThing:
    """A new Thing with some of everything."""

    def forms(kind: str = "") -> Json:
        return {"forms": [{"href": "x", **({"contentType": kind} if kind else {})}]}

    depth = {
        "uriVariables": {"depth": {"type": "number"}, "unit": {"type": "string", "default": "m"}}
    }
    td = {
        "@context": TD_11,
        "id": "urn:example:lamp",
        "title": "Lamp",
        "securityDefinitions": {"sc": {"scheme": "nosec"}},
        "security": "sc",
        "properties": {
            "brightness": {**PERCENT, "default": 5, "observable": True, **forms()},
            "level": {**PERCENT, **forms()},
            "celsius": {"type": "number", "readOnly": True, "observable": True, **forms()},
            "at": {"type": "number", "readOnly": True, **depth, **forms()},
            "pin": {"type": "string", "writeOnly": True, **forms()},
            "picture": {**forms("image/png")},
            "odd name": {"type": "string", **forms()},
            "both": {"type": "string", "default": "property", **forms()},
            "start": {"type": "string", "default": "affordance", **forms()},
        },
        "actions": {
            "fade": {
                "input": {"type": "object", "properties": {"to": PERCENT}, "required": ["to"]},
                "output": PERCENT,
                **depth,
                **forms(),
            },
            "dim": {"input": PERCENT, **forms()},
            "set": {"input": {"type": "object", "properties": {"to": PERCENT}}, **forms()},
            "toggle": forms(),
            "both": forms(),
        },
        "events": {
            "hot": {"data": {"type": "number"}, **depth, **forms()},
            "moved": forms(),
        },
    }
    return wot.Thing.from_td(td, **options)


# Reading.


def plain() -> int:
    return 7
