"""One read, socket to handler: how many of our frames stand on the stack (DESIGN section 4)."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

import wot


def frames() -> list[str]:
    """Our functions on the stack, outermost first."""
    found: list[str] = []
    frame = sys._getframe(1)
    while frame.f_back:
        frame = frame.f_back
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        if package == "wot" or package.startswith("wot_"):
            found.append(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}")
    return found[::-1]


class Probe(wot.Thing):
    def __init__(self) -> None:
        self.frames: list[str] = []

    @wot.property(observable=True)
    async def level(self) -> int:
        self.frames = frames()
        return 1

    @level.write
    async def set_level(self, value: int) -> None:
        self.frames = frames()

    @wot.property
    async def history(self, hours: int) -> int:
        self.frames = frames()
        return hours

    @wot.property
    def blocking(self) -> int:
        self.frames = frames()
        return 1

    @wot.action
    async def fade(self, to: int) -> None:
        self.frames = frames()


@pytest.fixture
def at_library(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Our frames at each request that aiohttp's client is asked for."""
    seen: list[list[str]] = []
    original = aiohttp.ClientSession._request

    async def request(self: aiohttp.ClientSession, *args: Any, **kwargs: Any) -> Any:
        seen.append(frames())
        return await original(self, *args, **kwargs)

    monkeypatch.setattr(aiohttp.ClientSession, "_request", request)
    return seen


async def test_socket_to_handler_and_handle_to_library(at_library: list[list[str]]) -> None:
    probe = Probe()
    async with wot.Servient() as servient, servient.serve(probe, "http://127.0.0.1:0") as served:
        far = await servient.consume(served.urls[0], Probe)
        uses: list[Callable[[], Awaitable[Any]]] = [
            far.level.read,
            lambda: far.history.read(hours=1),
            far.blocking.read,
            lambda: far.fade(1),
            lambda: far.level.write(1),
        ]
        for use in uses:
            at_library.clear()
            await use()
            assert 0 < len(probe.frames) <= 4, probe.frames
            assert 0 < len(at_library[0]) <= 3, at_library[0]
        await far.level.read()
        # It is the way that is drawn in the design: binding, then Thing; handle, then binding.
        assert probe.frames[0].startswith("wot_http.serving.Serving.")
        assert "wot.exposed.ExposedThing.request" in probe.frames
        assert at_library[-1] == [
            "wot.handles.PropertyHandle.read",
            "wot.consumed.ConsumedThing.request",
            "wot_http.client.HTTPClient.request",
        ]


async def test_a_gateway_adds_no_more_than_its_two_ends(at_library: list[list[str]]) -> None:
    probe = Probe()
    async with wot.Servient() as servient, servient.serve(probe, "http://127.0.0.1:0") as served:
        remote = await servient.consume(served.urls[0])
        async with wot.Servient() as other, other.serve(remote, "http://127.0.0.1:0") as again:
            far = await servient.consume(again.urls[0], Probe)
            at_library.clear()
            await far.level.read()
    through = [stack for stack in at_library if stack[0].startswith("wot_http.serving.")]
    assert len(through) == 1
    assert len(through[0]) <= 4, through[0]
