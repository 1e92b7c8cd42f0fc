"""The faults of faults.toml and model_faults.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .documents import GONE

_HERE = Path(__file__).parent


class Fault(NamedTuple):
    """Changes that break an assertion, the places where that may be shown, and how bad it is."""

    assertion: str
    changes: Mapping[str, Any]
    places: list[str]
    severity: str


def faults(name: str) -> list[Fault]:
    """The faults of one file."""
    return list(_faults(tomllib.loads((_HERE / name).read_text("utf-8"))))


def also(assertion: str) -> set[str]:
    """The ids that a finding may name: that of the assertion, and of those that say the same."""
    return {assertion, *_ALSO.get(assertion, ())}


def _faults(read: Mapping[str, Any]) -> Iterator[Fault]:
    for severity in ("error", "warning"):
        for assertion, rows in read.get(f"{severity}s", {}).items():
            for row in rows:
                changes = _changes(row)
                yield Fault(assertion, changes, row.get("shown") or _places(changes), severity)


def _changes(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if "gone" in row:
        return {row["gone"]: GONE}
    return row["set"] if "set" in row else {row["at"]: row["is"]}


def _places(changes: Mapping[str, Any]) -> list[str]:
    return [
        place.rpartition(".")[0] if value is GONE else place for place, value in changes.items()
    ]


_ALSO: Mapping[str, list[str]] = tomllib.loads((_HERE / "faults.toml").read_text("utf-8"))["also"]
