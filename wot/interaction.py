"""The one interface that local, remote and wrapped Things share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from wot.content import Content
from wot.td import Op, ThingDescription

NONE: Mapping[str, Any] = MappingProxyType({})


class Interaction(msgspec.Struct, frozen=True, gc=False):
    """One request on one affordance, whatever carried it."""

    op: Op
    name: str = ""  # "" for the whole Thing
    payload: Content | None = None  # None: nothing was sent; b"null" is a value
    variables: Mapping[str, Any] = NONE  # URI variables
    after: str = ""  # streams: resume behind this position


class Reply(msgspec.Struct, frozen=True, gc=False):
    """The answer to an interaction that has one."""

    content: Content | None = None


class Notification(msgspec.Struct, gc=False):
    """One item of a stream; `position` is opaque to consumers.

    `wire` is for the binding that sends it: what it encoded for one subscriber serves all others.
    """

    content: Content
    position: str = ""
    wire: tuple[bytes, bytes] | None = None


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
