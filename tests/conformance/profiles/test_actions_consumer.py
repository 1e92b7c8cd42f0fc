"""HTTP Basic Profile, actions that last: what a Consumer asks a scripted Thing, and what it makes of its answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import wot
from tests.bindings.http.foreign import Foreign, ok
from wot.interaction import Interaction
from wot.td import Op

from .marks import basic
from .test_basic_consumer import HERE, heater

JSON = "application/json"
STATUS = "/status/17"
GONE = ok(b"", "", "204 No Content").replace(b"Content-Length: 0\r\n", b"")
TIMES = {"timeRequested": "2024-02-29T12:00:00Z"}
ENDED = {**TIMES, "timeEnded": "2024-02-29T12:00:02.5+01:00"}


def status(kind: str, **members: Any) -> bytes:
    """The body of a status."""
    return json.dumps({"status": kind, **members}).encode()


def created(location: str = "", code: str = "201 CREATED", **members: Any) -> bytes:
    """The answer of who has begun an action."""
    body = status("pending", **TIMES, **members)
    where = f"Location: {location}\r\n" if location else ""
    kind = f"Content-Type: {JSON}\r\n{where}"
    return f"HTTP/1.1 {code}\r\n{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body


COMPLETED = ok(status("completed", **ENDED, output=42))


@pytest.fixture
async def there(peer: Foreign, servient: wot.Servient) -> Any:
    return await servient.consume(heater(peer.url))


def asked(peer: Foreign) -> list[str]:
    return [f"{request.method} {request.target}" for request in peer.requests]


WAYS = {
    "Location and href": lambda url: created(STATUS, href=STATUS),
    "Location, and href relative to it": lambda url: created(STATUS, href="17"),
    "an absolute Location": lambda url: created(url + STATUS, href=url + STATUS),
    "Location alone": lambda url: created(STATUS),
    "href alone": lambda url: created(href=STATUS),
    "an absolute href": lambda url: created(href=url + STATUS),
    "a relative Location": lambda url: created("../../status/17"),
    "202, which others answer": lambda url: created(STATUS, "202 Accepted"),
}


@basic("invokeaction-13", "queryaction-2", "queryaction-3")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_the_end_is_waited_for(peer: Foreign, there: Any, way: Any) -> None:
    peer.answers = {
        f"POST {HERE}/b": way(peer.url),
        f"GET {STATUS}": [
            ok(status("pending")),
            ok(status("running", **TIMES, href=STATUS)),
            COMPLETED,
        ],
    }
    async with asyncio.timeout(10):
        assert await there.invoke("burn") == 42
    assert asked(peer) == [f"POST {HERE}/b", *[f"GET {STATUS}"] * 3]
    assert {request.headers["accept"] for request in peer.requests} == {JSON}


@basic("invokeaction-13")
async def test_a_result_at_once_is_fine_whatever_the_td_says(peer: Foreign, there: Any) -> None:
    peer.answers = {f"POST {HERE}/b": ok(b"42")}
    assert await there.invoke("burn") == 42
    assert len(peer.requests) == 1


@basic("invokeaction-13")
async def test_so_is_a_refusal(peer: Foreign, there: Any) -> None:
    problem = b'{"title": "No", "detail": "no fuel", "status": 503}'
    refusal = ok(problem, "application/problem+json", "503 Service Unavailable")
    peer.answers = {f"POST {HERE}/b": refusal}
    with pytest.raises(wot.errors.Unavailable, match="no fuel"):
        await there.invoke("burn")


FAILURES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({}, wot.errors.HandlerError, "failed"),
    (
        {"error": {"type": "https://x.example/cold", "title": "Too cold", "detail": "it freezes"}},
        wot.errors.WoTError,
        "it freezes",
    ),
    ({"error": {"title": "Too cold"}}, wot.errors.WoTError, "Too cold"),
    (
        {"error": {"type": "urn:isowot:problem:Conflict", "title": "x", "detail": "again"}},
        wot.errors.Conflict,
        "again",
    ),
]


@basic("invokeaction-13", "queryaction-3")
@pytest.mark.parametrize(("members", "kind", "said"), FAILURES)
async def test_a_failure_is_an_error_as_if_it_had_come_at_once(
    peer: Foreign, there: Any, members: dict[str, Any], kind: type[Exception], said: str
) -> None:
    peer.answers = {
        f"POST {HERE}/b": created(STATUS),
        f"GET {STATUS}": ok(status("failed", **ENDED, **members)),
    }
    with pytest.raises(kind, match=said):
        await there.invoke("burn")


@basic("invokeaction-13", "invokeaction-14")
async def test_a_status_that_has_ended_already_is_not_asked_for_again(
    peer: Foreign, there: Any
) -> None:
    body = status("completed", **ENDED, output=42, href=STATUS)
    head = f"HTTP/1.1 201 Created\r\nContent-Type: {JSON}\r\nLocation: {STATUS}\r\n"
    peer.answers = {f"POST {HERE}/b": f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body}
    assert await there.invoke("burn") == 42
    assert asked(peer) == [f"POST {HERE}/b"]


@basic("cancelaction-2", "cancelaction-3", "invokeaction-14")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_it_is_cancelled_there(peer: Foreign, there: Any, way: Any) -> None:
    """What was begun is not asked about by itself."""
    peer.answers = {f"POST {HERE}/b": way(peer.url), f"DELETE {STATUS}": GONE}
    invocation = await there.start("burn")
    await invocation.cancel()
    assert asked(peer) == [f"POST {HERE}/b", f"DELETE {STATUS}"]
    assert peer.requests[1].body == b""


@basic("queryaction-2", "queryaction-3")
async def test_its_status_is_asked_for(peer: Foreign, there: Any) -> None:
    peer.answers = {
        f"POST {HERE}/b": created(STATUS),
        f"GET {STATUS}": [ok(status("running", **TIMES)), COMPLETED],
    }
    invocation = await there.start("burn")
    assert (await invocation.status()).status == "running"
    found = await invocation.status()
    assert (found.status, found.time_ended) == ("completed", ENDED["timeEnded"])
    assert await invocation.result() == 42
    request = peer.requests[1]
    assert (request.method, request.target, request.headers["accept"]) == ("GET", STATUS, JSON)


@basic("queryallactions-4")
async def test_all_are_listed(peer: Foreign, there: Any) -> None:
    running = {"status": "running", "href": STATUS, **TIMES}
    done = {"status": "completed", "href": f"{STATUS}0", **ENDED}
    peer.answers = {f"GET {HERE}/running": ok(json.dumps({"burn": [running, done]}).encode())}
    found = await there.invocations()
    assert [each.status for each in found["burn"]] == ["running", "completed"]
    assert peer.requests[0].headers["accept"] == JSON


@basic("queryaction-2")
@pytest.mark.parametrize(
    "elsewhere", ["ftp://127.0.0.1/x", "http://[::1]:1/x", "http://x.invalid/"]
)
async def test_a_status_at_another_host_is_not_followed(
    peer: Foreign, there: Any, elsewhere: str
) -> None:
    """Whoever serves a Thing must not send us to ask others."""
    peer.answers = {f"POST {HERE}/b": created(elsewhere)}
    with pytest.raises(wot.errors.ProtocolError):
        await there.invoke("burn")


@basic("queryallactions-4")
async def test_a_list_is_asked_for_as_the_form_says(peer: Foreign, there: Any) -> None:
    peer.answers = {f"GET {HERE}/running": ok(b"{}")}
    await there.request(Interaction(Op.QUERY_ALL_ACTIONS))
    assert asked(peer) == [f"GET {HERE}/running"]
