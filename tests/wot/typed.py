"""Types whose values travel."""

import dataclasses
import enum
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

import msgspec


class Mode(enum.Enum):
    ECO = "a"
    FULL = "b"


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2


@dataclasses.dataclass
class Point:
    x: float
    y: int = 0


@dataclasses.dataclass
class Line:
    a: Point
    b: list[Point] = dataclasses.field(default_factory=list)


class Options(TypedDict):
    a: int
    b: NotRequired[Literal["a", "b"]]


class Position(NamedTuple):
    a: int
    b: float = 0.0


Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


def kinds(value: Any) -> Any:
    """The types in a value, since 1 == 1.0 == True."""
    if isinstance(value, (list, tuple)):
        return type(value), [kinds(item) for item in value]
    if isinstance(value, dict):
        return {name: kinds(item) for name, item in value.items()}
    if dataclasses.is_dataclass(value):
        return type(value), kinds(vars(value))
    return type(value)
