"""HTTP Basic Profile, what a Thing does: its TD, its answers byte by byte; actions that last are in test_actions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bindings.http.wire import Answer, ask, connected, request
from wot.forms import forms_for
from wot.servient import Served
from wot.td import Op, validate

from .marks import basic, common

JSON = "application/json"
ACCEPT = {"accept": JSON}


async def exact(url: str, method: str, body: bytes | None = None, **headers: str) -> list[bytes]:
    """An answer as it came: its first line, its other lines without Date and Vary, and its body."""
    async with connected(url) as wire:
        await wire.send(request(url, method, body, **headers, connection="close"))
        head, _, content = (await wire.reader.read()).partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    own = sorted(line for line in lines if not line.startswith((b"Date: ", b"Server: ", b"Vary: ")))
    return [first, *(line for line in own if line != b"Connection: close"), content]


@basic("readproperty-6")
async def test_a_value_that_is_read(url: str) -> None:
    assert await exact(f"{url}/properties/on", "GET", **ACCEPT) == [
        b"HTTP/1.1 200 OK",
        b"Content-Length: 5",
        b"Content-Type: application/json",
        b"false",
    ]


@basic("writeproperty-6")
async def test_a_value_that_is_written(url: str, lamp: Any) -> None:
    assert await exact(f"{url}/properties/on", "PUT", b"true") == [b"HTTP/1.1 204 No Content", b""]
    assert lamp.on.value is True


@basic("readallproperties-5")
async def test_all_values_that_can_be_read(url: str) -> None:
    answer = await ask(f"{url}/properties", **ACCEPT)
    assert (answer.status, answer.headers["content-type"]) == (200, JSON)
    assert answer.json == {"on": False, "level": 50, "serial": "A-1"}


@basic("writemultipleproperties-6")
@pytest.mark.parametrize("values", [{"level": 7}, {"level": 8, "on": True}, {"code": "x"}])
async def test_several_values_that_are_written(url: str, lamp: Any, values: Any) -> None:
    body = json.dumps(values).encode()
    answer = await exact(f"{url}/properties", "PUT", body)
    assert answer == [b"HTTP/1.1 204 No Content", b""]
    assert lamp.level.value == values.get("level", 50)
    assert lamp.on.value == values.get("on", False)


@basic("invokeaction-6", "invokeaction-7", "invokeaction-11", "invokeaction-20")
@pytest.mark.parametrize(
    ("action", "sent", "answered"),
    [("double", b"21", b"42"), ("nothing", b"null", b"null"), ("nothing", b"0", b"0")],
)
async def test_an_action_with_an_output(
    url: str, action: str, sent: bytes, answered: bytes
) -> None:
    assert await exact(f"{url}/actions/{action}", "POST", sent, **ACCEPT) == [
        b"HTTP/1.1 200 OK",
        b"Content-Length: " + str(len(answered)).encode(),
        b"Content-Type: application/json",
        answered,
    ]


@basic("invokeaction-20a")
@pytest.mark.parametrize("accept", [JSON, ""])
async def test_an_action_without_an_output(url: str, accept: str) -> None:
    """Nothing at all: no type, no length, no body."""
    answer = await exact(f"{url}/actions/reset", "POST", accept=accept)
    assert answer == [b"HTTP/1.1 204 No Content", b""]


@basic("invokeaction-6", "invokeaction-12")
@common("errors-1", "errors-2", "errors-5", "errors-7")
@pytest.mark.parametrize(
    ("action", "sent", "problem"),
    [
        ("double", b'"x"', (400, "InvalidInput")),
        ("double", None, (400, "InvalidInput")),
        ("double", b"{", (400, "InvalidInput")),
        ("fail", None, (409, "Conflict")),
        ("crash", None, (500, "HandlerError")),
        ("unknown", None, (404, "UnknownAffordance")),
    ],
)
async def test_an_action_that_is_refused(
    url: str, action: str, sent: bytes | None, problem: tuple[int, str]
) -> None:
    answer = await ask(f"{url}/actions/{action}", "POST", sent, **ACCEPT)
    assert answer.problem == problem


@basic("invokeaction-24")
@basic("queryaction-1b", "cancelaction-1b")
async def test_the_td_says_whether_actions_are_waited_for(served: Served) -> None:
    td = served.descriptions[0].json
    waited = ("double", "reset", "fail", "crash", "nothing")
    for name in waited:
        action = td["actions"][name]
        assert action["synchronous"] is True
        assert [form["op"] for form in action["forms"]] == [["invokeaction"]]
    assert all(isinstance(action["synchronous"], bool) for action in td["actions"].values())


@basic("queryaction-1b", "cancelaction-1b")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_they_can_be_neither_queried_nor_cancelled(url: str, method: str) -> None:
    assert (await ask(f"{url}/actions/double/1", method)).problem[0] == 404
    assert (await ask(f"{url}/actions/double", method)).problem[0] == 405


SINGLE = [
    (Op.READ_PROPERTY, "level"),
    (Op.WRITE_PROPERTY, "level"),
    (Op.READ_PROPERTY, "serial"),
    (Op.WRITE_PROPERTY, "code"),
    (Op.INVOKE_ACTION, "double"),
]
WHOLES = [Op.READ_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES]


@basic(
    "readproperty-1@Thing",
    "writeproperty-1@Thing",
    "invokeaction-1@Thing",
)
@pytest.mark.parametrize(("op", "name"), SINGLE)
async def test_there_is_a_form_for_each_operation(served: Served, op: Op, name: str) -> None:
    td = served.descriptions[0]
    form = forms_for(td, op, name, td.base)[0]
    assert form.href.startswith("http://127.0.0.1:")
    assert (form.content_type, form.response_type, form.subprotocol) == (JSON, JSON, "")


@basic("readallproperties-1@Thing", "writemultipleproperties-1@Thing")
@pytest.mark.parametrize("op", WHOLES)
async def test_there_is_one_for_the_whole_thing(served: Served, op: Op) -> None:
    td = served.descriptions[0]
    form = forms_for(td, op, "", td.base)[0]
    assert form.href.startswith("http://127.0.0.1:")
    assert (form.content_type, form.response_type, form.subprotocol) == (JSON, JSON, "")


@pytest.mark.assertion(
    "http-basic-profile-1@Thing",
    "http-basic-profile-identifier-1",
    "profiling-mechanism-1",
    "profiling-mechanism-2",
    "profiling-mechanism-5@Thing",
)
async def test_what_claims_the_profile_is_a_valid_td(served: Served) -> None:
    td = served.descriptions[0].json
    assert td["profile"] == ["https://www.w3.org/2022/wot/profile/http-basic/v1"]
    assert validate(td) == []


@pytest.mark.assertion("profiling-mechanism-7")
async def test_others_get_the_answers_that_they_expect(url: str) -> None:
    """Nothing but what TD 1.1 section 8.3.1 and RFC 9110 say: no Accept, no profile, any client."""
    read = await ask(f"{url}/properties/level")
    assert (read.status, read.json) == (200, 50)
    written = await ask(f"{url}/properties/level", "PUT", b"7", accept="*/*")
    assert written.status == 204
    done = await ask(f"{url}/actions/double", "POST", b"1", accept="text/html, */*;q=0.1")
    assert done.json == 2


@pytest.mark.assertion("profile-5-2-thing-protocol-binding-1@Thing")
async def test_each_operation_is_there(url: str) -> None:
    """One connection, one request after the other."""
    answers: list[Answer] = []
    async with connected(url) as wire:
        for method, path, body in (
            ("GET", "properties/level", None),
            ("PUT", "properties/level", b"1"),
            ("POST", "actions/double", b"1"),
        ):
            await wire.send(request(f"{url}/{path}", method, body, **ACCEPT))
            answers.append(await wire.answer(method))
    assert [(a.status, a.headers.get("content-type"), a.body) for a in answers] == [
        (200, JSON, b"50"),
        (204, None, b""),
        (200, JSON, b"2"),
    ]
