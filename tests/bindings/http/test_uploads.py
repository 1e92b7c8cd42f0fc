"""Uploads: what hostile ones cost, and that nothing of them stays."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest

import wot
from wot_http import uploads
from wot_http.codings import MOST_WINDOWS, packed, zstd

from .things import ANY
from .wire import Wire, ask, connected, request, until

OCTETS = "application/octet-stream"
CODED = {"content_type": OCTETS, "content_encoding": "zstd"}


class Sink(wot.Thing):
    """Takes bytes, and forgets them."""

    size = wot.stored(0)

    @wot.property(content_type=OCTETS)
    async def data(self) -> AsyncIterator[bytes]:
        yield b""

    @data.write
    async def take(self, chunks: AsyncIterator[bytes]) -> None:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
        self.size.value = size


@pytest.fixture
async def there() -> AsyncIterator[str]:
    async with wot.serve(Sink(), ANY) as served:
        yield f"{served.urls[0]}/properties"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[uploads.Upload]]:
    """All uploads that come."""
    found: list[weakref.ref[uploads.Upload]] = []
    begin = uploads.Upload.__init__

    def begun(upload: uploads.Upload, *arguments: object) -> None:
        begin(upload, *arguments)  # type: ignore[arg-type]
        found.append(weakref.ref(upload))

    monkeypatch.setattr(uploads.Upload, "__init__", begun)
    return found


def opened(window: int = 21) -> bytes:
    """The beginning of a body whose end does not come."""
    packing = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window})
    begun: bytes = packing.compress(bytes(9 << 20))
    return begun + packing.flush(zstd.ZstdCompressor.FLUSH_BLOCK)


async def begin(wire: Wire, url: str, part: bytes, coding: str) -> None:
    coded = f"Content-Encoding: {coding}\r\n" if coding else ""
    head = (
        f"PUT /sink/properties/data HTTP/1.1\r\nHost: {url.split('/')[2]}\r\n{coded}"
        f"Content-Type: {OCTETS}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    await wire.send(head.encode() + b"%x\r\n%b\r\n" % (len(part), part))


@pytest.mark.parametrize("coding", ["", "gzip", "zstd"])
async def test_nothing_stays_of_an_upload_that_is_cut(
    there: str, made: list[weakref.ref[uploads.Upload]], coding: str
) -> None:
    part = opened() if coding == "zstd" else packed(bytes(9 << 20), "gzip")[:-9]
    for number in range(1, 9):
        async with connected(there) as wire:
            await begin(wire, there, part, coding)
            await until(lambda number=number: len(made) == number)  # type: ignore[misc]
    await asyncio.sleep(0.1)

    def left() -> int:
        gc.collect()
        return sum(upload() is not None for upload in made)

    await until(lambda: not left())


async def test_zstd_uploads_at_once_are_limited_and_end_with_their_connections(there: str) -> None:
    wires = [connected(there) for _ in range(MOST_WINDOWS)]
    for wire in wires:
        await begin(await wire.__aenter__(), there, opened(), "zstd")
    body = packed(b"x" * 99, "zstd")

    async def answered(status: int) -> None:
        async with asyncio.timeout(10):
            while (await ask(f"{there}/data", "PUT", body, **CODED)).status != status:
                pass

    await answered(503)
    answer = await ask(f"{there}/data", "PUT", body, **CODED)
    assert answer.problem == (503, "Unavailable")
    assert "gzip" in answer.json["hint"]
    assert "retry-after" in answer.headers
    for wire in wires:
        await wire.__aexit__(None, None, None)
    await answered(204)
    assert (await ask(f"{there}/size")).json == 99


async def test_uploads_have_a_smaller_window(there: str) -> None:
    packing = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 23})
    body = packing.compress(bytes(9 << 20)) + packing.flush()
    answer = await ask(f"{there}/data", "PUT", body, **CODED)
    assert answer.problem == (415, "UnsupportedContent")
    assert "window" in answer.json["hint"]


async def test_many_small_members_are_refused(there: str) -> None:
    body = packed(b"", "zstd") * 400_000
    answer = await ask(f"{there}/data", "PUT", body, **CODED)
    assert answer.problem == (400, "InvalidInput")


async def test_others_are_answered_while_much_is_unpacked(there: str) -> None:
    body = packed(bytes(400 << 20), "zstd")
    upload = asyncio.create_task(ask(f"{there}/data", "PUT", body, **CODED))
    answered, loop, longest = 0, asyncio.get_running_loop(), 0.0
    async with connected(there) as wire:
        while not upload.done():
            begun = loop.time()
            await wire.send(request(f"{there}/size"))
            assert (await wire.answer()).status == 200
            longest, answered = max(longest, loop.time() - begun), answered + 1
    assert upload.result().status == 204
    assert answered > 10
    assert longest < 0.5
