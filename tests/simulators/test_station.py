"""The station without a network: determinism, speed, reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from statistics import fmean

import pytest

from wot_simulators.alarms import Alarm, Band, Limits
from wot_simulators.station import MAX_SAMPLES, Pace, Reading, Station, step_for

START = datetime(2026, 3, 2, 17, 0, tzinfo=timezone(timedelta(hours=1)))


def readings(reports: list[Alarm | Reading]) -> list[Reading]:
    return [report for report in reports if isinstance(report, Reading)]


def evening(station: Station, hours: int = 6) -> list[Alarm | Reading]:
    reports: list[Alarm | Reading] = []
    for hour in range(1, hours + 1):
        reports += station.advance(hour * 3600.0)
    return reports


def test_equal_seeds_report_the_same_and_others_do_not() -> None:
    first, same, other = (evening(Station(seed, START, 1200.0)) for seed in (3, 3, 4))
    assert first == same
    assert first != other


def test_reports_do_not_depend_on_how_time_is_cut() -> None:
    whole, pieces = Station(3, START, 100.0), Station(3, START, 100.0)
    expected = whole.advance(3000.0)
    got: list[Alarm | Reading] = []
    for piece in range(1, 1001):
        got += pieces.advance(piece * 3.0)
    assert got == expected
    assert pieces.elapsed == whole.elapsed == 3000.0


@pytest.mark.parametrize("speed", [1.0, 100.0, 86400.0])
def test_the_air_is_the_same_at_any_speed(speed: float) -> None:
    reference, station = Station(9, START, 200.0), Station(9, START, speed)
    for quarter in range(1, 17):
        for each in (reference, station):
            each.advance(quarter * 900.0)
        want, got = reference.room.air, station.room.air
        assert got.temperature == pytest.approx(want.temperature, abs=0.15)
        assert got.humidity == pytest.approx(want.humidity, abs=1.5)
        assert got.co2 == pytest.approx(want.co2, rel=0.05)


def test_sensors_show_the_air() -> None:
    station = Station(2, START, 1200.0)
    for reading in readings(evening(station)):
        assert reading.temperature is not None
    air, sensors = station.room.air, station.sensors
    for name, sensor in sensors.items():
        assert sensor.value == pytest.approx(getattr(air, name), rel=0.25, abs=12.0), name


def test_people_leave_their_mark() -> None:
    station = Station(2, START, 1200.0)
    co2 = [reading.co2 or 0.0 for reading in readings(evening(station, 24))]
    assert max(co2) > 900.0
    assert min(co2) > 400.0
    assert fmean(co2[:300]) > fmean(co2[-900:-600])


@pytest.mark.parametrize(("interval", "count"), [(1.0, 600), (60.0, 10), (7.0, 86), (600.0, 1)])
def test_readings_come_once_per_interval(interval: float, count: int) -> None:
    station = Station(1, START)
    station.report_every(interval)
    times = [reading.time for reading in readings(station.advance(600.0))]
    assert len(times) == pytest.approx(count, abs=1)
    gaps = {(b - a).total_seconds() for a, b in pairwise(times)}
    assert gaps <= {interval}


def test_readings_come_at_most_once_per_sample() -> None:
    station = Station(1, START, 86400.0)
    station.report_every(1.0)
    assert len(readings(station.advance(3600.0))) == 60


def test_the_clock_keeps_the_time_zone() -> None:
    station = Station(1, START)
    station.advance(90.0)
    assert station.time == START + timedelta(seconds=90)
    assert station.time.utcoffset() == timedelta(hours=1)


def test_people_live_by_local_time() -> None:
    here = Station(5, datetime(2026, 3, 2, 12, 0, tzinfo=UTC), 1200.0)
    there = Station(5, datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=9))), 1200.0)
    here.advance(3600.0)
    there.advance(3600.0)
    assert here.room.air == there.room.air


def test_a_time_zone_is_needed() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Station(1, datetime(2026, 3, 2))


def test_alarms_name_quantity_value_limit_and_time() -> None:
    station = Station(1, START)
    station.limits = Limits(temperature=Band(high=-10.0))
    alarms = [each for each in station.advance(10.0) if isinstance(each, Alarm)]
    found = [each for each in alarms if each.quantity == "temperature"]
    assert [(alarm.level, alarm.limit, alarm.time) for alarm in found] == [
        ("high", -10.0, START + timedelta(seconds=1))
    ]
    assert found[0].value > 0.0


def test_a_broken_sensor_reports_null_and_raises_no_alarm() -> None:
    station = Station(1, START)
    station.limits = Limits(co2=Band(high=0.0))
    station.sensors["co2"].fail("dropout", 0.0, 100.0)
    reports = station.advance(90.0)
    assert readings(reports)[0].co2 is None
    assert readings(reports)[0].temperature is not None
    assert not [each for each in reports if isinstance(each, Alarm) and each.quantity == "co2"]
    assert [fault.until for fault in station.faults] == [START + timedelta(seconds=100)]
    station.advance(101.0)
    assert station.faults == []


def test_one_call_does_a_bounded_amount_of_work() -> None:
    station = Station(1, START)
    station.advance(1e12)
    assert station.elapsed == MAX_SAMPLES


def test_steps_are_bounded() -> None:
    assert [step_for(speed) for speed in (1.0, 20.0, 100.0, 1200.0, 86400.0)] == [1, 1, 5, 60, 60]


def test_pace_goes_on_with_another_speed() -> None:
    wall = 100.0
    pace = Pace(10.0, lambda: wall)
    wall = 101.0
    assert pace.now() == 10.0
    pace.go_on(10.0, 60.0)
    wall = 102.0
    assert pace.now() == 70.0
