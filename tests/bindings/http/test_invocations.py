"""Actions that are answered before they end, as bytes (WoT Profiles, HTTP Basic Profile; RFC 7240)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

import wot
from wot.td import validate

from .ovens import Oven, served
from .things import ANY
from .wire import Answer, Wire, ask, connected, request, until


@pytest.fixture
def oven() -> Oven:
    return Oven()


@pytest.fixture(params=[0, 1, 2], ids=["direct", "through a gateway", "through two"])
async def url(request: pytest.FixtureRequest, oven: Oven) -> AsyncIterator[str]:
    async with served(oven, request.param) as url:
        yield url


async def begin(url: str, to: int = 200) -> Answer:
    return await ask(f"{url}/actions/heat", "POST", b'{"to": %d}' % to)


async def test_invoking_answers_201_with_where_to_ask(url: str) -> None:
    answer = await begin(url)
    assert answer.status == 201
    assert answer.headers["content-type"] == "application/json"
    href = answer.headers["location"]
    assert href.startswith(f"{url}/actions/heat/")
    assert answer.json["href"] == href
    assert answer.json["status"] in ("pending", "running")
    assert answer.json["timeRequested"].endswith("Z")


async def test_from_running_to_completed(url: str, oven: Oven) -> None:
    href = (await begin(url)).headers["location"]
    await until(lambda: bool(oven.calls))
    running = await ask(href)
    assert running.status == 200
    assert running.headers["cache-control"] == "no-store"
    assert (running.json["status"], running.json["href"]) == ("running", href)
    assert (running.json["progress"], running.json["message"]) == (0.25, "warming up")
    oven.go.set()
    ended = await ask(href, prefer="respond-async, wait=20")
    assert (ended.json["status"], ended.json["output"]) == ("completed", 200)
    assert ended.json["timeEnded"] >= ended.json["timeRequested"]


async def test_a_query_that_prefers_to_wait_does(url: str, oven: Oven) -> None:
    href = (await begin(url)).headers["location"]
    async with connected(href) as wire:
        await wire.send(request(href, prefer="wait=2"))
        await asyncio.sleep(0.1)
        oven.go.set()
        assert (await wire.answer()).json["status"] == "completed"


async def test_failures_are_problem_details(url: str) -> None:
    begun = await ask(f"{url}/actions/a%2Fb%20c", "POST")
    ended = await ask(begun.headers["location"], prefer="wait=5")
    assert (ended.status, ended.json["status"]) == (200, "failed")
    assert ended.json["error"]["type"] == "urn:isowot:problem:Conflict"
    assert ended.json["error"]["detail"] == "the door is open"


@pytest.mark.parametrize("name", ["heat", "grind"])
async def test_deleting_cancels_and_forgets(url: str, oven: Oven, name: str) -> None:
    body = b'{"to": 1}' if name == "heat" else None
    href = (await ask(f"{url}/actions/{name}", "POST", body)).headers["location"]
    await until(lambda: bool(oven.calls))
    answer = await ask(href, "DELETE")
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in answer.headers
    await until(lambda: oven.cancelled == [name])
    for method in ("GET", "DELETE"):
        assert (await ask(href, method)).problem == (404, "NotFound")


async def test_all_of_them_the_newest_first(url: str, oven: Oven) -> None:
    first, second = (await begin(url, 1)), (await begin(url, 2))
    oven.go.set()
    failed = await ask(f"{url}/actions/a%2Fb%20c", "POST")
    answer = await ask(f"{url}/actions")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    hrefs = {name: [status["href"] for status in several] for name, several in answer.json.items()}
    assert hrefs == {
        "heat": [second.headers["location"], first.headers["location"]],
        "a/b c": [failed.headers["location"]],
    }


async def test_methods_of_the_resources(url: str) -> None:
    href = (await begin(url)).headers["location"]
    for where, allow in (
        (href, "DELETE, GET, HEAD, OPTIONS"),
        (f"{url}/actions", "GET, HEAD, OPTIONS"),
    ):
        options = await ask(where, "OPTIONS")
        assert (options.status, options.headers["allow"]) == (204, allow)
        for method in ("PUT", "POST", "PATCH"):
            refused = await ask(where, method, b"1")
            assert (refused.status, refused.headers["allow"]) == (405, allow)
        head = await ask(where, "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert int(head.headers["content-length"]) > 1
        assert (await ask(where, accept="text/csv")).status == 406
        assert (await ask(f"{where}?x=1")).problem == (400, "UriVariableError")
    assert (await ask(f"{url}/actions/heat")).headers["allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("id", ["nope", "*", "%2A", "a%2Fb", "{invocation}", "x" * 3000, "%FF"])
async def test_ids_that_nobody_knows(url: str, id: str) -> None:
    assert (await ask(f"{url}/actions/heat/{id}")).problem[0] == 404
    assert (await ask(f"{url}/actions/heat/{id}", "DELETE")).problem[0] == 404


async def test_paths_that_lead_nowhere(url: str) -> None:
    id = urlsplit((await begin(url)).headers["location"]).path.rpartition("/")[2]
    for path in (f"blink/{id}", f"heat/{id}/x", f"nope/{id}"):
        assert (await ask(f"{url}/actions/{path}")).status == 404
    assert (await ask(f"{url}/actions/grind/{id}")).problem[0] == 404


async def test_the_td_says_all_of_it(url: str) -> None:
    td = (await ask(url)).json
    assert not [found for found in validate(td) if found.severity == "error"]
    path = urlsplit(url).path.lstrip("/")
    heat, blink = td["actions"]["heat"], td["actions"]["blink"]
    assert (heat["synchronous"], blink["synchronous"]) == (False, True)
    ops = {form["op"][0]: form for form in heat["forms"]}
    # Where to query and to cancel is said by the answer: clients follow templates that they cannot fill.
    assert set(ops) == {"invokeaction"}
    assert ops["invokeaction"]["additionalResponses"][0] == {
        "success": True,
        "schema": "ActionStatus",
    }
    assert [form["op"] for form in blink["forms"]] == [["invokeaction"]]
    assert set(td["uriVariables"]) == {"names"}
    assert "ActionStatus" in td["schemaDefinitions"]
    [whole] = [form for form in td["forms"] if "queryallactions" in form["op"]]
    assert whole["href"] == f"{path}/actions"
    assert not any("uriVariables" in a for a in (heat, blink, td["properties"]["level"]))
    assert td["properties"]["level"]["forms"][0]["href"] == f"{path}/properties/level"


async def test_a_thing_without_such_actions_says_nothing_of_it() -> None:
    class Lamp(wot.Thing):
        @wot.action
        async def blink(self) -> None: ...

    async with wot.serve(Lamp(), ANY) as at:
        td = (await ask(at.urls[0])).json
        assert not {"forms", "uriVariables", "schemaDefinitions"} & set(td)
        assert (await ask(f"{at.urls[0]}/actions")).status == 404


async def test_a_thing_made_from_its_td_is_the_same(url: str) -> None:
    td = (await ask(url)).json
    again = wot.Thing.from_td(td)
    for name in td["actions"]:
        again.on_invoke(name, lambda *_: None)
    again.on_read("level", lambda: 1)
    again.on_write("level", lambda _value: None)
    async with wot.serve(again, ANY) as at:
        made = (await ask(at.urls[0])).json
    for kind in ("actions", "properties", "uriVariables", "schemaDefinitions", "forms"):
        assert json.dumps(made[kind]) == json.dumps(td[kind])


async def test_too_many_are_refused_with_when_to_come_again(oven: Oven) -> None:
    async with served(oven) as url, connected(url) as wire:
        for _ in range(64):
            await wire.send(request(f"{url}/actions/heat", "POST", b'{"to": 1}'))
            assert (await wire.answer()).status == 201
        await wire.send(request(f"{url}/actions/heat", "POST", b'{"to": 1}'))
        refused = await wire.answer()
        assert refused.problem == (503, "Unavailable")
        assert int(refused.headers["retry-after"]) >= 1
        host, port = url.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port), local_addr=("127.0.0.2", 0))
        other = Wire(reader, writer)
        await other.send(request(f"{url}/actions/heat", "POST", b'{"to": 1}'))
        assert (await other.answer()).status == 201
        writer.close()


async def test_statuses_are_no_paths_to_remember(oven: Oven) -> None:
    async with wot.Servient() as servient, servient.serve(oven, ANY) as at:
        [shared] = servient._servers.values()
        server: Any = shared.server
        for number in range(20):
            await ask(f"{at.urls[0]}/actions/heat/{number}")
        assert not [path for path in server._paths.hot if path.endswith(tuple("0123456789"))]


async def test_a_server_stops_in_time_although_somebody_waits(oven: Oven) -> None:
    async with wot.Servient() as servient:
        async with servient.serve(oven, ANY) as at:
            href = (await begin(at.urls[0])).headers["location"]
            async with connected(href) as wire:
                await wire.send(request(href, prefer="wait=30"))
                await until(lambda: bool(oven.calls))
                leaving = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - leaving < 2
    assert oven.cancelled == ["heat"]


# Requests with an id.


async def test_what_is_repeated_with_its_key_is_done_once(url: str, oven: Oven) -> None:
    action = f"{url}/actions/blink"
    first, again, other = [
        await ask(action, "POST", b'{"times": 1}', idempotency_key=key) for key in ("a", "a", "b")
    ]
    assert (first.json, again.json, other.json) == (1, 1, 2)
    conflict = await ask(action, "POST", b'{"times": 2}', idempotency_key="a")
    assert conflict.problem == (409, "Conflict")
    for _ in range(2):
        put = await ask(f"{url}/properties/level", "PUT", b"5", idempotency_key="a")
        assert put.status == 204
    assert oven.calls == ["blink", "blink", "level 5"]


async def test_several_properties_are_written_once(url: str, oven: Oven) -> None:
    for _ in range(2):
        put = await ask(f"{url}/properties", "PUT", b'{"level": 5}', idempotency_key="a")
        assert put.status == 204
    assert oven.calls == ["level 5"]
    conflict = await ask(f"{url}/properties", "PUT", b'{"level": 6}', idempotency_key="a")
    assert conflict.problem == (409, "Conflict")


async def test_an_invocation_is_begun_once(url: str, oven: Oven) -> None:
    answers = [
        await ask(f"{url}/actions/heat", "POST", b'{"to": 1}', idempotency_key="x")
        for _ in range(2)
    ]
    assert len({answer.headers["location"] for answer in answers}) == 1
    await until(lambda: oven.calls == ["heat"])


@pytest.mark.parametrize("key", ["x" * 256, "\xe4", "a\tb"])
async def test_keys_that_are_none(url: str, oven: Oven, key: str) -> None:
    answer = await ask(f"{url}/actions/blink", "POST", b'{"times": 1}', idempotency_key=key)
    assert answer.problem == (400, "InvalidInput")
    assert not oven.calls


async def test_two_keys_are_none(oven: Oven) -> None:
    async with served(oven) as url, connected(url) as wire:
        sent = request(f"{url}/actions/blink", "POST", b"{}", idempotency_key="a")
        await wire.send(
            sent.replace(b"idempotency-key: a", b"idempotency-key: a\r\nidempotency-key: b")
        )
        assert (await wire.answer()).problem == (400, "InvalidInput")


async def test_pages_of_others_may_use_it_where_that_is_allowed(oven: Oven) -> None:
    origin = "https://page.example"
    async with (
        wot.Servient() as servient,
        servient.serve(oven, wot.endpoint(ANY, cors=origin)) as at,
    ):
        href = f"{at.urls[0]}/actions/heat"
        preflight = await ask(href, "OPTIONS", origin=origin)
        assert "DELETE" in preflight.headers["access-control-allow-methods"]
        for name in ("Idempotency-Key", "Prefer"):
            assert name in preflight.headers["access-control-allow-headers"]
        begun = await ask(href, "POST", b'{"to": 1}', origin=origin)
        assert begun.status == 201
        assert "Location" in begun.headers["access-control-expose-headers"]
        oven.go.set()


async def test_a_time_out_under_an_id_invites_nobody_to_try_again() -> None:
    class Slow(wot.Thing):
        @wot.action(timeout=0.05)
        async def fill(self) -> None:
            await asyncio.Event().wait()

    async with wot.serve(Slow(), ANY) as served:
        href = f"{served.urls[0]}/actions/fill"
        for _ in range(2):
            answer = await ask(href, "POST", **{"idempotency-key": "a"})
            assert answer.problem == (503, "Unavailable")
            assert "retry-after" not in answer.headers
            assert "whether it was done is not known" in answer.json["detail"]
        assert (await ask(href, "POST")).headers["retry-after"] == "5"
