"""The air-quality station over HTTP: what a consumer sees of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import wot
from wot_simulators.air import AirStation
from wot_simulators.alarms import QUANTITIES, Alarm, Band, Limits, Quantity
from wot_simulators.sensor import SHEETS
from wot_simulators.station import MAX_SAMPLES, Reading, Station

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
UNITS = {
    "temperature": "Cel",
    "humidity": "%",
    "pressure": "hPa",
    "co2": "[ppm]",
    "pm25": "ug/m3",
    "tvoc": "[ppb]",
}


class Hand:
    """Wall seconds for the station; they pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def air(hand: Hand) -> AirStation:
    return AirStation(seed=3, start=START, clock=hand)


@pytest.fixture
async def url(air: AirStation) -> AsyncIterator[str]:
    async with wot.serve(air, "http://127.0.0.1:0") as served:
        yield served.urls[0]


@pytest.fixture
async def servient() -> AsyncIterator[wot.Servient]:
    async with wot.Servient() as servient:
        yield servient


@pytest.fixture
async def station(url: str, servient: wot.Servient) -> AirStation:
    return await servient.consume(url, AirStation)


async def values(station: AirStation) -> dict[Quantity, float]:
    return {name: await getattr(station, name).read() for name in QUANTITIES}


async def test_the_description_says_what_is_measured(url: str, servient: wot.Servient) -> None:
    thing = await servient.consume(url)
    td: dict[str, Any] = thing.td.json
    assert td["title"] == "Air Station"
    assert {"sosa": "http://www.w3.org/ns/sosa/"}.items() <= td["@context"][-1].items()
    assert "sosa:Sensor" in td["@type"]
    for name, unit in UNITS.items():
        quantity, sheet = td["properties"][name], SHEETS[name]
        assert quantity["unit"] == unit
        assert quantity["@type"] == "sosa:ObservableProperty"
        assert (quantity["readOnly"], quantity["observable"]) == (True, True)
        assert (quantity["minimum"], quantity["maximum"]) == (sheet.minimum, sheet.maximum)
        assert td["events"]["reading"]["data"]["properties"][name]["unit"] == unit
    interval = td["properties"]["reporting_interval"]
    assert (interval["unit"], interval["minimum"], interval["maximum"]) == ("s", 1, 86400)
    assert set(td["actions"]) == {
        "calibrate",
        "set_reporting_interval",
        "inject_fault",
        "clear_faults",
    }
    assert set(td["events"]) == {"alarm", "reading"}


async def test_a_consumer_reads_what_the_simulation_shows(station: AirStation, hand: Hand) -> None:
    twin = Station(3, START)
    for _ in range(3):
        hand.forward(100)
        twin.advance(twin.elapsed + 100)
        assert await values(station) == {name: s.value for name, s in twin.sensors.items()}
        assert await station.time.read() == twin.time


async def test_readings_arrive_once_per_interval(station: AirStation, hand: Hand) -> None:
    await station.set_reporting_interval(seconds=30)
    assert await station.reporting_interval.read() == 30
    async with asyncio.timeout(5), station.reading.subscribe() as readings:
        hand.forward(90)
        got: list[Reading] = [await anext(readings) for _ in range(3)]
    assert [reading.time for reading in got] == [
        START + timedelta(seconds=each) for each in (30, 60, 90)
    ]
    last = {name: getattr(got[-1], name) for name in QUANTITIES}
    assert last == await values(station)


@pytest.mark.parametrize("seconds", [0, -1, 86401])
async def test_the_reporting_interval_is_bounded(station: AirStation, seconds: float) -> None:
    with pytest.raises(wot.errors.InvalidInput):
        await station.reporting_interval.write(seconds)
    with pytest.raises(wot.errors.InvalidInput):
        await station.set_reporting_interval(seconds)
    assert await station.reporting_interval.read() == 60


async def test_observers_see_the_air_change(station: AirStation, hand: Hand) -> None:
    async with asyncio.timeout(5), station.co2.observe() as changes:
        first = await anext(changes)
        hand.forward(60)
        assert await anext(changes) != first


async def test_an_alarm_rings_when_a_limit_is_crossed(station: AirStation, hand: Hand) -> None:
    warm = Band(low=None, high=-30.0)
    limits = replace(await station.limits.read(), temperature=warm)
    async with asyncio.timeout(5), station.alarm.subscribe() as alarms:
        await station.limits.write(limits)
        hand.forward(5)
        found = await anext(alarms)
        while found.quantity != "temperature":
            found = await anext(alarms)
    assert await station.limits.read() == limits
    assert isinstance(found, Alarm)
    assert (found.level, found.limit, found.time) == ("high", -30.0, START + timedelta(seconds=1))
    assert found.value == pytest.approx(await station.temperature.read(), abs=0.5)


async def test_limits_that_contradict_each_other_are_refused(station: AirStation) -> None:
    with pytest.raises(wot.errors.InvalidInput, match="co2"):
        await station.limits.write(Limits(co2=Band(high=1000.0, critical=900.0)))
    assert await station.limits.read() == Limits()


async def test_calibration_corrects_a_sensor(station: AirStation, hand: Hand) -> None:
    before = await station.co2.read()
    correction = await station.calibrate(quantity="co2", reference=before + 100)
    assert correction == pytest.approx(100, abs=20)  # the noise of one reading
    assert await station.co2.read() == before + 100
    hand.forward(1)
    assert await station.co2.read() == pytest.approx(before + 100, abs=25)


async def test_calibration_refuses_what_cannot_be(station: AirStation) -> None:
    with pytest.raises(wot.errors.InvalidInput, match="range"):
        await station.calibrate("humidity", 130.0)
    await station.inject_fault("drift", "humidity", 60.0)
    with pytest.raises(wot.errors.Conflict, match="drift"):
        await station.calibrate("humidity", 50.0)


async def test_a_dropout_makes_one_quantity_unavailable(station: AirStation, hand: Hand) -> None:
    fault = await station.inject_fault(kind="dropout", quantity="pm25", duration=90)
    assert fault.until == START + timedelta(seconds=90)
    assert await station.faults.read() == [fault]
    with pytest.raises(wot.errors.Unavailable, match="pm25") as refused:
        await station.pm25.read()
    assert refused.value.retry_after == 90
    assert await station.temperature.read() > 0
    async with asyncio.timeout(5), station.faults.observe() as faults:
        assert await anext(faults) == [fault]
        hand.forward(91)
        assert await anext(faults) == []
    assert await station.pm25.read() >= 0


async def test_faults_can_be_cleared(station: AirStation, hand: Hand) -> None:
    await station.inject_fault("stuck", "temperature", 3600)
    await station.inject_fault("dropout", "co2", 3600)
    stuck = await station.temperature.read()
    hand.forward(1800)
    assert await station.temperature.read() == stuck
    await station.clear_faults()
    assert await station.faults.read() == []
    assert await station.co2.read() > 0
    hand.forward(1)
    assert await station.temperature.read() != stuck


async def test_spikes_stay_within_the_schema(station: AirStation, hand: Hand) -> None:
    for quantity in QUANTITIES:
        await station.inject_fault("spike", quantity, 3600)
    for _ in range(20):
        hand.forward(30)
        for name, value in (await values(station)).items():
            assert SHEETS[name].minimum <= value <= SHEETS[name].maximum


async def test_what_does_not_exist_is_refused(url: str, servient: wot.Servient) -> None:
    thing = await servient.consume(url)
    for arguments in (
        {"kind": "melted", "quantity": "co2"},
        {"kind": "stuck", "quantity": "radon"},
        {"kind": "stuck", "quantity": "co2", "duration": 0},
        {"kind": "stuck"},
    ):
        with pytest.raises(wot.errors.InvalidInput):
            await thing.invoke("inject_fault", arguments)
    with pytest.raises(wot.errors.NotAllowed):
        await thing.write("co2", 400)


async def test_time_can_be_sped_up(station: AirStation, hand: Hand) -> None:
    assert await station.speed.read() == 1
    hand.forward(10)
    await station.speed.write(3600)
    hand.forward(2)
    assert await station.speed.read() == 3600
    assert await station.time.read() == START + timedelta(seconds=10 + 7200)


async def test_many_readings_at_once_all_arrive(station: AirStation, hand: Hand) -> None:
    await station.set_reporting_interval(60)
    await station.speed.write(86400)
    async with asyncio.timeout(5), station.reading.subscribe() as readings:
        hand.forward(1)
        got = [await anext(readings) for _ in range(1440)]
    assert got[-1].time - got[0].time == timedelta(minutes=1439)


async def test_after_a_long_sleep_the_station_goes_on(station: AirStation, hand: Hand) -> None:
    hand.forward(1e7)
    woken = await station.time.read()
    assert woken == START + timedelta(seconds=MAX_SAMPLES)
    hand.forward(5)
    assert await station.time.read() == woken + timedelta(seconds=5)


async def test_it_works_without_being_served(air: AirStation, hand: Hand) -> None:
    hand.forward(60)
    assert await air.time.read() == START + timedelta(seconds=60)
    assert -40 < await air.temperature.read() < 85


@pytest.mark.parametrize("speed", [0.0, 0.5, 1e6, float("nan")])
def test_the_speed_is_bounded(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        AirStation(speed=speed)


async def test_by_default_it_shows_the_present() -> None:
    shown = await AirStation().time.read()
    assert abs(shown - datetime.now(UTC)) < timedelta(minutes=1)
