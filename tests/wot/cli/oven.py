"""A Thing whose actions take their time, and which takes bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import wot


class Oven(wot.Thing):
    """Bakes."""

    name = wot.stored("")
    rack = wot.stored([1])
    running = wot.stored(0)
    cancelled = wot.stored(0)
    _picture = b""
    _parts = 0

    @wot.action(synchronous=False)
    async def bake(self, seconds: float, /) -> str:
        """Takes as long as is said."""
        self.running.value += 1
        wot.progress(0.5, "rising\x1b[2J")
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.value += 1
            raise
        finally:
            self.running.value -= 1
        return "done"

    @wot.action(synchronous=False)
    async def clean(self) -> None:
        """Nothing comes of it."""

    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        """What it looks like."""
        return self._picture

    @picture.write
    async def take_picture(self, chunks: AsyncIterator[bytes]) -> None:
        picture, self._parts = b"", 0
        async for part in chunks:
            picture += part
            self._parts += 1
        self._picture = picture

    @wot.property
    async def parts(self) -> int:
        """In how many parts the picture came."""
        return self._parts

    @wot.action(content_type="image/png")
    async def crop(self, chunks: AsyncIterator[bytes], /) -> bytes:
        """Tells how many bytes there were."""
        return b"%d" % sum([len(part) async for part in chunks])
