"""What the tests of the HTTP binding share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

import wot

from .foreign import Foreign, Harness, foreign_server
from .proxy import Chain, proxied
from .things import ANY, Probe


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


@pytest.fixture
def there(foreign: Foreign, servient: wot.Servient) -> Harness:
    return Harness(foreign, servient)


@pytest.fixture
def tick(url: str) -> str:
    """The URL of an event of the probe."""
    return f"{url}/events/tick"


@pytest.fixture
async def chain(url: str) -> AsyncIterator[Chain]:
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(proxied(url))
        inside = await stack.enter_async_context(wot.Servient(timeout=1, patience=5))
        remote = await inside.consume(proxy.url)
        served = await stack.enter_async_context(inside.serve(remote, ANY))
        outside = await stack.enter_async_context(wot.Servient(timeout=5, patience=5))
        yield Chain(url, proxy, served.urls[0], await outside.consume(served.urls[0]))
