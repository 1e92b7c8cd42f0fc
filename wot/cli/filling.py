"""Values of placeholders from the command line: as JSON or as text, whichever makes a better document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from wot.cli.arguments import value_of
from wot.errors import Finding, InvalidTD
from wot.td import Json
from wot.td.placeholders import strings, text_of

Parts = Mapping[str, Json]  # TDs, by the references that they link each other by
Make = Callable[[Mapping[str, Any]], Parts]
Check = Callable[[Json], Sequence[Finding]]


class Made(NamedTuple):
    """What some values make of a model: TDs, and what is wrong with each; or why there are none."""

    values: Mapping[str, Any]
    parts: Parts
    faults: Mapping[str, Sequence[Finding]]
    error: InvalidTD | None = None

    @property
    def errors(self) -> int:
        """How many there are."""
        return sum(map(len, self.faults.values())) + len(self.error.findings if self.error else ())


def filled(given: Mapping[str, str], make: Make, check: Check) -> Made:
    """What is made of the values given: of each as JSON, unless its text fits better; raises what keeps it from that.

    `1.10` may be a number or a version, and only the place where it is to stand tells which.
    """
    best = _made({name: value_of(text) for name, text in given.items()}, make, check)
    for name, text in given.items():
        value = best.values[name]
        if isinstance(value, str) or (not best.errors and text_of(value) == text):
            continue
        other = _made({**best.values, name: text}, make, check)
        if other.errors < best.errors or (
            other.errors == best.errors and _is_part(value, best, other)
        ):
            best = other
    if best.error:
        raise best.error
    return best


def _made(values: Mapping[str, Any], make: Make, check: Check) -> Made:
    try:
        parts = make(values)
    except InvalidTD as error:
        return Made(values, {}, {}, error)
    return Made(values, parts, {name: check(td) for name, td in parts.items()})


def _is_part(value: Any, as_json: Made, as_text: Made) -> bool:
    """Whether a scalar stands inside of longer texts only: there it is to be read as it was written."""
    if isinstance(value, (dict, list)):
        return False
    return _texts(as_json) == _texts(as_text) > 0


def _texts(made: Made) -> int:
    return sum(1 for td in made.parts.values() for _ in strings(td))
