"""A Thing whose actions take as long as the test wants."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import wot
from wot.errors import Conflict

from .things import ANY


class Oven(wot.Thing):
    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.free = threading.Event()
        self.cancelled: list[str] = []
        self.calls: list[str] = []

    @wot.action(synchronous=False)
    async def heat(self, to: int) -> int:
        self.calls.append("heat")
        wot.progress(0.25, "warming up")
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.append("heat")
            raise
        return to

    @wot.action(synchronous=False)
    def grind(self) -> None:
        self.calls.append("grind")
        while not self.free.wait(0.005):
            if wot.cancelled():
                self.cancelled.append("grind")
                return

    @wot.action(name="a/b c", synchronous=False)
    async def fail(self) -> None:
        raise Conflict("the door is open")

    @wot.action
    async def blink(self, times: int = 1) -> int:
        self.calls.append("blink")
        await asyncio.sleep(0)
        return len(self.calls)

    @wot.property
    async def level(self) -> int:
        return len(self.calls)

    @level.write
    async def set_level(self, value: int) -> None:
        self.calls.append(f"level {value}")


@asynccontextmanager
async def served(oven: Oven, hops: int = 0) -> AsyncIterator[str]:
    """Its URL, behind as many gateways."""
    async with AsyncExitStack() as stack:
        thing: wot.ConsumedThing | Oven = oven
        for _ in range(hops + 1):  # each with a Servient of its own, as on machines of their own
            servient = await stack.enter_async_context(wot.Servient(patience=5, timeout=5))
            at = await stack.enter_async_context(servient.serve(thing, ANY))
            thing = await servient.consume(at.urls[0])
        try:
            yield at.urls[0]
        finally:
            oven.go.set()
            oven.free.set()
