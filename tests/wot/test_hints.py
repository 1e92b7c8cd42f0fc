"""From type hints to data schemas."""

import dataclasses
import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NotRequired,
    Optional,
    Required,
    TypedDict,
    TypeVar,
    Union,
)

import annotated_types
import msgspec
import pydantic
import pytest

from wot.errors import DefinitionError
from wot.hints import shape_of
from wot.payload import Payload

T = TypeVar("T")


class Mode(enum.Enum):
    ECO = "eco"
    FULL = "full"


class Level(enum.IntEnum):
    LOW = 1


class Mixed(enum.Enum):
    A = "a"
    B = 2
    C = None


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.5
    tags: list[str] = dataclasses.field(default_factory=list)
    hidden: int = dataclasses.field(default=0, init=False)


class Position(NamedTuple):
    lat: float
    lon: float
    name: str = ""


class Pair(NamedTuple):
    a: int
    b: int


class Options(TypedDict, total=False):
    speed: Required[int]
    mode: Mode


class Report(TypedDict):
    at: dt.datetime
    note: NotRequired[str | None]


class Sample(msgspec.Struct):
    point: Point
    mode: Mode = Mode.ECO


class Inner(pydantic.BaseModel):
    size: int = pydantic.Field(ge=1, description="how large")


class Outer(pydantic.BaseModel):
    inner: Inner
    others: list[Inner] = []
    either: Inner | None = None


POINT = {
    "type": "object",
    "properties": {
        "x": {"type": "number"},
        "y": {"type": "number", "default": 0.5},
        "tags": {"type": "array", "items": {"type": "string"}, "default": []},
    },
    "required": ["x"],
}
STRING, INTEGER, NUMBER, NULL = ({"type": kind} for kind in ("string", "integer", "number", "null"))


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (Any, {}),
        (object, {}),
        (None, NULL),
        (bool, {"type": "boolean"}),
        (int, INTEGER),
        (float, NUMBER),
        (str, STRING),
        (bytes, {"type": "string", "contentEncoding": "base64"}),
        (dt.datetime, {"type": "string", "format": "date-time"}),
        (dt.date, {"type": "string", "format": "date"}),
        (dt.time, {"type": "string", "format": "time"}),
        (dt.timedelta, {"type": "string", "format": "duration"}),
        (uuid.UUID, {"type": "string", "format": "uuid"}),
        (decimal.Decimal, STRING),
        (list, {"type": "array"}),
        (list[int], {"type": "array", "items": INTEGER}),
        (list[list[str]], {"type": "array", "items": {"type": "array", "items": STRING}}),
        (Sequence[int], {"type": "array", "items": INTEGER}),
        (set[str], {"type": "array", "items": STRING, "uniqueItems": True}),
        (frozenset[int], {"type": "array", "items": INTEGER, "uniqueItems": True}),
        (tuple[int, ...], {"type": "array", "items": INTEGER}),
        (tuple, {"type": "array"}),
        (
            tuple[int, str],
            {"type": "array", "items": [INTEGER, STRING], "minItems": 2, "maxItems": 2},
        ),
        (tuple[int, int], {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 2}),
        (dict, {"type": "object"}),
        (dict[str, int], {"type": "object", "additionalProperties": INTEGER}),
        (dict[str, Any], {"type": "object"}),
        (Mapping[str, str], {"type": "object", "additionalProperties": STRING}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal[1], {"type": "integer", "const": 1}),
        (Literal[True, "auto"], {"enum": [True, "auto"]}),
        (Mode, {"type": "string", "enum": ["eco", "full"]}),
        (Level, {"type": "integer", "const": 1}),
        (Mixed, {"enum": ["a", 2, None]}),
        (int | None, {"oneOf": [INTEGER, NULL]}),
        (Optional[int], {"oneOf": [INTEGER, NULL]}),  # noqa: UP045 - both spellings are meant
        (Union[int, str], {"oneOf": [INTEGER, STRING]}),  # noqa: UP007
        (int | float, NUMBER),
        (int | float | None, {"oneOf": [NUMBER, NULL]}),
        (int | Any, {}),
        (str | dt.datetime, STRING),
        (Literal["a", "b"] | None, {"oneOf": [{"type": "string", "enum": ["a", "b"]}, NULL]}),
        (Annotated[int, msgspec.Meta(ge=0, le=9)], {"type": "integer", "minimum": 0, "maximum": 9}),
        (
            Annotated[float, msgspec.Meta(gt=0, multiple_of=0.5)],
            {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        ),
        (
            Annotated[str, msgspec.Meta(min_length=1, pattern="^a")],
            {"type": "string", "minLength": 1, "pattern": "^a"},
        ),
        (
            Annotated[list[int], msgspec.Meta(max_length=3)],
            {"type": "array", "items": INTEGER, "maxItems": 3},
        ),
        (
            Annotated[int, annotated_types.Ge(0), annotated_types.Lt(5)],
            {"type": "integer", "minimum": 0, "exclusiveMaximum": 5},
        ),
        (
            Annotated[int, annotated_types.Interval(ge=1, le=2)],
            {"type": "integer", "minimum": 1, "maximum": 2},
        ),
        (
            Annotated[str, annotated_types.Len(1, 4)],
            {"type": "string", "minLength": 1, "maxLength": 4},
        ),
        (
            Annotated[int, pydantic.Field(ge=0, title="T")],
            {"type": "integer", "minimum": 0, "title": "T"},
        ),
        (
            Annotated[float, {"unit": "Cel", "ex:kind": 1}],
            {"type": "number", "unit": "Cel", "ex:kind": 1},
        ),
        (Annotated[float, "a note for people"], NUMBER),
        (
            Annotated[int, msgspec.Meta(extra_json_schema={"unit": "Cel"})],
            {**INTEGER, "unit": "Cel"},
        ),
        (
            list[Annotated[int, msgspec.Meta(ge=0)]],
            {"type": "array", "items": {"type": "integer", "minimum": 0}},
        ),
        (Point, POINT),
        (dict[str, Point], {"type": "object", "additionalProperties": POINT}),
        (
            Sample,
            {
                "type": "object",
                "properties": {
                    "point": POINT,
                    "mode": {"type": "string", "enum": ["eco", "full"], "default": "eco"},
                },
                "required": ["point"],
            },
        ),
        (
            Position,
            {"type": "array", "items": [NUMBER, NUMBER, {**STRING}], "minItems": 2, "maxItems": 3},
        ),
        (Pair, {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 2}),
        (
            Options,
            {
                "type": "object",
                "properties": {
                    "speed": INTEGER,
                    "mode": {"type": "string", "enum": ["eco", "full"]},
                },
                "required": ["speed"],
            },
        ),
        (
            Report,
            {
                "type": "object",
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "note": {"oneOf": [STRING, NULL]},
                },
                "required": ["at"],
            },
        ),
    ],
    ids=str,
)
def test_schemas(hint: Any, schema: dict[str, Any]) -> None:
    assert shape_of(hint).schema == schema


def test_models_of_pydantic_are_inlined() -> None:
    schema = shape_of(Outer).schema
    size = {"type": "integer", "minimum": 1, "description": "how large", "title": "Size"}
    inner = {"type": "object", "title": "Inner", "properties": {"size": size}, "required": ["size"]}
    assert schema["properties"]["inner"] == inner
    assert schema["properties"]["others"]["items"] == inner
    assert schema["properties"]["either"]["oneOf"] == [inner, NULL]
    assert "$" not in str(schema)
    payload = Payload.of(Outer)
    assert payload.load(payload.dump(Outer(inner=Inner(size=2))), closed=True) == Outer(
        inner=Inner(size=2)
    )


@dataclasses.dataclass
class Tree:
    children: "list[Tree]"


class Chain(msgspec.Struct):
    next: "Chain | None" = None


class PydanticTree(pydantic.BaseModel):
    children: "list[PydanticTree]" = []


class Renamed(msgspec.Struct, rename="camel"):
    long_name: int


@dataclasses.dataclass
class Holder:
    inside: dict[str, complex]


class Box(Generic[T]):
    item: T


class Pairs(enum.Enum):
    A = (1, 2)


class Nothing(enum.Enum):
    pass


@pytest.mark.parametrize(
    ("hint", "reason"),
    [
        (complex, "complex"),
        (list[complex], "complex"),
        (Holder, "complex"),
        (int | complex, "complex"),
        (Callable[[int], int], "Callable"),
        (Iterator[int], "Iterator"),
        (type, "type"),
        (5, "5"),
        (dt.tzinfo, "tzinfo"),
        (dict[int, str], "named by strings"),
        (T, "~T"),
        (list[T], "~T"),
        (Box[int], "Box"),
        ("Lamp", "'Lamp'"),
        (Tree, "Tree contains itself"),
        (Chain, "Chain contains itself"),
        (PydanticTree, "PydanticTree contains itself"),
        (Renamed, "Renamed.long_name"),
        (Pairs, "Pairs"),
        (Nothing, "Nothing"),
    ],
    ids=str,
)
def test_what_a_data_schema_cannot_say_is_refused_with_the_reason(hint: Any, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        Payload.of(hint)


class Lists(NamedTuple):
    a: list[int]
    b: set[str]


def test_two_members_of_one_type_do_not_contain_themselves() -> None:
    @dataclasses.dataclass
    class Line:
        start: Point
        end: Point
        more: tuple[Point, Point]

    schema = shape_of(Line).schema
    assert schema["properties"]["start"] == schema["properties"]["end"] == POINT


def test_types_from_functions_with_postponed_annotations_are_named_when_unknown() -> None:
    @dataclasses.dataclass
    class Local:
        other: "Elsewhere"  # noqa: F821

    with pytest.raises((DefinitionError, NameError), match="Elsewhere"):
        Payload.of(Local)
