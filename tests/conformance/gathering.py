"""A plug-in of pytest: gathers which tests show which assertions, by their markers."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from .assertions import PAGE, Shown, page

TESTS = Path(__file__).parents[1]


class Gathered:
    """What was found while tests were collected, before any of them was deselected."""

    def __init__(self) -> None:
        self.files: set[Path] = set()
        self.tests: defaultdict[str, set[str]] = defaultdict(set)
        self.awaited: dict[str, str] = {}  # what tests wait for that are expected to fail

    def add(self, item: pytest.Item) -> None:
        self.files.add(item.path)
        expected = item.get_closest_marker("xfail")
        for mark in item.iter_markers("assertion"):
            for id in mark.args:
                if expected is None:
                    self.tests[id].add(_name(item))
                else:
                    self.awaited[id] = str(expected.kwargs.get("reason", ""))

    def shown(self) -> Shown:
        """What the tests say of the assertions."""
        return Shown(self.tests, self.awaited)

    def whole(self, config: pytest.Config) -> bool:
        """Whether every test there is was collected, so that what is missing has no test."""
        some = any("::" in argument for argument in config.args) or config.getoption("lf", False)
        there = {p for p in TESTS.rglob("test_*.py") if "node_modules" not in p.parts}
        return not some and there <= self.files


GATHERED = pytest.StashKey[Gathered]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-conformance", action="store_true", help="write docs/conformance.md anew"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[GATHERED] = Gathered()


def pytest_itemcollected(item: pytest.Item) -> None:
    item.config.stash[GATHERED].add(item)


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("--write-conformance"):
        gathered = session.config.stash[GATHERED]
        if not gathered.whole(session.config):
            raise pytest.UsageError("docs/conformance.md is made from all tests, not from some")
        PAGE.write_text(page(gathered.shown()), "utf-8")


def _name(item: pytest.Item) -> str:
    """File, class and function of a test, without its case."""
    file = item.path.relative_to(TESTS)
    function = getattr(item, "originalname", item.name)
    inside = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    return "::".join([str(file), *inside, function])
