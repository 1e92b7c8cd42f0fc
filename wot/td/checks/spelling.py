"""Terms that are written almost right: whoever reads them ignores them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wot.td.checks.trail import Findings, Trail
from wot.td.model import (
    ActionAffordance,
    DataSchema,
    EventAffordance,
    Form,
    PropertyAffordance,
    ThingDescription,
)
from wot.td.node import Json, Node, is_array, is_object, objects_in

_PARTS = ("input", "output", "subscription", "data", "dataResponse", "cancellation")


class _Terms:
    """The members that an object of one class has, and what others may be meant for."""

    __slots__ = ("known", "meant")

    def __init__(self, owner: type[Node]) -> None:
        self.known = frozenset(owner.members)
        self.meant = {_plain(name): name for name in owner.members}

    def check(self, json: Any, trail: Trail, found: Findings) -> None:
        if not is_object(json) or self.known.issuperset(json):
            return
        for name in sorted(json.keys() - self.known):
            meant = self.meant.get(_plain(name))
            if meant and meant not in json:
                reason = f"{name} is no term, so it is ignored"
                found.warning((*trail, name), reason, f"did you mean {meant}?")


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


_THING, _FORM, _SCHEMA = _Terms(ThingDescription), _Terms(Form), _Terms(DataSchema)
_KINDS: Mapping[str, _Terms] = {
    "properties": _Terms(PropertyAffordance),
    "actions": _Terms(ActionAffordance),
    "events": _Terms(EventAffordance),
}


def check(td: Json, found: Findings) -> None:
    """The members of the Thing, its affordances, their forms and the data schemas of actions and events."""
    _THING.check(td, (), found)
    for kind, terms in _KINDS.items():
        for name, affordance in objects_in(td, kind):
            terms.check(affordance, (kind, name), found)
            forms = affordance.get("forms")
            for number, form in enumerate(forms if is_array(forms) else ()):
                _FORM.check(form, (kind, name, "forms", number), found)
            if kind != "properties":
                for part in _PARTS:
                    if part in affordance:
                        _SCHEMA.check(affordance[part], (kind, name, part), found)
