"""Findings and where they stand."""

from __future__ import annotations

import pytest

from wot.errors import Finding
from wot.td.checks.trail import Findings, listed, path_of


@pytest.mark.parametrize(
    ("trail", "path"),
    [
        ((), "$"),
        (("a",), "$.a"),
        (("a", 0, "b c", "it's"), "$.a[0]['b c']['it\\'s']"),
        (("", "@type", "ä", "a-b", "0", "_x9"), "$['']['@type']['ä']['a-b']['0']._x9"),
        (('"', "\\", "\n", "$"), "$['\"']['\\\\']['\\n']['$']"),
    ],
)
def test_a_trail_is_a_path(trail: tuple[str | int, ...], path: str) -> None:
    assert path_of(trail) == path


def test_findings_are_kept_in_order() -> None:
    found = Findings()
    found.warning(("a",), "first", "do", "id")
    found.error((), "second")
    assert found.items == [
        Finding("$.a", "first", "do", "warning", "id"),
        Finding("$", "second", "", "error", ""),
    ]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["b", "a"], "a, b"),
        ({"b": 1, "a": 2}, "a, b"),
        ({"x"}, "x"),
        ([f"n{i}" for i in range(10)], "n0, n1, n2, n3, n4, n5, n6, n7, n8, n9"),
        ([f"n{i}" for i in range(11)], "n0, n1, n10, n2, n3, n4, n5, n6, n7, n8, …"),
    ],
)
def test_the_first_names_are_listed(names: object, text: str) -> None:
    assert listed(names) == text
