"""Which term is meant by a name that is none: by its letters, or because many people write it so."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Collection, Iterable, Mapping

_LONGEST = 24  # characters of a name that is compared with others
_SHORTEST = 3
_ALIKE = 0.79  # of 1: titel and title

# What people write, without case, hyphens and underscores → what it may be meant for, the first that fits.
_WRITTEN: Mapping[str, Collection[str]] = {
    "min": ("minimum",),
    "max": ("maximum",),
    "minvalue": ("minimum",),
    "maxvalue": ("maximum",),
    "minlen": ("minLength",),
    "maxlen": ("maxLength",),
    "regex": ("pattern",),
    "datatype": ("type",),
    "choices": ("enum",),
    "desc": ("description",),
    "property": ("properties",),
    "action": ("actions",),
    "event": ("events",),
    "form": ("forms",),
    "link": ("links",),
    "url": ("href",),
    "uri": ("href",),
    "operation": ("op",),
    "operations": ("op",),
    "ops": ("op",),
    "mediatype": ("contentType", "type"),
    "mimetype": ("contentType", "type"),
    "method": ("htv:methodName",),
    "methodname": ("htv:methodName",),
    "uniqueid": ("id",),
}
# Terms of JSON Schema and JSON-LD that are not meant for those that they resemble; nor is the type of an action.
_OTHERS = frozenset(
    [
        *("type", "@id", "@graph", "@value", "@base", "@vocab"),
        *("$id", "$ref", "$defs", "$schema", "$comment", "definitions", "examples", "example"),
        *("allOf", "anyOf", "not", "if", "then", "else", "contains", "uniqueItems", "nullable"),
        *("additionalItems", "prefixItems", "unevaluatedItems", "unevaluatedProperties"),
        *("additionalProperties", "patternProperties", "propertyNames", "dependencies"),
        *("minProperties", "maxProperties", "minContains", "maxContains", "deprecated"),
    ]
)


def plain(name: str) -> str:
    """A name as it is compared: without case, hyphens and underscores."""
    return name.replace("_", "").replace("-", "").lower()


def same(name: str, known: Mapping[str, str]) -> str:
    """Which of the terms a name is but for case, or is often written for; `known` are those by their plain names."""
    bare = plain(name)
    if name in _OTHERS:
        return ""
    if bare in known:
        return known[bare]
    usual = _WRITTEN.get(bare, ())
    return next((term for term in usual if plain(term) in known), "")


@functools.lru_cache(maxsize=1024)
def like(name: str, known: frozenset[str]) -> str:
    """Which of the terms a name is nearly; "" where it is not like any."""
    if not _SHORTEST <= len(name) <= _LONGEST or name in _OTHERS:
        return ""
    near = difflib.get_close_matches(name, sorted(known), 1, _ALIKE)
    return near[0] if near else ""


def written_for(term: str, names: Iterable[str]) -> str:
    """Which of the names may be meant for a term; "" for none."""
    known = {plain(term): term}
    for name in names:
        if same(name, known) or like(name, frozenset([term])):
            return name
    return ""
