"""Keyword arguments of declarations as terms of a Thing Description."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, get_type_hints

from wot.errors import DefinitionError
from wot.td import (
    ActionAffordance,
    EventAffordance,
    Json,
    PropertyAffordance,
    ThingDescription,
    camel,
)

_RENAMED = {"types": "@type", "kind": "type"}


class DescribedTerms(TypedDict, total=False):
    """What every affordance may say of itself (TD 1.1 section 5.3.1.2)."""

    name: str
    title: str
    titles: Mapping[str, str]
    description: str
    descriptions: Mapping[str, str]
    types: str | Sequence[str]
    terms: Mapping[str, Any]


class SchemaTerms(DescribedTerms, total=False):
    """What a data schema may say (TD 1.1 section 5.3.2)."""

    unit: str
    minimum: float
    maximum: float
    exclusive_minimum: float
    exclusive_maximum: float
    multiple_of: float
    min_length: int
    max_length: int
    pattern: str
    min_items: int
    max_items: int
    enum: Sequence[Any]
    const: Any
    default: Any
    format: str
    content_encoding: str
    content_media_type: str


class PropertyTerms(SchemaTerms, total=False):
    """What a property may say (TD 1.1 section 5.3.1.3)."""

    observable: bool
    write_only: bool
    content_type: str | Sequence[str]
    uri_variables: Mapping[str, str]


class StoredTerms(SchemaTerms, total=False):
    """What a stored property may say: it is always observable."""

    read_only: bool
    content_type: str | Sequence[str]


class EventTerms(SchemaTerms, total=False):
    """What an event may say, of itself and of its data (TD 1.1 section 5.3.1.5)."""

    uri_variables: Mapping[str, str]


class ActionTerms(DescribedTerms, total=False):
    """What an action may say (TD 1.1 section 5.3.1.4)."""

    safe: bool
    idempotent: bool
    synchronous: bool
    content_type: str | Sequence[str]
    response_type: str | Sequence[str]
    uri_variables: Sequence[str] | Mapping[str, str]
    timeout: float | None


_VOCABULARY = frozenset(
    {
        *PropertyAffordance.members,
        *ActionAffordance.members,
        *EventAffordance.members,
        *ThingDescription.members,
    }
)

# Terms that shape the declaration instead of standing in the TD under that name.
_OWN = frozenset({"name", "terms", "content_type", "response_type", "uri_variables", "timeout"})


def td_terms(given: Mapping[str, Any], allowed: type, what: str) -> Json:
    """`given` in the spelling of the TD; DefinitionError for a word that is none."""
    known: frozenset[str] = vars(allowed)["__optional_keys__"]
    hints = get_type_hints(allowed)
    out: Json = {}
    for word, value in given.items():
        if word not in known:
            near = difflib.get_close_matches(word, known, 1)
            raise DefinitionError(
                f"{what} has no term {word!r}",
                hint=f"did you mean {near[0]!r}?"
                if near
                else 'extension terms go into terms={"prefix:term": …}',
            )
        if hints[word] is bool and not isinstance(value, bool):
            raise DefinitionError(f"{word}={value!r:.80} should be True or False")
        if word not in _OWN:
            out[_RENAMED.get(word) or camel(word)] = value
    extension: Mapping[str, Any] = given.get("terms", {})
    check_extension(extension)
    return {**out, **extension}


def check_extension(terms: Mapping[str, Any]) -> None:
    """Extension terms must not say again what the declaration says: the TD would lie."""
    for term in terms:
        if term in _VOCABULARY:
            raise DefinitionError(
                f"terms={{{term!r}: …}} would contradict the declaration",
                hint="say it by a keyword",
            )
