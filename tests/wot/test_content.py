"""Codecs: between values and bytes."""

import datetime as dt
import enum
import math
from dataclasses import dataclass
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import cbor2
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot import content
from wot.content import CBOR, JSON, OCTETS, TEXT, Malformed, codec, essence, is_text

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.parametrize("media_type", [JSON, CBOR])
@given(value=VALUES)
def test_values_come_back(media_type: str, value: Any) -> None:
    body = codec(media_type).encode(value)
    again = codec(media_type).decode(body)
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("media_type", [JSON, CBOR, TEXT, OCTETS, "application/x-unknown"])
@given(body=st.binary(max_size=64) | st.text(max_size=20).map(str.encode))
def test_bytes_are_decoded_or_malformed(media_type: str, body: bytes) -> None:
    try:
        value = codec(media_type).decode(body)
    except Malformed:
        return
    # What came in can go out: nothing outside of the media type's own data model gets through.
    assert codec(media_type).decode(codec(media_type).encode(value)) == value


@given(
    value=st.recursive(
        st.binary(max_size=4)
        | st.integers()
        | st.floats()
        | st.datetimes(timezones=st.just(dt.UTC)),
        lambda i: (
            st.lists(i, max_size=3)
            | st.dictionaries(st.integers() | st.text(max_size=2), i, max_size=3)
        ),
    )
)
def test_whatever_cbor_says_becomes_json_or_malformed(value: Any) -> None:
    try:
        plain = codec(CBOR).decode(cbor2.dumps(value))
    except Malformed:
        return
    assert codec(JSON).decode(codec(JSON).encode(plain)) == plain


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (JSON, b""),
        (JSON, b"{"),
        (JSON, b"nul"),
        (JSON, b"1 2"),
        (JSON, b"NaN"),
        (JSON, b"Infinity"),
        (JSON, b'"\xff"'),
        (JSON, b"\xff\xfe1\x00"),
        (JSON, b"1e999"),
        (JSON, b"[" * 100_000),
        (JSON, b'{"a":' * 100_000),
        (CBOR, b""),
        (CBOR, b"\x61"),
        (CBOR, b"\x01\x01"),
        (CBOR, cbor2.dumps(math.nan)),
        (CBOR, cbor2.dumps(math.inf)),
        (CBOR, cbor2.dumps({1: 2})),
        (CBOR, cbor2.dumps({b"a": 2})),
        (CBOR, b"\xf7"),  # undefined
        (CBOR, b"\x81" * 100_000 + b"\x01"),
        (CBOR, b"\x81" * 300 + b"\x01"),
        (CBOR, b"\xd8\x1c\x81\xd8\x1d\x00"),  # an array that contains itself (tags 28 and 29)
        (CBOR, b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),  # an array of 2**64 - 1 items
        (CBOR, b"\x62\xff\xff"),  # text that is no UTF-8
        (TEXT, b"\xff"),
    ],
)
def test_broken_bytes_are_malformed(media_type: str, body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        codec(media_type).decode(body)
    assert 0 < len(str(caught.value)) < 500


@pytest.mark.parametrize("media_type", [JSON, CBOR])
def test_nesting_is_limited_alike(media_type: str) -> None:
    def nested(depth: int) -> bytes:
        return (
            b"[" * depth + b"]" * depth if media_type == JSON else b"\x81" * (depth - 1) + b"\x80"
        )

    assert codec(media_type).decode(nested(150)) != []
    for depth in (210, 260, 2000):
        with pytest.raises(Malformed, match=r"deep|nesting"):
            codec(media_type).decode(nested(depth))
    wide = [[[number]] for number in range(500)]
    assert codec(media_type).decode(codec(media_type).encode(wide)) == wide


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    at: dt.date


class Scalar:
    """What numpy's scalars and arrays look like."""

    def tolist(self) -> list[int]:
        return [1, 2]


class Model(pydantic.BaseModel):
    long_name: int = pydantic.Field(alias="longName")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Point(1, dt.date(2026, 1, 2)), {"x": 1, "at": "2026-01-02"}),
        ((1, "a"), [1, "a"]),
        (Colour.RED, "red"),
        (b"\x00\xff", "AP8="),
        (dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "2026-01-02T00:00:00Z"),
        (Model(longName=3), {"longName": 3}),
        (Scalar(), [1, 2]),
        ([Model(longName=3)], [{"longName": 3}]),
        ({"a": None}, {"a": None}),
    ],
)
def test_typed_values_have_one_plain_form_in_every_media_type(value: Any, plain: Any) -> None:
    for media_type in (JSON, CBOR):
        assert codec(media_type).decode(codec(media_type).encode(value)) == plain


@pytest.mark.parametrize("media_type", [JSON, CBOR])
@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        [math.inf],
        (math.nan,),
        [(1, -math.inf)],
        {"a": -math.inf},
        Point(math.nan, dt.date(1, 1, 1)),
        object(),
        1j,
    ],
)
def test_what_json_cannot_say_is_malformed(media_type: str, value: Any) -> None:
    with pytest.raises(Malformed):
        codec(media_type).encode(value)


def test_nothing_that_refers_to_itself_is_encoded() -> None:
    loop: list[Any] = []
    loop.append(loop)
    for media_type in (JSON, CBOR, TEXT):
        with pytest.raises(Malformed):
            codec(media_type).encode(loop)


def test_text_and_octets() -> None:
    assert codec(TEXT).encode("é") == "é".encode()
    assert codec(TEXT).encode(1.5) == b"1.5"
    assert codec("text/csv; charset=utf-8").decode(b"a,b") == "a,b"
    assert codec(OCTETS).decode(b"\xff") == b"\xff"
    assert codec("image/png").encode(bytearray(b"\x89")) == b"\x89"
    with pytest.raises(Malformed, match="bytes, not str"):
        codec(OCTETS).encode("text")


@pytest.mark.parametrize(
    ("media_type", "same_as"),
    [
        ("application/json; charset=utf-8", JSON),
        ("Application/JSON", JSON),
        ("application/senml+json", JSON),
        ("text/json", JSON),
        ("application/senml+cbor;x=1", CBOR),
        ("text/html", TEXT),
        ("application/zip", OCTETS),
        ("", OCTETS),
    ],
)
def test_media_types_are_told_apart_without_their_parameters(media_type: str, same_as: str) -> None:
    assert codec(media_type) is codec(same_as)


def test_essence_and_text() -> None:
    assert essence(" Text/HTML ; charset=x") == "text/html"
    assert is_text("application/td+json")
    assert is_text("text/csv")
    assert not is_text(CBOR)
    assert not is_text("image/svg+xml")


class Reversed:
    def encode(self, value: Any, /) -> bytes:
        return str(value)[::-1].encode()

    def decode(self, body: bytes, /) -> Any:
        return body.decode()[::-1]


def test_third_parties_add_codecs(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("application/x-reversed", f"{__name__}:REVERSED", "wot.codecs")
    monkeypatch.setattr(
        content, "entry_points", lambda **query: EntryPoints([entry]).select(**query)
    )
    assert codec("application/x-reversed; v=1").decode(b"abc") == "cba"


REVERSED = Reversed()
