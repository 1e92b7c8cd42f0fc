"""What the tests of the HTTP binding share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import wot

from .foreign import Foreign, foreign_server
from .things import Probe

ANY = "http://127.0.0.1:0"


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
async def url(probe: Probe) -> AsyncIterator[str]:
    """The URL of the probe's TD."""
    async with wot.serve(probe, ANY) as served:
        yield served.urls[0]


@pytest.fixture
async def servient() -> AsyncIterator[wot.Servient]:
    async with wot.Servient(patience=5, timeout=5) as servient:
        yield servient


@pytest.fixture
async def foreign() -> AsyncIterator[Foreign]:
    async with foreign_server() as server:
        yield server
