"""The record of requests that came with an id: repeated ones get the same answer, and nothing is done twice."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from wot.content import Content
from wot.errors import (
    Conflict,
    PartialFailure,
    TooManyRequests,
    Unavailable,
    from_problem,
    problem_bytes,
)
from wot.ids import sent_id
from wot.interaction import Interaction, Reply, checked_id
from wot.shares import first_to_go, is_beyond
from wot.td import Op
from wot.threads import NotBegun

KEPT = 1024  # requests of one Thing, those under way among them
BYTES_KEPT = 4 << 20  # of their answers; the newest stays however large it is
EXPIRY = 600.0  # seconds for which an answer is kept
_LARGEST = 16 << 20  # bytes of a payload or an answer that comes in chunks
_UNKNOWN = "look at the state of the Thing, before the same is asked with another id"
_ANOTHER = "this is the recorded answer: try again with another id"
REPEATABLE = frozenset(
    (Op.WRITE_PROPERTY, Op.INVOKE_ACTION, Op.WRITE_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES)
)
E = TypeVar("E", bound=BaseException)
_Key = tuple[Op, str, str]
Perform = Callable[[Interaction], Awaitable[Reply]]


class _Request:
    """One request under an id, and what came of it."""

    __slots__ = ("digest", "ended", "outcome", "peer", "size", "task")

    def __init__(self, digest: bytes, task: asyncio.Task[Reply], peer: str) -> None:
        self.digest, self.peer = digest, peer
        self.task: asyncio.Task[Reply] | None = task  # until it has ended
        self.outcome: Reply | BaseException | bytes = Reply()  # bytes: of problem details
        self.size = 0
        self.ended = 0.0

    async def answer(self) -> Reply:
        """What came of it, for one of those who ask."""
        if self.task is None:
            if isinstance(self.outcome, Reply):
                return self.outcome
            if isinstance(self.outcome, bytes):
                raise from_problem(msgspec.json.decode(self.outcome), PartialFailure)
            raise copy.copy(self.outcome)
        try:
            return await asyncio.shield(self.task)
        except asyncio.CancelledError:
            asked = asyncio.current_task()
            if asked is not None and asked.cancelling():
                raise
            raise Unavailable("the Thing was stopped before this had ended") from None

    def end(self, task: asyncio.Task[Reply], now: float) -> None:
        """Keep the answer and no more: neither the task nor what the trace of an error holds."""
        self.task, self.ended = None, now
        error = task.exception()
        if error is None:
            self.outcome = task.result()
            content = self.outcome.content
            self.size = len(content.body) if content else 0
            return
        kept = _kept(error)
        if isinstance(kept, PartialFailure):  # its values would be many times that as objects
            self.outcome = problem_bytes(kept)
            self.size = len(self.outcome)
        else:
            self.outcome = kept
            self.size = len(str(kept))


class Repeats:
    """Of one Thing. Requests are the same where operation, name and id are."""

    def __init__(
        self,
        *,
        kept: int = KEPT,
        bytes_kept: int = BYTES_KEPT,
        expiry: float = EXPIRY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._most_bytes, self._expiry, self._clock = kept, bytes_kept, expiry, clock
        self._running: dict[_Key, _Request] = {}
        self._ended: OrderedDict[_Key, _Request] = OrderedDict()  # by the time of their end
        self._size, self._each = 0, bytes_kept // kept

    def __len__(self) -> int:
        return len(self._running) + len(self._ended)

    async def answer(self, interaction: Interaction, perform: Perform) -> Reply:
        """The recorded answer, or else that of `perform`, which goes on when its caller leaves."""
        key = interaction.op, interaction.name, checked_id(interaction.id)
        payload = interaction.payload
        if payload is not None and payload.chunks is not None:
            payload = await payload.whole(_LARGEST)
            interaction = msgspec.structs.replace(interaction, payload=payload)
        digest = _digest(interaction, payload)
        self._drop_old()
        request = self._running.get(key) or self._ended.get(key)
        if request is None:
            request = self._begin(key, digest, interaction, perform)
        elif request.digest != digest:
            raise Conflict(
                f"the request id {interaction.id!r} was used for {interaction.op} with other values",
                hint="an id is for one request: take a new one",
            )
        return await request.answer()

    def _begin(
        self, key: _Key, digest: bytes, interaction: Interaction, perform: Perform
    ) -> _Request:
        self._make_room(interaction.peer)
        plain = msgspec.structs.replace(interaction, id="")
        task = asyncio.create_task(_performed(perform, plain), name=f"wot {key[0]} {key[1]}")
        request = self._running[key] = _Request(digest, task, interaction.peer)
        task.add_done_callback(lambda task: self._end(key, request, task))
        return request

    def _end(self, key: _Key, request: _Request, task: asyncio.Task[Reply]) -> None:
        """Keep the answer, unless nothing was done: then who tries again is to be heard."""
        del self._running[key]
        if task.cancelled() or isinstance(task.exception(), (NotBegun, TooManyRequests)):
            return
        request.end(task, self._clock())
        self._ended[key] = request
        self._size += request.size
        self._drop_old()

    async def stop(self, limit: float) -> None:
        """Cancel what is under way, because the Thing is not served any more; within `limit` seconds."""
        tasks = [request.task for request in self._running.values() if request.task]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=limit)

    def _make_room(self, peer: str) -> None:
        if is_beyond(peer, (each.peer for each in self._running.values()), self._most):
            raise NotBegun("too many requests with an id are under way", retry_after=1)
        while len(self) >= self._most:
            self._drop(first_to_go(self._ended, self._each))

    def _drop_old(self) -> None:
        now = self._clock()
        while self._ended and now - next(iter(self._ended.values())).ended > self._expiry:
            self._drop(next(iter(self._ended)))
        while self._size > self._most_bytes and len(self._ended) > 1:
            self._drop(first_to_go(self._ended, self._each))

    def _drop(self, key: _Key) -> None:
        self._size -= self._ended.pop(key).size


async def _performed(perform: Perform, interaction: Interaction) -> Reply:
    sent_id.set("")  # of this request: what its handler sends to others is another one
    try:
        reply = await perform(interaction)
    except PartialFailure as error:
        raise _kept(error) from None
    except Unavailable as error:
        if _ran_out(error):
            raise _kept(error) from None
        raise
    content = reply.content
    if content is None or content.chunks is None:
        return reply
    return Reply(await content.whole(_LARGEST), reply.invocation)


def _kept(error: E) -> E | Unavailable:
    """An error for the record: whoever asks again under this id gets it again, so that it invites nobody to.

    Of what ran out of time, nobody knows whether it was done, or still will be.
    """
    if _ran_out(error):
        return Unavailable(f"{error}: whether it was done is not known", hint=_UNKNOWN)
    kept = copy.copy(error)
    if isinstance(kept, Unavailable) and kept.retry_after is not None:
        kept.retry_after, kept.hint = None, kept.hint or _ANOTHER
    if isinstance(kept, PartialFailure):
        kept.errors = {name: _kept(part) for name, part in kept.errors.items()}
    return kept


def _ran_out(error: BaseException) -> bool:
    """Whether this stands for a time-out: that of the Thing, or one behind its handler."""
    return isinstance(error, Unavailable) and isinstance(error.__cause__, TimeoutError)


def _digest(interaction: Interaction, payload: Content | None) -> bytes:
    about: Any = (
        sorted(interaction.variables.items()),
        interaction.names,
        interaction.accept,
        payload and payload.type,
        payload and len(payload.body),
    )
    found = hashlib.blake2b(msgspec.json.encode(about, enc_hook=repr), digest_size=16)
    if payload is not None:
        found.update(payload.body)
    return found.digest()
