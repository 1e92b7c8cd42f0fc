"""What one would otherwise write: web.Application with its router, stdlib json, checks by hand."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import yardstick
from aiohttp import web

STATUS = {"temperature": float, "humidity": float, "state": str}
state: dict[str, Any] = {
    "count": 0,
    "status": {"temperature": 21.5, "humidity": 40.0, "state": "ok"},
}
queues: set[asyncio.Queue[bytes]] = set()


def problem(status: int, detail: str) -> web.Response:
    """An error as problem details."""
    body = json.dumps({"status": status, "detail": detail}).encode()
    return web.Response(status=status, body=body, content_type="application/problem+json")


def is_integer(value: object) -> bool:
    """An integer of JSON: 1.0 is one, true is none."""
    if type(value) is float:
        return value.is_integer()
    return type(value) is int


def is_number(value: object) -> bool:
    """A number of JSON."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


def check_status(value: object) -> str:
    """What is wrong with a status object, "" if nothing."""
    if not isinstance(value, dict):
        return "an object is expected"
    if value.keys() != STATUS.keys():
        return "temperature, humidity and state are expected"
    if not (is_number(value["temperature"]) and is_number(value["humidity"])):
        return "temperature and humidity are numbers"
    return "" if isinstance(value["state"], str) else "state is a string"


def acceptable(request: web.Request) -> bool:
    """Whether the client takes JSON."""
    accept = request.headers.get("Accept")
    return accept is None or "*/*" in accept or "application/json" in accept


async def payload(request: web.Request) -> Any:
    """The JSON sent, or the refusal raised."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        return json.loads(await request.read())
    except ValueError as error:
        raise web.HTTPBadRequest(text=str(error)) from None


def reply(value: object) -> web.Response:
    """A value as JSON."""
    return web.Response(body=json.dumps(value).encode(), content_type="application/json")


async def read_count(request: web.Request) -> web.Response:
    """Read the integer."""
    if not acceptable(request):
        return problem(406, "only JSON")
    value = state["count"]
    if not is_integer(value):
        return problem(500, "not an integer")
    return reply(value)


async def read_status(request: web.Request) -> web.Response:
    """Read the object."""
    if not acceptable(request):
        return problem(406, "only JSON")
    value = state["status"]
    if check_status(value):
        return problem(500, "not a status")
    return reply(value)


async def write_count(request: web.Request) -> web.Response:
    """Write the integer."""
    value = await payload(request)
    if not is_integer(value):
        return problem(400, "an integer is expected")
    state["count"] = int(value)
    return web.Response(status=204)


async def write_status(request: web.Request) -> web.Response:
    """Write the object."""
    value = await payload(request)
    if wrong := check_status(value):
        return problem(400, wrong)
    state["status"] = value
    return web.Response(status=204)


async def add(request: web.Request) -> web.Response:
    """Invoke the action."""
    if not acceptable(request):
        return problem(406, "only JSON")
    given = await payload(request)
    if not isinstance(given, dict) or given.keys() != {"a", "b"}:
        return problem(400, "a and b are expected")
    if not (is_integer(given["a"]) and is_integer(given["b"])):
        return problem(400, "a and b are integers")
    return reply(int(given["a"]) + int(given["b"]))


async def subscribe(request: web.Request) -> web.StreamResponse:
    """Send events as they come, each subscriber from a queue of its own."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    queues.add(queue)
    try:
        while True:
            await response.write(await queue.get())
    finally:
        queues.discard(queue)


async def emit(value: int) -> None:
    """Queue one event for every subscriber."""
    frame = b"id: %d\ndata: %d\n\n" % (value, value)
    for queue in queues:
        queue.put_nowait(frame)


def make() -> web.AppRunner:
    """The application with its routes."""
    app = web.Application()
    app.router.add_get("/bench/properties/count", read_count)
    app.router.add_put("/bench/properties/count", write_count)
    app.router.add_get("/bench/properties/status", read_status)
    app.router.add_put("/bench/properties/status", write_status)
    app.router.add_post("/bench/actions/add", add)
    app.router.add_get("/bench/events/tick", subscribe)
    return web.AppRunner(app, access_log=None, handler_cancellation=True)


if __name__ == "__main__":
    yardstick.run(make, emit)
