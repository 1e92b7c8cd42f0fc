"""Patterns as node judges them: those of the tables, and random ones."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from wot.td.checks.patterns import read

from .test_patterns import BAD, FLAGGED, GOOD

PIECES = [
    *(
        "a",
        "b",
        "z",
        "-",
        "^",
        "$",
        "|",
        ".",
        "*",
        "+",
        "?",
        "{",
        "}",
        "{1}",
        "{2,1}",
        "{0,}",
        ",",
        "1",
    ),
    *(
        "(",
        ")",
        "(",
        ")",
        "(?:",
        "(?=",
        "(?!",
        "(?<=",
        "(?<!",
        "(?<n>",
        "(?<m>",
        "(?",
        "<",
        ">",
        ":",
    ),
    *(
        "[",
        "]",
        "[^",
        "]",
        "\\",
        "\\d",
        "\\b",
        "\\B",
        "\\k",
        "\\k<n>",
        "\\k<m>",
        "\\c",
        "\\cA",
        "\\x41",
    ),
    *(
        "\\u0061",
        "\\u{61}",
        "\\1",
        "\\0",
        "\\012",
        "\\-",
        "\\]",
        "\\w",
        "[a-",
        "-z]",
        "\n",
        "ä",
        "灯",
    ),
]


PATTERNS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


PROGRAM = """
const patterns = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(patterns.map(pattern => {
  try { new RegExp(pattern); return true } catch (error) { return false }
})));
"""


def accepted_by_node(patterns: list[str]) -> list[bool]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    done = subprocess.run(
        [node, "-e", PROGRAM], input=json.dumps(patterns).encode(), capture_output=True, check=True
    )
    verdicts: list[bool] = json.loads(done.stdout)
    return verdicts


def differing(patterns: list[str]) -> list[tuple[str, bool, str]]:
    """Where node has another verdict; what is too new for some, or needs a flag, it is not asked about."""
    old = [pattern for pattern in patterns if not is_new(pattern)]
    verdicts = zip(old, accepted_by_node(old), strict=True)
    return [
        (pattern, said, read(pattern).fault)
        for pattern, said in verdicts
        if said != (not read(pattern).fault)
    ]


def is_new(pattern: str) -> bool:
    if read(pattern).doubt.endswith("only"):  # with a flag
        return True
    names = re.findall(r"\(\?<([^=!>]*)>", pattern)
    return (
        len(set(names)) < len(names)
        or re.search(r"\(\?[a-z-]*:", pattern.replace("(?:", "")) is not None
    )


def test_node_has_the_same_verdicts() -> None:
    assert differing([*GOOD, *BAD]) == []


def test_node_takes_a_flagged_one_with_its_flag_only() -> None:
    assert accepted_by_node(FLAGGED) == [False, False]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("examples", [10, pytest.param(400, marks=pytest.mark.soak)])
def test_node_has_the_same_verdicts_on_random_ones(examples: int) -> None:
    """All are gathered first: each question to node starts a process."""
    patterns: list[str] = []

    @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(PATTERNS, min_size=100, max_size=200))
    def gather(some: list[str]) -> None:
        patterns.extend(some)

    gather()
    assert differing(patterns) == []
