"""The weather: statistics of the fronts, courses of day and year, nothing but seed and time."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from wot_simulators.physics import relative_humidity
from wot_simulators.weather import DAY, YEAR, Climate, Wandering, Weather, sun_height

HOUR = 3600.0
JANUARY = 56 * YEAR + 14 * DAY
JULY = 56 * YEAR + 195 * DAY


def test_wandering_has_the_spread_and_the_memory_asked_for() -> None:
    memory = 10 * HOUR
    process = Wandering(random.Random(3), 4.0, memory)
    values = [process.at(count * memory / 10) for count in range(40_000)]
    spread = pstdev(values)
    products = [a * b for a, b in zip(values, values[10:], strict=False)]
    assert fmean(values) == pytest.approx(0.0, abs=0.3)
    assert spread == pytest.approx(4.0, rel=0.05)
    assert fmean(products) / spread**2 == pytest.approx(math.exp(-1.0), abs=0.05)


def test_wandering_does_not_depend_on_how_often_one_looks() -> None:
    often, seldom = (Wandering(random.Random(5), 1.0, 10 * HOUR) for _ in range(2))
    seen = [often.at(count * 60.0) for count in range(2000)]
    assert [seldom.at(count * 60.0) for count in range(0, 2000, 37)] == seen[::37]


def test_wandering_is_continuous() -> None:
    process = Wandering(random.Random(5), 1.0, 10 * HOUR)
    values = [process.at(count * 60.0) for count in range(5000)]
    assert max(abs(b - a) for a, b in pairwise(values)) < 0.05


def test_wandering_refuses_to_go_back() -> None:
    process = Wandering(random.Random(5), 1.0, 10 * HOUR)
    process.at(10 * HOUR)
    with pytest.raises(ValueError, match="backwards"):
        process.at(0.0)


def test_equal_seeds_give_equal_weather_and_others_do_not() -> None:
    def week(seed: int) -> list[object]:
        weather = Weather(seed)
        return [weather.at(JULY + hour * HOUR) for hour in range(168)]

    assert week(7) == week(7)
    assert week(7) != week(8)


def test_days_are_warmer_than_nights_and_summers_than_winters() -> None:
    weather = Weather(1)
    winter = [weather.at(JANUARY + hour * HOUR).temperature for hour in range(60 * 24)]
    summer = [weather.at(JULY + hour * HOUR).temperature for hour in range(60 * 24)]
    assert fmean(summer) - fmean(winter) > 10.0
    begin = round(JULY % DAY / HOUR)
    by_hour = [fmean(summer[(hour - begin) % 24 :: 24]) for hour in range(24)]
    assert by_hour[15] - by_hour[4] > 3.0


def test_the_sun_stands_where_astronomy_says() -> None:
    noon = 56 * YEAR - 56 * YEAR % DAY + DAY / 2
    summer, winter = noon + 172 * DAY, noon + 355 * DAY
    assert math.degrees(math.asin(sun_height(summer, 50.0))) == pytest.approx(63.4, abs=0.5)
    assert math.degrees(math.asin(sun_height(winter, 50.0))) == pytest.approx(16.6, abs=0.5)
    assert sun_height(summer + DAY / 2, 50.0) < 0.0


def test_outdoor_air_stays_physical_through_a_year() -> None:
    weather = Weather(4)
    for hour in range(0, 365 * 24, 3):
        time = 56 * YEAR + hour * HOUR
        air = weather.at(time)
        assert -30.0 < air.temperature < 45.0
        assert 930.0 < air.pressure < 1060.0
        humidity = relative_humidity(air.humidity_ratio, air.temperature, air.pressure)
        assert 0.0 < humidity <= 100.0 + 1e-9
        assert 0.0 <= air.irradiance < 1000.0
        assert sun_height(time, 50.0) > 0.0 or air.irradiance == 0.0
        assert 0.0 < air.pm25 < 200.0
        assert 424.0 <= air.co2 <= 432.0


def test_pressure_falls_with_height() -> None:
    low, high = Weather(4, Climate(altitude=0.0)), Weather(4, Climate(altitude=1000.0))
    ratio = high.at(JULY).pressure / low.at(JULY).pressure
    assert ratio == pytest.approx(898.75 / 1013.25, rel=1e-4)
