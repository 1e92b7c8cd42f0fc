"""What our client makes of servers that answer before an action ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import wot
from wot.errors import Conflict, HandlerError, NotFound, ProtocolError, Timeout
from wot.interaction import ActionStatus, Interaction
from wot.started import statuses
from wot.td import Op

from .foreign import Foreign, Harness, bytes_then_end, foreign_server, moved, ok, silence, td
from .ovens import Oven, served
from .wire import until


def created(body: Any = None, location: str = "", status: str = "201 Created") -> bytes:
    data = b"" if body is None else json.dumps(body).encode()
    answer = ok(data, status=status)
    return (
        answer.replace(b"\r\n", f"\r\nLocation: {location}\r\n".encode(), 1) if location else answer
    )


def status(word: str, **more: Any) -> bytes:
    return ok(json.dumps({"status": word, **more}).encode())


async def action(there: Harness, **terms: Any) -> wot.ConsumedThing:
    return await there.action({"href": "/a"}, **terms)


@pytest.mark.parametrize("terms", [{"synchronous": False}, {"synchronous": True}, {}])
@pytest.mark.parametrize(
    "begun",
    [
        created({"status": "pending"}, "/runs/1"),
        created({"status": "pending", "href": "/runs/1"}),
        created(None, "/runs/1"),
        created({"id": 1, "status": "pending", "href": "/runs/1"}, status="202 Accepted"),
        created({"something": "else"}, "runs/1", status="202 Accepted"),
    ],
    ids=["location", "href", "only location", "202", "relative"],
)
async def test_it_waits_for_the_end(
    foreign: Foreign, there: Harness, terms: dict[str, Any], begun: bytes
) -> None:
    foreign.answers = {"/a": begun, "/runs/1": [status("running"), status("completed", output=7)]}
    thing = await action(there, output={"type": "integer"}, **terms)
    assert await thing.invoke("a") == 7
    assert there.seen == ["POST /a", "GET /runs/1", "GET /runs/1"]
    query = foreign.requests[-1]
    assert (query.headers["accept"], query.headers["prefer"]) == ("application/json", "wait=2")


async def test_an_absolute_href_of_labthings(foreign: Foreign, there: Harness) -> None:
    href = f"{foreign.url}/action_invocations/5"
    body = {"status": "pending", "id": "5", "action": "a", "href": href, "input": None, "log": []}
    foreign.answers = {
        "/a": created(body),
        "/action_invocations/5": [
            status("running", log=[], timeStarted="x"),
            status("completed", output=None, timeCompleted="2026-01-01T00:00:00"),
        ],
    }
    thing = await action(there, output={})
    assert await thing.invoke("a") is None


@pytest.mark.parametrize("code", ["200 OK", "201 Created", "202 Accepted"])
async def test_others_answer_with_the_output(foreign: Foreign, there: Harness, code: str) -> None:
    foreign.answers = {"/a": ok(b'{"status": "completed", "x": 1}', status=code)}
    thing = await action(there, output={}, synchronous=False)
    assert await thing.invoke("a") == {"status": "completed", "x": 1}


@pytest.mark.parametrize("code", ["201 Created", "202 Accepted", "204 No Content"])
async def test_or_with_nothing(foreign: Foreign, there: Harness, code: str) -> None:
    foreign.answers = {"/a": ok(b"", "", status=code)}
    assert await (await action(there)).invoke("a") is None


@pytest.mark.parametrize(
    "location", ["http://elsewhere.example/runs/1", "file:///etc/passwd", "http://[", "mailto:x@y"]
)
async def test_it_is_not_sent_elsewhere(foreign: Foreign, there: Harness, location: str) -> None:
    foreign.answers = {"/a": created({"status": "pending"}, location)}
    with pytest.raises(ProtocolError):
        await (await action(there)).invoke("a")
    assert there.seen == ["POST /a"]


async def test_words_of_others(foreign: Foreign, there: Harness) -> None:
    foreign.answers = {"/a": created(None, "/r"), "/r": status("error", error={"title": "jammed"})}
    with pytest.raises(HandlerError, match="jammed"):
        await (await action(there)).invoke("a")


async def test_cancelling_deletes(foreign: Foreign, there: Harness) -> None:
    foreign.answers = {"/a": created(None, "/r"), "/r": status("running")}
    begun = await (await action(there, synchronous=False)).start("a")
    await begun.cancel()
    assert there.seen == ["POST /a", "DELETE /r"]


async def test_a_query_that_breaks_off_is_sent_again(foreign: Foreign, there: Harness) -> None:
    broken = bytes_then_end(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
    bad = ok(b"", status="502 Bad Gateway")
    foreign.answers = {
        "/a": created(None, "/r"),
        "/r": [broken, bad, status("completed", output=7)],
    }
    assert await (await action(there, output={})).invoke("a") == 7


async def test_one_that_was_forgotten_is_not_found(foreign: Foreign, there: Harness) -> None:
    foreign.answers = {"/a": created(None, "/r"), "/r": ok(b"", status="404 Not Found")}
    with pytest.raises(NotFound):
        await (await action(there)).invoke("a")


async def listed_of(thing: wot.ConsumedThing) -> list[ActionStatus]:
    """The invocations of `a` as a gateway gets them: with the ids that are known here."""
    reply = await thing.request(Interaction(Op.QUERY_ALL_ACTIONS))
    return statuses(reply.content)["a"]


async def test_the_list_of_all(foreign: Foreign, servient: wot.Servient) -> None:
    form = {"href": "/all", "op": "queryallactions"}
    json_td = td(foreign.url, actions={"a": {"forms": [{"href": "/a"}]}}, forms=[form])
    thing = await servient.consume(json_td)
    listed = {"a": [{"status": "completed", "href": "/r/2", "output": 5}, {"status": "running"}]}
    foreign.answers = {"/all": ok(json.dumps(listed).encode())}
    assert [each.output for each in (await thing.invocations())["a"]] == [5, None]
    [first, second] = await listed_of(thing)
    assert (first.status, second.status, second.href) == ("completed", "running", "")
    assert "/r/2" not in first.href
    for href in ("http://elsewhere.example/r/1", "file:///etc/passwd"):
        evil = {"a": [{"status": "running", "href": href}]}
        foreign.answers = {"/all": ok(json.dumps(evil).encode())}
        [status] = await listed_of(thing)
        with pytest.raises(ProtocolError):
            await thing.request(Interaction(Op.CANCEL_ACTION, "a", invocation=status.href))
    foreign.answers = {"/all": ok(b"[]")}
    with pytest.raises(ProtocolError):
        await thing.invocations()


# Requests with an id.


async def test_an_id_is_a_header(foreign: Foreign, there: Harness) -> None:
    foreign.answers = {"/p": ok(b"", "", "204 No Content")}
    thing = await there.property({"href": "/p"})
    with wot.request_id("order-17"):
        await thing.write("p", 1)
    await thing.write("p", 1)
    with_id, without = foreign.requests
    assert with_id.headers["idempotency-key"] == "order-17"
    assert "idempotency-key" not in without.headers


async def test_one_with_an_id_is_sent_again_once(foreign: Foreign, there: Harness) -> None:
    foreign.answers = {"/a": [bytes_then_end(b""), ok(b"7")]}
    thing = await action(there, output={})
    with wot.request_id("once"):
        assert await thing.invoke("a") == 7
    assert [request.headers["idempotency-key"] for request in foreign.requests] == ["once"] * 2
    foreign.requests.clear()
    foreign.answers = {"/a": bytes_then_end(b"")}
    with wot.request_id("twice"), pytest.raises(ProtocolError):
        await thing.invoke("a")
    assert len(foreign.requests) == 2


async def test_one_without_an_id_is_not(foreign: Foreign, there: Harness) -> None:
    foreign.answers = {"/a": [bytes_then_end(b""), ok(b"7")]}
    with pytest.raises(ProtocolError):
        await (await action(there, output={})).invoke("a")
    assert len(foreign.requests) == 1


async def test_nor_one_that_takes_too_long(foreign: Foreign) -> None:
    foreign.answers = {"/a": silence}
    async with wot.Servient(timeout=0.2) as servient:
        thing = await Harness(foreign, servient).action({"href": "/a"})
        with wot.request_id("late"), pytest.raises(Timeout):
            await thing.invoke("a")
    assert len(foreign.requests) == 1


async def test_a_status_is_asked_for_at_its_own_port(foreign: Foreign, there: Harness) -> None:
    async with foreign_server() as other:
        answer = ok(b'{"status": "pending"}', status="201 Created").replace(
            b"\r\n", f"\r\nLocation: {other.url}/admin\r\n".encode(), 1
        )
        foreign.answers = {"/a": answer}
        with pytest.raises(ProtocolError, match="only its own origin"):
            await (await action(there, output={})).invoke("a")
        assert not other.requests


async def test_an_id_goes_along_when_it_is_redirected(foreign: Foreign, there: Harness) -> None:
    foreign.answers = {"/a": moved("/b", "307 Temporary Redirect"), "/b": ok(b"7")}
    with wot.request_id("moved"):
        assert await (await action(there, output={})).invoke("a") == 7
    assert foreign.requests[-1].headers["idempotency-key"] == "moved"


# Against our own server.


@pytest.mark.parametrize("hops", [0, 2])
async def test_typed_and_by_name(hops: int) -> None:
    oven = Oven()
    async with served(oven, hops) as url, wot.Servient(timeout=5) as servient:
        typed, named = await servient.consume(url, Oven), await servient.consume(url)
        begun = await typed.heat.start(to=220)
        await until(lambda: bool(oven.calls))
        assert (await begun.status()).status == "running"
        assert (begun.progress, begun.message) == (0.25, "warming up")
        assert len((await named.invocations())["heat"]) == 1
        oven.go.set()
        assert await begun.result() == 220
        assert await typed.heat(to=5) == 5
        assert await named.invoke("heat", {"to": 6}) == 6
        with pytest.raises(Conflict, match="the door is open"):
            await typed.fail()


@pytest.mark.parametrize("hops", [0, 2])
async def test_leaving_reaches_the_device(hops: int) -> None:
    oven = Oven()
    async with served(oven, hops) as url, wot.Servient(timeout=5) as servient:
        typed = await servient.consume(url, Oven)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await typed.grind()
        await until(lambda: oven.cancelled == ["grind"])


async def test_a_short_time_limit_is_no_limit_for_actions() -> None:
    oven = Oven()
    async with served(oven) as url, wot.Servient(timeout=0.5) as servient:
        thing = await servient.consume(url)
        waiting = asyncio.create_task(thing.invoke("heat", {"to": 5}))
        await asyncio.sleep(0.8)
        oven.go.set()
        assert await waiting == 5
