"""Our client at servers of other Python frameworks, as far as their TDs are usable."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import pytest

import wot

INITIAL = {"boolean": False, "integer": 0, "number": 0.5, "string": "idle"}
CHANGED = {"boolean": True, "integer": -10, "number": 1e-3}


@pytest.fixture
async def servient() -> AsyncIterator[wot.Servient]:
    async with wot.Servient() as servient:
        yield servient


async def document(url: str) -> dict[str, Any]:
    """The TD as it is served."""

    def get() -> Any:
        with urllib.request.urlopen(url, timeout=5) as response:
            return json.load(response)

    return await asyncio.to_thread(get)


async def reads_and_writes(thing: wot.ConsumedThing) -> None:
    """What works with each of them."""
    for name, value in INITIAL.items():
        assert await thing.read(name) == value
    for name, value in CHANGED.items():
        await thing.write(name, value)
        assert await thing.read(name) == value
    with pytest.raises(wot.errors.InvalidInput):
        await thing.write("integer", 99)
    assert await thing.read("integer") == -10


async def reads_and_writes_several(thing: wot.ConsumedThing) -> None:
    """What each gives alone is what they give together."""
    names = [
        name
        for name, json in thing.description.json["properties"].items()
        if not json.get("writeOnly")
    ]
    alone = {name: await thing.read(name) for name in names}
    together = await thing.read_all()
    assert {name: together[name] for name in names} == alone
    assert await thing.read_multiple(["integer", "string"]) == {
        "integer": alone["integer"],
        "string": alone["string"],
    }
    await thing.write_multiple({"integer": 3})
    assert (await thing.read_all())["integer"] == 3


class TestHololinked:
    @pytest.fixture
    async def thing(self, peer, servient) -> wot.ConsumedThing:
        return await servient.consume(await peer("hololinked"))

    async def test_its_td_has_no_context_and_an_id_that_is_no_uri(self, peer):
        td = await document(await peer("hololinked"))
        assert "@context" not in td
        assert td["context"] == ["https://www.w3.org/2022/wot/td/v1.1"]
        assert td["id"] == "peer"

    async def test_several_properties(self, thing):
        await reads_and_writes_several(thing)

    async def test_properties(self, thing):
        await reads_and_writes(thing)
        assert await thing.read("state") is None

    async def test_actions(self, thing):
        assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
        with pytest.raises(wot.errors.InvalidInput):
            await thing.invoke("add", {"a": 1})

    async def test_it_answers_200_with_a_traceback_when_a_handler_fails(self, thing):
        with pytest.raises(wot.errors.InvalidOutput):
            await thing.invoke("fail")

    async def test_streams(self, thing):
        async with thing.subscribe("rang") as events:
            await thing.invoke("ring")
            assert await anext(events) == 7
        async with thing.observe("integer") as values:
            assert await anext(values) == 0
            await thing.write("integer", 5)
            # It may tell the value as it was once more, after we have read it.
            while (value := await anext(values)) != 5:
                assert value == 0


class TestLabthings:
    @pytest.fixture
    async def thing(self, peer, servient) -> wot.ConsumedThing:
        return await servient.consume(await peer("labthings"))

    async def test_several_properties(self, thing):
        await reads_and_writes_several(thing)

    async def test_properties(self, thing):
        await reads_and_writes(thing)
        await thing.write("array", [3])
        assert await thing.read("array") == [3]
        with pytest.raises(wot.errors.NotAllowed):
            await thing.write("string", "busy")

    async def test_actions_are_answered_before_they_end(self, thing):
        assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
        begun = await thing.start("wait", {"seconds": 0.3})
        assert await begun.result() == "waited"
        with pytest.raises(wot.errors.HandlerError):
            await thing.invoke("fail")

    async def test_they_can_be_cancelled(self, thing):
        begun = await thing.start("wait", {"seconds": 60})
        async with asyncio.timeout(10):
            while not await thing.invocations():  # noqa: ASYNC110 - somebody else's server
                await asyncio.sleep(0.02)
        await begun.cancel()
        async with asyncio.timeout(10):
            while "cancelled" not in await thing.read("string"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def test_what_its_td_does_not_offer(self, thing):
        with pytest.raises(wot.errors.NotAllowed):
            async with thing.observe("integer"):
                pass


class TestWotpy:
    @pytest.fixture
    async def thing(self, peer, servient) -> wot.ConsumedThing:
        return await servient.consume(await peer("wotpy"))

    async def test_its_schemas_have_an_empty_one_of(self, peer):
        td = await document(await peer("wotpy"))
        assert td["properties"]["integer"]["oneOf"] == []

    async def test_several_properties(self, thing):
        await reads_and_writes_several(thing)

    async def test_properties(self, thing):
        await reads_and_writes(thing)
        assert await thing.read("array") == [1, 2]

    async def test_actions(self, thing):
        assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
        with pytest.raises(wot.errors.InvalidInput):
            await thing.invoke("add", {"a": 1})

    async def test_it_answers_500_to_an_action_without_input(self, thing):
        with pytest.raises(wot.errors.HandlerError):
            await thing.invoke("rest")

    async def test_streams_by_long_polling_that_its_td_does_not_name(self, thing):
        async with asyncio.timeout(5), thing.observe("integer") as values:
            assert await anext(values) == 0
            await thing.write("integer", 5)
            assert await anext(values) == 5
        async with asyncio.timeout(5), thing.subscribe("rang") as events:
            await thing.invoke("ring", 7)
            assert await anext(events) == 7
