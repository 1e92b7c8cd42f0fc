"""The values that a data schema names (enum, const, default), against what else it says."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from wot.td.checks.trail import Findings, Trail
from wot.td.node import Json, is_array, is_object, shown, type_name

_TYPES: Mapping[str, Any] = {
    "boolean": bool,
    "string": str,
    "object": dict,
    "array": list,
    "null": type(None),
}
_HINT = "change the type, or the value"


def check(schema: Json, trail: Trail, found: Findings) -> None:
    """An error where no value is left, a warning where one can never be used."""
    choices = schema.get("enum")
    if is_array(choices) and choices:
        _check_choices(choices, schema, trail, found)
    if "const" in schema:
        if "enum" in schema:
            reason = "const and enum together: const alone counts"
            found.warning((*trail, "const"), reason, "leave one of them out")
        reason = _misfit(schema["const"], schema)
        if reason:
            found.error((*trail, "const"), reason, _HINT, "td-vocab-const--DataSchema")
    if "default" in schema:
        _check_default(schema["default"], schema, choices, trail, found)


def _check_choices(choices: list[Any], schema: Json, trail: Trail, found: Findings) -> None:
    first, reason, fits = 0, "", False
    for number, choice in enumerate(choices):
        misfit = _misfit(choice, schema)
        fits = fits or not misfit
        if misfit and not reason:
            first, reason = number, misfit
        if reason and fits:
            break
    if reason:
        report = found.warning if fits else found.error
        report((*trail, "enum", first), reason, _HINT, "td-vocab-enum--DataSchema")


def _check_default(default: Any, schema: Json, choices: Any, trail: Trail, found: Findings) -> None:
    reason = _misfit(default, schema)
    if not reason and is_array(choices) and not any(_same(default, choice) for choice in choices):
        reason = f"{shown(default)} is none of the enum"
    if not reason and "const" in schema and not _same(default, schema["const"]):
        reason = f"{shown(default)} is not the const"
    if reason:
        hint = "a default fits its schema"
        found.warning((*trail, "default"), reason, hint, "td-vocab-default--DataSchema")


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: for Python, True is 1 as well."""
    return bool(one == other) and _kinds(one) == _kinds(other)


def _kinds(value: Any) -> Any:
    """Where a value has booleans."""
    if is_array(value):
        return [_kinds(item) for item in value]
    if is_object(value):
        return {name: _kinds(item) for name, item in value.items()}
    return isinstance(value, bool)


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a JSON value is a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _misfit(value: Any, schema: Json) -> str:
    """Why a value does not fit the scalar terms of a schema; "" where it does."""
    kind = schema.get("type")
    if isinstance(value, str) and "{{" in value:  # a placeholder of a model
        return ""
    if kind in ("number", "integer"):
        if not is_number(value) or (kind == "integer" and value % 1 != 0):
            return f"{shown(value)} is not of the type {kind}"
    elif isinstance(kind, str) and kind in _TYPES and not isinstance(value, _TYPES[kind]):
        found = "" if value is None else f", but {type_name(value)}"
        return f"{shown(value)} is not of the type {kind}{found}"
    if is_number(value):
        for term, is_out in _BOUNDS:
            bound: Any = schema.get(term)
            if is_number(bound) and is_out(value, bound):
                return f"{shown(value)} is beyond the {term} of {shown(bound)}"
    if isinstance(value, str):
        most, least = schema.get("maxLength"), schema.get("minLength")
        if isinstance(most, int) and len(value) > most:
            return f"{shown(value)} is too long"
        if isinstance(least, int) and len(value) < least:
            return f"{shown(value)} is too short"
    return ""


_BOUNDS: tuple[tuple[str, Callable[[float, float], bool]], ...] = (
    ("minimum", operator.lt),
    ("exclusiveMinimum", operator.le),
    ("maximum", operator.gt),
    ("exclusiveMaximum", operator.ge),
)
