"""A value that fits a data schema, for whoever has to send one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from wot.schema import Mismatch, Verdict
from wot.td import Json

_FORMATS = {
    "date-time": "2024-02-29T00:00:00Z",
    "date": "2024-02-29",
    "time": "12:00:00Z",
    "duration": "PT1S",
    "email": "a@example.org",
    "uri": "https://example.org/",
    "uri-reference": "https://example.org/",
    "iri": "https://example.org/",
    "uuid": "97c8ce8c-6d4b-4a4e-9d6a-bbf34ebb56c6",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "hostname": "example.org",
}
_SEARCH = settings(database=None, derandomize=True, max_examples=200, phases=[Phase.generate])


class NoSample(LookupError):
    """No value was found that fits."""


def sample(schema: Json) -> Any:
    """A value that fits `schema`, the first of those that come to mind; NoSample where none does."""
    verdict = Verdict(schema)
    for value in _candidates(schema):
        try:
            verdict.check(value, closed=True)
        except Mismatch:
            continue
        return value
    raise NoSample(str(schema)[:200])


def _candidates(schema: Json) -> Iterator[Any]:
    if "const" in schema:
        yield schema["const"]
    yield from schema.get("enum", ())
    if "default" in schema:
        yield schema["default"]
    for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        rest = {term: value for term, value in schema.items() if term not in ("oneOf", "anyOf")}
        yield from _candidates({**rest, **branch})
    given = schema.get("type", ())
    for kind in (given,) if isinstance(given, str) else (*given, *_KINDS):
        yield from _KINDS[kind](schema)


def _numbers(schema: Json) -> Iterator[Any]:
    step = schema.get("multipleOf", 1)
    for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if bound in schema:
            near = schema[bound]
            yield from (near, near + step, near - step, math.ceil(near), math.floor(near))
            yield from (math.ceil(near / step) * step, math.floor(near / step) * step)
    low = schema.get("minimum", schema.get("exclusiveMinimum", -1))
    high = schema.get("maximum", schema.get("exclusiveMaximum", 1))
    yield from (0, step, -step, (low + high) / 2)


def _texts(schema: Json) -> Iterator[str]:
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    if "contentEncoding" in schema:
        yield "aGk="
    if "pattern" in schema:
        yield from _matching(schema["pattern"])
    yield "x" * max(schema.get("minLength", 0), min(1, schema.get("maxLength", 1)))


@lru_cache
def _matching(pattern: str) -> tuple[str, ...]:
    try:
        return (find(st.from_regex(pattern), lambda text: text.isprintable(), settings=_SEARCH),)
    except (HypothesisException, ValueError):
        return ()


def _arrays(schema: Json) -> Iterator[list[Any]]:
    items = schema.get("items", {})
    if isinstance(items, list):
        yield [sample(item) for item in items]
        return
    for count in (schema.get("minItems", 0), 1):
        yield [sample(items)] * count


def _objects(schema: Json) -> Iterator[Json]:
    members = schema.get("properties", {})
    needed = schema.get("required", ())
    yield {name: sample(members.get(name, {})) for name in needed}
    yield {name: sample(member) for name, member in members.items()}


def _one(*values: Any) -> Any:
    return lambda _schema: iter(values)


_KINDS: dict[str, Any] = {
    "boolean": _one(True, False),
    "integer": _numbers,
    "number": _numbers,
    "string": _texts,
    "null": _one(None),
    "array": _arrays,
    "object": _objects,
}
