"""Findings and where they stand: paths are tuples while looking, and words only when there is something to say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from heapq import nsmallest

from wot.errors import Finding
from wot.td.node import at

Trail = tuple[str | int, ...]
_MOST = 1000  # of each severity: whoever has more of them mends these first


class Findings:
    """What the checks have found so far."""

    __slots__ = (
        "_listed",
        "errors",
        "items",
        "pattern_characters",
        "patterns",
        "unread_patterns",
        "warnings",
    )

    def __init__(self) -> None:
        self.items: list[Finding] = []
        self.errors = self.warnings = 0
        self.patterns = 0  # that have been compiled
        self.pattern_characters = 0  # that have been read
        self.unread_patterns = False
        self._listed: dict[int, str] = {}

    def error(self, trail: Trail, reason: str, hint: str = "", assertion: str = "") -> None:
        """The document is invalid."""
        self.errors += 1
        if self.errors <= _MOST:
            self.items.append(Finding(path_of(trail), reason, hint, "error", assertion))

    def warning(self, trail: Trail, reason: str, hint: str = "", assertion: str = "") -> None:
        """The document is valid, and hardly what its author means."""
        self.warnings += 1
        if self.warnings <= _MOST:
            self.items.append(Finding(path_of(trail), reason, hint, "warning", assertion))

    @property
    def is_full(self) -> bool:
        """Whether more errors would not be kept."""
        return self.errors > _MOST

    def listed(self, names: Mapping[str, object]) -> str:
        """Names for a hint, sorted once for all that need them."""
        known = self._listed.get(id(names))
        if known is None:
            known = self._listed[id(names)] = listed(names)
        return known


def path_of(trail: Trail) -> str:
    """A trail as a JSON path."""
    path = "$"
    for part in trail:
        path = at(path, part)
    return path


def listed(names: Mapping[str, object] | Collection[str]) -> str:
    """Names for a hint, the first of many."""
    first = nsmallest(10, names)
    return ", ".join(first) + (", …" if len(names) > 10 else "")
