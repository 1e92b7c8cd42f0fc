"""HTTP Basic Profile, what a Consumer does: its requests to a scripted Thing, and what it makes of the answers."""

from __future__ import annotations

from typing import Any

import pytest

import wot
from tests.bindings.http.foreign import Foreign, ok
from wot.content import Content
from wot.interaction import Interaction
from wot.td import Json, Op

from .marks import basic

PROFILE = "https://www.w3.org/2022/wot/profile/http-basic/v1"
JSON = "application/json"
NOT_OURS = (
    {"href": "coap://127.0.0.1/x"},
    {"href": "mqtt://127.0.0.1/x", "contentType": "application/cbor"},
)


def described(base: str, **members: Any) -> Json:
    """A TD that claims the profile."""
    return {
        "@context": "https://www.w3.org/2022/wot/td/v1.1",
        "id": "urn:test:heater",
        "profile": PROFILE,
        "base": base,
        "title": "Heater",
        "securityDefinitions": {"none": {"scheme": "nosec"}},
        "security": "none",
        **members,
    }


def heater(base: str, *before: Json) -> Json:
    """A heater; every affordance has the forms `before` its own, which say nothing that is a default."""
    plain = [*before, {"href": "target"}]
    done = [*before, {"href": "/do/boost", "op": "invokeaction"}]
    several = {"op": ["readallproperties", "writemultipleproperties"], "href": "values"}
    whole = [
        *({**form, "op": several["op"]} for form in before),
        several,
        {"op": "queryallactions", "href": "running"},
    ]
    return described(
        f"{base}/things/heater/",
        properties={
            "target": {"type": "number", "forms": plain},
            "mode": {"type": "string", "forms": [{"href": "mode"}]},
        },
        actions={
            "boost": {
                "synchronous": True,
                "input": {"type": ["object", "null"]},
                "output": {"type": "number"},
                "forms": done,
            },
            "off": {"synchronous": True, "forms": [{"href": "off"}]},
            "burn": {"synchronous": False, "output": {"type": "number"}, "forms": [{"href": "b"}]},
        },
        forms=whole,
    )


HERE = "/things/heater"


@pytest.fixture
def answers(peer: Foreign) -> dict[str, Any]:
    done = ok(b"", "", "204 No Content").replace(b"Content-Length: 0\r\n", b"")
    peer.answers = {
        f"GET {HERE}/target": ok(b"21.5"),
        f"PUT {HERE}/target": done,
        f"GET {HERE}/values": ok(b'{"target": 21.5, "mode": "eco"}'),
        f"PUT {HERE}/values": done,
        "POST /do/boost": ok(b"30"),
        f"POST {HERE}/off": done,
        f"GET {HERE}/running": ok(b"{}"),
    }
    return peer.answers


@pytest.fixture(params=[(), NOT_OURS], ids=["one form", "several forms"])
async def there(
    peer: Foreign, answers: Any, servient: wot.Servient, request: pytest.FixtureRequest
) -> wot.ConsumedThing:
    return await servient.consume(heater(peer.url, *request.param))


def asked(peer: Foreign) -> tuple[str, str, str | None, str | None, bytes]:
    """What came in: method, target, Accept, Content-Type, body."""
    [found] = peer.requests
    headers = found.headers
    return (
        found.method,
        found.target,
        headers.get("accept"),
        headers.get("content-type"),
        found.body,
    )


@basic("readproperty-1@Consumer", "readproperty-3", "readproperty-4")
async def test_reading(peer: Foreign, there: wot.ConsumedThing) -> None:
    assert await there.read("target") == 21.5
    assert asked(peer) == ("GET", f"{HERE}/target", JSON, None, b"")


@basic("writeproperty-1@Consumer", "writeproperty-3", "writeproperty-4")
async def test_writing(peer: Foreign, there: wot.ConsumedThing) -> None:
    await there.write("target", 19)
    method, target, _accept, *sent = asked(peer)
    assert [method, target, *sent] == ["PUT", f"{HERE}/target", JSON, b"19"]


@basic("invokeaction-1@Consumer", "invokeaction-3", "invokeaction-4")
@pytest.mark.parametrize(
    ("given", "body"), [({}, b"{}"), (None, b"null"), ({"to": 1}, b'{"to":1}')]
)
async def test_invoking(peer: Foreign, there: wot.ConsumedThing, given: Any, body: bytes) -> None:
    """Empty values are values."""
    assert await there.invoke("boost", given) == 30
    assert asked(peer) == ("POST", "/do/boost", JSON, JSON, body)


@basic("invokeaction-5")
async def test_invoking_without_an_input(peer: Foreign, there: wot.ConsumedThing) -> None:
    assert await there.invoke("off") is None
    method, target, _accept, *sent = asked(peer)
    assert [method, target, *sent] == ["POST", f"{HERE}/off", None, b""]
    assert peer.requests[0].headers.get("content-length") in (None, "0")


@basic("readallproperties-1@Consumer", "readallproperties-3", "readallproperties-4")
async def test_reading_all(peer: Foreign, there: wot.ConsumedThing) -> None:
    reply = await there.request(Interaction(Op.READ_ALL_PROPERTIES))
    assert asked(peer) == ("GET", f"{HERE}/values", JSON, None, b"")
    assert reply.content is not None
    assert b"21.5" in reply.content.body


@basic("writemultipleproperties-1@Consumer", "writemultipleproperties-4")
@pytest.mark.assertion("http-basic-profile-protocol-bindings-writemultipleproperties-3")
async def test_writing_several(peer: Foreign, there: wot.ConsumedThing) -> None:
    values = Content(b'{"target":19,"mode":"off"}')
    await there.request(
        Interaction(Op.WRITE_MULTIPLE_PROPERTIES, payload=values, names=("target", "mode"))
    )
    method, target, _accept, *sent = asked(peer)
    assert [method, target, *sent] == ["PUT", f"{HERE}/values", JSON, values.body]


@basic("queryallactions-1@Consumer", "queryallactions-3", "queryallactions-4")
async def test_querying_all(peer: Foreign, there: wot.ConsumedThing) -> None:
    reply = await there.request(Interaction(Op.QUERY_ALL_ACTIONS))
    assert asked(peer) == ("GET", f"{HERE}/running", JSON, None, b"")
    assert reply.content is not None
    assert reply.content.body == b"{}"


TEXT = {"href": "/as/text", "contentType": "text/plain"}
POLLED = {"href": "/polled", "subprotocol": "longpoll"}


@basic("readproperty-1@Consumer", "writeproperty-1@Consumer", "invokeaction-1@Consumer")
@pytest.mark.parametrize("first", [TEXT, POLLED], ids=["of another type", "with a subprotocol"])
async def test_the_form_with_json_is_taken(
    peer: Foreign, answers: Any, servient: wot.Servient, first: Json
) -> None:
    there = await servient.consume(heater(peer.url, first))
    await there.read("target")
    await there.write("target", 1)
    await there.invoke("boost", {})
    assert [request.target for request in peer.requests] == [
        f"{HERE}/target",
        f"{HERE}/target",
        "/do/boost",
    ]


REFUSALS: list[tuple[bytes, type[Exception]]] = [
    (ok(b"{}", JSON, "400 Bad Request"), wot.errors.InvalidInput),
    (ok(b"", "", "401 Unauthorized"), wot.errors.Unauthenticated),
    (ok(b"", "", "403 Forbidden"), wot.errors.Forbidden),
    (ok(b"", "", "404 Not Found"), wot.errors.NotFound),
    (ok(b"", "", "500 Internal Server Error"), wot.errors.HandlerError),
    (ok(b"", "", "503 Service Unavailable"), wot.errors.Unavailable),
    (
        ok(b'{"title": "Too hot", "detail": "98 degrees"}', "application/problem+json", "409 Gone"),
        wot.errors.Conflict,
    ),
]


@pytest.mark.assertion(
    "common-constraints-errors-6", "profile-5-2-thing-protocol-binding-1@Consumer"
)
@pytest.mark.parametrize(("answer", "kind"), REFUSALS)
@pytest.mark.parametrize("verb", ["read", "write", "invoke"])
async def test_a_refusal_is_an_error(
    peer: Foreign, there: wot.ConsumedThing, answer: bytes, kind: type[Exception], verb: str
) -> None:
    peer.answers = {f"{HERE}/target": answer, "/do/boost": answer}
    calls: Any = {
        "read": lambda: there.read("target"),
        "write": lambda: there.write("target", 1),
        "invoke": lambda: there.invoke("boost", {}),
    }
    with pytest.raises(kind) as caught:
        await calls[verb]()
    if kind is wot.errors.Conflict:
        assert "98 degrees" in str(caught.value)


@pytest.mark.assertion("common-constraints-errors-3")
@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
async def test_redirections_of_reads_are_followed(
    peer: Foreign, there: wot.ConsumedThing, status: str
) -> None:
    moved = f"HTTP/1.1 {status} Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    peer.answers = {f"{HERE}/target": moved.encode(), "/elsewhere": ok(b"3")}
    assert await there.read("target") == 3
