"""Every operation over one WebSocket, as the Web Thing Protocol writes it (Community Group draft)."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

import wot
from wot.errors import Conflict, PartialFailure, Unavailable
from wot.td import Op, ThingDescription

from .socket_peer import Fake, Peer, endpoint, peer, serving
from .things import CANARY, Broken, Probe


@pytest.fixture
async def url(probe: Probe) -> AsyncIterator[str]:
    async with wot.serve(probe, endpoint()) as served:
        yield served.urls[0]


@pytest.fixture
async def consumer(url: str) -> AsyncIterator[Peer]:
    async with peer(url) as found:
        yield found


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
async def other(fake: Fake) -> AsyncIterator[Peer]:
    async with serving(fake) as url, peer(url, "urn:test:fake") as found:
        yield found


def plain(message: dict[str, Any]) -> dict[str, Any]:
    """What is particular to a response, after a look at the rest."""
    message = dict(message)
    assert uuid.UUID(message.pop("messageID")).version == 4
    assert uuid.UUID(message.pop("correlationID")).version == 4
    assert message.pop("messageType") == "response"
    return message


def problem(message: dict[str, Any]) -> tuple[int, str]:
    """Status and type of an error, after a look at its form."""
    error = message["error"]
    assert error["title"]
    assert error["detail"]
    return error["status"], error["type"].rpartition(":")[2].rpartition("/")[2]


async def test_read(consumer: Peer) -> None:
    head = {"thingID": "urn:test:probe", "operation": "readproperty", "name": "level"}
    assert plain(await consumer.ask("readproperty", "level")) == {**head, "value": 5}


async def test_write(consumer: Peer, probe: Probe) -> None:
    """Whether what was written is now the value is the Thing's affair: the response has none."""
    head = {"thingID": "urn:test:probe", "operation": "writeproperty", "name": "level"}
    assert plain(await consumer.ask("writeproperty", "level", value=6)) == head
    assert probe.level.value == 6
    assert problem(await consumer.ask("writeproperty", "level")) == (400, "errors#400")
    assert problem(await consumer.ask("writeproperty", "level", value=101)) == (400, "errors#400")
    assert problem(await consumer.ask("writeproperty", "fixed", value="x"))[0] == 405
    assert probe.level.value == 6


async def test_null_is_a_value(consumer: Peer, probe: Probe) -> None:
    await consumer.ask("writeproperty", "free", value=None)
    assert probe.free.value is None
    assert (await consumer.ask("readproperty", "free"))["value"] is None


async def test_invoke(consumer: Peer, probe: Probe) -> None:
    head = {"thingID": "urn:test:probe", "operation": "invokeaction", "name": "add"}
    answer = await consumer.ask("invokeaction", "add", input={"a": 1, "b": 2})
    assert plain(answer) == {**head, "output": 3}
    assert plain(await consumer.ask("invokeaction", "reset")) == {**head, "name": "reset"}
    assert probe.resets == 1


async def test_payloads_are_not_looked_into(consumer: Peer, probe: Probe) -> None:
    """Spaces, escapes and large numbers come out as they went in: only the Thing decodes them."""
    text = '{"thingID":"urn:test:probe","messageID":"m","messageType":"request",'
    text += '"operation":"writeproperty","name":"free","value": [1.0, "\\u00e9", 12345678901234567890] }'
    await consumer.socket.send(text)
    assert "error" not in await consumer.next()
    assert probe.free.value == [1, "é", 12345678901234567890]


async def test_names_of_every_kind(consumer: Peer) -> None:
    assert (await consumer.ask("readproperty", "Größe {1} #?&%"))["value"] == 7


async def test_uri_variables(consumer: Peer) -> None:
    answer = await consumer.ask("readproperty", "scaled", uriVariables={"factor": 3, "unit": "&ü"})
    assert answer["value"] == "15 &ü"
    wrong = await consumer.ask("readproperty", "scaled", uriVariables={"factor": "x"})
    assert problem(wrong) == (400, "UriVariableError")


async def test_without_a_correlation(consumer: Peer) -> None:
    await consumer.send("readproperty", "level", correlationID="")
    assert "correlationID" not in await consumer.next()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"operation": "fly"}, (400, "errors#400")),
        ({"name": "nothing"}, (404, "UnknownAffordance")),
        ({"name": "nothing" * 1000}, (404, "UnknownAffordance")),
        ({"thingID": "urn:other"}, (404, "UnknownThing")),
        ({"thingID": ""}, (404, "UnknownThing")),
        ({"messageType": "response"}, (400, "errors#400")),
        ({"messageID": ""}, (400, "errors#400")),
        ({"name": 5}, (400, "errors#400")),
        ({"operation": "describe", "name": ""}, (400, "errors#400")),
        ({"operation": "invokeaction"}, (404, "UnknownAffordance")),
        ({"operation": "observeproperty", "name": "fixed"}, (405, "NotAllowed")),
        ({"operation": "queryaction", "name": "add", "actionID": "1"}, (405, "NotAllowed")),
        ({"operation": "readproperty", "name": "blob"}, (405, "NotAllowed")),  # no JSON
        ({"operation": "readproperty", "name": "text"}, (405, "NotAllowed")),
        ({"operation": "readproperty", "name": "secret"}, (405, "NotAllowed")),
    ],
)
async def test_refusals(consumer: Peer, members: dict[str, Any], expected: tuple[int, str]) -> None:
    request = {"operation": "readproperty", "name": "level", **members}
    answer = await consumer.ask(**request)
    assert problem(answer) == expected
    assert answer["thingID"] == "urn:test:probe"
    assert (await consumer.ask("readproperty", "level"))["value"] == 5


async def test_the_thing_by_its_url(url: str, consumer: Peer) -> None:
    for known in (url, url.replace("http", "ws", 1)):
        answer = await consumer.ask("readproperty", "level", thingID=known)
        assert (answer["thingID"], answer["value"]) == (known, 5)


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "[" * 5000, '{"value":', "null", '"x"'])
async def test_no_messages(consumer: Peer, text: str) -> None:
    await consumer.socket.send(text)
    assert problem(await consumer.next()) == (400, "errors#400")
    assert (await consumer.ask("readproperty", "level"))["value"] == 5


async def test_handlers_that_fail() -> None:
    async with (
        wot.serve(Broken(), endpoint()) as served,
        peer(served.urls[0], "urn:test:broken") as consumer,
    ):
        for name in ("raising", "lying", "high"):
            answer = await consumer.ask("readproperty", name)
            assert problem(answer) == (500, "errors#500")
            assert CANARY not in json.dumps(answer)
        assert problem(await consumer.ask("invokeaction", "refuse")) == (409, "Conflict")


async def test_requests_run_side_by_side() -> None:
    class Slow(wot.Thing, title="Slow", id="urn:test:slow"):
        def __init__(self) -> None:
            self.go = asyncio.Event()

        @wot.action
        async def wait(self) -> int:
            await self.go.wait()
            return 1

        @wot.property
        async def quick(self) -> int:
            return 2

    thing = Slow()
    async with wot.serve(thing, endpoint()) as served, peer(served.urls[0], "urn:test:slow") as us:
        waiting = [await us.send("invokeaction", "wait") for _ in range(31)]
        assert (await us.ask("readproperty", "quick"))["value"] == 2
        more = [await us.send("invokeaction", "wait") for _ in range(20)]
        thing.go.set()
        answers = [await us.next() for _ in range(51)]
    assert {answer["correlationID"] for answer in answers} == {*waiting, *more}
    assert all(answer["output"] == 1 for answer in answers)


async def test_read_all_and_multiple(fake: Fake, other: Peer) -> None:
    values = {"a": 1, "b": 2, "fixed": 3}
    fake.json(Op.READ_ALL_PROPERTIES, values)
    fake.json(Op.READ_MULTIPLE_PROPERTIES, {"a": 1})
    head = {"thingID": "urn:test:fake", "operation": "readallproperties"}
    assert plain(await other.ask("readallproperties")) == {**head, "values": values}
    assert (await other.ask("readmultipleproperties", names=["a", "a"]))["values"] == {"a": 1}
    assert fake.asked[-1].names == ("a",)
    for names in ([], ["nothing"], ["secret"], None):
        given = {} if names is None else {"names": names}
        answer = await other.ask("readmultipleproperties", **given)
        assert problem(answer) == (400, "errors#400")


async def test_write_all_and_multiple(fake: Fake, other: Peer) -> None:
    fake.done(Op.WRITE_ALL_PROPERTIES)
    fake.done(Op.WRITE_MULTIPLE_PROPERTIES)
    every = {"a": 1, "b": 2, "secret": 3}
    assert (await other.ask("writeallproperties", values=every))["values"] == every
    assert (await other.ask("writemultipleproperties", values={"a": 4}))["values"] == {"a": 4}
    assert fake.asked[-1].payload is not None
    assert (fake.asked[-1].payload.body, fake.asked[-1].names) == (b'{"a": 4}', ("a",))
    for operation, values in (
        ("writeallproperties", {"a": 1}),
        ("writemultipleproperties", {}),
        ("writemultipleproperties", {"fixed": 1}),
        ("writemultipleproperties", {"nothing": 1}),
        ("writemultipleproperties", 5),
    ):
        assert problem(await other.ask(operation, values=values)) == (400, "errors#400")
    assert problem(await other.ask("writeallproperties")) == (400, "errors#400")


async def test_partial_failures(fake: Fake, other: Peer) -> None:
    """What was done is in `values` beside the error, as the draft has it."""
    fake.replies[Op.WRITE_MULTIPLE_PROPERTIES] = PartialFailure(
        "one failed", values={"a": 1}, errors={"b": Conflict("stuck")}
    )
    answer = await other.ask("writemultipleproperties", values={"a": 1, "b": 2})
    assert problem(answer) == (500, "PartialFailure")
    assert answer["values"] == {"a": 1}
    assert "values" not in answer["error"]
    assert answer["error"]["errors"]["b"]["detail"] == "stuck"


STATUS = {"status": "running", "href": "7", "timeRequested": "2026-01-01T00:00:00Z"}
DRAFT = {"actionID": "7", "state": "running", "timeRequested": "2026-01-01T00:00:00Z"}


async def test_asynchronous_actions(fake: Fake, other: Peer) -> None:
    fake.json(Op.INVOKE_ACTION, STATUS, "7")
    ended = {"status": "completed", "output": {"x": 1}, "timeEnded": "2026-01-01T00:00:01Z"}
    fake.json(Op.QUERY_ACTION, STATUS | ended)
    fake.done(Op.CANCEL_ACTION)
    head = {"thingID": "urn:test:fake", "operation": "invokeaction", "name": "fade"}
    answer = plain(await other.ask("invokeaction", "fade", idempotencyKey="k"))
    assert answer == {**head, "status": DRAFT}
    assert fake.asked[-1].id == "k"
    found = await other.ask("queryaction", "fade", actionID="7", wait=1000)
    assert found["status"] == {
        **DRAFT,
        "state": "completed",
        "timeEnded": "2026-01-01T00:00:01Z",
        "output": {"x": 1},
    }
    assert (fake.asked[-1].invocation, fake.asked[-1].wait) == ("7", 60.0)
    gone = plain(await other.ask("cancelaction", "fade", actionID="7"))
    assert gone == {**head, "operation": "cancelaction", "actionID": "7"}
    assert problem(await other.ask("queryaction", "fade")) == (400, "errors#400")


async def test_the_drafts_query_names_no_action(fake: Fake, other: Peer) -> None:
    fake.json(Op.QUERY_ALL_ACTIONS, {"fade": [STATUS]})
    fake.json(Op.QUERY_ACTION, STATUS)
    answer = await other.ask("queryaction", actionID="7")
    assert (answer["name"], answer["status"]) == ("fade", DRAFT)
    assert problem(await other.ask("queryaction", actionID="8"))[0] == 404
    assert problem(await other.ask("cancelaction", actionID="8"))[0] == 404


async def test_query_all(fake: Fake, other: Peer) -> None:
    fake.json(Op.QUERY_ALL_ACTIONS, {"fade": [STATUS]})
    assert (await other.ask("queryallactions"))["statuses"] == {"fade": [DRAFT]}


async def test_errors_say_when_to_come_again(fake: Fake, other: Peer) -> None:
    fake.replies[Op.READ_PROPERTY] = Unavailable("later", retry_after=3)
    answer = await other.ask("readproperty", "a")
    assert problem(answer) == (503, "errors#503")
    assert answer["error"]["retryAfter"] == 3


async def test_what_cannot_be_embedded(fake: Fake, other: Peer) -> None:
    """A gateway's far end may answer anything; it must not bring members of its own."""
    from wot.content import Content
    from wot.interaction import Reply

    for body, kind in (
        (b'1,"correlationID":"x"', "application/json"),
        (b"", "application/json"),
        (b'"\xff"', "application/json"),
        (b"plain", "text/plain"),
    ):
        fake.replies[Op.READ_PROPERTY] = Reply(Content(body, kind))
        assert problem(await other.ask("readproperty", "a")) == (502, "InvalidOutput")


async def test_a_thing_without_an_id(fake: Fake) -> None:
    """Its TD may come from anywhere: whatever URL is named means the Thing at the address of the socket."""
    fake.td = ThingDescription({name: v for name, v in fake.td.json.items() if name != "id"})
    fake.json(Op.READ_PROPERTY, 1)
    async with serving(fake) as url, peer(url, "https://things.example/td.json") as us:
        answer = await us.ask("readproperty", "a")
        assert (answer["value"], answer["thingID"]) == (1, "https://things.example/td.json")
        assert problem(await us.ask("readproperty", "a", thingID=""))[0] == 404


async def test_what_was_begun_is_finished() -> None:
    """A consumer that goes away does not stop an action halfway."""

    class Slow(wot.Thing, title="Slow", id="urn:test:slow"):
        def __init__(self) -> None:
            self.go, self.done = asyncio.Event(), asyncio.Event()
            self.begun = asyncio.Event()

        @wot.action
        async def work(self) -> None:
            self.begun.set()
            await self.go.wait()
            self.done.set()

    thing = Slow()
    async with wot.serve(thing, endpoint()) as served:
        async with peer(served.urls[0], "urn:test:slow") as us:
            await us.send("invokeaction", "work")
            await thing.begun.wait()
        thing.go.set()
        async with asyncio.timeout(5):
            await thing.done.wait()
