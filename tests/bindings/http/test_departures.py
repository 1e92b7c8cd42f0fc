"""Requesters that leave: quietly, counted to the end, and with their line in the access log."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import wot

from .things import ANY
from .wire import connected, following, request, until

OCTETS = "application/octet-stream"
SIZE = 8 << 20


class Worn(io.FileIO):
    """A file whose end is found out late, when all that is in it has long been sent."""

    def __init__(self, path: Path, rewound: threading.Event) -> None:
        super().__init__(path)
        self._rewound = rewound

    def read(self, size: int | None = -1) -> bytes:
        part = super().read(size)
        if not part:
            self._rewound.wait(5)
        return part


class Tapes(wot.Thing, title="Tapes"):
    """Gives tapes, whole and in parts."""

    tick = wot.event(int)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rewound = threading.Event()
        self.going, self.ended = asyncio.Event(), asyncio.Event()

    @wot.property(content_type=OCTETS)
    def tape(self) -> Path:
        return self.path

    @wot.property(content_type=OCTETS)
    def worn(self) -> io.RawIOBase:
        return Worn(self.path, self.rewound)

    @wot.property(content_type=OCTETS)
    async def endless(self, pause: int = -1) -> AsyncIterator[bytes]:
        self.going.set()
        try:
            for number in count():
                if number == pause:
                    await asyncio.sleep(60)
                yield bytes(1 << 16)
        finally:
            self.ended.set()

    @wot.property
    async def slow(self) -> int:
        self.going.set()
        try:
            await asyncio.sleep(60)
        finally:
            self.ended.set()
        return 1


@pytest.fixture
def tapes(tmp_path: Path) -> Tapes:
    (tmp_path / "tape").write_bytes(bytes(SIZE))
    return Tapes(tmp_path / "tape")


@pytest.fixture
async def there(tapes: Tapes, caplog: pytest.LogCaptureFixture) -> AsyncIterator[str]:
    at = wot.endpoint(ANY, access_log=True, subprotocols=("sse", "longpoll"))
    async with wot.serve(tapes, at) as served:
        yield served.urls[0]
    logging.getLogger("wot.access").setLevel(logging.NOTSET)
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING], caplog.text


async def logged(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """The only line of the access log."""

    def lines() -> list[str]:
        return [r.getMessage() for r in caplog.records if r.name == "wot.access"]

    await until(lambda: bool(lines()))
    (line,) = lines()
    found: dict[str, Any] = json.loads(line)
    return found


def fetched(url: str, least: int) -> int:
    """Fetch as curl does, which leaves at once when it has what it wants."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.sendall(request(url))
        got = b""
        while len(got) < least:
            part = sock.recv(1 << 20)
            assert part, "it ended too early"
            got += part
    return len(got)


@pytest.mark.parametrize("name", ["tape", "worn"])
async def test_a_download_is_one_line_and_no_error(
    there: str, tapes: Tapes, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    got = await asyncio.to_thread(fetched, f"{there}/properties/{name}", SIZE + 100)
    line = await logged(caplog)
    tapes.rewound.set()
    assert (line["status"], line["name"], line["bytes"]) == (200, name, got)


@pytest.mark.parametrize("query", ["", "?pause=2"])
async def test_one_that_leaves_in_the_middle_is_told_as_one(
    there: str, tapes: Tapes, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.to_thread(fetched, f"{there}/properties/endless{query}", 1 << 17)
    line = await logged(caplog)
    assert (line["status"], line["name"]) == (200, "endless")
    assert line["bytes"] >= 1 << 17
    await asyncio.wait_for(tapes.ended.wait(), 5)


async def test_one_that_leaves_before_anything_comes(
    there: str, tapes: Tapes, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(there) as wire:
        await wire.send(request(f"{there}/properties/endless?pause=0"))
        await asyncio.wait_for(tapes.going.wait(), 5)
    line = await logged(caplog)
    assert (line["status"], line["bytes"]) == (499, 0)
    assert tapes.ended.is_set()


async def test_our_client_may_leave_in_the_middle(
    there: str, tapes: Tapes, caplog: pytest.LogCaptureFixture
) -> None:
    async with wot.consume(there) as thing, thing.open("endless") as chunks:
        async for _ in chunks:
            break
    await asyncio.wait_for(tapes.ended.wait(), 5)
    await until(lambda: '"endless"' in caplog.text)


async def test_streams_that_are_left_have_a_line_each(
    there: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(f"{there}/events/tick"):
        pass
    assert (await logged(caplog))["status"] == 200
    caplog.clear()
    async with connected(there) as wire:
        await wire.send(request(f"{there}/events/tick"))
        await asyncio.sleep(0)
    assert "status" in await logged(caplog)


def answering() -> int:
    """How many connections are being looked after."""
    names = [repr(task.get_coro()) for task in asyncio.all_tasks()]
    return sum("RequestHandler.start" in name for name in names)


@pytest.mark.parametrize(
    ("path", "method", "coding"),
    [("/nope", "PUT", ""), ("/properties/tape", "GET", ""), ("/actions/x", "POST", "br")],
)
async def test_what_is_left_unread_ends_with_its_connection(
    there: str, path: str, method: str, coding: str
) -> None:
    head = request(f"{there}{path}", method, b"", content_length="200", content_encoding=coding)
    async with connected(there) as wire:
        await wire.send(head + b"abc")
        await wire.reader.readuntil(b"\r\n\r\n")
        assert answering() == 1
    await until(lambda: answering() == 0, 3)


async def test_stop_ends_what_runs_for_those_who_have_gone(tapes: Tapes) -> None:
    async with AsyncExitStack() as stack:
        async with wot.serve(tapes, ANY) as served:
            url = served.urls[0]
            async with connected(url) as wire:
                await wire.send(request(f"{url}/properties/slow"))
                await asyncio.wait_for(tapes.going.wait(), 5)
            wire = await stack.enter_async_context(connected(url))
            # Its answer has come, and the rest of its body is waited for.
            await wire.send(request(f"{url}/no", "PUT", b"", content_length="200"))
            await wire.answer()
            began = time.monotonic()
        assert time.monotonic() - began < 4
        assert answering() == 0
        assert tapes.ended.is_set()
