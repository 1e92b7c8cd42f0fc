"""What tests of Things here and elsewhere begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

import wot
from wot.binding import Client
from wot.consumed import ConsumedThing
from wot.content import JSON, Content
from wot.errors import NoBinding
from wot.interaction import Interaction, Reply
from wot.td import Op, ThingDescription
from wot.things import exposed_of

from .consuming import Fake
from .exposing import Ask, Probe
from .lamps import LOCAL, Lamp


@pytest.fixture
async def servient() -> AsyncIterator[wot.Servient]:
    async with wot.Servient(patience=5) as servient:
        yield servient


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


@pytest.fixture(params=["direct", "through a gateway"])
async def url(
    request: pytest.FixtureRequest, servient: wot.Servient, lamp: Lamp
) -> AsyncIterator[str]:
    """Where a lamp is served, by itself and by a gateway."""
    async with servient.serve(lamp, LOCAL) as served:
        if request.param == "direct":
            yield served.urls[0]
            return
        remote = await servient.consume(served.urls[0])
        async with wot.Servient() as gateway, gateway.serve(remote, LOCAL) as again:
            assert again.urls != served.urls
            yield again.urls[0]


@pytest.fixture
def client() -> Fake:
    return Fake()


@pytest.fixture
def consume(client: Fake) -> Callable[..., ConsumedThing]:
    """A Thing elsewhere, at the other end of a client that answers as told."""

    def consume(base: str = "http://h/t/", patience: float = 5, **kinds: Any) -> ConsumedThing:
        def client_for(scheme: str) -> Client:
            if scheme not in ("http", "coap"):
                raise NoBinding(f"there is no binding for {scheme!r}")
            return client

        td = ThingDescription({"title": "Lamp", "base": base, **kinds})
        return ConsumedThing(td, client_for, patience=patience)

    return consume


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
def ask(probe: Probe) -> Ask:
    """What a Thing here answers, byte for byte."""

    async def ask(
        op: Op, name: str, body: bytes | None = None, kind: str = JSON, **variables: Any
    ) -> bytes | None:
        payload = None if body is None else Content(body, kind)
        reply = await exposed_of(probe).request(Interaction(op, name, payload, variables))
        assert isinstance(reply, Reply)
        return None if reply.content is None else reply.content.body

    return ask
