"""Data schemas (TD 1.1 section 5.3.2) that nothing fits, or that say less than they seem to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wot.td.checks import strings, values
from wot.td.checks.trail import Findings, Trail
from wot.td.checks.values import is_number
from wot.td.editions import Edition
from wot.td.node import Json, is_array, is_object, objects_in, shown

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


def check(td: Json, found: Findings, version: Edition) -> None:
    """Every data schema of a document, as far as its version knows that it is one."""
    for kind, parts in _PARTS.items():
        for name, affordance in objects_in(td, kind):
            if not parts:
                _check(affordance, (kind, name), found)
            for part in parts:
                if part in affordance and part not in version.later:
                    _check(affordance[part], (kind, name, part), found)
            if "uriVariables" in affordance:
                _check_variables(affordance["uriVariables"], (kind, name, "uriVariables"), found)
    if "uriVariables" in td and "uriVariables" not in version.later:
        _check_variables(td["uriVariables"], ("uriVariables",), found)
    if "schemaDefinitions" in td and "schemaDefinitions" not in version.later:
        _check_all(td["schemaDefinitions"], ("schemaDefinitions",), found)


def _check_variables(schemas: Json, trail: Trail, found: Findings) -> None:
    _check_all(schemas, trail, found)
    if not is_object(schemas):
        return
    owner = "Thing" if len(trail) == 1 else "InteractionAffordance"
    for name, schema in schemas.items():
        types = _branch_types(schema)
        wrong = [number for number, kind in types.items() if kind in ("object", "array")]
        if wrong:
            report = found.error if len(wrong) == len(schema["oneOf"]) else found.warning
            where = (*trail, name, "oneOf", wrong[0], "type")
            reason = "a URI variable cannot be an object or an array"
            hint = "use one variable for each member"
            report(where, reason, hint, f"td-vocab-uriVariables--{owner}")


def _branch_types(schema: Any) -> dict[int, str]:
    """The types of the branches of `oneOf`, by number, where they have one."""
    branches = schema.get("oneOf") if is_object(schema) else None
    return {
        number: branch["type"]
        for number, branch in enumerate(branches if is_array(branches) else ())
        if is_object(branch) and isinstance(branch.get("type"), str)
    }


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
        values.check(schema, trail, found)
    if isinstance(kind, str):
        for term in sorted(_WRONG.get(kind, _NONE).intersection(schema)):
            hint = f"it is for {_FOR[term][1]}"
            found.warning((*trail, term), f"{term} says nothing of the type {kind}", hint)
    if "pattern" in schema:
        strings.check(schema["pattern"], (*trail, "pattern"), found)
    if schema.get("readOnly") is True and schema.get("writeOnly") is True:
        reason = "it is both read-only and write-only"
        found.warning((*trail, "writeOnly"), reason, "one of them is meant")
    branches = schema.get("oneOf")
    if is_array(branches):
        if not branches:
            reason = "it is empty, and nothing fits one of nothing"
            found.warning((*trail, "oneOf"), reason, "leave it out")
        if isinstance(kind, str):
            _check_branches(schema, kind, trail, found)
        for number, branch in enumerate(branches):
            _check(branch, (*trail, "oneOf", number), found)


def _check_branches(schema: Json, kind: str, trail: Trail, found: Findings) -> None:
    """An error where no branch has a type that the schema around it leaves: a value has to fit both."""
    types = _branch_types(schema)
    wrong = [number for number, other in types.items() if not _agree(kind, other)]
    if wrong:
        report = found.error if len(wrong) == len(schema["oneOf"]) else found.warning
        where = (*trail, "oneOf", wrong[0], "type")
        reason = f"nothing is of the type {types[wrong[0]]} and of the type {kind} around it"
        report(where, reason, "leave out the outer type", "td-vocab-oneOf--DataSchema")


def _agree(kind: str, other: str) -> bool:
    return kind == other or {kind, other} == {"number", "integer"}


# What says something of the members of an object, or of the items of an array: terms of JSON Schema among them.
_TELLING = frozenset(
    [
        *("oneOf", "enum", "const", "default", "anyOf", "allOf", "not", "if", "$ref", "tm:ref"),
        *("additionalProperties", "patternProperties", "propertyNames", "dependencies"),
        *(
            "additionalItems",
            "prefixItems",
            "contains",
            "unevaluatedProperties",
            "unevaluatedItems",
        ),
    ]
)


def _check_emptiness(schema: Json, kind: str, trail: Trail, found: Findings) -> None:
    if _TELLING.isdisjoint(schema):
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
    """An error where the bounds are for the type; without one there are values of other types still."""
    least, most, kind = schema[low], schema[high], schema.get("type")
    if not (is_number(least) and is_number(most)):
        return
    if isinstance(kind, str) and low in _WRONG.get(kind, _NONE):
        return
    if least > most or (strict and least == most):
        report = found.error if isinstance(kind, str) else found.warning
        reason = f"{low} {shown(least)} and {high} {shown(most)} leave no value"
        hint = "exchange them?" if least > most else "widen one of them"
        report((*trail, low), reason, hint)


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
