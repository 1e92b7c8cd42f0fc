"""Thing Descriptions and Thing Models as data; no I/O."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from wot.td.model import (
    ActionAffordance,
    AdditionalResponse,
    Affordance,
    DataSchema,
    Described,
    EventAffordance,
    ExpectedResponse,
    Form,
    Link,
    PropertyAffordance,
    SecurityScheme,
    ThingDescription,
    VersionInfo,
    context_with,
    standard_context,
)
from wot.td.node import Json, Node, camel, is_array, is_object
from wot.td.vocabulary import (
    EACH,
    ENDS,
    KIND,
    KINDS,
    STREAMS,
    TD_10,
    TD_11,
    TD_JSON,
    Op,
    default_ops,
)

if TYPE_CHECKING:
    from wot.td.defaults import expand, reduce
    from wot.td.editions import EDITIONS, Edition, edition, is_model
    from wot.td.library import Resolver
    from wot.td.linked import to_graph, to_ntriples, to_quads
    from wot.td.places import locate, place
    from wot.td.reading import read
    from wot.td.thing_model import ThingModel, compare, complete, derive, missing, resolve_model
    from wot.td.validation import validate

# Name → module; the toolkit is imported when it is first used (PEP 562): who serves or consumes does not pay for it.
_TOOLS = {
    "EDITIONS": "wot.td.editions",
    "Edition": "wot.td.editions",
    "Resolver": "wot.td.library",
    "ThingModel": "wot.td.thing_model",
    "compare": "wot.td.thing_model",
    "complete": "wot.td.thing_model",
    "derive": "wot.td.thing_model",
    "edition": "wot.td.editions",
    "expand": "wot.td.defaults",
    "is_model": "wot.td.editions",
    "locate": "wot.td.places",
    "missing": "wot.td.thing_model",
    "place": "wot.td.places",
    "read": "wot.td.reading",
    "reduce": "wot.td.defaults",
    "resolve_model": "wot.td.thing_model",
    "to_graph": "wot.td.linked",
    "to_ntriples": "wot.td.linked",
    "to_quads": "wot.td.linked",
    "validate": "wot.td.validation",
}

__all__ = [
    "EACH",
    "EDITIONS",
    "ENDS",
    "KIND",
    "KINDS",
    "STREAMS",
    "TD_10",
    "TD_11",
    "TD_JSON",
    "ActionAffordance",
    "AdditionalResponse",
    "Affordance",
    "DataSchema",
    "Described",
    "Edition",
    "EventAffordance",
    "ExpectedResponse",
    "Form",
    "Json",
    "Link",
    "Node",
    "Op",
    "PropertyAffordance",
    "Resolver",
    "SecurityScheme",
    "ThingDescription",
    "ThingModel",
    "VersionInfo",
    "camel",
    "compare",
    "complete",
    "context_with",
    "default_ops",
    "derive",
    "edition",
    "expand",
    "is_array",
    "is_model",
    "is_object",
    "locate",
    "missing",
    "place",
    "read",
    "reduce",
    "resolve_model",
    "standard_context",
    "to_graph",
    "to_ntriples",
    "to_quads",
    "validate",
]


def __getattr__(name: str) -> Any:
    where = _TOOLS.get(name)
    if where is None:
        raise AttributeError(f"module 'wot.td' has no attribute {name!r}")
    found = getattr(importlib.import_module(where), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
