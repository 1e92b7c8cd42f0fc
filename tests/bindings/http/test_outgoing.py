"""Hosts that strangers name: looked up apart from everything else."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp
import pytest

import wot
from wot.errors import InvalidInput, Unavailable
from wot_http import outgoing
from wot_http.outgoing import Busy, LookUps, check

from .things import ANY, Probe
from .wire import ask, until


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The name servers of *.slow.example say nothing before the event."""
    told, real = threading.Event(), socket.getaddrinfo

    def slow(host: Any, *arguments: Any, **options: Any) -> Any:
        if str(host).endswith("slow.example"):
            told.wait(20)
            raise socket.gaierror(-2, "unknown")
        return real(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    yield told
    told.set()


async def test_slow_names_hold_up_nobody_else(
    silent: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "_ASKED", LookUps())
    async with wot.serve(Probe(), wot.endpoint(ANY, subprotocols="webhook")) as served:
        url = f"{served.urls[0]}/events/tick"

        def register(number: int) -> Any:
            to = {"callbackURL": f"http://a{number}.slow.example/"}
            return ask(url, "POST", json.dumps(to).encode())

        asked = [asyncio.create_task(register(number)) for number in range(40)]
        await until(lambda: sum(task.done() for task in asked) == 32)
        for task in asked:
            if task.done():
                assert task.result().problem == (503, "Unavailable")
                assert "retry-after" in task.result().headers
        # Threads of others are free, and an address needs none.
        assert await asyncio.wait_for(asyncio.to_thread(int, "1"), 2) == 1
        await check(urlsplit("http://127.0.0.1/"), True)
        silent.set()
        for task in asked:
            assert (await task).status in (400, 503)
        await asyncio.gather(*asked)
        assert (await register(0)).problem == (400, "InvalidInput")


async def test_a_look_up_that_is_given_up_still_counts(
    silent: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "_ASKED", LookUps())
    monkeypatch.setattr(outgoing, "_LOOKING_UP", 0.05)
    slow = urlsplit("http://slow.example/")
    given_up = [check(slow, True) for _ in range(8)]
    found = await asyncio.gather(*given_up, return_exceptions=True)
    assert all(isinstance(error, InvalidInput) for error in found)
    with pytest.raises(Unavailable):
        await check(slow, True)
    silent.set()

    async with asyncio.timeout(10):
        while isinstance(await refusal(slow), Unavailable):
            pass
    assert isinstance(await refusal(slow), InvalidInput)


async def refusal(parts: SplitResult) -> BaseException | None:
    [found] = await asyncio.gather(check(parts, True), return_exceptions=True)
    return found


async def test_deliveries_look_up_apart_from_registrations(
    silent: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = LookUps()
    monkeypatch.setattr(outgoing, "_TOLD", told)
    monkeypatch.setattr(outgoing, "_LOOKING_UP", 0.05)
    async with outgoing.session(True) as session:
        for number in range(8):
            with pytest.raises((aiohttp.ClientError, TimeoutError)):
                await session.get(f"http://a{number}.slow.example/")
        with pytest.raises(Busy):
            await told.addresses("localhost", 80)
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get("http://localhost:1/")
    await check(urlsplit("http://localhost/"), True)
