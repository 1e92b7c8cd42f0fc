"""Commands to try with a Thing, made from its Thing Description."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from wot.consumed import ConsumedThing
from wot.forms import forms_for, is_template, scheme_of
from wot.td import Json, Op, is_array, is_object

_NUMBERS = ("integer", "number")
_ABSENT: Any = object()


class Shown(NamedTuple):
    """A Thing with the URL of its TD."""

    url: str
    thing: ConsumedThing


def commands(shown: Sequence[Shown]) -> list[str]:
    """What can be done with the first Thing, and something to set on the last."""
    url, thing = shown[0]
    last = shown[-1]
    return [
        f"wot td {url}",
        *(f"wot read {url} {name}" for name in _first(_readable(thing))),
        *(
            f"wot watch {url} {name}"
            for name in _first(map(shlex.quote, thing.td.json.get("events", {})))
        ),
        *(f"wot invoke {url} {action}" for action in _first(_invocable(thing))),
        *(f"wot write {last.url} {setting}" for setting in _first(_settings(last.thing))),
        *(f"curl {href}" for href in _first(_addresses(thing))),
    ]


def _first(found: Iterable[str]) -> Iterable[str]:
    return islice(found, 1)


def _readable(thing: ConsumedThing) -> Iterator[str]:
    for name, prop in thing.td.json.get("properties", {}).items():
        if not prop.get("writeOnly"):
            yield shlex.quote(name)


def _invocable(thing: ConsumedThing) -> Iterator[str]:
    """Actions whose input is certain: a choice for each argument, or none at all."""
    plain: list[str] = []
    for name, action in thing.td.json.get("actions", {}).items():
        example = _example(action.get("input"))
        if example is _ABSENT:
            plain += [] if action.get("input") else [shlex.quote(name)]
        else:
            yield f"{shlex.quote(name)} {shlex.quote(json.dumps(example))}"
    yield from plain


def _example(schema: Any) -> Any:
    """A value of a schema in which everything required is a choice."""
    if not is_object(schema):
        return _ABSENT
    if is_array(schema.get("enum")) and schema["enum"]:
        return schema["enum"][0]
    members = {
        name: _example(schema.get("properties", {}).get(name))
        for name in schema.get("required", ())
    }
    return members if members and _ABSENT not in members.values() else _ABSENT


def _settings(thing: ConsumedThing) -> Iterator[str]:
    for name, prop in thing.td.json.get("properties", {}).items():
        if prop.get("type") in _NUMBERS and not prop.get("readOnly"):
            yield f"{shlex.quote(name)} {_near(prop):g}"


def _near(schema: Json) -> float:
    """A number not far from the minimum, if there is one."""
    low = float(schema.get("minimum", 0))
    high = float(schema.get("maximum", math.inf))
    return min(low * 10 if low > 0 else low + 1, high)


def _addresses(thing: ConsumedThing) -> Iterator[str]:
    td = thing.description
    for name in td.properties:
        for form in forms_for(td, Op.READ_PROPERTY, name, td.base):
            if scheme_of(form.href) in ("http", "https") and not is_template(form.href):
                yield shlex.quote(form.href)
