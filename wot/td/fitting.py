"""Does a value fit a data schema: for values that schemas list, held against schemas that may have placeholders."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeGuard

from wot.td.node import Json, is_array, is_object
from wot.td.placeholders import names

_TYPES: dict[str, Any] = {
    "boolean": bool,
    "string": str,
    "object": dict,
    "array": list,
    "null": type(None),
}
_FINITE: dict[str | None, list[Any]] = {"null": [None], "boolean": [False, True]}
TEXTS = ("format", "pattern", "contentEncoding", "contentMediaType")
_LONGEST = 1000  # characters of a pattern that is compiled
_SIZE = 1 << 18  # bytes of one; those of more take long


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a JSON value is a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def stated(schema: Json, word: str) -> str | None:
    """A term that is a text and no placeholder."""
    value = schema.get(word)
    return value if isinstance(value, str) and not names(value) else None


def schemas(values: Any) -> list[Json]:
    """The schemas in an array."""
    return [schema for schema in values if is_object(schema)] if is_array(values) else []


def has_placeholder(schema: Json, word: str) -> bool:
    """Whether a placeholder stands for the value of a term."""
    value = schema.get(word)
    return isinstance(value, str) and bool(names(value))


def item(items: Any, index: int) -> Json | None:
    """What `items` says of one place; None where it says nothing of it."""
    if is_array(items):
        items = items[index] if index < len(items) else None
    return items if is_object(items) else None


def texts(values: Any) -> set[str]:
    """The strings in an array."""
    return {text for text in values if isinstance(text, str)} if is_array(values) else set()


# ── numbers ──


class Bound(NamedTuple):
    """One end of a range: the word that states it, its value, and whether that is left out."""

    word: str
    value: int | float
    is_open: bool

    def edge(self, sense: int, whole: bool) -> tuple[int | float, bool]:
        """Larger for what is narrower; `sense` is 1 for the lower end and -1 for the upper one."""
        value = self.value * sense
        if not whole:
            return value, self.is_open
        return (math.floor(value) + 1 if self.is_open else math.ceil(value)), False


_ENDS = {1: ("minimum", "exclusiveMinimum"), -1: ("maximum", "exclusiveMaximum")}


def bound(schema: Json, sense: int) -> Bound | None:
    """The narrower one of the two bounds that a schema may state for one end."""
    found = [
        Bound(word, schema[word], word.startswith("exclusive"))
        for word in _ENDS[sense]
        if is_number(schema.get(word))
    ]
    return max(found, key=lambda one: one.edge(sense, False), default=None)


def step_of(schema: Json) -> int | float | None:
    """The `multipleOf` of a schema, where it is one."""
    value = schema.get("multipleOf")
    return value if is_number(value) and value > 0 else None


def is_whole(schema: Json) -> bool:
    """Whether the numbers of a schema are integers."""
    step = step_of(schema)
    return schema.get("type") == "integer" or (step is not None and is_multiple(step, 1))


def is_multiple(value: float, step: float) -> bool:
    """Whether `value` is a multiple of `step`, as these are written: 0.3 is one of 0.1."""
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    return (_exact(value) / _exact(step)).denominator == 1


def _exact(value: float) -> Fraction:
    return Fraction(value if isinstance(value, int) else Decimal(repr(value)))


# ── values ──


def listed(schema: Json) -> list[Any] | None:
    """The only values that a schema allows, where it lists them and none of them is a placeholder."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is None:
        values = _FINITE.get(stated(schema, "type"))
    return values if is_array(values) and not is_open(values) else None


def _named(schema: Json, word: str) -> frozenset[Any] | None:
    values = listed({word: schema[word]}) if word in schema else None
    return None if values is None else frozenset(map(key, values))


def is_open(values: Iterable[Any]) -> bool:
    """Whether one of them is a placeholder."""
    return any(isinstance(value, str) and bool(names(value)) for value in values)


def key(value: Any) -> Any:
    """Equal for values that are the same in JSON: 1 is 1.0, and not true as Python has it."""
    if is_array(value):
        return ("array", *map(key, value))
    if is_object(value):
        return frozenset((name, key(item)) for name, item in value.items())
    return ("boolean", value) if isinstance(value, bool) else value


@functools.lru_cache(maxsize=64)
def compiled(pattern: str) -> Any:
    """A validator of texts; None where the linear engine does not have the pattern."""
    import jsonschema_rs

    if len(pattern) > _LONGEST:
        return None
    try:
        return jsonschema_rs.Draft7Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions(size_limit=_SIZE)
        )
    except ValueError:
        return None


class Fitting:
    """Judges values by schemas, each of which it looks into once.

    What cannot be judged (formats, encodings, patterns that the linear engine does not have) fits, unless `strict`:
    then it has to be among `said`, which are terms and values that the schema of the values states itself.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.strict, self.said = False, frozenset[tuple[str, str | None]]()
        self._keys: dict[int, tuple[Json, frozenset[Any] | None]] = {}

    def fits(self, value: Any, schema: Json) -> bool:
        """Whether nothing that the schema says is against the value; placeholders never are."""
        self.steps += 1
        if not _is_of(value, stated(schema, "type")):
            return False
        known = self._known(schema)
        if known is not None and key(value) not in known:
            return False
        choices = schemas(schema.get("oneOf"))
        if choices and not any(self.fits(value, choice) for choice in choices):
            return False
        if isinstance(value, str):
            return self._fits_text(value, schema)
        if is_number(value):
            return _fits_number(value, schema)
        if is_object(value):
            return self._fits_object(value, schema)
        return not is_array(value) or self._fits_array(value, schema)

    def _known(self, schema: Json) -> frozenset[Any] | None:
        """The values of `enum` or `const`; None where there is neither, or a placeholder."""
        if "const" not in schema and "enum" not in schema:
            return None
        if id(schema) not in self._keys:
            both = [
                values for word in ("const", "enum") if (values := _named(schema, word)) is not None
            ]
            known = both[0].intersection(*both) if both else None
            self._keys[id(schema)] = (schema, known)
        return self._keys[id(schema)][1]

    def _fits_text(self, value: str, schema: Json) -> bool:
        terms = [(word, text) for word in TEXTS if (text := stated(schema, word)) is not None]
        for word, text in terms:
            judge = compiled(text) if word == "pattern" else None
            if judge is None and self.strict and (word, text) not in self.said:
                return False
            if judge is not None and not judge.is_valid(value):
                return False
        return _is_within(len(value), schema, "Length")

    def _fits_object(self, value: Json, schema: Json) -> bool:
        members = schema.get("properties")
        inside = members if is_object(members) else {}
        return texts(schema.get("required")) <= value.keys() and all(
            self.fits(value[name], inside[name])
            for name in value.keys() & inside.keys()
            if is_object(inside[name])
        )

    def _fits_array(self, value: list[Any], schema: Json) -> bool:
        items = schema.get("items")
        pairs = zip(value, items if is_array(items) else [items] * len(value), strict=False)
        return _is_within(len(value), schema, "Items") and all(
            self.fits(item, one) for item, one in pairs if is_object(one)
        )


def _is_of(value: Any, kind: str | None) -> bool:
    if kind in ("number", "integer"):
        return is_number(value) and (kind == "number" or value % 1 == 0)
    return kind not in _TYPES or isinstance(value, _TYPES[kind or ""])


def _is_within(size: int, schema: Json, what: str) -> bool:
    least, most = schema.get("min" + what), schema.get("max" + what)
    return not (is_number(least) and size < least) and not (is_number(most) and size > most)


def _fits_number(value: float, schema: Json) -> bool:
    step, own = step_of(schema), Bound("", value, False)
    ends = ((sense, bound(schema, sense)) for sense in (1, -1))
    return (step is None or is_multiple(value, step)) and all(
        end is None or own.edge(sense, False) >= end.edge(sense, False) for sense, end in ends
    )
