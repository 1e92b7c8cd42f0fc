"""A lamp, as the examples of Profiles have it: served by us, and described by somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

import wot
from tests.bindings.http.foreign import Foreign, foreign_server
from tests.bindings.http.things import ANY
from wot.servient import Served


class Lamp(wot.Thing, title="Lamp", id="urn:test:lamp"):
    """A lamp with one of everything."""

    on = wot.stored(False)
    level = wot.stored(50, minimum=0, maximum=100, unit="percent")
    overheated = wot.event(float)
    flickered = wot.event()

    def __init__(self) -> None:
        self.fading = asyncio.Event()
        self.cancelled = asyncio.Event()

    @wot.property
    async def serial(self) -> str:
        """Cannot be written."""
        return "A-1"

    @wot.property(write_only=True)
    async def code(self) -> str:
        return ""

    @code.write
    async def set_code(self, value: str) -> None:
        """Takes any code."""

    @wot.action
    async def double(self, value: int, /) -> int:
        return 2 * value

    @wot.action
    async def reset(self) -> None:
        self.level.value = 50

    @wot.action
    async def fail(self) -> None:
        raise wot.errors.Conflict("the lid is open")

    @wot.action
    async def crash(self) -> None:
        raise RuntimeError("a bug")

    @wot.action
    async def nothing(self, value: int | None, /) -> int | None:
        return value


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
async def served(lamp: Lamp) -> AsyncIterator[Served]:
    async with wot.serve(lamp, ANY) as served:
        yield served


@pytest.fixture
def url(served: Served) -> str:
    """The URL of the lamp's TD."""
    return served.urls[0]


@pytest.fixture
async def peer() -> AsyncIterator[Foreign]:
    """Somebody else's Thing: it answers as scripted, and keeps what it was asked."""
    async with foreign_server() as foreign:
        yield foreign


@pytest.fixture
async def servient() -> AsyncIterator[wot.Servient]:
    async with wot.Servient(patience=5, timeout=5) as servient:
        yield servient
