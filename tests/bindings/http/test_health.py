"""Health: whether requests should be sent here."""

from __future__ import annotations

import asyncio

import pytest

import wot

from .things import ANY, Probe
from .wire import ask, connected, deaf, request, until

PATH = "/.well-known/health"


async def test_health(url: str) -> None:
    root = url.removesuffix("/probe")
    answer = await ask(root + PATH)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/health+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["status"] == "pass"
    head = await ask(root + PATH, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert (await ask(root + PATH, "OPTIONS")).headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await ask(root + PATH, "PUT", b"1")).problem == (405, "NotAllowed")


async def test_it_fails_while_the_server_stops(probe: Probe) -> None:
    """A subscriber that takes nothing gives us time to ask."""
    stop = asyncio.Event()
    url = ""

    async def serve() -> None:
        nonlocal url
        async with wot.serve(probe, ANY) as served:
            url = served.urls[0]
            await stop.wait()

    serving = asyncio.create_task(serve())
    await until(lambda: bool(url))
    with await deaf(f"{url}/events/note"):
        async with connected(url) as wire:
            root = url.removesuffix("/probe")
            await wire.send(request(root + PATH))
            assert (await wire.answer()).json["status"] == "pass"
            for _ in range(100):
                probe.note.emit(["x" * 100_000])
            stop.set()
            status = 200
            while status == 200:
                await wire.send(request(root + PATH))
                answer = await wire.answer()
                status = answer.status
            assert status == 503
            assert answer.json["status"] == "fail"
        await serving


async def test_it_says_nothing_of_the_things(url: str) -> None:
    answer = await ask(url.removesuffix("/probe") + PATH)
    assert set(answer.json) == {"status", "serviceId"}


@pytest.mark.parametrize("things", [[], ["a", "b"]])
async def test_it_asks_no_thing(things: list[str], servient: wot.Servient) -> None:
    class Never(wot.Thing):
        @wot.property
        async def level(self) -> int:
            raise AssertionError

    served_things = {name: Never(id=f"urn:test:{name}") for name in things or ["one"]}
    async with servient.serve(served_things, ANY) as served:
        root = served.urls[0].rpartition("/")[0]
        assert (await ask(root + PATH)).json["status"] == "pass"
