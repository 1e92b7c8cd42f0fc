"""The record of what was invoked and goes on behind the answer: asked about, cancelled, forgotten in the end."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import math
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import msgspec

from wot.content import Content
from wot.errors import InteractionError, NotFound, Unavailable, problem_bytes, to_problem
from wot.ids import sent_id
from wot.interaction import DONE, ActionStatus, Interaction, Reply, Status
from wot.shares import first_to_go, is_beyond
from wot.td import Op
from wot.threads import NotBegun, begun

_log = logging.getLogger("wot")
RUNNING = 128  # invocations of one Thing at a time; of one who asks, half
KEPT = 256  # ended ones of one Thing
BYTES_KEPT = 8 << 20  # of their outputs and errors; the newest stays however large it is
EXPIRY = 600.0  # seconds for which an ended one can be asked about
_HEARING = 1.0  # seconds for a handler to end that is cancelled
_LEAVING = 0.1  # seconds to leave a thread that does not end
_LONGEST = 500  # characters of a message
_ROUNDING = 1e-6  # that sums of fractions may be off by, single precision included
_LARGEST = 16 << 20  # bytes of an output that comes in chunks

_current: ContextVar[_Run] = ContextVar("wot_invocation")


def progress(done: float, message: str = "") -> None:
    """Say how far the invocation is that runs here: `wot.progress(0.4, "warming up")`; from any thread.

    `done` is from 0 to 1. Whoever started the action sees it. Without an invocation to be asked about, as in a
    synchronous action, nothing happens. It never ends the action: what is no such number is ignored, and the log
    says so once.
    """
    run = _current.get(None)
    if run is None or run.time_ended:
        return
    known = _fraction(done)
    if known is None:
        if not run.warned:
            run.warned = True
            _log.warning("%r: progress is a number from 0 to 1, not %.80r", run.name, done)
        return
    # What UTF-8 cannot say would keep the status from being told.
    said = str(message or "")[:_LONGEST].encode(errors="replace").decode()
    run.progress, run.message = known, said


def _fraction(done: Any) -> float | None:
    """A number from 0 to 1, after what rounding makes of one; None for anything else."""
    try:
        number = math.nan if isinstance(done, (bool, str, bytes)) else float(done)
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(number, 0.0), 1.0) if -_ROUNDING <= number <= 1 + _ROUNDING else None


class _Run:
    """One invocation."""

    __slots__ = (
        "ended",
        "error",
        "given_up",
        "id",
        "message",
        "name",
        "output",
        "over",
        "peer",
        "progress",
        "size",
        "status",
        "task",
        "time_ended",
        "time_requested",
        "waits",
        "warned",
    )
    task: asyncio.Task[None]

    def __init__(self, name: str, waits: bool, peer: str) -> None:
        self.id, self.name, self.waits, self.peer = str(uuid.uuid4()), name, waits, peer
        self.status: Status = "pending"
        self.time_requested, self.time_ended = _now(), ""
        self.ended = math.inf  # by the clock of expiry
        self.output: Content | None = None
        self.error: InteractionError | None = None
        self.progress: float | None = None
        self.message = ""
        self.warned = False  # of a progress that is none
        self.size = 0  # bytes of what came of it
        self.over = asyncio.Event()
        self.given_up: threading.Event | None = None  # by which a plain method hears

    def begin(self, given_up: threading.Event | None = None) -> None:
        """Its handler has its turn."""
        if self.status == "pending":
            self.status = "running"
            self.given_up = given_up if self.waits else None

    def end(self, status: Status) -> None:
        self.status, self.time_ended = status, _now()

    def told(self) -> ActionStatus:
        """What is told of it."""
        output, error = self.output, self.error
        return ActionStatus(
            self.status,
            self.id,
            self.time_requested,
            self.time_ended,
            msgspec.UNSET if output is None else msgspec.Raw(output.body),
            msgspec.UNSET if error is None else to_problem(error),
            self.progress,
            self.message,
        )


Perform = Callable[[], Coroutine[Any, Any, Reply]]


class Invocations:
    """Of one Thing."""

    def __init__(
        self,
        title: str = "",
        *,
        running: int = RUNNING,
        kept: int = KEPT,
        expiry: float = EXPIRY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title, self._clock = title, clock
        self._most, self._kept, self._expiry = running, kept, expiry
        self._known: dict[str, _Run] = {}  # in the order in which they were requested
        self._ended: OrderedDict[str, _Run] = OrderedDict()  # in the order of their ends
        self._running: set[_Run] = set()  # also those that were cancelled and have not ended
        self._size = 0

    def start(self, name: str, perform: Perform, *, waits: bool, peer: str = "") -> Reply:
        """Begin an invocation and answer at once; with `waits` its handler begins in a thread, when it has its turn."""
        self._drop_old()
        if is_beyond(peer, (run.peer for run in self._running), self._most):
            raise NotBegun(
                f"{len(self._running)} invocations are running, and no more at a time",
                retry_after=1,
            )
        run = _Run(name, waits, peer)
        self._known[run.id] = run
        run.task = asyncio.create_task(_performed(run, perform), name=f"wot {name}")
        self._running.add(run)
        run.task.add_done_callback(lambda _task: self._finished(run))
        return Reply(run.told().content(), run.id)

    def _finished(self, run: _Run) -> None:
        self._running.discard(run)
        if not run.time_ended:  # it was cancelled, perhaps before its first step
            run.error = Unavailable("the Thing was stopped before this action had ended")
            run.end("failed")
        run.ended = self._clock()
        run.size = _size(run)
        run.over.set()
        if run.id in self._known:
            self._ended[run.id] = run
            self._size += run.size
            self._drop_old()

    async def answer(self, interaction: Interaction) -> Reply:
        """The answer to a query, or to who cancels; NotFound where nothing of that id is known (any more)."""
        self._drop_old()
        if interaction.op is Op.QUERY_ALL_ACTIONS:
            return Reply(Content(msgspec.json.encode(self._all())))
        run = self._found(interaction)
        if interaction.op is Op.CANCEL_ACTION:
            await self._cancel(run)
            return DONE
        if interaction.wait > 0 and not run.over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(interaction.wait):
                    await run.over.wait()
            run = self._found(interaction)
        return Reply(run.told().content())

    def _found(self, interaction: Interaction) -> _Run:
        run = self._known.get(interaction.invocation)
        if run is None or run.name != interaction.name:
            raise NotFound(
                f"{interaction.name!r} has no invocation {interaction.invocation[:80]!r}",
                hint="it was cancelled, or it ended some time ago and is forgotten",
            )
        return run

    def _all(self) -> dict[str, list[ActionStatus]]:
        """By action, the newest first (WoT Profiles, queryallactions-6b)."""
        found: dict[str, list[ActionStatus]] = {}
        for run in reversed(self._known.values()):
            found.setdefault(run.name, []).append(run.told())
        return found

    async def _cancel(self, run: _Run) -> None:
        del self._known[run.id]
        if self._ended.pop(run.id, None):
            self._size -= run.size
        run.over.set()
        await self._end([run], _HEARING)

    async def stop(self, limit: float) -> None:
        """Cancel all that is running, because the Thing is not served any more; within `limit` seconds."""
        await self._end(self._running, limit)

    async def _end(self, runs: Collection[_Run], limit: float) -> None:
        """Cancel what is running. A plain method is told first: it ends in its own thread, if it hears of it."""
        running = [run for run in runs if not run.task.done()]
        for run in running:
            if run.given_up is not None:
                run.given_up.set()
            else:
                run.task.cancel()
        if running:
            await asyncio.wait([run.task for run in running], timeout=limit)
        late = [run for run in running if not run.task.done()]
        deaf = [run.task for run in late if run.given_up is not None and run.task.cancel()]
        if deaf:  # their threads are left
            await asyncio.wait(deaf, timeout=_LEAVING)
        for run in late:
            if not run.task.done():
                _log.warning("%s: %r goes on although it was cancelled", self._title, run.name)

    def _drop_old(self) -> None:
        now = self._clock()
        while self._ended and now - next(iter(self._ended.values())).ended > self._expiry:
            self._forget(next(iter(self._ended)))
        while len(self._ended) > self._kept or (self._size > BYTES_KEPT and len(self._ended) > 1):
            self._forget(first_to_go(self._ended, BYTES_KEPT // KEPT))

    def _forget(self, id: str) -> None:
        self._size -= self._ended.pop(id).size
        del self._known[id]


async def _performed(run: _Run, perform: Perform) -> None:
    _current.set(run)
    begun.set(run.begin)
    sent_id.set("")  # of the request that began it: what the handler sends to others is another one
    try:
        if not run.waits:
            run.begin()
        output = (await perform()).content
        run.output = output and await output.whole(_LARGEST)
        run.end("completed")
    except InteractionError as error:
        run.error = error
        run.end("failed")


def _size(run: _Run) -> int:
    if run.error is not None:
        return len(problem_bytes(run.error))
    return len(run.output.body) if run.output else 0


def _now() -> str:
    """The time in UTC, with milliseconds (RFC 3339 section 5.6)."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
