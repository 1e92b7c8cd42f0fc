"""A gateway is a remote Thing that is served again: the same answers, and 502 or 504 where there are none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import cbor2
import pytest

import wot
from wot.errors import (
    ConnectError,
    EventsLost,
    HandlerError,
    InvalidInput,
    InvalidOutput,
    ProtocolError,
    UnknownAffordance,
    WoTError,
)

from .foreign import Foreign, ok, streaming, td, whole
from .proxy import Chain, Proxy, proxied
from .things import ANY, CANARY, Broken, Probe
from .wire import ask, following, taken


async def test_the_td_is_the_devices_with_the_gateways_forms(chain: Chain) -> None:
    device, gateway = (await ask(chain.device)).json, (await ask(chain.url)).json
    assert gateway["base"] == chain.url.removesuffix("probe")
    for td_ in (device, gateway):
        del td_["base"]
    assert gateway == device


async def test_everything_goes_through(chain: Chain, probe: Probe) -> None:
    thing = chain.thing
    assert await thing.read("level") == 5
    await thing.write("level", 6)
    assert probe.level.value == 6
    assert await thing.read("scaled", factor=3, unit="a+b & ü") == "15 a+b & ü"
    assert await thing.read("Größe {1} #?&%") == 7
    assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
    assert await thing.invoke("double", 4) == 8
    assert await thing.invoke("reset") is None
    await thing.write("secret", "s")
    assert (probe.resets, probe.secret_seen) == (1, "s")


async def test_bytes_are_not_looked_into(chain: Chain, probe: Probe) -> None:
    """A CBOR text of indefinite length comes out as it went in, and so does what JSON allows in between."""
    await chain.thing.write("blob", bytes(range(256)))
    assert await chain.thing.read("blob") == bytes(range(256))
    body = b"\xbf\x61a\x01\xff"
    there = f"{chain.url}/properties/packed"
    assert (await ask(there, "PUT", body, content_type="application/cbor")).status == 204
    assert probe.packed_kept == {"a": 1}
    assert cbor2.loads((await ask(there)).body) == {"a": 1}
    assert (await ask(f"{chain.url}/properties/level", "PUT", b" 7 ")).status == 204


async def test_events_go_through(chain: Chain, probe: Probe) -> None:
    tick = f"{chain.url}/events/tick"
    async with following(tick) as one, following(tick) as two, chain.thing.subscribe("tick") as us:
        for number in range(20):
            probe.tick.emit(number)
        expected = list(range(20))
        got = await asyncio.gather(one.events(20), two.events(20), taken(us, 20))
        assert got == [expected] * 3
    async with chain.thing.observe("level") as values:
        assert await taken(values, 1) == [5]
        probe.level.value = 9
        assert await taken(values, 1) == [9]


async def cut_off(proxy: Proxy, probe: Probe, events: AsyncIterator[Any]) -> None:
    """Thrice, while 150 events are sent: each comes, in order."""
    for begin in (0, 50, 100):
        for number in range(begin, begin + 50):
            probe.tick.emit(number)
            if number == begin + 20:
                await asyncio.sleep(0.01)
                proxy.cut()
        assert await taken(events, 50) == list(range(begin, begin + 50))


async def test_a_gateway_that_is_cut_off_from_the_device_resumes(
    chain: Chain, probe: Probe
) -> None:
    async with chain.thing.subscribe("tick") as events:
        await cut_off(chain.proxy, probe, events)


async def test_a_subscriber_that_is_cut_off_from_the_gateway_resumes(
    chain: Chain, probe: Probe
) -> None:
    async with (
        proxied(chain.url) as proxy,
        wot.consume(proxy.url, patience=5) as thing,
        thing.subscribe("tick") as events,
    ):
        await cut_off(proxy, probe, events)


async def test_a_subscriber_that_is_cut_off_before_the_first_event_resumes(
    chain: Chain, probe: Probe
) -> None:
    async with (
        proxied(chain.url) as proxy,
        wot.consume(proxy.url, patience=5) as thing,
        thing.subscribe("tick") as events,
    ):
        waiting = asyncio.create_task(taken(events, 2))
        await asyncio.sleep(0.05)
        proxy.resets = 2
        proxy.cut()
        probe.tick.emit(1)
        probe.tick.emit(2)
        assert await waiting == [1, 2]


async def test_a_gap_behind_the_gateway_is_told_in_front_of_it(chain: Chain, probe: Probe) -> None:
    async with chain.thing.subscribe("tick") as events:
        probe.tick.emit(-1)
        assert await taken(events, 1) == [-1]
        chain.proxy.resets = -1
        chain.proxy.cut()
        for number in range(5000):
            probe.tick.emit(number)
        chain.proxy.resets = 0
        with pytest.raises(EventsLost):
            await taken(events, 1)
        assert await taken(events, 4096) == list(range(904, 5000))


# What the device refuses is refused by the gateway

REFUSALS: list[tuple[str, str, bytes | None, str, int, str]] = [
    ("/properties/level", "PUT", b'"x"', "application/json", 400, "InvalidInput"),
    ("/properties/level", "PUT", b"101", "application/json", 400, "InvalidInput"),
    ("/properties/level", "PUT", b"{", "application/json", 400, "InvalidInput"),
    ("/properties/level", "PUT", b"", "application/json", 400, "InvalidInput"),
    ("/properties/packed", "PUT", b"\xff", "application/cbor", 400, "InvalidInput"),
    ("/properties/level", "PUT", b"1", "text/csv", 415, "UnsupportedContent"),
    ("/properties/fixed", "PUT", b"1", "application/json", 405, "NotAllowed"),
    ("/properties/nope", "GET", None, "", 404, "UnknownAffordance"),
    ("/properties/scaled?factor=x", "GET", None, "", 400, "UriVariableError"),
    ("/properties/scaled?nope=1", "GET", None, "", 400, "UriVariableError"),
    ("/actions/add", "POST", b"{}", "application/json", 400, "InvalidInput"),
    ("/actions/add", "POST", b'{"a":1,"c":2}', "application/json", 400, "InvalidInput"),
    ("/actions/add", "POST", None, "", 400, "InvalidInput"),
    ("/actions/nope", "POST", None, "", 404, "UnknownAffordance"),
]


@pytest.mark.parametrize(("path", "method", "body", "kind", "status", "error"), REFUSALS)
async def test_what_the_device_refuses(
    chain: Chain, path: str, method: str, body: bytes | None, kind: str, status: int, error: str
) -> None:
    answers = [
        await ask(url + path, method, body, content_type=kind) for url in (chain.device, chain.url)
    ]
    assert [answer.problem for answer in answers] == [(status, error)] * 2
    assert answers[0].json["detail"] == answers[1].json["detail"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("400 Bad", "InvalidInput"),
        ("401 Who", "Unauthenticated"),
        ("403 No", "Forbidden"),
        ("404 None", "NotFound"),
        ("405 No", "NotAllowed"),
        ("406 No", "NotAcceptable"),
        ("409 No", "Conflict"),
        ("412 No", "PreconditionFailed"),
        ("413 Much", "TooLarge"),
        ("415 What", "UnsupportedContent"),
        ("429 Slow", "TooManyRequests"),
        ("503 Busy", "Unavailable"),
    ],
)
async def test_what_a_foreign_device_refuses_keeps_its_class(
    foreign: Foreign, servient: wot.Servient, status: str, kind: str
) -> None:
    foreign.answers["/x"] = ok(b"secret words", "text/plain", status)
    async with servient.serve(await servient.consume(whole(foreign.url)), ANY) as served:
        url = served.urls[0]
        for answer in (
            await ask(f"{url}/properties/p"),
            await ask(f"{url}/properties/p", "PUT", b"1"),
            await ask(f"{url}/actions/a", "POST"),
            await ask(f"{url}/events/e"),
            await ask(f"{url}/properties/p", accept="text/event-stream"),
        ):
            assert answer.problem == (int(status[:3]), kind)
            assert b"secret" not in answer.body
        thing = await servient.consume(url)
        with pytest.raises(getattr(wot.errors, kind)):
            await thing.read("p")


async def test_json_that_is_none_is_found_by_the_consumer(
    foreign: Foreign, servient: wot.Servient
) -> None:
    """A gateway does not decode; whoever does, says so."""
    foreign.answers["/x"] = ok(b"{broken")
    async with servient.serve(await servient.consume(whole(foreign.url)), ANY) as served:
        assert (await ask(f"{served.urls[0]}/properties/p")).body == b"{broken"
        with pytest.raises(InvalidOutput, match="p: "):
            await (await servient.consume(served.urls[0])).read("p")


async def test_a_handler_that_raises_behind_a_gateway(servient: wot.Servient) -> None:
    async with servient.serve(Broken(), ANY) as device:
        remote = await servient.consume(device.urls[0])
        async with wot.Servient() as gateway, gateway.serve(remote, ANY) as served:
            answer = await ask(f"{served.urls[0]}/properties/raising")
            assert answer.problem == (500, "HandlerError")
            assert CANARY.encode() not in answer.body
            refused = await ask(f"{served.urls[0]}/actions/refuse", "POST")
            assert refused.problem == (409, "Conflict")
            assert (refused.json["detail"], refused.json["hint"]) == ("the lid is open", "close it")
            thing = await servient.consume(served.urls[0])
            with pytest.raises(HandlerError):
                await thing.read("raising")


async def test_a_gateway_offers_what_it_can_reach(foreign: Foreign, servient: wot.Servient) -> None:
    """Of a TD with forms that nobody here can follow, only the rest is served."""
    foreign.answers["/x"] = ok(b"1")
    usable, other = {"href": "/x"}, {"href": "modbus+tcp://127.0.0.1/1"}
    document = td(
        foreign.url,
        properties={
            "both": {"forms": [usable]},
            "read": {"forms": [{**usable, "op": "readproperty"}, other]},
            "none": {"forms": [other]},
        },
        actions={"a": {"forms": [other]}},
    )
    thing = await servient.consume(document)
    with pytest.raises(WoTError):
        await thing.read("none")
    async with servient.serve(thing, ANY) as served:
        served_td = (await ask(served.urls[0])).json
        assert set(served_td["properties"]) == {"both", "read"}
        assert "actions" not in served_td
        assert served_td["properties"]["read"]["readOnly"] is True
        assert (await ask(f"{served.urls[0]}/properties/read", "PUT", b"1")).status == 405
        assert (await ask(f"{served.urls[0]}/properties/none")).status == 404


async def test_the_gateway_asks_once_and_follows_once(chain: Chain, probe: Probe) -> None:
    """A subscriber that leaves ends the subscription behind it."""
    async with following(f"{chain.url}/events/tick") as follower:
        probe.tick.emit(1)
        assert await follower.event() == 1
    async with following(f"{chain.url}/events/tick"):
        probe.tick.emit(2)
        assert await probe.tick.drained()
    probe.tick.emit(3)
    assert await probe.tick.drained(5)


async def test_names_unknown_to_the_gateway_are_not_asked_for(chain: Chain) -> None:
    before = chain.proxy.connections
    with pytest.raises(UnknownAffordance, match="nope"):
        await chain.thing.read("nope")
    with pytest.raises(InvalidInput):
        await chain.thing.write("level", "x")
    assert chain.proxy.connections == before


async def test_a_gateway_of_a_gateway(chain: Chain, probe: Probe) -> None:
    async with wot.Servient() as second:
        remote = await second.consume(chain.url)
        async with second.serve(remote, ANY) as served, wot.consume(served.urls[0]) as thing:
            assert await thing.read("level") == 5
            async with thing.subscribe("tick") as events:
                probe.tick.emit(1)
                assert await taken(events, 1) == [1]
            with pytest.raises(InvalidInput, match="level"):
                await thing.write("level", "x")
            chain.proxy.resets = -1
            chain.proxy.cut()
            with pytest.raises(WoTError) as error:
                await thing.read("level")
            assert type(error.value) in (ConnectError, ProtocolError)


async def test_a_stream_that_ends_with_the_gateway_ends_properly(probe: Probe, url: str) -> None:
    async with wot.Servient() as inside, AsyncExitStack() as stack:
        remote = await inside.consume(url)
        async with inside.serve(remote, ANY) as served:
            follower = await stack.enter_async_context(following(f"{served.urls[0]}/events/tick"))
            probe.tick.emit(1)
            assert await follower.event() == 1
        assert await follower.ended()


async def test_foreign_events_without_numbers_through_a_gateway(
    foreign: Foreign, servient: wot.Servient
) -> None:
    """Their subscriber is told of the break, and goes on."""
    foreign.answers["/x"] = [streaming(b"data: 1\n\n", end=True), streaming(b"data: 2\n\n")]
    thing = await servient.consume(whole(foreign.url))
    async with (
        servient.serve(thing, ANY) as served,
        following(f"{served.urls[0]}/events/e") as follower,
    ):
        assert await follower.event() == 1
        with pytest.raises(LookupError) as gap:
            await follower.event()
        assert gap.value.args[1]["type"] == "urn:isowot:problem:EventsLost"
        assert await follower.event() == 2
