"""An action that was invoked and has perhaps not ended: waiting for its end, watching and cancelling it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

import msgspec

from wot.content import Content
from wot.errors import (
    HandlerError,
    NotFound,
    ProtocolError,
    TransportError,
    Unavailable,
    WoTError,
    from_problem,
)
from wot.interaction import DONE, ActionStatus, Interactable, Interaction, Reply
from wot.td import Op

R = TypeVar("R")
LARGEST = 16 << 20  # bytes of a status, with the output in it
PATIENCE = 300.0  # seconds for which lost connections are tried again
_WAIT = 30.0  # seconds that one query may take; whoever cannot wait answers at once
_ODD = 10.0  # seconds for which connections that break off are tried again
_FIRST_PAUSE, _LAST_PAUSE = 0.05, 2.0  # seconds between the beginnings of two queries, at least
_CANCELLING = 2.0  # seconds for the other side to hear that nobody waits any more
_tasks: set[asyncio.Task[Reply]] = set()  # that perhaps nobody else holds: the loop does not
# What is told of the statuses that come while its end is waited for.
_watching: ContextVar[Invocation[Any]] = ContextVar("wot_watching")


async def finished(target: Interactable, name: str, reply: Reply) -> Reply:
    """The answer at the end of what `reply` says has begun; raises what it failed with.

    Who is cancelled while waiting here cancels the action, as for one that answers at its end.
    """
    status = ActionStatus.read(reply.content)
    try:
        while status is None or not status.ended:
            _tell(target, name, status)
            status = await _Waiting(target, name, reply.invocation).end()
        _tell(target, name, status)
    except asyncio.CancelledError:
        with suppress(WoTError, TimeoutError):
            async with asyncio.timeout(_CANCELLING):
                await target.request(
                    Interaction(Op.CANCEL_ACTION, name, invocation=reply.invocation)
                )
        raise
    return outcome(name, status)


def _tell(target: Interactable, name: str, status: ActionStatus | None) -> None:
    watching = _watching.get(None)
    if watching is not None and status is not None:
        watching.saw(target, name, status)


def outcome(name: str, status: ActionStatus) -> Reply:
    """The answer that a status stands for which is the last; raises what the action failed with."""
    if status.status == "completed":
        output = status.output
        return DONE if output is msgspec.UNSET else Reply(Content(bytes(output)))
    error = status.error
    if error is msgspec.UNSET:
        raise HandlerError(f"{name!r} failed, and the other side does not say why")
    raise from_problem(error, HandlerError)


async def queried(
    target: Interactable, name: str, invocation: str, wait: float = 0.0
) -> ActionStatus:
    """What becomes of an invocation."""
    reply = await target.request(
        Interaction(Op.QUERY_ACTION, name, invocation=invocation, wait=wait)
    )
    status = ActionStatus.read(reply.content and await reply.content.whole(LARGEST))
    if status is None:
        raise _Unreadable(f"what is said of the invocation of {name!r} is no status")
    return status


class _Unreadable(ProtocolError):
    """Asked again, the other side would say the same."""


class _Waiting:
    """Asks again and again, with growing pauses where the other side does not wait."""

    def __init__(self, target: Interactable, name: str, invocation: str) -> None:
        self._target, self._name, self._invocation = target, name, invocation
        self._patience: float = getattr(target, "patience", PATIENCE)
        self._pause = _FIRST_PAUSE
        self._heard = time.monotonic()

    async def end(self) -> ActionStatus:
        """The last status."""
        while True:
            begun = time.monotonic()
            status = await self._asked()
            if status is not None:
                self._heard = time.monotonic()
                _tell(self._target, self._name, status)
                if status.ended:
                    return status
            rest = self._pause - (time.monotonic() - begun)
            if rest > 0:
                await asyncio.sleep(rest)
                self._pause = min(self._pause * 1.5, _LAST_PAUSE)

    async def _asked(self) -> ActionStatus | None:
        """What is said now; None where no answer came, which may be so for as long as patience lasts."""
        try:
            return await queried(self._target, self._name, self._invocation, _WAIT)
        except _Unreadable:
            raise
        except (TransportError, Unavailable) as error:
            # It may be restarting, or be something else by now.
            most = _ODD if isinstance(error, ProtocolError) else self._patience
            if time.monotonic() - self._heard > min(most, self._patience):
                raise
            return None


class Invocation(Generic[R]):
    """An action under way: `await status()`, `await result()`, `await cancel()`.

    `progress` (0 to 1, None where nothing is said) and `message` are what was heard last.
    """

    def __init__(
        self, target: Interactable, name: str, load: Callable[[Content | None], R]
    ) -> None:
        self._target, self._name, self._load = target, name, load
        self._id = ""  # where the Thing keeps a record of it
        self._task: asyncio.Task[Reply] | None = None  # where it does not, and has to be waited for
        self._last = ActionStatus("running")

    def __repr__(self) -> str:
        return f"<Invocation {self._name!r} {self._last.status}>"

    @property
    def id(self) -> str:
        """Under which the Thing keeps a record of it; "" where it keeps none."""
        return self._id

    @property
    def progress(self) -> float | None:
        """How far it was when it was last heard of."""
        return self._last.progress

    @property
    def message(self) -> str:
        """What it said when it was last heard of."""
        return self._last.message

    async def status(self) -> ActionStatus:
        """What has become of it until now."""
        if self._id and not self._last.ended:
            self._last = await queried(self._target, self._name, self._id)
        return self._last

    async def result(self) -> R:
        """Its output, when it has ended; raises what it failed with. Who is cancelled here does not cancel it."""
        if self._task is not None:
            return self._load((await asyncio.shield(self._task)).content)
        if not self._last.ended:
            token = _watching.set(self)
            try:
                self._last = await _Waiting(self._target, self._name, self._id).end()
            finally:
                _watching.reset(token)
        return self._load(outcome(self._name, self._last).content)

    async def cancel(self) -> None:
        """Cancel it; what has ended is forgotten."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CANCELLING)
        elif self._id:
            with suppress(NotFound):  # it is gone, as it should be
                await self._target.request(
                    Interaction(Op.CANCEL_ACTION, self._name, invocation=self._id)
                )

    def saw(self, target: Interactable, name: str, status: ActionStatus) -> None:
        """Note a status, unless it is of another action, which a handler of this one waits for."""
        if target is self._target and name == self._name:
            self._last = status

    @classmethod
    def known(
        cls, target: Interactable, name: str, id: str, load: Callable[[Content | None], R]
    ) -> Invocation[R]:
        """One that was begun before, by its id."""
        made = cls(target, name, load)
        made._id = id
        return made

    async def begin(self, interaction: Interaction) -> None:
        """Invoke; where that has its own record, what refuses it is raised here."""
        if not _is_lasting(self._target, self._name):
            self._task = asyncio.create_task(self._waited_for(interaction))
            _tasks.add(self._task)
            self._task.add_done_callback(_tasks.discard)
            self._task.add_done_callback(self._ended)
            return
        reply = await self._target.request(interaction)
        status = ActionStatus.read(reply.content) if reply.invocation else None
        self._id = reply.invocation
        self._last = status or ActionStatus("pending" if self._id else "completed")
        if not self._id and reply.content is not None:  # it ended before it was answered
            self._last.output = msgspec.Raw(reply.content.body)

    async def _waited_for(self, interaction: Interaction) -> Reply:
        _watching.set(self)
        reply = await self._target.request(interaction)
        return await finished(self._target, self._name, reply) if reply.invocation else reply

    def _ended(self, task: asyncio.Task[Reply]) -> None:
        """Note the end; also so that an error is heard where nobody asks for the result."""
        said: dict[str, Any] = {"progress": self._last.progress, "message": self._last.message}
        failed = task.cancelled() or task.exception() is not None
        self._last = ActionStatus("failed" if failed else "completed", **said)


def _is_lasting(target: Interactable, name: str) -> bool:
    """Whether the TD says that an action is answered before it ends."""
    return (target.td.affordance("actions", name) or {}).get("synchronous") is False


async def start(
    target: Interactable, interaction: Interaction, load: Callable[[Content | None], R]
) -> Invocation[R]:
    """Invoke an action without waiting for its end."""
    made = Invocation(target, interaction.name, load)
    await made.begin(interaction)
    return made


async def all_of(target: Interactable) -> dict[str, list[ActionStatus]]:
    """All invocations that are known, by action, the newest first."""
    reply = await target.request(Interaction(Op.QUERY_ALL_ACTIONS))
    return statuses(reply.content and await reply.content.whole(LARGEST))


def statuses(content: Content | None) -> dict[str, list[ActionStatus]]:
    """The answer to who asks about all invocations; ProtocolError where it is none."""
    try:
        found = msgspec.json.decode(
            content.body if content else b"", type=dict[str, list[msgspec.Raw]]
        )
    except (ValueError, RecursionError):
        raise ProtocolError("what is said of all invocations is no list of them") from None
    read = {
        name: [ActionStatus.read(Content(bytes(one))) for one in several]
        for name, several in found.items()
    }
    return {name: [status for status in several if status] for name, several in read.items()}
