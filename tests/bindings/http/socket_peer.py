"""Somebody else's end of a WebSocket (the package `websockets`), and a Thing that offers what the core has not."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

import wot
from wot.content import Content
from wot.errors import NotFound
from wot.interaction import DONE, Interaction, Notification, OpenStream, Reply, Stream
from wot.td import Op, ThingDescription

from .things import ANY
from .wire import PATIENCE

PROTOCOL = Subprotocol("webthingprotocol")
Json = dict[str, Any]


class Peer:
    """A consumer that speaks JSON by hand."""

    def __init__(self, socket: ClientConnection, thing: str) -> None:
        self.socket, self.thing = socket, thing
        self.early: list[Json] = []

    async def send(self, operation: str, name: str = "", **members: Any) -> str:
        """Send a request; returns its correlationID."""
        ids = {"messageID": str(uuid.uuid4()), "correlationID": str(uuid.uuid4())}
        message = {"thingID": self.thing, **ids, "messageType": "request", "operation": operation}
        message |= {"name": name} if name else {}
        message |= members
        await self.socket.send(json.dumps(message))
        found: str = message["correlationID"]
        return found

    async def next(self) -> Json:
        """The next message."""
        if self.early:
            return self.early.pop(0)
        return await self._received()

    async def _received(self) -> Json:
        async with asyncio.timeout(PATIENCE):
            found: Json = json.loads(await self.socket.recv())
        return found

    async def answer(self, correlation: str) -> Json:
        """The response to a request; what comes before it is kept for `next`."""
        while True:
            found = await self._received()
            if found["messageType"] == "response" and found.get("correlationID") == correlation:
                return found
            self.early.append(found)

    async def ask(self, operation: str, name: str = "", **members: Any) -> Json:
        """A request and its response."""
        return await self.answer(await self.send(operation, name, **members))

    async def quiet(self) -> bool:
        """Whether nothing more comes: an answer overtakes nothing that was sent before."""
        await self.ask("unobserveallproperties")
        return not self.early

    async def closed(self) -> int | None:
        """The code with which the other side closes."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.socket.recv()
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


@asynccontextmanager
async def peer(url: str, thing: str = "urn:test:probe", **options: Any) -> AsyncIterator[Peer]:
    """A connection to the Thing at a URL."""
    async with connect(
        url.replace("http", "ws", 1), subprotocols=[PROTOCOL], close_timeout=1, **options
    ) as socket:
        yield Peer(socket, thing)


def endpoint(**options: Any) -> Any:
    """A free port of loopback that speaks the subprotocol."""
    return wot.endpoint(ANY, subprotocols=("sse", "webthingprotocol"), **options)


class Fake:
    """An Interactable that notes what it is asked, and answers as it was told."""

    def __init__(self) -> None:
        plain = {"type": "integer"}
        self.td = ThingDescription(
            {
                "@context": "https://www.w3.org/2022/wot/td/v1.1",
                "id": "urn:test:fake",
                "title": "Fake",
                "properties": {
                    "a": {**plain, "observable": True},
                    "b": {**plain, "observable": True},
                    "fixed": {**plain, "readOnly": True},
                    "secret": {**plain, "writeOnly": True},
                },
                "actions": {"fade": {"synchronous": False}},
                "events": {"hot": {"data": plain}, "cold": {"data": plain}},
            }
        )
        self.asked: list[Interaction] = []
        self.replies: dict[Op, Reply | Exception] = {}
        self.streams: list[Fed] = []

    async def request(self, interaction: Interaction, /) -> Reply:
        self.asked.append(interaction)
        found = self.replies.get(interaction.op, NotFound("there is no such thing"))
        if isinstance(found, Exception):
            raise found
        return found

    async def stream(self, interaction: Interaction, /) -> Stream:
        self.asked.append(interaction)
        stream = Fed(interaction)
        self.streams.append(stream)
        return stream

    def json(self, op: Op, value: Any, invocation: str = "") -> None:
        """What to answer."""
        self.replies[op] = Reply(Content(json.dumps(value).encode()), invocation)

    def done(self, op: Op) -> None:
        self.replies[op] = DONE


class Fed(OpenStream):
    """A stream that a test feeds."""

    def __init__(self, interaction: Interaction) -> None:
        self.interaction, self.open = interaction, True
        self._queue: asyncio.Queue[Notification | Exception | None] = asyncio.Queue()

    def feed(self, value: Any, name: str = "", position: str = "") -> None:
        self.give(Content(json.dumps(value).encode()), name, position)

    def give(self, content: Content, name: str = "", position: str = "") -> None:
        self._queue.put_nowait(Notification(content, position, name=name, time=time.time()))

    def fail(self, error: Exception) -> None:
        self._queue.put_nowait(error)

    async def __anext__(self) -> Notification:
        found = await self._queue.get() if self.open else None
        if found is None:
            raise StopAsyncIteration
        if isinstance(found, Exception):
            raise found
        return found

    async def aclose(self) -> None:
        self.open = False
        self._queue.put_nowait(None)


@asynccontextmanager
async def serving(fake: Fake, **options: Any) -> AsyncIterator[str]:
    """The URL of a Fake that is served without a Servient."""
    from wot.binding import Document
    from wot_http import HTTPBinding

    server = HTTPBinding().server(ANY, {"subprotocols": ("sse", "webthingprotocol"), **options})
    server.mount("fake", fake, lambda base: Document(b"{}", '""'))
    await server.start()
    try:
        yield f"{server.base}fake"
    finally:
        await server.stop()
