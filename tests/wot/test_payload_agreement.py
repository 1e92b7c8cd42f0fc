"""The fast path and the thorough one: the same verdict, and the values that were meant."""

import datetime as dt
import decimal
import enum
import json
import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal

import annotated_types
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.content import CBOR, JSON, Content, Malformed
from wot.payload import Mismatch, Payload

from .typed import Line, Mode, Number, Options, Percent, Point, Position, kinds


class Mixed(enum.Enum):
    A = "a"
    ONE = 1
    NO = None
    YES = True


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    a: int
    b: str | None = None


class Open(msgspec.Struct):
    a: Closed


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
