"""Server-sent events to many subscribers, each a cursor on the Thing's log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import web

from wot.errors import EventsLost, WoTError
from wot.interaction import Interactable, Interaction, Stream
from wot_http.answers import EventStream
from wot_http.errors import problem_body, status_of
from wot_http.sse import EVENT_STREAM, frame, gap, opening

_STALLED = 4  # heartbeats for which a subscriber may leave its buffer full


class _Live:
    """One subscriber's connection."""

    def __init__(self, request: web.BaseRequest, response: EventStream) -> None:
        self.request, self.response = request, response
        self.stalled = 0


class Streams:
    """All open event streams of one server."""

    def __init__(self, heartbeat: float) -> None:
        self._heartbeat = heartbeat
        self._live: dict[asyncio.Task[None], _Live] = {}
        self._beating: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin to send heartbeats."""
        self._stopping = False
        self._beating = asyncio.create_task(self._beat(), name="wot heartbeats")

    async def stop(self) -> None:
        """End every stream cleanly."""
        self._stopping = True
        if self._beating is not None:
            self._beating.cancel()
        for task in list(self._live):
            task.cancel()

    async def serve(
        self,
        request: web.BaseRequest,
        thing: Interactable,
        interaction: Interaction,
        headers: Mapping[str, str],
    ) -> web.StreamResponse:
        """Follow `interaction`; what refuses the subscription raises before anything is sent."""
        followed = await _open(thing, interaction)
        fields = {
            "Content-Type": EVENT_STREAM,
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
        response = EventStream({**headers, **fields}, followed.first(self._heartbeat))
        if request.method == "HEAD":
            await followed.stream.aclose()
            return response
        task = asyncio.current_task()
        assert task is not None
        self._live[task] = _Live(request, response)
        try:
            await self._follow(request, thing, interaction, followed, response)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            task.uncancel()
        except ConnectionError:
            return response  # the subscriber has gone
        finally:
            del self._live[task]
        await _end(response)
        return response

    async def _follow(
        self,
        request: web.BaseRequest,
        thing: Interactable,
        interaction: Interaction,
        followed: _Followed,
        response: EventStream,
    ) -> None:
        stream = followed.stream
        try:
            await response.prepare(request)
            while True:
                try:
                    async for notification in stream:
                        await response.send(*frame(notification))
                    return
                except EventsLost as lost:
                    await stream.aclose()
                    followed = await _open(thing, _behind(interaction, lost.after), lost)
                    stream = followed.stream
                    await response.write(followed.first(self._heartbeat))
        except WoTError:
            # A gateway lost its Thing for good: the subscriber asks again and is told the reason.
            return
        finally:
            await stream.aclose()

    async def _beat(self) -> None:
        """A sign of life for idle subscribers; those that take nothing any more are dropped."""
        while True:
            await asyncio.sleep(self._heartbeat)
            for task, live in list(self._live.items()):
                transport = live.request.transport
                if transport is None or transport.is_closing():
                    task.cancel()
                elif transport.get_write_buffer_size():
                    live.stalled += 1
                    if live.stalled >= _STALLED:
                        transport.abort()
                        task.cancel()
                else:
                    live.stalled = 0
                    await live.response.write(b":\n\n")


class _Followed(NamedTuple):
    stream: Stream
    lost: EventsLost | None

    def first(self, heartbeat: float) -> bytes:
        """What the subscriber gets before any notification."""
        start = opening(getattr(self.stream, "position", ""), heartbeat)
        if self.lost is None:
            return start
        return gap(self.lost.after, problem_body(self.lost, status_of(self.lost))) + start


async def _open(
    thing: Interactable, interaction: Interaction, lost: EventsLost | None = None
) -> _Followed:
    """Subscribe, behind the gap where what was asked for is no longer kept."""
    for _ in range(3):
        try:
            return _Followed(await thing.stream(interaction), lost)
        except EventsLost as error:
            lost, interaction = error, _behind(interaction, error.after)
    raise EventsLost("events are dropped faster than they can be followed")


def _behind(interaction: Interaction, after: str) -> Interaction:
    return Interaction(
        interaction.op, interaction.name, variables=interaction.variables, after=after
    )


async def _end(response: EventStream) -> None:
    try:
        async with asyncio.timeout(0.5):
            await response.write_eof()
    except (TimeoutError, ConnectionError, RuntimeError):
        return
