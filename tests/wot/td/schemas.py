"""Random data schemas of all types and terms of TD 1.1 section 5.3.2, each with values that fit it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

Json = dict[str, Any]
Draw = Any  # hypothesis' `draw`
T = TypeVar("T")

# Names of affordances and members, those of terms among them: a name is never a term.
NAMES = (
    "level",
    "on off",
    "größe",
    "灯",
    "a.b",
    "it's",
    'say "x"',
    "back\\slash",
    "~/x",
    "{x}",
    "forms",
    "readOnly",
    "items",
    "default",
    "op",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1.5,
    2**53,
    "",
    "ü",
    [],
    {},
    {"readOnly": False, "forms": [{}]},
    [{"op": "x"}],
)
TEXTS = ("", "a", "käse", "日本", "with space", '"quoted" \\', "\u202ertl", "🙂🙂")
PATTERNS = (("^[a-z]+$", ("on", "off")), ("^\\d{2}:\\d{2}$", ("12:30",)), ("a|b", ("a", "xb")))
FORMATS = (
    ("date-time", "2024-02-29T00:00:00Z"),
    ("uri", "https://example.org/"),
    ("x-unheard-of", "anything"),
)
SCALARS = ("boolean", "integer", "number", "string", "null")
FLAGS: tuple[Json, ...] = (*({},) * 6, {"readOnly": True}, {"writeOnly": True})
FALSE_FLAGS: tuple[Json, ...] = (
    *({},) * 6,
    {"readOnly": False},
    {"writeOnly": False},
    {"readOnly": False, "writeOnly": False},
)


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value, small."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8)
        | st.sampled_from(VALUES)
    )
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
        max_leaves=6,
    )


class Chooser:
    """Chooses at random; everything shrinks towards the first and the fewest."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(0, 99)) >= 100 - percent)

    def one(self, options: Sequence[T]) -> T:
        found: T = options[self.draw(st.integers(0, len(options) - 1))]
        return found

    def some(self, options: Sequence[T], least: int = 0, most: int = 99) -> list[T]:
        indexes = st.integers(0, len(options) - 1)
        size = min(most, len(options))
        chosen = self.draw(st.lists(indexes, unique=True, min_size=least, max_size=size))
        return [options[at] for at in chosen]


class Schemas:
    """Writes random data schemas, and the texts that most objects of a TD have."""

    def __init__(
        self, choose: Chooser, languages: Sequence[str] = (), extended: bool = False
    ) -> None:
        self.draw, self.chance, self.one, self.some = (
            choose.draw,
            choose.chance,
            choose.one,
            choose.some,
        )
        self.languages = languages  # of the texts
        self.extended = extended  # whether the prefix of extension terms is declared

    # What most objects have

    def described(self, title: bool = True) -> Json:
        found: Json = {}
        if self.chance(15):
            found["@type"] = self.one(("Sensor", ["Sensor"], ["Sensor", "Light"]))
        for term in self.some(("title", "description")) if self.chance(30) else ():
            if term == "description" or title:
                found[term] = self.one(TEXTS[1:])
            if self.languages:
                found[term + "s"] = dict.fromkeys(self.languages, "Wort")
                found.setdefault(term, "Wort")
        if not title:
            found.pop("title", None)
        return found

    def extension(self) -> Json:
        """A term of somebody else, often one that looks like ours inside."""
        if not self.extended or not self.chance(20):
            return {}
        looks = {
            "readOnly": False,
            "contentType": "application/json",
            "items": {"writeOnly": False},
        }
        return {self.one(("ex:term", "ex:note")): self.one((looks, [looks], "text", 1, None, True))}

    # Schemas

    def schema(self) -> Json:
        """A data schema of any kind."""
        return self.any_schema(2)[0]

    def scalar(self) -> Json:
        """A data schema that a URI variable may have."""
        return self.of_type(self.one(SCALARS[:4]), 0)[0]

    def any_schema(self, depth: int) -> tuple[Json, Any]:
        """A data schema and a value that fits it."""
        composed = ("object", "array", "", "oneOf") if depth > 0 else ("",)
        kind = self.one((*SCALARS, *composed))
        if kind == "":
            return self.untyped()
        if kind == "oneOf":
            return self.choice(depth)
        return self.of_type(kind, depth)

    def member(self, depth: int) -> tuple[Json, Any]:
        """A data schema inside of another one, where the flags mean something."""
        schema, value = self.any_schema(depth)
        return schema | self.one(FLAGS), value

    def of_type(self, kind: str, depth: int) -> tuple[Json, Any]:
        if kind == "array":
            terms, values = self.array(depth)
        elif kind == "object":
            terms, values = self.object(depth)
        else:
            writers = {"integer": self.number, "number": self.number, "string": self.string}
            terms, values = writers[kind](kind) if kind in writers else ({}, self.constants(kind))
        schema = {"type": kind, **terms, **self.given(values)}
        return {**schema, **self.described(), **self.one(FALSE_FLAGS), **self.extension()}, values[
            0
        ]

    def given(self, values: Sequence[Any]) -> Json:
        """`values` as what TD 1.1 lets a schema say about values: at most one that restricts, and a default."""
        how = self.one(("", "", "", "default", "enum", "const"))
        if how == "const" or (how == "default"):
            return {how: values[0]}
        return {"enum": list(values)} if how == "enum" else {}

    def constants(self, kind: str) -> list[Any]:
        return [None] if kind == "null" else self.one(([True], [False], [False, True]))

    def number(self, kind: str) -> tuple[Json, list[Any]]:
        """Bounds on the grid of `multipleOf`, so that whatever is left out values still fit."""
        step = self.one((1, 2, 5) if kind == "integer" else (1, 0.5, 0.25))
        low = step * self.draw(st.integers(-20, 20))
        high = low + step * self.draw(st.integers(0, 5))
        terms: Json = {}
        terms |= self.one(({}, {}, {"minimum": low}, {"exclusiveMinimum": low - step}))
        terms |= self.one(({}, {}, {"maximum": high}, {"exclusiveMaximum": high + step}))
        terms |= self.one(({}, {}, {"multipleOf": step}))
        terms |= self.one(({}, {}, {"unit": "°C"}))
        return terms, [low] if low == high else [low, high]

    def string(self, kind: str) -> tuple[Json, list[Any]]:
        how = self.one(("plain", "length", "pattern", "format", "encoded"))
        if how == "pattern":
            pattern, fitting = self.one(PATTERNS)
            return {"pattern": pattern}, list(fitting)
        if how == "format":
            name, text = self.one(FORMATS)
            return {"format": name}, [text]
        if how == "encoded":
            media = self.one(({}, {"contentMediaType": "image/png"}))
            return {"contentEncoding": "base64", **media}, ["aGk="]
        texts = self.some(TEXTS, least=1, most=2)
        sizes = [len(text) for text in texts]
        terms: Json = self.one(({"minLength": min(sizes)}, {"maxLength": max(sizes)}))
        return (terms if how == "length" else {}), texts

    def array(self, depth: int) -> tuple[Json, list[Any]]:
        how = self.one(("one", "any", "tuple"))
        if how == "any":
            return {}, [[1, "a"]]
        if how == "tuple":
            members = [self.member(depth - 1) for _ in range(self.one((1, 2)))]
            value = [value for _, value in members]
            terms: Json = {"items": [schema for schema, _ in members]}
        else:
            schema, item = self.member(depth - 1)
            value = [item] * self.one((1, 0, 2))
            terms = {"items": schema}
        terms |= self.one(({}, {"minItems": len(value)}, {"maxItems": len(value) + 1}))
        return terms, [value]

    def object(self, depth: int) -> tuple[Json, list[Any]]:
        names = self.some(NAMES, most=3)
        members = {name: self.member(depth - 1) for name in names}
        terms: Json = (
            {"properties": {name: schema for name, (schema, _) in members.items()}}
            if members
            else {}
        )
        if required := self.some(names) if names else []:
            terms["required"] = required
        return terms, [{name: value for name, (_, value) in members.items()}]

    def untyped(self) -> tuple[Json, Any]:
        value = self.one(VALUES)
        return self.one(
            ({}, {"const": value}, {"default": value}, {"enum": [value, "other"]})
        ), value

    def choice(self, depth: int) -> tuple[Json, Any]:
        """`oneOf` schemas of different types, so that no value fits two."""
        kinds = self.some(("string", "integer", "boolean", "object", "null"), least=2, most=3)
        branches = [self.of_type(kind, depth - 1) for kind in kinds]
        return {"oneOf": [schema for schema, _ in branches], **self.described()}, branches[0][1]
