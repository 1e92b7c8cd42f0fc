"""What a network attack on the project once found: each of these held up everybody, or ended something."""

from __future__ import annotations

import asyncio
import time
import zlib
from contextlib import suppress
from typing import Any

import cbor2
import pytest

import wot
from wot.log import BYTES_KEPT

from .things import Probe
from .wire import ask, connected

ANY = "http://127.0.0.1:0"
HANG = 5.0  # seconds: far more than any of these takes


async def test_a_gzip_bomb_is_unpacked_to_the_limit_only(url: str) -> None:
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packing.compress(b"\0" * 10_000_000) for _ in range(50)) + packing.flush()
    began = time.monotonic()
    answer = await ask(f"{url}/properties/level", "PUT", bomb, content_encoding="gzip")
    assert answer.problem == (413, "TooLarge")
    assert time.monotonic() - began < HANG


async def test_references_in_cbor_are_refused() -> None:
    """Tags 256 and 25: 70 kB would stand for 130 MB."""

    class Packed(wot.Thing):
        @wot.action(content_type="application/cbor", response_type="application/json")
        async def echo(self, v: int | str) -> int | str:
            return v

    text = b"\x7a\x00\x01\x00\x00" + b"a" * 65536
    body = b"\xa1\x61v\xd9\x01\x00\x99\x07\xd1" + text + b"\xd8\x19\x00" * 2000
    async with wot.serve(Packed(), ANY) as served:
        there = f"{served.urls[0]}/actions/echo"
        for sent in (body, cbor2.dumps({"v": 10**4300}), cbor2.dumps({"v": [[]] * 250_000})):
            answer = await ask(there, "POST", sent, content_type="application/cbor")
            assert answer.problem == (400, "InvalidInput")


def test_patterns_that_take_for_ever_are_refused() -> None:
    with pytest.raises(wot.errors.DefinitionError, match="look-around"):

        class _Slow(wot.Thing):
            word = wot.stored("ab", pattern="(?=a+)(a+)+b")


@pytest.mark.parametrize("levels", [100, 420, 5000])
async def test_a_td_nested_beyond_reason_is_none(levels: int) -> None:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(levels):
        schema = {"oneOf": [schema]}
    td = {"title": "T", "properties": {"x": {**schema, "forms": [{"href": "http://127.0.0.1:1"}]}}}
    async with wot.Servient() as servient:
        with pytest.raises(wot.errors.InvalidTD, match="nested too deeply"):
            await servient.consume(td)


async def test_a_stream_that_breaks_off_behind_its_head_is_made_again() -> None:
    asked = 0
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        writers.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        asked += 1
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1000\r\n\r\n"
        writer.write(head + b"id: %d\ndata: %d\n\n" % (asked, asked))
        if asked == 1:
            writer.close()  # at once, so that the client finds head and end together

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, wot.Servient() as s:
        port = server.sockets[0].getsockname()[1]
        form = {"href": f"http://127.0.0.1:{port}/e", "subprotocol": "sse"}
        data = {"data": {"type": "integer"}, "forms": [form]}
        thing = await s.consume({"title": "T", "events": {"e": data}})
        async with asyncio.timeout(HANG), thing.subscribe("e") as events:
            try:
                value = await anext(events)
            except wot.errors.EventsLost:  # what had come with the break is gone, and it says so
                value = await anext(events)
            assert value in (1, 2)
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def test_the_ring_is_bounded_in_bytes(probe: Probe, url: str) -> None:
    for _ in range(60):
        probe.note.emit(["x" * 1_000_000])
    log = probe.__wot__.exposed.log("events", "note")  # type: ignore[union-attr]
    kept = sum(len(notification.content.body) for notification in log._ring)
    assert 0 < kept <= BYTES_KEPT


async def test_what_is_no_http_is_told_so_and_not_logged(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(url) as wire:
        await wire.send(b"this is no request\r\n\r\n")
        assert (await wire.answer()).problem == (400, "InvalidInput")
    assert not caplog.records


async def test_a_driver_that_calls_exit_does_not_end_the_server() -> None:
    class Leaving(wot.Thing):
        @wot.property
        def level(self) -> int:
            raise SystemExit(3)

        @wot.property
        async def other(self) -> int:
            raise SystemExit(3)

    async with wot.serve(Leaving(), ANY) as served:
        for name in ("level", "other"):
            answer = await ask(f"{served.urls[0]}/properties/{name}")
            assert answer.problem == (500, "HandlerError")


@pytest.mark.parametrize("begun", [b"", b"GET /probe HTTP/1.1\r\nHost: localhost\r\n"])
async def test_a_head_that_never_ends_is_not_waited_for(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr("wot_http.connection._HEAD", 0.2)
    async with wot.serve(probe, ANY) as served:
        port = int(served.urls[0].split(":")[2].split("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        async with asyncio.timeout(HANG):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        # One that has sent a request stays, however long it then says nothing.
        async with connected(served.urls[0]) as wire:
            await wire.send(b"GET /probe HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await wire.answer()).status == 200
            await asyncio.sleep(0.4)  # longer than the limit, which no condition would tell
            await wire.send(b"GET /probe HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await wire.answer()).status == 200
