"""The household: plans by seed and date, and hands that open windows."""

from __future__ import annotations

from statistics import fmean

import pytest

from wot_simulators.people import FREE_DAY, Household, is_free
from wot_simulators.physics import Activity
from wot_simulators.weather import DAY

HOUR = 3600.0
THURSDAY = 56 * 365 + 14  # 1970-01-01 + as many days: 2026-01-01
COOL = 10.0


def at(household: Household, day: int, hour: float, co2: float = 600.0) -> Activity:
    return household.at(day * DAY + hour * HOUR, 21.0, co2, COOL)


def someone_in(seed: int = 1, hour: float = 19.0) -> tuple[Household, int]:
    """A household, and a day on which somebody is in the room at that hour, and none airs it."""
    for day in range(THURSDAY, THURSDAY + 50):
        doing = at(Household(seed), day, hour)
        if doing.people and not doing.window:
            return Household(seed), day
    raise AssertionError("nobody is ever there")


def test_the_calendar_knows_weekends() -> None:
    assert [is_free(THURSDAY + shift) for shift in range(7)] == [0, 0, 1, 1, 0, 0, 0]


def test_a_plan_depends_on_seed_and_date_alone() -> None:
    one, other = Household(5), Household(5)
    other.plan(THURSDAY + 1)
    assert one.plan(THURSDAY) == other.plan(THURSDAY)
    assert one.plan(THURSDAY) != one.plan(THURSDAY + 1)
    assert one.plan(THURSDAY) != Household(6).plan(THURSDAY)


def test_spans_lie_within_their_day() -> None:
    for day in range(THURSDAY, THURSDAY + 60):
        plan = Household(2).plan(day)
        for span in (*plan.presence, *plan.cooking, *plan.airing):
            assert 0.0 <= span.begin <= span.end <= DAY


def test_evenings_are_full_and_nights_are_empty() -> None:
    household = Household(1)
    nights: list[float] = []
    evenings: list[float] = []
    for day in range(THURSDAY, THURSDAY + 30):
        nights.append(at(household, day, 3.5).people)
        evenings.append(at(household, day, 19.5).people)
    assert fmean(nights) == 0.0
    assert fmean(evenings) > 2.0
    assert max(evenings) <= len(FREE_DAY) + 4


def test_somebody_cooks_in_the_evening_and_not_at_night() -> None:
    household = Household(1)
    seen: list[tuple[float, float]] = []
    for day in range(THURSDAY, THURSDAY + 30):
        seen.append((at(household, day, 4.0).cooking, at(household, day, 18.8).cooking))
    assert max(night for night, _ in seen) == 0.0
    assert fmean(evening for _, evening in seen) > 0.4


def test_stuffy_air_opens_a_window_until_it_is_fresh() -> None:
    household, day = someone_in()
    windows = [
        at(household, day, 19.0 + number / 60, co2).window
        for number, co2 in enumerate((1500.0, 1700.0, 1000.0, 790.0, 1000.0))
    ]
    assert windows == [0.0, 1.0, 1.0, 0.0, 0.0]


def test_nobody_opens_a_window_in_an_empty_room() -> None:
    assert at(Household(1), THURSDAY, 3.5, 3000.0).window == 0.0


@pytest.mark.parametrize(("inside", "outside", "tilted"), [(26, 20, True), (26, 30, False)])
def test_a_window_is_tilted_when_it_helps_against_heat(
    inside: float, outside: float, tilted: bool
) -> None:
    household, day = someone_in()
    assert (household.at(day * DAY + 19 * HOUR, inside, 600.0, outside).window > 0) is tilted


def test_the_heating_is_set_back_at_night() -> None:
    assert at(Household(1), THURSDAY, 3.0).setpoint < at(Household(1), THURSDAY, 12.0).setpoint
