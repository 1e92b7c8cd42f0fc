"""Declarations that several tests look at."""

import dataclasses
import enum
from typing import Literal, NamedTuple

import wot


class Mode(enum.Enum):
    ECO = "eco"
    FULL = "full"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Position(NamedTuple):
    lat: float
    lon: float


class Lamp(wot.Thing):
    """A dimmable lamp."""

    on = wot.stored(False, title="Is it lit?")
    mode = wot.stored(Mode.ECO, read_only=True)
    target: wot.Stored[float | None] = wot.stored(None, unit="Cel", maximum=30)
    overheated = wot.event(float, unit="Cel", description="Too hot.", minimum=0)
    dropped = wot.event(title="It fell.")
    moved: wot.Event[Position | None] = wot.event()

    @wot.property
    async def level(self) -> int:
        """How bright it is."""
        return 1

    @wot.property(
        minimum=0,
        maximum=100,
        unit="percent",
        observable=True,
        multiple_of=5,
        types=["ex:Level"],
        terms={"ex:model": "x"},
    )
    async def brightness(self) -> int:
        return 1

    @brightness.write
    async def set_brightness(self, percent: int) -> None: ...

    @wot.property(name="colour-temperature", write_only=True, description="kelvin")
    def kelvin(self) -> int:
        """Not this text."""
        return 1

    @kelvin.write
    def set_kelvin(self, kelvin: int) -> None: ...

    @wot.property(content_type="image/png")
    def picture(self) -> bytes:
        return b""

    @wot.property
    def history(self, hours: int, unit: Literal["C", "F"] = "C") -> list[float]:
        return []

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> None:
        """Dim smoothly."""

    @wot.action(title="Where?", safe=True, idempotent=True, uri_variables=["unit"])
    def locate(self, near: Point, unit: str = "m") -> Position:
        return Position(1, 2)

    @wot.action(content_type="application/octet-stream", response_type="text/plain")
    def upload(self, firmware: bytes, /) -> str:
        return ""

    @wot.action
    def reset(self) -> None: ...
