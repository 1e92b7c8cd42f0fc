"""The air-quality station as a Thing: readings, calibration, alarms, faults on demand."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Annotated, Any

from msgspec import Meta

import wot
from wot_simulators.alarms import QUANTITIES, Alarm, Limits, Quantity, contradiction
from wot_simulators.sensor import FaultKind
from wot_simulators.station import MAX_SPEED, Fault, Pace, Reading, Station, step_for

MEASURED = "sosa:ObservableProperty"
TICK = 0.25  # s of wall time between two looks at the clock
LONGEST = 86400.0  # s, of reporting intervals and faults
BURST = 16  # reports at once after which subscribers are given time to take them
PATIENCE = 1.0  # s of wall time that one of them can hold the station up

Interval = Annotated[float, Meta(ge=1.0, le=LONGEST, extra_json_schema={"unit": "s"})]
Duration = Annotated[float, Meta(gt=0.0, le=LONGEST, extra_json_schema={"unit": "s"})]


class AirStation(
    wot.Thing,
    title="Air Station",
    types=["sosa:Sensor", "sosa:Platform"],
    context={"sosa": "http://www.w3.org/ns/sosa/"},
    version={"instance": "1.0.0"},
):
    """A simulated station for indoor climate and pollution in a kitchen-living room."""

    alarm = wot.event(
        Alarm, title="Alarm", description="A quantity has crossed a limit, or is back within it."
    )
    reading = wot.event(
        Reading,
        title="Reading",
        description="All quantities, once per reporting interval.",
        types="sosa:Observation",
    )

    def __init__(
        self,
        seed: int = 1,
        speed: float = 1.0,
        start: datetime | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Equal seed, speed and start (the station's time now, by default the present) give equal
        readings; `clock` gives wall seconds.
        """
        if not 1.0 <= speed <= MAX_SPEED:
            raise ValueError(f"speed must be 1 to {MAX_SPEED:g}, got {speed:g}")
        self._station = Station(seed, start or datetime.now().astimezone(), speed)
        self._pace = Pace(speed, clock)
        self._told: dict[Quantity, float | None] = {}

    @wot.property(
        title="Temperature", unit="Cel", minimum=-40, maximum=85, observable=True, types=MEASURED
    )
    async def temperature(self) -> float:
        """Temperature of the indoor air."""
        return self._value("temperature")

    @wot.property(
        title="Relative humidity", unit="%", minimum=0, maximum=100, observable=True, types=MEASURED
    )
    async def humidity(self) -> float:
        """Humidity of the indoor air, relative to saturation over water."""
        return self._value("humidity")

    @wot.property(
        title="Air pressure", unit="hPa", minimum=300, maximum=1250, observable=True, types=MEASURED
    )
    async def pressure(self) -> float:
        """Air pressure at the station, not reduced to sea level."""
        return self._value("pressure")

    @wot.property(
        title="CO2", unit="[ppm]", minimum=0, maximum=10000, observable=True, types=MEASURED
    )
    async def co2(self) -> float:
        """Carbon dioxide, as mole fraction."""
        return self._value("co2")

    @wot.property(
        title="PM2.5", unit="ug/m3", minimum=0, maximum=1000, observable=True, types=MEASURED
    )
    async def pm25(self) -> float:
        """Mass of particles smaller than 2.5 um."""
        return self._value("pm25")

    @wot.property(
        title="TVOC", unit="[ppb]", minimum=0, maximum=60000, observable=True, types=MEASURED
    )
    async def tvoc(self) -> float:
        """Volatile organic compounds in total, as mole fraction."""
        return self._value("tvoc")

    @wot.property(title="Reporting interval")
    async def reporting_interval(self) -> Interval:
        """Time between two readings, by the station's clock."""
        return self._station.interval

    @reporting_interval.write
    async def write_reporting_interval(self, seconds: Interval) -> None:
        self._report_every(seconds)

    @wot.property(title="Alarm limits", observable=True)
    async def limits(self) -> Limits:
        """Where each quantity should stay; what is not given gets its default."""
        return self._station.limits

    @limits.write
    async def write_limits(self, limits: Limits) -> None:
        wrong = contradiction(limits)
        if wrong:
            raise wot.errors.InvalidInput(wrong)
        self._station.limits = limits
        self.limits.changed(limits)

    @wot.property(title="Station time")
    async def time(self) -> datetime:
        """The station's clock, in the time zone of the house."""
        self._catch_up()
        return self._station.time

    @wot.property(title="Speed", minimum=1, maximum=MAX_SPEED)
    async def speed(self) -> float:
        """How many seconds pass in the station while one passes outside."""
        return self._pace.speed

    @speed.write
    async def write_speed(self, factor: float) -> None:
        self._catch_up()
        self._pace.go_on(self._station.elapsed, factor)
        self._station.step = step_for(factor)

    @wot.property(title="Faults", observable=True)
    async def faults(self) -> list[Fault]:
        """The faults injected that are not over."""
        self._catch_up()
        return self._station.faults

    @wot.action(title="Calibrate", idempotent=True)
    async def calibrate(self, quantity: Quantity, reference: float) -> float:
        """Single-point calibration against a reference; returns the offset added from now on."""
        self._catch_up()
        sensor = self._station.sensors[quantity]
        if sensor.failure is not None:
            raise wot.errors.Conflict(f"the {quantity} sensor has a fault ({sensor.failure.kind})")
        if not sensor.spec.minimum <= reference <= sensor.spec.maximum:
            raise wot.errors.InvalidInput(f"reference is beyond the range of the {quantity} sensor")
        correction = sensor.calibrate(reference)
        self._tell()
        return correction

    @wot.action(title="Set reporting interval", idempotent=True)
    async def set_reporting_interval(self, seconds: Interval) -> None:
        """Report so often from now on, by the station's clock."""
        self._report_every(seconds)

    @wot.action(title="Inject fault")
    async def inject_fault(
        self, kind: FaultKind, quantity: Quantity, duration: Duration = 600.0
    ) -> Fault:
        """Break a sensor for a while, by the station's clock; replaces an earlier fault of it."""
        self._catch_up()
        self._station.sensors[quantity].fail(kind, self._station.elapsed, duration)
        faults = self._station.faults
        self.faults.changed(faults)
        return next(fault for fault in faults if fault.quantity == quantity)

    @wot.action(title="Clear faults", idempotent=True)
    async def clear_faults(self) -> None:
        """Repair all sensors."""
        self._catch_up()
        for sensor in self._station.sensors.values():
            sensor.repair()
        self.faults.changed([])
        self._tell()

    @wot.every(seconds=TICK)
    async def tick(self) -> None:
        """Live on, and wait for subscribers where much has happened at once."""
        if self._catch_up() > BURST:
            await self.reading.drained(PATIENCE)

    def _value(self, quantity: Quantity) -> float:
        self._catch_up()
        sensor = self._station.sensors[quantity]
        if sensor.value is not None:
            return sensor.value
        end = sensor.failure.end if sensor.failure else self._station.elapsed
        wait = max(1, math.ceil((end - self._station.elapsed) / self._pace.speed))
        raise wot.errors.Unavailable(f"the {quantity} sensor gives no reading", retry_after=wait)

    def _catch_up(self) -> int:
        """Simulate up to now and tell the world; returns how many reports that made."""
        station, now = self._station, self._pace.now()
        broken = station.faults
        reports = station.advance(now)
        if station.elapsed + station.step <= now:
            # Asleep for long: the station goes on from here instead of hurrying after.
            self._pace.go_on(station.elapsed, self._pace.speed)
        for report in reports:
            if isinstance(report, Alarm):
                self.alarm.emit(report)
            else:
                self.reading.emit(report)
        if station.faults != broken:
            self.faults.changed(station.faults)
        self._tell()
        return len(reports)

    def _tell(self) -> None:
        for quantity in QUANTITIES:
            value = self._station.sensors[quantity].value
            if value != self._told.get(quantity):
                self._told[quantity] = value
                if value is not None:
                    handle: Any = getattr(self, quantity)
                    handle.changed(value)

    def _report_every(self, seconds: float) -> None:
        self._catch_up()
        self._station.report_every(seconds)
