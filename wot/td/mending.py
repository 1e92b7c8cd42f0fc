"""A document without what its schema refuses, so that other checks neither stumble over it nor report it again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from wot.td.node import Json, is_array, is_object

_Steps = tuple[str | int, ...]
# Errors of a value itself; the others are about an object whose members are fine as far as they go.
_OF_VALUES = frozenset(
    [
        "type",
        "enum",
        "const",
        "pattern",
        "minimum",
        "exclusiveMinimum",
        "multipleOf",
        "uniqueItems",
        "minItems",
    ]
)
# Members of which it matters that they are there.
_PRESENT = frozenset(["subprotocol", "op", "flow"])
# Maps whose names others refer to.
_MAPS = (("securityDefinitions",), ("schemaDefinitions",), ("uriVariables",))


class Unknowable(dict[str, Any]):
    """A broken map of names: empty, and it may hold any name that others ask for."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return True


_NUMBER = re.compile(r"\+?[0-9]+").fullmatch


def steps_of(json: Any, error: Any) -> _Steps:
    """Where an error of jsonschema-rs is: its own path has numbers for names such as "01", and leaves "" out."""
    node: Any = json
    found: list[str | int] = []
    for step in error.instance_path:
        while is_object(node) and _name_of(node, step) is None and "" in node:
            found.append("")
            node = node[""]
        name = _name_of(node, step) if is_object(node) else None
        if is_object(node) and name is not None:
            found.append(name)
            node = node[name]
        else:
            found.append(step)
            node = node[step] if is_array(node) and isinstance(step, int) else None
    while is_object(node) and "" in node and node != error.instance:
        found.append("")
        node = node[""]
    return tuple(found)


def _name_of(node: Json, step: str | int) -> str | None:
    if str(step) in node:
        return str(step)
    if isinstance(step, str):
        return None
    return next((name for name in node if _NUMBER(name) and int(name) == step), None)


def mended(json: Json, errors: Iterable[Any]) -> Json:
    """A copy without the values that `errors` (of jsonschema-rs) are about."""
    wrong: dict[_Steps, Any] = {}
    for error in errors:
        kind, steps = error.kind.name, steps_of(json, error)
        is_scalar = kind == "not" and not is_object(error.instance)
        if steps[:1] == ("@context",):
            wrong[("@context",)] = (
                "urn:unknown"  # as good as a context elsewhere: it may declare anything
            )
        elif _is_map(steps) and kind in ("type", "minProperties"):
            wrong[steps] = Unknowable()
        elif steps and kind == "type" and "object" in error.kind.types:
            wrong[steps] = {}
        elif steps and (steps[-1] in _PRESENT or steps[-2:-1] in (("titles",), ("descriptions",))):
            wrong[steps] = ""
        elif steps == ("base",):
            wrong[steps] = "urn:unknown"
        elif steps and steps[0] == "securityDefinitions" and steps[-1] == "name":
            wrong[steps], wrong[(*steps[:-1], "in")] = None, ""
        elif steps and (is_scalar or kind in _OF_VALUES):
            wrong[steps] = None
    return _without(json, wrong) if wrong else json


def _is_map(steps: _Steps) -> bool:
    """Whether a map of names is there; an affordance may be called like one."""
    return steps[-1:] in _MAPS and (
        len(steps) == 1 or (len(steps) == 3 and steps[2] == "uriVariables")
    )


def _without(json: Json, wrong: dict[_Steps, Any]) -> Json:
    out: Json = dict(json)
    copied: dict[_Steps, Any] = {(): out}
    for steps in sorted(wrong, key=len):
        parent = _copied(copied, steps[:-1])
        last = steps[-1]
        if is_array(parent):
            parent[int(last)] = None  # so that the others keep their numbers
        elif is_object(parent) and wrong[steps] is not None:
            parent[str(last)] = wrong[steps]
        elif is_object(parent):
            parent.pop(str(last), None)
    return out


def _copied(copied: dict[_Steps, Any], steps: _Steps) -> Any:
    """The container at `steps`, copied on the way there; None where that has been taken out already."""
    if steps in copied:
        return copied[steps]
    parent: Any = _copied(copied, steps[:-1])
    last: Any = steps[-1]
    there = is_array(parent) or (is_object(parent) and last in parent)
    copy = _copy(parent[last]) if there else None
    if there:
        parent[last] = copy
    copied[steps] = copy
    return copy


def _copy(value: Any) -> Any:
    return dict(value) if is_object(value) else list(value) if is_array(value) else value


def without(json: Json, steps: _Steps) -> Json:
    """A copy without what stands at `steps`; of an array, what comes behind it goes as well, so that no item moves."""
    out: Json = dict(json)
    parent = _copied({(): out}, steps[:-1])
    if is_object(parent):
        parent.pop(str(steps[-1]), None)
    elif is_array(parent):
        del parent[int(steps[-1]) :]
    return out
