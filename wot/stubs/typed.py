"""From data schemas (TD 1.1 section 5.3.2) to Python types, as source text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from wot.schema import Patterns
from wot.stubs.constraints import (
    COMBINED,
    OF_UNIONS,
    asserted,
    choices,
    kind_of,
    literals,
    terms_of,
)
from wot.stubs.names import USED, Names, is_member_name, pascal
from wot.stubs.source import Code, Group, Union, call, flat, is_text, string, within
from wot.td import Json, is_array, is_object

_LONGEST = 60  # characters of a type before it gets a name
_MOST_ALTERNATIVES = 64  # of a union: type checkers compare each with each
_PATTERNS = 1 << 23  # bytes of the regular expressions of a module, were they compiled
_MOST_ALIKE = 6  # items of one type that are a tuple rather than a list
_SCALARS = {"boolean": "bool", "integer": "int", "number": "float", "string": "str", "null": "None"}
# What msgspec reads as a whole; durations of months or years, for one, it does not.
_FORMATS = {"date-time": "dt.datetime", "date": "dt.date", "time": "dt.time", "uuid": "uuid.UUID"}
_META = {
    "minimum": "ge",
    "exclusiveMinimum": "gt",
    "maximum": "le",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "title": "title",
    "description": "description",
}
_ALL = frozenset(("boolean", "number", "string", "null", "array", "object"))
_NONE: frozenset[str] = frozenset()


class Type(NamedTuple):
    """A Python type for a data schema.

    `kinds`: the JSON types it takes; `terms`: what is to be said besides; `said`: terms that it says itself;
    `exact`: all in all it takes what the schema takes; `plain`: its values are written as in JSON.
    """

    code: Code
    kinds: frozenset[str]
    terms: Json
    said: frozenset[str] = _NONE
    exact: bool = True
    plain: bool = True


_ANY = Type("Any", _ALL, {}, exact=False)


class Types:
    """The types of one module: those that have names, in the order of their definition."""

    def __init__(self, names: Names) -> None:
        self.definitions: list[tuple[str, Code | list[Code]]] = []
        self.patterns = Patterns(_PATTERNS, backtracking=False)
        self._names = names
        self._defined: set[str] = {*USED}  # a member of that name would hide the type

    def of(self, schema: Any, name: str, *, formats: bool = True) -> Type:
        """The type for `schema`; `name` is for what of it needs one."""
        if not is_object(schema):
            return _ANY
        kind = _kind(schema)
        found = _values(schema) or self._shape(schema, kind, name, formats)
        terms = {**terms_of(schema, kind, found.said, self.patterns), **found.terms}
        exact = found.exact and asserted(schema) <= found.said | set(terms)
        return found._replace(terms=terms, exact=exact)

    def whole(self, schema: Any, name: str, *, formats: bool = True) -> Type:
        """The type for `schema` with all that is to be said, short enough to stand anywhere."""
        return self.short(annotated(self.of(schema, name, formats=formats)), name)

    def short(self, found: Type, name: str, room: int = _LONGEST) -> Type:
        """`found`, under a name of its own where it is long."""
        code = flat(found.code)
        if len(code) <= min(room, _LONGEST) or code in self._defined:
            return found
        chosen = self._name(name)
        self.definitions.append((chosen, within(found.code, f"{chosen} = ", "")))
        return found._replace(code=chosen)

    def _name(self, wanted: str) -> str:
        chosen = self._names.take(wanted[:_LONGEST])
        self._defined.add(chosen)
        return chosen

    def _shape(self, schema: Json, kind: str, name: str, formats: bool) -> Type:
        combined = any(schema.get(term) for term in COMBINED)
        if is_array(schema.get("type")):
            one_each = [{**schema, "type": one} for one in schema["type"]]
            return self._union(one_each, name, formats)
        if kind == "union":
            return self._union(schema["oneOf"], name, formats)
        if not kind:
            return _ANY._replace(terms=choices(schema, ""), exact=not combined)
        if kind == "object":
            return self._object(schema, name, combined)
        found = self._array(schema, name) if kind == "array" else _scalar(schema, kind, formats)
        return found._replace(exact=found.exact and not combined)

    def _union(self, branches: Iterable[Any], name: str, formats: bool) -> Type:
        branches = list(branches)
        if len(branches) > _MOST_ALTERNATIVES:
            return _ANY
        found = [
            self.whole(branch, _branch(branch, name, index), formats=formats)
            for index, branch in enumerate(branches, 1)
        ]
        kinds = _NONE.union(*(one.kinds for one in found))
        apart = sum(len(one.kinds) for one in found) == len(kinds)
        exact, plain = all(one.exact for one in found), all(one.plain for one in found)
        # Looser branches may overlap, and then a value of one would fit two, which `oneOf` forbids.
        if not found or any(one.code == "Any" for one in found) or not (apart or exact):
            return _ANY
        codes = sorted({flat(one.code): None for one in found}, key=lambda code: code == "None")
        code = found[0].code if len(codes) == 1 else Union("", codes)
        return Type(code, kinds, {}, exact=exact, plain=plain)

    def _array(self, schema: Json, name: str) -> Type:
        items = schema.get("items")
        least, most = schema.get("minItems"), schema.get("maxItems")
        terms = {"uniqueItems": True} if schema.get("uniqueItems") is True else {}
        found = Type("list[Any]", frozenset({"array"}), terms, exact=items is None, plain=False)
        if is_array(items):
            if not items or least != most or most != len(items):
                return found
            parts = [self.whole(item, f"{name}{at}") for at, item in enumerate(items, 1)]
            return _tuple(parts, found)
        if items is None:
            return found
        item = self.whole(items, f"{name}Item")
        if least == most and type(most) is int and 0 < most <= _MOST_ALIKE:
            return _tuple([item] * most, found)
        return found._replace(code=Group("list[", [item.code], "]"), exact=item.exact)

    def _object(self, schema: Json, name: str, combined: bool) -> Type:
        found = Type("dict[str, Any]", frozenset({"object"}), {}, exact=not combined, plain=False)
        rest = schema.get("additionalProperties")
        members = {} if combined else members_of(schema)
        if "" in members:  # type checkers want every member of a TypedDict to have a name
            return found._replace(exact=False)
        if members:
            inner = {
                at: self.whole(one, name + pascal(at, "Member")) for at, one in members.items()
            }
            exact = rest is None and all(one.exact for one in inner.values())
            return found._replace(code=self._typed_dict(schema, inner, name), exact=exact)
        if is_object(rest) and not combined:
            item = self.whole(rest, f"{name}Item")
            code = Group("dict[", ["str", item.code], "]")
            return found._replace(code=code, exact=item.exact)
        return found._replace(exact=found.exact and rest is None)

    def _typed_dict(self, schema: Json, members: dict[str, Type], name: str) -> str:
        needed = required(schema)
        fields = {
            at: one.code if at in needed else Group("NotRequired[", [one.code], "]")
            for at, one in members.items()
        }
        chosen = self._name(name)
        code: Code | list[Code]
        if all(is_member_name(at) and at not in self._defined for at in fields):
            code = [within(one, f"{at}: ", "") for at, one in fields.items()]
        else:
            items = [within(one, f"{string(at)}: ", "") for at, one in fields.items()]
            named = Group("{", items, "}", atom=True)
            code = Group(f"{chosen} = TypedDict(", [string(chosen), named], ")")
        self.definitions.append((chosen, code))
        return chosen


def members_of(schema: Json) -> Json:
    """The members of an object: those described, and those that must be there all the same."""
    described = schema.get("properties")
    members: Json = {**described} if is_object(described) else {}
    members.update({name: {} for name in required(schema) if name not in members})
    return {name: inner for name, inner in members.items() if is_text(name)}


def required(schema: Json) -> Mapping[str, None]:
    """The members that must be there, as an ordered set."""
    names: Any = schema.get("required")
    return dict.fromkeys(filter(is_text, names)) if is_array(names) else {}


def _kind(schema: Json) -> str:
    """The `type`, or what the other terms make of it: "union" of `oneOf`, "" where it can be anything."""
    kind: Any = schema.get("type")
    if kind is not None:
        return kind if kind in (*_SCALARS, "array", "object") else ""
    if any(schema.get(term) for term in COMBINED):
        only_one_of = not (schema.get("anyOf") or schema.get("allOf"))
        simple = only_one_of and is_array(schema["oneOf"]) and asserted(schema) <= OF_UNIONS
        return "union" if simple else ""
    return "object" if "properties" in schema else "array" if "items" in schema else ""


def _values(schema: Json) -> Type | None:
    """Literal, for a fixed set of values that Python can tell apart."""
    values = literals(schema)
    if values is None:
        return None
    kinds = frozenset(map(kind_of, values))
    items = [string(value) if isinstance(value, str) else repr(value) for value in values]
    code = "None" if values == [None] else Group("Literal[", items, "]")
    exact = asserted(schema) <= {"enum", "const"} and not any(map(schema.get, COMBINED))
    return Type(code, kinds, {}, frozenset(asserted(schema)), exact)


def _scalar(schema: Json, kind: str, formats: bool) -> Type:
    kinds = frozenset({"number" if kind == "integer" else kind})
    if kind == "string" and formats and not asserted(schema):
        special = _FORMATS.get(str(schema.get("format")))
        if special:
            return Type(special, kinds, {}, frozenset({"format"}), plain=False)
        if schema.get("contentEncoding") == "base64":
            return Type("bytes", kinds, {}, frozenset({"contentEncoding"}), plain=False)
    return Type(_SCALARS[kind], kinds, choices(schema, kind))


def _tuple(parts: list[Type], found: Type) -> Type:
    code = Group("tuple[", [part.code for part in parts], "]")
    exact = all(part.exact for part in parts)
    return found._replace(code=code, said=frozenset(("minItems", "maxItems")), exact=exact)


def annotated(found: Type) -> Type:
    """`found` with its terms inside of it."""
    if not found.terms:
        return found
    words = {_META[term]: value for term, value in found.terms.items() if term in _META}
    extra = {term: value for term, value in found.terms.items() if term not in _META}
    if extra:
        words["extra_json_schema"] = extra
    return found._replace(
        code=Group("Annotated[", [found.code, call("Meta(", words)], "]"), terms={}
    )


def _branch(branch: Any, name: str, index: int) -> str:
    title: Any = branch.get("title") if is_object(branch) else None
    return pascal(title, f"{name}{index}") if is_text(title) else f"{name}{index}"
