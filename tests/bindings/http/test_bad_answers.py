"""Servers that do not keep to their TD, to HTTP, or to anything."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import wot
from wot import errors
from wot.content import CBOR, OCTETS, TEXT
from wot.errors import InvalidTD, WoTError

from .foreign import Foreign, Request, Write, bytes_then_end, moved, ok, silence, td
from .things import shared_bomb
from .wire import free_port, until

DEEP = 100_000


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
BROKEN, WRONG = errors.ProtocolError, errors.InvalidOutput


def after_head(rest: bytes) -> Write:
    """A response that begins well, then these bytes, and the connection ends."""
    return bytes_then_end(HEAD + rest)


UNUSABLE: list[tuple[str, Any, type[WoTError], str]] = [
    ("closed", bytes_then_end(b""), BROKEN, "broke off"),
    ("no http", bytes_then_end(b"\x15\x03\x01\x00\x02\x02\x0a\r\n\r\n"), BROKEN, "HTTP"),
    ("half a head", after_head(b""), BROKEN, "broke off"),
    ("truncated", after_head(b"Content-Length: 9\r\n\r\n5"), BROKEN, "broke"),
    ("bad length", after_head(b"Content-Length: x\r\n\r\n5"), BROKEN, ""),
    ("two lengths", after_head(b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n55"), BROKEN, ""),
    ("bad chunk", after_head(b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), BROKEN, ""),
    ("no last chunk", after_head(b"Transfer-Encoding: chunked\r\n\r\n1\r\n5\r\n"), BROKEN, ""),
    ("bad coding", after_head(b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n5555"), BROKEN, ""),
    ("long header", after_head(b"X: " + b"x" * 100_000 + b"\r\n\r\n"), BROKEN, ""),
    ("many headers", after_head(b"X: 1\r\n" * 100_000 + b"\r\n"), BROKEN, ""),
    ("status 99", bytes_then_end(b"HTTP/1.1 99 Low\r\n\r\n"), BROKEN, ""),
    ("status 304", ok(status="304 Not Modified"), BROKEN, "status 304"),
    ("status 300", ok(status="300 Many"), BROKEN, "status 300"),
    ("a loop", moved("/p", "307 Loop"), BROKEN, ""),
    ("ftp", moved("ftp://127.0.0.1/", "307 Away"), BROKEN, ""),
    ("endless", endless, BROKEN, "more than 100000 bytes"),
    ("large", ok(b" " * 100_001), BROKEN, "more than 100000 bytes"),
    ("silence", silence, errors.Timeout, "did not answer in time"),
    ("drops", dripping, errors.Timeout, "did not answer in time"),
    ("404 page", ok(b"<h1>no</h1>", "text/html", "404 Not Found"), errors.NotFound, "status 404"),
    ("endless 404", ok(b" " * 200_000, "text/html", "404 Not Found"), WoTError, ""),
    ("nothing", ok(b""), WRONG, "p: a value is declared, but none was sent"),
    ("malformed", ok(b"{"), WRONG, "p: "),
    ("a page", ok(b"<html>5</html>"), WRONG, "p: "),
    ("bytes", ok(b'"\xff"'), WRONG, "p: "),
    ("deep", ok(b"[" * 50_000 + b"]" * 50_000), WRONG, "p: "),
    ("wrong type", ok(b'"5"'), WRONG, "p: '5' is not of type 'integer'"),
    ("out of range", ok(b"11"), WRONG, "p: 11 is greater than the maximum of 10"),
    ("NaN", ok(b"NaN"), WRONG, "p: "),
    ("bad CBOR", ok(b"\xff", CBOR), WRONG, "p: not CBOR"),
    ("deep CBOR", ok(b"\x81" * 90_000 + b"\x01", CBOR), WRONG, "p: "),
    ("a CBOR bomb", ok(shared_bomb(16), CBOR), WRONG, "p: "),
    ("text", ok(b"five", TEXT), WRONG, "p: 'five' is not of type 'integer'"),
    ("octets", ok(b"\x05", OCTETS), WRONG, "p: "),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "kind", "message"), [row[1:] for row in UNUSABLE], ids=[row[0] for row in UNUSABLE]
)
async def test_an_unusable_answer(
    foreign: Foreign, answer: Any, kind: type[WoTError], message: str
) -> None:
    foreign.answers["/p"] = answer
    prop = {"type": "integer", "maximum": 10, "forms": [{"href": "/p"}]}
    document = td(foreign.url, properties={"p": prop})
    async with wot.consume(document, timeout=1.2, http={"max_answer": 100_000}) as thing:
        async with asyncio.timeout(4):
            with pytest.raises(kind, match=message or None) as error:
                await thing.read("p")
        assert type(error.value) is kind or kind is WoTError
        foreign.answers["/p"] = ok(b"7")
        assert await thing.read("p") == 7, "the client can still be used"


async def test_an_unusable_answer_to_a_write_is_said_too(foreign: Foreign) -> None:
    foreign.answers["/p"] = silence
    document = td(foreign.url, properties={"p": {"forms": [{"href": "/p"}]}})
    async with wot.consume(document, timeout=0.9) as thing:
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
