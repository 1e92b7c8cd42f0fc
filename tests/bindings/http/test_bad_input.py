"""Bad input, at both ends: the exact class, status and message, and nothing of a handler's own text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import cbor2
import pytest

import wot
from wot import errors
from wot.content import CBOR, JSON, OCTETS, TEXT, Content
from wot.errors import InvalidInput, WoTError
from wot.interaction import Interaction
from wot.td import Op

from .proxy import proxied
from .things import ANY, CANARY, Broken, Probe, Stuck, shared_bomb
from .wire import ask, until

WRITE, INVOKE = "PUT", "POST"
OPS = {"GET": Op.READ_PROPERTY, WRITE: Op.WRITE_PROPERTY, INVOKE: Op.INVOKE_ACTION}
DEEP = 100_000
OUTSIDE = "outside the JSON data model"
FORM = "application/x-www-form-urlencoded"


class Bad(NamedTuple):
    """A request and what it is answered."""

    name: str
    method: str
    body: bytes | None
    kind: type[WoTError]
    detail: str
    hint: str = ""
    media_type: str = JSON

    @property
    def path(self) -> str:
        return f"{'actions' if self.method == INVOKE else 'properties'}/{self.name}"

    @property
    def interaction(self) -> Interaction:
        content = None if self.body is None else Content(self.body, self.media_type)
        return Interaction(OPS[self.method], self.name, content)


BAD = [
    # unknown, or not offered
    Bad("nope", "GET", None, errors.UnknownAffordance, "Probe has no 'nope' among its", "level"),
    Bad("nope", WRITE, b"1", errors.UnknownAffordance, "Probe has no 'nope' among its", "level"),
    Bad("nope", INVOKE, None, errors.UnknownAffordance, "Probe has no 'nope' among its", "add"),
    Bad("level", INVOKE, None, errors.UnknownAffordance, "Probe has no 'level' among its", "add"),
    # wrong type, out of range
    Bad("level", WRITE, b'"x"', InvalidInput, "level: 'x' is not of type 'integer'"),
    Bad("level", WRITE, b"null", InvalidInput, "level: None is not of type 'integer'"),
    Bad("level", WRITE, b"true", InvalidInput, "level: True is not of type 'integer'"),
    Bad("level", WRITE, b"5.5", InvalidInput, "level: 5.5 is not of type 'integer'"),
    Bad("level", WRITE, b"101", InvalidInput, "101 is greater than the maximum of 100"),
    Bad("level", WRITE, b"-1", InvalidInput, "-1 is less than the minimum of 0"),
    Bad("level", WRITE, b"1" * 400, InvalidInput, "level: "),
    Bad("label", WRITE, b'"%b"' % (b"x" * 21), InvalidInput, "is too long"),
    Bad("label", WRITE, b"5", InvalidInput, "label: 5 is not of type 'string'"),
    Bad("pair", WRITE, b'[1, "a", 2]', InvalidInput, "pair: "),
    Bad("pair", WRITE, b'["a", 1]', InvalidInput, "pair: "),
    Bad("level", WRITE, b"", InvalidInput, "level: a value is needed and none was sent"),
    # arguments
    Bad("add", INVOKE, b"{}", InvalidInput, "add: 'a' is a required property"),
    Bad("add", INVOKE, b'{"b": 1}', InvalidInput, "add: 'a' is a required property"),
    Bad("add", INVOKE, b'{"a": 1, "c": 2}', InvalidInput, "'c' was unexpected"),
    Bad("add", INVOKE, b'{"a": "x"}', InvalidInput, "add: $.a: 'x' is not of type 'integer'"),
    Bad("add", INVOKE, b"[1, 2]", InvalidInput, "add: [1, 2] is not of type 'object'"),
    Bad("add", INVOKE, b"null", InvalidInput, "add: None is not of type 'object'"),
    Bad("add", INVOKE, None, InvalidInput, "add: an input is needed and none was sent"),
    Bad("double", INVOKE, b'{"value": 1}', InvalidInput, "is not of type 'integer'"),
    Bad("double", INVOKE, None, InvalidInput, "double: an input is needed and none was sent"),
    Bad("reset", INVOKE, b"5", InvalidInput, "reset: this action takes no input"),
    Bad("reset", INVOKE, b'{"a": 1}', InvalidInput, "reset: this action takes no input"),
    # malformed
    Bad("level", WRITE, b"{", InvalidInput, "level: "),
    Bad("level", WRITE, b"5 5", InvalidInput, "level: "),
    Bad("level", WRITE, b"five", InvalidInput, "level: "),
    Bad("level", WRITE, b"'5'", InvalidInput, "level: "),
    Bad("free", WRITE, b"NaN", InvalidInput, "free: "),
    Bad("free", WRITE, b"[Infinity]", InvalidInput, "free: "),
    Bad("free", WRITE, b"1e999", InvalidInput, "free: "),
    Bad("free", WRITE, b"01", InvalidInput, "free: "),
    Bad("free", WRITE, b'{"a": 1,}', InvalidInput, "free: "),
    Bad("free", WRITE, b'"\x01"', InvalidInput, "free: "),
    Bad("packed", WRITE, b"\xff", InvalidInput, "packed: not CBOR", media_type=CBOR),
    Bad("packed", WRITE, b"\xa1\x61", InvalidInput, "packed: not CBOR", media_type=CBOR),
    Bad("packed", WRITE, b'{"on": true}', InvalidInput, "packed: ", media_type=CBOR),
    Bad("packed", WRITE, b"\xa0\xa0", InvalidInput, "bytes behind the value", media_type=CBOR),
    Bad("packed", WRITE, b"\xbb" + b"\xff" * 8, InvalidInput, "packed: ", media_type=CBOR),
    Bad("packed", WRITE, b"\x5b" + b"\x7f" * 8, InvalidInput, "packed: ", media_type=CBOR),
    Bad("packed", WRITE, b"\x9b\x00\x00\x00\x7f\xff\xff\xff\xff", InvalidInput, "packed: ", media_type=CBOR),
    # outside the JSON data model
    Bad("packed", WRITE, cbor2.dumps({"x": float("nan")}), InvalidInput, OUTSIDE, media_type=CBOR),
    Bad("packed", WRITE, cbor2.dumps({1: 2}), InvalidInput, OUTSIDE, media_type=CBOR),
    Bad("packed", WRITE, b"\xa1\x61x\xf7", InvalidInput, OUTSIDE, media_type=CBOR),
    Bad("packed", WRITE, b"\xa1\x61x\xc1\x00", InvalidInput, OUTSIDE, media_type=CBOR),
    Bad("packed", WRITE, b"\xa1\x61x" + shared_bomb(16), InvalidInput, "packed: ", media_type=CBOR),
    Bad("packed", WRITE, cbor2.dumps([1]), InvalidInput, "packed: [1] is not of type 'object'", media_type=CBOR),
    # invalid UTF-8
    Bad("label", WRITE, b'"\xff"', InvalidInput, "label: "),
    Bad("label", WRITE, b'"\xed\xa0\x80"', InvalidInput, "label: "),
    Bad("label", WRITE, b'"\\ud800"', InvalidInput, "label: "),
    Bad("text", WRITE, b"\xff", InvalidInput, "text: not UTF-8", media_type=TEXT),
    Bad("packed", WRITE, b"\xa1\x61\xff\x00", InvalidInput, "packed: not CBOR", media_type=CBOR),
    # the wrong media type
    Bad("level", WRITE, b"5", errors.UnsupportedContent, "level: text/plain is not", JSON, TEXT),
    Bad("level", WRITE, b"\x05", errors.UnsupportedContent, f"{CBOR} is not taken", JSON, CBOR),
    Bad("level", WRITE, b"5", errors.UnsupportedContent, "level: x is not taken here", JSON, "x"),
    Bad("packed", WRITE, b"{}", errors.UnsupportedContent, f"{JSON} is not taken", CBOR, JSON),
    Bad("blob", WRITE, b'"x"', errors.UnsupportedContent, f"{JSON} is not taken", OCTETS, JSON),
    Bad("add", INVOKE, b"a=1", errors.UnsupportedContent, "add: application/x-www-form", JSON, FORM),
    # deep nesting, and the limit
    Bad("free", WRITE, b"[" * DEEP + b"]" * DEEP, InvalidInput, "free: it is nested too deeply"),
    Bad("free", WRITE, b'{"a":' * 5000 + b"1" + b"}" * 5000, InvalidInput, "nested too deeply"),
    Bad("free", WRITE, b"[" * 300 + b"]" * 300, InvalidInput, "nested too deeply"),
    Bad("packed", WRITE, b"\xa1\x61a" * DEEP + b"\x01", InvalidInput, "nest", media_type=CBOR),
    Bad("packed", WRITE, b"\xa1\x61a" * 300 + b"\x01", InvalidInput, "nested too deeply", media_type=CBOR),
    Bad("free", WRITE, b'"%b"' % (b"x" * (1 << 20)), errors.TooLarge, "1048576 bytes", "max_body"),
]  # fmt: skip


def bad_id(bad: Any) -> str:
    return f"{bad.name} {bad.method} {(bad.body or b'')[:24]!r} {bad.media_type.rpartition('/')[2]}"


STATUS = {errors.UnknownAffordance: 404, InvalidInput: 400, errors.UnsupportedContent: 415}
STATUS |= {errors.TooLarge: 413, errors.UriVariableError: 400, errors.NotAllowed: 405}


@pytest.mark.parametrize("bad", BAD, ids=bad_id)
async def test_bad_input_is_refused(url: str, probe: Probe, bad: Bad) -> None:
    """At the server: status, problem details, and the Thing as it was."""
    answer = await ask(f"{url}/{bad.path}", bad.method, bad.body, content_type=bad.media_type)
    assert answer.problem == (STATUS[bad.kind], bad.kind.__name__)
    assert bad.detail in answer.json["detail"]
    assert bad.hint in answer.json.get("hint", "")
    assert len(answer.body) < 2000
    kept = probe.level.value, probe.label.value, probe.packed_kept, probe.resets
    assert kept == (5, "", {"on": True}, 0)


@pytest.mark.parametrize("bad", BAD, ids=bad_id)
async def test_bad_input_raises_the_same_at_the_client(url: str, bad: Bad) -> None:
    """Sent as it is, as a gateway would."""
    async with wot.consume(url) as thing:
        with pytest.raises(bad.kind) as error:
            await thing.request(bad.interaction)
        assert type(error.value) is bad.kind
        assert bad.detail in str(error.value)
        assert bad.hint in error.value.hint
        assert await thing.read("level") == 5


@pytest.mark.assertion("client-data-schema", "client-data-schema-no-extras")
@pytest.mark.parametrize(
    ("verb", "args", "kind", "message"),
    [
        ("read", ("nope",), errors.UnknownAffordance, "'nope'"),
        ("read", ("secret",), errors.NotAllowed, "offers no readproperty for 'secret'"),
        ("write", ("fixed", "x"), errors.NotAllowed, "offers no writeproperty for 'fixed'"),
        ("write", ("level", "x"), InvalidInput, "level: 'x' is not of type 'integer'"),
        ("write", ("level", 101), InvalidInput, "level: 101 is greater than the maximum of 100"),
        ("write", ("level", True), InvalidInput, "level: True is not of type 'integer'"),
        ("write", ("level", float("nan")), InvalidInput, "level: NaN and infinity are not JSON"),
        ("write", ("free", [float("inf")]), InvalidInput, "free: NaN and infinity are not JSON"),
        ("write", ("packed", {"a": float("nan")}), InvalidInput, "packed: NaN and infinity"),
        ("write", ("free", object()), InvalidInput, "free: "),
        ("write", ("free", "\ud800"), InvalidInput, "free: "),
        ("write", ("free", {1, 2}), None, ""),
        ("write", ("blob", "x"), InvalidInput, "blob: "),
        ("write", ("pair", [1, "a", 2]), InvalidInput, "pair: "),
        ("invoke", ("nope",), errors.UnknownAffordance, "'nope'"),
        ("invoke", ("add",), InvalidInput, "add: 'a' is a required property"),
        ("invoke", ("add", {}), InvalidInput, "add: 'a' is a required property"),
        ("invoke", ("add", {"a": 1, "c": 2}), InvalidInput, "add: .*'c' was unexpected"),
        ("invoke", ("add", {"a": None}), InvalidInput, "add: .*None is not of type 'integer'"),
    ],
)
async def test_what_cannot_be_right_is_not_sent(
    url: str, verb: str, args: tuple[Any, ...], kind: type[WoTError] | None, message: str
) -> None:
    async with proxied(url) as proxy, wot.consume(proxy.url) as thing:
        asked = proxy.bytes_in
        call = getattr(thing, verb)(*args)
        if kind is None:
            await call
            return
        with pytest.raises(kind, match=message or None) as error:
            await call
        assert type(error.value) is kind
        assert proxy.bytes_in == asked


async def test_handles_refuse_the_same(url: str, servient: wot.Servient) -> None:
    async with proxied(url) as proxy:
        probe = await servient.consume(proxy.url, Probe)
        asked = proxy.bytes_in
        for call, message in [
            (probe.level.write("x"), "level: 'x' is not of type 'integer'"),  # type: ignore[arg-type]
            (probe.level.write(101), "level: 101 is greater than the maximum of 100"),
            (probe.add(), "add: 'a' is a required property"),  # type: ignore[call-arg]
            (probe.add(1, c=2), "add: .*'?c'?"),  # type: ignore[call-arg]
            (probe.add("x"), "add: .*'x' is not of type 'integer'"),  # type: ignore[arg-type]
        ]:
            with pytest.raises(InvalidInput, match=message) as error:
                await call
            assert type(error.value) is InvalidInput
        assert proxy.bytes_in == asked
        with pytest.raises(errors.NotAllowed, match="'fixed'"):
            await probe.fixed.write("x")
        with pytest.raises(errors.NotAllowed, match="'secret'"):
            await probe.secret.read()


async def test_far_more_than_the_limit_is_refused_and_not_cut_off(url: str) -> None:
    async with wot.consume(url) as thing:
        with pytest.raises(errors.TooLarge, match="1048576 bytes"):
            await thing.write("free", "x" * (16 << 20))
        assert await thing.read("level") == 5


DEEPEST = 150


@pytest.mark.parametrize("name", ["free", "packed"])
async def test_what_is_just_deep_enough_goes_through(url: str, name: str) -> None:
    value: Any = {"a": 1}
    for _ in range(DEEPEST):
        value = {"a": value}
    async with wot.consume(url) as thing:
        await thing.write(name, value)
        assert await thing.read(name) == value


@pytest.mark.parametrize(
    ("query", "detail", "hint"),
    [
        ("nope=1", "there is no URI variable 'nope'", "factor, unit"),
        ("factor=x", "'factor': 'x' is not of type 'integer'", ""),
        ("factor=", "'factor': '' is not of type 'integer'", ""),
        ("factor=1.5", "'factor': 1.5 is not of type 'integer'", ""),
        ("factor=null", "'factor': ", ""),
        ("factor=1&factor=2", "'factor' is given twice", "give it once"),
        ("factor", "the query cannot be read", "name=value"),
        ("factor=%FF", "the query cannot be read", "name=value"),
        ("&".join(f"v{n}=1" for n in range(100)), "", ""),
        ("factor=" + "9" * 5000, "'factor'", ""),
        ("%6eope=1", "'nope'", "factor, unit"),
        ("x" * 5000 + "=1", "there is no URI variable 'xxx", "factor, unit"),
    ],
)
async def test_bad_uri_variables(url: str, query: str, detail: str, hint: str) -> None:
    answer = await ask(f"{url}/properties/scaled?{query}")
    assert answer.problem == (400, "UriVariableError")
    assert detail in answer.json["detail"]
    assert hint in answer.json.get("hint", "")
    assert len(answer.body) < 1000


async def test_uri_variables_where_there_are_none(url: str) -> None:
    for path, method in (("properties/level", "GET"), ("actions/reset", "POST")):
        answer = await ask(f"{url}/{path}?x=1", method)
        assert answer.problem == (400, "UriVariableError")
        assert answer.json["hint"] == "there are: none"


@pytest.mark.parametrize("path", ["nope", "Probe", "probe2", "properties/level", "probe%20"])
async def test_unknown_things(url: str, path: str, servient: wot.Servient) -> None:
    there = url.removesuffix("probe") + path
    answer = await ask(there)
    assert answer.problem == (404, "UnknownThing")
    assert answer.json["hint"] == "there are: /probe"
    with pytest.raises(errors.UnknownThing, match="there is no Thing at /"):
        await servient.consume(there)


# Handlers


@pytest.fixture
async def broken() -> AsyncIterator[str]:
    async with wot.serve(Broken(), ANY) as served:
        yield served.urls[0]


RAISES = "failed in the Thing's own code"
FORBIDDEN = "returned what its data schema forbids"
HANDLERS = [
    ("properties/raising", "GET", None, f"readproperty of 'raising' {RAISES}"),
    ("properties/raising", WRITE, b"1", f"writeproperty of 'raising' {RAISES}"),
    ("properties/blocking", "GET", None, f"readproperty of 'blocking' {RAISES}"),
    ("properties/timing_out", "GET", None, f"readproperty of 'timing_out' {RAISES}"),
    ("properties/cancelled", "GET", None, f"readproperty of 'cancelled' {RAISES}"),
    ("actions/fail", INVOKE, None, f"invokeaction of 'fail' {RAISES}"),
    ("properties/lying", "GET", None, f"the handler of 'lying' {FORBIDDEN}"),
    ("properties/high", "GET", None, f"the handler of 'high' {FORBIDDEN}"),
    ("properties/infinite", "GET", None, f"the handler of 'infinite' {FORBIDDEN}"),
    ("properties/packed", "GET", None, f"the handler of 'packed' {FORBIDDEN}"),
    ("properties/unknown", "GET", None, f"the handler of 'unknown' {FORBIDDEN}"),
    ("actions/extra", INVOKE, None, "returned a value that its description does not mention"),
]


@pytest.mark.parametrize(("path", "method", "body", "detail"), HANDLERS)
async def test_a_broken_handler_is_500_and_says_nothing_of_its_own(
    broken: str,
    caplog: pytest.LogCaptureFixture,
    path: str,
    method: str,
    body: bytes | None,
    detail: str,
) -> None:
    answer = await ask(f"{broken}/{path}", method, body)
    assert answer.problem == (500, "HandlerError")
    assert detail in answer.json["detail"]
    told = answer.body.decode() + repr(answer.headers)
    for secret in (CANARY, "Traceback", ".py", "RuntimeError", "KeyError", "OSError"):
        assert secret not in told
    assert caplog.records, "whoever runs the Thing has to hear of it"
    async with wot.consume(broken) as thing:
        op, name = OPS[method], path.partition("/")[2]
        with pytest.raises(errors.HandlerError) as error:
            await thing.request(Interaction(op, name, Content(body) if body else None))
        assert type(error.value) is errors.HandlerError
        assert detail in str(error.value)


async def test_a_handler_may_choose_the_answer(broken: str) -> None:
    answer = await ask(f"{broken}/actions/refuse", "POST")
    assert answer.problem == (409, "Conflict")
    assert (answer.json["detail"], answer.json["hint"]) == ("the lid is open", "close it")
    async with wot.consume(broken) as thing:
        with pytest.raises(errors.Conflict, match="the lid is open") as error:
            await thing.invoke("refuse")
        assert error.value.hint == "close it"


async def test_a_driver_that_does_not_return_is_unavailable() -> None:
    """Neither its caller nor anybody else waits longer than the time-out."""

    class Hanging(Stuck, title="Hanging", id="urn:test:hanging", timeout=0.2):
        pass

    hanging = Hanging()
    async with wot.serve([hanging, Probe()], ANY) as served:
        slow = asyncio.create_task(ask(f"{served.urls[0]}/properties/value"))
        await until(hanging.entered.is_set)
        assert (await ask(f"{served.urls[1]}/properties/level")).json == 5
        assert not slow.done()
        answer = await slow
        assert answer.problem == (503, "Unavailable")
        assert "did not answer within its time limit" in answer.json["detail"]
        assert int(answer.headers["retry-after"]) >= 1
        async with wot.consume(served.urls[0]) as thing:
            with pytest.raises(errors.Unavailable) as error:
                await thing.read("value")
            assert error.value.retry_after == 5
        hanging.let_go.set()


@pytest.mark.assertion("server-data-schema")
async def test_what_a_thing_emits_must_fit(probe: Probe, url: str) -> None:
    for call in (
        lambda: probe.tick.emit("x"),  # type: ignore[arg-type]
        lambda: probe.bare.emit(1),
        lambda: setattr(probe.level, "value", 101),
    ):
        with pytest.raises(InvalidInput):
            call()
    assert (await ask(f"{url}/properties/level")).json == 5
