"""HTTP Basic Profile, actions that last: what a Thing answers to who begins, asks about and cancels them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

import wot
from tests.bindings.http.things import ANY
from tests.bindings.http.wire import Answer, ask, until
from wot.servient import Served
from wot.td import validate

from .marks import basic, common

JSON = "application/json"
ACCEPT = {"accept": JSON}


def kettle() -> Any:
    """A kettle, whose class is made where it is needed."""

    class Kettle(wot.Thing, title="Kettle", id="urn:test:kettle"):
        """Takes its time."""

        def __init__(self) -> None:
            self.go = asyncio.Event()
            self.cancelled = 0

        @wot.action(synchronous=False)
        async def boil(self, to: float) -> float:
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            return to

        @wot.action(synchronous=False)
        async def descale(self) -> None:
            await self.go.wait()

        @wot.action(synchronous=False)
        async def fail(self) -> None:
            raise wot.errors.Conflict("there is no water", hint="fill it")

        @wot.action(synchronous=False)
        async def crash(self) -> None:
            raise RuntimeError("a secret of the inside")

        @wot.action
        async def beep(self) -> None:
            pass

    return Kettle()


@pytest.fixture
def thing() -> Any:
    return kettle()


@pytest.fixture
async def served(thing: Any) -> AsyncIterator[Served]:
    async with wot.serve(thing, ANY) as served:
        yield served


@pytest.fixture
def url(served: Served) -> str:
    return served.urls[0]


async def begun(url: str, action: str = "boil", body: bytes | None = b'{"to": 90}') -> Answer:
    answer = await ask(f"{url}/actions/{action}", "POST", body, **ACCEPT)
    assert answer.status == 201, answer
    return answer


async def ended(where: str) -> Any:
    """The status, once it will not change any more."""
    async with asyncio.timeout(10):
        while (status := (await ask(where, prefer="wait=1")).json)["status"] == "running":
            pass
    return status


@basic(
    "invokeaction-6",
    "invokeaction-8",
    "invokeaction-10",
    "invokeaction-15",
    "invokeaction-16",
    "invokeaction-19",
    "invokeaction-timeRequested",
    "invokeaction-21",
)
async def test_what_has_begun(url: str) -> None:
    answer = await begun(url)
    assert answer.headers["content-type"] == JSON
    status = answer.json
    assert status["href"] == answer.headers["location"]
    assert status["href"].startswith(f"{url}/actions/boil/")
    assert status["status"] in ("pending", "running")
    assert datetime.fromisoformat(status["timeRequested"]).tzinfo is not None
    assert not {"output", "error", "timeEnded"} & {*status}


@basic("queryaction-1a", "queryaction-5", "invokeaction-17", "invokeaction-timeEnded")
@common("date-format-1")
async def test_what_becomes_of_it(url: str, thing: Any) -> None:
    where = (await begun(url)).headers["location"]
    answer = await ask(where, **ACCEPT)
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    assert answer.json["status"] in ("pending", "running")
    thing.go.set()
    status = await ended(where)
    assert (status["status"], status["output"]) == ("completed", 90)
    times = [datetime.fromisoformat(status[each]) for each in ("timeRequested", "timeEnded")]
    assert times[0] <= times[1]


@basic("invokeaction-17")
async def test_what_has_no_output_ends_without_one(url: str, thing: Any) -> None:
    thing.go.set()
    where = (await begun(url, "descale", None)).headers["location"]
    status = await ended(where)
    assert status["status"] == "completed"
    assert "output" not in status


@basic("invokeaction-18", "queryaction-7a", "queryaction-7b")
@pytest.mark.parametrize(("action", "kind"), [("fail", "Conflict"), ("crash", "HandlerError")])
async def test_what_fails_later_is_told_in_the_status(url: str, action: str, kind: str) -> None:
    """The query itself succeeds."""
    where = (await begun(url, action, None)).headers["location"]
    status = await ended(where)
    assert (await ask(where)).status == 200
    assert status["status"] == "failed"
    error = status["error"]
    assert error["type"] == f"urn:isowot:problem:{kind}"
    assert error["title"]
    assert "secret" not in str(status)
    assert "output" not in status


@basic("invokeaction-12")
@pytest.mark.parametrize("body", [b'{"to": "x"}', b"{", None])
async def test_what_fails_before_is_an_error(url: str, body: bytes | None) -> None:
    answer = await ask(f"{url}/actions/boil", "POST", body)
    assert answer.problem == (400, "InvalidInput")
    assert "location" not in answer.headers


@basic("cancelaction-1a", "cancelaction-5")
async def test_it_can_be_cancelled(url: str, thing: Any) -> None:
    where = (await begun(url)).headers["location"]
    answer = await ask(where, "DELETE")
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in answer.headers
    await until(lambda: bool(thing.cancelled) or not thing.go.is_set())
    assert (await ask(where)).problem[0] == 404
    assert (await ask(where, "DELETE")).problem[0] == 404


@basic("queryallactions-6a", "queryallactions-6b")
async def test_all_of_them_newest_first(url: str, thing: Any) -> None:
    begins = [(await begun(url)).json["href"] for _ in range(3)]
    other = (await begun(url, "descale", None)).json["href"]
    answer = await ask(f"{url}/actions", **ACCEPT)
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    found = {name: [each["href"] for each in several] for name, several in answer.json.items()}
    assert {name: hrefs for name, hrefs in found.items() if hrefs} == {
        "boil": begins[::-1],
        "descale": [other],
    }
    thing.go.set()
    await ended(other)
    await ask(begins[1], "DELETE")
    again = (await ask(f"{url}/actions")).json
    assert [each["href"] for each in again["boil"]] == [begins[2], begins[0]]
    assert again["descale"][0]["status"] == "completed"


@basic("invokeaction-22", "invokeaction-23")
async def test_there_is_an_end_to_what_is_kept_and_begun(url: str, thing: Any) -> None:
    """Too many at a time are 503; of those that ended, old ones are forgotten."""
    first = (await begun(url)).headers["location"]
    async with asyncio.timeout(15):
        while (answer := await ask(f"{url}/actions/descale", "POST")).status == 201:
            pass
    assert answer.problem == (503, "Unavailable")
    thing.go.set()
    await ended(first)
    async with asyncio.timeout(15):
        while (await ask(first)).status != 404:
            await ask(f"{url}/actions/descale", "POST")


@basic("invokeaction-24", "queryaction-1a", "cancelaction-1a", "queryallactions-1@Thing")
async def test_the_td_tells_of_all_that(served: Served) -> None:
    td = served.descriptions[0]
    assert validate(td.json) == []
    assert td.json["profile"] == ["https://www.w3.org/2022/wot/profile/http-basic/v1"]
    for name in ("boil", "descale", "fail", "crash"):
        assert td.json["actions"][name]["synchronous"] is False
        ops = [op for form in td.json["actions"][name]["forms"] for op in form["op"]]
        assert ops == ["invokeaction"]  # where to query and to cancel is in its answer
    assert td.json["actions"]["beep"]["synchronous"] is True
    [form] = [form for form in td.forms if "queryallactions" in form.op]
    assert (form.content_type, form.subprotocol) == (JSON, "")
    assert (await ask(td.base + form.href)).json is not None
