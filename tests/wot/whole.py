"""A Thing with a property of each kind, to be read, written and followed as a whole."""

from __future__ import annotations

from typing import Any

import wot
from wot.content import CBOR, OCTETS, TEXT
from wot.errors import (
    Conflict,
    Unavailable,
)


class Boiler(wot.Thing):
    """One property of each kind."""

    target = wot.stored(60.0, minimum=0, maximum=90)
    label = wot.stored("a")
    hot = wot.event(float)
    done = wot.event()

    def __init__(self) -> None:
        self.written: list[tuple[str, Any]] = []
        self.failing: set[str] = set()
        self.code = 0

    @wot.property(observable=True)
    async def heat(self) -> int:
        if "heat" in self.failing:
            raise Unavailable("the sensor is off", retry_after=3)
        return 7

    @heat.write
    async def set_heat(self, value: int) -> None:
        self.written.append(("heat", value))
        if "set_heat" in self.failing:
            raise Conflict("it is locked")

    @wot.property(write_only=True)
    async def pin(self) -> int: ...

    @pin.write
    async def set_pin(self, value: int) -> None:
        self.written.append(("pin", value))

    @wot.property(content_type=OCTETS)
    async def picture(self) -> bytes:
        return b"\x00"

    @wot.property(content_type=TEXT)
    async def note(self) -> str:
        return 'a "note"'

    @wot.property(content_type=TEXT)
    async def number(self) -> int:
        return 5

    @wot.property(content_type=CBOR)
    async def packed(self) -> dict[str, int]:
        return {"a": self.code}

    @packed.write
    async def set_packed(self, value: dict[str, int]) -> None:
        self.code = value["a"]

    @wot.property
    async def history(self, hours: int) -> int:
        return hours

    @wot.property
    async def scaled(self, factor: int | None = None) -> int:
        return factor or 1
