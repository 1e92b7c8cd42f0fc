"""What a data schema (TD 1.1 section 5.3.2) says beyond the type: bounds, texts, fixed values, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.json import encode

from wot.schema import ASSERTED, Patterns, fits, refused_patterns
from wot.stubs.source import is_sayable, is_text, string
from wot.td import Json, is_array, is_object

COMBINED = ("oneOf", "anyOf", "allOf")
_TEXTS = ("title", "description", "unit", "format", "contentEncoding", "contentMediaType")
_OF_NUMBERS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf")
_BOUNDS: Mapping[str, tuple[str, ...]] = {
    "integer": _OF_NUMBERS,
    "number": _OF_NUMBERS,
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "union": (*_OF_NUMBERS, "minLength", "maxLength"),
}
_SIZES = _BOUNDS["string"] + _BOUNDS["array"]
OF_UNIONS = frozenset((*_BOUNDS["union"], "pattern"))
_INT_64 = 1 << 63
_LONGEST = 10_000  # characters of a default that is written down: nobody reads longer ones
_KINDS: Mapping[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def asserted(schema: Json) -> set[str]:
    """The terms of `schema` that decide which values fit, apart from its type and members."""
    return {term for term in schema if term in ASSERTED} - {"type", "required"}


def terms_of(schema: Json, kind: str, said: frozenset[str], patterns: Patterns) -> Json:
    """What of `schema` a declaration can say besides a type, which has `said` some; nonsense is left out."""
    texts = {term: schema[term] for term in _TEXTS if is_text(schema.get(term)) and schema[term]}
    terms = {**texts, **_bounds(schema, kind, patterns)}
    default = schema.get("default")
    if "default" in schema and is_sayable(default) and len(encode(default)) <= _LONGEST:
        terms["default"] = default
    return {term: value for term, value in terms.items() if term not in said}


def _bounds(schema: Json, kind: str, patterns: Patterns) -> Json:
    found: Json = {}
    for term in _BOUNDS.get(kind, ()):
        value = _number(schema.get(term))
        if value is None or (term == "multipleOf" and value <= 0):
            continue
        if term in _SIZES and not (isinstance(value, int) and 0 <= value < _INT_64):
            continue
        found[term] = value
    _keep_stricter(found, "minimum", "exclusiveMinimum", 1)
    _keep_stricter(found, "maximum", "exclusiveMaximum", -1)
    pattern = schema.get("pattern")
    if kind in ("string", "union") and is_text(pattern) and pattern and patterns.take(pattern):
        found["pattern"] = pattern
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not is_sayable(value):
        return None
    return int(value) if float_is_int(value) else value


def float_is_int(value: Any) -> bool:
    """Whether `value` is a float that JSON Schema takes for an integer."""
    return isinstance(value, float) and value.is_integer() and abs(value) < _INT_64


def _keep_stricter(found: Json, closed: str, opened: str, sign: int) -> None:
    """Of two bounds on one side, declarations take one."""
    if closed in found and opened in found:
        del found[closed if sign * found[opened] >= sign * found[closed] else opened]


def literals(schema: Json) -> list[Any] | None:
    """The values of `schema` where it lists them and `Literal[…]` can; None otherwise."""
    given, kind = _listed(schema), schema.get("type")
    if given is None or kind == "number" or is_array(kind):
        return None
    values = [int(value) if kind == "integer" and float_is_int(value) else value for value in given]
    kept = [value for value in values if _has_type(value, kind)]
    if not kept or not all(map(_is_literal, kept)):
        return None
    return _distinct(kept)


def _distinct(values: list[Any]) -> list[Any]:
    # With their types: True == 1 in Python.
    kept: dict[tuple[str, Any], Any] = {(kind_of(value), value): value for value in values}
    return list(kept.values())


def choices(schema: Json, kind: str) -> Json:
    """The values of `schema` as a term, where `Literal[…]` cannot list them."""
    kept = [value for value in _listed(schema) or () if _has_type(value, kind or None)]
    return {"enum": kept} if kept and is_sayable(kept) else {}


def _listed(schema: Json) -> list[Any] | None:
    values: Any = [schema["const"]] if "const" in schema else schema.get("enum")
    return values if is_array(values) and values else None


def _is_literal(value: Any) -> bool:
    if isinstance(value, int):
        return abs(value) < _INT_64
    return value is None or is_text(value)


def kind_of(value: Any) -> str:
    """The JSON type of a value; integers are numbers."""
    for kind, name in _KINDS.items():
        if isinstance(value, kind):  # a bool is an int, so its turn is first
            return name
    return "null"


def _has_type(value: Any, kind: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return kind in (None, kind_of(value))


def default_of(schema: Any, patterns: Patterns) -> str | None:
    """The `default` of `schema` as source text, where it is a simple value that fits; None otherwise."""
    if not is_object(schema) or "default" not in schema:
        return None
    value = schema["default"]
    if schema.get("type") == "integer" and float_is_int(value):
        value = int(value)
    simple = value is None or isinstance(value, (bool, int, float, str))
    if not (simple and is_sayable(value)) or any(refused_patterns(schema, patterns)):
        return None
    if not fits(schema, value):
        return None
    return string(value) if isinstance(value, str) else repr(value)
