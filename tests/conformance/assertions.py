"""The assertions of TD 1.1, which tests show them, and the page that says so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

PLACE = Path(__file__).with_name("assertions.toml")
PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
COMMAND = "python -m pytest --collect-only -q --write-conformance"
_DOCUMENT = "https://www.w3.org/TR/2023/REC-wot-thing-description11-20231205/"
_SHOWN = 3  # tests that a row names

_HEAD = f"""# Conformance

<!-- Written by `{COMMAND}`, and compared by tests/conformance/test_page.py. -->

[Thing Description 1.1] makes 302 assertions. Here is each of them with the tests that show it, or the reason why none
does. The tests lie in [`tests/`](../tests/) and carry `@pytest.mark.assertion("id", …)`; this page is made from that.
Many are tables of cases: `pytest tests/conformance -k ID` runs those of one assertion.
"""


class Assertion(NamedTuple):
    """One assertion: its id, what it is about, and why no test shows it, if that is so."""

    id: str
    about: str
    reason: str = ""
    later: str = ""


class Group(NamedTuple):
    """Assertions of one part of the document."""

    title: str
    section: str
    assertions: list[Assertion]


def groups() -> list[Group]:
    """All assertions, in the order of the document."""
    read = tomllib.loads(PLACE.read_text("utf-8"))
    reasons, later = read.get("reasons", {}), read.get("later", {})
    return [
        Group(
            group["title"],
            group["section"],
            [
                Assertion(id, about, reasons.get(id, ""), later.get(id, ""))
                for id, about in group["assertions"].items()
            ],
        )
        for group in read["group"]
    ]


def every() -> list[Assertion]:
    return [assertion for group in groups() for assertion in group.assertions]


def page(tests: Mapping[str, Iterable[str]]) -> str:
    """The page for the tests that show each id."""
    links = [f"[{each.id}]: {_DOCUMENT}#{each.id}" for each in every()]
    lines = [_HEAD, *_counts(tests), *_tables(tests), "", f"[Thing Description 1.1]: {_DOCUMENT}"]
    return "\n".join([*lines, *links]) + "\n"


def _counts(tests: Mapping[str, Iterable[str]]) -> Iterator[str]:
    found = [each for each in every() if each.id not in tests]
    later = sum(bool(each.later) for each in found)
    yield "| | assertions |"
    yield "|---|--:|"
    yield f"| shown by tests | {len(every()) - len(found)} |"
    yield f"| not for a test, with the reason | {len(found) - later} |"
    yield f"| not built yet | {later} |"


def _tables(tests: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for group in groups():
        yield f"\n## {group.title}\n"
        yield f"Section {group.section}.\n"
        yield "| assertion | in short | shown by |"
        yield "|---|---|---|"
        for each in group.assertions:
            cell = _names(sorted(set(tests.get(each.id, ())))) or _why(each)
            yield f"| [{each.id}] | {each.about} | {cell} |"


def _names(tests: list[str]) -> str:
    shown = ", ".join(f"`{test}`" for test in tests[:_SHOWN])
    more = len(tests) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _why(assertion: Assertion) -> str:
    return f"not built yet: {assertion.later}" if assertion.later else assertion.reason
