"""A web page on a Thing of ours: the WebSocket of browsers (Node's is the same), and JSON by hand."""

import shutil
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import wot

from .conftest import Child

PAGE = Path(__file__).parent / "websocket" / "page.js"
FLAG = "--experimental-websocket"  # needed by Node 20, the default since 22


class Lamp(wot.Thing, title="Lamp", id="urn:test:lamp"):
    """What the page uses."""

    level = wot.stored(5, minimum=0, maximum=100)
    tick = wot.event(int)

    @wot.action
    async def add(self, a: int, b: int) -> int:
        return a + b


@pytest.fixture
def page(start: Callable[..., Awaitable[Child]]) -> Callable[..., Awaitable[Child]]:
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    known = subprocess.run([program, FLAG, "-e", "0"], capture_output=True, timeout=20, check=False)
    if known.returncode:
        pytest.skip("this Node has no WebSocket")
    return lambda url, thing: start(program, FLAG, PAGE, url, thing)


async def test_a_page(page: Callable[[str, str], Awaitable[Child]]) -> None:
    lamp = Lamp()
    there = wot.endpoint("http://127.0.0.1:0", subprotocols=("sse", "webthingprotocol"))
    async with wot.serve(lamp, there) as served:
        child = await page(served.urls[0].replace("http", "ws", 1), "urn:test:lamp")
        lines = [await child.line() for _ in range(3)]
        assert {"of": "level", "value": 5} in lines
        assert {"of": "level", "value": 6} in lines
        assert {"level": 5, "sum": 3, "status": 400} in lines
        lamp.tick.emit(7)
        assert await child.line() == {"of": "tick", "value": 7}
    assert await child.line() == {"closed": 1001, "wasClean": True}
