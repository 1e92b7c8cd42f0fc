"""The input of an action as arguments of its method."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from wot.content import JSON, Content
from wot.payload import Arguments, Mismatch

from .typed import Percent, Point


def arguments(method: Callable[..., Any]) -> Arguments:
    parameters = dict(inspect.signature(method).parameters)
    return Arguments(parameters, inspect.get_annotations(method, eval_str=True))


def test_arguments_make_an_object() -> None:
    def fade(to: Percent, seconds: float = 1.0, point: Point | None = None) -> None: ...

    made = arguments(fade)
    assert made.schema["required"] == ["to"]
    assert made.schema["properties"]["to"] == {"type": "integer", "minimum": 0, "maximum": 100}
    assert made.schema["properties"]["seconds"] == {"type": "number", "default": 1.0}
    assert made.load(Content(b'{"to": 1}')) == ((), {"to": 1})
    assert made.load(Content(b'{"to": 1.0, "point": {"x": 1}}')) == (
        (),
        {"to": 1, "point": Point(1.0)},
    )
    sent = made.dump((5,), {"seconds": 2}, JSON)
    assert sent == Content(b'{"to":5,"seconds":2}')


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "'to' is a required property"),
        (b'{"to": 1, "x": 2}', "'x' was unexpected"),
        (b'{"to": "a"}', r"\$.to: 'a' is not of type 'integer'"),
        (b'{"to": null}', r"\$.to: None is not of type"),
        (b"null", "not of type 'object'"),
        (b"5", "not of type 'object'"),
        (b"[1]", "not of type 'object'"),
    ],
)
def test_arguments_that_do_not_fit(body: bytes, reason: str) -> None:
    def fade(to: int, seconds: float = 1.0) -> None: ...

    with pytest.raises(Mismatch, match=reason):
        arguments(fade).load(Content(body))


def test_an_input_is_needed_where_an_argument_is() -> None:
    def fade(to: int) -> None: ...

    with pytest.raises(Mismatch, match="an input is needed"):
        arguments(fade).load(None)


def test_arguments_that_may_all_be_left_out() -> None:
    def beep(times: int = 1) -> None: ...

    made = arguments(beep)
    assert made.load(None) == made.load(Content(b"{}")) == ((), {})
    assert made.dump((), {}, JSON) is None


def test_a_positional_only_parameter_is_the_whole_input() -> None:
    def set_level(level: Percent, /) -> None: ...

    made = arguments(set_level)
    assert made.schema == {"type": "integer", "minimum": 0, "maximum": 100}
    assert made.load(Content(b"7")) == ((7,), {})
    assert made.dump((7,), {}, JSON) == Content(b"7")
    with pytest.raises(Mismatch):
        made.load(Content(b"101"))


def test_no_parameters_take_no_input() -> None:
    def reset() -> None: ...

    made = arguments(reset)
    assert made.schema == {}
    for nothing in (None, Content(b""), Content(b"null"), Content(b"{}")):
        assert made.load(nothing) == ((), {})
    with pytest.raises(Mismatch, match="takes no input"):
        made.load(Content(b"1"))


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((101,), {}),
        ((), {}),
        ((1,), {"x": 1}),
        ((1,), {"seconds": "2"}),
        ((1, 2.0, 3), {}),
        ((1,), {"to": 2}),
    ],
)
def test_arguments_are_checked_before_they_are_sent(args: Any, kwargs: Any) -> None:
    def fade(to: Percent, seconds: float = 1.0) -> None: ...

    with pytest.raises((Mismatch, TypeError)):
        arguments(fade).dump(args, kwargs, JSON)


def test_no_argument_is_dropped_silently() -> None:
    def reset() -> None: ...

    def set_level(level: int, /) -> None: ...

    with pytest.raises((Mismatch, TypeError)):
        arguments(reset).dump((1,), {}, JSON)
    with pytest.raises((Mismatch, TypeError)):
        arguments(set_level).dump((1, 2), {}, JSON)
    with pytest.raises((Mismatch, TypeError)):
        arguments(set_level).dump((), {}, JSON)
