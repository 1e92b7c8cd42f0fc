"""The error tree, and its way over the wire and back."""

import inspect
from typing import Any

import pytest

from wot import errors
from wot.errors import (
    CROSSING,
    EventsLost,
    Finding,
    HandlerError,
    InvalidInput,
    InvalidTD,
    Unavailable,
    UnknownAffordance,
    WoTError,
    from_problem,
    to_problem,
)

CLASSES = [
    kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, WoTError)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_is_in_the_tree_that_the_module_shows(kind: type[WoTError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    assert kind.__doc__


@pytest.mark.parametrize("kind", CROSSING.values(), ids=str)
def test_what_crosses_the_wire_comes_back_as_the_same_class(kind: type[WoTError]) -> None:
    problem = to_problem(kind("what happened", hint="do this"), 400)
    assert problem["status"] == 400
    assert problem["title"]
    error = from_problem(problem, HandlerError)
    assert type(error) is kind
    assert (str(error), error.hint) == ("what happened", "do this")


def test_what_errors_carry_comes_along() -> None:
    lost = from_problem(to_problem(EventsLost("gap", after="a-5"), 410), HandlerError)
    assert isinstance(lost, EventsLost)
    assert lost.after == "a-5"
    busy = from_problem(to_problem(Unavailable("busy", retry_after=2.5), 503), HandlerError)
    assert isinstance(busy, Unavailable)
    assert busy.retry_after == 2.5


def test_a_class_of_the_user_crosses_as_the_one_it_derives_from() -> None:
    class OutOfInk(errors.Conflict):
        """There is no ink."""

    assert to_problem(OutOfInk("no ink"), 409)["type"].endswith(":Conflict")


@pytest.mark.parametrize(
    "problem",
    [
        {},
        {"type": "about:blank", "title": "Nope"},
        {"type": "urn:isowot:problem:DefinitionError"},
        {"type": "urn:isowot:problem:SystemExit"},
        {"type": None, "detail": None, "hint": None},
        {"type": 5, "title": [], "detail": {}},
        {"type": "urn:isowot:problem:WoTError"},
    ],
)
def test_no_peer_chooses_a_class_that_does_not_cross(problem: dict[str, Any]) -> None:
    assert type(from_problem(problem, UnknownAffordance)) is UnknownAffordance


@pytest.mark.parametrize("after", ["x" * 100_000, 5, None, ["a"]])
def test_what_a_peer_says_is_bounded(after: Any) -> None:
    problem = {"detail": "d" * 100_000, "hint": "h" * 100_000, "after": after, "retryAfter": "soon"}
    for kind in (EventsLost, Unavailable, InvalidInput):
        error = from_problem(problem, kind)
        assert len(str(error)) <= 500
        assert len(error.hint) <= 500
        assert len(getattr(error, "after", "")) <= 500
        assert getattr(error, "retry_after", None) is None


def test_an_error_without_words_has_those_of_its_class() -> None:
    assert str(UnknownAffordance()) == "The Thing has no such affordance."
    assert UnknownAffordance().hint == ""


def test_findings() -> None:
    error = InvalidTD([Finding("$.a", "why")], hint="look")
    assert str(error) == "not a valid Thing Description: $.a: why"
    assert InvalidTD("no TD").findings == [Finding("$", "no TD")]


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.DefinitionError, TypeError),
        (errors.InvalidTD, ValueError),
        (errors.InvalidInput, ValueError),
        (errors.NotFound, LookupError),
        (errors.Timeout, TimeoutError),
        (errors.InvalidOutput, ValueError),
        (errors.NoBinding, LookupError),
    ],
)
def test_what_python_programmers_expect(kind: type[WoTError], builtin: type[Exception]) -> None:
    assert issubclass(kind, builtin)
