"""Hostile traffic: whatever comes, everybody else is served, and nothing of it stays."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

import wot

from .hostile import enough_files
from .test_limits import come_from
from .wire import request, until

ROOT = Path(__file__).parents[3]
PROGRAM = "tests.bindings.http.hostile"
MIB = 1 << 20
pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not enough_files(), reason="too few file descriptors"
)


class Server:
    """The attacked server's process, and what it writes."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process, self.url = process, url
        self.log = bytearray()
        self.seen = psutil.Process(process.pid)

    async def read(self) -> None:
        assert self.process.stderr is not None
        while data := await self.process.stderr.read(1 << 16):
            self.log += data

    async def memory(self) -> int:
        """Its memory once everybody has gone."""
        await until(lambda: len(self.seen.net_connections()) <= 2, 30)
        await asyncio.sleep(0.2)
        found: int = self.seen.memory_info().rss
        return found


@asynccontextmanager
async def serving(loop: str) -> AsyncIterator[Server]:
    process = await program("serve", loop)
    assert process.stdout is not None
    server = Server(process, (await process.stdout.readline()).decode().strip())
    reading = asyncio.create_task(server.read())
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await reading


async def program(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", PROGRAM, *arguments, cwd=ROOT, stdout=pipe, stderr=pipe
    )


class Honest:
    """Clients who ask as they should, and how long they wait."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.longest, self.answers = 0.0, 0
        self.events: list[int] = []

    async def ask(self, number: int) -> None:
        """Requests, three on each connection."""
        while True:
            begun = time.monotonic()
            async with come_from(f"127.0.1.{number}", self.url) as wire:
                for _ in range(3):
                    await wire.send(request(f"{self.url}/actions/add", "POST", b'{"a": 1, "b": 2}'))
                    answer = await wire.answer()
                    assert (answer.status, answer.body) == (200, b"3")
                    self.longest = max(self.longest, time.monotonic() - begun)
                    self.answers += 1
                    await asyncio.sleep(0.05)
                    begun = time.monotonic()

    async def follow(self) -> None:
        async with wot.consume(self.url) as thing, thing.subscribe("tick") as ticks:
            async for tick in ticks:
                self.events.append(tick)


async def a_round(server: Server, seconds: float) -> Counter[str]:
    """Attack and honest clients at the same time; what the attackers were answered."""
    honest = Honest(server.url)
    clients = [asyncio.create_task(honest.ask(number)) for number in range(1, 6)]
    clients.append(asyncio.create_task(honest.follow()))
    attack = await program("attack", server.url, str(seconds), "7")
    output, errors = await attack.communicate()
    assert attack.returncode == 0, errors.decode()
    for client in clients:
        assert not client.done(), client.exception()
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    print(f"{honest.answers} answers, the slowest after {honest.longest:.2f} s")
    assert honest.longest < 2
    assert honest.answers > 5 * seconds
    first, last = honest.events[0], honest.events[-1]
    assert honest.events == list(range(first, last + 1))
    assert len(honest.events) > 5 * seconds
    return Counter(json.loads(output))


async def withstood(loop: str, rounds: list[float]) -> None:
    async with serving(loop) as server:
        memory: list[int] = []
        for seconds in rounds:
            seen = await a_round(server, seconds)
            memory.append(await server.memory())
            print(f"{seconds:g} s: {dict(seen)}, {memory[-1] / MIB:.1f} MiB")
            assert {status for status in seen if status.startswith("5")} <= {"503"}
            assert seen["200"] > 1000, "the flood has not come through"
            assert seen["429"] > 100, "nobody has been refused"
            assert any(status.startswith("4") and status != "429" for status in seen)
        assert memory[-1] - memory[-2] <= 2 * MIB, [found / MIB for found in memory]
    log = server.log.decode()
    assert "Traceback" not in log, log[:5000]
    assert "ERROR" not in log, log[:5000]


@pytest.mark.timeout(90)
async def test_hostile_traffic() -> None:
    await withstood("uvloop", [6, 7, 7])


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
async def test_five_minutes_of_hostile_traffic(loop: str) -> None:
    await withstood(loop, [60, 120, 120])
