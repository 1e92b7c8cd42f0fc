"""A Thing of this process as an Interactable: what it accepts, what it refuses, what it gives away."""

import asyncio
import dataclasses
import datetime as dt
import logging
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import pytest

import wot
from wot.content import CBOR, JSON, OCTETS, TEXT, Content, codec
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
from wot.interaction import Interaction, Reply
from wot.td import Op
from wot.things import exposed_of

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT
SECRET = "the password is 1234"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Probe(wot.Thing, timeout=0.2):
    on = wot.stored(False)
    fixed = wot.stored("a", read_only=True)
    hot = wot.event(float)

    def __init__(self) -> None:
        self._level = 1
        self.calls: list[Any] = []

    @wot.property(minimum=0, maximum=9, observable=True)
    async def level(self) -> int:
        return self._level

    @level.write
    async def set_level(self, value: int) -> None:
        self.calls.append(value)
        self._level = value

    @wot.property(observable=True)
    async def told(self) -> int:
        return self._level

    @told.write
    async def set_told(self, value: int) -> None:
        self._level = value
        self.told.changed(value)

    @wot.property
    def blocking(self) -> str:
        return threading.current_thread().name

    @wot.property(write_only=True)
    async def secret(self) -> str:
        raise AssertionError("never read")

    @secret.write
    async def set_secret(self, value: str) -> None:
        self.calls.append(value)

    @wot.property
    async def point(self) -> Point:
        return Point(1)

    @point.write
    async def set_point(self, value: Point) -> None:
        self.calls.append(value)

    @wot.property
    async def at(self) -> dt.datetime:
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    @wot.property(content_type=OCTETS)
    async def image(self) -> bytes:
        return b"\xff\x00"

    @image.write
    async def set_image(self, value: bytes) -> None:
        self.calls.append(value)

    @wot.property(content_type=CBOR)
    async def packed(self) -> Point:
        return Point(2)

    @packed.write
    async def set_packed(self, value: Point) -> None:
        self.calls.append(value)

    @wot.property
    async def history(self, hours: int, unit: Literal["C", "F"] = "C") -> str:
        return f"{hours!r} {unit}"

    @wot.property
    async def wrong(self) -> int:
        return "text"

    @wot.property
    async def nan(self) -> float:
        return float("nan")

    @wot.property
    async def raising(self) -> int:
        raise ValueError(SECRET)

    @wot.property
    async def looking(self) -> int:
        return {}[SECRET]

    @wot.property
    async def refusing(self) -> int:
        raise Conflict("the lamp is dark", hint="light it")

    @wot.property
    async def slow(self) -> int:
        await asyncio.sleep(60)
        return 1

    @wot.property
    async def own_timeout(self) -> int:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
        return 1

    @wot.property
    async def cancelled_inside(self) -> int:
        task = asyncio.ensure_future(asyncio.sleep(60))
        task.cancel()
        await task
        return 1

    @wot.property
    def blocking_raise(self) -> int:
        raise StopIteration(SECRET)

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> str:
        self.calls.append((to, seconds))
        return f"{to!r} {seconds!r}"

    @wot.action
    async def reset(self) -> None:
        self.calls.append("reset")

    @wot.action
    async def level_is(self, level: int, /) -> int:
        return level

    @wot.action
    async def surprising(self) -> None:
        return SECRET

    @wot.action(timeout=None)
    async def patient(self) -> bool:
        await asyncio.sleep(0.3)
        return True

    @wot.action(timeout=0.01)
    async def impatient(self) -> bool:
        await asyncio.sleep(60)
        return True

    @wot.action(uri_variables=["unit"])
    async def measure(self, at: int, unit: str = "m") -> str:
        return f"{at} {unit}"

    @wot.action(content_type=TEXT, response_type=TEXT)
    async def echo(self, text: str, /) -> str:
        return text


@pytest.fixture
def probe() -> Probe:
    return Probe()


Ask = Callable[..., Any]


@pytest.fixture
def ask(probe: Probe) -> Ask:
    async def ask(
        op: Op, name: str, body: bytes | None = None, kind: str = JSON, **variables: Any
    ) -> bytes | None:
        payload = None if body is None else Content(body, kind)
        reply = await exposed_of(probe).request(Interaction(op, name, payload, variables))
        assert isinstance(reply, Reply)
        return None if reply.content is None else reply.content.body

    return ask


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
        (Op.READ_ALL_PROPERTIES, "", None, NotAllowed, "not offered by this Thing"),
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


async def test_observing_begins_with_the_value_now(probe: Probe) -> None:
    async with probe.level.observe() as values:
        assert await anext(values) == 1


async def test_a_write_is_notified_once_whether_its_handler_tells_or_not(
    probe: Probe, ask: Ask
) -> None:
    async with probe.level.observe() as silent, probe.told.observe() as told:
        assert (await anext(silent), await anext(told)) == (1, 1)
        await ask(WRITE, "level", b"5")
        assert await anext(silent) == 5
        await ask(WRITE, "told", b"6")
        assert await anext(told) == 6
        for values in (silent, told):
            assert values._stream.position
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(values), 0.02)


@pytest.mark.parametrize(
    ("op", "name", "error"),
    [
        (SUBSCRIBE, "nothing", UnknownAffordance),
        (SUBSCRIBE, "level", UnknownAffordance),
        (OBSERVE, "nothing", UnknownAffordance),
        (OBSERVE, "hot", UnknownAffordance),
        (OBSERVE, "blocking", NotAllowed),
        (OBSERVE, "secret", NotAllowed),
        (READ, "level", NotAllowed),
    ],
)
async def test_streams_that_are_refused(
    probe: Probe, op: Op, name: str, error: type[InteractionError]
) -> None:
    with pytest.raises(InteractionError) as caught:
        await exposed_of(probe).stream(Interaction(op, name))
    assert type(caught.value) is error


async def test_positions_that_make_no_sense_are_refused(probe: Probe) -> None:
    for after in ("x", "1-", "-", "1-x", "1-²", "9" * 5000):
        with pytest.raises(InteractionError):
            await exposed_of(probe).stream(Interaction(SUBSCRIBE, "hot", after=after))


@pytest.mark.parametrize(("op", "name"), [(SUBSCRIBE, "hot"), (OBSERVE, "level"), (OBSERVE, "on")])
async def test_streams_refuse_unknown_uri_variables(probe: Probe, op: Op, name: str) -> None:
    with pytest.raises(UriVariableError, match="no URI variable 'x'"):
        await exposed_of(probe).stream(Interaction(op, name, variables={"x": 1}))


async def test_a_reader_that_fails_refuses_the_observation() -> None:
    class Broken(wot.Thing):
        @wot.property(observable=True)
        async def level(self) -> int:
            raise ValueError(SECRET)

    broken = Broken()
    with pytest.raises(HandlerError):
        async with broken.level.observe():
            pass
    assert not exposed_of(broken)._log("properties", "level").watched


@pytest.fixture
async def subscription(probe: Probe) -> AsyncIterator[Any]:
    async with probe.hot.subscribe() as events:
        yield events


async def test_twenty_events_in_one_tick_all_arrive(probe: Probe, subscription: Any) -> None:
    for number in range(20):
        probe.hot.emit(float(number))
    assert [await anext(subscription) for _ in range(20)] == [float(n) for n in range(20)]


async def test_events_emitted_from_threads_all_arrive_in_order(
    probe: Probe, subscription: Any
) -> None:
    def emit(first: int) -> None:
        for number in range(200):
            probe.hot.emit(float(first + number))

    threads = [threading.Thread(target=emit, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    received = [await anext(subscription) for _ in range(800)]
    for thread in threads:
        thread.join()
    for n in range(4):
        own = [value for value in received if value // 1000 == n]
        assert own == [1000.0 * n + number for number in range(200)]


async def test_a_cursor_that_is_given_up_can_be_used_again(probe: Probe, subscription: Any) -> None:
    for number in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(subscription), 0.01)
        probe.hot.emit(float(number))
        assert await anext(subscription) == number


async def test_a_subscriber_that_falls_behind_is_told_and_goes_on(
    probe: Probe, subscription: Any
) -> None:
    for number in range(4096 + 5):
        probe.hot.emit(float(number))
    with pytest.raises(wot.errors.EventsLost) as caught:
        await anext(subscription)
    assert caught.value.after
    assert [await anext(subscription) for _ in range(4096)] == [float(n) for n in range(5, 4101)]


async def test_an_observer_that_lags_gets_the_newest_value(probe: Probe) -> None:
    async with probe.level.observe() as values:
        for level in range(10):
            probe.level.changed(level)
        assert await anext(values) == 1
        assert await anext(values) == 9


async def test_drained_waits_until_all_is_taken(probe: Probe, subscription: Any) -> None:
    assert await probe.hot.drained(timeout=0.5)  # nothing was emitted
    probe.hot.emit(1.0)
    assert not await probe.hot.drained(timeout=0.01)
    waiting = asyncio.create_task(probe.hot.drained(timeout=0.5))
    assert await anext(subscription) == 1
    assert await waiting
    assert await probe.hot.drained(timeout=0.5)


async def test_drained_does_not_wait_for_those_who_have_gone(probe: Probe) -> None:
    async with probe.hot.subscribe():
        probe.hot.emit(1.0)
        waiting = asyncio.create_task(probe.hot.drained(timeout=0.5))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting


async def test_ten_thousand_events_as_fast_as_drained_allows(
    probe: Probe, subscription: Any
) -> None:
    async def emit() -> None:
        for number in range(10_000):
            probe.hot.emit(float(number))
            if number % 1000 == 999:
                assert await probe.hot.drained()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(emit())
        received = [await anext(subscription) for _ in range(10_000)]
    assert received == [float(n) for n in range(10_000)]
