"""Serving as the whole job of a process: `wot.run`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from wot.servient import Endpoint, Things, serve

T = TypeVar("T")


def run(things: Things, *endpoints: str | Endpoint, insecure: bool = False) -> None:
    """Serve Things until SIGINT or SIGTERM; blocks."""

    async def main() -> None:
        ended = ending()  # before anybody can have read the URL
        async with serve(things, *endpoints, insecure=insecure) as served:
            for thing, urls in zip(served.things, served.all_urls, strict=True):
                for url in urls:
                    print(f"{thing.td.title}: {url}", flush=True)  # noqa: T201 - it is what people wait for
            await ended.wait()

    fastest(main())


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop: uvloop's where there is one."""
    if sys.platform != "win32":
        try:
            import uvloop
        except ImportError:  # interpreters other than CPython
            return asyncio.new_event_loop()
        return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def fastest(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end on the fastest loop there is."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main)


def ending() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set from now on."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows, where KeyboardInterrupt ends the Runner
            break
    return ended
