"""node-wot uses a Thing of ours, and we use a Thing of node-wot."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

import wot


@dataclass
class Pair:
    number: int
    text: str


class Everything(wot.Thing, title="Everything", id="urn:test:everything"):
    """Every JSON type, and each shape of action and event."""

    boolean = wot.stored(False)
    integer = wot.stored(0, minimum=-10, maximum=10)
    number = wot.stored(0.5)
    string = wot.stored("")
    nullable: wot.Stored[float | None] = wot.stored(None)
    array: wot.Stored[list[int]] = wot.stored([1, 2])
    object: wot.Stored[Pair] = wot.stored(Pair(1, "one"))
    constant = wot.stored("fixed", read_only=True)

    on_integer = wot.event(int)
    on_string = wot.event(str)
    on_object = wot.event(Pair)
    on_nothing = wot.event()

    @wot.property(maximum=10)
    async def total(self, left: int = 1, right: int = 1) -> int:
        return left + right

    @wot.action
    async def reset(self) -> None:
        self.integer.value = 0

    @wot.action
    async def double(self, number: int, /) -> int:
        return 2 * number

    @wot.action
    async def swap(self, pair: Pair, /) -> Pair:
        return Pair(len(pair.text), str(pair.number))

    @wot.action
    async def add(self, a: int, b: int = 1) -> int:
        return a + b

    @wot.action
    async def get(self) -> Pair:
        return self.object.value

    @wot.action
    async def refuse(self) -> None:
        raise wot.errors.Conflict("busy")

    @wot.action
    async def fail(self) -> None:
        raise RuntimeError("secret")


INITIAL = {
    "boolean": False,
    "integer": 0,
    "number": 0.5,
    "string": "",
    "nullable": None,
    "array": [1, 2],
    "object": {"number": 1, "text": "one"},
}
EVERYTHING = INITIAL | {"constant": "fixed", "total": 2}
CHANGED = {
    "boolean": True,
    "integer": -10,
    "number": 1e-3,
    "string": 'Grüße, 世界 "\n',
    "nullable": 2.5,
    "array": [],
    "object": {"number": 2, "text": "two"},
}
# What node-wot's client says of the answer, and the command that is answered so.
REFUSED = [
    ("Bad Request", "write", "integer", {"value": "five"}),
    ("Bad Request", "write", "integer", {"value": 1.5}),
    ("Bad Request", "write", "integer", {"value": 11}),
    ("Bad Request", "write", "boolean", {"value": None}),
    ("Bad Request", "write", "array", {"value": [1, "two"]}),
    ("Bad Request", "write", "object", {"value": {"number": 1}}),
    ("Bad Request", "write", "object", {"value": {"number": 1, "text": "", "more": 0}}),
    ("Bad Request", "read", "total", {"variables": {"left": "x"}}),
    ("Bad Request", "invoke", "double", {}),
    ("Bad Request", "invoke", "double", {"value": "x"}),
    ("Bad Request", "invoke", "add", {"value": {}}),
    ("Bad Request", "invoke", "add", {"value": {"a": 1, "c": 1}}),
    ("Conflict", "invoke", "refuse", {}),
]


class TestTheirClient:
    """node-wot's client at a Thing of ours, which it follows by server-sent events or by long polling."""

    @pytest.fixture(params=["sse", "longpoll"])
    async def thing(self, node_client, request) -> AsyncIterator[Everything]:
        thing = Everything()
        on = wot.endpoint("http://127.0.0.1:0", subprotocols=request.param)
        async with wot.serve(thing, on) as served:
            await node_client.ask("consume", url=served.urls[0])
            yield thing

    async def test_reads(self, thing, node_client):
        for name, value in INITIAL.items():
            assert await node_client.ask("read", name) == value
        assert await node_client.ask("readAll") == EVERYTHING

    async def test_reads_with_uri_variables(self, thing, node_client):
        assert await node_client.ask("read", "total", variables={"left": 3, "right": 4}) == 7

    async def test_writes(self, thing, node_client):
        for name, value in CHANGED.items():
            await node_client.ask("write", name, value=value)
            assert await node_client.ask("read", name) == value
        assert thing.object.value == Pair(2, "two")
        await node_client.ask("write", "nullable", value=None)
        assert thing.nullable.value is None

    async def test_invokes(self, thing, node_client):
        thing.integer.value = 5
        assert await node_client.ask("invoke", "reset") is None
        assert thing.integer.value == 0
        assert await node_client.ask("invoke", "double", value=4) == 8
        assert await node_client.ask("invoke", "add", value={"a": 1}) == 2
        assert await node_client.ask("invoke", "get") == {"number": 1, "text": "one"}
        swapped = await node_client.ask("invoke", "swap", value={"number": 7, "text": "abc"})
        assert swapped == {"number": 3, "text": "7"}

    async def test_observes(self, thing, node_client):
        for name, value in CHANGED.items():
            await node_client.ask("observe", name)
            assert await node_client.next(name) == INITIAL[name]
            await node_client.ask("write", name, value=value)
            assert await node_client.next(name) == value
            await node_client.ask("stop", name)
            await node_client.ask("observe", name)
            assert await node_client.next(name) == value

    async def test_subscribes(self, thing, node_client):
        for name in ("on_integer", "on_string", "on_object", "on_nothing"):
            await node_client.ask("subscribe", name)
        for number in range(20):  # in one tick
            thing.on_integer.emit(number)
        thing.on_string.emit("line 1\nline 2")
        thing.on_object.emit(Pair(1, "a"))
        thing.on_nothing.emit()
        assert [await node_client.next("on_integer") for _ in range(20)] == list(range(20))
        assert await node_client.next("on_string") == "line 1\nline 2"
        assert await node_client.next("on_object") == {"number": 1, "text": "a"}
        assert await node_client.next("on_nothing") is None

    async def test_loses_nothing_of_bursts(self, thing, node_client):
        await node_client.ask("subscribe", "on_integer")
        for pause in (0, 0.005, 0.05):
            for number in range(20):
                thing.on_integer.emit(number)
                await asyncio.sleep(pause)
            assert [await node_client.next("on_integer") for _ in range(20)] == list(range(20))

    async def test_is_refused(self, thing, node_client):
        for status, do, name, rest in REFUSED:
            with pytest.raises(Exception, match=f"^Error: Client error: {status}$"):
                await node_client.ask(do, name, **rest)
        assert await node_client.ask("readAll") == EVERYTHING

    async def test_sees_a_failing_handler(self, thing, node_client):
        with pytest.raises(Exception, match=r"^Error: Server error: Internal Server Error$"):
            await node_client.ask("invoke", "fail")


class TestOurClient:
    """Our client at node-wot's Thing; it has no stream but long polling."""

    @pytest.fixture
    async def thing(self, node_server) -> AsyncIterator[wot.ConsumedThing]:
        async with wot.Servient() as servient:
            yield await servient.consume(node_server.url)

    async def test_reads(self, thing):
        for name, value in INITIAL.items():
            assert await thing.read(name) == value

    async def test_writes(self, thing):
        for name, value in CHANGED.items():
            await thing.write(name, value)
            assert await thing.read(name) == value
        await thing.write("nullable", None)
        assert await thing.read("nullable") is None

    async def test_reads_and_writes_several(self, thing):
        """Its forms of the whole Thing say more than it does: reading several gives all."""
        ops = {op for form in thing.description.forms for op in form.op}
        assert {"readallproperties", "readmultipleproperties"} <= ops
        assert await thing.read_all() == INITIAL
        assert await thing.read_multiple(["string", "array"]) == {"string": "", "array": [1, 2]}
        await thing.write_multiple({"integer": 4, "boolean": True})
        assert await thing.read_all() == INITIAL | {"integer": 4, "boolean": True}
        await thing.write_all(CHANGED)
        assert await thing.read_all() == CHANGED

    async def test_follows_all(self, thing, node_server):
        async with asyncio.timeout(10), thing.observe_all() as values:
            assert dict([await anext(values) for _ in INITIAL]) == INITIAL
            await node_server.ask("change", "string", value="x")
            assert await anext(values) == ("string", "x")
        async with asyncio.timeout(10), thing.subscribe_all() as events:
            await node_server.ask("emit", "onString", value="y")
            assert await anext(events) == ("onString", "y")

    async def test_invokes(self, thing):
        inputs = {"void": (), "int": (5,), "obj": ({"number": 5, "text": "five"},)}
        for kind, given in inputs.items():
            number = 5 if given else 0
            assert await thing.invoke(f"{kind}-void", *given) is None
            assert await thing.read("integer") == number
            assert await thing.invoke(f"{kind}-int", *given) == number + 1
            answer = {"number": number + 1, "text": "next"}
            assert await thing.invoke(f"{kind}-obj", *given) == answer

    async def test_observes(self, thing, node_server):
        for name, value in CHANGED.items():
            async with thing.observe(name) as values:
                assert await anext(values) == INITIAL[name]
                await node_server.ask("change", name, value=value)
                assert await anext(values) == value

    async def test_subscribes(self, thing, node_server):
        samples: dict[str, list[Any]] = {
            "onInteger": [1, 2, 3],
            "onString": ["", "two"],
            "onObject": [{"number": 1, "text": "one"}],
        }
        for name, values in samples.items():
            async with thing.subscribe(name) as events:
                for value in values:
                    await node_server.ask("emit", name, value=value)
                    assert await anext(events) == value

    async def test_goes_on_polling_while_nobody_waits(self, thing, node_server):
        async with asyncio.timeout(5), thing.subscribe("onInteger") as events:
            for number in range(3):
                await node_server.ask("emit", "onInteger", value=number)
            assert [await anext(events) for _ in range(3)] == [0, 1, 2]

    async def test_sends_nothing_that_is_wrong(self, thing):
        for _, do, name, rest in REFUSED:
            if do == "write" and "more" not in str(rest):  # this TD permits more members
                with pytest.raises(wot.errors.InvalidInput):
                    await thing.write(name, rest["value"])
        for name, value in INITIAL.items():
            assert await thing.read(name) == value

    async def test_errors(self, thing):
        with pytest.raises(wot.errors.InvalidInput):
            await thing.invoke("int-int", "five")
        with pytest.raises(wot.errors.UnknownAffordance):
            await thing.read("missing")
        with pytest.raises(wot.errors.HandlerError):
            await thing.invoke("fail")

    async def test_synchronously(self, node_server):
        def script() -> None:
            with wot.sync.Servient() as servient:
                thing = servient.consume(node_server.url)
                assert thing.read("number") == 0.5
                thing.write("array", [3])
                assert thing.read("array") == [3]
                assert thing.invoke("int-int", 1) == 2
                with thing.subscribe("onString") as events:
                    assert next(events) == "rang"

        await asyncio.gather(
            asyncio.to_thread(script), node_server.ask("emit", "onString", value="rang")
        )
