"""Values in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rich.console import Console

from wot.cli.values import clean, escaped, flat, plain, rendered, worded

MEMORY = {
    "type": "object",
    "properties": {"free": {"unit": "By"}, "used": {"unit": "%"}},
}


@pytest.mark.parametrize(
    ("value", "schema", "text"),
    [
        (21.5, {"unit": "Cel"}, "21.5 °C"),
        (0.1 + 0.2, {}, "0.3"),
        (3, {"unit": "percent"}, "3 %"),
        (3, {"unit": "furlong"}, "3 furlong"),
        (True, {}, "true"),
        (None, {"unit": "Cel"}, "–"),
        ("", {}, '""'),
        ("on", {}, "on"),
        ([], {}, "–"),
        ({}, {}, "–"),
        (512, {"unit": "By"}, "512 B"),
        (1023 * 1024, {"unit": "By"}, "1023 KiB"),
        (17179869184, {"unit": "By"}, "16 GiB"),
        (60, {"unit": "s"}, "60 s"),
        (3060, {"unit": "s"}, "51 min"),
        (90061, {"unit": "s"}, "1 d 1 h"),
        ("2026-03-02T17:00:03.25+01:00", {"format": "date-time"}, "2026-03-02 17:00:03"),
        ("soon", {"format": "date-time"}, "soon"),
        ({"free": 1024, "used": 12.5}, MEMORY, "free 1 KiB · used 12.5 %"),
        ([{"free": 0}, {"used": 1}], {"items": MEMORY}, "free 0 B; used 1 %"),
        ({"a": 1}, {"additionalProperties": {"unit": "Cel"}}, "a 1 °C"),
        (b"abc", {}, "3 bytes"),
        ("\x1b[2J\x9b", {}, "\\x1b[2J\\x9b"),
        ({"\x1b": 1}, {}, "\\x1b 1"),
        (5, {"unit": 7, "properties": [], "items": 3}, "5"),
    ],
)
def test_for_people(value: Any, schema: dict[str, Any], text: str) -> None:
    assert worded(value, schema) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.5, "1.5"), ("word", "word"), (None, "null"), ({"a": [1]}, '{"a":[1]}'), ("ä", "ä")],
)
def test_for_pipes(value: Any, text: str) -> None:
    assert plain(value) == text


def test_an_item_has_one_line() -> None:
    assert plain("a\nb") == "a\nb"
    assert plain("a\nb", one_line=True) == '"a\\nb"'


def test_lines_and_tabs_are_left_alone() -> None:
    assert clean("a\n\tb\r") == "a\n\tb\\x0d"


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\u061c", r"\u061c"),
        ("\u2028", r"\u2028"),
        ("\u00ad", r"\xad"),
        ("\ufeff", r"\ufeff"),
        ("\u2064", r"\u2064"),
        ("\u206f", r"\u206f"),
        ("\u180e", r"\u180e"),
        ("\ue000", r"\ue000"),
        ("\U000e0041", r"\U000e0041"),
        ("\U000e0000", r"\U000e0000"),
        *((each, each) for each in "\u3000\xa0❤\ufe0f👍e\u0301温é"),
    ],
)
def test_what_hides_or_turns_text_is_told_by_its_category(character: str, shown: str) -> None:
    assert clean(f"a{character}b") == f"a{shown}b"
    assert json.loads(escaped(json.dumps(character, ensure_ascii=False))) == character
    assert clean(escaped(character)) == escaped(character)


def test_a_line_has_no_line_breaks() -> None:
    assert flat("a\nreal.td.json: valid\t\x1b") == r"a\nreal.td.json: valid\t\x1b"


TABLES: list[tuple[Any, dict[str, Any], list[str]]] = [
    ({"free": 1024, "used": 1}, MEMORY, ["free  1 KiB", "used  1 %"]),
    (
        [{"free": 1}, {"free": 2, "used": 3}],
        {"items": MEMORY},
        ["free  used", "1 B   –", "2 B   3 %"],
    ),
    ([1, 2], {"items": {"unit": "Cel"}}, ["1 °C", "2 °C"]),
    (5, {}, ["5"]),
    ([{}, 1], {}, ["–", "1"]),
]


@pytest.mark.parametrize(("value", "schema", "lines"), TABLES)
def test_tables(value: Any, schema: dict[str, Any], lines: list[str]) -> None:
    console = Console(width=60)
    with console.capture() as capture:
        console.print(rendered(value, schema))
    assert [line.rstrip() for line in capture.get().splitlines()] == lines


def test_json_without_what_would_control_the_terminal_is_the_same_json() -> None:
    value = {"a\x9b\u202e": ["\x1b", "\x7f", "é温", "\\u009b"]}
    shown = escaped(json.dumps(value, ensure_ascii=False))
    assert json.loads(shown) == value
    assert clean(shown) == shown
    assert "é温" in shown


def test_halves_of_characters_can_be_printed() -> None:
    assert clean("a\udce4\ud83d").encode() == rb"a\udce4\ud83d"
