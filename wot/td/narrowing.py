"""Data schemas held against those of a Thing Model: which values does one allow that the other does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from wot.errors import Finding
from wot.td.node import Json, at, is_array, is_object, shown
from wot.td.placeholders import names

Way = Literal["out", "in"]  # from the Thing to its consumers, or to the Thing

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_TEXTS = ("format", "pattern", "contentEncoding", "contentMediaType")
_MOST_STEPS = 50_000  # schemas and values; a comparison ends there


class Narrowing:
    """One comparison; what is stated by a placeholder is compared with nothing.

    Values that go out have to be those of the model, or some of them: more is an error (a consumer who knows the
    model does not expect them), and what is not stated a warning. Values that come in may be more than those of the
    model; fewer are a warning.
    """

    def __init__(self, assertion: str, origin: str = "the model") -> None:
        self._assertion, self._origin = assertion, origin
        self._steps = 0

    def differences(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        """Where the schema `mine` departs from the one of the model."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return
        kinds = list(self._type(mine, model, path, way))
        yield from kinds
        if any(finding.severity == "error" for finding in kinds):
            return
        yield from self._values(mine, model, path, way)
        yield from self._bounds(mine, model, path, way)
        yield from self._texts(mine, model, path)
        yield from self._members(mine, model, path, way)
        yield from self._items(mine, model, path, way)
        yield from self._alternatives(mine, model, path, way)

    def fault(self, path: str, reason: str, hint: str = "", *, error: bool = True) -> Finding:
        """A difference that breaks the model, or one that is worth a word."""
        return Finding(path, reason, hint, "error" if error else "warning", self._assertion)

    def _type(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted, given = model.get("type"), mine.get("type")
        if not isinstance(wanted, str) or names(wanted) or given == wanted:
            return
        if given is None:
            if not mine.keys() & {"oneOf", "enum", "const"}:
                yield self.fault(
                    path, f"it states no type, where {self._origin} says {wanted!r}", error=False
                )
        elif (given, wanted) == ("integer", "number"):
            if way == "in":
                yield self.fault(
                    at(path, "type"),
                    f"it takes integers only, where {self._origin} allows any number",
                    error=False,
                )
        elif not (
            isinstance(given, str)
            and (names(given) or (way == "in" and (given, wanted) == ("number", "integer")))
        ):
            yield self.fault(
                at(path, "type"),
                f"its type is {shown(given)}, and that of {self._origin} {wanted!r}",
            )

    def _values(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted, given = _listed(model), _listed(mine)
        if wanted is None:
            return
        if given is None:
            if way == "out":
                reason = (
                    f"it does not state which values it has; {self._origin} does: {shown(wanted)}"
                )
                yield self.fault(path, reason, error=False)
            return
        self._steps += len(wanted) + len(given)
        here = at(path, "const" if "const" in mine else "enum")
        more, fewer = _beyond(given, wanted), _beyond(wanted, given)
        if way == "out" and more:
            reason = f"{self._origin} does not have the values {shown(more)}"
            yield self.fault(here, reason, f"it has {shown(wanted)}")
        elif way == "in" and fewer:
            yield self.fault(
                here, f"it does not take the values {shown(fewer)} of {self._origin}", error=False
            )

    def _bounds(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        for word in (*_LOWER, *_UPPER):
            wanted = model.get(word)
            if not _is_number(wanted):
                continue
            given = _bound(mine, word)
            sense = 1 if word in _LOWER else -1
            if given is None:
                if way == "out":
                    yield self.fault(
                        path,
                        f"it states no {word}, where {self._origin} says {shown(wanted)}",
                        error=False,
                    )
            elif (given - wanted) * sense < 0 and way == "out":
                yield self.fault(
                    at(path, word),
                    f"{shown(given)} allows more than the {shown(wanted)} of {self._origin}",
                )
            elif (given - wanted) * sense > 0 and way == "in":
                reason = f"{shown(given)} allows less than the {shown(wanted)} of {self._origin}"
                yield self.fault(at(path, word), reason, error=False)

    def _texts(self, mine: Json, model: Json, path: str) -> Iterator[Finding]:
        unit = model.get("unit")
        if isinstance(unit, str) and not names(unit) and mine.get("unit") != unit:
            if "unit" in mine:
                yield self.fault(
                    at(path, "unit"),
                    f"its unit is {shown(mine['unit'])}, and that of {self._origin} {unit!r}",
                )
            else:
                yield self.fault(
                    path, f"it states no unit, where {self._origin} says {unit!r}", error=False
                )
        for word in _TEXTS:
            wanted = model.get(word)
            if isinstance(wanted, str) and not names(wanted) and mine.get(word, wanted) != wanted:
                reason = f"its {word} is {shown(mine[word])}, and that of {self._origin} {wanted!r}"
                yield self.fault(at(path, word), reason, error=False)

    def _members(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted, given = model.get("properties"), mine.get("properties")
        if not is_object(wanted):
            return
        if not is_object(given):
            reason = f"it does not state the members of its objects, and {self._origin} does"
            yield self.fault(path, reason, error=False)
            return
        needed = _texts_of(model.get("required"))
        inner = at(path, "properties")
        for name, schema in wanted.items():
            if name not in given:
                reason = f"the member {name!r} of {self._origin} is missing"
                yield self.fault(inner, reason, error=name in needed)
            elif is_object(schema) and is_object(given[name]):
                yield from self.differences(given[name], schema, at(inner, name), way)
        yield from self._required(mine, needed, path, way)

    def _required(self, mine: Json, needed: set[str], path: str, way: Way) -> Iterator[Finding]:
        stated = _texts_of(mine.get("required"))
        self._steps += len(needed) + len(stated)
        if way == "out":
            names_, said = needed - stated, f"is not required, and {self._origin} promises it"
        else:
            names_, said = stated - needed, f"is required, and {self._origin} does not ask for it"
        for name in sorted(names_ & mine["properties"].keys()):
            where = at(path, "required") if "required" in mine else path
            yield self.fault(where, f"the member {name!r} {said}")

    def _items(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted, given = model.get("items"), mine.get("items")
        if is_object(wanted) and is_object(given):
            yield from self.differences(given, wanted, at(path, "items"), way)
        elif is_array(wanted) and is_array(given):
            for index, (one, other) in enumerate(zip(given, wanted, strict=False)):
                if is_object(one) and is_object(other):
                    yield from self.differences(one, other, at(at(path, "items"), index), way)

    def _alternatives(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted = _schemas(model.get("oneOf"))
        if not wanted:
            return
        given = _schemas(mine.get("oneOf")) or [mine]
        stated = at(path, "oneOf") if "oneOf" in mine else path
        if way == "out":  # each one has to be one of the model's
            for index, schema in enumerate(given):
                if not any(self._fits(schema, other, way) for other in wanted):
                    where = at(stated, index) if "oneOf" in mine else path
                    yield self.fault(
                        where, f"it is none of the alternatives (oneOf) of {self._origin}"
                    )
            return
        for index, schema in enumerate(wanted):  # each of the model's has to be taken
            if not any(self._fits(other, schema, way) for other in given):
                reason = f"it does not take alternative {index + 1} of {self._origin}"
                yield self.fault(stated, reason, error=False)

    def _fits(self, mine: Json, model: Json, way: Way) -> bool:
        return not any(
            finding.severity == "error" for finding in self.differences(mine, model, "$", way)
        )


def _schemas(values: Any) -> list[Json]:
    return [schema for schema in values if is_object(schema)] if is_array(values) else []


def _listed(schema: Json) -> list[Any] | None:
    """The only values that a schema allows, where it lists them and none of them is a placeholder."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not is_array(values) or any(isinstance(value, str) and names(value) for value in values):
        return None
    return values


def _bound(schema: Json, word: str) -> Any:
    """The bound that a schema states, by this word or the other one for the same end."""
    other = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}.get(word, word)
    found = schema.get(word, schema.get(other))
    return found if _is_number(found) else None


def _beyond(values: list[Any], others: list[Any]) -> list[Any]:
    """Those of `values` that are none of the others."""
    known = {_key(other) for other in others}
    return [value for value in values if _key(value) not in known]


def _key(value: Any) -> Any:
    """Equal for values that are the same in JSON: 1 is 1.0, and not true as Python has it."""
    if is_array(value):
        return ("array", *map(_key, value))
    if is_object(value):
        return frozenset((name, _key(item)) for name, item in value.items())
    return ("boolean", value) if isinstance(value, bool) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _texts_of(value: Any) -> set[str]:
    return {text for text in value if isinstance(text, str)} if is_array(value) else set()
