"""thingctx, a consumer in Python, at our servers: all that its HTTP binding supports.

It does not fill the URI template of readmultipleproperties, and so has only readallproperties of ours.
"""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator

import pytest

import wot

from .conftest import HERE, PEERS, Child, Refused, Start


class Lamp(wot.Thing, id="urn:example:thingctx"):
    on = wot.stored(False)
    level = wot.stored(5, minimum=0, maximum=100)
    hot = wot.event(float)

    @wot.action
    async def add(self, a: int, b: int) -> int:
        return a + b

    @wot.action(synchronous=False)
    async def fade(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "faded"


@pytest.fixture
async def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
async def client(lamp: Lamp, start: Start) -> AsyncIterator[Child]:
    python = PEERS / "thingctx" / "bin" / "python"
    if not (PEERS / "thingctx" / "installed").exists():
        pytest.skip(f"no thingctx in {PEERS}; run peers/install FOLDER and set WOT_PEERS=FOLDER")
    async with wot.serve(lamp, "http://127.0.0.1:0") as served:
        child = await start(
            python, HERE / "peers" / "thingctx_client.py", served.urls[0], stdin=PIPE
        )
        await child.ready()
        yield child


async def test_properties(client: Child) -> None:
    assert await client.ask("read", "level") == 5
    await client.ask("write", "level", value=7)
    assert await client.ask("read", "level") == 7


async def test_all_properties_in_one_request(client: Child, lamp: Lamp) -> None:
    assert await client.ask("read all") == {"on": False, "level": 5}
    await client.ask("write all", value={"on": True, "level": 9})
    assert (lamp.on.value, lamp.level.value) == (True, 9)


async def test_an_action_that_answers_at_once(client: Child) -> None:
    assert await client.ask("invoke", "add", value={"a": 1, "b": 2}) == 3


async def test_an_action_that_goes_on(client: Child) -> None:
    started = await client.ask("start", "fade", value={"seconds": 60})
    assert started["status"] == "pending"
    assert (await client.ask("query", "fade"))["status"] == "running"
    assert (await client.ask("cancel", "fade"))["status"] == "cancelled"
    ended = await client.ask("wait", "fade", value={"seconds": 0.01})
    assert (ended["status"], ended["output"]) == ("completed", "faded")


async def test_events_and_changes(client: Child, lamp: Lamp) -> None:
    following = asyncio.ensure_future(client.ask("follow", "hot", value=20))
    while not following.done():
        lamp.hot.emit(1.5)
        await asyncio.sleep(0.01)
    assert following.result() == [1.5] * 20


async def test_a_refusal_is_told(client: Child, lamp: Lamp) -> None:
    await client.ask("start", "fade", value={"seconds": 60})
    await client.ask("cancel", "fade")
    with pytest.raises(Refused, match="404"):
        await client.ask("query", "fade")
