"""What the tests of the command serve: a Thing with a bit of everything."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import wot


@dataclass
class Spot:
    """Where the light falls."""

    x: float
    y: float


class Lamp(wot.Thing, title="Kitchen Lamp"):
    """A dimmable lamp."""

    name = wot.stored("kitchen")
    mode: wot.Stored[Literal["eco", "full"]] = wot.stored("eco")
    note: wot.Stored[str | None] = wot.stored(None)
    spot = wot.stored(Spot(1.0, 2.0))
    offset = wot.stored(1.5, unit="Cel")
    hot = wot.event(float, unit="Cel")
    tick = wot.event(int)
    bare = wot.event()
    _level = 3

    @wot.property(minimum=0, maximum=100, unit="percent", observable=True)
    async def brightness(self) -> int:
        """How bright it is."""
        return self._level

    @brightness.write
    async def set_brightness(self, percent: int) -> None:
        self._level = percent

    @wot.property
    async def scaled(self, unit: str = "Cel", factor: float = 1.0) -> str:
        """Says its URI variables."""
        return f"{unit} {factor:g}"

    @wot.property
    async def dazzled(self) -> int:
        """Cannot be read now."""
        raise wot.errors.Unavailable("it is dazzled", hint="draw the curtains")

    @wot.property(content_type="application/octet-stream")
    async def picture(self) -> bytes:
        """Bytes."""
        return b"\x89PNG\n\x00"

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> str:
        """Dim smoothly."""
        return f"to {to} in {seconds:g} s"

    @wot.action
    async def burst(self, count: int) -> None:
        """Emit ticks."""
        for number in range(count):
            self.tick.emit(number)

    @wot.action
    async def ring(self) -> None:
        """Emit the event without data."""
        self.bare.emit()

    @wot.action
    async def add(self, number: int, /) -> int:
        """One more."""
        return number + 1

    @wot.action
    async def say(self, text: str, /) -> str:
        """The same."""
        return text

    @wot.action
    async def fail(self) -> None:
        """Raises."""
        raise RuntimeError("secret")

    @wot.action
    async def hang(self) -> None:
        """Never returns."""
        await asyncio.Event().wait()

    @wot.every(seconds=0.05)
    async def beat(self) -> None:
        """Keep subscribers busy."""
        self.hot.emit(float(self._level))

    def stop(self) -> None:  # type: ignore[override]
        """Leave a trace."""
        if "LAMP_STOPPED" in os.environ:
            Path(os.environ["LAMP_STOPPED"]).write_text("stopped")
