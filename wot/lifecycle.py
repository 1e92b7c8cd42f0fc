"""What happens to a Thing while it is served: start, background work, stop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Callable, Iterable
from typing import Any

from wot.things import Thing, exposed_of

_log = logging.getLogger("wot")
_HEARING = 0.1  # seconds for what is cancelled
_FINISHING = 0.25  # seconds for background work that is just under way


class Running:
    """A Thing between its first start and its last stop, however often it is served meanwhile."""

    def __init__(self, thing: Thing) -> None:
        self._thing = thing
        self._exposed = exposed_of(thing)
        self._tasks: list[asyncio.Task[None]] = []
        self._uses = 0
        self._changing = asyncio.Lock()
        self._ending = asyncio.Event()

    async def start(self) -> None:
        """Call start() and begin the background work; what start() raises is for whoever serves the Thing."""
        async with self._changing:
            if not self._uses:
                self._ending.clear()
                await self._hook(self._thing.start)
                for seconds, name in self._exposed.template.every:
                    # Not in a TaskGroup: that would wrap whatever the caller's own block raises.
                    work = self._repeat(seconds, getattr(self._thing, name))
                    self._tasks.append(asyncio.create_task(work, name=f"wot {name}"))
            self._uses += 1

    async def stop(self, limit: float) -> None:
        """End the background work and call stop(), when nobody serves the Thing any more.

        What takes longer than `limit` seconds is left: a driver that hangs must not hold up the shutdown.
        """
        async with self._changing:
            self._uses -= 1
            if not self._uses:
                await self._end(limit)

    async def _end(self, limit: float) -> None:
        tasks, self._tasks = self._tasks, []
        self._ending.set()
        await self._exposed.end(min(_FINISHING, limit / 2))
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=min(_FINISHING, limit / 2))
            await _given_up(late)
        stopping = asyncio.ensure_future(self._hook(self._thing.stop))
        _done, late = await asyncio.wait([stopping], timeout=limit)
        if late:
            await _given_up(late)
            _log.warning(
                "%s: stop() took more than %.1f s and was left", self._exposed.title, limit
            )
        elif (error := stopping.exception()) is not None:
            _log.error("%s: stop() failed", self._exposed.title, exc_info=error)

    async def _hook(self, method: Callable[[], Any]) -> None:
        if inspect.iscoroutinefunction(method):
            await method()
            return
        result = await self._exposed.threads.run(method)
        if inspect.isawaitable(result):  # a plain def that hands on what another one makes
            await result

    async def _repeat(self, seconds: float, method: Callable[[], Any]) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self._ending.is_set():
            try:
                await self._hook(method)
            except Exception:  # noqa: BLE001 - one failure must not end the background work
                name = getattr(method, "__name__", "background work")
                _log.exception("%s: %s() failed and will be tried again", self._exposed.title, name)
            # Keeps the rhythm; what is missed is not made up for.
            due = max(due + seconds, loop.time())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._ending.wait()


async def _given_up(tasks: Iterable[asyncio.Future[None]]) -> None:
    """Cancel tasks, and wait no longer than a moment for those that will not hear of it."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_HEARING)


def running_of(thing: Thing) -> Running:
    """The one Running of a Thing, made when it is first served."""
    exposed = exposed_of(thing)
    if exposed.running is None:
        exposed.running = Running(thing)
    running: Running = exposed.running
    return running
