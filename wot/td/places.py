"""Where things stand in a JSON text, for messages that point at them."""

from __future__ import annotations

import json.decoder
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from wot.td.node import at

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]*")
_library: Any = json.decoder  # its stubs leave this out
_scan: Any = _library.scanstring  # (text, start behind the quotation mark, strict) → string, end
_DEEPEST = 256  # levels whose members are told apart: nobody reads such documents


class Step(NamedTuple):
    """A value in a text: how deep it stands, its name or number, and the offset of it (of its name, for a member)."""

    level: int
    part: str | int
    offset: int


class _Open:
    """A container that is not closed yet."""

    __slots__ = ("count", "is_object")

    def __init__(self, is_object: bool) -> None:
        self.is_object, self.count = is_object, 0


def steps(text: str) -> Iterator[Step]:
    """Every value of a JSON text in order, without the outermost; members that are there twice included.

    Raises ValueError or IndexError where the text is no JSON.
    """
    opened: list[_Open] = []  # no recursion, so depth costs nothing
    position = _enter(text, _skip(text, 0), opened)
    while opened:
        inner = opened[-1]
        position = _skip(text, position)
        if text[position] in "}]":
            position += 1
            opened.pop()
            continue
        if text[position] == ",":
            position = _skip(text, position + 1)
        part: str | int = inner.count
        start = position
        inner.count += 1
        if inner.is_object:
            part, position = _scan(text, position + 1, True)
            position = _skip(text, _skip(text, position) + 1)
        yield Step(len(opened), part, start)
        position = _enter(text, position, opened)


def _enter(text: str, position: int, opened: list[_Open]) -> int:
    """Steps into a container, or over a scalar."""
    mark = text[position]
    if mark in "{[":
        opened.append(_Open(mark == "{"))
        return position + 1
    if mark == '"':
        return int(_scan(text, position + 1, True)[1])
    found = _SCALAR.match(text, position)
    return found.end() if found else position


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def twice(text: str) -> Iterator[tuple[str, str]]:
    """Path and name of every member that is there twice, but for those inside of such a member."""
    # Per open container, the names seen so far, and whether twice.
    seen: list[dict[str, bool]] = [{}]
    trail: list[str | int] = []
    within = 0  # the level of the outer one; 0: none
    for level, part, _ in steps(text):
        if level > _DEEPEST:
            continue
        if within >= level:
            within = 0
        del trail[level - 1 :], seen[level:]
        trail.append(part)
        if isinstance(part, str) and not within:
            times = seen[level - 1]
            if part in times:
                within = level
                if not times[part]:  # told once
                    yield _path(trail), part
            times[part] = part in times
        seen.append({})


def _path(trail: list[str | int]) -> str:
    path = "$"
    for part in trail:
        path = at(path, part)
    return path


class _Wanted:
    """A place that is looked for, and those inside."""

    __slots__ = ("inner", "offset")

    def __init__(self, offset: int) -> None:
        self.inner: dict[str, _Wanted] = {}
        self.offset = offset


def locate(text: str, paths: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Line and column, from 1, of what stands at each JSON path; one pass for all of them.

    Where there is no such thing, those of its nearest ancestor; (1, 1) as far as the text is no JSON. Where a
    member is there twice, the last one counts.
    """
    text = text.removeprefix("\ufeff")
    root = _Wanted(_skip(text, 0))
    chains = {path: _chain(root, path) for path in paths}
    try:
        if root.inner:
            _fill(text, root)
    except (ValueError, IndexError):
        pass  # what came before the fault is known
    found: dict[int, tuple[int, int]] = {}
    lines = _lines(text, sorted({_nearest(chain) for chain in chains.values()}))
    found.update(lines)
    return {path: found[_nearest(chain)] for path, chain in chains.items()}


def _chain(root: _Wanted, path: str) -> list[_Wanted]:
    """The places from the outermost one to that of a path."""
    chain = [root]
    for part in _PARTS.findall(path)[1:] if path.startswith("$") else ():
        inner = chain[-1].inner.get(part)
        if inner is None:
            inner = chain[-1].inner[part] = _Wanted(-1)
        chain.append(inner)
    return chain


def _nearest(chain: list[_Wanted]) -> int:
    return next(place.offset for place in reversed(chain) if place.offset >= 0)


def _fill(text: str, root: _Wanted) -> None:
    """The offsets of the wanted places: only what leads to one of them is looked at."""
    way: list[_Wanted] = [root]  # as far as it is wanted
    for level, part, offset in steps(text):
        if level > len(way):
            continue
        del way[level:]
        wanted = way[-1].inner.get(at("", part)) if way[-1].inner else None
        if wanted is not None:
            wanted.offset = offset
            way.append(wanted)


_PARTS = re.compile(r"\$|\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\]|\['(?:[^'\\]|\\.)*'\]|.", re.DOTALL)


def _lines(text: str, offsets: list[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Offset, and its line and column; each part of the text is counted once."""
    line, counted = 1, 0
    for offset in offsets:
        line += text.count("\n", counted, offset)
        counted = offset
        yield offset, (line, offset - text.rfind("\n", 0, offset))


def place(text: str, path: str) -> tuple[int, int]:
    """Line and column, from 1, of what stands at one JSON path; see `locate`."""
    return locate(text, [path])[path]
