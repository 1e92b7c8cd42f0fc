"""Where things stand in a JSON text: line and column of what a finding is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.td import locate, place
from wot.td.node import at

from .schemas import json_values

TEXT = """{
  "a": 1,
  "b": {"c": [10, {"d": null}],
\t"e f": true },
  "it's": "x", "say \\"x\\"": [],
  "back\\\\slash": {}, "灯": "灯", "after": 0
}"""


def spot(text: str, path: str) -> str:
    """What the text has where the path leads to."""
    line, column = place(text, path)
    return text.split("\n")[line - 1][column - 1 :]


@pytest.mark.parametrize(
    ("path", "line", "column", "begin"),
    [
        ("$", 1, 1, "{"),
        ("$.a", 2, 3, '"a": 1'),
        ("$.b", 3, 3, '"b": {'),
        ("$.b.c", 3, 9, '"c": ['),
        ("$.b.c[0]", 3, 15, "10"),
        ("$.b.c[1]", 3, 19, '{"d"'),
        ("$.b.c[1].d", 3, 20, '"d": null'),
        ("$.b['e f']", 4, 2, '"e f": true'),
        ("$['it\\'s']", 5, 3, '"it\'s"'),
        ("$['say \"x\"']", 5, 16, '"say '),
        ("$['back\\\\slash']", 6, 3, '"back'),
        ("$['灯']", 6, 22, '"灯": "灯"'),
        ("$.after", 6, 32, '"after"'),
    ],
)
def test_each_value_has_a_line_and_a_column(path: str, line: int, column: int, begin: str) -> None:
    assert place(TEXT, path) == (line, column)
    assert spot(TEXT, path).startswith(begin)


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("$.nothing", "$"),
        ("$.a.deeper", "$.a"),
        ("$.a[0]", "$.a"),
        ("$.b.missing.more", "$.b"),
        ("$.b.c[2]", "$.b.c"),
        ("$.b.c[1].d.x[3]['y']", "$.b.c[1].d"),
        ("$.b['e  f']", "$.b"),
        ("$['a b']['c']", "$"),
        ("$.b.c['0']", "$.b.c"),
    ],
)
def test_what_is_not_there_is_shown_at_its_nearest_ancestor(path: str, nearest: str) -> None:
    assert place(TEXT, path) == place(TEXT, nearest)


@pytest.mark.parametrize("path", ["", "nonsense", "$..a", "$[", "$['", "$['a", "a.b", "$.", "$$"])
def test_what_is_no_path_is_shown_at_the_start(path: str) -> None:
    assert place(TEXT, path) == (1, 1)


def test_lines_of_other_systems_count_once() -> None:
    assert place(TEXT.replace("\n", "\r\n"), "$.b['e f']") == (4, 2)


def test_a_byte_order_mark_takes_no_column() -> None:
    assert place("\ufeff" + TEXT, "$") == (1, 1)
    assert place('\ufeff{"a":1}', "$.a") == (1, 2)


def test_white_space_before_the_document_is_passed_over() -> None:
    assert place('\n\t {"a":1}', "$") == (2, 3)


def test_a_tab_is_one_column_and_so_is_a_wide_letter() -> None:
    assert place('{\t"灯灯":0,"a":1}', "$.a") == (1, 10)
    assert place('{"😀":0,"a":1}', "$.a") == (1, 8)


def test_the_last_of_two_members_counts() -> None:
    assert place('{"a":1,\n"a":2}', "$.a") == (2, 1)
    assert place('{"a":{"b":1},\n"a":{"c":2}}', "$.a.c") == (2, 6)


def test_names_that_are_escaped_are_the_same_names() -> None:
    assert place('{"x":0, "\\u0061":1}', "$.a") == (1, 9)
    assert place('{"x":0, "\\ud83d\\ude00":1}', "$['😀']") == (1, 9)
    assert place('{"x":0, "a\\nb":1}', "$['a\\nb']") == (1, 9)


def test_one_after_the_other_is_quick() -> None:
    """Going through the text for each would take most of an hour."""
    names = [f"n{number}" for number in range(20_000)]
    text = json.dumps({"security": names, **dict.fromkeys(names, 0)}, indent=1)
    paths = [f"$.security[{number}]" for number in range(20_000)] + [f"$.{name}" for name in names]
    found = [place(text, path)[0] for path in paths]
    assert found == [*range(3, 20_003), *range(20_004, 40_004)]
    assert place(text.replace("n0", "m0", 1), "$.n0") == (20_004, 2)


def test_texts_are_not_searched() -> None:
    assert place('{"x":"\\"a\\":1,{","a":2}', "$.a") == (1, 18)


@pytest.mark.parametrize(
    ("text", "path", "spot"),
    [
        ("", "$.a", (1, 1)),
        ("x", "$.a", (1, 1)),
        ('{"a":1,', "$.a", (1, 2)),
        ('{\n"a":{"b"', "$.a.b", (2, 6)),
        ('{\n"a":tru}', "$.a", (2, 1)),
        ('{"a":"x', "$.a", (1, 2)),
        ("[1,2", "$[1]", (1, 4)),
        ('{"a" 1}', "$", (1, 1)),
    ],
)
def test_of_a_text_that_is_no_json_what_comes_before_counts(
    text: str, path: str, spot: tuple[int, int]
) -> None:
    assert place(text, path) == spot


def test_many_are_found_in_one_pass() -> None:
    paths = ["$.b.c[1].d", "$.a", "$.nothing", "$"]
    assert locate(TEXT, paths) == {path: place(TEXT, path) for path in paths}
    assert locate(TEXT, []) == {}


@pytest.mark.parametrize("levels", [10, 256, 300, 100_000])
def test_depth_costs_nothing(levels: int) -> None:
    text = '{"x":' + "[" * levels + "]" * levels + ',"a":1}'
    assert place(text, "$.a") == (1, 2 * levels + 7)
    assert place(text, "$.x" + "[0]" * 5) == (1, 11)


# What stands behind a name of a member, or nothing before an item.
_NAME = re.compile(r'"(?:[^"\\]|\\.)*"[ \t\r\n]*:[ \t\r\n]*')


def walked(value: Any, path: str = "$", is_member: bool = False) -> Iterator[tuple[str, Any, bool]]:
    yield path, value, is_member
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walked(inner, at(path, name), True)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walked(inner, at(path, number))


SPACE = st.text(" \t\n\r", max_size=3)


@st.composite
def printed(draw: Any, value: Any) -> str:
    """A value as JSON with white space here and there, and other ways to write the same names."""

    def put(inner: Any) -> str:
        if isinstance(inner, dict):
            members = [
                f"{draw(SPACE)}{word(name)}{draw(SPACE)}:{draw(SPACE)}{put(each)}{draw(SPACE)}"
                for name, each in inner.items()
            ]
            return "{" + (",".join(members) or draw(SPACE)) + "}"
        if isinstance(inner, list):
            items = [f"{draw(SPACE)}{put(each)}{draw(SPACE)}" for each in inner]
            return "[" + (",".join(items) or draw(SPACE)) + "]"
        return word(inner)

    def word(scalar: Any) -> str:
        return json.dumps(scalar, ensure_ascii=draw(st.booleans()))

    return f"{draw(SPACE)}{put(value)}{draw(SPACE)}"


@settings(max_examples=80)
@given(st.data(), json_values())
def test_every_path_leads_to_its_value(data: st.DataObject, value: Any) -> None:
    check_every_path(data.draw(printed({"x": value, "it's [0].a": [value]})))


@pytest.mark.soak
@settings(max_examples=2000)
@given(st.data(), json_values())
def test_every_path_leads_to_its_value_at_length(data: st.DataObject, value: Any) -> None:
    check_every_path(data.draw(printed({"x": value, "it's [0].a": [value]})))


def check_every_path(text: str) -> None:
    value = json.loads(text)
    every = list(walked(value))
    found = locate(text, [path for path, _, _ in every])
    lines = text.split("\n")
    for path, expected, is_member in every:
        line, column = found[path]
        offset = sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
        if is_member:
            name = _NAME.match(text, offset)
            assert name, path
            offset = name.end()
        read, _ = json.JSONDecoder().raw_decode(text, offset)
        assert json.dumps(read) == json.dumps(expected), path
        assert place(text, path + ".no['such']") == found[path]
