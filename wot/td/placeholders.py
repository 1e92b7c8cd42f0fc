"""Placeholders of Thing Models, `{{NAME}}` (TD 1.1 section 9.3.5): found, and filled with values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from json import dumps
from typing import Any

from wot.errors import Finding, InvalidTD, listed
from wot.td.node import Json, is_array, is_object
from wot.td.pointers import Trail, written

# The specification's {{2}[ -~]+}{2} would take "{{A}}-{{B}}" for one placeholder: a name ends at the first "}}" here,
# and what looks like the beginning of another one is no part of it.
_PLACEHOLDER = re.compile(r"\{\{(?!\{)((?:[ -z|~]++|\{(?!\{)|\}(?!\}))+)\}\}")
_BITS = 4096  # of an integer; Python refuses to write those of more than about 14,000
_SURROGATE = re.compile("[\ud800-\udfff]").search  # half a character, which UTF-8 cannot say
_MOST_PLACES = 1000  # with the path of each
_MOST_FINDINGS = 1000
LIMIT = 4 << 20  # characters of all that is filled in

Path = str


def names(text: str) -> list[str]:
    """The names of the placeholders in one string."""
    return _PLACEHOLDER.findall(text) if "{{" in text else []


def strings(json: Any, path: Path = "$") -> Iterator[tuple[Trail, str]]:
    """Every string value of a document, with its place."""
    todo: list[tuple[Trail, Any]] = [(path, json)]
    while todo:
        here, value = todo.pop()
        if isinstance(value, str):
            yield here, value
        elif is_object(value):
            todo += [((here, name), item) for name, item in reversed(value.items()) if _has(item)]
        elif is_array(value):
            indexes = reversed(range(len(value)))
            todo += [((here, index), value[index]) for index in indexes if _has(value[index])]


def _has(value: Any) -> bool:
    return isinstance(value, (str, dict, list))


def placeholders(model: Json) -> dict[str, list[Path]]:
    """The placeholders of a model by name, each with the JSON paths of the values that hold it.

    The first thousand places of a model are told; of the placeholders after them, the names.
    """
    found: dict[str, list[Path]] = {}
    room = _MOST_PLACES
    for trail, text in strings(model):
        for name in dict.fromkeys(names(text)):
            paths = found.setdefault(name, [])
            room -= 1
            if room >= 0:
                paths.append(written(trail))
    return found


def names_in(model: Json) -> set[str]:
    """The names of the placeholders of a model."""
    return {name for _, text in strings(model) for name in names(text)}


def fill(json: Any, values: Mapping[str, Any], *, known: frozenset[str] = frozenset()) -> Any:
    """A copy of `json` with `values` for its placeholders; what was filled in is not looked into again.

    A string that is one placeholder becomes the value itself, of any type; elsewhere the value's text is put in.
    Raises InvalidTD with a finding for each place without a value and for each value that no placeholder asks for
    (`known` names further ones that may be given).
    """
    filling = _Filling(values)
    filled = filling.fill(json, "$")
    findings = [*filling.findings, *unused(values, filling.seen | known)]
    if findings:
        raise InvalidTD(findings)
    return filled


def unused(values: Mapping[str, Any], known: frozenset[str] | set[str]) -> Iterator[Finding]:
    """A finding for each value that is given for no placeholder: its name is misspelt."""
    for name in values:
        if name not in known:
            reason = f"a value is given for {name!r}, and there is no such placeholder"
            yield Finding(
                "$",
                reason,
                f"placeholders: {listed(known)}",
                assertion="tm-placeholder-replacement",
            )


def textual(text: str, values: Mapping[str, Any]) -> str:
    """`text` with the values of its placeholders put in; all of them have one."""
    return _PLACEHOLDER.sub(lambda found: text_of(values[found[1]]), text)


def text_of(value: Any) -> str:
    """How a value stands inside a longer string: text as it is, everything else as compact JSON."""
    return (
        value if isinstance(value, str) else dumps(value, ensure_ascii=False, separators=(",", ":"))
    )


class _Filling:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.findings: list[Finding] = list(_impossible(values))
        self.seen: set[str] = set()
        self.room = LIMIT
        self.bad = {name for name, value in values.items() if not is_json(value)}

    def fill(self, json: Any, path: Trail) -> Any:
        if isinstance(json, str):
            return self._text(json, path) if "{{" in json else json
        if is_object(json):
            self._check_names(json, path)
            return {name: self.fill(value, (path, name)) for name, value in json.items()}
        if is_array(json):
            return [self.fill(value, (path, index)) for index, value in enumerate(json)]
        return json

    def _check_names(self, json: Json, path: Trail) -> None:
        for name in json:
            if names(name):
                reason = f"the name {name!r} holds a placeholder"
                hint = "placeholders stand for values only"
                self._report((path, name), reason, hint, "tm-placeholder-value")

    def _report(self, trail: Trail, reason: str, hint: str, assertion: str) -> None:
        self.findings.append(Finding(written(trail), reason, hint, assertion=assertion))
        if len(self.findings) >= _MOST_FINDINGS:
            raise InvalidTD(self.findings)

    def _text(self, text: str, path: Trail) -> Any:
        whole = _PLACEHOLDER.fullmatch(text)
        if whole is not None:
            return self._value(whole[1], path, copied)
        return _PLACEHOLDER.sub(lambda found: self._value(found[1], path, text_of), text)

    def _value(self, name: str, path: Trail, form: Callable[[Any], Any]) -> Any:
        self.seen.add(name)
        if name not in self.values:
            hint = f"give a value for {name}"
            reason = f"the placeholder {name!r} has no value"
            assertion = "thing-model-td-generation-processor-placeholder"
            self._report(path, reason, hint, assertion)
        if name not in self.values or name in self.bad:
            return ""
        self.room -= len(text_of(self.values[name]))
        if self.room < 0:
            raise InvalidTD(
                [Finding(written(path), f"the values fill more than {LIMIT:,} characters")]
            )
        return form(self.values[name])


def _impossible(values: Mapping[str, Any]) -> Iterator[Finding]:
    for name, value in values.items():
        if not is_json(value):
            reason = f"the value for the placeholder {name!r} is no JSON value"
            yield Finding(
                "$", reason, "a string, a number, true, false, null, an array or an object is one"
            )


def is_json(value: Any, depth: int = 64) -> bool:
    """Whether JSON can say `value`."""
    if isinstance(value, float):
        return math.isfinite(value)
    if is_object(value):
        names: list[Any] = list(value)
        items = list(value.values())
        return (
            depth > 0
            and all(isinstance(name, str) for name in names)
            and all(is_json(i, depth - 1) for i in items)
        )
    if is_array(value):
        return depth > 0 and all(is_json(item, depth - 1) for item in value)
    if isinstance(value, str):
        return value.isascii() or not _SURROGATE(value)
    if isinstance(value, int):
        return value.bit_length() <= _BITS
    return value is None


def copied(value: Any) -> Any:
    """A copy that shares no object or array with `value`."""
    if is_object(value):
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if is_array(value) else value
