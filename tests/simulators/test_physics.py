"""The room against the closed-form solutions of its balances."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from wot_simulators import physics
from wot_simulators.physics import Activity, Outdoor, Room, RoomSpec

HOUR = 3600.0
OUTSIDE = Outdoor(
    temperature=5.0,
    humidity_ratio=0.004,
    pressure=1000.0,
    irradiance=0.0,
    co2=420.0,
    pm25=10.0,
    tvoc=15.0,
)
UNHEATED = RoomSpec(heater=0.0)
SEALED = RoomSpec(leakage=0.0, heater=0.0)


def decay(begin: float, end: float, rate: float, time: float) -> float:
    return end + (begin - end) * math.exp(-rate * time)


@pytest.mark.parametrize(
    ("temperature", "pascal"), [(-20.0, 125.6), (0.0, 611.2), (20.0, 2339.0), (40.0, 7385.0)]
)
def test_saturation_pressure_agrees_with_the_steam_tables(
    temperature: float, pascal: float
) -> None:
    assert physics.saturation_pressure(temperature) == pytest.approx(pascal, rel=4e-3)


def test_relative_humidity_is_100_at_saturation_and_halves_with_the_vapour() -> None:
    full = physics.saturation_ratio(25.0, 990.0)
    half = physics.humidity_ratio(physics.saturation_pressure(25.0) / 2, 990.0)
    assert physics.relative_humidity(full, 25.0, 990.0) == pytest.approx(100.0)
    assert physics.relative_humidity(half, 25.0, 990.0) == pytest.approx(50.0)


def test_relax_without_loss_is_linear() -> None:
    assert physics.relax(2.0, 3.0, 0.0, 4.0) == 14.0


def test_energy_follows_the_exponential_of_the_time_constant() -> None:
    room = Room(OUTSIDE, 22.0, UNHEATED)
    room.advance(OUTSIDE, Activity(people=2), 7 * HOUR)
    air_flow = 0.35 / HOUR * 75.0 * physics.AIR_DENSITY * physics.AIR_HEAT  # W/K
    coupling = 45.0 + air_flow
    final = 5.0 + 2 * physics.PERSON_HEAT / coupling
    expected = decay(22.0, final, coupling / 1.0e6, 7 * HOUR)
    assert room.temperature == pytest.approx(expected, abs=1e-9)


def test_energy_sums_up_what_sun_and_heater_give() -> None:
    lossless = RoomSpec(leakage=0.0, conductance=0.0)
    room = Room(OUTSIDE, 10.0, lossless)
    room.advance(replace(OUTSIDE, irradiance=400.0), Activity(setpoint=21.0), 1000.0)
    joules = (1.5 * 400.0 + lossless.heater) * 1000.0
    assert room.temperature == pytest.approx(10.0 + joules / lossless.heat_capacity)


def test_the_thermostat_holds_its_set_point_within_its_band() -> None:
    room = Room(OUTSIDE, 15.0)
    room.advance(OUTSIDE, Activity(setpoint=21.0), 24 * HOUR)
    need = (45.0 + room.exchange(Activity()) * room.dry_air * physics.AIR_HEAT) * (
        room.temperature - 5.0
    )
    assert 20.0 < room.temperature < 21.0
    assert room.heating(21.0) == pytest.approx(need, rel=1e-6)


def test_co2_rises_to_the_balance_of_breath_and_ventilation() -> None:
    room = Room(OUTSIDE, 20.0)
    room.advance(OUTSIDE, Activity(people=3), 2 * HOUR)
    rate = 0.35 / HOUR
    balance = 420.0 + 3 * physics.PERSON_CO2 / (rate * 75.0) * 1e6
    assert room.co2 == pytest.approx(decay(420.0, balance, rate, 2 * HOUR), rel=1e-9)


def test_co2_of_a_sealed_room_counts_every_litre() -> None:
    room = Room(OUTSIDE, 20.0, SEALED)
    room.advance(OUTSIDE, Activity(people=4), HOUR)
    litres = (room.co2 - 420.0) * 1e-6 * SEALED.volume * 1000.0
    assert litres == pytest.approx(4 * 18.0)


def test_an_open_window_airs_the_room() -> None:
    room = Room(OUTSIDE, 20.0)
    room.co2 = 2000.0
    room.advance(OUTSIDE, Activity(window=1.0), 600.0)
    assert room.co2 == pytest.approx(decay(2000.0, 420.0, 6.35 / HOUR, 600.0))


def test_particles_settle_and_enter_through_leaks() -> None:
    room = Room(OUTSIDE, 20.0)
    room.advance(OUTSIDE, Activity(), 60 * HOUR)
    assert room.pm25 == pytest.approx(0.8 * 0.35 * 10.0 / (0.35 + 0.4))


def test_cooking_makes_particles() -> None:
    room = Room(OUTSIDE, 20.0, replace(SEALED, deposition=0.0))
    room.advance(OUTSIDE, Activity(cooking=1.0), 600.0)
    assert (room.pm25 - 10.0) * SEALED.volume == pytest.approx(physics.COOKING_PM25 * 600.0)


def test_fumes_of_people_add_up_and_warm_materials_emit_more() -> None:
    people, cold, warm = Room(OUTSIDE, 20.0), Room(OUTSIDE, 15.0), Room(OUTSIDE, 25.0)
    people.advance(OUTSIDE, Activity(people=1), 1.0)
    for room in (cold, warm):
        room.advance(OUTSIDE, Activity(), 1.0)
    assert people.tvoc > warm.tvoc > cold.tvoc > OUTSIDE.tvoc


def test_moisture_follows_people_and_ventilation() -> None:
    room = Room(OUTSIDE, 22.0)
    room.advance(OUTSIDE, Activity(people=2), 3 * HOUR)
    rate = 0.35 / HOUR
    balance = 0.004 + 2 * physics.PERSON_MOISTURE / (rate * room.dry_air)
    assert room.ratio == pytest.approx(decay(0.004, balance, rate, 3 * HOUR), rel=1e-9)
    assert room.condensed == 0.0


def test_heating_keeps_the_water_and_lowers_the_relative_humidity() -> None:
    room = Room(OUTSIDE, 12.0, replace(SEALED, heater=2000.0))
    before = room.air
    room.advance(OUTSIDE, Activity(setpoint=22.0), 5 * HOUR)
    after = room.air
    assert room.ratio == 0.004
    expected = physics.saturation_pressure(before.temperature) / physics.saturation_pressure(
        after.temperature
    )
    assert after.humidity / before.humidity == pytest.approx(expected)


def test_what_the_air_cannot_hold_condenses_and_none_is_lost() -> None:
    room = Room(OUTSIDE, 8.0, SEALED)
    before = room.ratio * room.dry_air
    room.advance(OUTSIDE, Activity(people=6, cooking=1.0), 3 * HOUR)
    brought = (6 * physics.PERSON_MOISTURE + physics.COOKING_MOISTURE) * 3 * HOUR
    assert room.condensed > 0.0
    assert room.ratio * room.dry_air + room.condensed == pytest.approx(before + brought)


def test_condensing_water_warms_the_room() -> None:
    adiabatic = replace(SEALED, conductance=0.0)
    wet, dry = Room(OUTSIDE, 8.0, adiabatic), Room(OUTSIDE, 8.0, adiabatic)
    wet.ratio = physics.saturation_ratio(8.0, OUTSIDE.pressure) + 0.002
    wet.advance(OUTSIDE, Activity(), 1.0)
    dry.advance(OUTSIDE, Activity(), 1.0)
    joules = wet.condensed * physics.LATENT_HEAT
    assert wet.temperature - dry.temperature == pytest.approx(joules / adiabatic.heat_capacity)


def test_relative_humidity_stays_within_its_bounds_whatever_happens() -> None:
    rng = random.Random(11)
    room = Room(OUTSIDE, 20.0)
    for _ in range(500):
        outdoor = replace(
            OUTSIDE,
            temperature=rng.uniform(-25.0, 40.0),
            humidity_ratio=rng.uniform(0.0, 0.03),
            pressure=rng.uniform(900.0, 1060.0),
        )
        doing = Activity(rng.randrange(12), rng.random(), rng.choice((0.0, 1.0)), 18.0)
        room.advance(outdoor, doing, rng.choice((1.0, 60.0, 1800.0)))
        assert 0.0 <= room.air.humidity <= 100.0
        assert min(room.co2, room.pm25, room.tvoc) >= 0.0


def test_short_and_long_steps_agree() -> None:
    def evening(step: float) -> physics.Air:
        room = Room(OUTSIDE, 16.0)
        for _ in range(round(4 * HOUR / step)):
            room.advance(OUTSIDE, Activity(3, 0.2, 0.1), step)
        return room.air

    fine, coarse, rough = evening(1.0), evening(60.0), evening(4 * HOUR)
    for name in ("temperature", "humidity", "co2", "pm25", "tvoc"):
        exact = getattr(fine, name)
        assert getattr(coarse, name) == pytest.approx(exact, rel=2e-3), name
        assert getattr(rough, name) == pytest.approx(exact, rel=2e-3), name


def test_no_step_is_too_long() -> None:
    room = Room(OUTSIDE, 20.0)
    room.advance(OUTSIDE, Activity(people=2), 1e9)
    assert 5.0 < room.temperature < 60.0
    assert room.co2 == pytest.approx(420.0 + 2 * 18e-3 / (0.35 * 75.0) * 1e6)


@pytest.mark.parametrize("step", [-1.0, math.nan, math.inf])
def test_a_step_must_be_a_length_of_time(step: float) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        Room(OUTSIDE).advance(OUTSIDE, Activity(), step)


def test_no_time_changes_nothing() -> None:
    room = Room(OUTSIDE, 19.0)
    before = room.air
    room.advance(OUTSIDE, Activity(people=9, cooking=1.0, window=1.0), 0.0)
    assert room.air == before
