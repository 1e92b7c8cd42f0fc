"""The bench Thing, served by the framework: the server that is measured.

Environment: BENCH_HTTP_PORT (0: any), BENCH_THINGS (how many Things, named bench, bench-1, ...),
BENCH_AFFORDANCES (extra ones on each: half properties, 30 % actions, the rest events) and
BENCH_PROTO. Commands come as JSON lines on standard input, answers go to standard output:
{"cmd": "emit", "n": 1, "gap_us": 0, "kind": "event"}, {"cmd": "td", "n": 20}, {"cmd": "cpu"}.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
import types
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvloop

import wot

PORT = int(os.environ.get("BENCH_HTTP_PORT", "0"))
THINGS = int(os.environ.get("BENCH_THINGS", "1"))
AFFORDANCES = int(os.environ.get("BENCH_AFFORDANCES", "0"))
PROTOCOLS = os.environ.get("BENCH_PROTO", "http").split(",")


@dataclass
class Status:
    """The property of object type."""

    temperature: float
    humidity: float
    state: str


class Bench(wot.Thing):
    """The Thing every server of the comparison serves."""

    _count = 0
    _status = Status(21.5, 40.0, "ok")

    tick = wot.event(int)

    @wot.property
    async def count(self) -> int:
        """An integer."""
        return self._count

    @count.write
    async def set_count(self, value: int) -> None:
        """Keep the integer."""
        self._count = value

    @wot.property
    async def status(self) -> Status:
        """An object."""
        return self._status

    @status.write
    async def set_status(self, value: Status) -> None:
        """Keep the object."""
        self._status = value

    @wot.action
    async def add(self, a: int, b: int) -> int:
        """The sum of two integers."""
        return a + b


def extra(body: dict[str, Any]) -> None:
    """Declare the extra affordances in the body of a class."""
    properties, actions = AFFORDANCES // 2, AFFORDANCES * 3 // 10

    async def read(self: Any) -> int:
        return 0

    async def write(self: Any, value: int) -> None:
        pass

    async def act(self: Any, a: int, b: int) -> int:
        return a + b

    for i in range(properties):
        body[f"p{i}"] = handle = wot.property(name=f"p{i}")(copy_of(read, f"p{i}"))
        body[f"set_p{i}"] = handle.write(copy_of(write, f"set_p{i}"))
    for i in range(actions):
        body[f"a{i}"] = wot.action(copy_of(act, f"a{i}"))
    for i in range(AFFORDANCES - properties - actions):
        body[f"e{i}"] = wot.event(int)


def copy_of(function: Callable[..., Any], name: str) -> Any:
    """The function again under another name."""
    made = types.FunctionType(function.__code__, globals(), name)
    made.__annotations__ = dict(function.__annotations__)
    made.__qualname__ = name
    return made


def make_things() -> list[wot.Thing]:
    """As many Things as asked for."""
    kind = types.new_class("Bench", (Bench,), {}, extra) if AFFORDANCES else Bench
    titles = ["bench", *(f"bench-{i}" for i in range(1, THINGS))]
    return [kind(id=f"urn:bench:{title}", title=title) for title in titles]


async def emit(bench: Any, command: dict[str, Any]) -> dict[str, object]:
    """Emit ticks whose value is the time in microseconds, or counts from the one given."""
    gap = command.get("gap_us", 0) / 1e6
    for i in range(command["n"]):
        value = command.get("value")
        bench.tick.emit(value + i if value else time.monotonic_ns() // 1000)
        if gap:
            await asyncio.sleep(gap)
        elif i % 16 == 15:
            await bench.tick.drained()
    return {"n": command["n"]}


async def time_td(served: wot.Served, command: dict[str, Any]) -> dict[str, object]:
    """Generate the Thing Description n times: composed anew and encoded, not from the cache."""
    times = []
    size = 0
    for _ in range(command["n"]):
        begin = time.perf_counter()
        size = len(msgspec.json.encode(served.descriptions[0].json))
        times.append(time.perf_counter() - begin)
    times.sort()
    median = times[len(times) // 2]
    return {"median_s": median, "min_s": times[0], "max_s": times[-1], "bytes": size}


def say(**line: object) -> None:
    """One JSON line to whoever measures."""
    print(json.dumps(line), flush=True)


Answer = Callable[[dict[str, Any]], Coroutine[Any, Any, dict[str, object]]]


def obey(loop: asyncio.AbstractEventLoop, answer_to: Answer) -> None:
    """Answer commands until standard input ends."""
    for line in filter(str.strip, sys.stdin):
        command = json.loads(line)
        name = command["cmd"]
        if name == "cpu":
            say(done=name, cpu_s=time.process_time())
            continue
        try:
            answer = asyncio.run_coroutine_threadsafe(answer_to(command), loop).result(60)
            say(done=name, **answer)
        except Exception as error:  # noqa: BLE001 - told to whoever measures, who records it
            say(done=name, error=repr(error))


async def main() -> None:
    """Serve until the process is ended."""
    if PROTOCOLS != ["http"]:
        raise SystemExit(f"BENCH_PROTO={','.join(PROTOCOLS)}: only http is served so far")
    begin = time.perf_counter()
    things = make_things()
    async with wot.serve(things, f"http://127.0.0.1:{PORT}") as served:
        took = time.perf_counter() - begin

        async def answer_to(command: dict[str, Any]) -> dict[str, object]:
            if command["cmd"] == "emit":
                return await emit(things[0], command)
            return await time_td(served, command)

        loop = asyncio.get_running_loop()
        threading.Thread(target=obey, args=(loop, answer_to), daemon=True).start()
        say(ready=True, port=urlsplit(served.urls[0]).port, up_s=took)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
