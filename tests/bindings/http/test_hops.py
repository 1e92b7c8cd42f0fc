"""Large values through device, gateway and client: three processes, real sockets, little memory."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

import wot
from wot.errors import WoTError

from . import hops

MOST = 20 << 20


class Chain(NamedTuple):
    device: wot.ConsumedThing
    camera: wot.ConsumedThing
    gateway: wot.ConsumedThing
    processes: list[asyncio.subprocess.Process]


@asynccontextmanager
async def process(*args: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[str]]]:
    made = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(hops.__file__)),
        *args,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert made.stdout is not None
        line = await asyncio.wait_for(made.stdout.readline(), 20)
        yield made, line.decode().split()
    finally:
        with contextlib.suppress(ProcessLookupError):
            made.kill()
        await made.wait()


@pytest.fixture
async def hop() -> AsyncIterator[Chain]:
    async with (
        process("device") as (first, [device]),
        process("gateway", device) as (second, urls),
        wot.Servient(timeout=5) as servient,
    ):
        things = [await servient.consume(url) for url in (device, *urls)]
        yield Chain(things[0], things[1], things[2], [first, second])


@pytest.mark.parametrize(
    "mebibytes", [20, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(120)])]
)
async def test_large_values_take_little_memory_on_the_way(hop: Chain, mebibytes: int) -> None:
    size = mebibytes << 20
    await hop.camera.read("video", size=1 << 20)  # what is loaded once is loaded now
    hops.begin()
    found = hashlib.sha256()
    async with hop.camera.open("video", size=size) as chunks:
        async for part in chunks:
            found.update(part)
    assert found.hexdigest() == hops.digest(size)
    await hop.camera.write("video", iter(hops.parts(size)))
    assert await hop.device.read("received") == hops.digest(size)
    assert hops.grown() < MOST
    assert await hop.device.read("memory") < MOST
    assert await hop.gateway.read("memory") < MOST
    assert await hop.device.read("closed") == 2


async def until(thing: wot.ConsumedThing, name: str, value: object) -> None:
    async with asyncio.timeout(10), thing.observe(name) as values:
        async for found in values:
            if found == value or (value is ... and found):
                return


async def test_a_client_that_goes_ends_the_handler_at_once(hop: Chain) -> None:
    async with hop.camera.open("video", size=1 << 30) as chunks:
        await anext(chunks)
    await until(hop.device, "closed", 1)


@pytest.mark.parametrize("which", [0, 1])
async def test_a_connection_that_is_cut_is_an_error_of_the_client(hop: Chain, which: int) -> None:
    async def watch() -> None:
        async with hop.camera.open("video", size=1 << 30) as chunks:
            await anext(chunks)
            hop.processes[which].kill()
            async for _ in chunks:
                pass

    with pytest.raises(WoTError):
        await asyncio.wait_for(watch(), 10)
    if which:
        await until(hop.device, "closed", 1)


async def test_an_upload_that_is_cut_is_an_error_of_both_ends(hop: Chain) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for number in range(1 << 20):
            if number == 64:
                await until(hop.device, "begun", True)
                hop.processes[1].kill()
            yield bytes(1 << 16)

    with pytest.raises(WoTError):
        await asyncio.wait_for(hop.camera.write("video", endless()), 10)
    await until(hop.device, "failed", ...)


async def test_an_upload_whose_source_fails_is_no_success(hop: Chain) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield bytes(1 << 20)
        raise LookupError("the tape is at its end")

    with pytest.raises(LookupError):
        await hop.camera.write("video", failing())
    await until(hop.device, "failed", ...)
    assert await hop.device.read("received") == ""
