"""Serving and consuming, end to end over real sockets."""

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

import wot
from wot.errors import (
    ConnectError,
    EventsLost,
    HandlerError,
    InvalidInput,
    InvalidTD,
    NoBinding,
    NotAllowed,
    ProtocolError,
    UnknownAffordance,
    UnknownThing,
    UriVariableError,
    WoTError,
)

from .lamps import LOCAL, Lamp, Plug


async def test_by_name(servient: wot.Servient, lamp: Lamp, url: str) -> None:
    thing = await servient.consume(url)
    assert thing.description.title == "Kitchen Lamp"
    assert await thing.read("level") == 1
    await thing.write("level", 40)
    assert lamp._level == 40
    assert await thing.invoke("fade", {"to": 3}) == 3
    assert await thing.read("history", hours=2, unit="F") == "2 F"
    async with thing.observe("level") as values, thing.subscribe("hot") as readings:
        assert await anext(values) == 3
        await thing.write("level", 5)
        assert await anext(values) == 5
        lamp.hot.emit(91.5)
        assert await anext(readings) == 91.5


async def test_by_class(servient: wot.Servient, lamp: Lamp, url: str) -> None:
    far = await servient.consume(url, Lamp)
    assert await far.level.read() == 1
    await far.level.write(40)
    assert lamp._level == 40
    assert await far.fade(to=7) == 7
    await far.on.write(True)
    assert lamp.on.value is True
    assert await far.history.read(hours=1) == "1 C"
    async with far.on.observe() as values, far.hot.subscribe() as readings:
        assert await anext(values) is True
        lamp.on.value = False
        assert await anext(values) is False
        lamp.hot.emit(91.5)
        assert await anext(readings) == 91.5


@pytest.mark.parametrize(
    ("op", "args", "variables", "error", "message"),
    [
        ("read", ["no"], {}, UnknownAffordance, "no 'no' among its properties"),
        ("write", ["history", "x"], {"hours": 1}, NotAllowed, "writeproperty"),
        ("write", ["level", "x"], {}, InvalidInput, "'x' is not of type 'integer'"),
        ("write", ["level", 101], {}, InvalidInput, "101 is greater than the maximum of 100"),
        ("invoke", ["fade", {}], {}, InvalidInput, "'to' is a required property"),
        ("invoke", ["fade", {"to": 1, "x": 1}], {}, InvalidInput, "'x' was unexpected"),
        ("read", ["history"], {"hours": "x"}, UriVariableError, "'hours'"),
        ("read", ["history"], {"no": 1}, UriVariableError, "'no'"),
        ("read", ["history"], {}, UriVariableError, "'hours'"),
        ("read", ["broken"], {}, HandlerError, "'broken' failed in the Thing's own code"),
    ],
)
async def test_refusals_are_the_same_class_at_both_ends(
    servient: wot.Servient,
    url: str,
    op: str,
    args: list[Any],
    variables: dict[str, Any],
    error: type[WoTError],
    message: str,
) -> None:
    thing = await servient.consume(url)
    with pytest.raises(WoTError, match=message) as caught:
        await getattr(thing, op)(*args, **variables)
    assert type(caught.value) is error
    assert "secret" not in str(caught.value)


async def test_events_of_one_tick_all_arrive(servient: wot.Servient, lamp: Lamp, url: str) -> None:
    far = await servient.consume(url, Lamp)
    async with far.hot.subscribe() as one, far.hot.subscribe() as other:
        for number in range(20):
            lamp.hot.emit(float(number))
        for readings in (one, other):
            assert [await anext(readings) for _ in range(20)] == [float(n) for n in range(20)]


async def test_an_event_emitted_while_subscribing_arrives_or_came_before(
    servient: wot.Servient, lamp: Lamp, url: str
) -> None:
    far = await servient.consume(url, Lamp)
    emitting = True

    async def emit() -> None:
        number = 0.0
        while emitting:
            lamp.hot.emit(number)
            number += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(emit())
    async with far.hot.subscribe() as readings:
        emitting = False
        await task
        lamp.hot.emit(-1.0)
        received = [await anext(readings)]
        while received[-1] >= 0:
            received.append(await anext(readings))
    # Without a gap from the first one on.
    assert received[:-1] == [received[0] + n for n in range(len(received) - 1)]


async def test_a_subscriber_that_is_too_slow_is_told_of_the_gap_and_goes_on(
    servient: wot.Servient, lamp: Lamp, url: str
) -> None:
    far = await servient.consume(url, Lamp)
    async with far.hot.subscribe() as readings:
        for number in range(50_000):
            lamp.hot.emit(float(number))
        lost, received = 0, []
        async with asyncio.timeout(20):
            while not received or received[-1] < 49_999:
                try:
                    received.append(await anext(readings))
                except EventsLost:
                    lost += 1
    assert lost
    assert received == sorted(set(received))
    gaps = sum(1 for one, other in itertools.pairwise(received) if other != one + 1)
    assert gaps + (received[0] != 0) <= lost


async def test_a_td_by_file_or_as_data_needs_no_server(
    servient: wot.Servient, lamp: Lamp, tmp_path: Path
) -> None:
    async with servient.serve(lamp, LOCAL) as served:
        td = served.descriptions[0]
        (tmp_path / "td.json").write_bytes(td.to_bytes())
        for source in (td, td.json, str(tmp_path / "td.json"), (tmp_path / "td.json").as_uri()):
            assert await (await servient.consume(source)).read("level") == 1


async def test_a_class_must_be_offered(servient: wot.Servient) -> None:
    async with servient.serve(Plug(), LOCAL) as served:
        with pytest.raises(InvalidTD) as caught:
            await servient.consume(served.urls[0], Lamp)
    assert [found.reason.split(" is")[0] for found in caught.value.findings] == [
        "'level'",
        "'history'",
        "'broken'",
        "'fade'",
        "'hot'",
    ]
    assert "no Lamp" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("http://127.0.0.1:1/x", ConnectError),
        ("gopher://x", NoBinding),
        ("/no/such/file.json", ConnectError),
        ({"properties": {}}, InvalidTD),
    ],
)
async def test_what_cannot_be_consumed(
    servient: wot.Servient, source: Any, error: type[WoTError]
) -> None:
    with pytest.raises(error) as caught:
        await servient.consume(source)
    assert caught.value.hint or isinstance(caught.value, InvalidTD)


async def test_a_path_leads_to_a_td(servient: wot.Servient, tmp_path: Path, lamp: Lamp) -> None:
    path = tmp_path / "x.td.json"
    async with servient.serve(lamp, LOCAL) as served:
        path.write_text(json.dumps(served.descriptions[0].json))
        thing = await servient.consume(path)
        assert await thing.read("level") == 1


@pytest.mark.parametrize("source", [None, 5, [], Plug()])
async def test_what_is_no_td(servient: wot.Servient, source: Any) -> None:
    with pytest.raises(WoTError, match="is no Thing Description") as caught:
        await servient.consume(source)
    assert "a URL" in caught.value.hint


@pytest.mark.parametrize(
    ("cls", "hint"), [(Plug(), "Plug)"), ("Plug", "subclass"), (int, "subclass")]
)
async def test_what_is_no_class_of_things(servient: wot.Servient, cls: Any, hint: str) -> None:
    with pytest.raises(WoTError, match="is no class of Things") as caught:
        await servient.consume("http://127.0.0.1:1/x", cls)
    assert hint in caught.value.hint


async def test_what_is_no_endpoint(servient: wot.Servient) -> None:
    with pytest.raises(WoTError, match="8080 is no endpoint") as caught:
        async with servient.serve(Plug(), 8080):  # type: ignore[arg-type]
            pass
    assert "http://" in caught.value.hint


async def test_what_is_not_there_is_unknown(servient: wot.Servient) -> None:
    async with servient.serve(Plug(), LOCAL) as served:
        with pytest.raises(UnknownThing):
            await servient.consume(served.urls[0] + "x")


async def test_consuming_at_module_level() -> None:
    async with wot.serve(Plug(), LOCAL) as served:
        async with wot.consume(served.urls[0], Plug) as plug:
            assert await plug.on.read() is False
        async with wot.consume(served.urls[0], timeout=5, patience=1) as thing:
            assert await thing.read("on") is False
        with pytest.raises(WoTError, match="'timeou'"):
            async with wot.consume(served.urls[0], timeou=5):
                pass


def test_options_of_a_servient_are_known_ones() -> None:
    with pytest.raises(WoTError, match="no option 'patients'") as caught:
        wot.Servient(patients=5)
    assert "patience" in caught.value.hint
    with pytest.raises(NoBinding, match="'gopher'"):
        wot.Servient(gopher={"timeout": 1})
    with pytest.raises(WoTError, match="'max_answers'"):
        wot.Servient(http={"max_answers": 3})
    for patience in (-1, "5", None):
        with pytest.raises(WoTError, match="patience"):
            wot.Servient(patience=patience)  # type: ignore[arg-type]


async def test_options_of_a_client_go_by_its_scheme(lamp: Lamp) -> None:
    async with wot.serve(lamp, LOCAL) as served, wot.Servient(http={"max_answer": 3}) as servient:
        thing = await servient.consume(served.descriptions[0])
        assert await thing.read("level") == 1
        with pytest.raises(ProtocolError, match="more than 3 bytes"):
            await thing.read("on")


async def test_a_servient_must_be_entered(servient: wot.Servient) -> None:
    closed = wot.Servient()
    with pytest.raises(WoTError, match="not open"):
        await closed.consume({"title": "x"})
    with pytest.raises(WoTError, match="not open"):
        async with closed.serve(Plug(), LOCAL):
            pass


async def test_what_was_consumed_ends_with_its_servient(lamp: Lamp) -> None:
    async with wot.serve(lamp, LOCAL) as served:
        async with wot.Servient() as servient:
            thing = await servient.consume(served.urls[0])
            await thing.read("level")
        with pytest.raises(WoTError, match="left"):
            await thing.read("level")
        with pytest.raises(WoTError, match="left"):
            async with thing.subscribe("hot"):
                pass


@pytest.mark.parametrize(
    "href",
    [
        "http://[bad/x",
        "//[bad",
        "http://h:99999/",
        "http://h:x/",
        "http:///x",
        "http://",
        "http://\x00/",
        "\x7f",
        "http://h/{",
        "?{x",
        "http://é\ud800/",
    ],
)
async def test_a_hostile_href_is_an_error_of_ours(servient: wot.Servient, href: str) -> None:
    td = {
        "title": "x",
        "base": "http://127.0.0.1:1/",
        "properties": {"p": {"forms": [{"href": href}]}},
    }
    thing = await servient.consume(td)
    with pytest.raises(WoTError):
        await thing.read("p")


@pytest.mark.parametrize("base", ["http://[bad/", "relative/", "", "{x}", "http://h:x/"])
async def test_a_hostile_base_is_an_error_of_ours(servient: wot.Servient, base: str) -> None:
    thing = await servient.consume(
        {"title": "x", "base": base, "properties": {"p": {"forms": [{"href": "a"}]}}}
    )
    with pytest.raises(WoTError):
        await thing.read("p")


async def test_an_error_in_the_block_comes_out_as_it_is(servient: wot.Servient) -> None:
    with pytest.raises(KeyError, match="in the block"):
        async with servient.serve(Plug(), LOCAL):
            raise KeyError("in the block")


async def test_leaving_ends_everything_within_two_seconds(lamp: Lamp) -> None:
    loop = asyncio.get_running_loop()
    async with wot.Servient(patience=0) as consumer:
        async with wot.serve(lamp, LOCAL) as served:
            far = await consumer.consume(served.urls[0], Lamp)
            async with far.hot.subscribe() as readings, far.level.observe() as values:
                assert await anext(values) == 1
                waiting = asyncio.create_task(anext(readings))
                await asyncio.sleep(0)
                began = loop.time()
                served_task = asyncio.current_task()
                assert served_task
                waiting.cancel()
        assert loop.time() - began < 2


async def test_a_subscriber_goes_on_when_the_server_is_restarted(
    servient: wot.Servient, lamp: Lamp
) -> None:
    async with wot.serve(lamp, LOCAL) as served:
        address = served.urls[0].rpartition("/")[0]
        far = await servient.consume(served.urls[0], Lamp)
        subscription = far.hot.subscribe()
        readings = await subscription.__aenter__()
        lamp.hot.emit(1.0)
        assert await anext(readings) == 1
    lamp.hot.emit(2.0)  # while nobody serves
    async with wot.serve(lamp, address), asyncio.timeout(10):
        lamp.hot.emit(3.0)
        assert [await anext(readings), await anext(readings)] == [2.0, 3.0]
        await subscription.__aexit__(None, None, None)


async def test_three_hundred_things_share_one_endpoint(servient: wot.Servient) -> None:
    plugs = {f"plug-{n}": Plug() for n in range(300)}
    async with servient.serve(plugs, LOCAL) as served:
        plugs["plug-299"].on.value = True
        assert await (await servient.consume(served.urls[299])).read("on") is True
        assert await (await servient.consume(served.urls[0])).read("on") is False


async def test_the_td_is_given_as_received(servient: wot.Servient, lamp: Lamp) -> None:
    async with servient.serve(lamp, LOCAL) as served:
        thing = await servient.consume(served.urls[0])
        assert thing.description.json == json.loads(served.descriptions[0].to_bytes())
        assert "forms" not in thing.td.json["properties"]["level"]
