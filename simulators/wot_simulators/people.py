"""Who is in the room, cooks and airs it: a household of four, one of whom works at home."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import chain

from wot_simulators.physics import Activity
from wot_simulators.weather import DAY

HOUR = 3600.0
STUFFY, FRESH = 1600.0, 800.0  # ppm of CO2 at which somebody opens and shuts a window
WARM = 25.0  # Cel at which a window is tilted, if it is cooler outside
TILTED = 0.3

# Hours of the day (from, to), minutes of spread, probability.
Habit = tuple[float, float, float, float]

WORKING_DAY: tuple[tuple[Habit, ...], ...] = (
    ((7.0, 8.2, 10, 1.0), (10.5, 10.9, 15, 0.8), (12.2, 13.4, 10, 1.0), (18.2, 22.6, 20, 1.0)),
    ((6.6, 7.4, 8, 1.0), (18.4, 22.2, 30, 0.95)),
    ((6.8, 7.7, 8, 1.0), (18.6, 20.5, 30, 0.9), (21.2, 22.8, 30, 0.6)),
    ((7.1, 7.7, 5, 0.9), (15.4, 16.3, 20, 0.9), (18.6, 19.7, 15, 1.0)),
)
FREE_DAY: tuple[tuple[Habit, ...], ...] = (
    ((8.6, 10.8, 25, 1.0), (12.4, 14.5, 25, 0.8), (18.0, 23.2, 30, 0.9)),
    ((8.8, 11.0, 25, 1.0), (12.5, 14.2, 25, 0.8), (18.0, 23.0, 30, 0.9)),
    ((9.5, 10.8, 30, 0.9), (12.6, 13.6, 25, 0.7), (18.4, 21.0, 40, 0.7)),
    ((9.2, 10.6, 30, 1.0), (12.5, 13.4, 20, 0.9), (15.0, 17.0, 30, 0.5), (18.5, 20.0, 20, 1.0)),
)
# Cooking: hours, spread, probability, and how hard the pans work.
MEALS: tuple[tuple[Habit, float], ...] = (
    ((7.0, 7.15, 10, 0.9), 0.3),
    ((12.2, 12.5, 10, 0.7), 0.5),
    ((18.5, 19.1, 15, 0.95), 0.8),
)
AIRING: tuple[Habit, ...] = ((8.0, 8.15, 10, 0.8), (19.9, 20.1, 20, 0.7), (22.5, 22.6, 15, 0.5))
GUESTS: Habit = (19.0, 22.8, 30, 0.15)  # and four of them


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in seconds of the day, and how much of it."""

    begin: float
    end: float
    amount: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One day of the household."""

    presence: tuple[Span, ...]
    cooking: tuple[Span, ...]
    airing: tuple[Span, ...]


def total(spans: tuple[Span, ...], second: float) -> float:
    """The sum of what goes on at that second of the day."""
    return sum(span.amount for span in spans if span.begin <= second < span.end)


def is_free(day: int) -> bool:
    """Saturday or Sunday; day 0 (1970-01-01) was a Thursday."""
    return (day + 3) % 7 >= 5


class Household:
    """Activity by local time; the plan of a day depends on the seed and the date alone."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._day = -1
        self._plan = Plan((), (), ())
        self._stuffy = False

    def plan(self, day: int) -> Plan:
        """The day's comings and goings, that many days after 1970-01-01."""
        rng = random.Random(f"{self._seed}/people/{day}")  # noqa: S311 - reproducible

        def spans(habits: tuple[Habit, ...], amount: float = 1.0) -> tuple[Span, ...]:
            found: list[Span] = []
            for begin, end, spread, probability in habits:
                shifts = rng.gauss(0.0, spread * 60.0), rng.gauss(0.0, spread * 30.0)
                likely = rng.random() < probability
                start = min(max(begin * HOUR + shifts[0], 0.0), DAY)
                stop = min(max(start + (end - begin) * HOUR + shifts[1], start), DAY)
                if likely:
                    found.append(Span(start, stop, amount))
            return tuple(found)

        habits = FREE_DAY if is_free(day) else WORKING_DAY
        presence = tuple(chain.from_iterable(spans(each) for each in habits))
        cooking = tuple(chain.from_iterable(spans((meal,), heat) for meal, heat in MEALS))
        return Plan(presence + spans((GUESTS,), 4.0), cooking, spans(AIRING))

    def at(self, time: float, temperature: float, co2: float, outside: float) -> Activity:
        """What people do at `time`, feeling that air and knowing the temperature outside."""
        day, second = int(time // DAY), time % DAY
        if day != self._day:
            self._day, self._plan = day, self.plan(day)
        people = round(total(self._plan.presence, second))
        cooking = min(total(self._plan.cooking, second), 1.0)
        # The lower bound keeps a window from being shut as soon as it has been opened.
        self._stuffy = people > 0 and co2 > (FRESH if self._stuffy else STUFFY)
        window = 0.0
        if people and temperature > WARM and outside < temperature:
            window = TILTED
        if self._stuffy or total(self._plan.airing, second) > 0:
            window = 1.0
        setpoint = 21.0 if 6.0 * HOUR <= second < 22.5 * HOUR else 18.0
        return Activity(people, cooking, window, setpoint)
