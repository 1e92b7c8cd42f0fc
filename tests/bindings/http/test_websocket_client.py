"""Our client on WebSockets: against our server, through gateways and bad networks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import wot
from wot.content import Content
from wot.errors import (
    EventsLost,
    InvalidInput,
    NotFound,
    PartialFailure,
    TransportError,
    WoTError,
)
from wot.forms import THING
from wot.interaction import ActionStatus, Interaction
from wot.td import Form, Op
from wot_http.client import HTTPClient

from .proxy import Proxy, proxied
from .socket_peer import PROTOCOL, Fake, endpoint, serving
from .things import Probe
from .wire import ask, taken, until


def socket_only(document: Any) -> Any:
    """A TD with nothing but forms of our subprotocol."""
    if isinstance(document, dict):
        return {
            name: [f for f in value if f.get("subprotocol") == PROTOCOL]
            if name == "forms"
            else socket_only(value)
            for name, value in document.items()
        }
    return document


async def over_socket(servient: wot.Servient, url: str) -> wot.ConsumedThing:
    document = socket_only((await ask(url)).json)
    document.pop("uriVariables", None)  # of the forms that are left out
    return await servient.consume(document)


def form_of(url: str) -> Form:
    """What is left of a form when a client gets it."""
    there = {"href": url.replace("http", "ws", 1), "subprotocol": PROTOCOL}
    return Form({**there, THING: "urn:test:fake"})


@pytest.fixture
async def url(probe: Probe) -> AsyncIterator[str]:
    async with wot.serve(probe, endpoint(heartbeat=0.2)) as served:
        yield served.urls[0]


@pytest.fixture
async def thing(servient: wot.Servient, url: str) -> wot.ConsumedThing:
    return await over_socket(servient, url)


async def test_requests(thing: wot.ConsumedThing, probe: Probe) -> None:
    assert await thing.read("level") == 5
    await thing.write("level", 6)
    assert probe.level.value == 6
    assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
    assert await thing.invoke("reset") is None
    assert await thing.read("Größe {1} #?&%") == 7
    assert await thing.read("scaled", factor=3, unit="a+b & ü") == "15 a+b & ü"
    await thing.write("free", None)
    assert await thing.read("free") is None
    with pytest.raises(InvalidInput, match="maximum"):
        await thing.write("level", 101)
    with pytest.raises(wot.errors.UriVariableError):
        await thing.read("scaled", factor="x")


async def test_the_same_classes_of_errors(fake: Fake, servient: wot.Servient) -> None:
    async with client() as http, serving(fake) as url:
        form = form_of(url)
        for kind in wot.errors.CROSSING.values():
            fake.replies[Op.READ_PROPERTY] = kind("what went wrong", hint="what to do")
            with pytest.raises(WoTError) as caught:
                await http.request(form, Interaction(Op.READ_PROPERTY, "a"))
            if kind is not wot.errors.TransportError and kind is not wot.errors.InteractionError:
                assert type(caught.value) is kind
            assert str(caught.value) == "what went wrong"
            assert caught.value.hint == "what to do"


@pytest.fixture
def fake() -> Fake:
    return Fake()


@asynccontextmanager
async def client(**options: Any) -> AsyncIterator[HTTPClient]:
    made = HTTPClient({"timeout": 5.0, **options})
    try:
        yield made
    finally:
        await made.close()


async def test_whole_things_and_invocations(fake: Fake) -> None:
    async with client() as http, serving(fake) as url:
        form = form_of(url)

        async def request(op: Op, name: str = "", **members: Any) -> Any:
            reply = await http.request(form, Interaction(op, name, **members))
            content = json.loads(reply.content.body) if reply.content else None
            return (content, reply.invocation) if reply.invocation else content

        fake.json(Op.READ_ALL_PROPERTIES, {"a": 1})
        assert await request(Op.READ_ALL_PROPERTIES) == {"a": 1}
        fake.json(Op.READ_MULTIPLE_PROPERTIES, {"b": 1})
        assert await request(Op.READ_MULTIPLE_PROPERTIES, names=("b",)) == {"b": 1}
        fake.done(Op.WRITE_MULTIPLE_PROPERTIES)
        assert await request(Op.WRITE_MULTIPLE_PROPERTIES, payload=Content(b'{"a":1}')) is None
        fake.replies[Op.WRITE_MULTIPLE_PROPERTIES] = PartialFailure(
            "half", values={"a": 1}, errors={"b": NotFound("gone")}
        )
        with pytest.raises(PartialFailure) as caught:
            await request(Op.WRITE_MULTIPLE_PROPERTIES, payload=Content(b'{"a":1,"b":2}'))
        assert caught.value.values == {"a": 1}
        assert isinstance(caught.value.errors["b"], NotFound)
        status = {"status": "running", "href": "7", "progress": 0.5}
        fake.json(Op.INVOKE_ACTION, status, "7")
        assert await request(Op.INVOKE_ACTION, "fade", id="k") == (status, "7")
        assert fake.asked[-1].id == "k"
        fake.json(Op.QUERY_ACTION, status)
        assert await request(Op.QUERY_ACTION, "fade", invocation="7", wait=1.0) == status
        assert (fake.asked[-1].invocation, fake.asked[-1].wait) == ("7", 1.0)
        fake.json(Op.QUERY_ALL_ACTIONS, {"fade": [status]})
        assert await request(Op.QUERY_ALL_ACTIONS) == {"fade": [status]}
        fake.done(Op.CANCEL_ACTION)
        assert await request(Op.CANCEL_ACTION, "fade", invocation="7") is None
        assert ActionStatus("running").ended is False


async def test_streams(thing: wot.ConsumedThing, probe: Probe) -> None:
    async with thing.observe("level") as level, thing.subscribe("tick") as ticks:
        assert await taken(level, 1) == [5]
        probe.level.value = 6
        for number in range(50):
            probe.tick.emit(number)
        assert await taken(level, 1) == [6]
        assert await taken(ticks, 50) == list(range(50))


async def test_one_connection(url: str, probe: Probe, servient: wot.Servient) -> None:
    """Everything shares it, but for a second subscription of the same affordance: that would replace the first."""
    async with proxied(url) as proxy:
        thing = await over_socket(servient, proxy.url)
        before = proxy.connections
        await asyncio.gather(*(thing.read("level") for _ in range(100)))
        async with thing.observe("level") as one, thing.subscribe("tick") as two:
            await thing.write("level", 9)
            assert proxy.connections == before + 1
            async with thing.observe("level") as three, thing.observe("level") as four:
                assert proxy.connections == before + 3
                for values in (three, four):
                    assert await taken(values, 1) == [9]
                probe.level.value = 10
                for values in (three, four):
                    assert await taken(values, 1) == [10]
            probe.tick.emit(1)
            assert await taken(two, 1) == [1]
            assert (await taken(one, 1))[0] in (5, 10)
        async with thing.observe("level") as five:
            assert await taken(five, 1) == [10]
        assert proxy.connections == before + 3


async def test_leaving_unsubscribes(fake: Fake) -> None:
    async with client() as http, serving(fake) as url:
        form = form_of(url)
        stream = await http.stream(form, Interaction(Op.SUBSCRIBE_EVENT, "hot"))
        fake.streams[0].feed(1, position="deadbeef-1")
        found = await anext(stream)
        assert (found.content.body, found.position) == (b"1", "deadbeef-1")
        assert found.time > 1e9
        await stream.aclose()
        assert not fake.streams[0].open
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_whole_streams_name_the_affordance(fake: Fake) -> None:
    async with client() as http, serving(fake) as url:
        form = form_of(url)
        stream = await http.stream(form, Interaction(Op.OBSERVE_ALL_PROPERTIES))
        fake.streams[0].feed(1, "a", "some where")
        found = await anext(stream)
        assert (found.name, found.position) == ("a", "some where")
        fake.streams[0].fail(EventsLost("missed", after="x"))
        with pytest.raises(EventsLost) as caught:
            await anext(stream)
        assert caught.value.after == "x"
        await until(lambda: len(fake.streams) == 2)
        fake.streams[1].feed(2, "b")
        assert (await anext(stream)).name == "b"
        await stream.aclose()


async def cut(proxy: Proxy, probe: Probe, values: AsyncIterator[Any]) -> None:
    expected = list(range(150))
    for number in expected:
        probe.tick.emit(number)
        if number % 50 == 25:
            proxy.cut()
            await asyncio.sleep(0.05)
    assert await taken(values, 150) == expected


async def test_lost_connections(url: str, probe: Probe, servient: wot.Servient) -> None:
    """Subscriptions go on where they were; requests that were under way fail, the next one is answered."""
    async with proxied(url) as proxy:
        thing = await over_socket(servient, proxy.url)
        async with thing.subscribe("tick") as ticks, thing.observe("level") as level:
            assert await taken(level, 1) == [5]
            await cut(proxy, probe, ticks)
            probe.level.value = 77
            async with asyncio.timeout(5):
                while await anext(level) != 77:
                    pass  # the value as it was, once for each new connection
        proxy.hold()
        waiting = [asyncio.ensure_future(thing.read("level")) for _ in range(10)]
        await asyncio.sleep(0.1)
        proxy.cut()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(each, TransportError) for each in found)
        proxy.release()
        assert await thing.read("level") == 77


async def test_a_server_that_comes_back(probe: Probe, servient: wot.Servient) -> None:
    from .wire import free_port

    there = wot.endpoint(f"http://127.0.0.1:{free_port()}", subprotocols=("webthingprotocol",))
    async with AsyncExitStack() as stack:
        async with wot.serve(probe, there) as served:
            thing = await over_socket(servient, served.urls[0])
            ticks = await stack.enter_async_context(thing.subscribe("tick"))
            probe.tick.emit(1)
            assert await taken(ticks, 1) == [1]
        probe.tick.emit(2)
        async with wot.serve(probe, there):
            assert await taken(ticks, 1) == [2]
            assert await thing.read("level") == 5


async def test_through_a_gateway(url: str, probe: Probe, servient: wot.Servient) -> None:
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(proxied(url))
        inside = await stack.enter_async_context(wot.Servient(timeout=2, patience=5))
        remote = await over_socket(inside, proxy.url)
        served = await stack.enter_async_context(inside.serve(remote, endpoint()))
        thing = await over_socket(servient, served.urls[0])
        assert await thing.read("level") == 5
        assert await thing.read("scaled", factor=2) == "10 m"
        with pytest.raises(InvalidInput, match="maximum"):
            await thing.write("level", 101)
        async with thing.subscribe("tick") as one, thing.subscribe("tick") as two:
            assert proxy.connections
            await cut(proxy, probe, one)
            assert await taken(two, 150) == list(range(150))
        async with thing.observe("level") as values:
            assert await taken(values, 1) == [5]
        proxy.resets = -1
        proxy.cut()
        with pytest.raises(TransportError):
            await thing.read("level")


async def test_streams_prefer_it_and_requests_follow_the_td(
    url: str, probe: Probe, servient: wot.Servient
) -> None:
    thing = await servient.consume(url)
    ways = {op: thing.ways(op, "level") for op in (Op.READ_PROPERTY, Op.OBSERVE_PROPERTY)}
    assert [way.form.subprotocol for way in ways[Op.READ_PROPERTY]] == ["", PROTOCOL]
    assert [way.form.subprotocol for way in ways[Op.OBSERVE_PROPERTY]] == [PROTOCOL, "sse"]


async def test_the_next_form_where_there_is_no_websocket(url: str, servient: wot.Servient) -> None:
    """A proxy that lets only HTTP through: nobody answers at the address of the socket."""
    document = (await ask(url)).json
    text = json.dumps(document).replace(url.replace("http", "ws", 1), "ws://127.0.0.1:9/probe")
    thing = await servient.consume(json.loads(text))
    async with thing.observe("level") as values:
        assert await taken(values, 1) == [5]


async def test_a_slow_consumer_does_not_hold_up_others(
    thing: wot.ConsumedThing, probe: Probe
) -> None:
    """What it cannot take is fetched again from the log of the Thing when it has time."""
    async with thing.subscribe("tick") as slow, thing.subscribe("note") as quick:
        for number in range(3000):
            probe.tick.emit(number)
            if not number % 100:
                probe.note.emit([number])
                assert await taken(quick, 1) == [[number]]
        assert await taken(slow, 3000) == list(range(3000))


async def test_idle_connections_are_closed(
    url: str, probe: Probe, servient: wot.Servient, monkeypatch: pytest.MonkeyPatch
) -> None:
    import wot_http.socket_link

    monkeypatch.setattr(wot_http.socket_link, "_IDLE", 0.2)
    async with proxied(url) as proxy:
        thing = await over_socket(servient, proxy.url)
        assert await thing.read("level") == 5
        before = proxy.connections
        await until(lambda: not proxy._open)
        assert await thing.read("level") == 5
        assert proxy.connections == before + 1
        async with thing.observe("level") as values:
            assert await taken(values, 1) == [5]
            await asyncio.sleep(0.5)
            probe.level.value = 6
            assert await taken(values, 1) == [6]
            assert proxy.connections == before + 1


async def test_the_whole_thing(thing: wot.ConsumedThing, probe: Probe) -> None:
    found = await thing.read_all()
    assert (found["level"], found["fixed"]) == (5, "fixed")
    assert await thing.read_multiple(["label", "level"]) == {"label": "", "level": 5}
    await thing.write_multiple({"level": 6, "label": "x"})
    assert (probe.level.value, probe.label.value) == (6, "x")
    with pytest.raises(WoTError):
        await thing.write_multiple({"level": 1000})
    async with thing.subscribe_all() as events, thing.observe_all() as values:
        probe.tick.emit(1)
        probe.note.emit([2])
        assert await taken(events, 2) == [("tick", 1), ("note", [2])]
        probe.level.value = 7
        async with asyncio.timeout(5):
            while await anext(values) != ("level", 7):
                pass


class Oven(wot.Thing, title="Oven", id="urn:test:oven"):
    """Takes its time."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    @wot.action(synchronous=False)
    async def bake(self, minutes: int) -> str:
        wot.progress(0.5, "half")
        await self.go.wait()
        return f"baked for {minutes}"


@pytest.mark.parametrize("gateway", [False, True])
async def test_actions_that_take_their_time(servient: wot.Servient, gateway: bool) -> None:
    oven = Oven()
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(wot.serve(oven, endpoint()))
        thing = await over_socket(servient, served.urls[0])
        if gateway:
            again = await stack.enter_async_context(servient.serve(thing, endpoint()))
            thing = await over_socket(servient, again.urls[0])
        first, second = [await thing.start("bake", {"minutes": n}) for n in (1, 2)]
        assert (await first.status()).progress == 0.5
        assert [s.status for s in (await thing.invocations())["bake"]] == ["running", "running"]
        await second.cancel()
        assert (await second.status()).status == "failed"
        with pytest.raises(WoTError, match="cancelled"):
            await second.result()
        oven.go.set()
        assert await first.result() == "baked for 1"
        assert await thing.invoke("bake", {"minutes": 3}) == "baked for 3"
