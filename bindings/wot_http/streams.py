"""Server-sent events to many subscribers, each a cursor on the Thing's log."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import web

from wot.errors import EventsLost, WoTError
from wot.interaction import Interactable, Interaction, Stream
from wot_http.answers import EventStream
from wot_http.errors import problem_body, status_of
from wot_http.gaps import opened
from wot_http.sse import EVENT_STREAM, event_line, frame, gap, opening

_STALLED = 4  # heartbeats for which a subscriber may take nothing,
_AT_LEAST = 1.0  # seconds, since the kernel hands over large buffers in large parts
_AT_ONCE = 8  # notifications written in one turn of the loop
_FLUSHING = 0.3  # seconds for what waits for slow subscribers when the server stops


class _Live:
    """One subscriber's connection."""

    def __init__(
        self, request: web.BaseRequest, response: EventStream, thing: Interactable
    ) -> None:
        self.request, self.response, self.thing = request, response, thing
        self.ending = False
        self.writing = False
        self.sent = 0
        self._seen = (0, 0)
        self._moved = 0.0

    def stalls(self, buffered: int, now: float, limit: float) -> bool:
        """Whether nothing at all has been taken for `limit` seconds although something waits."""
        sent, left = self._seen
        self._seen = self.sent, buffered
        if self.sent != sent or buffered < left or not buffered or not self._moved:
            self._moved = now
        return now - self._moved >= limit


class Streams:
    """All open event streams of one server."""

    def __init__(self, heartbeat: float, *, named: bool = False) -> None:
        self._heartbeat, self._named = heartbeat, named
        self._live: dict[asyncio.Task[None], _Live] = {}
        self._beating: asyncio.Task[None] | None = None
        self._stopping = False
        self._endings: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to send heartbeats."""
        self._stopping = False
        self._beating = asyncio.create_task(self._beat(), name="wot heartbeats")

    async def stop(self) -> None:
        """End every stream cleanly, after what has been emitted before."""
        self._stopping = True
        await self._flushed()
        if self._beating is not None:
            self._beating.cancel()
        for task in list(self._live):
            task.cancel()

    def end(self, thing: Interactable) -> None:
        """End the streams of a Thing that is no longer served, after what has been emitted before."""
        ended = [(task, live) for task, live in self._live.items() if live.thing is thing]
        if ended:
            ending = asyncio.create_task(self._end(ended), name="wot streams end")
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def _end(self, ended: list[tuple[asyncio.Task[None], _Live]]) -> None:
        await self._flushed()
        for task, live in ended:
            live.ending = True
            task.cancel()

    async def _flushed(self) -> None:
        """Let subscribers take what waits for them: until nobody has written for a few turns of the loop."""
        loop = asyncio.get_running_loop()
        end, quiet, before = loop.time() + _FLUSHING, 0, -1
        while quiet < 3 and loop.time() < end:
            await asyncio.sleep(0.01 if any(live.writing for live in self._live.values()) else 0)
            sent = sum(live.sent for live in self._live.values())
            writing = any(live.writing for live in self._live.values())
            quiet = quiet + 1 if sent == before and not writing else 0
            before = sent

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
        live = self._live[task] = _Live(request, response, thing)
        try:
            await self._follow(live, thing, interaction, followed)
        except asyncio.CancelledError:
            if not self._stopping and not live.ending and request.transport is not None:
                raise
            task.uncancel()
        except ConnectionError:
            return response  # the subscriber has gone
        finally:
            del self._live[task]
        await _end(response)
        return response

    async def _follow(
        self, live: _Live, thing: Interactable, interaction: Interaction, followed: _Followed
    ) -> None:
        stream, response = followed.stream, live.response
        event = event_line(interaction.name) if self._named else b""
        try:
            await response.prepare(live.request)
            while True:
                try:
                    async for notification in stream:
                        live.writing = True
                        await response.send(*frame(notification, event))
                        live.writing = False
                        live.sent += 1
                        if not live.sent % _AT_ONCE:
                            await asyncio.sleep(0)  # a long backlog must not hold up everybody else
                    return
                except EventsLost as lost:
                    await stream.aclose()
                    followed = await _open(thing, interaction, lost)
                    stream = followed.stream
                    await response.write(followed.first(self._heartbeat))
        except WoTError:
            # A gateway lost its Thing for good: the subscriber asks again and is told the reason.
            return
        finally:
            await stream.aclose()

    async def _beat(self) -> None:
        """A sign of life for idle subscribers; those that take nothing any more are dropped."""
        limit = max(_STALLED * self._heartbeat, _AT_LEAST)
        while True:
            await asyncio.sleep(self._heartbeat)
            now = asyncio.get_running_loop().time()
            for task, live in list(self._live.items()):
                transport = live.request.transport
                if transport is None or transport.is_closing():
                    task.cancel()
                elif live.stalls(transport.get_write_buffer_size(), now, limit):
                    transport.abort()
                    task.cancel()
                elif not transport.get_write_buffer_size():
                    with contextlib.suppress(
                        ConnectionError
                    ):  # one that goes must not end the others'
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
    return _Followed(*await opened(thing, interaction, lost))


async def _end(response: EventStream) -> None:
    try:
        async with asyncio.timeout(0.2):
            await response.write_eof()
    except (TimeoutError, ConnectionError, RuntimeError):
        return
