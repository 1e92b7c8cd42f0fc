"""Limits of the air's quantities, and who notices that one is crossed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Quantity = Literal["temperature", "humidity", "pressure", "co2", "pm25", "tvoc"]
QUANTITIES: tuple[Quantity, ...] = ("temperature", "humidity", "pressure", "co2", "pm25", "tvoc")
Level = Literal["normal", "low", "high", "critical"]

# How far a value must come back within a limit before the alarm ends, in the quantity's unit.
RETURN: dict[Quantity, float] = {
    "temperature": 0.3,
    "humidity": 2.0,
    "pressure": 0.5,
    "co2": 50.0,
    "pm25": 2.0,
    "tvoc": 20.0,
}


@dataclass(frozen=True)
class Band:
    """Where a quantity should stay; null is no limit."""

    low: float | None = None
    high: float | None = None
    critical: float | None = None


@dataclass(frozen=True)
class Limits:
    """One band per quantity; CO2, PM2.5 and TVOC as the UBA and the WHO judge indoor air."""

    temperature: Band = field(default_factory=lambda: Band(16.0, 27.0, 32.0))
    humidity: Band = field(default_factory=lambda: Band(25.0, 65.0, 80.0))
    pressure: Band = field(default_factory=Band)
    co2: Band = field(default_factory=lambda: Band(None, 1000.0, 2000.0))
    pm25: Band = field(default_factory=lambda: Band(None, 25.0, 75.0))
    tvoc: Band = field(default_factory=lambda: Band(None, 300.0, 1000.0))

    def of(self, quantity: Quantity) -> Band:
        """The band of one quantity."""
        band: Band = getattr(self, quantity)
        return band


@dataclass(frozen=True)
class Alarm:
    """A quantity has crossed a limit; with level "normal" it has come back within it."""

    quantity: Quantity
    value: float
    limit: float
    level: Level
    time: datetime


def contradiction(limits: Limits) -> str | None:
    """What is wrong with limits that cannot all hold, or None."""
    for quantity in QUANTITIES:
        band = limits.of(quantity)
        given = [each for each in (band.low, band.high, band.critical) if each is not None]
        if sorted(set(given)) != given:
            return f"limits of {quantity}: low < high < critical must hold"
    return None


class Watch:
    """Tells each change of level once: a value on a limit does not ring again and again."""

    def __init__(self) -> None:
        self._levels: dict[Quantity, tuple[Level, float]] = {}

    def see(self, quantity: Quantity, value: float, band: Band) -> tuple[Level, float] | None:
        """The new level and the limit crossed, or None where nothing has changed."""
        before, limit = self._levels.get(quantity, ("normal", 0.0))
        now = judge(value, band, before, RETURN[quantity])
        if now == before:
            return None
        crossed = limit if now == "normal" else getattr(band, now)
        self._levels[quantity] = (now, crossed)
        return now, crossed


def judge(value: float, band: Band, before: Level, margin: float) -> Level:
    """The level of a value; that of before is left only with a margin."""

    def above(level: Level, limit: float | None) -> bool:
        return limit is not None and value > limit - (margin if before == level else 0.0)

    if above("critical", band.critical):
        return "critical"
    if above("high", band.high):
        return "high"
    if band.low is not None and value < band.low + (margin if before == "low" else 0.0):
        return "low"
    return "normal"
