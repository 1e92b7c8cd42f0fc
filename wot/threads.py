"""Where plain `def` handlers run: daemon threads per Thing, because drivers block and are rarely thread-safe."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from wot.errors import Unavailable

_log = logging.getLogger("wot")
_ABANDONED = 16  # threads that may hang in a driver before a Thing refuses to start more
_WAITING = 1024  # calls that may wait for a thread


class NotBegun(Unavailable):
    """Refused before anything was done."""


class _Call:
    __slots__ = ("abandoned", "begun", "context", "future", "given_up", "run", "running")

    def __init__(self, run: Callable[[], Any], future: asyncio.Future[Any]) -> None:
        self.run, self.future = run, future
        self.given_up = threading.Event()  # what the handler hears
        self.abandoned = False
        self.running = False
        self.begun = begun.get()
        self.context = contextvars.copy_context()
        self.context.run(_given_up.set, self.given_up)


# What learns, in the thread, that a call made from here has its turn; setting the event asks it to end.
Begun = Callable[[threading.Event], None]
begun: contextvars.ContextVar[Begun | None] = contextvars.ContextVar("wot_begun", default=None)
_given_up: contextvars.ContextVar[threading.Event] = contextvars.ContextVar("wot_given_up")


def cancelled() -> bool:
    """Whether the call that runs in this handler thread has been given up by its caller."""
    given_up = _given_up.get(None)
    return given_up is not None and given_up.is_set()


class Threads:
    """Runs calls one at a time (`limit` at a time) in daemon threads, started when first needed.

    A running call whose caller goes away is abandoned: its thread ends once the driver lets go of it, and
    another takes its place meanwhile. Idle threads end, so that a thousand quiet Things cost none.
    """

    def __init__(self, name: str, limit: int = 1, idle: float = 10.0) -> None:
        self._name, self._limit, self._idle = name, limit, idle
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self._lock = threading.Lock()
        self._running = 0
        self._lost = 0

    async def run(self, call: Callable[[], Any]) -> Any:
        """The result of `call`; cancelling the wait abandons it."""
        waiting = _Call(call, asyncio.get_running_loop().create_future())
        with self._lock:
            if self._calls.qsize() >= _WAITING:
                raise NotBegun("too many calls wait for this Thing's driver", retry_after=1)
            self._start_thread()
            self._calls.put(waiting)
        try:
            return await waiting.future
        except asyncio.CancelledError:
            self._abandon(waiting)
            raise

    def _start_thread(self) -> None:
        if self._running - self._lost >= self._limit:
            return
        if self._lost >= _ABANDONED:
            raise NotBegun(
                f"{self._lost} earlier calls hang in this Thing's driver", retry_after=10
            )
        self._running += 1
        threading.Thread(target=self._work, name=f"wot {self._name}", daemon=True).start()

    def _abandon(self, call: _Call) -> None:
        with self._lock:
            call.given_up.set()
            call.abandoned = True
            if not call.running:
                return
            self._lost += 1
            if self._calls.qsize() and self._lost < _ABANDONED:
                self._start_thread()
        _log.warning(
            "%s: a call was given up while it hangs in the driver; its thread is abandoned",
            self._name,
        )

    def _work(self) -> None:
        while (call := self._next()) is not None:
            if not self._perform(call):
                return

    def _next(self) -> _Call | None:
        try:
            return self._calls.get(timeout=self._idle)
        except Empty:
            pass
        with self._lock:
            try:
                return self._calls.get_nowait()
            except Empty:
                self._running -= 1
                return None

    def _perform(self, call: _Call) -> bool:
        """Run one call; False when it was abandoned meanwhile, and this thread with it."""
        with self._lock:
            if call.abandoned:
                return True
            call.running = True
        if call.begun is not None:
            call.begun(call.given_up)
        result, error = None, None
        try:
            result = call.context.run(call.run)
        except BaseException as raised:  # noqa: BLE001 - handed to the caller as it is
            error = raised
        with self._lock:
            call.running = False
            if call.abandoned:
                self._lost -= 1
                self._running -= 1
                return False
        loop = call.future.get_loop()
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer, call.future, result, error)
        return True


def _answer(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    elif isinstance(error, (StopIteration, SystemExit, KeyboardInterrupt)):
        # A future cannot carry the first, and the others would end the whole process.
        future.set_exception(RuntimeError(f"the handler raised {type(error).__name__}"))
    else:
        future.set_exception(error)
