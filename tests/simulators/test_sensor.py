"""Sensors: response, noise, resolution, drift, calibration, faults."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean, pstdev

import pytest

from wot_simulators.sensor import SHEETS, FaultKind, Sensor, SensorSpec

PLAIN = SensorSpec(
    minimum=-1e6, maximum=1e6, accuracy=0.0, noise=0.0, wander=0.0, time_constant=100.0, digits=9
)
CO2 = SHEETS["co2"]


def run(sensor: Sensor, truth: float, steps: int, dt: float = 1.0) -> list[float | None]:
    values: list[float | None] = []
    for count in range(1, steps + 1):
        sensor.advance(truth, count * dt, dt)
        values.append(sensor.value)
    return values


def numbers(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


@pytest.mark.parametrize("dt", [0.5, 1.0, 10.0, 100.0])
def test_a_step_is_followed_with_the_time_constant_at_any_rate(dt: float) -> None:
    sensor = Sensor(PLAIN, "s", 0.0)
    run(sensor, 1.0, round(100.0 / dt), dt)
    assert sensor.value == pytest.approx(1.0 - math.exp(-1.0))


def test_noise_has_its_spread_and_no_bias() -> None:
    sensor = Sensor(replace(PLAIN, noise=2.0), "s", 50.0)
    values = numbers(run(sensor, 50.0, 5000))
    assert pstdev(values) == pytest.approx(2.0, rel=0.05)
    assert fmean(values) == pytest.approx(50.0, abs=0.15)


def test_values_are_rounded_to_the_resolution() -> None:
    for name, spec in SHEETS.items():
        values = numbers(run(Sensor(spec, name, 51.23456), 51.23456, 50))
        assert all(value == round(value, spec.digits) for value in values), name


def test_values_stay_within_the_range() -> None:
    spec = replace(PLAIN, minimum=0.0, maximum=10.0, time_constant=0.1)
    assert run(Sensor(spec, "s", 5.0), 1e5, 2)[-1] == 10.0
    assert run(Sensor(spec, "s", 5.0), -1e5, 2)[-1] == 0.0


def test_there_is_no_negative_zero() -> None:
    sensor = Sensor(replace(PLAIN, digits=1), "s", -0.01)
    assert str(sensor.value) == "0.0"


def test_new_sensors_are_as_accurate_as_the_sheet_says() -> None:
    offsets = [Sensor(CO2, str(seed), 600.0).indicated - 600.0 for seed in range(1000)]
    assert pstdev(offsets) == pytest.approx(CO2.accuracy / 2, rel=0.1)


@pytest.mark.parametrize("dt", [600.0, 3600.0])
def test_drift_after_a_day_does_not_depend_on_the_rate(dt: float) -> None:
    drifts: list[float] = []
    for seed in range(300):
        sensor = Sensor(replace(PLAIN, wander=3.0), str(seed), 0.0)
        run(sensor, 0.0, round(86400 / dt), dt)
        drifts.append(sensor.indicated)
    assert pstdev(drifts) == pytest.approx(3.0, rel=0.15)


def test_calibration_removes_the_offset_and_says_what_it_adds() -> None:
    sensor = Sensor(CO2, "s", 420.0)
    offset = sensor.indicated - 420.0
    assert sensor.calibrate(420.0) == pytest.approx(-offset)
    assert sensor.value == 420.0
    assert fmean(numbers(run(sensor, 420.0, 500))) == pytest.approx(420.0, abs=1.0)


def test_calibration_adds_up() -> None:
    sensor = Sensor(PLAIN, "s", 20.0)
    assert sensor.calibrate(22.0) == pytest.approx(2.0)
    assert sensor.calibrate(21.0) == pytest.approx(1.0)


def test_equal_seeds_give_equal_readings() -> None:
    first, second, third = (run(Sensor(CO2, seed, 600.0), 700.0, 100) for seed in "aab")
    assert first == second != third


def test_stuck_repeats_one_value_until_the_fault_is_over() -> None:
    sensor = Sensor(PLAIN, "s", 1.0)
    sensor.fail("stuck", 0.0, 50.0)
    values = run(sensor, 2.0, 60)
    assert values[:49] == [1.0] * 49
    assert values[49] == pytest.approx(2.0 - math.exp(-0.5))
    assert sensor.failure is None


def test_drift_grows_with_time() -> None:
    sensor = Sensor(replace(PLAIN, accuracy=0.4), "s", 20.0)
    begin = sensor.indicated
    sensor.fail("drift", 0.0, 7200.0)
    values = numbers(run(sensor, 20.0, 60, 60.0))
    assert values[-1] - begin == pytest.approx(4.0)
    assert values[29] - begin == pytest.approx(2.0)


def test_spikes_are_rare_and_large() -> None:
    sensor = Sensor(replace(PLAIN, accuracy=1.0), "s", 0.0)
    sensor.fail("spike", 0.0, 1e6)
    values = numbers(run(sensor, 0.0, 2000))
    spikes = [value for value in values if abs(value) > 20.0]
    assert 60 < len(spikes) < 150
    assert min(spikes) < 0 < max(spikes)


def test_a_dropout_gives_nothing_at_once() -> None:
    sensor = Sensor(PLAIN, "s", 1.0)
    sensor.fail("dropout", 0.0, 5.0)
    assert sensor.value is None
    assert run(sensor, 1.0, 6) == [None] * 4 + [1.0, 1.0]


def test_repair_ends_a_fault_at_once() -> None:
    sensor = Sensor(PLAIN, "s", 1.0)
    sensor.fail("dropout", 0.0, 1e6)
    sensor.repair()
    assert (sensor.failure, sensor.value) == (None, 1.0)


def test_a_fault_replaces_another() -> None:
    sensor = Sensor(PLAIN, "s", 1.0)
    sensor.fail("dropout", 0.0, 1e6)
    sensor.fail("stuck", 0.0, 1e6)
    assert run(sensor, 5.0, 3) == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("kind", ["stuck", "drift", "spike", "dropout"])
def test_a_fault_does_not_change_what_comes_after_it(kind: FaultKind) -> None:
    healthy, broken = Sensor(CO2, "s", 600.0), Sensor(CO2, "s", 600.0)
    broken.fail(kind, 0.0, 50.0)
    assert run(healthy, 600.0, 100)[50:] == run(broken, 600.0, 100)[50:]
