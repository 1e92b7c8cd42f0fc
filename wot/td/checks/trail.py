"""Findings and where they stand: paths are tuples while looking, and words only when there is something to say."""

from __future__ import annotations

from wot.errors import Finding
from wot.td.node import at

Trail = tuple[str | int, ...]


class Findings:
    """What the checks have found so far."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        self.items: list[Finding] = []

    def error(self, trail: Trail, reason: str, hint: str = "", assertion: str = "") -> None:
        """The document is invalid."""
        self.items.append(Finding(path_of(trail), reason, hint, "error", assertion))

    def warning(self, trail: Trail, reason: str, hint: str = "", assertion: str = "") -> None:
        """The document is valid, and hardly what its author means."""
        self.items.append(Finding(path_of(trail), reason, hint, "warning", assertion))


def path_of(trail: Trail) -> str:
    """A trail as a JSON path."""
    path = "$"
    for part in trail:
        path = at(path, part)
    return path


def listed(names: object) -> str:
    """Names for a hint, the first of many."""
    known = (
        sorted(map(str, names)) if isinstance(names, (set, frozenset, dict, list, tuple)) else []
    )
    more = ", …" if len(known) > 10 else ""
    return ", ".join(known[:10]) + more
