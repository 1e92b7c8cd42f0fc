"""Typed and schema-only payloads: one verdict, whatever the JSON; and values that come back."""

import math
from typing import Any, Literal

import pytest

from wot.content import CBOR, JSON, OCTETS, TEXT, Content, Malformed
from wot.errors import DefinitionError
from wot.payload import Mismatch, Payload

from .typed import Line, Mode, Number, Options, Percent, Point, Position, kinds


@pytest.mark.parametrize(
    ("hint", "body", "value"),
    [
        (int, b"1.0", 1),
        (float, b"1", 1.0),
        (list[int], b"[1.0, 2]", [1, 2]),
        (Point, b'{"x": 1, "y": 2.0}', Point(1.0, 2)),
        (int | None, b"1.0", 1),
        (Number, b"1.0", Number.ONE),
        (Literal[1], b"1.0", 1),
        (dict[str, int], b'{"a": 1.0}', {"a": 1}),
        (Position, b"[1.0]", Position(1)),
        (int, b"9007199254740993", 2**53 + 1),
        (int, b"18446744073709551616", 2**64),
        (Any, b"1.5", 1.5),
    ],
)
def test_numbers_are_what_their_type_says(hint: Any, body: bytes, value: Any) -> None:
    found = Payload.of(hint).load(Content(body), closed=True)
    assert found == value
    assert kinds(found) == kinds(value)


@pytest.mark.parametrize(
    "hint", [Point, Options, Line, list[Point], dict[str, Point], Point | None]
)
def test_undeclared_members(hint: Any) -> None:
    bodies = {
        Line: b'{"a": {"x": 1, "z": 1}}',
        Options: b'{"a": 1, "z": 1}',
        list[Point]: b'[{"x": 1, "z": 1}]',
        dict[str, Point]: b'{"a": {"x": 1, "z": 1}}',
    }
    content = Content(bodies.get(hint, b'{"x": 1, "z": 1}'))
    payload = Payload.of(hint)
    payload.load(content, closed=False)
    with pytest.raises(Mismatch, match="'z'"):
        payload.load(content, closed=True)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (float, math.nan),
        (float, math.inf),
        (list[float], [math.nan]),
        (Point, Point(math.nan)),
        (float | None, math.nan),
        (Any, {"a": math.nan}),
        (Any, (math.nan,)),
        (tuple[float, ...], (math.inf,)),
        (int, 1.5),
        (int, True),
        (Percent, 101),
        (str, 1),
        (Point, Point("a")),
        (Point, None),
        (Mode, "c"),
        (list[int], [1, "2"]),
        (tuple[int, str], (1,)),
        (bool, 1),
        (Any, object()),
    ],
)
@pytest.mark.parametrize("media_type", [JSON, CBOR])
def test_what_does_not_fit_is_not_sent(hint: Any, value: Any, media_type: str) -> None:
    with pytest.raises((Mismatch, Malformed)):
        Payload.of(hint).dump(value, media_type)


def test_more_terms_narrow_a_hint() -> None:
    payload = Payload.of(int, {"minimum": 0, "maximum": 9, "unit": "Cel"})
    assert payload.schema == {"type": "integer", "minimum": 0, "maximum": 9, "unit": "Cel"}
    assert payload.load(Content(b"9"), closed=True) == 9
    with pytest.raises(Mismatch, match=r"10 is greater than the maximum of 9"):
        payload.load(Content(b"10"), closed=True)
    with pytest.raises(DefinitionError):
        Payload.of(int, {"minimum": "a"})


def test_media_types_that_are_not_looked_into() -> None:
    payload = Payload.of(bytes)
    assert payload.dump(b"\xff", OCTETS) == Content(b"\xff", OCTETS)
    assert payload.load(Content(b"\xff", "image/png"), closed=True) == b"\xff"


@pytest.mark.parametrize(
    ("hint", "text", "value"),
    [
        (float, b"1.5", 1.5),
        (int, b"2", 2),
        (bool, b"true", True),
        (str, b"1.5", "1.5"),
        (str, b"", ""),
    ],
)
def test_plain_text_stands_for_what_the_schema_wants(hint: Any, text: bytes, value: Any) -> None:
    payload = Payload.of(hint)
    assert payload.load(Content(text, f"{TEXT}; charset=utf-8"), closed=True) == value
    assert payload.dump(value, TEXT).body == text


def test_plain_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Mismatch, match="integer"):
        Payload.of(int).load(Content(b"one", TEXT), closed=True)
