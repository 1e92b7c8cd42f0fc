"""From JSON text to a document: strict UTF-8, no member twice, no bottomless nesting."""

from __future__ import annotations

import json as json_module
import re
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite, isinf
from typing import Any, TypeAlias

import msgspec

from wot.errors import Finding, InvalidTD
from wot.td.node import Json, Node, at, is_array, is_mapping, is_object, type_name
from wot.td.places import twice

_MOST = 1000  # findings
DEEPEST = 64  # levels of objects and arrays; real TDs have a dozen
TOO_DEEP = Finding("$", "it is nested too deeply", f"{DEEPEST} levels are read")
_BOM = b"\xef\xbb\xbf"
_ESCAPED = re.compile(rb"\\u00(22|3[aA])")  # a quotation mark, a colon


_TEXTS = (bytes, bytearray, memoryview, str)
# A document as the toolkit takes it: its text, what was decoded from it, or one that has been parsed already.
Document: TypeAlias = bytes | str | Mapping[str, Any] | Node


def read(document: Document) -> Json:
    """The JSON object in a text (UTF-8; a byte order mark is tolerated), or a copy of a decoded one.

    InvalidTD where it is none.

    A member that is there twice is refused (RFC 8259 section 4 leaves its meaning open), with its path.
    """
    json, findings = examined(document)
    if not findings and not is_shallow(json):
        findings = [TOO_DEEP]
    if findings:
        raise InvalidTD(findings)
    return json if isinstance(document, _TEXTS) else _copied(json)


def examined(document: Document) -> tuple[Json, list[Finding]]:
    """The document as far as it can be read, {} where it cannot, and what is wrong with its text."""
    given = document.json if isinstance(document, Node) else document
    json: Any = given
    findings: list[Finding] = []
    if isinstance(given, _TEXTS):
        json, findings = _decoded(
            given.encode("utf-8", "surrogatepass") if isinstance(given, str) else bytes(given)
        )
        if json is None and findings:
            return {}, findings
    elif is_mapping(given):
        json = dict(given)
    if not is_object(json):
        hint = "a Thing Description is an object, as text or decoded"
        reason = f"should be an object, not {type_name(json)}"
        return {}, [Finding("$", reason, hint, assertion="td-context")]
    return json, findings


def _decoded(text: bytes) -> tuple[Any, list[Finding]]:
    text = text.removeprefix(_BOM)
    try:
        json = msgspec.json.decode(text)
    except RecursionError:
        return None, [
            Finding("$", "not JSON: it is nested too deeply", f"{DEEPEST} levels are read")
        ]
    except ValueError as error:
        return None, [_not_json(text, error)]
    return json, _duplicates(text) if _has_duplicates(text, json) else []


def _not_utf8(text: bytes) -> Finding | None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:  # that of msgspec counts from the start of a string
        reason = f"not JSON: it is not UTF-8 (byte {error.start})"
        return Finding("$", reason, "save it as UTF-8", assertion="td-json-open_utf-8")
    return None


def _not_json(text: bytes, error: ValueError) -> Finding:
    if "out of range" in str(error) and (finding := _too_large(text)):
        return finding
    hint = "a text that begins with { is wanted; of a file, what is in it"
    if text.lstrip()[:1] == b"{":
        hint = "mend it where this points to, or write it with a JSON library"
    return _not_utf8(text) or Finding(
        "$", f"not JSON: {error}", hint, assertion="td-processor-serialization"
    )


def _too_large(text: bytes) -> Finding | None:
    """The first number that no 64-bit floating point number holds: JSON allows it, and nobody can count with it."""
    try:
        place = _infinite(json_module.loads(text, parse_constant=_refuse), "$")
    except (ValueError, RecursionError):
        return None
    reason = "the number is beyond what a 64-bit floating point number holds"
    return Finding(place, reason, "leave it out, where it is no limit") if place else None


def _refuse(_: str) -> float:
    raise ValueError


def _infinite(json: Any, path: str) -> str:
    """Where infinity stands first; "" for nowhere."""
    if isinstance(json, float):
        return path if isinf(json) else ""
    inside: Iterable[tuple[str | int, Any]] = json.items() if is_object(json) else ()
    if is_array(json):
        inside = enumerate(json)
    return next(
        (place for name, value in inside if (place := _infinite(value, at(path, name)))), ""
    )


def _has_duplicates(text: bytes, json: Any) -> bool:
    """Whether the text holds more members than what was decoded from it: counted in C, by the colons behind names."""
    if b"\\u00" in text and _ESCAPED.search(text):  # decoded, they would upset the count
        return True
    try:
        return msgspec.json.format(text, indent=-1).count(b'":') != msgspec.json.encode(json).count(
            b'":'
        )
    except (ValueError, RecursionError):
        return True


def _duplicates(text: bytes) -> list[Finding]:
    """The members that are there twice; not those inside, which are there twice because of it."""
    found: dict[str, Finding] = {}
    for path, name in twice(text.decode("utf-8")):
        reason = f"the member {name!r} is there twice"
        found.setdefault(path, Finding(path, reason, "keep one of them", assertion="td-json-open"))
        if len(found) >= _MOST:
            break
    return list(found.values())


_BRACKETS = b"{}[]"
_OTHERS = bytes(set(range(256)) - set(_BRACKETS))


def is_flat(text: bytes) -> bool:
    """Whether encoded JSON has no more levels than are read, counted in C; False where brackets in texts confuse it."""
    brackets = text.translate(None, _OTHERS)
    for _ in range(DEEPEST):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return not brackets


def _faults(json: Any) -> Iterator[Finding]:
    """The first thing that no JSON holds, in a document that was decoded elsewhere or made by hand."""
    level: list[tuple[str, Any]] = [("$", json)]
    for _ in range(DEEPEST):
        inner: dict[
            int, tuple[str, Any]
        ] = {}  # one and the same at several places is looked at once
        for path, value in level:
            reason = _fault(value)
            if reason:
                hint = "JSON has text, finite numbers, true, false, null, arrays and objects"
                yield Finding(path, f"not JSON: {reason}", hint)
                return
            inner.update((id(item), (at(path, part), item)) for part, item in _parts(value))
        level = list(inner.values())


def _copied(json: Json) -> Json:
    """A copy made by writing and reading, in C; InvalidTD where it is another: it held what no JSON holds."""
    try:
        copy: Json = msgspec.json.decode(msgspec.json.encode(json))
    except (ValueError, TypeError, OverflowError, RecursionError):
        copy = {}
    if copy != json:
        raise InvalidTD(list(_faults(json)) or [TOO_DEEP])
    return copy


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    if is_object(value):
        return value.items()
    return enumerate(value) if is_array(value) else ()


def _fault(value: Any) -> str:
    if is_object(value):
        names: list[Any] = list(value)
        wrong = [name for name in names if not isinstance(name, str) or not _is_text(name)]
        return f"the name {wrong[0]!r} is no text" if wrong else ""
    if isinstance(value, str):
        return "" if _is_text(value) else f"{value!r} is no Unicode text"
    if isinstance(value, float):
        return "" if isfinite(value) else f"the number {value}"
    if isinstance(value, int):
        return "" if value.bit_length() <= _BITS else "a number of thousands of digits"
    return "" if value is None or is_array(value) else type_name(value)


def _is_text(value: str) -> bool:
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False


_BITS = 4096  # of an integer; Python refuses to write those of more than about 14,000


def is_shallow(json: Any) -> bool:
    """Whether there are no more levels than are read."""
    level: list[Any] = [json]
    for _ in range(DEEPEST):
        inner: dict[int, Any] = {}  # what stands at several places is looked into once
        for item in level:
            for _, value in _parts(item):
                if is_object(value) or is_array(value):
                    inner[id(value)] = value
        level = list(inner.values())
        if not level:
            return True
    return False
