"""The Web of Things: declare Things, serve them, find them, use them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wot import errors, sync
    from wot.affordances import Action, Event, Property, Stored
    from wot.consumed import ConsumedThing
    from wot.content import Content
    from wot.declare import action, event, every, property, stored
    from wot.exposed import ExposedThing
    from wot.ids import request_id
    from wot.interaction import Interactable, Interaction
    from wot.invocations import progress
    from wot.modelled import model_of, thing
    from wot.running import run
    from wot.servient import Endpoint, Served, Servient, consume, endpoint, serve
    from wot.started import Invocation, InvocationStatus
    from wot.td import ThingDescription
    from wot.things import DescribedThing, Thing
    from wot.threads import cancelled

# Name → module; imported when first used (PEP 562), so that `import wot` costs next to nothing.
_WHERE = {
    "Action": "wot.affordances",
    "ConsumedThing": "wot.consumed",
    "Content": "wot.content",
    "DescribedThing": "wot.things",
    "Endpoint": "wot.servient",
    "Event": "wot.affordances",
    "ExposedThing": "wot.exposed",
    "Interactable": "wot.interaction",
    "Interaction": "wot.interaction",
    "Invocation": "wot.started",
    "InvocationStatus": "wot.started",
    "Property": "wot.affordances",
    "Served": "wot.servient",
    "Servient": "wot.servient",
    "Stored": "wot.affordances",
    "Thing": "wot.things",
    "ThingDescription": "wot.td",
    "action": "wot.declare",
    "cancelled": "wot.threads",
    "consume": "wot.servient",
    "endpoint": "wot.servient",
    "errors": "",
    "event": "wot.declare",
    "every": "wot.declare",
    "model_of": "wot.modelled",
    "progress": "wot.invocations",
    "property": "wot.declare",
    "request_id": "wot.ids",
    "run": "wot.running",
    "serve": "wot.servient",
    "stored": "wot.declare",
    "sync": "",
    "thing": "wot.modelled",
}

__all__ = [
    "Action",
    "ConsumedThing",
    "Content",
    "DescribedThing",
    "Endpoint",
    "Event",
    "ExposedThing",
    "Interactable",
    "Interaction",
    "Invocation",
    "InvocationStatus",
    "Property",
    "Served",
    "Servient",
    "Stored",
    "Thing",
    "ThingDescription",
    "action",
    "cancelled",
    "consume",
    "endpoint",
    "errors",
    "event",
    "every",
    "model_of",
    "progress",
    "property",
    "request_id",
    "run",
    "serve",
    "stored",
    "sync",
    "thing",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"module 'wot' has no attribute {name!r}")
    found = (
        getattr(importlib.import_module(where), name)
        if where
        else importlib.import_module(f"wot.{name}")
    )
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
