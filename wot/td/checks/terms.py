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
_TYPES = re.compile(rb'"@type":(\[[^\]]*\]|"[^"]*")')
_PREFIX = re.compile(rb'"([^":]+):(?!//)')
# Schemes of absolute IRIs without //: no prefixes.
_SCHEMES = frozenset(["urn", "tag", "did", "info", "doi", "data", "mailto", "geo"])
_PLACEHOLDER = re.compile(r"\{\{[ -z|~]+\}\}")
_DATA = ("const", "default", "enum", "examples")  # values, not vocabulary


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


def check_types(td: Json, text: bytes, found: Findings, declared: Collection[str] | None) -> None:
    """Types whose prefix nothing declares; `text` is the document, encoded."""
    if declared is None or b'"@type":' not in text:
        return
    prefixes = {prefix for types in _TYPES.findall(text) for prefix in _PREFIX.findall(types)}
    if prefixes <= {name.encode("utf-8", "replace") for name in declared}:
        return
    said = {*declared, *_SCHEMES}
    for trail, name, value in _members(td):
        if name == "@type":
            listing = is_array(value)
            for number, given in enumerate(value if listing else [value]):
                where = (*trail, name, number) if listing else (*trail, name)
                _check_prefix(given, where, said, found)


def _check_prefix(name: Any, trail: Trail, said: set[str], found: Findings) -> None:
    prefix, colon, rest = name.partition(":") if isinstance(name, str) else ("", "", "")
    if colon and prefix and prefix not in said and not rest.startswith("//") and "{{" not in prefix:
        said.add(prefix)  # once is enough
        reason = f"nothing says what the prefix {prefix!r} stands for"
        hint = "declare it in @context"
        found.warning(trail, reason, hint, "td-context-ns-thing-map-of-namespaces")


def _check_leftovers(td: Json, found: Findings) -> None:
    if _is_other(td.get("@context")):
        return
    for trail, name, _ in _members(td):
        if not name.startswith("tm:"):
            continue
        hint = "derive a TD from the model: wot model FILE"
        reason = f"{name} belongs in a Thing Model"
        found.error((*trail, name), reason, hint, "thing-model-td-generation-processor-imports")


def _is_other(context: Any) -> bool:
    """Whether a document declares the prefix tm for something that is not the vocabulary of Thing Models."""
    meanings = [
        part["tm"]
        for part in (context if is_array(context) else [context])
        if is_object(part) and "tm" in part
    ]
    return bool(meanings) and meanings[-1] not in _MODELS


# The specification names one, its context and ontology the other.
_MODELS = ("https://www.w3.org/2019/wot/tm#", "https://www.w3.org/2022/wot/tm#")


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
    said = {*known, *_SCHEMES}
    for trail, name, _ in _members(td):
        _check_prefix(name, (*trail, name), said, found)


# Maps whose members have names of the author's.
_NAMED = frozenset(
    [
        *("properties", "actions", "events", "uriVariables", "schemaDefinitions"),
        *("securityDefinitions", "patternProperties", "definitions"),
    ]
)


def _members(json: Any, trail: Trail = ()) -> Iterator[tuple[Trail, str, Any]]:
    """Where a member stands, its name and its value: everywhere but in values and contexts."""
    if is_object(json):
        named = bool(trail) and trail[-1] in _NAMED
        for name, value in json.items():
            if not named:
                yield trail, name, value
            if (name not in _DATA and name != "@context") or named:
                yield from _members(value, (*trail, name))
    elif is_array(json):
        for number, value in enumerate(json):
            yield from _members(value, (*trail, number))
