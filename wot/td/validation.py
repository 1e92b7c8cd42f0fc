"""Is a document a valid Thing Description or Thing Model: everything that is wrong with it, best first."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from wot.errors import Finding, InvalidTD
from wot.td.checks import check
from wot.td.editions import Edition, edition, is_model, schema_of
from wot.td.node import Json, is_array, is_object
from wot.td.reading import examined
from wot.td.wording import worded

_MOST = 1000  # findings; whoever has more of them mends a thousand first
_EMPTY: Mapping[str, Any] = {
    "object": {},
    "array": [],
    "string": "",
    "boolean": False,
    "number": 0,
    "integer": 0,
}

Resolver = Callable[[str], bytes | str | Mapping[str, Any]]


def validate(
    document: bytes | str | Mapping[str, Any], *, resolve: Resolver | None = None
) -> list[Finding]:
    """Every finding on a TD or a Thing Model (by its `@type`), errors before warnings; [] for a good one.

    Checks the text, the structure (our JSON Schema of the version that `@context` names) and what no schema says.
    With `resolve`, a TD is also held against the Thing Model that it links with the relation `type`.
    Nothing is read from anywhere else, and bad documents are findings, never exceptions.
    """
    json, findings = examined(document)
    if findings and not json:
        return findings
    try:
        version = edition(json)
    except InvalidTD as refused:
        return [*findings, *refused.findings]
    model = is_model(json)
    schema, validator = _compiled(version, model)
    try:
        sound = json if validator.is_valid(json) else None
    except ValueError as error:  # what no JSON value is, in a decoded document
        return [*findings, Finding("$", f"not JSON: {error}")]
    if sound is None:
        errors = list(islice(validator.iter_errors(json), _MOST))
        findings += _ranked(worded(schema, error) for error in errors)
        sound = mended(json, errors)
    findings += check(sound, version, model)
    if "links" in sound and not model:
        findings += _against_model(sound, resolve)
    return sorted(findings, key=_is_warning)[:_MOST] if findings else findings


def _is_warning(finding: Finding) -> bool:
    return finding.severity != "error"


@functools.cache
def _compiled(version: Edition, model: bool) -> tuple[Json, Any]:
    import jsonschema_rs

    schema = schema_of(version, model)
    linear = jsonschema_rs.RegexOptions()
    return schema, jsonschema_rs.Draft7Validator(
        schema, validate_formats=False, pattern_options=linear
    )


def _ranked(findings: Iterable[Finding]) -> Iterator[Finding]:
    """In document order as found; what two rules say of one place in the same words, once."""
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        key = (finding.path, finding.reason)
        if key not in seen:
            seen.add(key)
            yield finding


def mended(json: Json, errors: Iterable[Any]) -> Json:
    """A copy in which every value of a wrong type is an empty one of the right type: fit for the other checks."""
    wrong: dict[tuple[str | int, ...], Any] = {}
    for error in errors:
        if error.kind.name == "type" and error.instance_path:
            kind = error.kind.value
            wrong[tuple(error.instance_path)] = _EMPTY.get(
                kind if isinstance(kind, str) else kind[0]
            )
    return _mended(json, wrong) if wrong else json


def _mended(json: Json, wrong: Mapping[tuple[str | int, ...], Any]) -> Json:
    out: Any = dict(json)
    copied: dict[tuple[str | int, ...], Any] = {(): out}
    for path in sorted(wrong, key=len):
        for depth in range(1, len(path)):
            prefix, parent = path[:depth], copied[path[: depth - 1]]
            if prefix not in copied:
                inner = parent[path[depth - 1]]
                copied[prefix] = parent[path[depth - 1]] = (
                    list(inner) if is_array(inner) else dict(inner)
                )
        parent = copied[path[:-1]]
        if path[-1] in parent if is_object(parent) else True:
            parent[path[-1]] = wrong[path]
    return out  # type: ignore[no-any-return]


def _against_model(json: Json, resolve: Resolver | None) -> list[Finding]:
    """What the TD lacks of the Thing Model it names."""
    for number, link in enumerate(json["links"]):
        href = link.get("href") if is_object(link) and link.get("rel") == "type" else None
        if isinstance(href, str):
            path = f"$.links[{number}].href"
            unread = _unread(
                path, f"the Thing Model {href} has not been read, so nothing was held against it"
            )
            return [unread] if resolve is None else _compared(json, href, path, resolve)
    return []


def _unread(path: str, reason: str) -> Finding:
    hint = "have it at hand, or allow it to be fetched"
    return Finding(path, reason, hint, "warning", "tm-derivation-validity")


def _compared(json: Json, href: str, path: str, resolve: Resolver) -> list[Finding]:
    from wot.td.thing_model import compare

    try:
        model, wrong = examined(resolve(href))
    except (LookupError, OSError, ValueError) as error:
        return [_unread(path, f"the Thing Model cannot be read: {error}")]
    if wrong or not is_model(model):
        return [_unread(path, f"what {href} holds is no Thing Model")]
    try:
        return list(compare(json, model, resolve))
    except InvalidTD as refused:
        return [_unread(path, f"the Thing Model is at fault itself: {refused.findings[0].reason}")]
