"""The one interface that local, remote and wrapped Things share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from types import MappingProxyType
from typing import Any, Literal, Protocol

import msgspec

from wot.content import Content
from wot.errors import InvalidInput
from wot.td import Op, ThingDescription, is_object

NONE: Mapping[str, Any] = MappingProxyType({})
_LONGEST_ID = 255
Status = Literal["pending", "running", "completed", "failed"]
# What others say, and what they mean by it.
_STATUS: Mapping[str, Status] = {
    **{word: word for word in ("pending", "running", "completed", "failed")},
    **dict.fromkeys(("created", "queued"), "pending"),
    **dict.fromkeys(("error", "cancelled", "canceled", "aborted"), "failed"),
}


class Interaction(msgspec.Struct, frozen=True, gc=False):
    """One request on one affordance, whatever carried it."""

    op: Op
    name: str = ""  # "" for the whole Thing
    payload: Content | None = None  # None: nothing was sent; b"null" is a value
    variables: Mapping[str, Any] = NONE  # URI variables
    after: str = ""  # streams: resume behind this position
    names: tuple[
        str, ...
    ] = ()  # of the properties meant, where the whole Thing's are read or written
    accept: tuple[
        str, ...
    ] = ()  # media types that are wanted, best first; () means what the TD says
    id: str = (
        ""  # of the request: one that is repeated is answered from the record and not run again
    )
    invocation: str = ""  # query and cancel: which one
    peer: str = ""  # who asks, as far as the transport knows it: for shares, and not for rights
    wait: float = 0.0  # query: seconds for which the answer may wait for the end of the invocation


class Reply(msgspec.Struct, frozen=True, gc=False):
    """The answer to an interaction that has one.

    Where an action was started and has not ended, `invocation` says which one it is, for queries and to cancel it,
    and the content is its ActionStatus.
    """

    content: Content | None = None
    invocation: str = ""


class Notification(msgspec.Struct, gc=False):
    """One item of a stream; `position` is opaque to consumers.

    `name` is the affordance it is about where a stream is of the whole Thing, `time` (seconds of the epoch, 0 where
    nobody knows) when it happened. `wire` is for the binding that sends it: what it encoded for one subscriber
    serves all others.
    """

    content: Content
    position: str = ""
    wire: tuple[bytes, bytes] | None = None
    name: str = ""
    time: float = 0.0


class ActionStatus(msgspec.Struct, omit_defaults=True, rename="camel"):
    """What became of an invocation (WoT Profiles, HTTP Basic Profile, "ActionStatus object").

    Between bindings and Things `href` is the id of the invocation; each binding makes the URL of it, and takes it
    back. `progress` (0 to 1) and `message` are ours: what the handler reported last.
    """

    status: Status
    href: str = ""
    time_requested: str = ""
    time_ended: str = ""
    output: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    progress: float | None = None
    message: str = ""

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self.status in ("completed", "failed")

    def content(self) -> Content:
        """As it travels."""
        return Content(msgspec.json.encode(self))

    @classmethod
    def read(cls, content: Content | None) -> ActionStatus | None:
        """What `content` says, in the words of this maker or another's; None where it is no status at all."""
        try:
            said = msgspec.json.decode(content.body, type=dict[str, msgspec.Raw]) if content else {}
            plain = {name: msgspec.json.decode(said[name]) for name in _PLAIN if name in said}
        except (ValueError, RecursionError):
            return None
        word = plain.get("status")
        status = _STATUS.get(word) if isinstance(word, str) else None
        if status is None:
            return None
        error = _error_of(plain.get("error"), str(word)) if status == "failed" else msgspec.UNSET
        done: Any = plain.get("progress")
        number = isinstance(done, (int, float)) and not isinstance(done, bool) and 0 <= done <= 1
        texts = {name: v[:2000] for name in _TEXTS if isinstance(v := plain.get(name), str)}
        return cls(
            status,
            href=texts.get("href", ""),
            time_requested=texts.get("timeRequested", ""),
            time_ended=texts.get("timeEnded", texts.get("timeCompleted", "")),
            output=said.get("output", msgspec.UNSET) if status == "completed" else msgspec.UNSET,
            error=error,
            progress=float(done) if number else None,
            message=texts.get("message", ""),
        )


_TEXTS = ("href", "timeRequested", "timeEnded", "timeCompleted", "message")
_PLAIN = (*_TEXTS, "status", "error", "progress")


def _error_of(said: Any, word: str) -> dict[str, Any]:
    """Problem details, from what may be none."""
    if is_object(said):
        return said
    return {"title": "the action failed", "detail": str(said or f"it ended as {word!r}")[:500]}


def checked_id(id: Any) -> str:
    """A request id; InvalidInput where it is none that every protocol can carry."""
    if not isinstance(id, str) or len(id) > _LONGEST_ID or not (id.isascii() and id.isprintable()):
        raise InvalidInput(
            f"a request id has up to {_LONGEST_ID} printable ASCII characters",
            hint="a UUID is a good one",
        )
    return id


Stream = AsyncGenerator[Notification, None]


class OpenStream(Stream):
    """A stream that is an object rather than a generator: one that was never iterated still closes.

    `position` is where it stands before the first notification, "" where that is not known.
    """

    position = ""
    current_first = False  # of an observation: whether it begins with the value as it is

    async def __anext__(self) -> Notification:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError

    async def asend(self, value: None, /) -> Notification:
        return await self.__anext__()

    async def athrow(self, typ: Any, val: Any = None, tb: Any = None, /) -> Notification:
        await self.aclose()
        raise typ


DONE = Reply()


class Interactable(Protocol):
    """Anything interactions can be sent to."""

    @property
    def td(self) -> ThingDescription:
        """What can be done here: affordances only, see ThingDescription."""
        ...

    async def request(self, interaction: Interaction, /) -> Reply:
        """Run an operation that has one answer; raises InteractionError or TransportError."""
        ...

    async def stream(self, interaction: Interaction, /) -> Stream:
        """Run an operation that has many.

        Returns once the subscription stands: refusals raise here, and what happens from here on is kept.
        Iterating raises EventsLost where notifications were dropped; streaming again with its `after` goes on.
        """
        ...
