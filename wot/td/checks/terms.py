"""Terms that are no terms: left-overs of Thing Models, and prefixes that stand for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from wot.td.checks.trail import Findings, Trail
from wot.td.editions import Edition
from wot.td.node import Json, is_array, is_object

# Names of members with a prefix, in encoded JSON; what looks like one inside a text is looked at once more.
_PREFIXED = re.compile(rb'"([A-Za-z_][\w.-]*):[^"/][^"]*":')
_DATA = ("const", "default", "enum")  # values, not vocabulary


def check(td: Json, found: Findings, version: Edition, model: bool) -> None:
    """Members and types whose prefix nothing declares."""
    try:
        text = msgspec.json.encode(td)
    except (TypeError, ValueError, OverflowError):
        return
    if not model and b'"tm:' in text:
        _check_leftovers(td, found)
    used = {prefix.decode() for prefix in set(_PREFIXED.findall(text))}
    declared, remote = _declared(td)
    unknown = used - declared - set(version.prefixes)
    if unknown and not remote:
        _check_prefixes(td, found, unknown)


def _declared(td: Json) -> tuple[set[str], bool]:
    """The prefixes that the document declares, and whether contexts elsewhere may declare more."""
    context = td.get("@context")
    parts = context if is_array(context) else [context]
    names = {name for part in parts if is_object(part) for name in part}
    return names, any(isinstance(part, str) and "/td/v1" not in part for part in parts)


def _check_leftovers(td: Json, found: Findings) -> None:
    for trail, name in _members(td):
        if not name.startswith("tm:"):
            continue
        hint = "derive a TD from the model: wot model FILE"
        reason = f"{name} belongs in a Thing Model"
        found.error((*trail, name), reason, hint, "thing-model-td-generation-processor-imports")


def _check_prefixes(td: Json, found: Findings, unknown: set[str]) -> None:
    for trail, name in _members(td):
        prefix = name.partition(":")[0]
        if prefix in unknown and ":" in name:
            unknown.discard(prefix)  # once is enough
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
