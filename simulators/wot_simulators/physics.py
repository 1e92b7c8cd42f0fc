"""One room's balances of energy, moisture, CO2, particles and fumes, solved exactly per step."""

from __future__ import annotations

import math
from dataclasses import dataclass

AIR_DENSITY = 1.2  # kg/m3 of dry air; the few per cent it varies by in a room are neglected
AIR_HEAT = 1005.0  # J/(kg K)
LATENT_HEAT = 2.45e6  # J/kg, of water near room temperature
VAPOUR_RATIO = 0.62198  # molar mass of water over that of dry air
MAX_STEP = 60.0  # s; what couples the balances (thermostat, condensation) is frozen for so long
MAX_STEPS = 2000  # per call; beyond, steps get longer, which the exact solutions bear

PERSON_HEAT = 75.0  # W, sensible, sitting (ISO 7730, 1.2 met)
PERSON_MOISTURE = 50e-3 / 3600  # kg/s
PERSON_CO2 = 18e-3 / 3600  # m3/s (0.005 l/s)
PERSON_TVOC = 1400.0 / 3600  # ppb m3/s; 6.3 mg/h (Tang et al. 2016)
COOKING_HEAT = 1200.0  # W
COOKING_MOISTURE = 0.8 / 3600  # kg/s
COOKING_PM25 = 350.0 / 60  # ug/s, under a hood
COOKING_TVOC = 9000.0 / 3600  # ppb m3/s
MATERIALS_TVOC = 1500.0 / 3600  # ppb m3/s at 20 Cel, from paint and furniture


@dataclass(frozen=True, slots=True)
class Outdoor:
    """The air outside: Cel, kg/kg, hPa, W/m2, ppm, ug/m3, ppb."""

    temperature: float
    humidity_ratio: float
    pressure: float
    irradiance: float
    co2: float
    pm25: float
    tvoc: float


@dataclass(frozen=True, slots=True)
class Activity:
    """What people do: heads, cooking and open window (0 to 1 each), thermostat in Cel."""

    people: int = 0
    cooking: float = 0.0
    window: float = 0.0
    setpoint: float = 21.0


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """A kitchen-living room of 30 m2 in a house with new windows."""

    volume: float = 75.0  # m3
    heat_capacity: float = 1.0e6  # J/K: air, furniture, and the skin of the walls
    conductance: float = 45.0  # W/K through walls and glass
    leakage: float = 0.35  # air changes per hour, closed
    window_exchange: float = 6.0  # air changes per hour more, wide open
    deposition: float = 0.4  # 1/h, PM2.5 settling on surfaces (Thatcher et al. 2002)
    penetration: float = 0.8  # of outdoor particles through leaks
    glass: float = 1.5  # m2 of window times its solar gain
    heater: float = 2000.0  # W
    heater_gain: float = 1500.0  # W per K below the set point


@dataclass(frozen=True, slots=True)
class Air:
    """The true state of the room's air: Cel, % RH, hPa, ppm, ug/m3, ppb."""

    temperature: float
    humidity: float
    pressure: float
    co2: float
    pm25: float
    tvoc: float


def saturation_pressure(temperature: float) -> float:
    """Pa over water at Cel: Magnus form of Alduchov and Eskridge (1996)."""
    return 610.94 * math.exp(17.625 * temperature / (temperature + 243.04))


def humidity_ratio(vapour_pressure: float, pressure: float) -> float:
    """kg of water per kg of dry air, from Pa of vapour in hPa of air."""
    return VAPOUR_RATIO * vapour_pressure / (100.0 * pressure - vapour_pressure)


def saturation_ratio(temperature: float, pressure: float) -> float:
    """The most water that air of Cel and hPa holds, kg/kg."""
    return humidity_ratio(saturation_pressure(temperature), pressure)


def relative_humidity(ratio: float, temperature: float, pressure: float) -> float:
    """% RH of air holding `ratio` kg/kg."""
    vapour_pressure = 100.0 * pressure * ratio / (VAPOUR_RATIO + ratio)
    return 100.0 * vapour_pressure / saturation_pressure(temperature)


def relax(value: float, gain: float, loss: float, dt: float) -> float:
    """x after dt of dx/dt = gain - loss x, exactly: no step is too long to be stable."""
    if loss <= 0.0:
        return value + gain * dt
    target = gain / loss
    return target + (value - target) * math.exp(-loss * dt)


class Room:
    """One well-mixed room; what it holds changes only through the balances in `advance`."""

    def __init__(
        self, outdoor: Outdoor, temperature: float = 20.0, spec: RoomSpec | None = None
    ) -> None:
        self.spec = spec or RoomSpec()
        self.temperature = temperature
        self.pressure = outdoor.pressure
        limit = saturation_ratio(temperature, outdoor.pressure)
        self.ratio = min(outdoor.humidity_ratio, limit)
        self.condensed = 0.0  # kg of water on walls and panes, wiped off
        self.co2 = outdoor.co2
        self.pm25 = outdoor.pm25
        self.tvoc = outdoor.tvoc

    @property
    def air(self) -> Air:
        """The state as a perfect instrument shows it."""
        # At saturation, rounding may put it a hair above.
        humidity = relative_humidity(self.ratio, self.temperature, self.pressure)
        return Air(
            self.temperature, min(humidity, 100.0), self.pressure, self.co2, self.pm25, self.tvoc
        )

    @property
    def dry_air(self) -> float:
        """kg of dry air in the room."""
        return AIR_DENSITY * self.spec.volume

    def advance(self, outdoor: Outdoor, activity: Activity, dt: float) -> None:
        """Let dt seconds pass with the outdoors and the people as they are."""
        if not math.isfinite(dt) or dt < 0.0:
            raise ValueError(f"a step must be finite and not negative, got {dt}")
        steps = min(MAX_STEPS, math.ceil(dt / MAX_STEP))
        self.pressure = outdoor.pressure
        for _ in range(steps):
            self._heat(outdoor, activity, dt / steps)
            self._moisten(outdoor, activity, dt / steps)
            self._pollute(outdoor, activity, dt / steps)

    def exchange(self, activity: Activity) -> float:
        """Air changes per second."""
        return (self.spec.leakage + self.spec.window_exchange * activity.window) / 3600.0

    def heating(self, setpoint: float) -> float:
        """W from the radiator: proportional below the set point, as its valve is."""
        wanted = self.spec.heater_gain * (setpoint - self.temperature)
        return min(max(wanted, 0.0), self.spec.heater)

    def _heat(self, outdoor: Outdoor, activity: Activity, dt: float) -> None:
        spec = self.spec
        sources = PERSON_HEAT * activity.people + COOKING_HEAT * activity.cooking
        sources += spec.glass * outdoor.irradiance + self.heating(activity.setpoint)
        coupling = spec.conductance + self.exchange(activity) * self.dry_air * AIR_HEAT
        gain = (sources + coupling * outdoor.temperature) / spec.heat_capacity
        self.temperature = relax(self.temperature, gain, coupling / spec.heat_capacity, dt)

    def _moisten(self, outdoor: Outdoor, activity: Activity, dt: float) -> None:
        change = self.exchange(activity)
        source = PERSON_MOISTURE * activity.people + COOKING_MOISTURE * activity.cooking
        gain = change * outdoor.humidity_ratio + source / self.dry_air
        self.ratio = relax(self.ratio, gain, change, dt)
        surplus = self.ratio - saturation_ratio(self.temperature, self.pressure)
        if surplus > 0.0:
            water = surplus * self.dry_air
            self.ratio -= surplus
            self.condensed += water
            self.temperature += water * LATENT_HEAT / self.spec.heat_capacity

    def _pollute(self, outdoor: Outdoor, activity: Activity, dt: float) -> None:
        spec, change = self.spec, self.exchange(activity)
        breath = PERSON_CO2 * activity.people / spec.volume * 1e6
        self.co2 = relax(self.co2, change * outdoor.co2 + breath, change, dt)
        leaking = spec.leakage / 3600.0
        entering = (change - leaking * (1.0 - spec.penetration)) * outdoor.pm25
        smoke = COOKING_PM25 * activity.cooking / spec.volume
        self.pm25 = relax(self.pm25, entering + smoke, change + spec.deposition / 3600.0, dt)
        # Emission of materials doubles every 10 K or so (Wolkoff 1998).
        fumes = MATERIALS_TVOC * 2.0 ** ((self.temperature - 20.0) / 10.0)
        fumes += PERSON_TVOC * activity.people + COOKING_TVOC * activity.cooking
        self.tvoc = relax(self.tvoc, change * outdoor.tvoc + fumes / spec.volume, change, dt)
