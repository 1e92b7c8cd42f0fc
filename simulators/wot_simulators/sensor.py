"""What stands between the air and a reading: slow, biased, noisy, rounded, and at times broken."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["stuck", "drift", "spike", "dropout"]
HOUR = 3600.0
DAY = 86400.0
DRIFT_FAULT = 10.0  # accuracies per hour
SPIKE_EVERY = 20.0  # s, on average
SPIKE_SIZE = (30.0, 100.0)  # accuracies


@dataclass(frozen=True, slots=True)
class SensorSpec:
    """A data sheet; all but the last three in the unit of the quantity."""

    minimum: float
    maximum: float
    accuracy: float  # two standard deviations of a new sensor's offset
    noise: float  # standard deviation
    wander: float  # standard deviation of the drift after a day
    time_constant: float  # s to 63 % of a step
    digits: int  # decimals of the output


SHEETS: dict[str, SensorSpec] = {
    "temperature": SensorSpec(-40.0, 85.0, 0.3, 0.02, 0.002, 120.0, 2),
    "humidity": SensorSpec(0.0, 100.0, 2.0, 0.1, 0.02, 30.0, 1),
    "pressure": SensorSpec(300.0, 1250.0, 0.5, 0.02, 0.005, 1.0, 2),
    "co2": SensorSpec(0.0, 10000.0, 40.0, 5.0, 0.5, 60.0, 0),
    "pm25": SensorSpec(0.0, 1000.0, 1.0, 0.3, 0.01, 8.0, 1),
    "tvoc": SensorSpec(0.0, 60000.0, 10.0, 2.0, 0.5, 20.0, 0),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault of one sensor, from `begin` until `end` in seconds of the station's time."""

    kind: FaultKind
    begin: float
    end: float


class Sensor:
    """One quantity's sensor; `value` is None while it gives no reading."""

    def __init__(self, spec: SensorSpec, seed: str, truth: float) -> None:
        self.spec = spec
        self.correction = 0.0
        self.failure: Failure | None = None
        self._noise = random.Random(f"{seed}/noise")  # noqa: S311 - reproducible
        # Its own generator: a fault must not change the noise after it.
        self._spikes = random.Random(f"{seed}/spikes")  # noqa: S311
        self._offset = self._noise.gauss(0.0, spec.accuracy / 2.0)
        self._settled = truth
        self.value: float | None = self._round(self._settled + self._offset)

    @property
    def indicated(self) -> float:
        """What it shows on average: without noise and rounding."""
        return self._settled + self._offset + self.correction

    def advance(self, truth: float, time: float, dt: float) -> None:
        """Let dt seconds pass, up to `time`, in air of `truth`."""
        spec = self.spec
        self._settled += (truth - self._settled) * -math.expm1(-dt / spec.time_constant)
        self._offset += self._noise.gauss(0.0, spec.wander * math.sqrt(dt / DAY))
        shown = self.indicated + self._noise.gauss(0.0, spec.noise)
        if self.failure is not None and time >= self.failure.end:
            self.failure = None
        self.value = self._round(shown) if self.failure is None else self._fail(shown, time, dt)

    def fail(self, kind: FaultKind, time: float, duration: float) -> Failure:
        """Break down at `time` for `duration` seconds, in place of an earlier fault."""
        self.failure = Failure(kind, time, time + duration)
        if kind == "dropout":
            self.value = None
        elif self.value is None:
            self.value = self._round(self.indicated)
        return self.failure

    def repair(self) -> None:
        """End the fault, if there is one."""
        self.failure = None
        if self.value is None:
            self.value = self._round(self.indicated)

    def calibrate(self, reference: float) -> float:
        """Make it show `reference` in the present air; returns the offset now added."""
        self.correction += reference - self.indicated
        self.value = self._round(reference)
        return self.correction

    def _fail(self, shown: float, time: float, dt: float) -> float | None:
        assert self.failure is not None
        accuracy = self.spec.accuracy
        match self.failure.kind:
            case "stuck":
                return self.value
            case "drift":
                hours = (time - self.failure.begin) / HOUR
                return self._round(shown + DRIFT_FAULT * accuracy * hours)
            case "spike":
                if self._spikes.random() < -math.expm1(-dt / SPIKE_EVERY):
                    size = self._spikes.uniform(*SPIKE_SIZE) * accuracy
                    shown += size * self._spikes.choice((-1.0, 1.0))
                return self._round(shown)
            case "dropout":
                return None

    def _round(self, value: float) -> float:
        inside = min(max(value, self.spec.minimum), self.spec.maximum)
        return round(inside, self.spec.digits) + 0.0  # no -0.0
