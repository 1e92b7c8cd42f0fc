"""Typed and schema-only payloads: one verdict, whatever the JSON; and values that come back."""

import dataclasses
import datetime as dt
import decimal
import enum
import inspect
import json
import math
import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

import annotated_types
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.content import CBOR, JSON, OCTETS, TEXT, Content, Malformed
from wot.errors import DefinitionError
from wot.payload import Arguments, Mismatch, Payload


class Mode(enum.Enum):
    ECO = "a"
    FULL = "b"


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2


class Mixed(enum.Enum):
    A = "a"
    ONE = 1
    NO = None
    YES = True


@dataclasses.dataclass
class Point:
    x: float
    y: int = 0


@dataclasses.dataclass
class Line:
    a: Point
    b: list[Point] = dataclasses.field(default_factory=list)


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    a: int
    b: str | None = None


class Open(msgspec.Struct):
    a: Closed


class Options(TypedDict):
    a: int
    b: NotRequired[Literal["a", "b"]]


class Position(NamedTuple):
    a: int
    b: float = 0.0


Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
HINTS: list[Any] = [
    Any,
    None,
    bool,
    int,
    float,
    str,
    Percent,
    Annotated[float, msgspec.Meta(gt=0, lt=2)],
    Annotated[int, annotated_types.Ge(1)],
    Annotated[float, msgspec.Meta(multiple_of=0.1)],
    Annotated[int, msgspec.Meta(multiple_of=2)],
    Annotated[str, msgspec.Meta(min_length=1, max_length=2)],
    Annotated[str, msgspec.Meta(pattern="^a")],
    Annotated[list[int], msgspec.Meta(min_length=1)],
    Annotated[dict[str, int], msgspec.Meta(max_length=1)],
    Literal["a", "b"],
    Literal[1, 2],
    Literal[1, "a", None],
    Literal[True],
    Mode,
    Number,
    Mixed,
    int | None,
    float | None,
    int | str,
    int | float,
    int | float | str | None,
    bool | int,
    Literal["a"] | int,
    Literal["a"] | Mode,
    Mode | None,
    list[int] | None,
    Percent | None,
    Point | None,
    Point | Closed,
    Point | list[Point] | None,
    list,
    list[int],
    list[float | None],
    list[list[bool]],
    tuple[int, str],
    tuple[float, float],
    tuple[int, ...],
    tuple[()],
    set[int],
    set[str],
    frozenset[int | str],
    list[set[int]],
    dict,
    dict[str, Any],
    dict[str, int],
    dict[str, Point],
    dict[str, list[Percent]],
    Point,
    Line,
    Closed,
    Open,
    Options,
    Position,
    list[Options],
    list[Closed],
    tuple[Closed, Position],
]

ODD = [
    0,
    1,
    2,
    -1,
    100,
    101,
    1.0,
    -0.0,
    0.5,
    1.5,
    0.3,
    2.0**53,
    2**63,
    2**64,
    1e300,
    True,
    False,
    None,
]
TEXTS = ["a", "b", "ab", "", "1", "2026-01-01T00:00:00Z"]
FINITE = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.sampled_from([*ODD, *TEXTS]) | st.integers() | FINITE | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abxyz"), inner, max_size=3)
    ),
    max_leaves=8,
)


def verdict(load: Callable[[], Any]) -> str:
    try:
        load()
    except (Mismatch, Malformed):
        return "refused"
    return "fits"


def near(hint: Any) -> st.SearchStrategy[Any]:
    """JSON that has a good chance to fit: what fits `hint`, perhaps with one change."""
    if "Any" in repr(hint) or hint in (None, list, dict) or "Annotated" in repr(hint):
        return st.nothing()
    plain = st.from_type(hint).map(lambda value: msgspec.to_builtins(value, enc_hook=list))

    def changed(value: Any) -> st.SearchStrategy[Any]:
        if isinstance(value, dict):
            return st.dictionaries(st.sampled_from("abxyz"), VALUES, max_size=1).map(
                lambda extra: {**value, **extra}
            )
        if isinstance(value, list):
            return st.lists(VALUES, max_size=1).map(lambda extra: value + extra + value[:1])
        return st.just(value)

    return plain | plain.flatmap(changed)


@pytest.mark.parametrize("hint", HINTS, ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_typed_and_schema_only_agree(hint: Any, data: st.DataObject) -> None:
    value = data.draw(VALUES | near(hint))
    try:
        content = Content(json.dumps(value, allow_nan=False).encode())
    except (ValueError, UnicodeEncodeError):
        return
    typed, plain = Payload.of(hint), Payload.plain(Payload.of(hint).schema)
    for closed in (True, False):  # as a Thing and as a consumer
        agreed = verdict(lambda: plain.load(content, closed=closed))  # noqa: B023
        assert verdict(lambda: typed.load(content, closed=closed)) == agreed  # noqa: B023
        assert verdict(lambda: typed.build(value, closed=closed)) == agreed  # noqa: B023
    # The way out judges as a Thing does.
    agreed = verdict(lambda: plain.load(content, closed=True))
    assert verdict(lambda: typed.dump(value)) == verdict(lambda: plain.dump(value)) == agreed


FORMATS = (
    dt.datetime,
    dt.date,
    dt.time,
    dt.timedelta,
    uuid.UUID,
    bytes,
    decimal.Decimal,
    str | dt.datetime,
)


@pytest.mark.assertion("td-format-validation-known-values")
@pytest.mark.parametrize("hint", FORMATS, ids=str)
@given(
    value=VALUES
    | st.datetimes().map(str)
    | st.uuids().map(str)
    | st.decimals(allow_nan=False).map(str)
)
def test_formats_are_stricter_than_their_schemas_but_never_fail_otherwise(
    hint: Any, value: Any
) -> None:
    typed = Payload.of(hint)
    plain = Payload.plain(typed.schema)
    content = Content(json.dumps(value).encode())
    if verdict(lambda: typed.load(content, closed=True)) == "fits":
        plain.load(content, closed=True)
    if verdict(lambda: typed.build(value, closed=True)) == "fits":
        plain.build(value, closed=True)


@pytest.mark.parametrize(
    ("hint", "value"), [(dt.datetime, dt.datetime(2026, 1, 1)), (dt.time, dt.time(12))], ids=str
)
def test_moments_need_an_offset(hint: Any, value: Any) -> None:  # RFC 3339, as their formats say
    payload = Payload.of(hint)
    with pytest.raises(Mismatch, match="timezone"):
        payload.dump(value)
    with pytest.raises(Mismatch, match="timezone"):
        payload.load(Content(f'"{value.isoformat()}"'.encode()), closed=True)
    assert payload.load(Content(f'"{value.isoformat()}Z"'.encode()), closed=True).tzinfo is dt.UTC


POINTS = st.builds(Point, x=FINITE, y=st.integers(-99, 99))
ZONED = st.datetimes(timezones=st.just(dt.UTC))
POSITIONS = st.builds(Position, a=st.integers(0, 9), b=FINITE)
TYPED: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, st.integers(-(2**53), 2**53)),
    (float, FINITE),
    (str, st.text()),
    (bool, st.booleans()),
    (bytes, st.binary(max_size=20)),
    (dt.datetime, ZONED),
    (dt.date, st.dates()),
    (dt.time, st.times(timezones=st.just(dt.UTC))),
    (dt.timedelta, st.timedeltas(dt.timedelta(-9), dt.timedelta(9))),
    (uuid.UUID, st.uuids()),
    (decimal.Decimal, st.decimals(allow_nan=False, allow_infinity=False)),
    (Mode, st.sampled_from(Mode)),
    (Number, st.sampled_from(Number)),
    (Mixed, st.sampled_from(Mixed)),
    (Literal[1, "a", None], st.sampled_from([1, "a", None])),
    (Mode | int | None, st.sampled_from(Mode) | st.integers(-9, 9) | st.none()),
    (Point, POINTS),
    (Line, st.builds(Line, a=POINTS, b=st.lists(POINTS, max_size=2))),
    (Point | list[Point] | None, POINTS | st.lists(POINTS, max_size=2) | st.none()),
    (Open, st.builds(Open, a=st.builds(Closed, a=st.integers(0, 9), b=st.none() | st.text()))),
    (Position, POSITIONS),
    (
        Options,
        st.fixed_dictionaries({"a": st.integers(0, 9)}, optional={"b": st.sampled_from("ab")}),
    ),
    (list[Mode], st.lists(st.sampled_from(Mode), max_size=3)),
    (tuple[int, str], st.tuples(st.integers(0, 9), st.text())),
    (tuple[float, ...], st.lists(FINITE, max_size=3).map(tuple)),
    (set[int], st.sets(st.integers(0, 9))),
    (frozenset[Mode], st.frozensets(st.sampled_from(Mode))),
    (dict[str, Point], st.dictionaries(st.text(max_size=2), POINTS, max_size=2)),
    (
        dict[str, dt.date | None],
        st.dictionaries(st.text(max_size=2), st.dates() | st.none(), max_size=2),
    ),
    (list[tuple[Position, uuid.UUID]], st.lists(st.tuples(POSITIONS, st.uuids()), max_size=2)),
]


@pytest.mark.parametrize(("hint", "values"), TYPED, ids=[str(hint) for hint, _values in TYPED])
@settings(max_examples=30)
@given(data=st.data())
def test_values_come_back(hint: Any, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)
    payload = Payload.of(hint)
    for media_type in (JSON, CBOR):
        again = payload.load(payload.dump(value, media_type), closed=True)
        assert again == value
        assert kinds(again) == kinds(value)


def kinds(value: Any) -> Any:
    """The types in a value, since 1 == 1.0 == True."""
    if isinstance(value, (list, tuple)):
        return type(value), [kinds(item) for item in value]
    if isinstance(value, dict):
        return {name: kinds(item) for name, item in value.items()}
    if dataclasses.is_dataclass(value):
        return type(value), kinds(vars(value))
    return type(value)


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


def arguments(method: Callable[..., Any]) -> Arguments:
    parameters = dict(inspect.signature(method).parameters)
    return Arguments(parameters, inspect.get_annotations(method, eval_str=True))


def test_arguments_make_an_object() -> None:
    def fade(to: Percent, seconds: float = 1.0, point: Point | None = None) -> None: ...

    made = arguments(fade)
    assert made.schema["required"] == ["to"]
    assert made.schema["properties"]["to"] == {"type": "integer", "minimum": 0, "maximum": 100}
    assert made.schema["properties"]["seconds"] == {"type": "number", "default": 1.0}
    assert made.load(Content(b'{"to": 1}')) == ((), {"to": 1})
    assert made.load(Content(b'{"to": 1.0, "point": {"x": 1}}')) == (
        (),
        {"to": 1, "point": Point(1.0)},
    )
    sent = made.dump((5,), {"seconds": 2}, JSON)
    assert sent == Content(b'{"to":5,"seconds":2}')


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "'to' is a required property"),
        (b'{"to": 1, "x": 2}', "'x' was unexpected"),
        (b'{"to": "a"}', r"\$.to: 'a' is not of type 'integer'"),
        (b'{"to": null}', r"\$.to: None is not of type"),
        (b"null", "not of type 'object'"),
        (b"5", "not of type 'object'"),
        (b"[1]", "not of type 'object'"),
    ],
)
def test_arguments_that_do_not_fit(body: bytes, reason: str) -> None:
    def fade(to: int, seconds: float = 1.0) -> None: ...

    with pytest.raises(Mismatch, match=reason):
        arguments(fade).load(Content(body))


def test_an_input_is_needed_where_an_argument_is() -> None:
    def fade(to: int) -> None: ...

    with pytest.raises(Mismatch, match="an input is needed"):
        arguments(fade).load(None)


def test_arguments_that_may_all_be_left_out() -> None:
    def beep(times: int = 1) -> None: ...

    made = arguments(beep)
    assert made.load(None) == made.load(Content(b"{}")) == ((), {})
    assert made.dump((), {}, JSON) is None


def test_a_positional_only_parameter_is_the_whole_input() -> None:
    def set_level(level: Percent, /) -> None: ...

    made = arguments(set_level)
    assert made.schema == {"type": "integer", "minimum": 0, "maximum": 100}
    assert made.load(Content(b"7")) == ((7,), {})
    assert made.dump((7,), {}, JSON) == Content(b"7")
    with pytest.raises(Mismatch):
        made.load(Content(b"101"))


def test_no_parameters_take_no_input() -> None:
    def reset() -> None: ...

    made = arguments(reset)
    assert made.schema == {}
    for nothing in (None, Content(b""), Content(b"null"), Content(b"{}")):
        assert made.load(nothing) == ((), {})
    with pytest.raises(Mismatch, match="takes no input"):
        made.load(Content(b"1"))


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((101,), {}),
        ((), {}),
        ((1,), {"x": 1}),
        ((1,), {"seconds": "2"}),
        ((1, 2.0, 3), {}),
        ((1,), {"to": 2}),
    ],
)
def test_arguments_are_checked_before_they_are_sent(args: Any, kwargs: Any) -> None:
    def fade(to: Percent, seconds: float = 1.0) -> None: ...

    with pytest.raises((Mismatch, TypeError)):
        arguments(fade).dump(args, kwargs, JSON)


def test_no_argument_is_dropped_silently() -> None:
    def reset() -> None: ...

    def set_level(level: int, /) -> None: ...

    with pytest.raises((Mismatch, TypeError)):
        arguments(reset).dump((1,), {}, JSON)
    with pytest.raises((Mismatch, TypeError)):
        arguments(set_level).dump((1, 2), {}, JSON)
    with pytest.raises((Mismatch, TypeError)):
        arguments(set_level).dump((), {}, JSON)
