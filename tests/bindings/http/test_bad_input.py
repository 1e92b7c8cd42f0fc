"""Bad input, at both ends: the exact class, status and message, and nothing of a handler's own text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import cbor2
import pytest

import wot
from wot import errors
from wot.content import CBOR, JSON, OCTETS, TEXT, Content
from wot.errors import InvalidInput, InvalidTD, WoTError
from wot.interaction import Interaction
from wot.td import Op

from .conftest import ANY
from .foreign import Foreign, Request, bytes_then_end, moved, ok, silence, td
from .proxy import proxied
from .things import CANARY, Broken, Probe, Stuck
from .wire import ask, free_port, until

WRITE, INVOKE = "PUT", "POST"
OPS = {"GET": Op.READ_PROPERTY, WRITE: Op.WRITE_PROPERTY, INVOKE: Op.INVOKE_ACTION}
DEEP = 100_000


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


def shared_bomb(levels: int) -> bytes:
    """CBOR of a few bytes per level that stands for 2 to the power of `levels` values (tags 28 and 29)."""
    body = b"\xd8\x1c\x82\x01\x01"
    for level in range(levels, 0, -1):
        body = b"\xd8\x1c\x82" + body + b"\xd8\x1d\x19" + level.to_bytes(2, "big")
    return body


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
    Bad("level", WRITE, b"\xef\xbb\xbf5", InvalidInput, "level: "),
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
    Bad("packed", WRITE, cbor2.dumps({"x": float("nan")}), InvalidInput, "outside the JSON data model", media_type=CBOR),
    Bad("packed", WRITE, cbor2.dumps({1: 2}), InvalidInput, "outside the JSON data model", media_type=CBOR),
    Bad("packed", WRITE, b"\xa1\x61x\xf7", InvalidInput, "outside the JSON data model", media_type=CBOR),
    Bad("packed", WRITE, b"\xa1\x61x\xc1\x00", InvalidInput, "outside the JSON data model", media_type=CBOR),
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
    Bad("add", INVOKE, b"a=1", errors.UnsupportedContent, "add: application/x-www-form", JSON, "application/x-www-form-urlencoded"),
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
    broken: str, caplog: pytest.LogCaptureFixture, path: str, method: str, body: bytes | None, detail: str
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


async def test_what_a_thing_emits_must_fit(probe: Probe, url: str) -> None:
    for call in (
        lambda: probe.tick.emit("x"),  # type: ignore[arg-type]
        lambda: probe.bare.emit(1),
        lambda: setattr(probe.level, "value", 101),
    ):
        with pytest.raises(InvalidInput):
            call()
    assert (await ask(f"{url}/properties/level")).json == 5


# Documents that are no TD


@pytest.mark.parametrize(
    ("body", "path", "reason"),
    [
        (b"", "$", "not JSON"),
        (b"<html>hello</html>", "$", "not JSON"),
        (b"{", "$", "not JSON"),
        (b"\xff", "$", "not JSON"),
        (b"[" * DEEP, "$", "not JSON"),
        (b"[]", "$", "should be an object, not an array"),
        (b"null", "$", "should be an object, not null"),
        (b"{}", "$", "'title' is missing"),
        (b'{"title": 5}', "$.title", "should be a string, not a number"),
        (b'{"title": "x", "properties": []}', "$.properties", "should be an object"),
        (b'{"title": "x", "properties": {"p": 1}}', "$.properties.p", "should be an object"),
        (b'{"title": "x", "properties": {"p": {"forms": {}}}}', "$.properties.p.forms", "an array"),
        (b'{"title": "x", "actions": {"a": {"forms": [{}]}}}', "$.actions.a.forms[0]", "'href'"),
        (b'{"title": "x", "events": {"e": {"forms": [{"href": 1}]}}}', "$.events.e.forms[0].href", "a string"),
    ],
)  # fmt: skip
async def test_what_is_no_td(
    foreign: Foreign, servient: wot.Servient, body: bytes, path: str, reason: str
) -> None:
    foreign.answers["/td"] = ok(body, "application/td+json")
    with pytest.raises(InvalidTD) as error:
        await servient.consume(f"{foreign.url}/td")
    assert (path, True) in [(f.path, reason in f.reason) for f in error.value.findings]
    assert f"{foreign.url}/td is no Thing Description" in error.value.hint
    with pytest.raises(InvalidTD, match="not a valid Thing Description"):
        await servient.consume(json.loads(body) if body[:1] == b"{" and len(body) > 1 else {})


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (ok(status="404 Not Found"), errors.NotFound, "status 404"),
        (ok(status="401 Who"), errors.Unauthenticated, "status 401"),
        (ok(status="500 Oops"), errors.HandlerError, "status 500"),
        (ok(status="204 No Content"), errors.ProtocolError, "status 204"),
        (moved("/td"), errors.ProtocolError, ""),
        (moved("ftp://127.0.0.1/td"), errors.ProtocolError, ""),
        (moved("http://[bad/"), errors.ProtocolError, ""),
        (ok(b" " * (5 << 20)), errors.ProtocolError, "more than 4194304 bytes"),
        (bytes_then_end(b"garbage\r\n\r\n"), errors.ProtocolError, "does not speak HTTP"),
        (bytes_then_end(b""), errors.ProtocolError, "broke off"),
    ],
    ids=["404", "401", "500", "204", "loop", "ftp", "bad", "large", "garbage", "closed"],
)
async def test_a_td_that_cannot_be_had(
    foreign: Foreign, servient: wot.Servient, answer: Any, kind: type[WoTError], message: str
) -> None:
    foreign.answers["/td"] = answer
    with pytest.raises(kind, match=message or None) as error:
        await servient.consume(f"{foreign.url}/td")
    assert type(error.value) is kind


@pytest.mark.parametrize("source", ["http://127.0.0.1:{port}/x", "http://no.such.invalid/"])
async def test_a_td_where_nobody_is(servient: wot.Servient, source: str) -> None:
    with pytest.raises(errors.ConnectError, match="cannot be reached") as error:
        await servient.consume(source.format(port=free_port()))
    assert error.value.hint


@pytest.mark.parametrize("source", ["http://", "http://[::1", "http://a b/", "http://127.0.0.1:x/"])
async def test_an_address_that_is_none(servient: wot.Servient, source: str) -> None:
    with pytest.raises(WoTError):
        await servient.consume(source)


# Servers that do not keep to their TD, or to HTTP


async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 65536)
        await writer.drain()


async def dripping(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await asyncio.sleep(0.02)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
UNUSABLE: list[tuple[str, Any, type[WoTError], str]] = [
    ("closed", bytes_then_end(b""), errors.ProtocolError, "broke off"),
    ("no http", bytes_then_end(b"\x15\x03\x01\x00\x02\x02\x0a\r\n\r\n"), errors.ProtocolError, "HTTP"),
    ("half a head", bytes_then_end(HEAD), errors.ProtocolError, "broke off"),
    ("truncated", bytes_then_end(HEAD + b"Content-Length: 9\r\n\r\n5"), errors.ProtocolError, "broke"),
    ("bad length", bytes_then_end(HEAD + b"Content-Length: x\r\n\r\n5"), errors.ProtocolError, ""),
    ("two lengths", bytes_then_end(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n55"), errors.ProtocolError, ""),
    ("bad chunk", bytes_then_end(HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), errors.ProtocolError, ""),
    ("no last chunk", bytes_then_end(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n5\r\n"), errors.ProtocolError, ""),
    ("bad coding", bytes_then_end(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n5555"), errors.ProtocolError, ""),
    ("long header", bytes_then_end(HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n"), errors.ProtocolError, ""),
    ("many headers", bytes_then_end(HEAD + b"X: 1\r\n" * 100_000 + b"\r\n"), errors.ProtocolError, ""),
    ("status 99", bytes_then_end(b"HTTP/1.1 99 Low\r\n\r\n"), errors.ProtocolError, ""),
    ("status 304", ok(status="304 Not Modified"), errors.ProtocolError, "status 304"),
    ("status 300", ok(status="300 Many"), errors.ProtocolError, "status 300"),
    ("a loop", moved("/p", "307 Loop"), errors.ProtocolError, ""),
    ("ftp", moved("ftp://127.0.0.1/", "307 Away"), errors.ProtocolError, ""),
    ("endless", endless, errors.ProtocolError, "more than 100000 bytes"),
    ("large", ok(b" " * 100_001), errors.ProtocolError, "more than 100000 bytes"),
    ("silence", silence, errors.Timeout, "did not answer in time"),
    ("drops", dripping, errors.Timeout, "did not answer in time"),
    ("404 page", ok(b"<h1>no</h1>", "text/html", "404 Not Found"), errors.NotFound, "status 404"),
    ("endless 404", ok(b" " * 200_000, "text/html", "404 Not Found"), WoTError, ""),
    ("nothing", ok(b""), errors.InvalidOutput, "p: a value is declared, but none was sent"),
    ("malformed", ok(b"{"), errors.InvalidOutput, "p: "),
    ("a page", ok(b"<html>5</html>"), errors.InvalidOutput, "p: "),
    ("bytes", ok(b'"\xff"'), errors.InvalidOutput, "p: "),
    ("deep", ok(b"[" * 50_000 + b"]" * 50_000), errors.InvalidOutput, "p: "),
    ("wrong type", ok(b'"5"'), errors.InvalidOutput, "p: '5' is not of type 'integer'"),
    ("out of range", ok(b"11"), errors.InvalidOutput, "p: 11 is greater than the maximum of 10"),
    ("NaN", ok(b"NaN"), errors.InvalidOutput, "p: "),
    ("bad CBOR", ok(b"\xff", CBOR), errors.InvalidOutput, "p: not CBOR"),
    ("deep CBOR", ok(b"\x81" * 90_000 + b"\x01", CBOR), errors.InvalidOutput, "p: "),
    ("a CBOR bomb", ok(shared_bomb(16), CBOR), errors.InvalidOutput, "p: "),
    ("text", ok(b"five", TEXT), errors.InvalidOutput, "p: 'five' is not of type 'integer'"),
    ("octets", ok(b"\x05", OCTETS), errors.InvalidOutput, "p: "),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "kind", "message"), [u[1:] for u in UNUSABLE], ids=[u[0] for u in UNUSABLE])  # fmt: skip
async def test_an_unusable_answer(
    foreign: Foreign, answer: Any, kind: type[WoTError], message: str
) -> None:
    foreign.answers["/p"] = answer
    prop = {"type": "integer", "maximum": 10, "forms": [{"href": "/p"}]}
    document = td(foreign.url, properties={"p": prop})
    async with wot.consume(document, timeout=0.5, max_answer=100_000) as thing:
        async with asyncio.timeout(4):
            with pytest.raises(kind, match=message or None) as error:
                await thing.read("p")
        assert type(error.value) is kind or kind is WoTError
        foreign.answers["/p"] = ok(b"7")
        assert await thing.read("p") == 7, "the client can still be used"


async def test_an_unusable_answer_to_a_write_is_said_too(foreign: Foreign) -> None:
    foreign.answers["/p"] = silence
    document = td(foreign.url, properties={"p": {"forms": [{"href": "/p"}]}})
    async with wot.consume(document, timeout=0.2) as thing:
        with pytest.raises(errors.Timeout):
            await thing.write("p", 1)
        assert len(foreign.requests) == 1
        waiting = asyncio.create_task(thing.read("p"))
        await until(lambda: len(foreign.requests) == 2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_an_output_that_was_not_declared_is_given_all_the_same(foreign: Foreign) -> None:
    """Tolerant of what is received: TD 1.1 does not forbid it."""
    foreign.answers["/a"] = ok(b'{"done": true}')
    document = td(foreign.url, actions={"a": {"forms": [{"href": "/a"}]}})
    async with wot.consume(document) as thing:
        assert await thing.invoke("a") == {"done": True}
