"""What a Thing Model may take from others has names that the model itself does not show."""

from __future__ import annotations

from typing import Any

from wot.td.mending import Unknowable
from wot.td.node import Json, is_array, is_object
from wot.td.vocabulary import KINDS

_MAPS = ("securityDefinitions", "schemaDefinitions", "uriVariables")


def opened(model: Json) -> Json:
    """The model with maps that hold any name where it inherits some; they are judged when it is resolved."""
    extends = _extends(model)
    out = dict(model)
    for name in _MAPS if extends else ():
        out[name] = _open(model.get(name))
    for kind in KINDS:
        affordances = model.get(kind)
        if is_object(affordances):
            out[kind] = {
                name: {**one, "uriVariables": _open(one.get("uriVariables"))}
                if is_object(one) and (extends or "tm:ref" in one)
                else one
                for name, one in affordances.items()
            }
    return out


def _extends(model: Json) -> bool:
    links = model.get("links")
    return is_array(links) and any(
        is_object(link) and link.get("rel") == "tm:extends" for link in links
    )


def _open(names: Any) -> Any:
    return Unknowable(names if is_object(names) else {})
