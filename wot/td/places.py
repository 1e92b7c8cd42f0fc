"""Where things stand in a JSON text, for messages that point at them."""

from __future__ import annotations

import contextlib
import functools
import json.decoder
import re
from array import array
from bisect import bisect_left
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


class _Index:
    """Where every value of a text stands: as numbers, for there are many, and few of them are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text = text.removeprefix("\ufeff")
        self._offsets = array("I", [_skip(text, 0)])
        self._ends = array("I", [0])  # the number of the first value behind those inside of it
        self._named = bytearray(1)  # whether it is a member of an object
        self._inner: dict[int, dict[str, int]] = {}  # of containers that paths have led through
        self._breaks = array("I", (found.start() for found in _BREAK.finditer(text)))
        opened = [0]
        with contextlib.suppress(ValueError, IndexError):  # what comes before a fault is known
            self._fill(opened)
        self._close(opened, 0)

    def _fill(self, opened: list[int]) -> None:
        for level, part, offset in steps(self._text):
            self._close(opened, level)
            opened.append(len(self._offsets))
            self._offsets.append(offset)
            self._ends.append(0)
            self._named.append(isinstance(part, str))

    def _close(self, opened: list[int], level: int) -> None:
        while len(opened) > level:
            self._ends[opened.pop()] = len(self._offsets)

    def place(self, path: str) -> tuple[int, int]:
        """Line and column of what stands at a path, or of its nearest ancestor."""
        number = 0
        for part in _PARTS.findall(path)[1:] if path.startswith("$") else ():
            inner = self._within(number).get(part)
            if inner is None:
                break
            number = inner
        offset = self._offsets[number]
        line = bisect_left(self._breaks, offset)
        return line + 1, offset - (self._breaks[line - 1] if line else -1)

    def _within(self, number: int) -> dict[str, int]:
        """The values directly in a container, by their part of the path."""
        if number not in self._inner:
            self._inner[number] = dict(self._members(number))
        return self._inner[number]

    def _members(self, number: int) -> Iterator[tuple[str, int]]:
        inner, count = number + 1, 0
        while inner < self._ends[number]:
            name = (
                _scan(self._text, self._offsets[inner] + 1, True)[0]
                if self._named[inner]
                else count
            )
            yield at("", name), inner
            inner, count = self._ends[inner], count + 1


_BREAK = re.compile("\n")
_PARTS = re.compile(r"\$|\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\]|\['(?:[^'\\]|\\.)*'\]|.", re.DOTALL)
_KEPT = 4 << 20  # characters of a text whose index is worth keeping


def locate(text: str, paths: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Line and column, from 1, of what stands at each JSON path; one pass for all of them.

    Where there is no such thing, those of its nearest ancestor; (1, 1) as far as the text is no JSON. Where a
    member is there twice, the last one counts.
    """
    index = _Index(text)
    return {path: index.place(path) for path in paths}


def place(text: str, path: str) -> tuple[int, int]:
    """Line and column, from 1, of what stands at one JSON path; see `locate`.

    Asking for one after the other in the same text is quick, too: the last one is remembered.
    """
    index = _last_index(text) if len(text) <= _KEPT else _Index(text)
    return index.place(path)


@functools.lru_cache(maxsize=1)
def _last_index(text: str) -> _Index:
    return _Index(text)
