"""A Thing of this process as an Interactable: what it accepts, what it refuses, what it gives away."""

import logging
from typing import Any

import pytest

from wot.content import CBOR, JSON, OCTETS, TEXT, codec
from wot.errors import (
    Conflict,
    HandlerError,
    InteractionError,
    InvalidInput,
    NotAllowed,
    Unavailable,
    UnknownAffordance,
    UnsupportedContent,
    UriVariableError,
)
from wot.td import Op

from .exposing import INVOKE, READ, SECRET, WRITE, Ask, Point, Probe


@pytest.mark.parametrize(
    ("op", "name", "body", "answer"),
    [
        (READ, "on", None, b"false"),
        (READ, "fixed", None, b'"a"'),
        (READ, "level", None, b"1"),
        (READ, "blocking", None, b'"wot Probe"'),
        (READ, "point", None, b'{"x":1,"y":0.0}'),
        (READ, "at", None, b'"2026-01-01T00:00:00Z"'),
        (READ, "image", None, b"\xff\x00"),
        (WRITE, "on", b"true", None),
        (WRITE, "level", b"9", None),
        (WRITE, "level", b"9.0", None),
        (WRITE, "secret", b'"x"', None),
        (WRITE, "point", b'{"x": 1}', None),
        (INVOKE, "fade", b'{"to": 1}', b'"1 1.0"'),
        (INVOKE, "fade", b'{"to": 1.0, "seconds": 2}', b'"1 2.0"'),
        (INVOKE, "reset", None, None),
        (INVOKE, "reset", b"{}", None),
        (INVOKE, "level_is", b"5", b"5"),
        (INVOKE, "patient", None, b"true"),
        (Op.DESCRIBE, "", None, None),
    ],
)
async def test_what_is_done(
    ask: Ask, op: Op, name: str, body: bytes | None, answer: bytes | None
) -> None:
    assert await ask(op, name, body) == answer


@pytest.mark.assertion("server-data-schema")
@pytest.mark.parametrize(
    ("op", "name", "body", "error", "message"),
    [
        (READ, "nothing", None, UnknownAffordance, "Probe has no 'nothing' among its properties"),
        (READ, "fade", None, UnknownAffordance, "no 'fade' among its properties"),
        (INVOKE, "on", None, UnknownAffordance, "no 'on' among its actions"),
        (WRITE, "nothing", b"1", UnknownAffordance, "no 'nothing'"),
        (READ, "secret", None, NotAllowed, "'secret' can only be written"),
        (WRITE, "blocking", b'"a"', NotAllowed, "'blocking' can only be read"),
        (WRITE, "fixed", b'"b"', NotAllowed, "'fixed' can only be read"),
        (Op.READ_MULTIPLE_PROPERTIES, "", None, InvalidInput, "no property is named"),
        (Op.QUERY_ACTION, "fade", None, NotAllowed, "not offered by 'fade'"),
        (Op.QUERY_ACTION, "on", None, UnknownAffordance, "no 'on' among its actions"),
        (WRITE, "level", None, InvalidInput, "level: a value is needed and none was sent"),
        (WRITE, "level", b"", InvalidInput, "level: "),
        (WRITE, "level", b"{", InvalidInput, "level: "),
        (WRITE, "level", b'"\xff"', InvalidInput, "level: "),
        (WRITE, "level", b"[" * 5000, InvalidInput, "level: "),
        (WRITE, "level", b'"a"', InvalidInput, "level: 'a' is not of type 'integer'"),
        (WRITE, "level", b"1.5", InvalidInput, "level: 1.5 is not of type 'integer'"),
        (WRITE, "level", b"true", InvalidInput, "level: True is not of type 'integer'"),
        (WRITE, "level", b"null", InvalidInput, "level: None is not of type 'integer'"),
        (WRITE, "level", b"10", InvalidInput, "level: 10 is greater than the maximum of 9"),
        (WRITE, "on", b"1", InvalidInput, "on: 1 is not of type 'boolean'"),
        (WRITE, "point", b'{"x": 1, "z": 1}', InvalidInput, "'z' was unexpected"),
        (WRITE, "point", b'{"y": 1}', InvalidInput, "point: 'x' is a required property"),
        (WRITE, "point", b'{"x": "a"}', InvalidInput, r"point: \$\.x: 'a' is not of type 'number'"),
        (INVOKE, "fade", None, InvalidInput, "fade: an input is needed and none was sent"),
        (INVOKE, "fade", b"{}", InvalidInput, "fade: 'to' is a required property"),
        (INVOKE, "fade", b'{"to": 1, "x": 2}', InvalidInput, "'x' was unexpected"),
        (INVOKE, "reset", b'{"x": 2}', InvalidInput, "reset: this action takes no input"),
        (INVOKE, "level_is", b'{"level": 1}', InvalidInput, "level_is: "),
        (READ, "wrong", None, HandlerError, "'wrong' returned what its data schema forbids"),
        (READ, "nan", None, HandlerError, "'nan' returned what its data schema forbids"),
        (READ, "raising", None, HandlerError, "'raising' failed in the Thing's own code"),
        (READ, "looking", None, HandlerError, "'looking' failed in the Thing's own code"),
        (READ, "own_timeout", None, HandlerError, "'own_timeout' failed in the Thing's own code"),
        (READ, "cancelled_inside", None, HandlerError, "'cancelled_inside' failed"),
        (READ, "blocking_raise", None, HandlerError, "'blocking_raise' failed"),
        (INVOKE, "surprising", None, HandlerError, "'surprising' returned a value"),
        (READ, "refusing", None, Conflict, "the lamp is dark"),
        (READ, "slow", None, Unavailable, "'slow' did not answer within its time limit"),
        (INVOKE, "impatient", None, Unavailable, "'impatient' did not answer"),
    ],
)
async def test_what_is_refused(
    ask: Ask,
    probe: Probe,
    op: Op,
    name: str,
    body: bytes | None,
    error: type[InteractionError],
    message: str,
) -> None:
    with pytest.raises(InteractionError, match=message) as caught:
        await ask(op, name, body)
    assert type(caught.value) is error
    assert SECRET not in str(caught.value) + caught.value.hint
    assert not probe.calls


@pytest.mark.parametrize("name", ["raising", "wrong"])
async def test_what_a_handler_did_wrong_is_logged_here(
    ask: Ask, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "wot"), pytest.raises(HandlerError):
        await ask(READ, name)
    assert name in caplog.text


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (JSON, True),
        ("application/json; charset=utf-8", True),
        ("Application/Json", True),
        (CBOR, False),
        (TEXT, False),
        (OCTETS, False),
        ("", False),
    ],
)
async def test_only_the_declared_media_type_is_taken(ask: Ask, kind: str, good: bool) -> None:
    if good:
        await ask(WRITE, "level", b"2", kind)
        await ask(INVOKE, "fade", b'{"to": 1}', kind)
        return
    for op, name, body in ((WRITE, "level", b"2"), (INVOKE, "fade", b'{"to": 1}')):
        with pytest.raises(UnsupportedContent) as caught:
            await ask(op, name, body, kind)
        assert "application/json" in caught.value.hint


async def test_other_media_types(ask: Ask, probe: Probe) -> None:
    assert codec(CBOR).decode(await ask(READ, "packed")) == {"x": 2, "y": 0.0}
    await ask(WRITE, "packed", codec(CBOR).encode({"x": 3}), CBOR)
    await ask(WRITE, "image", b"\x00", OCTETS)
    assert probe.calls == [Point(3), b"\x00"]
    assert await ask(INVOKE, "echo", b"1.5", TEXT) == b"1.5"
    with pytest.raises(InvalidInput):
        await ask(WRITE, "packed", b"\x01\x01", CBOR)
    with pytest.raises(UnsupportedContent):
        await ask(WRITE, "packed", b'{"x": 3}')


async def test_handlers_get_typed_values(ask: Ask, probe: Probe) -> None:
    await ask(WRITE, "point", b'{"x": 1}')
    await ask(INVOKE, "fade", b'{"to": 1.0}')
    assert probe.calls == [Point(1.0), (1, 1.0)]
    assert isinstance(probe.calls[0].x, float)
    assert isinstance(probe.calls[1][0], int)


async def test_uri_variables(ask: Ask) -> None:
    assert await ask(READ, "history", hours=3) == b'"3 C"'
    assert await ask(READ, "history", hours=3.0, unit="F") == b'"3 F"'
    assert await ask(INVOKE, "measure", b'{"at": 1}', unit="km") == b'"1 km"'
    assert await ask(INVOKE, "measure", b'{"at": 1}') == b'"1 m"'


@pytest.mark.parametrize(
    ("op", "name", "variables", "message"),
    [
        (READ, "history", {"hours": "a"}, "'hours': 'a' is not of type 'integer'"),
        (READ, "history", {"hours": 1, "unit": "K"}, "'unit': 'K' is not one of"),
        (READ, "history", {"hours": 1, "x": 1}, "no URI variable 'x'"),
        (READ, "level", {"x": 1}, "no URI variable 'x'"),
        (READ, "on", {"x": 1}, "no URI variable 'x'"),
        (READ, "history", {}, "hours"),
        (READ, "history", {"unit": "C"}, "hours"),
        (WRITE, "level", {"x": 1}, "no URI variable 'x'"),
        (WRITE, "on", {"x": 1}, "no URI variable 'x'"),
        (INVOKE, "fade", {"x": 1}, "no URI variable 'x'"),
        (INVOKE, "measure", {"unit": 1}, "'unit': 1 is not of type 'string'"),
    ],
)
async def test_bad_uri_variables(
    ask: Ask, op: Op, name: str, variables: dict[str, Any], message: str
) -> None:
    bodies = {"level": b"2", "on": b"true", "fade": b'{"to": 1}', "measure": b'{"at": 1}'}
    with pytest.raises(UriVariableError, match=message):
        await ask(op, name, bodies.get(name) if op is not READ else None, **variables)
