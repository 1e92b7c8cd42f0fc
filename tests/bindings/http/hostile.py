"""The server that is attacked, and the attackers: each a program of its own.

python -m tests.bindings.http.hostile serve
python -m tests.bindings.http.hostile attack URL SECONDS SEED
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import struct
import sys
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import uvloop

import wot

from .test_fuzz import changed, whole
from .wire import Wire, request

SUBSCRIBERS = 1000
_MALFORMED, _SLOW, _FLOODING = 30, 150, 100
_TOO_MANY = 1700  # connections of one address, some of them over its limit
_REPAIR = 19  # TCP_REPAIR: a socket that is closed in this state says nothing to its peer
LIMITS = {"max_connections": 6000, "max_per_client": 1200, "max_running": 500}
LIMITS |= {"requests_per_second": 1000, "heartbeat": 1.0}


class Target(wot.Thing, title="Target", id="urn:test:target"):
    """What is attacked."""

    level = wot.stored(5, minimum=0, maximum=100)
    free: wot.Stored[Any] = wot.stored(0)
    tick = wot.event(int)

    @wot.action
    async def add(self, a: int, b: int = 1) -> int:
        return a + b

    @wot.action
    async def double(self, value: int, /) -> int:
        await asyncio.sleep(0.01)
        return 2 * value


async def serve() -> None:
    target = Target()
    end = wot.endpoint("http://127.0.0.1:0", **LIMITS)
    async with wot.serve(target, end) as served:
        print(served.urls[0], flush=True)
        number = 0
        while True:
            await asyncio.sleep(0.1)
            target.tick.emit(number)
            number += 1


class Attack:
    """Everything at once, for some seconds."""

    def __init__(self, url: str, seconds: float, seed: int) -> None:
        self.url, self.parts = url, urlsplit(url)
        self.chance = random.Random(seed)
        self.seen: Counter[str] = Counter()
        self.end = asyncio.get_running_loop().time() + seconds

    @property
    def going_on(self) -> bool:
        return asyncio.get_running_loop().time() < self.end

    async def run(self) -> None:
        """All of them, each from an address of its own."""
        works = [self.malformed(random.Random(self.chance.random())) for _ in range(_MALFORMED)]
        works += [self.slow(number) for number in range(_SLOW)]
        works += [self.flood() for _ in range(_FLOODING)]
        works += [self.subscribers(), self.connections()]
        await asyncio.gather(*works)

    async def connected(self, address: str) -> Wire:
        reader, writer = await asyncio.open_connection(
            self.parts.hostname, self.parts.port, local_addr=(address, 0)
        )
        return Wire(reader, writer)

    async def attempt(self, work: Coroutine[Any, Any, None]) -> None:
        """What the server may end at any time."""
        with suppress(OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
            async with asyncio.timeout(20):
                await work

    async def malformed(self, chance: random.Random) -> None:
        """Requests with some bytes changed, and what comes of them."""
        while self.going_on:
            await self.attempt(self.one(changed(whole(self.url, chance), chance)))

    async def one(self, data: bytes) -> None:
        wire = await self.connected("127.0.0.2")
        try:
            await wire.send(data)
            async with asyncio.timeout(0.3):  # half of them wait for the rest
                self.count((await wire.reader.read(1 << 16))[9:12])
        finally:
            wire.writer.transport.abort()

    def count(self, status: bytes) -> None:
        self.seen[status.decode("latin-1") or "none"] += 1

    async def slow(self, number: int) -> None:
        """A request that arrives byte by byte: its head, or its body."""
        body = b"7" * 1000 if number % 2 else None
        data = request(f"{self.url}/properties/level", "PUT" if body else "GET", body)
        while self.going_on:
            await self.attempt(self.drip(data))
            await asyncio.sleep(0.1)

    async def drip(self, data: bytes) -> None:
        wire = await self.connected("127.0.0.3")
        try:
            for at in range(len(data)):
                await wire.send(data[at : at + 1])
                await asyncio.sleep(0.2)
                if not self.going_on:
                    return
        finally:
            wire.writer.transport.abort()

    async def flood(self) -> None:
        """As many requests as go through, without waiting for the answers."""
        data = request(f"{self.url}/properties/level") + request(f"{self.url}/nope")
        data += request(f"{self.url}/actions/double", "POST", b"4")
        while self.going_on:
            await self.attempt(self.pour(data * 10))

    async def pour(self, data: bytes) -> None:
        wire = await self.connected("127.0.0.4")
        try:
            while self.going_on:
                wire.writer.write(data)
                for _ in range(30):
                    self.count(str((await wire.answer()).status).encode())
                await asyncio.sleep(0.05)
        finally:
            wire.writer.transport.abort()

    async def subscribers(self) -> None:
        """Those who go with a reset, without a word, or only in the end, having read nothing."""
        half = (self.end - asyncio.get_running_loop().time()) / 2
        while True:
            socks = [await self.subscribed() for _ in range(SUBSCRIBERS)]
            await asyncio.sleep(min(1.0, half / 2))
            for number, sock in enumerate(socks):
                if number % 3 == 0:
                    with suppress(OSError):
                        sock.setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                        )
                elif number % 3 == 1:
                    with suppress(OSError):  # only root may
                        sock.setsockopt(socket.IPPROTO_TCP, _REPAIR, 1)
                if number % 3 < 2:
                    sock.close()
            await asyncio.sleep(min(2.0, half))
            for sock in socks:
                sock.close()
            if not self.going_on:
                return

    async def subscribed(self) -> socket.socket:
        loop, sock = asyncio.get_running_loop(), socket.socket()
        sock.setblocking(False)
        sock.bind(("127.0.0.5", 0))
        await loop.sock_connect(sock, (self.parts.hostname, self.parts.port))
        data = request(f"{self.url}/events/tick", accept="text/event-stream")
        await loop.sock_sendall(sock, data)
        return sock

    async def connections(self) -> None:
        """More connections than one address may have, which say nothing."""
        wires: list[Wire] = []
        for _ in range(_TOO_MANY):
            with suppress(OSError):
                wires.append(await self.connected("127.0.0.6"))
        await asyncio.sleep(self.end - asyncio.get_running_loop().time())
        for wire in wires:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                async with asyncio.timeout(0.001):
                    self.count(str((await wire.answer()).status).encode())
            wire.writer.transport.abort()


async def attack(url: str, seconds: float, seed: int) -> None:
    attack = Attack(url, seconds, seed)
    await attack.run()
    print(json.dumps(attack.seen))


def enough_files(wanted: int = 8192) -> bool:
    """Whether this process may have as many descriptors, after asking for them."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard >= wanted):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft >= wanted


if __name__ == "__main__":
    enough_files()
    if sys.argv[1] == "serve":
        factory = uvloop.new_event_loop if sys.argv[2:] == ["uvloop"] else None
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(serve())
    else:
        os.nice(15)  # attackers are elsewhere, and take no time of the server's processor
        asyncio.run(attack(sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
