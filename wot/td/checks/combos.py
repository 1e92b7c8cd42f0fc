"""Combinations of security definitions (TD 1.1 section 5.3.3.3): of names that there are, and not of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wot.td.checks.schemes import names, parts_of
from wot.td.checks.trail import Findings, Trail
from wot.td.node import Json, is_object


def check(
    name: str,
    scheme: Json,
    trail: Trail,
    definitions: Mapping[str, Any],
    circles: Mapping[str, int],
    found: Findings,
) -> None:
    """One combination; `circles` are those of all."""
    for term in ("oneOf", "allOf"):
        seen: set[str] = set()
        for number, part in enumerate(names(scheme.get(term))):
            where = (*trail, term, number)
            if part in seen:
                found.warning(where, f"{part!r} is named twice", "leave one out")
            seen.add(part)
            if part not in definitions:
                if "{{" not in part:
                    hint = f"defined are: {found.listed(definitions)}"
                    reason = f"{part!r} is not in securityDefinitions"
                    found.error(where, reason, hint, f"td-vocab-{term}--ComboSecurityScheme")
            elif part == name or circles.get(part, -1) == circles.get(name, -2):
                reason = f"{name!r} is a combination of itself" + (
                    "" if part == name else f", by way of {part!r}"
                )
                found.error(
                    where, reason, "leave it out here", f"td-vocab-{term}--ComboSecurityScheme"
                )


def circles(definitions: Mapping[str, Any]) -> Mapping[str, int]:
    """Combination → the number of the circle that it is in (strongly connected components, without recursion)."""
    combos = {
        name: parts_of(scheme)
        for name, scheme in definitions.items()
        if is_object(scheme) and scheme.get("scheme") == "combo"
    }
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    circle: dict[str, int] = {}
    for start in combos:
        if start not in order:
            _connect(start, combos, order, low, circle)
    return circle


def _connect(
    start: str,
    combos: Mapping[str, list[str]],
    order: dict[str, int],
    low: dict[str, int],
    circle: dict[str, int],
) -> None:
    """Tarjan's algorithm from one combination on."""
    path: list[str] = []
    work = [(start, iter(combos[start]))]
    order[start] = low[start] = len(order)
    path.append(start)
    while work:
        name, parts = work[-1]
        for part in parts:
            if part not in combos or part in circle:
                continue
            if part not in order:
                order[part] = low[part] = len(order)
                path.append(part)
                work.append((part, iter(combos[part])))
                break
            low[name] = min(low[name], order[part])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[name])
            if low[name] == order[name]:
                while path:
                    member = path.pop()
                    circle[member] = order[name]
                    if member == name:
                        break
