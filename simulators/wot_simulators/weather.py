"""Weather of a temperate place by time and seed: sun, seasons, and fronts passing through."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from wot_simulators.physics import Outdoor, humidity_ratio, saturation_pressure

DAY = 86400.0
YEAR = 365.2425 * DAY
KNOTS = 10  # per memory of a process; linear between them, so no step size changes the weather


class Wandering:
    """An Ornstein-Uhlenbeck process, exact at its knots; time must not run backwards."""

    def __init__(self, rng: random.Random, sigma: float, memory: float) -> None:
        self._rng = rng
        self._spacing = memory / KNOTS
        self._keep = math.exp(-1.0 / KNOTS)
        self._kick = sigma * math.sqrt(1.0 - self._keep**2)
        self._left = rng.gauss(0.0, sigma)
        self._right = self._next(self._left)
        self._knot: int | None = None

    def _next(self, value: float) -> float:
        return value * self._keep + self._rng.gauss(0.0, self._kick)

    def at(self, time: float) -> float:
        """The value at that many seconds; the process begins with the first call."""
        knot = math.floor(time / self._spacing)
        if self._knot is None:
            self._knot = knot
        if knot < self._knot:
            raise ValueError("the weather does not run backwards")
        for _ in range(knot - self._knot):
            self._left, self._right = self._right, self._next(self._right)
        self._knot = knot
        share = time / self._spacing - knot
        return self._left + share * (self._right - self._left)


@dataclass(frozen=True, slots=True)
class Climate:
    """Where the house stands, and what is usual there."""

    latitude: float = 50.0  # degrees north
    altitude: float = 120.0  # m
    mean: float = 10.0  # Cel over the year
    season: float = 9.0  # K between the mean and the warmest or coldest week
    day: float = 5.0  # K between the mean and the warmest hour of a clear day
    pm25: float = 9.0  # ug/m3, median
    co2: float = 424.0  # ppm, by day


def sun_height(time: float, latitude: float) -> float:
    """Sine of the sun's elevation; `time` is seconds of local solar time since 1970."""
    year = 2.0 * math.pi * (time / YEAR % 1.0)
    declination = math.radians(-23.44) * math.cos(year + 2.0 * math.pi * 10.0 / 365.0)
    hour = 2.0 * math.pi * (time / DAY % 1.0 - 0.5)
    phi = math.radians(latitude)
    polar = math.sin(phi) * math.sin(declination)
    return polar + math.cos(phi) * math.cos(declination) * math.cos(hour)


class Weather:
    """The outdoor air by local time; equal seeds and beginnings give equal weather."""

    def __init__(self, seed: int, climate: Climate | None = None) -> None:
        self.climate = climate or Climate()

        def wandering(name: str, sigma: float, hours: float) -> Wandering:
            # One generator each, so that a further process does not change the others.
            rng = random.Random(f"{seed}/weather/{name}")  # noqa: S311 - reproducible
            return Wandering(rng, sigma, hours * 3600.0)

        self._pressure = wandering("pressure", 9.0, 60.0)
        self._front = wandering("front", 3.0, 36.0)
        self._cloud = wandering("cloud", 1.0, 8.0)
        self._dryness = wandering("dryness", 1.5, 24.0)
        self._haze = wandering("haze", 0.55, 20.0)

    def at(self, time: float) -> Outdoor:
        """The air outside at `time`, seconds of local time since 1970; never call it with less."""
        climate = self.climate
        low = self._pressure.at(time)
        # Low pressure brings clouds; clouds flatten the course of the day.
        cloud = 1.0 / (1.0 + math.exp(low / 6.0 - self._cloud.at(time)))
        seasonal = climate.mean - climate.season * math.cos(2.0 * math.pi * (time / YEAR - 0.05))
        mild = seasonal + self._front.at(time)
        swing = climate.day * (1.0 - 0.7 * cloud)
        temperature = mild + swing * math.cos(2.0 * math.pi * (time / DAY - 15.0 / 24.0))
        pressure = self._station_pressure(low, time)
        depression = max(0.5, 2.0 + 5.0 * (1.0 - cloud) + self._dryness.at(time))
        vapour = min(saturation_pressure(mild - depression), saturation_pressure(temperature))
        night = math.cos(2.0 * math.pi * (time / DAY - 5.0 / 24.0))
        return Outdoor(
            temperature=temperature,
            humidity_ratio=humidity_ratio(vapour, pressure),
            pressure=pressure,
            irradiance=self._irradiance(cloud, time),
            co2=climate.co2 + 8.0 * max(night, 0.0),  # plants breathe under a shallow night air
            pm25=climate.pm25 * math.exp(self._haze.at(time) + 0.02 * low),  # highs trap smoke
            tvoc=15.0,
        )

    def _station_pressure(self, low: float, time: float) -> float:
        tide = 0.6 * math.cos(4.0 * math.pi * (time / DAY - 10.0 / 24.0))  # S2, hPa at 50 degrees
        # ICAO standard atmosphere
        height = math.pow(1.0 - 2.25577e-5 * self.climate.altitude, 5.25588)
        return (1015.0 + low + tide) * height

    def _irradiance(self, cloud: float, time: float) -> float:
        sun = max(sun_height(time, self.climate.latitude), 0.0)
        clear = 910.0 * sun - 30.0  # W/m2; Kasten and Czeplak (1980), as is the effect of clouds
        return max(clear, 0.0) * (1.0 - 0.75 * math.pow(cloud, 3.4))
