"""Data schemas (TD 1.1 section 5.3.2) that nothing fits, or that say less than they seem to."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from wot.td.checks.trail import Findings, Trail
from wot.td.node import Json, is_array, is_object, objects_in, shown, type_name

_PARTS = {
    "properties": (),
    "actions": ("input", "output"),
    "events": ("subscription", "data", "dataResponse", "cancellation"),
}
_NUMBERS = frozenset(["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"])
_LENGTHS = frozenset(["minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType"])
_ITEMS = frozenset(["items", "minItems", "maxItems"])
_MEMBERS = frozenset(["properties", "required"])
_VALUES = frozenset(["enum", "const", "default"])
_CHECKED = _NUMBERS | _LENGTHS | _ITEMS | _MEMBERS | _VALUES | {"writeOnly", "oneOf"}
_NONE: frozenset[str] = frozenset()
# The terms that most schemas of a type make do with, and those of them that can contradict each other.
_PLAIN: Mapping[str, frozenset[str]] = {
    "boolean": _NONE,
    "null": _NONE,
    "integer": frozenset(["minimum", "maximum"]),
    "number": frozenset(["minimum", "maximum"]),
    "string": frozenset(["minLength", "maxLength"]),
    "object": _MEMBERS,
    "array": frozenset(["items"]),
}
_BOUNDS_OF: Mapping[str, tuple[str, str, bool]] = {
    "integer": ("minimum", "maximum", False),
    "number": ("minimum", "maximum", False),
    "string": ("minLength", "maxLength", False),
}
_EMPTY: Mapping[Any, str] = {"object": "properties", "array": "items"}
# Which types the terms of a class are for.
_FOR: Mapping[str, tuple[frozenset[str], str]] = {
    **{term: (frozenset(["number", "integer"]), "number and integer") for term in _NUMBERS},
    **{term: (frozenset(["string"]), "string") for term in _LENGTHS},
    **{term: (frozenset(["array"]), "array") for term in _ITEMS},
    **{term: (frozenset(["object"]), "object") for term in _MEMBERS},
}
# Type → the terms that say nothing of it.
_WRONG: Mapping[str, frozenset[str]] = {
    kind: frozenset(term for term, (kinds, _) in _FOR.items() if kind not in kinds)
    for kind in ("boolean", "integer", "number", "string", "object", "array", "null")
}
_TYPES: Mapping[str, Any] = {
    "boolean": bool,
    "string": str,
    "object": dict,
    "array": list,
    "null": type(None),
}


def check(td: Json, found: Findings) -> None:
    """Every data schema of a document."""
    for kind, parts in _PARTS.items():
        for name, affordance in objects_in(td, kind):
            if not parts:
                _check(affordance, (kind, name), found)
            for part in parts:
                if part in affordance:
                    _check(affordance[part], (kind, name, part), found)
            if "uriVariables" in affordance:
                _check_all(affordance["uriVariables"], (kind, name, "uriVariables"), found)
    for term in ("uriVariables", "schemaDefinitions"):
        if term in td:
            _check_all(td[term], (term,), found)


def _check_all(schemas: Json, trail: Trail, found: Findings) -> None:
    if is_object(schemas):
        for name, schema in schemas.items():
            _check(schema, (*trail, name), found)


def _check(schema: Any, trail: Trail, found: Findings) -> None:
    """One schema. Most have few of these terms, and a valid TD has thousands of schemas: cheap questions come first."""
    if not is_object(schema):  # a placeholder of a model
        return
    terms, kind = _CHECKED.intersection(schema), schema.get("type")
    if not terms and kind != "object" and kind != "array":
        return
    if not isinstance(kind, str) or not terms <= _PLAIN.get(kind, _NONE):
        _check_terms(schema, kind, trail, found)
    elif len(terms) == 2 and kind in _BOUNDS_OF:
        _check_range(schema, *_BOUNDS_OF[kind], trail, found)
    if isinstance(kind, str) and kind in _EMPTY and _EMPTY[kind] not in terms:
        _check_emptiness(schema, kind, trail, found)
    if "properties" in terms:
        if "required" in terms:
            _check_required(schema, trail, found)
        _check_all(schema["properties"], (*trail, "properties"), found)
    if "items" in terms:
        items = schema["items"]
        if is_array(items):
            for number, item in enumerate(items):
                _check(item, (*trail, "items", number), found)
        else:
            _check(items, (*trail, "items"), found)


def _check_terms(schema: Json, kind: Any, trail: Trail, found: Findings) -> None:
    """What is more than the common terms of a type."""
    for low, high, strict in _PAIRS:
        if low in schema and high in schema:
            _check_range(schema, low, high, strict, trail, found)
    if not _VALUES.isdisjoint(schema):
        _check_values(schema, trail, found)
    if isinstance(kind, str):
        for term in sorted(_WRONG.get(kind, _NONE).intersection(schema)):
            hint = f"it is for {_FOR[term][1]}"
            found.warning((*trail, term), f"{term} says nothing of the type {kind}", hint)
    if "pattern" in schema:
        _check_pattern(schema["pattern"], (*trail, "pattern"), found)
    if schema.get("readOnly") is True and schema.get("writeOnly") is True:
        reason = "it is both read-only and write-only"
        found.warning((*trail, "writeOnly"), reason, "one of them is meant")
    branches = schema.get("oneOf")
    if is_array(branches):
        if not branches:
            reason = "it is empty, and nothing fits one of nothing"
            found.warning((*trail, "oneOf"), reason, "leave it out")
        for number, branch in enumerate(branches):
            _check(branch, (*trail, "oneOf", number), found)


def _check_emptiness(schema: Json, kind: str, trail: Trail, found: Findings) -> None:
    if "oneOf" not in schema and _VALUES.isdisjoint(schema):
        what = "its members" if kind == "object" else "what is in it"
        reason = f"an {kind} without {_EMPTY[kind]} says nothing of {what}"
        found.warning(trail, reason, f"declare it in {_EMPTY[kind]}")


_PAIRS = (
    ("minimum", "maximum", False),
    ("minimum", "exclusiveMaximum", True),
    ("exclusiveMinimum", "maximum", True),
    ("exclusiveMinimum", "exclusiveMaximum", True),
    ("minLength", "maxLength", False),
    ("minItems", "maxItems", False),
)


def _check_range(
    schema: Json, low: str, high: str, strict: bool, trail: Trail, found: Findings
) -> None:
    least, most = schema[low], schema[high]
    if _is_number(least) and _is_number(most) and (least > most or (strict and least == most)):
        reason = f"{low} {shown(least)} and {high} {shown(most)} leave no value"
        found.error((*trail, low), reason, "exchange them?" if least > most else "")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_pattern(pattern: Any, trail: Trail, found: Findings) -> None:
    if not isinstance(pattern, str) or not pattern:
        return
    if len(pattern) > _LONGEST or _LITERAL.fullmatch(pattern) or found.patterns >= _COMPILED:
        return
    found.patterns += 1
    fault = _fault_of(pattern)
    if fault == "look":
        found.warning(
            trail,
            "look-around and back-references are not checked everywhere",
            "use what all engines have",
        )
    elif fault:
        found.error(
            trail,
            f"is not a regular expression: {fault}",
            assertion="td-vocab-pattern--StringSchema",
        )


_SIZE = 1 << 18  # bytes of one that is compiled; those of more take long
_COMPILED = 200  # patterns of a document that are looked into
_LONGEST = 1000  # characters of a pattern that is looked into
_CLASS = re.compile(r"\\[pP](\{[^{}]*\}|\w)")  # unknown to Python
_LITERAL = re.compile(r"[\w\s^$\-.,:;@#%&=!~/'\"]*")


@functools.lru_cache(maxsize=512)
def _fault_of(pattern: str) -> str:
    """What is wrong with a pattern: nothing, "look" for what linear engines lack, else the reason."""
    import jsonschema_rs

    try:
        jsonschema_rs.Draft7Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions(size_limit=_SIZE)
        )
    except ValueError:
        if re.search(r"\(\?<?[=!]|\\[1-9]|\\k<", pattern):
            return "look"
        try:
            re.compile(_CLASS.sub(r"\\w", pattern))  # it may only be too large for the other engine
        except (re.error, RecursionError, OverflowError) as error:
            return str(error)
    return ""


def _check_values(schema: Json, trail: Trail, found: Findings) -> None:
    choices = schema.get("enum")
    if is_array(choices):
        for number, choice in enumerate(choices):
            reason = _misfit(choice, schema)
            if reason:
                found.error(
                    (*trail, "enum", number),
                    reason,
                    "change the type, or the value",
                    "td-vocab-enum--DataSchema",
                )
                break
    if "const" in schema:
        if "enum" in schema:
            found.warning(
                (*trail, "const"),
                "const and enum together: const alone counts",
                "leave one of them out",
            )
        reason = _misfit(schema["const"], schema)
        if reason:
            found.error(
                (*trail, "const"),
                reason,
                "change the type, or the value",
                "td-vocab-const--DataSchema",
            )
    if "default" in schema:
        default = schema["default"]
        reason = _misfit(default, schema)
        if (
            not reason
            and is_array(choices)
            and not any(_same(default, choice) for choice in choices)
        ):
            reason = f"{shown(default)} is none of the enum"
        if not reason and "const" in schema and not _same(default, schema["const"]):
            reason = f"{shown(default)} is not the const"
        if reason:
            found.warning(
                (*trail, "default"),
                reason,
                "a default fits its schema",
                "td-vocab-default--DataSchema",
            )


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


def _misfit(value: Any, schema: Json) -> str:
    """Why a value does not fit the scalar terms of a schema; "" where it does."""
    kind = schema.get("type")
    if isinstance(value, str) and "{{" in value:  # a placeholder of a model
        return ""
    if kind in ("number", "integer"):
        if not _is_number(value) or (kind == "integer" and value != int(value)):
            return f"{shown(value)} is not of the type {kind}"
    elif isinstance(kind, str) and kind in _TYPES and not isinstance(value, _TYPES[kind]):
        return f"{shown(value)} is not of the type {kind}, but {type_name(value)}"
    if _is_number(value):
        for term, is_out in _BOUNDS:
            bound: Any = schema.get(term)
            if _is_number(bound) and is_out(value, bound):
                return f"{shown(value)} is beyond the {term} of {shown(bound)}"
    if isinstance(value, str):
        most, least = schema.get("maxLength"), schema.get("minLength")
        if (isinstance(most, int) and len(value) > most) or (
            isinstance(least, int) and len(value) < least
        ):
            return f"{shown(value)} is too {'long' if isinstance(most, int) and len(value) > most else 'short'}"
    return ""


_BOUNDS: tuple[tuple[str, Callable[[float, float], bool]], ...] = (
    ("minimum", operator.lt),
    ("exclusiveMinimum", operator.le),
    ("maximum", operator.gt),
    ("exclusiveMaximum", operator.ge),
)


def _check_required(schema: Json, trail: Trail, found: Findings) -> None:
    declared = schema.get("properties")
    required = schema["required"]
    if not is_object(declared) or not declared or not is_array(required):
        return
    if len(set(map(str, required))) != len(required):
        found.warning((*trail, "required"), "has the same name twice", "leave one out")
    for number, name in enumerate(required):
        if isinstance(name, str) and name not in declared and "{{" not in name:
            hint = "declare it in properties, or leave it out here"
            found.warning(
                (*trail, "required", number), f"{name!r} is required and not declared", hint
            )
