"""What the two yardstick servers share: start-up and the commands on standard input."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable

import uvloop
from aiohttp import web

PORT = int(os.environ.get("BENCH_HTTP_PORT", "0"))


def say(**line: object) -> None:
    """One JSON line to whoever measures."""
    print(json.dumps(line), flush=True)


def obey(loop: asyncio.AbstractEventLoop, emit: Callable[[int], Awaitable[None]]) -> None:
    """Answer `cpu` and `emit` until standard input ends."""
    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "cpu":
            say(done="cpu", cpu_s=time.process_time())
        elif command["cmd"] == "emit":
            for i in range(command["n"]):
                value = command.get("value")
                sent = value + i if value else time.monotonic_ns() // 1000
                asyncio.run_coroutine_threadsafe(_await(emit(sent)), loop).result(30)
            say(done="emit", n=command["n"])


async def _await(awaitable: Awaitable[None]) -> None:
    await awaitable


async def _serve(runner: web.BaseRunner, emit: Callable[[int], Awaitable[None]]) -> None:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT, backlog=1024).start()
    loop = asyncio.get_running_loop()
    threading.Thread(target=obey, args=(loop, emit), daemon=True).start()
    say(ready=True, port=runner.addresses[0][1])
    await asyncio.Event().wait()


def run(make: Callable[[], web.BaseRunner], emit: Callable[[int], Awaitable[None]]) -> None:
    """Serve on uvloop until the process is ended."""

    async def main() -> None:
        await _serve(make(), emit)

    uvloop.run(main())
