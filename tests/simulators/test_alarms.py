"""Alarm limits: levels, margins, and one alarm per crossing."""

from __future__ import annotations

import pytest

from wot_simulators.alarms import QUANTITIES, RETURN, Band, Level, Limits, Watch, contradiction

BAND = Band(low=10.0, high=30.0, critical=50.0)


def levels(values: list[float], band: Band = BAND) -> list[tuple[Level, float] | None]:
    watch = Watch()
    return [watch.see("humidity", value, band) for value in values]  # its margin is 2


def test_each_limit_rings_once_and_says_which_it_was() -> None:
    assert levels([20, 31, 35, 51, 60, 45, 20, 9, 5, 20]) == [
        None,
        ("high", 30.0),
        None,
        ("critical", 50.0),
        None,
        ("high", 30.0),
        ("normal", 30.0),
        ("low", 10.0),
        None,
        ("normal", 10.0),
    ]


def test_a_value_on_the_limit_does_not_ring_again_and_again() -> None:
    assert levels([31, 29, 31, 29, 28.5, 31]) == [("high", 30.0), *[None] * 5]
    assert levels([9, 11, 9, 11.5, 12.5]) == [("low", 10.0), None, None, None, ("normal", 10.0)]
    assert levels([51, 49, 51, 48.5, 47]) == [("critical", 50.0), None, None, None, ("high", 30.0)]


def test_a_limit_itself_is_allowed() -> None:
    assert levels([30.0, 10.0]) == [None, None]


def test_without_limits_nothing_rings() -> None:
    assert levels([-1e9, 1e9], Band()) == [None, None]


def test_a_limit_taken_away_ends_its_alarm() -> None:
    watch = Watch()
    assert watch.see("co2", 1500.0, Band(high=1000.0)) == ("high", 1000.0)
    assert watch.see("co2", 1500.0, Band()) == ("normal", 1000.0)


def test_quantities_are_watched_apart() -> None:
    watch = Watch()
    assert watch.see("co2", 31.0, BAND) == watch.see("humidity", 31.0, BAND) == ("high", 30.0)


def test_the_default_limits_make_sense() -> None:
    assert contradiction(Limits()) is None
    assert set(RETURN) == set(QUANTITIES)


@pytest.mark.parametrize(
    "band",
    [Band(30.0, 20.0), Band(None, 20.0, 10.0), Band(30.0, None, 10.0), Band(10.0, 10.0)],
)
def test_limits_that_contradict_each_other_are_named(band: Band) -> None:
    wrong = contradiction(Limits(co2=band))
    assert wrong is not None
    assert "co2" in wrong
