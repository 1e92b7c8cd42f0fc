"""Our client on WebSockets of others: the messages of the draft, and what a hostile server may do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

import wot
from wot.errors import (
    ConnectError,
    EventsLost,
    NotFound,
    PartialFailure,
    ProtocolError,
    Timeout,
    WoTError,
)

from .foreign import Harness, ok, streaming, td
from .socket_peer import PROTOCOL
from .things import Probe
from .wire import taken

Speak = Callable[[ServerConnection, dict[str, Any]], Awaitable[None]]


@asynccontextmanager
async def foreign(speak: Speak, **options: Any) -> AsyncIterator[str]:
    """Somebody else's server, that does this with every message."""

    async def handle(socket: ServerConnection) -> None:
        async for text in socket:
            await speak(socket, json.loads(text))

    async with serve(
        handle, "127.0.0.1", 0, subprotocols=[PROTOCOL], max_size=None, close_timeout=0.2, **options
    ) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/x"


def described(url: str, **members: Any) -> dict[str, Any]:
    form = {"href": url, "subprotocol": PROTOCOL}
    return td(
        id="urn:test:foreign",
        properties={
            "p": {
                "observable": True,
                "forms": [{**form, "op": ["readproperty", "observeproperty"]}],
            }
        },
        actions={"a": {"forms": [form]}},
        events={"e": {"data": {}, "forms": [form]}},
        **members,
    )


def response(asked: dict[str, Any], **members: Any) -> str:
    kept = {name: asked[name] for name in ("thingID", "operation", "correlationID")}
    return json.dumps({**kept, "messageType": "response", "messageID": "m", **members})


async def test_what_is_sent(servient: wot.Servient) -> None:
    """As the draft's examples have it: no member more where nothing more is needed."""
    seen: list[dict[str, Any]] = []

    async def speak(socket: ServerConnection, asked: dict[str, Any]) -> None:
        seen.append(asked)
        await socket.send(response(asked, name="p", value=1))

    async with foreign(speak) as url:
        thing = await servient.consume(described(url))
        assert await thing.read("p") == 1
    asked = seen[0]
    assert {len(asked.pop(name)) for name in ("messageID", "correlationID")} == {36}
    assert asked == {
        "thingID": "urn:test:foreign",
        "messageType": "request",
        "operation": "readproperty",
        "name": "p",
    }


async def test_a_foreign_stream(servient: wot.Servient) -> None:
    """Notifications as in the draft, which has the odd `value` for `data`; a lost connection is told of."""

    async def speak(socket: ServerConnection, asked: dict[str, Any]) -> None:
        await socket.send(response(asked))
        if asked["operation"] == "subscribeevent":
            for member in ("data", "value"):
                text = response(asked, name="e", messageType="notification", **{member: 90})
                await socket.send(text)
            await socket.close()

    async with foreign(speak) as url:
        thing = await servient.consume(described(url))
        async with thing.subscribe("e") as events:
            assert await taken(events, 2) == [90, 90]
            with pytest.raises(EventsLost):
                await taken(events, 1)


async def test_notifications_that_come_with_the_response(servient: wot.Servient) -> None:
    """In one packet, before the subscriber has seen the response: their positions count all the same."""
    seen: list[dict[str, Any]] = []

    async def speak(socket: ServerConnection, asked: dict[str, Any]) -> None:
        seen.append(asked)
        first = len(seen) == 1
        texts = [response(asked, position="at-0"), *(
            response(asked, messageType="notification", name="e", data=n, position=f"at-{n}")
            for n in ((1, 2) if first else (3,))
        )]  # fmt: skip
        for text in texts:
            socket.protocol.send_text(text.encode())
        socket.send_data()
        if first:
            await socket.close()

    async with foreign(speak) as url:
        thing = await servient.consume(described(url))
        async with thing.subscribe("e") as events:
            assert await taken(events, 3) == [1, 2, 3]
    assert seen[1]["lastNotificationID"] == "at-2"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("{", ProtocolError),
        ("[]", ProtocolError),
        ("[" * 100_000, ProtocolError),
        (b"{}", ProtocolError),
        ("x" * 2_000_000, ProtocolError),
        ({"value": 1, "correlationID": "other"}, Timeout),
        ({"value": 1, "messageType": "nonsense"}, Timeout),
        ({"value": 1, "messageType": "notification"}, Timeout),
        ({}, ProtocolError),
        ({"error": {"status": 404}}, NotFound),
        ({"error": {"status": "404"}}, NotFound),
        ({"error": {"status": 418, "title": "teapot"}}, wot.errors.InteractionError),
        ({"error": {"status": [1]}}, wot.errors.HandlerError),
        ({"error": 5}, wot.errors.HandlerError),
        ({"error": {"status": 500}, "values": 7}, PartialFailure),
        ({"error": {"type": "urn:isowot:problem:KeyboardInterrupt"}}, wot.errors.HandlerError),
        ({"value": 1, "name": 5}, ProtocolError),
    ],
)
async def test_hostile_answers(answer: Any, error: type[Exception]) -> None:
    async def speak(socket: ServerConnection, asked: dict[str, Any]) -> None:
        await socket.send(response(asked, **answer) if isinstance(answer, dict) else answer)

    async with foreign(speak) as url, wot.Servient(timeout=0.5, http={"max_answer": 1 << 20}) as us:
        thing = await us.consume(described(url))
        with pytest.raises(WoTError) as caught:
            await thing.read("p")
        assert type(caught.value) is error


async def test_who_never_answers() -> None:
    async def speak(socket: ServerConnection, asked: dict[str, Any]) -> None:
        if asked["operation"] != "readproperty":
            await socket.send(response(asked, name="a"))

    async with foreign(speak) as url, wot.Servient(timeout=0.3) as us:
        thing = await us.consume(described(url))
        with pytest.raises(Timeout):
            await thing.read("p")
        assert await thing.invoke("a") is None


async def test_who_speaks_something_else() -> None:
    async def handle(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(handle, "127.0.0.1", 0) as server, wot.Servient(timeout=1) as us:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        thing = await us.consume(described(url))
        with pytest.raises(ConnectError, match="webthingprotocol"):
            await thing.read("p")


async def test_who_opens_no_socket(probe: Probe, servient: wot.Servient) -> None:
    async with wot.serve(probe, wot.endpoint("http://127.0.0.1:0")) as served:
        for path, status in (("probe", 200), ("nothing", 404)):
            url = served.urls[0].replace("http", "ws", 1).replace("probe", path)
            thing = await servient.consume(described(url))
            with pytest.raises(ConnectError, match=str(status)):
                await thing.read("p")


async def test_a_flood_of_notifications(servient: wot.Servient) -> None:
    """More than anybody takes: what is kept is bounded, and the subscriber learns of it."""

    async def speak(socket: ServerConnection, asked: dict[str, Any]) -> None:
        await socket.send(response(asked))
        if asked["operation"] == "subscribeevent":
            text = response(asked, messageType="notification", name="e", data=1)
            for _ in range(5000):
                await socket.send(text)

    async with foreign(speak) as url:
        thing = await servient.consume(described(url))
        async with thing.subscribe("e") as events:
            with pytest.raises(EventsLost):
                await taken(events, 5000)


async def test_forms_of_other_sockets(servient: wot.Servient) -> None:
    """WebSockets say nothing of what to send: without this subprotocol they are of no use."""
    thing = await servient.consume(
        td(
            properties={
                "p": {
                    "forms": [
                        {"href": "ws://127.0.0.1:1/x"},
                        {"href": "ws://127.0.0.1:1/x", "subprotocol": "wamp"},
                    ]
                }
            }
        )
    )
    with pytest.raises(wot.errors.NoForm) as caught:
        await thing.read("p")
    assert "wamp subprotocol is not spoken here" in caught.value.hint


async def test_a_proxy_that_lets_only_http_through(there: Harness) -> None:
    """The address is answered, but not with a WebSocket: server-sent events do."""
    there.foreign.answers = {"/x": ok(b"{}"), "/sse": streaming(b"id: 1\ndata: 5\n\n")}
    socket = there.foreign.url.replace("http", "ws", 1) + "/x"
    thing = await there.event(
        {"href": "/sse", "subprotocol": "sse"}, {"href": socket, "subprotocol": PROTOCOL}
    )
    async with thing.subscribe("e") as events:
        assert await taken(events, 1) == [5]
    assert there.seen == ["GET /x", "GET /sse"]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_a_refusal_is_meant(there: Harness, status: str) -> None:
    there.foreign.answers = {"/x": ok(b"{}", status=status)}
    socket = there.foreign.url.replace("http", "ws", 1) + "/x"
    thing = await there.property({"href": socket, "subprotocol": PROTOCOL})
    with pytest.raises((wot.errors.Unauthenticated, wot.errors.Forbidden)):
        await thing.read("p")
