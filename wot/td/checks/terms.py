"""Terms that are no terms: left-overs of Thing Models, and prefixes that stand for nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from wot.td.checks.trail import Findings, Trail
from wot.td.node import Json, is_array, is_object, shown

# The end of a member's name with a prefix, in encoded JSON. It begins with what is rare, so it is found fast; what
# looks like one inside a text is looked at once more.
_PREFIXED = re.compile(rb':[^":]*":')
_PLACEHOLDER = re.compile(r"\{\{[ -z|~]+\}\}")
_DATA = ("const", "default", "enum")  # values, not vocabulary


def check(
    td: Json, text: bytes, found: Findings, declared: Collection[str] | None, model: bool
) -> None:
    """Members whose prefix nothing declares, and what models leave; `text` is the document, encoded."""
    if not model and b"{{" in text:
        _check_placeholders(td, found)
    prefixes = {
        text[text.rfind(b'"', 0, match.start()) + 1 : match.start()]
        for match in _PREFIXED.finditer(text)
    }
    if not prefixes:
        return
    if not model and b'"tm:' in text:
        _check_leftovers(td, found)
    if declared is None:  # contexts elsewhere may declare any
        return
    if not prefixes <= {name.encode("utf-8", "replace") for name in declared}:
        _check_prefixes(td, found, declared)


def _check_leftovers(td: Json, found: Findings) -> None:
    for trail, name in _members(td):
        if not name.startswith("tm:"):
            continue
        hint = "derive a TD from the model: wot model FILE"
        reason = f"{name} belongs in a Thing Model"
        found.error((*trail, name), reason, hint, "thing-model-td-generation-processor-imports")


def _check_placeholders(json: Any, found: Findings, trail: Trail = ()) -> None:
    """Texts that look as if a Thing Model had left them; those in addresses are found with the forms."""
    if isinstance(json, str):
        if _PLACEHOLDER.search(json) and trail[-1] not in ("href", "base"):
            reason = f"{shown(json)} looks like a placeholder of a Thing Model"
            found.warning(trail, reason, "give it a value", "tm-placeholder-replacement")
    elif is_object(json):
        for name, value in json.items():
            _check_placeholders(value, found, (*trail, name))
    elif is_array(json):
        for number, value in enumerate(json):
            _check_placeholders(value, found, (*trail, number))


def _check_prefixes(td: Json, found: Findings, known: Collection[str]) -> None:
    said = set(known)
    for trail, name in _members(td):
        prefix, colon, rest = name.partition(":")
        if colon and prefix and prefix not in said and not rest.startswith("//"):
            said.add(prefix)  # once is enough
            reason = f"nothing says what the prefix {prefix!r} stands for"
            found.warning(
                (*trail, name),
                reason,
                "declare it in @context",
                "td-context-ns-thing-map-of-namespaces",
            )


def _members(json: Any, trail: Trail = ()) -> Iterator[tuple[Trail, str]]:
    """Where a member stands, and its name: everywhere but in values and contexts."""
    if is_object(json):
        named = bool(trail) and trail[-1] in (
            "properties",
            "actions",
            "events",
            "uriVariables",
            "schemaDefinitions",
        )
        for name, value in json.items():
            if not named:
                yield trail, name
            if (name not in _DATA and name != "@context") or named:
                yield from _members(value, (*trail, name))
    elif is_array(json):
        for number, value in enumerate(json):
            yield from _members(value, (*trail, number))
