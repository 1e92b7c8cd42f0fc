"""An air-quality station without a network: a room with people and weather, sensors, a clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta

from wot_simulators.alarms import QUANTITIES, Alarm, Limits, Quantity, Watch
from wot_simulators.people import Household
from wot_simulators.physics import Room
from wot_simulators.sensor import SHEETS, FaultKind, Sensor
from wot_simulators.weather import Weather

MAX_SPEED = 86400.0  # a day in a second
FINEST, COARSEST = 1.0, 60.0  # s between two samples of the sensors
SAMPLES_PER_SECOND = 20.0  # of wall time, as long as the coarsest step allows it
MAX_SAMPLES = 2000  # at once: a process that slept for a day does not wake with a day of work
SPIN_UP = 12 * 3600.0  # s before the start, in which the room comes to its own temperature
SPIN_UP_STEP = 300.0


@dataclass(frozen=True)
class Reading:
    """What the station reports; null for a sensor that gives nothing."""

    time: datetime
    temperature: Annotated[float | None, Meta(extra_json_schema={"unit": "Cel"})]
    humidity: Annotated[float | None, Meta(extra_json_schema={"unit": "%"})]
    pressure: Annotated[float | None, Meta(extra_json_schema={"unit": "hPa"})]
    co2: Annotated[float | None, Meta(extra_json_schema={"unit": "[ppm]"})]
    pm25: Annotated[float | None, Meta(extra_json_schema={"unit": "ug/m3"})]
    tvoc: Annotated[float | None, Meta(extra_json_schema={"unit": "[ppb]"})]


@dataclass(frozen=True)
class Fault:
    """A sensor that is broken on purpose, and until when by the station's clock."""

    kind: FaultKind
    quantity: Quantity
    until: datetime


class Pace:
    """Seconds of station time since the start, from a wall clock and a speed."""

    def __init__(self, speed: float, clock: Callable[[], float]) -> None:
        self.speed = speed
        self._clock = clock
        self._wall, self._elapsed = clock(), 0.0

    def now(self) -> float:
        """Where the station should be."""
        return self._elapsed + (self._clock() - self._wall) * self.speed

    def go_on(self, elapsed: float, speed: float) -> None:
        """From here with that speed."""
        self._wall, self._elapsed, self.speed = self._clock(), elapsed, speed


def step_for(speed: float) -> float:
    """Seconds of station time between samples, so that any speed costs about the same."""
    return min(max(speed / SAMPLES_PER_SECOND, FINEST), COARSEST)


class Station:
    """All there is to simulate; what it shows depends on seed, start, speed and time alone."""

    def __init__(self, seed: int, start: datetime, speed: float = 1.0) -> None:
        if start.utcoffset() is None:
            raise ValueError("start must know its time zone")
        self.start = start
        self.step = step_for(speed)
        self.elapsed = 0.0
        self.limits = Limits()
        self.interval = 60.0
        self._watch = Watch()
        self._due = 0.0
        # People and sun go by local time.
        offset = start.utcoffset() or timedelta()
        self._origin = start.timestamp() + offset.total_seconds()
        self._weather = Weather(seed)
        self._people = Household(seed)
        self.room = Room(self._weather.at(self._origin - SPIN_UP))
        for count in range(1, round(SPIN_UP / SPIN_UP_STEP) + 1):
            self._live(self._origin - SPIN_UP + count * SPIN_UP_STEP, SPIN_UP_STEP)
        truth = self.room.air
        self.sensors: dict[Quantity, Sensor] = {
            name: Sensor(SHEETS[name], f"{seed}/{name}", getattr(truth, name))
            for name in QUANTITIES
        }

    @property
    def time(self) -> datetime:
        """The station's own clock."""
        return self.start + timedelta(seconds=self.elapsed)

    @property
    def faults(self) -> list[Fault]:
        """Those that are not over."""
        return [
            Fault(sensor.failure.kind, name, self.start + timedelta(seconds=sensor.failure.end))
            for name, sensor in self.sensors.items()
            if sensor.failure is not None
        ]

    def advance(self, until: float) -> list[Alarm | Reading]:
        """Live on to `until` seconds after the start; returns what is to be reported, in order."""
        reports: list[Alarm | Reading] = []
        samples = math.floor((until - self.elapsed) / self.step + 1e-9)
        for _ in range(min(samples, MAX_SAMPLES)):
            self.elapsed += self.step
            self._live(self._origin + self.elapsed, self.step)
            truth = self.room.air
            for name, sensor in self.sensors.items():
                sensor.advance(getattr(truth, name), self.elapsed, self.step)
            reports += self._alarms()
            if self.elapsed >= self._due:
                self._due = max(self._due + self.interval, self.elapsed)
                reports.append(self.reading())
        return reports

    def report_every(self, seconds: float) -> None:
        """Report so often from now on."""
        self.interval = seconds
        self._due = self.elapsed + seconds

    def reading(self) -> Reading:
        """All sensors now."""
        values = {name: sensor.value for name, sensor in self.sensors.items()}
        return Reading(time=self.time, **values)

    def _live(self, time: float, dt: float) -> None:
        outdoor = self._weather.at(time)
        room = self.room
        doing = self._people.at(time, room.temperature, room.co2, outdoor.temperature)
        room.advance(outdoor, doing, dt)

    def _alarms(self) -> list[Alarm]:
        found: list[Alarm] = []
        for name, sensor in self.sensors.items():
            if sensor.value is None:
                continue
            change = self._watch.see(name, sensor.value, self.limits.of(name))
            if change is not None:
                found.append(Alarm(name, sensor.value, change[1], change[0], self.time))
        return found
