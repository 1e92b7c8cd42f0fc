"""Limits: what one client and all of them may use at once, and how those learn it who get nothing."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

import wot
from wot.errors import TooManyRequests, WoTError
from wot_http.limits import Limits, network_of

from .things import ANY, Probe
from .wire import Answer, Wire, ask, connected, following, request, until


class Waiting(wot.Thing, title="Waiting", id="urn:test:waiting"):
    """A handler that goes on when it is told to."""

    level = wot.stored(5)
    shade = wot.stored(5)
    hue = wot.stored(5)

    def __init__(self) -> None:
        self.go, self.inside = asyncio.Event(), 0

    @wot.property
    async def slow(self) -> int:
        self.inside += 1
        try:
            await self.go.wait()
        finally:
            self.inside -= 1
        return 1

    @wot.property
    async def large(self) -> str:
        return "x" * 30_000_000


class Limited:
    """A server with limits, and what it counts."""

    def __init__(self, url: str, thing: Waiting, server: Any) -> None:
        self.url, self.thing, self.server = url, thing, server
        self.limits: Limits = server._limits

    def counts(self) -> tuple[int, int, int]:
        return self.limits.connections, self.limits.streams, self.limits.running


@asynccontextmanager
async def limited(**options: Any) -> AsyncIterator[Limited]:
    async with wot.Servient() as servient:
        thing = Waiting()
        async with servient.serve(thing, wot.endpoint(ANY, **options)) as served:
            (shared,) = servient._servers.values()
            here = Limited(served.urls[0], thing, shared.server)
            yield here
            thing.go.set()
            await until(lambda: here.counts() == (0, 0, 0))
            assert not here.limits._clients, "clients that are gone are remembered"


@asynccontextmanager
async def come_from(address: str, url: str) -> AsyncIterator[Wire]:
    """A connection from another address of loopback."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port, local_addr=(address, 0)
    )
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


def refused(answer: Answer, status: int, kind: str) -> None:
    assert answer.problem == (status, kind)
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json["retryAfter"] >= 1


async def test_connections_of_all() -> None:
    async with limited(max_connections=3, max_per_client=2) as here, AsyncExitStack() as stack:
        for address in ("127.0.0.1", "127.0.0.1", "127.0.0.2"):
            wire = await stack.enter_async_context(come_from(address, here.url))
            await wire.send(request(here.url))
            assert (await wire.answer()).status == 200
        async with come_from("127.0.0.3", here.url) as wire:
            refused(await wire.answer(), 503, "Unavailable")
            assert await wire.reader.read() == b""
        await stack.aclose()
        await until(lambda: here.limits.connections == 0)
        assert (await ask(here.url)).status == 200


async def test_connections_of_one() -> None:
    async with limited(max_per_client=2) as here, AsyncExitStack() as stack:
        for _ in range(2):
            wire = await stack.enter_async_context(connected(here.url))
            await wire.send(request(here.url))
            assert (await wire.answer()).status == 200
        async with connected(here.url) as wire:
            await wire.send(request(here.url))  # its refusal is there nevertheless
            answer = await wire.answer()
            refused(answer, 429, "TooManyRequests")
            assert answer.headers["connection"] == "close"
        async with come_from("127.0.0.2", here.url) as wire:
            await wire.send(request(here.url))
            assert (await wire.answer()).status == 200


async def test_requests_that_are_being_answered() -> None:
    async with limited(max_running=2, max_per_client=10) as here, AsyncExitStack() as stack:
        slow = f"{here.url}/properties/slow"
        wires = [await stack.enter_async_context(connected(here.url)) for _ in range(2)]
        for wire in wires:
            await wire.send(request(slow))
        await until(lambda: here.thing.inside == 2)
        async with connected(here.url) as wire:
            for _ in range(2):  # and it may ask again on the same connection
                await wire.send(request(f"{here.url}/properties/level"))
                refused(await wire.answer(), 503, "Unavailable")
        here.thing.go.set()
        for wire in wires:
            assert (await wire.answer()).json == 1
        assert (await ask(f"{here.url}/properties/level")).json == 5


async def test_one_client_cannot_run_everything() -> None:
    async with limited(max_running=4) as here, AsyncExitStack() as stack:
        for _ in range(3):  # three quarters
            wire = await stack.enter_async_context(connected(here.url))
            await wire.send(request(f"{here.url}/properties/slow"))
        await until(lambda: here.thing.inside == 3)
        refused(await ask(f"{here.url}/properties/level"), 429, "TooManyRequests")
        async with come_from("127.0.0.2", here.url) as wire:
            await wire.send(request(f"{here.url}/properties/level"))
            assert (await wire.answer()).json == 5


async def test_streams_count_as_streams() -> None:
    async with limited(max_streams=3, max_per_client=2, max_running=1) as here:
        level = f"{here.url}/properties/level"
        async with following(level), following(level):
            assert here.counts() == (2, 2, 0)
            assert (await ask(level)).status in (200, 429)  # a third connection
        await until(lambda: here.counts() == (0, 0, 0))
    async with limited(max_streams=2, max_per_client=9) as here, AsyncExitStack() as stack:
        level = f"{here.url}/properties/level"
        for _ in range(2):
            await stack.enter_async_context(following(level))
        refused(await ask(level, accept="text/event-stream"), 503, "Unavailable")
        assert (await ask(level)).json == 5
    async with limited(max_streams=4) as here, AsyncExitStack() as stack:
        level = f"{here.url}/properties/level"
        for _ in range(3):
            await stack.enter_async_context(following(level))
        refused(await ask(level, accept="text/event-stream"), 429, "TooManyRequests")


async def test_requests_in_a_second() -> None:
    async with limited(requests_per_second=20) as here:
        async with connected(here.url) as wire:
            answers = []
            for _ in range(40):
                await wire.send(request(f"{here.url}/properties/level"))
                answers.append(await wire.answer())
            late = [answer for answer in answers if answer.status != 200]
            assert 10 < len(late) <= 20
            refused(late[-1], 429, "TooManyRequests")
            assert "20 times a second" in late[-1].json["detail"]
            async with come_from("127.0.0.2", here.url) as other:
                await other.send(request(f"{here.url}/properties/level"))
                assert (await other.answer()).status == 200
            # Health is for those who decide where requests are sent.
            await wire.send(request(f"{here.url.removesuffix('/waiting')}/.well-known/health"))
            assert (await wire.answer()).status == 200
        await asyncio.sleep(1.1)  # what is owed is forgotten with time
        here.limits.tidy()
        assert (await ask(f"{here.url}/properties/level")).status == 200
        await asyncio.sleep(0.1)
        here.limits.tidy()


async def test_clients_behind_a_trusted_proxy_are_told_apart() -> None:
    end = {"trusted_proxies": ["127.0.0.1"], "requests_per_second": 5}
    async with limited(**end) as here, connected(here.url) as wire:
        level = f"{here.url}/properties/level"

        async def status(client: str) -> int:
            await wire.send(request(level, x_forwarded_for=client))
            return (await wire.answer()).status

        first = [await status("203.0.113.1") for _ in range(10)]
        assert set(first) == {200, 429}
        assert await status("203.0.113.2") == 200
        assert await status("2001:db8::1") == 200
        # Of IPv6 everybody has a whole network.
        rest = {await status(f"2001:db8::{n}") for n in range(2, 12)}
        assert 429 in rest
        assert await status("2001:db8:1::1") == 200
        await asyncio.sleep(1.3)
        here.limits.tidy()


async def test_the_table_of_clients_is_bounded() -> None:
    limits = Limits({"requests_per_second": 0.01})
    for number in range(40_000):
        client = limits.client(f"2001:db8:{number:x}::/64")
        assert limits.enter(client) is None
        limits.running -= 1
        client.running -= 1
    assert len(limits._clients) <= 16_384


def test_what_counts_as_one_client() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8::1:2:3") == network_of("2001:db8::9") == "2001:db8::/64"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("unix") == "unix"


async def test_our_client_knows_when_to_ask_again() -> None:
    async with limited(requests_per_second=1) as here, wot.consume(here.url) as thing:
        with pytest.raises(TooManyRequests) as error:  # noqa: PT012 - one of them
            for _ in range(5):
                await thing.read("level")
        assert error.value.retry_after == 1
        await asyncio.sleep(2.1)
        here.limits.tidy()


async def test_heads_of_any_size_are_refused() -> None:
    async with limited(max_header=10_000) as here:
        long = await ask(here.url, x_long="x" * 9_000)
        assert long.problem == (431, "InvalidInput")
        async with connected(here.url) as wire:
            await wire.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            for number in range(50):
                if wire.reader.at_eof():
                    break
                await wire.send(b"X-%d: %b\r\n" % (number, b"x" * 300))
                await asyncio.sleep(0)
            assert (await wire.answer()).problem == (431, "InvalidInput")


async def test_bodies_are_no_heads() -> None:
    async with limited(max_header=1000) as here, connected(here.url) as wire:
        for size in (500_000, 2_000_000):
            await wire.send(request(f"{here.url}/properties/level", "PUT", b"7" + b" " * size))
            assert (await wire.answer()).status == (204 if size < 1 << 20 else 413)
        await wire.send(request(f"{here.url}/properties/level"))
        assert (await wire.answer()).json == 7


async def test_a_flood_of_requests_on_one_connection_is_answered_in_turn() -> None:
    async with limited() as here, connected(here.url) as wire:
        wire.writer.write(request(f"{here.url}/properties/level") * 2000)
        for _ in range(100):
            assert (await wire.answer()).json == 5
        assert (await ask(f"{here.url}/properties/level")).json == 5
        for _ in range(1900):
            assert (await wire.answer()).json == 5


@pytest.mark.parametrize(
    ("version", "header", "stays"),
    [("1.1", "", True), ("1.1", "close", False), ("1.0", "", False), ("1.0", "keep-alive", True)],
)
async def test_connection_handling_of_answers_and_refusals(
    version: str, header: str, stays: bool
) -> None:
    async with limited(requests_per_second=1) as here:
        data = request(f"{here.url}/properties/level", connection=header)
        data = data.replace(b"HTTP/1.1", f"HTTP/{version}".encode())
        await ask(here.url)
        await ask(here.url)
        for _ in range(2):
            async with connected(here.url) as wire:
                await wire.send(data)
                answer = await wire.answer()
                assert answer.status in (200, 429)
                if stays:
                    await wire.send(data)
                    assert (await wire.answer()).status == 429
                else:
                    assert await wire.reader.read() == b""
        await asyncio.sleep(3)
        here.limits.tidy()


async def test_who_vanishes_keeps_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async with limited(max_running=2, max_per_client=2) as here:
        for _ in range(2):
            async with connected(here.url) as wire:
                await wire.send(request(f"{here.url}/properties/slow"))
                await until(lambda: here.thing.inside > 0)
        # The handler goes on until it ends or its time is over, and then the place is free.
        here.thing.go.set()
        await until(lambda: here.counts() == (0, 0, 0))


async def test_a_slow_reader_of_a_large_answer_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wot_http.connection._EVERY", 0.05)
    monkeypatch.setattr("wot_http.connection._STALLED", 0.3)
    async with limited() as here:
        loop, parts, sock = asyncio.get_running_loop(), urlsplit(here.url), socket.socket()
        with sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.setblocking(False)
            await loop.sock_connect(sock, (parts.hostname, parts.port))
            await loop.sock_sendall(sock, request(f"{here.url}/properties/large"))
            await until(lambda: here.limits.connections == 1)
            await until(lambda: here.limits.connections == 0)
        async with connected(here.url) as wire:  # who takes it gets it, however slowly
            await wire.send(request(f"{here.url}/properties/large"))
            await asyncio.sleep(0.2)
            assert len((await wire.answer()).body) == 30_000_002


async def test_subscribers_that_vanish_are_forgotten() -> None:
    async with limited(heartbeat=0.05) as here:
        socks = []
        for number in range(20):
            sock = socket.create_connection(("127.0.0.1", urlsplit(here.url).port or 0))
            sock.sendall(request(f"{here.url}/properties/level", accept="text/event-stream"))
            if number % 2:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socks.append(sock)
        await until(lambda: here.limits.streams == 20)
        for sock in socks:
            sock.close()
        await until(lambda: here.counts() == (0, 0, 0))


@pytest.mark.parametrize(
    "options",
    [
        {"max_connections": 0},
        {"max_running": "x"},
        {"max_streams": -1},
        {"max_per_client": 0},
        {"requests_per_second": -1},
        {"max_header": 1},
    ],
    ids=str,
)
async def test_limits_that_make_no_sense(options: dict[str, Any], probe: Probe) -> None:
    with pytest.raises(WoTError, match=next(iter(options))):
        async with wot.serve(probe, wot.endpoint(ANY, **options)):
            pass


async def test_nothing_left_to_accept_with(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No descriptors: said once, and accepted again when there are some."""
    async with limited() as here:
        loop, accept = asyncio.get_running_loop(), asyncio.get_running_loop().sock_accept
        left = 3

        async def fail(sock: Any) -> Any:
            nonlocal left
            if left:
                left -= 1
                raise OSError(24, "Too many open files")
            return await accept(sock)

        monkeypatch.setattr(loop, "sock_accept", fail)
        for _ in range(3):
            assert (await ask(here.url)).status == 200
    told = [r.getMessage() for r in caplog.records]
    assert told == ["no connection can be accepted now: Too many open files"]
