"""The assertions of the W3C's documents, which tests show them, and the page that says so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

LISTS = Path(__file__).with_name("lists")
NAMES = ("td", "profiles")  # of the lists, in the order of the page
PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
COMMAND = "python -m pytest --collect-only -q --write-conformance"
_SHOWN = 3  # tests that a row names

_HEAD = f"""# Conformance

<!-- Written by `{COMMAND}`, and compared by tests/conformance/test_page.py. -->

Here is each assertion of {{documents}}, with the tests that
show it, or the reason why none does. The tests lie in [`tests/`](../tests/) and carry
`@pytest.mark.assertion("id", …)`; this page is made from that. Many are tables of cases:
`pytest tests/conformance -k ID` runs those of one assertion. Where an assertion binds both sides, each has its tests,
marked `"id@Thing"` and `"id@Consumer"`. A test that is expected to fail shows nothing but what it waits for.
"""


class Shown(NamedTuple):
    """By key: the tests that show an assertion, and what those wait for that are expected to fail."""

    tests: Mapping[str, Iterable[str]]
    awaited: Mapping[str, str]


class Assertion(NamedTuple):
    """One assertion: its id, what it is about, and whom it binds where each of several needs tests of its own."""

    id: str
    about: str
    at: str  # its place in the document
    reasons: Mapping[str, str]  # by key: why no test shows it
    later: Mapping[str, str]  # by key: what has to be built first
    roles: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What tests are marked with."""
        return tuple(f"{self.id}@{role}" for role in self.roles) or (self.id,)


class Group(NamedTuple):
    """Assertions of one part of a document."""

    title: str
    section: str
    assertions: list[Assertion]


class Document(NamedTuple):
    """One document, and how many assertions it makes."""

    title: str
    short: str
    url: str
    count: int
    groups: list[Group]

    @property
    def every(self) -> list[Assertion]:
        return [assertion for group in self.groups for assertion in group.assertions]


@cache
def documents() -> tuple[Document, ...]:
    """All documents, their assertions in their order."""
    return tuple(_document(LISTS / f"{name}.toml") for name in NAMES)


def every() -> list[Assertion]:
    return [assertion for document in documents() for assertion in document.every]


def _document(path: Path) -> Document:
    read = tomllib.loads(path.read_text("utf-8"))
    roles, places = read.get("roles", {}), read.get("places", {})
    why = read.get("reasons", {}), read.get("later", {})
    groups = [
        Group(
            group["title"],
            group["section"],
            [
                Assertion(id, about, places.get(id, id), *why, tuple(roles.get(id, ())))
                for id, about in group["assertions"].items()
            ],
        )
        for group in read["group"]
    ]
    return Document(read["title"], read["short"], read["url"], read["count"], groups)


def page(shown: Shown) -> str:
    """The page for the tests that show each key."""
    told = [f"[{each.title}] ({each.count})" for each in documents()]
    lines = [_HEAD.format(documents=" and ".join(told)), *_counts(shown)]
    for document in documents():
        lines += [f"\n## {document.title}", *_tables(document, shown)]
    lines.append("")
    for document in documents():
        lines.append(f"[{document.title}]: {document.url}")
        lines += [f"[{each.id}]: {document.url}#{each.at}" for each in document.every]
    return "\n".join(lines) + "\n"


def _counts(shown: Shown) -> Iterator[str]:
    yield "| | " + " | ".join(each.short for each in documents()) + " |"
    yield "|---|" + "--:|" * len(documents())
    kinds = [[_kind(each, shown) for each in document.every] for document in documents()]
    for kind in ("shown by tests", "not for a test, with the reason", "not built yet"):
        yield f"| {kind} | " + " | ".join(str(found.count(kind)) for found in kinds) + " |"


def _kind(assertion: Assertion, shown: Shown) -> str:
    if any(_missing(assertion, key, shown) for key in assertion.keys):
        return "not built yet"
    if any(key in shown.tests for key in assertion.keys):
        return "shown by tests"
    return "not for a test, with the reason"


def _missing(assertion: Assertion, key: str, shown: Shown) -> str:
    """What has to be built before a test can show an assertion."""
    if key in shown.tests:
        return ""
    return assertion.later.get(key) or shown.awaited.get(key, "")


def _tables(document: Document, shown: Shown) -> Iterator[str]:
    for group in document.groups:
        yield f"\n### {group.title}\n"
        yield f"Section {group.section}.\n"
        yield "| assertion | in short | shown by |"
        yield "|---|---|---|"
        for each in group.assertions:
            cells = zip(each.roles or ("",), each.keys, strict=True)
            told = [
                f"{role}: {_cell(each, key, shown)}" if role else _cell(each, key, shown)
                for role, key in cells
            ]
            yield f"| [{each.id}] | {each.about} | {'<br>'.join(told)} |"


def _cell(assertion: Assertion, key: str, shown: Shown) -> str:
    """What shows an assertion, or why nothing does."""
    if names := sorted(set(shown.tests.get(key, ()))):
        return _names(names)
    later = _missing(assertion, key, shown)
    return f"not built yet: {later}" if later else assertion.reasons.get(key, "")


def _names(tests: list[str]) -> str:
    shown = ", ".join(f"`{test}`" for test in tests[:_SHOWN])
    more = len(tests) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
