"""The floor: aiohttp's low-level server, typed msgspec decoders, uvloop, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import yardstick
from aiohttp import web


class Status(msgspec.Struct, forbid_unknown_fields=True):
    """The property of object type."""

    temperature: float
    humidity: float
    state: str


class Add(msgspec.Struct, forbid_unknown_fields=True):
    """The input of the action."""

    a: int
    b: int


class State:
    """What the server keeps."""

    count = 0
    status = Status(21.5, 40.0, "ok")
    td = b"{}"


encode = msgspec.json.encode
decode_count = msgspec.json.Decoder(int).decode
decode_status = msgspec.json.Decoder(Status).decode
decode_add = msgspec.json.Decoder(Add).decode
subscribers: set[web.StreamResponse] = set()


def reply(value: object) -> web.Response:
    """A value as JSON."""
    return web.Response(body=encode(value), content_type="application/json")


async def read_count(_: web.BaseRequest) -> web.Response:
    """Read the integer."""
    return reply(State.count)


async def read_status(_: web.BaseRequest) -> web.Response:
    """Read the object."""
    return reply(State.status)


async def write_count(request: web.BaseRequest) -> web.Response:
    """Write the integer."""
    State.count = decode_count(await request.read())
    return web.Response(status=204)


async def write_status(request: web.BaseRequest) -> web.Response:
    """Write the object."""
    State.status = decode_status(await request.read())
    return web.Response(status=204)


async def add(request: web.BaseRequest) -> web.Response:
    """Invoke the action."""
    given = decode_add(await request.read())
    return reply(given.a + given.b)


async def read_td(_: web.BaseRequest) -> web.Response:
    """Bytes that somebody put here: stands for a Thing Description that is cached."""
    return web.Response(body=State.td, content_type="application/td+json")


async def write_td(request: web.BaseRequest) -> web.Response:
    """Put those bytes."""
    State.td = await request.read()
    return web.Response(status=204)


async def subscribe(request: web.BaseRequest) -> web.StreamResponse:
    """Keep the response open for events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    subscribers.add(response)
    try:
        await asyncio.Event().wait()
    finally:
        subscribers.discard(response)
    return response


async def emit(value: int) -> None:
    """Write one event to every subscriber in turn."""
    frame = b"id: %d\ndata: %d\n\n" % (value, value)
    for response in subscribers.copy():
        try:
            await response.write(frame)
        except ConnectionError:
            subscribers.discard(response)


Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/bench"): read_td,
    ("PUT", "/bench"): write_td,
    ("GET", "/bench/properties/count"): read_count,
    ("PUT", "/bench/properties/count"): write_count,
    ("GET", "/bench/properties/status"): read_status,
    ("PUT", "/bench/properties/status"): write_status,
    ("POST", "/bench/actions/add"): add,
    ("GET", "/bench/events/tick"): subscribe,
}


async def handle(request: web.BaseRequest) -> web.StreamResponse:
    """One look-up, one handler."""
    handler = ROUTES.get((request.method, request.raw_path))
    if handler is None:
        return web.Response(status=404)
    try:
        return await handler(request)
    except msgspec.ValidationError:
        return web.Response(status=400)


def make() -> web.ServerRunner:
    """The server."""
    return web.ServerRunner(web.Server(handle, access_log=None, handler_cancellation=True))


if __name__ == "__main__":
    yardstick.run(make, emit)
