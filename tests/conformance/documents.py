"""The good documents that the cases start from, and how to change them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wot.td.node import at

_HERE = Path(__file__).parent
EVERYTHING = (
    _HERE / "everything.td.json"
)  # a TD with every term of TD 1.1, and nothing to complain of
MODEL = _HERE / "everything.tm.json"  # likewise a Thing Model
GONE: Any = object()  # the value of a member that is taken away


def document(place: Path) -> dict[str, Any]:
    """A document of its own, to do with as one likes."""
    read: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return read


def parts(where: str) -> list[str | int]:
    """`properties.target.forms.0` in parts; a dot that belongs to a name is written `%`."""
    names = [part.replace("%", ".") for part in where.split(".")] if where else []
    return [int(name) if name.isdigit() else name for name in names]


def path(where: str) -> str:
    """`properties.target.forms.0` as JSON path."""
    found = "$"
    for part in parts(where):
        found = at(found, part)
    return found


def value_at(json: Any, where: str) -> Any:
    for part in parts(where):
        json = json[part]
    return json


def changed(json: Any, changes: Mapping[str, Any]) -> Any:
    """A copy with other values at some places, or without what was there."""
    out = _copied(json)
    for where, value in changes.items():
        if not where:
            return value
        *before, last = parts(where)
        owner: Any = out
        for part in before:
            owner = owner[part]
        if value is GONE:
            del owner[last]
        elif isinstance(owner, list) and last == len(owner):
            owner.append(value)
        else:
            owner[last] = value
    return out


def _copied(json: Any) -> Any:
    """Unlike `copy.deepcopy`, one that makes two of what stands at two places."""
    if isinstance(json, dict):
        return {name: _copied(value) for name, value in json.items()}
    return [_copied(item) for item in json] if isinstance(json, list) else json
