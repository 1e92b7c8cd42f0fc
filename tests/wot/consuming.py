"""A client without a network, for the tests of what is consumed."""

import asyncio
from collections.abc import Callable
from typing import Any

from wot.binding import Client
from wot.consumed import ConsumedThing
from wot.content import Content
from wot.interaction import Interaction, Notification, OpenStream, Reply
from wot.td import Form, Op


class Flow(OpenStream):
    """A stream that gives what is put into it; an exception is raised."""

    def __init__(self, position: str = "") -> None:
        self.items: asyncio.Queue[Any] = asyncio.Queue()
        self.position = position
        self.current_first = False
        self.closed = False

    def put(self, *items: Any) -> None:
        for item in items:
            self.items.put_nowait(item)

    async def __anext__(self) -> Notification:
        if self.closed:
            raise StopAsyncIteration
        item = await self.items.get()
        if isinstance(item, BaseException) or item is StopAsyncIteration:
            raise item
        number, position = item if isinstance(item, tuple) else (item, "")
        return Notification(Content(str(number).encode()), position)

    async def aclose(self) -> None:
        self.closed = True


class Fake(Client):
    """A client that notes what it is asked and gives what it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Interaction]] = []
        self.answers: dict[str, Any] = {}
        self.flows: list[Any] = []

    def usable(self, form: Form, op: Op) -> bool:
        return form.subprotocol != "unknown"

    async def request(self, form: Form, interaction: Interaction) -> Reply:
        self.asked.append((form.href, interaction))
        answer = self.answers.get(form.href, b"1")
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Content):
            return Reply(answer)
        return Reply(None if answer is None else Content(answer, form.response_type))

    async def stream(self, form: Form, interaction: Interaction) -> OpenStream:
        self.asked.append((form.href, interaction))
        flow = self.flows.pop(0)
        if isinstance(flow, Exception):
            raise flow
        assert isinstance(flow, Flow)
        return flow

    async def fetch(self, url: str) -> tuple[bytes, str]:
        raise AssertionError("nothing is fetched here")

    async def close(self) -> None: ...

    @property
    def hrefs(self) -> list[str]:
        return [href for href, _interaction in self.asked]

    @property
    def sent(self) -> Content | None:
        return self.asked[-1][1].payload


Consume = Callable[..., ConsumedThing]


def forms(*hrefs: str, **terms: Any) -> dict[str, Any]:
    return {"forms": [{"href": href, **terms} for href in hrefs]}
