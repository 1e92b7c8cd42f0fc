"""Every TD that is served tells the truth, of our own Things and of all that can be made from TDs."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import wot
from tests.sampling import NoSample
from wot.errors import DefinitionError, InvalidTD
from wot.td import KINDS
from wot.things import exposed_of

from .simulated import simulated
from .walking import Walk

ANY = "http://127.0.0.1:0"
ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "td_examples").glob("[vm]*/*.td.json"))
DEMOS = {entry.name: entry for entry in entry_points(group="wot.demos")}
# Where the schema of an action does not tell all that it wants.
UNREACHABLE = {"names.td"}  # has an affordance whose name cannot be part of a URL
INPUTS: dict[str, dict[str, Any]] = {
    "air": {"calibrate": {"quantity": "temperature", "reference": 20.0}}
}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


async def walked(
    http: aiohttp.ClientSession,
    thing: wot.Thing | wot.ConsumedThing,
    inputs: dict[str, Any] | None = None,
    **options: Any,
) -> Counter[str]:
    """How often each operation was done."""
    async with wot.serve(thing, wot.endpoint(ANY, **options)) as served:
        [td] = served.descriptions
        async with http.get(served.urls[0]) as answer:
            assert await answer.json(content_type="application/td+json") == td.json
        walk = Walk(http, td.json, inputs)
        await walk.all()
        return walk.done


@pytest.mark.parametrize("name", DEMOS)
async def test_of_the_simulators(http: aiohttp.ClientSession, name: str) -> None:
    done = await walked(http, DEMOS[name].load()(), INPUTS.get(name))
    assert {"readproperty", "observeproperty", "subscribeevent"} <= {*done}


class Lamp(wot.Thing):
    """One of everything that the profiles speak of."""

    level = wot.stored(5, minimum=0, maximum=100)
    note: wot.Stored[str | None] = wot.stored(None)
    overheated = wot.event(float)
    bare = wot.event()

    @wot.property(write_only=True)
    async def code(self) -> str:
        return ""

    @code.write
    async def set_code(self, value: str) -> None:
        pass

    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        return b"\x89PNG"

    @wot.property
    async def scaled(self, factor: int = 1) -> int:
        return factor

    @wot.action
    async def toggle(self) -> bool:
        return True

    @wot.action
    async def reset(self) -> None:
        pass


async def test_of_one_of_everything(http: aiohttp.ClientSession) -> None:
    done = await walked(http, Lamp())
    assert done["readproperty"] == 4
    assert done["invokeaction"] == 2


@pytest.mark.parametrize("options", [{"cors": "*"}, {"heartbeat": 0.05}], ids=["pages", "beats"])
async def test_of_other_endpoints(http: aiohttp.ClientSession, options: Any) -> None:
    assert (await walked(http, Lamp(), **options))["readproperty"] == 4


@pytest.mark.parametrize(
    "options",
    [
        {"subprotocols": ()},
        {"subprotocols": ("longpoll",)},
        {"subprotocols": ("webhook",), "webhooks": {"private": True}},
        {"subprotocols": ("sse", "longpoll", "webhook"), "webhooks": {"private": True}},
        {"profile": "sse"},
    ],
    ids=["no streams", "long polling", "webhooks", "all streams", "the SSE profile"],
)
async def test_of_every_kind_of_stream(http: aiohttp.ClientSession, options: Any) -> None:
    done = await walked(http, Lamp(), **options)
    streams = len(options.get("subprotocols", ("sse",)))
    assert done["observeproperty"] == 2 * streams
    assert done["subscribeevent"] == 2 * streams


@pytest.mark.parametrize("behind", [False, True], ids=["itself", "a gateway"])
async def test_of_what_lasts(http: aiohttp.ClientSession, behind: bool) -> None:
    class Kettle(wot.Thing):
        @wot.action(synchronous=False)
        async def boil(self, to: float) -> float:
            await asyncio.sleep(30)
            return to

        @wot.action(synchronous=False)
        async def descale(self) -> None:
            """Has ended when it is asked about."""

    async with wot.Servient() as servient, wot.serve(Kettle(), ANY) as served:
        there = await servient.consume(served.urls[0])
        done = await walked(http, there if behind else Kettle())
    assert done["invokeaction"] == done["queryaction"] == done["cancelaction"] == 2
    assert done["queryallactions"] == 1


async def test_of_a_gateway(http: aiohttp.ClientSession) -> None:
    async with wot.Servient() as servient, wot.serve(Lamp(), ANY) as behind:
        there = await servient.consume(behind.urls[0])
        done = await walked(http, there)
    assert done["readproperty"] == 4
    assert done["invokeaction"] == 2


def servable(document: Any) -> wot.Thing | None:
    """The Thing of a TD; None where it is none, nothing fits its schemas, or a name cannot be in a URL."""
    with suppress(InvalidTD, DefinitionError, NoSample):
        thing = simulated(document)
        td = exposed_of(thing).td.json
        if not any(name in ("", ".", "..") for kind in KINDS for name in td.get(kind, ())):
            return thing
    return None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_of_every_example(http: aiohttp.ClientSession, path: Path) -> None:
    thing = servable(path)
    assert (thing is None) == (path.stem in UNREACHABLE)
    if thing is not None:
        await walked(http, thing)


def documents(folder: Path) -> Iterable[Any]:
    for file in sorted(folder.iterdir()):
        yield json.loads(file.read_text())


@pytest.mark.parametrize(
    ("folder", "least"),
    [("td/valid", 60), ("plugfest/td", 100)],
)
@pytest.mark.timeout(180)
async def test_of_the_tds_of_the_world(
    http: aiohttp.ClientSession, corpus: Path, folder: str, least: int
) -> None:
    total: Counter[str] = Counter()
    things = 0
    for document in documents(corpus / folder):
        thing = servable(document)
        if thing is not None:
            total += await walked(http, thing)
            things += 1
    assert things >= least
    assert total["readproperty"] > 90
