"""Where things stand in a JSON text, for messages that point at them."""

from __future__ import annotations

import json.decoder
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from wot.td.node import at

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]*")
_DEEPEST = 256  # levels that have a path: it grows with each, and nobody reads such documents
_library: Any = json.decoder  # its stubs leave this out
_scan: Any = _library.scanstring  # (text, start behind the quotation mark, strict) → string, end


class Place(NamedTuple):
    """A value in a text: its JSON path, the offset of it (of its name, for a member), and the name."""

    path: str
    offset: int
    name: str
    is_member: bool


def places(text: str) -> Iterator[Place]:
    """Every value of a JSON text in order, members that are there twice included.

    Raises ValueError or IndexError where the text is no JSON. What lies deeper than 256 levels is passed over.
    """
    # (path, is an object, number of the next item) of each open container: no recursion, so depth costs nothing.
    opened: list[tuple[str, bool, int]] = []
    position = _skip(text, 0)
    yield Place("$", position, "", False)
    position = _enter(text, position, "$", opened)
    while opened:
        path, is_object, count = opened.pop()
        position = _skip(text, position)
        if text[position] in "}]":
            position += 1
            continue
        if text[position] == ",":
            position = _skip(text, position + 1)
        opened.append((path, is_object, count + 1))
        start, name = position, ""
        if is_object:
            name, position = _scan(text, position + 1, True)
            position = _skip(text, _skip(text, position) + 1)
        inner = ""
        if path and len(opened) <= _DEEPEST:
            inner = at(path, name if is_object else count)
            yield Place(inner, start, name, is_object)
        position = _enter(text, position, inner, opened)


def _enter(text: str, position: int, path: str, opened: list[tuple[str, bool, int]]) -> int:
    """Steps into a container, or over a scalar."""
    mark = text[position]
    if mark in "{[":
        opened.append((path, mark == "{", 0))
        return position + 1
    if mark == '"':
        return int(_scan(text, position + 1, True)[1])
    found = _SCALAR.match(text, position)
    return found.end() if found else position


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def locate(text: str, paths: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Line and column, from 1, of what stands at each JSON path; one pass for all of them.

    Where there is no such thing, those of its nearest ancestor; (1, 1) as far as the text is no JSON. Where a
    member is there twice, the last one counts.
    """
    text = text.removeprefix("\ufeff")
    wanted = {path: list(_ancestors(path)) for path in paths}
    known = {path for chain in wanted.values() for path in chain}
    offsets: dict[str, int] = {}
    try:
        for found in places(text):
            if found.path in known:
                offsets[found.path] = found.offset
    except (ValueError, IndexError):
        pass  # what came before the fault is known
    nearest = {
        path: next((offsets[p] for p in chain if p in offsets), 0) for path, chain in wanted.items()
    }
    return {path: _line_and_column(text, offset) for path, offset in nearest.items()}


def _ancestors(path: str) -> Iterator[str]:
    """The path, and those of what it stands in, inner ones first."""
    ends = list(accumulate((len(part) for part in _PARTS.findall(path)), initial=0))
    return (path[:end] for end in reversed(ends[1:]))


_PARTS = re.compile(r"\$|\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\]|\['(?:[^'\\]|\\.)*'\]|.", re.DOTALL)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def place(text: str, path: str) -> tuple[int, int]:
    """Line and column, from 1, of what stands at one JSON path; see `locate`."""
    return locate(text, [path])[path]
