"""Does a Thing Description keep what its Thing Model promises (TD 1.1 section 9.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from wot.errors import Finding
from wot.td.inheriting import members, optional
from wot.td.library import types_of
from wot.td.narrowing import Narrowing, Way
from wot.td.node import Json, at, is_object, shown
from wot.td.placeholders import names
from wot.td.vocabulary import KINDS

VALIDITY = "tm-derivation-validity"
_ONE = {"properties": "property", "actions": "action", "events": "event"}
_PARTS: dict[str, dict[str, Way]] = {
    "actions": {"input": "in", "output": "out"},
    "events": {"subscription": "in", "data": "out", "dataResponse": "in", "cancellation": "in"},
}
_PROMISES = {"properties": ("observable",), "actions": ("safe", "idempotent"), "events": ()}


def compared(td: Json, model: Json) -> list[Finding]:
    """What a TD lacks of a resolved model, and where it contradicts it; errors first."""
    found = list(_Comparison(td, model).findings())
    return sorted(found, key=lambda finding: finding.severity != "error")


class _Comparison:
    def __init__(self, td: Json, model: Json) -> None:
        self.td, self.model = td, model
        self.schemas = Narrowing(VALIDITY)

    def findings(self) -> Iterator[Finding]:
        may = set(optional(self.model))
        yield from self._whole()
        for kind in KINDS:
            wanted, given = self.model.get(kind), self.td.get(kind)
            for name, affordance in (wanted if is_object(wanted) else {}).items():
                path = at(at("$", kind), name)
                mine = given.get(name) if is_object(given) else None
                if is_object(mine) and is_object(affordance):
                    yield from self._affordance(kind, mine, affordance, path)
                elif mine is None and (kind, name) not in may:
                    hint = "add it; only what the model lists in tm:optional may be left out"
                    reason = f"the {_ONE[kind]} {name!r} of the model is missing"
                    yield self.schemas.fault(
                        at("$", kind) if kind in self.td else "$", reason, hint
                    )
        yield from self._shared_variables()
        if self.schemas.is_cut:
            reason = "it has not been compared in full, because the two are too large"
            yield self.schemas.fault("$", reason, "compare parts of them", error=False)

    def _whole(self) -> Iterator[Finding]:
        mine, wanted = _version(self.td), _version(self.model)
        if wanted and mine and mine != wanted:
            reason = f"it follows version {mine!r} of the model, and this is {wanted!r}"
            yield self.schemas.fault("$.version.model", reason, error=False)
        yield from self._types(self.td, self.model, "$")

    def _types(self, mine: Json, model: Json, path: str) -> Iterator[Finding]:
        given = types_of(mine)
        for text in types_of(model):
            if (
                text not in given
                and not names(text)
                and not text.startswith("tm:")
                and text != "Thing"
            ):
                yield self.schemas.fault(
                    path, f"the type {text!r} of the model is missing (@type)", error=False
                )

    def _affordance(self, kind: str, mine: Json, model: Json, path: str) -> Iterator[Finding]:
        yield from self._types(mine, model, path)
        for promise in _PROMISES[kind]:
            if model.get(promise) is True and not _true(mine.get(promise)):
                yield self.schemas.fault(
                    at(path, promise) if promise in mine else path,
                    f"the model promises that it is {promise}",
                )
        if kind == "properties":
            yield from self.schemas.access(mine, model, path)
            yield from self.schemas.differences(
                mine, model, path, "in" if mine.get("writeOnly") is True else "out"
            )
        for member, way in _PARTS.get(kind, {}).items():
            yield from self._part(mine.get(member), model.get(member), path, member, way)
        waits, waited = mine.get("synchronous"), model.get("synchronous")
        if (
            kind == "actions"
            and isinstance(waits, bool)
            and isinstance(waited, bool)
            and waits != waited
        ):
            reason = f"it is {shown(waits)}, and in the model {shown(waited)}"
            yield self.schemas.fault(at(path, "synchronous"), reason, error=False)
        yield from self._variables(mine, model, at(path, "uriVariables"))

    def _part(self, mine: Any, model: Any, path: str, member: str, way: Way) -> Iterator[Finding]:
        if is_object(mine) and is_object(model):
            yield from self.schemas.differences(mine, model, at(path, member), way)
        elif is_object(model) and mine is None:
            yield self.schemas.fault(path, f"the {member} of the model is missing")
        elif is_object(mine) and model is None and way == "in":
            yield self.schemas.fault(
                at(path, member), f"it takes a {member} that the model does not have"
            )

    def _variables(self, mine: Json, model: Json, path: str) -> Iterator[Finding]:
        """The URI variables of an affordance; both may declare them for the whole Thing (TD 1.1 section 5.3.1.3)."""
        own, wanted = members(mine, "uriVariables"), members(model, "uriVariables")
        shared, promised = members(self.td, "uriVariables"), members(self.model, "uriVariables")
        for name, schema in wanted.items():
            yield from self._variable(own.get(name, shared.get(name)), schema, name, path)
        for name in own:
            if name not in wanted and name in promised:
                yield from self._variable(own[name], promised[name], name, path)

    def _shared_variables(self) -> Iterator[Finding]:
        """Those of the whole Thing: a TD may declare them for each of its affordances instead."""
        wanted, given = members(self.model, "uriVariables"), members(self.td, "uriVariables")
        path = at("$", "uriVariables")
        everywhere: Counter[str] = Counter()
        affordances = [one for kind in KINDS for one in members(self.td, kind).values()]
        for affordance in filter(is_object, affordances if wanted else ()):
            everywhere.update(list(members(affordance, "uriVariables")))
        for name, schema in wanted.items():
            if not affordances or everywhere[name] < len(affordances):
                yield from self._variable(given.get(name), schema, name, path)

    def _variable(self, given: Any, wanted: Any, name: str, path: str) -> Iterator[Finding]:
        if is_object(given) and is_object(wanted):
            yield from self.schemas.differences(given, wanted, at(path, name), "in")
        elif given is None:
            reason = f"the URI variable {name!r} of the model is missing"
            yield self.schemas.fault(path, reason, error=False)


def _version(document: Json) -> Any:
    version = document.get("version")
    model = version.get("model") if is_object(version) else None
    return model if isinstance(model, str) and not names(model) else None


def _true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and bool(names(value)))
