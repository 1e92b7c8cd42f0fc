"""The server, spoken to by hand: operations, methods, limits, connections."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import cbor2
import pytest

import wot
from wot.errors import UriVariableError

from .things import ANY, Probe
from .wire import ask, connected, following, request

JSON = "application/json"


async def test_read_write_read(url: str, probe: Probe) -> None:
    first = await ask(f"{url}/properties/level")
    assert (first.status, first.headers["content-type"], first.body) == (200, JSON, b"5")
    written = await ask(f"{url}/properties/level", "PUT", b" 7\n")
    assert (written.status, written.body) == (204, b"")
    assert "content-type" not in written.headers
    assert (await ask(f"{url}/properties/level")).body == b"7"
    assert probe.level.value == 7


@pytest.mark.parametrize(
    ("action", "body", "status", "answer"),
    [
        ("add", b'{"a": 2, "b": 3}', 200, 5),
        ("add", b'{"a": 2}', 200, 3),
        ("add", b'{"a": 2.0}', 200, 3),
        ("double", b"4", 200, 8),
        ("reset", None, 204, None),
        ("reset", b"", 204, None),
    ],
)
async def test_invoke(
    url: str, action: str, body: bytes | None, status: int, answer: int | None
) -> None:
    got = await ask(f"{url}/actions/{action}", "POST", body)
    assert got.status == status
    assert got.json == answer if answer is not None else not got.body


@pytest.mark.parametrize(
    ("name", "media_type", "old", "new"),
    [
        ("text", "text/plain", b"plain", "né\n".encode()),
        ("text", "text/plain", b"plain", b"12"),
        ("blob", "application/octet-stream", b"\x00\xff", bytes(range(256))),
        ("packed", "application/cbor", cbor2.dumps({"on": True}), cbor2.dumps({"n": [1, None]})),
    ],
)
async def test_other_media_types(
    url: str, name: str, media_type: str, old: bytes, new: bytes
) -> None:
    there = f"{url}/properties/{name}"
    got = await ask(there)
    assert (got.headers["content-type"], got.body) == (media_type, old)
    assert (await ask(there, "PUT", new, content_type=media_type)).status == 204
    assert (await ask(there)).body == new


@pytest.mark.parametrize("name", ["text", "blob"])
async def test_nothing_at_all_is_a_text_and_a_blob(url: str, probe: Probe, name: str) -> None:
    there = f"{url}/properties/{name}"
    kind = (await ask(there)).headers["content-type"]
    assert (await ask(there, "PUT", b"", content_type=kind)).status == 204
    got = await ask(there)
    assert (got.status, got.body) == (200, b"")
    async with wot.consume(url) as thing:
        assert await thing.read(name) == ("" if name == "text" else b"")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=UTF-8", ""])
async def test_ways_to_say_json(url: str, kind: str) -> None:
    there = f"{url}/properties/level"
    assert (await ask(there, "PUT", b"9", content_type=kind)).status == 204


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", "5 m"),
        ("?factor=3", "15 m"),
        ("?unit=km&factor=2", "10 km"),
        ("?unit=a%2Bb%20%26+%C3%BC", "5 a+b & ü"),
        ("?unit=", "5 "),
        ("?factor=2.0", "10 m"),
    ],
)
async def test_uri_variables(url: str, query: str, answer: str) -> None:
    assert (await ask(f"{url}/properties/scaled{query}")).json == answer


class Worded(wot.Thing, title="Worded"):
    """URI variables with all kinds of names and types."""

    @wot.property
    async def echo(self, größe: float = 1.5, on: bool = False, word: str = "w") -> list[Any]:
        return [größe, on, word]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"größe": 2.5},
        {"on": True, "word": "true"},
        {"word": "a+b &=#%/?ü{x}", "größe": -1.0},
        {"word": ""},
        {"word": "12"},
    ],
)
async def test_uri_variables_arrive_as_they_were(given: dict[str, Any]) -> None:
    async with wot.serve(Worded(), ANY) as served, wot.consume(served.urls[0]) as thing:
        expected = {"größe": 1.5, "on": False, "word": "w", **given}
        assert await thing.read("echo", **given) == list(expected.values())


AFFORDANCES = [
    ("properties/level", "GET, HEAD, OPTIONS, PUT"),
    ("properties/fixed", "GET, HEAD, OPTIONS"),
    ("properties/secret", "OPTIONS, PUT"),
    ("actions/add", "OPTIONS, POST"),
    ("events/tick", "GET, HEAD, OPTIONS"),
]


@pytest.mark.parametrize(("path", "allow"), AFFORDANCES)
async def test_methods(url: str, path: str, allow: str) -> None:
    options = await ask(f"{url}/{path}", "OPTIONS")
    assert (options.status, options.headers["allow"], options.body) == (204, allow, b"")
    for method in {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "PROPFIND"} - {
        *allow.split(", ")
    }:
        answer = await ask(f"{url}/{path}", method, None if method in ("GET", "HEAD") else b"1")
        assert answer.status == 405, method
        assert answer.headers["allow"] == allow
        if method != "HEAD":
            assert answer.problem == (405, "NotAllowed")
            assert answer.json["hint"] == f"use {allow}"


@pytest.mark.parametrize(
    "path", ["properties/level", "properties/text", "events/tick", "nope", "actions/add"]
)
async def test_head_is_get_without_the_body(url: str, path: str) -> None:
    async with connected(url) as wire:
        await wire.send(request(f"{url}/{path}", "HEAD") + request(f"{url}/properties/level"))
        head = await wire.answer("HEAD")
        assert (await wire.answer()).body == b"5", "the connection goes on where the head ended"
    if path == "events/tick":
        assert (head.status, head.headers["content-type"]) == (200, "text/event-stream")
        return
    got = await ask(f"{url}/{path}")
    assert head.status == got.status
    for name in ("content-type", "allow", *(("content-length",) if got.status == 200 else ())):
        assert head.headers.get(name) == got.headers.get(name)


async def test_requests_may_be_pipelined(url: str) -> None:
    there = f"{url}/properties/level"
    parts = [request(there, "PUT", str(n).encode()) + request(there) for n in range(20)]
    async with connected(url) as wire:
        await wire.send(b"".join(parts))
        for number in range(20):
            assert (await wire.answer("PUT")).status == 204
            assert (await wire.answer()).json == number


async def test_a_refusal_does_not_spoil_the_connection(url: str) -> None:
    bad = [
        request(f"{url}/nope", "PUT", b'"' + b"x" * 70_000 + b'"'),
        request(f"{url}/properties/level", "PUT", b"{"),
        request(f"{url}/properties/level", "POST", b"1"),
        request(f"{url}/actions/add", "POST", b"[]", content_type="text/csv"),
        request(f"{url}/properties/scaled?factor=x"),
    ]
    async with connected(url) as wire:
        for item in bad:
            await wire.send(item)
            assert 400 <= (await wire.answer()).status < 500
            await wire.send(request(f"{url}/properties/level"))
            assert (await wire.answer()).json == 5


@pytest.mark.parametrize("path", ["properties/level", "nope", ""])
async def test_a_body_that_nobody_asked_for_does_no_harm(url: str, path: str) -> None:
    """A GET with a body is legal, and means nothing (RFC 9110 section 9.3.1)."""
    smuggled = request(f"{url}/properties/level", "PUT", b"99")
    async with connected(url) as wire:
        await wire.send(request(f"{url}/{path}", "GET", smuggled))
        await wire.answer()
        await wire.send(request(f"{url}/properties/level"))
        assert (await wire.answer()).json == 5


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_connections_that_are_not_to_stay(url: str, version: bytes) -> None:
    async with connected(url) as wire:
        head = (
            b"GET /probe/properties/level HTTP/%b\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        await wire.send(head % version)
        assert (await wire.answer()).json == 5
        assert await wire.reader.read() == b""


def chunked(url: str, method: str, *parts: bytes) -> bytes:
    head = request(url, method, transfer_encoding="chunked", content_type=JSON)
    return head + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


async def test_a_body_in_chunks(url: str) -> None:
    async with connected(url) as wire:
        await wire.send(chunked(f"{url}/properties/label", "PUT", b'"sl', b"ow", b'"'))
        assert (await wire.answer("PUT")).status == 204
    assert (await ask(f"{url}/properties/label")).json == "slow"


async def test_a_body_in_drops(url: str) -> None:
    whole = request(f"{url}/properties/label", "PUT", b'"drops"')
    async with connected(url) as wire:
        for byte in whole:
            await wire.send(bytes([byte]))
            await asyncio.sleep(0)
        assert (await wire.answer("PUT")).status == 204


async def test_a_body_that_does_not_come_is_given_up(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9110 section 15.5.9; 504 would say that something behind this server is slow."""
    monkeypatch.setattr("wot_http.reading.READING", 0.1)
    async with connected(url) as wire:
        await wire.send(request(f"{url}/properties/label", "PUT", b'"slow"')[:-3])
        assert (await wire.answer("PUT")).status == 408
        assert (await ask(f"{url}/properties/label")).json == ""


LIMIT = 1000


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT, LIMIT + 1, 50 * LIMIT])
@pytest.mark.parametrize("way", ["whole", "chunked", "gzip"])
async def test_the_limit_of_a_body(size: int, way: str) -> None:
    end = wot.endpoint(ANY, max_body=LIMIT)
    async with wot.serve(Probe(), end) as served, connected(served.urls[0]) as wire:
        there = f"{served.urls[0]}/properties/free"
        body = json.dumps("x" * (size - 2)).encode()
        if way == "chunked":
            await wire.send(
                chunked(there, "PUT", *(body[n : n + 500] for n in range(0, size, 500)))
            )
        elif way == "gzip":
            await wire.send(request(there, "PUT", gzip.compress(body), content_encoding="gzip"))
        else:
            await wire.send(request(there, "PUT", body))
        answer = await wire.answer("PUT")
        if size <= LIMIT:
            assert answer.status == 204, answer
        else:
            assert answer.problem == (413, "TooLarge")
            assert f"{LIMIT} bytes" in answer.json["detail"]


async def test_an_endless_body_is_refused_when_the_limit_is_reached(url: str) -> None:
    async with connected(url) as wire:
        await wire.send(request(f"{url}/properties/free", "PUT", transfer_encoding="chunked"))
        for _ in range(20):
            await wire.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        assert (await wire.answer("PUT")).problem == (413, "TooLarge")


async def test_a_zip_bomb_is_refused(url: str) -> None:
    bomb = gzip.compress(b" " * (32 << 20))
    answer = await ask(f"{url}/properties/free", "PUT", bomb, content_encoding="gzip")
    assert answer.problem == (413, "TooLarge")


@pytest.mark.parametrize(
    ("coding", "status"), [("gzip", 400), ("deflate", 400), ("foo", 415), ("gzip, foo", 415)]
)
async def test_a_body_that_is_not_coded_as_it_says(url: str, coding: str, status: int) -> None:
    answer = await ask(f"{url}/properties/level", "PUT", b"5", content_encoding=coding)
    assert answer.status == status


async def test_expect_continue(url: str) -> None:
    """RFC 9110 section 10.1.1: who waits for 100 must not wait for ever."""
    whole = request(f"{url}/properties/level", "PUT", b"6", expect="100-continue")
    async with connected(url) as wire:
        await wire.send(whole[:-1])
        async with asyncio.timeout(2):
            assert (await wire.answer()).status == 100
        await wire.send(whole[-1:])
        assert (await wire.answer("PUT")).status == 204


@pytest.mark.parametrize("path", ["properties/level", "nope", "actions/add"])
async def test_expect_continue_where_it_is_refused_anyway(url: str, path: str) -> None:
    huge = {"content_length": str(1 << 40), "expect": "100-continue", "content_type": JSON}
    async with connected(url) as wire:
        await wire.send(request(f"{url}/{path}", "PUT", **huge))
        async with asyncio.timeout(2):
            assert (await wire.answer("PUT")).status in (404, 405, 413)


@pytest.mark.parametrize(
    "data",
    [
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"BREW /probe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /probe\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /probe HTTP/1.1\r\nHost: localhost\r\nHost: y\r\n\r\n",
        b"GET /probe HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 70_000 + b"\r\n\r\n",
        b"PUT /probe/properties/level HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n5",
        b"PUT /probe/properties/level HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"PUT /probe/properties/level HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n5\r\n0\r\n\r\n",
    ],
    ids=["garbage", "tls", "method", "target", "hosts", "long", "length", "chunk", "smuggled"],
)
async def test_what_is_no_http_is_refused(url: str, probe: Probe, data: bytes) -> None:
    async with connected(url) as wire:
        await wire.send(data)
        assert (await wire.answer()).status in (400, 431)
    assert (await ask(f"{url}/properties/level")).json == 5


async def test_a_header_that_is_no_utf8(url: str) -> None:
    async with connected(url) as wire:
        await wire.send(request(f"{url}/properties/level", "PUT", b"5", content_type="\xff\xfe/x"))
        assert (await wire.answer("PUT")).problem == (415, "UnsupportedContent")
        await wire.send(request(f"{url}/properties/level", accept="\xff\xfe/x"))
        assert (await wire.answer()).problem == (406, "NotAcceptable")


@pytest.mark.parametrize("path", ["properties/nope", "%3Cscript%3E", "properties/%3Cscript%3E"])
async def test_names_in_refusals_are_data(url: str, path: str) -> None:
    answer = await ask(f"{url}/{path}", accept="text/html")
    assert answer.problem[0] == 404


async def test_who_goes_away_while_the_handler_runs_does_no_harm(url: str, probe: Probe) -> None:
    for _ in range(5):
        async with connected(url) as wire:
            await wire.send(request(f"{url}/actions/reset", "POST"))
    async with connected(url) as wire:
        await wire.send(request(f"{url}/actions/reset", "POST", b'{"half')[:-2])
    assert (await ask(f"{url}/properties/level")).json == 5


async def test_a_served_event_reaches_who_asks_for_it_without_saying_how(
    url: str, probe: Probe
) -> None:
    async with following(f"{url}/events/tick", accept="*/*") as follower:
        probe.tick.emit(1)
        assert await follower.event() == 1
        assert follower.headers["cache-control"] == "no-store"


async def test_uri_variables_are_checked_before_they_are_sent(url: str) -> None:
    async with wot.consume(url) as thing:
        with pytest.raises(UriVariableError, match="no URI variable 'nope'"):
            await thing.read("scaled", nope=1)
        with pytest.raises(UriVariableError, match="'factor'"):
            await thing.read("scaled", factor="x")
