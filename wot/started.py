"""An action that was invoked and has perhaps not ended: waiting for its end, watching and cancelling it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

import msgspec

from wot.content import JSON, Content, codec
from wot.errors import (
    HandlerError,
    NotFound,
    ProtocolError,
    TransportError,
    Unavailable,
    WoTError,
    from_problem,
    to_problem,
)
from wot.interaction import DONE, ActionStatus, Interactable, Interaction, Reply, Status
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


class InvocationStatus(msgspec.Struct, Generic[R], frozen=True, omit_defaults=True, rename="camel"):
    """What has become of an invocation: its `output` is a value as `result()` gives it, None until it has completed.

    `error` are problem details (RFC 9457) where it failed, times are texts (RFC 3339).
    """

    status: Status
    output: R | None = None
    error: Mapping[str, Any] | None = None
    progress: float | None = None
    message: str = ""
    time_requested: str = ""
    time_ended: str = ""

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self.status in ("completed", "failed")


def told(said: ActionStatus, output: R | None) -> InvocationStatus[R]:
    """What users are told of a status of the seam."""
    return InvocationStatus(
        said.status,
        output,
        None if said.error is msgspec.UNSET else said.error,
        said.progress,
        said.message,
        said.time_requested,
        said.time_ended,
    )


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

    `progress` (0 to 1, None where nothing is said) and `message` are what was heard last. Once it was cancelled by
    `cancel()`, its status is "failed", and `result()` raises NotFound, which says so.
    """

    def __init__(
        self, target: Interactable, name: str, load: Callable[[Content | None], R]
    ) -> None:
        self._target, self._name, self._load = target, name, load
        self._id = ""  # where the Thing keeps a record of it
        self._task: asyncio.Task[Reply] | None = None  # where it does not, and has to be waited for
        self._last = ActionStatus("running")
        self._cancelled = False  # by this handle

    def __repr__(self) -> str:
        word = "cancelled" if self._cancelled else self._last.status
        return f"<Invocation {self._name!r} {word}>"

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

    async def status(self) -> InvocationStatus[R]:
        """What has become of it until now."""
        if self._id and not (self._last.ended or self._cancelled):
            try:
                self._last = await queried(self._target, self._name, self._id)
            except NotFound as error:
                self._note_cancelled(error)
        task, last = self._task, self._last
        if last.status != "completed" or (task is None and last.output is msgspec.UNSET):
            return told(last, None)
        content = (task.result() if task else outcome(self._name, last)).content
        return told(last, self._load(content))

    async def result(self) -> R:
        """Its output, when it has ended; raises what it failed with. Who is cancelled here does not cancel it."""
        if self._task is not None:
            await asyncio.wait([self._task])
            if self._task.cancelled():
                raise self._refusal()
            return self._load(self._task.result().content)
        if not self._last.ended:
            token = _watching.set(self)
            try:
                self._last = await _Waiting(self._target, self._name, self._id).end()
            except NotFound as error:
                self._note_cancelled(error)
            finally:
                _watching.reset(token)
        return self._load(outcome(self._name, self._last).content)

    async def cancel(self) -> None:
        """Cancel it; what has ended is forgotten."""
        if self._task is not None:
            self._cancelled = self._task.cancel()
            await asyncio.wait([self._task], timeout=_CANCELLING)
        elif self._id:
            before, self._cancelled = self._cancelled, not self._last.ended
            try:
                with suppress(NotFound):  # it is gone, as it should be
                    await self._target.request(
                        Interaction(Op.CANCEL_ACTION, self._name, invocation=self._id)
                    )
            except BaseException:
                self._cancelled = before
                raise
            if self._cancelled:
                self._fail(self._refusal())

    def _refusal(self) -> NotFound:
        return NotFound(f"this invocation of {self._name!r} was cancelled")

    def _note_cancelled(self, error: NotFound) -> None:
        """Who hears that it is not known, and has cancelled it, knows why; others hear the error."""
        if not self._cancelled:
            raise error
        self._fail(self._refusal())

    def _fail(self, error: BaseException | None) -> None:
        """Note an end without an output, told like those of others."""
        problem = to_problem(error) if isinstance(error, WoTError) else msgspec.UNSET
        self._last = msgspec.structs.replace(
            self._last, status="failed", output=msgspec.UNSET, error=problem
        )

    def saw(self, target: Interactable, name: str, status: ActionStatus) -> None:
        """Note a status, unless it is of another action, which a handler of this one waits for."""
        if target is self._target and name == self._name:
            self._last = status

    @staticmethod
    def known(
        target: Interactable, name: str, id: str, load: Callable[[Content | None], Any]
    ) -> Invocation[Any]:
        """One that was begun before, by its id."""
        made = Invocation[Any](target, name, load)
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
        if reply.invocation:
            reply = await finished(self._target, self._name, reply)
        return Reply(reply.content and await reply.content.whole())  # which many may ask for

    def _ended(self, task: asyncio.Task[Reply]) -> None:
        """Note the end; also so that an error is heard where nobody asks for the result."""
        if task.cancelled():
            self._cancelled = True
            self._fail(self._refusal())
            return
        self._cancelled = False  # it was too late for that
        if (error := task.exception()) is not None:
            self._fail(error)
        else:
            self._last = msgspec.structs.replace(self._last, status="completed")


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


async def all_of(target: Interactable) -> dict[str, list[InvocationStatus[Any]]]:
    """All invocations that are known, by action, the newest first; their outputs as plain JSON."""
    reply = await target.request(Interaction(Op.QUERY_ALL_ACTIONS))
    found = statuses(reply.content and await reply.content.whole(LARGEST))
    return {name: [told(one, _plain(one)) for one in several] for name, several in found.items()}


def _plain(status: ActionStatus) -> Any:
    output = status.output
    return None if output is msgspec.UNSET else codec(JSON).decode(bytes(output))


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
