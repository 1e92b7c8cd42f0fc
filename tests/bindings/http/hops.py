"""A device, a gateway and a client of large values, each a process of its own."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import sys
from collections.abc import AsyncIterator

import psutil

import wot

ANY = "http://127.0.0.1:0"
_PART = bytes(range(256)) * 256  # 64 KiB


def parts(size: int) -> list[bytes]:
    """Which parts make `size` bytes."""
    return [_PART] * (size // len(_PART))


def digest(size: int) -> str:
    """Of `size` bytes as they are sent here."""
    found = hashlib.sha256()
    for part in parts(size):
        found.update(part)
    return found.hexdigest()


class Camera(wot.Thing):
    """Gives and takes as many bytes as it is told to."""

    closed = wot.stored(0)
    begun = wot.stored(False)
    received = wot.stored("")
    failed = wot.stored("")

    @wot.property(content_type="video/mp4")
    async def video(self, size: int = 1 << 20) -> AsyncIterator[bytes]:
        try:
            for part in parts(size):
                yield part
        finally:
            self.closed.value += 1

    @video.write
    async def record(self, chunks: AsyncIterator[bytes], size: int = 0) -> None:
        found, count = hashlib.sha256(), 0
        try:
            async for part in chunks:
                self.begun.value = True
                found.update(part)
                count += len(part)
        except Exception as error:
            self.failed.value = f"{type(error).__name__} after {count}"
            raise
        self.received.value = found.hexdigest()

    @wot.property
    def memory(self) -> int:
        """The most that this process has held, in bytes."""
        return grown()


_start = 0


def grown() -> int:
    """By how many bytes the most that this process held is above what it held when it was ready."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - _start


def begin() -> None:
    """What is held from here on counts."""
    global _start
    _start = max(
        psutil.Process().memory_info().rss,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


class Gateway(wot.Thing):
    """Says how much memory its process takes."""

    @wot.property
    def memory(self) -> int:
        return grown()


async def device() -> None:
    async with wot.serve(Camera(), ANY) as served:
        await _ready(served.urls[0])


async def gateway(url: str) -> None:
    async with wot.Servient() as servient:
        camera = await servient.consume(url)
        async with servient.serve({"camera": camera, "gateway": Gateway()}, ANY) as served:
            await _ready(" ".join(served.urls))


async def _ready(urls: str) -> None:
    begin()
    print(urls, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    asyncio.run(device() if what == "device" else gateway(*rest))
