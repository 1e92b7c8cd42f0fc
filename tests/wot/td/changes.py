"""Good documents with one value changed: every value of a Thing Description and of a Thing Model with all terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.documents import EVERYTHING, MODEL, document
from wot.td import TD_10

VALUES: tuple[Any, ...] = (7, -1.5, "a b", "{{", [], {}, None, True, [7], {"a b": 7})


def paths(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield where
    for part, inner in (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    ):
        yield from paths(inner, (*where, part))


def with_value(document: Any, where: tuple[Any, ...], value: Any) -> Any:
    if not where:
        return value
    first, *rest = where
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[first] = with_value(document[first], tuple(rest), value)
    return copy


def changed() -> Iterator[Any]:
    """A description and a model with all terms, with one value changed."""
    older = {**document(EVERYTHING), "@context": TD_10}
    for json_ in (document(EVERYTHING), document(MODEL), older):
        for where in paths(json_):
            for value in VALUES:
                yield with_value(json_, where, value)
