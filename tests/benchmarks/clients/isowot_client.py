"""A client program that reads `count` one at a time, then with many tasks at once.

--kind "" reads through the consumer library, "bare" through a bare aiohttp session. Prints one
JSON line; with --commands it takes {"n": 100, "tasks": 64} on standard input instead, as often as
wanted, and answers each. CPU figures are those of this process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

import uvloop

Read = Callable[[], Awaitable[object]]


def arguments() -> argparse.Namespace:
    """The arguments every client program of the comparison takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--td", required=True, help="URL of the Thing Description")
    parser.add_argument("--url", required=True, help="URL of the property itself")
    parser.add_argument("--n", type=int, default=2000, help="reads, in each way")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--kind", default="", choices=["", "bare"])
    parser.add_argument("--commands", action="store_true")
    return parser.parse_args()


async def with_isowot(options: argparse.Namespace) -> None:
    """Consume the Thing and measure."""
    import wot

    async with wot.Servient() as servient:
        bench = await servient.consume(options.td)
        await measure(options, lambda: bench.read("count"))


async def with_aiohttp(options: argparse.Namespace) -> None:
    """Open one session and measure."""
    import aiohttp

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def read() -> object:
            async with session.get(options.url) as response:
                return json.loads(await response.read())

        await measure(options, read)


async def measure(options: argparse.Namespace, read: Read) -> None:
    """Read in both ways and print what it took."""
    for _ in range(50):
        value = await read()
    if options.commands:
        return await obey(read, value)
    latencies: list[float] = []
    alone = await timed(one_at_a_time(read, options.n, latencies))
    await at_once(read, options.concurrency * 2, options.concurrency)
    together = await timed(at_once(read, options.n, options.concurrency))
    latencies.sort()
    line = {
        "sequential_rps": options.n / alone[0],
        "sequential_p50_us": latencies[options.n // 2] * 1e6,
        "sequential_p99_us": latencies[int(options.n * 0.99)] * 1e6,
        "sequential_cpu_us": alone[1] / options.n * 1e6,
        "concurrent_rps": options.n / together[0],
        "concurrent_cpu_us": together[1] / options.n * 1e6,
        "value": value,
        "note": "",
    }
    print(json.dumps(line), flush=True)
    return None


async def obey(read: Read, value: object) -> None:
    """Read as told on standard input, until that ends."""
    print(json.dumps({"ready": True, "value": value}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        took, cpu = await timed(at_once(read, command["n"], command["tasks"]))
        print(json.dumps({"done": "read", "seconds": took, "cpu_s": cpu}), flush=True)


async def timed(work: Awaitable[None]) -> tuple[float, float]:
    """Seconds on the clock and of this process."""
    begin, cpu = time.perf_counter(), time.process_time()
    await work
    return time.perf_counter() - begin, time.process_time() - cpu


async def one_at_a_time(read: Read, count: int, latencies: list[float]) -> None:
    """Read again and again."""
    for _ in range(count):
        begin = time.perf_counter()
        await read()
        latencies.append(time.perf_counter() - begin)


async def at_once(read: Read, count: int, tasks: int) -> None:
    """Read `count` times with `tasks` tasks."""
    left = count

    async def work() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await read()

    await asyncio.gather(*(work() for _ in range(tasks)))


if __name__ == "__main__":
    options = arguments()
    uvloop.run(with_aiohttp(options) if options.kind == "bare" else with_isowot(options))
