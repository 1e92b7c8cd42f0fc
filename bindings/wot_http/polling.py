"""Long polling that loses nothing: whoever polls again goes on behind what they got."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import socket
from collections.abc import Generator
from contextlib import contextmanager

from aiohttp import web

from wot.errors import EventsLost, Unavailable, WoTError
from wot.interaction import Interactable, Interaction, Notification, Stream
from wot_http.answers import problem
from wot_http.connection import client_behind
from wot_http.gaps import opened
from wot_http.held import Held, Polled, Resource, Who
from wot_http.preferences import APPLIED, CURSOR, wait_of

_LONGEST = 55 * 60.0  # seconds: node-wot polls for an hour, and takes 204 for a value
_BEAT = 1.0  # seconds after which it is noticed that a poller has gone
_LINGER = 0.3  # seconds: a server that stops loses its Things first, and then answers by closing
_PROBES = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))


class Polling:
    """All pollers of one server."""

    def __init__(self) -> None:
        self._held = Held()
        self._waiting: dict[asyncio.Task[object], tuple[web.BaseRequest, Interactable]] = {}
        self._stopped: set[asyncio.Task[object]] = set()
        self._beating: asyncio.Task[None] | None = None
        self._endings: set[asyncio.Task[None]] = set()
        self._mint, self._minted = secrets.token_hex(4), itertools.count(1)

    def start(self) -> None:
        """Begin to look after those who wait."""
        self._beating = asyncio.create_task(self._beat(), name="wot polls")

    async def stop(self) -> None:
        """Answer all who wait."""
        await self._answer(None)
        if self._beating is not None:
            self._beating.cancel()

    def end(self, thing: Interactable) -> None:
        """Answer those who wait for a Thing that is no longer served."""
        ending = asyncio.create_task(self._end(thing), name="wot polls end")
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _end(self, thing: Interactable) -> None:
        await asyncio.sleep(_LINGER)
        await self._answer(thing)

    async def _answer(self, thing: Interactable | None) -> None:
        for _ in range(3):  # what was emitted before goes out first
            await asyncio.sleep(0)
        for task, (_, other) in list(self._waiting.items()):
            if thing is None or other is thing:
                self._stopped.add(task)
                task.cancel()
        await asyncio.sleep(0)
        self._held.end(thing)

    async def serve(
        self, request: web.BaseRequest, thing: Interactable, interaction: Interaction
    ) -> web.StreamResponse:
        """The next notification behind where the poller stands; 204 where none comes in time."""
        query = request.raw_path.partition("?")[2]
        resource = Resource(id(thing), interaction.op, interaction.name, query)
        who = None if CURSOR in request.headers else _who(request)
        if request.method == "HEAD" and who is not None:
            self._held.forget(resource, who)  # node-wot's subscriptions begin like that
        polled = self._held.take(resource, interaction.after, who)
        try:
            if polled is None:
                polled = await self._opened(thing, interaction)
            if request.method == "HEAD":
                return self._placed(resource, polled, who)
            return await self._polled(request, resource, polled, who)
        except EventsLost as lost:
            return await self._behind(resource, thing, interaction, lost, who)

    async def _opened(self, thing: Interactable, interaction: Interaction) -> Polled:
        after = interaction.after
        if after.startswith("poll-"):
            # Of a Thing that numbers nothing: its place was in a stream that is no longer held.
            raise EventsLost("what came meanwhile is not known here: it was polled too late")
        return self._at(thing, await thing.stream(interaction), after)

    def _at(self, thing: Interactable, stream: Stream, after: str) -> Polled:
        return Polled(thing, stream, getattr(stream, "position", "") or self._new(), after)

    async def _polled(
        self, request: web.BaseRequest, resource: Resource, polled: Polled, who: Who | None
    ) -> web.StreamResponse:
        wanted = wait_of(request.headers.getall("Prefer", ()))
        seconds = _LONGEST if wanted is None else min(wanted, _LONGEST)
        try:
            with self._waits(request, polled.thing):
                _probe(request, seconds)
                notification = await polled.next(seconds)
            if request.transport is None:
                raise asyncio.CancelledError  # nobody is there to take it
        except WoTError:
            await polled.aclose()
            raise
        except asyncio.CancelledError:
            if await self._left(resource, polled, who):
                return _stopped()
            raise
        applied = {} if wanted is None else {APPLIED: f"wait={seconds:.0f}"}
        if notification is None:
            return self._placed(resource, polled, who, applied)
        polled.taken(notification.position or self._new())
        return self._notified(resource, polled, who, notification, applied)

    async def _left(self, resource: Resource, polled: Polled, who: Who | None) -> bool:
        """The poller has gone, or (True) has to go."""
        task = asyncio.current_task()
        stopped = task is not None and task in self._stopped
        if task is not None and stopped:
            self._stopped.discard(task)
            task.uncancel()
        if who is None and not stopped:  # they may come back with their cursor
            self._held.keep(resource, polled, who)
        else:
            await polled.aclose()
        return stopped

    def _notified(
        self,
        resource: Resource,
        polled: Polled,
        who: Who | None,
        notification: Notification,
        applied: dict[str, str],
    ) -> web.Response:
        self._held.keep(resource, polled, who)
        content = notification.content
        headers = {"Content-Type": content.type, **_fields(polled.cursor), **applied}
        return web.Response(body=content.body, headers=headers)

    def _placed(
        self,
        resource: Resource,
        polled: Polled,
        who: Who | None,
        applied: dict[str, str] | None = None,
    ) -> web.Response:
        """Where the poller stands, and nothing else."""
        self._held.keep(resource, polled, who)
        return web.Response(status=204, headers={**_fields(polled.cursor), **(applied or {})})

    async def _behind(
        self,
        resource: Resource,
        thing: Interactable,
        interaction: Interaction,
        lost: EventsLost,
        who: Who | None,
    ) -> web.Response:
        """Tell of a gap; the next poll goes on behind it."""
        stream, again = await opened(thing, interaction, lost)
        told = again or lost
        polled = self._at(thing, stream, told.after)
        told.after = polled.cursor
        self._held.keep(resource, polled, who)
        return problem(told, headers=_fields(polled.cursor))

    def _new(self) -> str:
        """A cursor for what has no position of its own."""
        return f"poll-{self._mint}-{next(self._minted)}"

    @contextmanager
    def _waits(self, request: web.BaseRequest, thing: Interactable) -> Generator[None, None, None]:
        task = asyncio.current_task()
        assert task is not None
        self._waiting[task] = request, thing
        try:
            yield
        finally:
            del self._waiting[task]

    async def _beat(self) -> None:
        """Notice who has gone, and who does not come back."""
        while True:
            await asyncio.sleep(_BEAT)
            for task, (request, _) in list(self._waiting.items()):
                if request.transport is None or request.transport.is_closing():
                    task.cancel()
            self._held.sweep()


def _who(request: web.BaseRequest) -> Who:
    headers = request.headers
    return Who(
        client_behind(request), headers.get("User-Agent", ""), headers.get("Authorization", "")
    )


def _fields(cursor: str) -> dict[str, str]:
    return {CURSOR: cursor, "Cache-Control": "no-store"}


def _stopped() -> web.Response:
    response = problem(Unavailable("this is no longer served here", retry_after=1))
    response.force_close()  # whoever polls again comes to a closed door, and not to what is left of us
    return response


def _probe(request: web.BaseRequest, seconds: float) -> None:
    """Let the system ask whether the other side is still there: a machine that is switched off closes nothing."""
    sock = request.get_extra_info("socket") if seconds > _PROBES[0][1] else None
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        for name, value in _PROBES:
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
