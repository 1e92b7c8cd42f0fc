"""Patterns: what ECMA-262 allows is no error, what it does not is one; node is asked as well, where it is there."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.wot.td.hostile import thing
from wot.errors import Finding
from wot.td.checks.patterns import Reading, read

from .judging import judged, judged_thing, warning

S = "$.schemaDefinitions.s.pattern"
LOOK = "look-around and back-references are not checked everywhere"
ELSEWHERE = "is not checked everywhere"
COMMON = "use what all engines have"

GOOD = [
    *("", "a", "^[a-z]+$", "a|b|", "()", "(?:)", "|", "a{2}", "a{2,}?", "a{2,3}", "{", "}", "]"),
    *(
        "a{,3}",
        "a{x}",
        "{a}",
        "x{2",
        "[^]",
        "[]",
        "[\\w-.]+@[\\w-.]+",
        "[\\d-x]",
        "[x-\\d]",
        "[--0]",
    ),
    *(
        "[]a]",
        "[^]a]",
        "[a-]",
        "[-a]",
        "[a\\-z]",
        "\\h",
        "\\e",
        "\\q",
        "\\-",
        "\\/",
        "\\u",
        "\\u{61}",
    ),
    *(
        "\\x",
        "\\xg",
        "\\c",
        "\\c1",
        "[\\c]",
        "[\\c1-\\c2]",
        "\\cA",
        "\\0",
        "\\00",
        "\\8",
        "\\377",
        "\\1",
    ),
    *(
        "(?=a)*",
        "(?!a){2}",
        "(?=a)b",
        "(?<=a)b",
        "(?<!a)b",
        "(a)\\1",
        "\\k",
        "\\k<a>",
        "\\k<",
        "[\\k]",
    ),
    *("(?<a>x)\\k<a>", "\\k<a>(?<a>x)", "(?<$>x)", "(?<ä_1>x)", "(?<\\u0061>x)\\k<a>", "(?<灯>x)"),
    *(
        "[[:alpha:]]",
        "\\p{L}",
        "\\p{Foo}",
        "\\P",
        "a??",
        "a*?",
        "\\bx",
        "\\Bx",
        ".",
        ".*",
        "\\\\",
        "[\\]]",
    ),
    *(
        "[\\\\]",
        "[(]",
        "[)*+]",
        "\\(",
        "(?<a>x)[\\]k]",
        "\ud800",
        "[\ud800]",
        "\n",
        "\\\n",
        "[\\b]",
    ),
]
# New in ECMA-262 of 2025: not every node knows them.
NEW = [
    "(?<a>x)|(?<a>y)",
    "(?:(?<a>x)|(?<a>y))\\k<a>",
    "(?i:a)",
    "(?-i:a)",
    "(?im-s:a)",
    "(?-ims:a)",
]
# With a flag only, and so not an error.
FLAGGED = ["[😀-😂]", "[a--b]"]
BAD = [
    *(
        "(",
        ")",
        "a)",
        "(a",
        "[",
        "[a",
        "[\\]",
        "\\",
        "a\\",
        "*",
        "+",
        "?",
        "a**",
        "a++",
        "a*+",
        "a???",
    ),
    *(
        "^*",
        "$+",
        "(*a)",
        "|*",
        "\\b+",
        "\\B?",
        "(?<=a)*",
        "(?<!a)+",
        "{1}",
        "{1,2}",
        "a{2,1}",
        "a{1}{2}",
    ),
    *(
        "[z-a]",
        "[\\x62-\\x61]",
        "[b-\\141]",
        "[\\cB-\\cA]",
        "(?",
        "(?a",
        "(?i)a",
        "(?i",
        "(?P<n>a)",
    ),
    *(
        "(?P=n)",
        "(?#c)a",
        "(?>a)",
        "(?<",
        "(?<>a)",
        "(?<1>a)",
        "(?<a",
        "(?<a-b>x)",
        "(?<a>x)(?<a>y)",
    ),
    *(
        "(?<a>x(?<a>y))",
        "(?<a>x)\\k<b>",
        "(?<a>x)\\k",
        "(?<a>x)\\k<a",
        "(?<a>x)[\\k]",
        "(?:a",
        "(?|a)",
    ),
    *("(?<a>x)\\k{a}", "(?<\\u{110000}>x)", "(?<\\u0031>x)", "(?R)", "(?<a>(?<b>x)|y)(?<b>z)"),
]
BAD_NEW = [
    "(?-:a)",
    "(?ii:a)",
    "(?i-i:a)",
    "(?x:a)",
    "(?g:a)",
    "(?-i)a",
    "(?i-:a)(?<",
    "(?<a>x)|(?<b>(?<b>y))",
]


def of(pattern: str) -> list[Finding]:
    return judged_thing(schemaDefinitions={"s": {"type": "string", "pattern": pattern}})


@pytest.mark.parametrize("pattern", [*GOOD, *NEW, *FLAGGED], ids=ascii)
def test_what_the_standard_allows_is_no_error(pattern: str) -> None:
    assert read(pattern).fault == ""


@pytest.mark.parametrize("pattern", [*BAD, *BAD_NEW], ids=ascii)
def test_what_it_does_not_allow_is_one_in_plain_words(pattern: str) -> None:
    (found,) = of(pattern)
    assert (found.path, found.severity) == (S, "error")
    assert found.reason.startswith("is not a regular expression: ")
    assert found.assertion == "td-vocab-pattern--StringSchema"
    assert found.hint


@pytest.mark.parametrize(
    ("pattern", "fault", "hint"),
    [
        ("a(", "a ( has no )", "close it, or write \\( for the character"),
        ("a)", "the ) at character 2 closes nothing", "write \\) for the character"),
        ("a[b", "the [ at character 2 has no ]", "close it, or write \\[ for the character"),
        (
            "a**",
            "there is nothing for the * at character 3 to repeat",
            "write \\* for the character",
        ),
        ("[z-a]", "the range z-a goes backwards", "exchange its ends"),
        ("a{2,1}", "{2,1} goes from more to less", "exchange the numbers"),
        ("(?P<n>a)", "a group is named otherwise in ECMA-262", "write (?<name>…)"),
        (
            "(?i)a",
            "in ECMA-262 flags are those of a group",
            "write (?i:…) around what they are for",
        ),
        ("(?>a)", "ECMA-262 has no atomic groups", "write (?:…)"),
        ("(?#c)a", "ECMA-262 has no comments in patterns", "leave it out"),
    ],
)
def test_the_words(pattern: str, fault: str, hint: str) -> None:
    assert read(pattern) == Reading(fault, "", hint)


@pytest.mark.parametrize(
    ("pattern", "reason", "hint"),
    [
        *((pattern, LOOK, COMMON) for pattern in ("(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b")),
        *((pattern, LOOK, COMMON) for pattern in ("(a)\\1", "(?<n>a)\\k<n>")),
        *((pattern, ELSEWHERE, COMMON) for pattern in ("\\p{Foo}", "(?:a{1000}){1000}")),
        ("\\Aab\\Z", "\\A is the letter A in ECMA-262, and not what it is elsewhere", "write ^"),
        (
            "\\h+",
            "\\h is the letter h in ECMA-262, and not what it is elsewhere",
            "write h, or mend it",
        ),
        (
            "[[:alpha:]]+",
            "[:…:] is a set of these characters in ECMA-262, and no name of a class",
            "write the characters, such as a-z",
        ),
        ("(?i:a)", "flags of a group are new in ECMA-262, and not known everywhere", COMMON),
        ("[a--b]", "the difference of two classes is one with the flag v only", COMMON),
        ("[😀-😂]", "a range of characters beyond U+FFFF is one with the flag u only", COMMON),
    ],
)
def test_what_is_legal_and_not_the_same_everywhere(pattern: str, reason: str, hint: str) -> None:
    assert of(pattern) == [warning(S, reason, hint)]


def test_patterns_beyond_what_is_read_are_told_once() -> None:
    """That nothing is said of a pattern means that it has been read."""
    long = f"({'a' * 20_000})"
    schemas = {name: {"type": "string", "pattern": f"{long}{name}"} for name in "abc"}
    reason = "is not looked into, for its size or for that of the patterns before it"
    assert judged(thing(schemaDefinitions=schemas)) == [
        warning("$.schemaDefinitions.b.pattern", reason, "use shorter patterns, or fewer")
    ]


def test_the_pattern_after_many_is_read() -> None:
    schemas: dict[str, Any] = {
        f"s{number}": {"type": "string", "pattern": f"(a{number})"} for number in range(300)
    }
    schemas["last"] = {"type": "string", "pattern": "(unclosed"}
    (found,) = judged(thing(schemaDefinitions=schemas))
    assert (found.path, found.severity) == ("$.schemaDefinitions.last.pattern", "error")


@pytest.mark.parametrize(
    "pattern",
    [
        "(?<a" * 8000,
        "[" * 32_000,
        "(" * 32_000,
        "\\" * 31_999,
        "(?:" * 8000 + ")" * 8000,
        "".join(f"(?<a{number}>)" for number in range(3000)),
        "(?:" * 3000 + "".join(f"(?<a{n}>)" for n in range(1500)) + "|)" * 3000,
        "(?<a>)|" * 4000,
        "a{99999999999999999999,99999999999999999999}" * 700,
        f"a{{{'9' * 30_000}}}",
        "(?<a>)[" + "\\" * 30_001,
    ],
    ids=lambda pattern: pattern[:12],
)
def test_the_time_grows_with_the_length(pattern: str) -> None:
    begin = time.process_time()
    read(pattern)
    assert time.process_time() - begin < 2
