"""Is a document a valid Thing Description or Thing Model: everything that is wrong with it, errors first."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from wot.errors import Finding, InvalidTD
from wot.td.checks import check, odd
from wot.td.editions import Edition, edition, is_model, schema_of
from wot.td.mending import mended, steps_of, without
from wot.td.node import Json, is_array, is_object
from wot.td.reading import TOO_DEEP, Document, examined, is_flat, is_shallow
from wot.td.wording import worded

if TYPE_CHECKING:
    from wot.td.library import Resolver

_FIRST = 30  # errors of a large document
_LARGE = 1 << 16  # bytes
_LANGUAGES = 100
_MOST = 1000  # findings; whoever has more of them mends a thousand first


def validate(document: Document, *, resolver: Resolver | None = None) -> list[Finding]:
    """Every finding on a TD or a Thing Model (by its `@type`), errors before warnings; [] for a good one.

    Checks the text, the structure (our JSON Schema of the version that `@context` names) and what no schema says.
    With `resolver`, a TD is also held against the Thing Model that it links with the relation `type`, and a model is
    resolved: what it extends, refers to and is composed of must be there.
    Nothing is read from anywhere else, and bad documents are findings, never exceptions.
    """
    json, findings = examined(document)
    if not (findings and not json):
        try:
            findings += _checked(json, resolver)
        except InvalidTD as refused:
            findings += refused.findings
        except RecursionError:
            findings.append(TOO_DEEP)
    return sorted(dict.fromkeys(findings), key=_is_warning)[:_MOST] if findings else findings


def _checked(json: Json, resolver: Resolver | None) -> list[Finding]:
    version, model = edition(json), is_model(json)
    try:
        text = msgspec.json.encode(json)
    except (ValueError, TypeError, OverflowError) as error:
        raise _no_json(error) from None
    schema, validator = _compiled(version, model)
    try:
        rest = json if model else odd(json, text, version)
        if not is_flat(text if rest is json else msgspec.json.encode(rest)) and not is_shallow(
            rest
        ):
            return [TOO_DEEP]
        errors, is_all = ([], True) if validator.is_valid(rest) else _errors(validator, json, text)
    except ValueError as error:
        raise _no_json(error) from None
    findings: list[Finding] = []
    sound = json
    if errors:
        findings += _in_words(schema, json, errors)
        findings += _mistaken(json, errors)
        rest = sound = mended(json, errors)
    if is_all:  # else the checks would meet what has not been mended
        findings += check(sound, rest, text, version, model)
    if resolver is not None:
        findings += _of_sources(json, resolver) if model else _against_model(sound, resolver)
    return findings


def _no_json(error: Exception) -> InvalidTD:
    """For a document that was decoded elsewhere, or made by hand."""
    hint = "what was decoded from JSON is made of dict, list, str, float, int, bool and None"
    return InvalidTD([Finding("$", f"not JSON: {error}", hint)])


def _errors(validator: Any, json: Json, text: bytes) -> tuple[list[Any], bool]:
    """The errors of structure, and whether these are all."""
    if len(text) <= _LARGE and not _has_many_languages(json):
        errors: list[Any] = list(islice(validator.iter_errors(json), _MOST + 1))
        return errors[:_MOST], len(errors) <= _MOST
    return _one_by_one(validator, json)


def _one_by_one(validator: Any, json: Json) -> tuple[list[Any], bool]:
    """The first errors of a large document: the validator makes all at once, however many and however long."""
    import jsonschema_rs

    found: list[Any] = []
    for _ in range(_FIRST):
        try:
            validator.validate(json)
        except jsonschema_rs.ValidationError as error:
            found.append(error)
            steps = steps_of(json, error)
            if not steps:
                break
            json = without(json, steps)
        else:
            return found, True
    return found, False


def _has_many_languages(json: Any) -> bool:
    """Each bad name among languages would carry all of them."""
    todo = [json]
    while todo:
        node = todo.pop()
        for name, value in node.items() if is_object(node) else enumerate(node):
            if name in ("titles", "descriptions") and is_object(value) and len(value) > _LANGUAGES:
                return True
            if isinstance(value, (dict, list)):
                todo.append(value)
    return False


def _is_warning(finding: Finding) -> bool:
    return finding.severity != "error"


@functools.cache
def _compiled(version: Edition, model: bool) -> tuple[Json, Any]:
    import jsonschema_rs

    schema = schema_of(version, model)
    # The engine without look-around: it takes linear time for every text.
    linear = jsonschema_rs.RegexOptions()
    validator = jsonschema_rs.Draft7Validator(
        schema, validate_formats=False, pattern_options=linear
    )
    return schema, validator


def _in_words(schema: Json, json: Json, errors: Iterable[Any]) -> Iterator[Finding]:
    """What the errors mean; what several rules say of the same thing, once."""
    seen: set[tuple[str, str]] = set()
    for error in errors:
        finding = worded(schema, error, steps_of(json, error))
        kind = error.kind.name
        key = (finding.path, kind if kind == "type" else finding.reason)
        if key not in seen:
            seen.add(key)
            yield finding


def _of_sources(model: Json, resolver: Resolver) -> list[Finding]:
    """What is wrong with what a model takes from others."""
    from wot.td.thing_model import check_sources

    return check_sources(model, resolver)


def _mistaken(json: Json, errors: Iterable[Any]) -> list[Finding]:
    """A Thing Model that does not say that it is one: it has no security."""
    lacking = {error.kind.property for error in errors if error.kind.name == "required"}
    if not lacking >= {"security", "securityDefinitions"} or is_model(json):
        return []
    reason = "if this is to be a Thing Model, its @type does not say so"
    return [Finding("$", reason, 'add "tm:ThingModel" to it', "error", "tm-identification")]


def _against_model(json: Json, resolver: Resolver) -> list[Finding]:
    """What the TD lacks of the Thing Model it names."""
    for number, link in enumerate(json["links"] if is_array(json.get("links")) else ()):
        href = link.get("href") if is_object(link) else None
        # Relations are compared without case (RFC 8288 section 2.1.1).
        if isinstance(href, str) and str(link.get("rel")).lower() == "type":
            return _compared(json, href, f"$.links[{number}].href", resolver)
    return []


def _unread(path: str, reason: str) -> Finding:
    hint = "have it at hand, or allow it to be fetched"
    return Finding(path, reason, hint, "warning", "tm-derivation-validity")


def _compared(json: Json, href: str, path: str, resolver: Resolver) -> list[Finding]:
    from wot.td.thing_model import compare

    try:
        model, wrong = examined(resolver(href))
    except (LookupError, OSError, ValueError) as error:
        return [_unread(path, f"the Thing Model cannot be read: {error}")]
    if wrong or not is_model(model):
        return [_unread(path, f"what {href} holds is no Thing Model")]
    try:
        return list(compare(json, model, resolver, base=href))
    except InvalidTD as refused:
        reason = refused.findings[0].reason
        return [_unread(path, f"the Thing Model is at fault itself: {reason}")]
