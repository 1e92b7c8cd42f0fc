"""Data schemas held against those of a Thing Model: which values does one allow that the other does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from wot.errors import Finding
from wot.td.fitting import (
    TEXTS,
    Fitting,
    bound,
    has_placeholder,
    is_multiple,
    is_number,
    is_open,
    is_whole,
    item,
    listed,
    schemas,
    stated,
    step_of,
    texts,
)
from wot.td.node import Json, at, is_array, is_object, shown
from wot.td.pointers import is_container

Way = Literal["out", "in"]  # from the Thing to its consumers, or to the Thing

_NUMBERS = ("number", "integer")
# Term → its type, and whether more of it (1) or less (-1) is narrower.
_SIZES = {
    "minLength": ("string", 1),
    "maxLength": ("string", -1),
    "minItems": ("array", 1),
    "maxItems": ("array", -1),
}
_TERMS = frozenset(
    [
        *("type", "const", "enum", "multipleOf", "properties", "required", "items"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", *_SIZES, *TEXTS),
    ]
)
_MOST_STEPS = 100_000  # schemas and values; a comparison ends there, and says so


class Narrowing:
    """One comparison; what is stated by a placeholder is compared with nothing.

    Values that go out have to be those of the model, or some of them: more is an error (a consumer who knows the
    model does not expect them), and what is not stated a warning. Without a difference, every value that fits the one
    fits the other; of `oneOf`, one alternative of the model suffices, whatever the others say of the value.
    Values that come in may be more than those of the model; fewer are a warning where the model says something.
    """

    def __init__(self, assertion: str, origin: str = "the model") -> None:
        self._assertion, self._origin = assertion, origin
        self._steps, self._fitting = 0, Fitting()

    @property
    def is_cut(self) -> bool:
        """Whether it has ended before its end, because it would have taken long."""
        return self._steps + self._fitting.steps > _MOST_STEPS

    def differences(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        """Where the schema `mine` departs from the one of the model."""
        self._steps += 1
        if self.is_cut or _are_same(mine, model):
            return
        if _fits(self._type(mine, model, path, way)):
            yield from self._unit(mine, model, path)
        branches = schemas(mine.get("oneOf")) if way == "out" else []
        if not branches:
            yield from self._terms(mine, model, path, way)
            return
        if _are_same(mine["oneOf"], model.get("oneOf")):
            model = {term: model[term] for term in _TERMS & model.keys()}
        around = {term: mine[term] for term in _TERMS & mine.keys()}
        for index, branch in enumerate(branches):
            self._steps += 1
            if self.is_cut:
                return
            yield from self._terms({**around, **branch}, model, at(at(path, "oneOf"), index), way)

    def _terms(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        kinds = list(self._type(mine, model, path, way))
        yield from kinds
        if any(finding.severity == "error" for finding in kinds):
            return
        one, other = (mine, model) if way == "out" else (model, mine)
        values = listed(one)
        if values is not None:
            yield from self._values(values, mine, model, path, way)
            return
        yield from self._enumeration(mine, model, path, way)
        kind = stated(one, "type")
        if kind in (None, *_NUMBERS):
            yield from self._bounds(mine, model, path, way)
            yield from self._multiples(one, other, path, way)
        yield from self._sizes(mine, model, path, way, kind)
        if kind in (None, "string"):
            yield from self._texts(mine, model, path, way)
        if kind in (None, "object"):
            yield from self._members(mine, model, path, way)
        if kind in (None, "array"):
            yield from self._items(mine, model, path, way)
        yield from self._alternatives(mine, model, path, way)

    def fault(self, path: str, reason: str, hint: str = "", *, error: bool = True) -> Finding:
        """A difference that breaks the model, or one that is worth a word."""
        hint = hint or "keep to what the model says, or change the model"
        return Finding(path, reason, hint, "error" if error else "warning", self._assertion)

    def access(self, mine: Json, model: Json, path: str) -> Iterator[Finding]:
        """Where what may be read or written is not what the model says."""
        for word, verb in (("readOnly", "written"), ("writeOnly", "read")):
            wanted, given = model.get(word, False), mine.get(word, False)
            if wanted is False and given is True:
                yield self.fault(
                    at(path, word), f"it cannot be {verb}, and by {self._origin} it can"
                )
            elif wanted is True and given is False:
                reason = f"it can be {verb}, and by {self._origin} it cannot"
                yield self.fault(path, reason, error=False)

    def _unstated(self, path: str, word: str, wanted: Any) -> Finding:
        reason = f"it states no {word}, where {self._origin} says {shown(wanted)}"
        return self.fault(path, reason, error=False)

    # ── type and values ──

    def _type(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted, given = stated(model, "type"), mine.get("type")
        if wanted is None or given == wanted:
            return
        if given is None:
            if not mine.keys() & {"oneOf", "enum", "const"}:
                reason = f"it states no type, where {self._origin} says {wanted!r}"
                yield self.fault(path, reason, error=False)
        elif (given, wanted) == ("integer", "number"):
            if way == "in" and not is_whole(model):
                reason = f"it takes integers only, where {self._origin} allows any number"
                yield self.fault(at(path, "type"), reason, error=False)
        elif (given, wanted) == ("number", "integer") and (way == "in" or is_whole(mine)):
            return
        elif stated(mine, "type") or not isinstance(given, str):
            reason = f"its type is {shown(given)}, and that of {self._origin} {wanted!r}"
            yield self.fault(at(path, "type"), reason)

    def _values(
        self, values: list[Any], mine: Json, model: Json, path: str, way: Way
    ) -> Iterator[Finding]:
        """Each of the values that one schema lists, judged by the other one."""
        one, other = (mine, model) if way == "out" else (model, mine)
        misfits = {id(value) for value in self._misfits(values, one)}  # which nobody ever sees
        values = [value for value in values if id(value) not in misfits]
        wrong = self._misfits(values, other)
        own = next((word for word in ("const", "enum") if word in mine), "")
        here = at(path, own) if own else path
        if wrong and way == "in":
            reason = f"it does not take the values {shown(wrong)} of {self._origin}"
            yield self.fault(here, reason, error=False)
        elif wrong:
            known = listed(model)
            hint = f"it has {shown(known)}" if known is not None else ""
            reason = f"{self._origin} does not have the values {shown(wrong)}"
            yield self.fault(here, reason, hint, error=bool(own) or len(wrong) == len(values))
        elif way == "out" and any(isinstance(value, (str, dict, list)) for value in values):
            unsure = self._misfits(values, other, [(word, stated(one, word)) for word in TEXTS])
            if unsure:
                reason = f"nobody can tell whether {self._origin} has the values {shown(unsure)}"
                hint = f"state the format, pattern or encoding of {self._origin}"
                yield self.fault(here, reason, hint, error=False)

    def _misfits(
        self, values: list[Any], schema: Json, said: Iterable[tuple[str, str | None]] | None = None
    ) -> list[Any]:
        """The values that the schema does not allow; with `said`, and those that cannot be judged."""
        self._fitting.strict, self._fitting.said = said is not None, frozenset(said or ())
        wrong: list[Any] = []
        for value in values:
            if self.is_cut:
                break
            if not self._fitting.fits(value, schema):
                wrong.append(value)
        return wrong

    def _enumeration(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        """The model lists its values, and the TD any number of them."""
        wanted = listed(model) if "const" in model or "enum" in model else None
        given = [mine["const"]] if "const" in mine else mine.get("enum")
        if (
            way == "out"
            and wanted is not None
            and not is_open(given if is_array(given) else [given])
        ):
            reason = f"it does not state which values it has; {self._origin} does: {shown(wanted)}"
            yield self.fault(path, reason, error=False)

    # ── numbers and sizes ──

    def _bounds(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        whole = is_whole(mine if way == "out" else model)
        for sense in (1, -1):
            wanted, given = bound(model, sense), bound(mine, sense)
            if wanted is None:
                continue
            if given is None:
                if way == "out" and not has_placeholder(mine, wanted.word):
                    yield self._unstated(path, wanted.word, wanted.value)
                continue
            edges = given.edge(sense, whole), wanted.edge(sense, whole)
            one, other = (
                f"{end.word} {shown(end.value)}" if given.word != wanted.word else shown(end.value)
                for end in (given, wanted)
            )
            if way == "out" and edges[0] < edges[1]:
                reason = f"{one} allows more than the {other} of {self._origin}"
                yield self.fault(at(path, given.word), reason)
            elif way == "in" and edges[0] > edges[1]:
                reason = f"{one} allows less than the {other} of {self._origin}"
                yield self.fault(at(path, given.word), reason, error=False)

    def _multiples(self, one: Json, other: Json, path: str, way: Way) -> Iterator[Finding]:
        """Whether all numbers of the narrower schema are multiples of what the other one says."""
        step, wanted = step_of(one), step_of(other)
        if wanted is None or (step is not None and is_multiple(step, wanted)):
            return
        if is_whole(one) and is_multiple(1, wanted):
            return
        if way == "in":
            if step is not None:
                reason = f"it takes multiples of {shown(wanted)} only, and {self._origin} those of {shown(step)}"
                yield self.fault(at(path, "multipleOf"), reason, error=False)
        elif step is not None:
            reason = f"multiples of {shown(step)} are more than those of {shown(wanted)} in {self._origin}"
            yield self.fault(at(path, "multipleOf"), reason)
        elif not has_placeholder(one, "multipleOf"):
            yield self._unstated(path, "multipleOf", wanted)

    def _sizes(
        self, mine: Json, model: Json, path: str, way: Way, kind: str | None
    ) -> Iterator[Finding]:
        for word, (of, sense) in _SIZES.items():
            wanted, given = model.get(word), mine.get(word)
            if kind not in (None, of) or not is_number(wanted):
                continue
            if not is_number(given):
                nothing = sense > 0 and wanted <= 0
                if way == "out" and not nothing and not has_placeholder(mine, word):
                    yield self._unstated(path, word, wanted)
            elif way == "out" and given * sense < wanted * sense:
                reason = f"{shown(given)} allows more than the {shown(wanted)} of {self._origin}"
                yield self.fault(at(path, word), reason)
            elif way == "in" and given * sense > wanted * sense:
                reason = f"{shown(given)} allows less than the {shown(wanted)} of {self._origin}"
                yield self.fault(at(path, word), reason, error=False)

    # ── texts ──

    def _unit(self, mine: Json, model: Json, path: str) -> Iterator[Finding]:
        unit = stated(model, "unit")
        if unit is None or mine.get("unit") == unit:
            return
        if "unit" in mine:
            reason = f"its unit is {shown(mine['unit'])}, and that of {self._origin} {unit!r}"
            yield self.fault(at(path, "unit"), reason)
        else:
            yield self._unstated(path, "unit", unit)

    def _texts(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        """Formats and the like: nobody can tell whether one is narrower than another."""
        for word in TEXTS:
            wanted, given = stated(model, word), mine.get(word)
            if wanted is None or given == wanted or has_placeholder(mine, word):
                continue
            if given is not None:
                reason = f"its {word} is {shown(given)}, and that of {self._origin} {wanted!r}"
                yield self.fault(at(path, word), reason, error=False)
            elif way == "out":
                yield self._unstated(path, word, wanted)

    # ── what is inside ──

    def _members(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted, given = model.get("properties"), mine.get("properties")
        members: Json = wanted if is_object(wanted) else {}
        own: Json = given if is_object(given) else {}
        needed, stated_ = texts(model.get("required")), texts(mine.get("required"))
        if not members and not needed:
            return
        if not is_object(given) and not stated_:
            if not has_placeholder(mine, "properties"):
                reason = f"it does not state the members of its objects, and {self._origin} does"
                yield self.fault(path, reason, error=False)
            return
        inner = at(path, "properties")
        for name, schema in members.items():
            if name not in own:
                reason = f"the member {name!r} of {self._origin} is missing"
                yield self.fault(inner if is_object(given) else path, reason, error=name in needed)
            elif is_object(schema) and is_object(own[name]):
                yield from self.access(own[name], schema, at(inner, name))
                yield from self.differences(own[name], schema, at(inner, name), way)
        self._steps += len(needed) + len(stated_)
        if way == "out":
            lacking, said = needed - stated_, f"is not required, and {self._origin} promises it"
        else:
            lacking, said = stated_ - needed, f"is required, and {self._origin} does not ask for it"
        where = at(path, "required") if "required" in mine else path
        for name in sorted(lacking):
            if name in own or name not in members:
                yield self.fault(where, f"the member {name!r} {said}")

    def _items(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        """Items by their place: a list of schemas is for the first ones, and says nothing of those after them."""
        wanted, given = model.get("items"), mine.get("items")
        most = (mine if way == "out" else model).get("maxItems")
        if not wanted or most == 0 or (given is None and way == "in"):
            return
        if not is_container(given):
            if not has_placeholder(mine, "items") and is_container(wanted):
                reason = f"it states nothing of its items, and {self._origin} does"
                yield self.fault(path, reason, error=False)
            return
        here = at(path, "items")
        lists: list[list[Any]] = [items for items in (wanted, given) if is_array(items)]
        count = max(map(len, lists), default=1)
        for index in range(min(count, int(most)) if is_number(most) else count):
            if self.is_cut:
                return
            one, other = item(given, index), item(wanted, index)
            if one is not None and other is not None:
                place = at(here, index) if is_array(given) else here
                yield from self.differences(one, other, place, way)
        if way == "out":
            yield from self._rest(given, wanted, most, here)

    def _rest(self, given: Any, wanted: Any, most: Any, here: str) -> Iterator[Finding]:
        """The items that a list of schemas says nothing of, where the model does."""
        if not is_array(given) or (is_number(most) and most <= len(given)):
            return
        if item(wanted, len(given)):
            reason = f"it states nothing of the items after the first {len(given)}, and {self._origin} does"
            yield self.fault(here, reason, error=False)

    def _alternatives(self, mine: Json, model: Json, path: str, way: Way) -> Iterator[Finding]:
        wanted = schemas(model.get("oneOf"))
        if not wanted:
            return
        if way == "out":
            yield from self._one_of(mine, wanted, path)
            return
        given = schemas(mine.get("oneOf")) or [mine]
        for index, schema in enumerate(wanted):  # each of the model's has to be taken
            if self.is_cut:
                return
            if not any(_fits(self.differences(one, schema, "$", way)) for one in given):
                reason = f"it does not take alternative {index + 1} of {self._origin}"
                where = at(path, "oneOf") if "oneOf" in mine else path
                yield self.fault(where, reason, error=False)

    def _one_of(self, mine: Json, wanted: list[Json], path: str) -> Iterator[Finding]:
        """What goes out has to be one of the model's alternatives, and may leave as much unsaid as elsewhere."""
        unsaid: list[Finding] | None = None
        for schema in wanted:
            found = list(self.differences(mine, schema, path, "out"))
            if not found or self.is_cut:
                return
            if unsaid is None and _fits(found):
                unsaid = found
        if unsaid is not None:
            yield from unsaid
            return
        yield self.fault(path, f"it is none of the alternatives (oneOf) of {self._origin}")


def _fits(found: Iterable[Finding]) -> bool:
    return not any(finding.severity == "error" for finding in found)


def _are_same(one: Any, other: Any) -> bool:
    """Whether two schemas are the same as JSON, told in C; written in another order they may not be."""
    try:
        return one == other and msgspec.json.encode(one) == msgspec.json.encode(other)
    except (TypeError, ValueError, RecursionError):
        return False
