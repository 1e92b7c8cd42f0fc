"""The line of the document, and the pointer under the right column."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from wot.cli.documents import Document
from wot.cli.findings import MOST, Line, counted, excerpt, lines
from wot.errors import ConnectError, Finding

CONTROL = "\x1b]0;mine\x07\x9b2J\u202e"


def shown(body: bytes, findings: Sequence[Finding], width: int = 80) -> list[str]:
    return [
        "".join(text for text, _ in line) for line in lines(Document("a", body), findings, width)
    ]


def pointed(body: bytes, path: str = "$", width: int = 80) -> tuple[str, str, str]:
    """`line:column`, and what stands before and behind the pointer."""
    head, text, pointer, *_ = shown(body, [Finding(path, "is bad")], width)
    assert head.startswith("a:")
    assert head.endswith(": error: is bad")
    cells = len(pointer) - 1
    assert pointer.lstrip(" │") == "^"
    cut = max(n for n in range(len(text) + 1) if cell_len(text[:n]) == cells)
    return head[2:-15], text[:cut].partition("│ ")[2], text[cut:]


DOCUMENT = {"title": "x", "properties": {"a b": {"forms": [{"op": "x"}]}}}
FIRST = '{"title":"x","properties":{"a b":{"forms":[{'


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$", '{"title"'),
        ("$.title", '"title"'),
        ("$.properties['a b'].forms[0].op", '"op"'),
        ("$.properties['a b'].forms[0]", '{"op"'),
        ("$.properties['a b'].forms[7].x.y", '"forms"'),
        ("$.actions.fade", '{"title"'),
    ],
)
def test_the_place_of_a_path(path: str, place: str) -> None:
    spread = json.dumps(DOCUMENT, indent=2)
    compact = json.dumps(DOCUMENT, separators=(",", ":"))
    for text in (
        spread,
        compact,
        spread.replace("\n", "\r\n"),
        "\ufeff" + compact,
        "\n\n" + spread,
    ):
        where, before, behind = pointed(text.encode(), path)
        line, column = map(int, where.split(":"))
        assert behind.startswith(place.partition(":")[0][:1] if "\n" in text else place)
        source = text.removeprefix("\ufeff").split("\n")[line - 1].rstrip("\r")
        assert (before, behind) == (source[: column - 1], source[column - 1 :])
        assert source[column - 1 :].startswith(place[:1])


@pytest.mark.parametrize(
    ("before", "seen"),
    [
        ('"温度": 1, ', '"温度": 1, '),
        ('"e\u0301": 1, ', '"e\u0301": 1, '),
        ('"👍": 1, ', '"👍": 1, '),
        ('"❤\ufe0f": 1, ', '"❤\ufe0f": 1, '),
        ('\t"a":\t1,\t', '    "a":    1,  '),
        ("\u2028".join(['"a', '": 1, ']), '"a\\u2028": 1, '),
        ('"\x9b\u202e": 1, ', '"\\x9b\\u202e": 1, '),
    ],
)
def test_the_pointer_stands_below_what_is_meant(before: str, seen: str) -> None:
    text = "{\n" + before + '"b": 5}'
    where, left, right = pointed(text.encode(), "$.b")
    assert where == f"2:{len(before) + 1}"
    assert (left, right) == (seen, '"b": 5}')


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("unit", ["x", "温x", "\x9b", "e\u0301", "\t"])
def test_a_long_line_is_cut_around_the_pointer(width: int, unit: str) -> None:
    long = unit * 50_000
    first, second = (long, long) if unit == "\t" else (f'"a": "{long}", ', f', "c": "{long}"')
    text = "{" + first + '"b": 1' + second + "}"
    _, left, right = pointed(text.encode(), "$.b", width)
    assert left.startswith("…")
    assert right.startswith('"b"')
    assert right.endswith("…")
    assert cell_len(left + right) <= max(20, width - 10)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n")),
    st.integers(1, 80),
    st.integers(20, 60),
)
def test_an_excerpt_fits_and_the_pointer_with_it(line: str, column: int, width: int) -> None:
    text, cells = excerpt(line, column, width)
    assert cell_len(text) <= width
    assert 0 <= cells <= cell_len(text)
    assert not any(ord(character) < 32 for character in text)


@pytest.mark.parametrize(
    ("body", "where", "behind"),
    [
        (b'{"a": 1,\n}', "2:1", "}"),
        (b'{"a": 1', "1:8", ""),
        (b'{"a": 1\n\n', "1:8", ""),
        (b"", "1:1", ""),
        (b"<html>", "1:1", "<html>"),
        ('{"é": "温", x}'.encode(), "1:12", "x}"),
        (b'{"a": "\xe9"}', "1:8", '\ufffd"}'),
        ('{\n"é": "'.encode() + b'\xff"}', "2:7", '\ufffd"}'),
        (b'\xff\xfe{\x00"\x00', "1:1", '\ufffd\ufffd{\\x00"\\x00'),
        (b"[" * 100_000, "1:1", None),
        (b'{"a":' + b"9" * 5000 + b"}", "1:1", None),
    ],
)
def test_the_place_in_what_is_no_json(body: bytes, where: str, behind: str | None) -> None:
    found = pointed(body)
    assert found[0] == where
    assert behind is None or found[2] == behind


def test_what_is_said_and_in_which_order() -> None:
    finding = Finding("$.title", "should be a string", "write a word", "warning", "td-vocab-title")
    assert shown(b'{"title": 5}', [finding]) == [
        "a:1:2: warning: should be a string",
        '     1 │ {"title": 5}',
        "       │  ^",
        "         $.title",
        "         hint: write a word",
        "         td-vocab-title",
        "",
    ]


def test_styles_are_apart_from_the_text() -> None:
    finding = Finding("$", "is bad", assertion="td-x")
    found: list[Line] = list(lines(Document("a", b"{}"), [finding], 80))
    assert ("         td-x", "dim") in found[4]
    assert ("error: ", "bold red") in found[0]


def test_without_a_document_there_is_no_line() -> None:
    document = Document("a", error=ConnectError("it cannot be read"))
    found = lines(document, [Finding("$", "it cannot be read", "name another")], 80)
    assert ["".join(text for text, _ in line) for line in found] == [
        "a: error: it cannot be read",
        "         hint: name another",
        "",
    ]


def test_nobody_controls_the_terminal() -> None:
    finding = Finding(f"$['{CONTROL}\n']", f"{CONTROL}\nerror: faked", CONTROL, "error", CONTROL)
    document = Document(f"{CONTROL}\nb.td.json: valid\t", ('{"' + CONTROL[8:] + '":1}').encode())
    for line in lines(document, [finding], 80):
        text = "".join(part for part, _ in line)
        assert text.isprintable()
    long = shown(b"{}", [Finding("$" + ".a" * 10_000, "x" * 100_000, "y" * 100_000)])
    assert max(map(len, long)) < 500


def test_there_is_an_end_to_it() -> None:
    many = [Finding(f"$.a[{number}]", "is bad") for number in range(5000)]
    many += [Finding("$", "is doubtful", severity="warning")] * 3
    body = json.dumps({"a": [0] * 5000}).encode()
    found = shown(body, many)
    assert sum("is bad" in line for line in found) == MOST
    assert found[-2] == "… and 4,980 errors, 3 warnings more; --json lists them"
    assert counted(many[:1]) == "1 error"
