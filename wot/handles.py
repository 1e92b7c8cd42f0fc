"""What an affordance is on an instance: the same few verbs, whether the Thing is here or far away."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Never,
    ParamSpec,
    Protocol,
    TypeVar,
    cast,
    overload,
)

from wot.chunks import Given, Source
from wot.content import Content, Malformed, is_whole
from wot.errors import EventsLost, InvalidInput, InvalidOutput, WoTError
from wot.ids import sent_id
from wot.interaction import Interactable, Interaction, Notification, Reply, Stream
from wot.payload import Mismatch, Payload
from wot.started import Invocation, finished, start
from wot.td import Op

if TYPE_CHECKING:
    from wot.affordances import Action, Declared, Event, Property, Stored  # noqa: F401 - in strings

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")
D = TypeVar("D", bound="Declared")

_NO_DATA: Any = None
READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT


class Local(Protocol):
    """What only a Thing of this process can do."""

    def emit(self, event: Event[Any], data: Any) -> None: ...

    def changed(self, changed: Property[Any], value: Any) -> None: ...

    def stored(self, kept: Stored[Any]) -> Any: ...

    def store(self, kept: Stored[Any], value: Any) -> None: ...

    async def drained(self, event: Event[Any], timeout: float) -> bool: ...


class Parts(Protocol):
    """What handles need of the instance they belong to."""

    @property
    def target(self) -> Interactable: ...

    @property
    def local(self) -> Local: ...


def parts_of(thing: Any) -> Parts:
    """The parts of a Thing instance."""
    parts: Parts = thing.__wot__
    return parts


def outgoing(dump: Callable[[], Content | None], what: str) -> Content | None:
    """What is sent; InvalidInput, before anything is sent, where it does not fit."""
    try:
        content = dump()
    except (Mismatch, Malformed) as error:
        raise InvalidInput(f"{what}: {error}") from None
    if content is None or content.chunks is None:
        return content
    return Content(b"", content.type, Given(content.chunks, what))


def incoming(payload: Payload | None, content: Content | None, what: str) -> Any:
    """The value that came back; InvalidOutput where it is not what was declared."""
    if payload is None:
        return None
    if content is None:
        raise InvalidOutput(f"{what}: a value is declared, but none was sent")
    try:
        return payload.load(content, closed=False)
    except (Mismatch, Malformed) as error:
        raise InvalidOutput(f"{what}: {error}") from None


async def whole(content: Content | None) -> Content | None:
    """What came in chunks, in one piece."""
    return None if content is None else await content.whole()


async def given(target: Interactable, interaction: Interaction) -> Reply:
    """The reply to chunks that were made here, and so are closed here, too."""
    content = interaction.payload
    assert content is not None
    assert content.chunks is not None
    async with aclosing(content.chunks):
        return await target.request(interaction)


@asynccontextmanager
async def opened(
    target: Interactable, interaction: Interaction
) -> AsyncGenerator[AsyncIterator[bytes], None]:
    """The bytes that an interaction answers, in parts, for the time of a block."""
    content = (await target.request(interaction)).content
    if content is None:
        raise InvalidOutput(f"{interaction.name}: a value is declared, but none was sent")
    async with aclosing(content.chunks or content.parts()) as chunks:
        yield chunks


class Subscription(Generic[T], AsyncIterator[T]):
    """The values of a stream; after EventsLost, iterating again goes on behind the gap."""

    def __init__(
        self, target: Interactable, interaction: Interaction, load: Callable[[Notification], T]
    ) -> None:
        self._target, self._interaction, self._load = target, interaction, load
        self._stream: Stream | None = None
        self._after = ""
        self._left = False

    async def open(self) -> None:
        """Subscribe; returns once the subscription stands."""
        after = self._after
        self._stream = await self._target.stream(
            Interaction(
                self._interaction.op,
                self._interaction.name,
                variables=self._interaction.variables,
                after=after,
            )
        )

    async def __anext__(self) -> T:
        return self._load(await self.notification())

    async def notification(self) -> Notification:
        """The next notification as it came, with its position."""
        if self._left:
            raise StopAsyncIteration
        if self._stream is None:
            await self.open()
        assert self._stream is not None
        try:
            return await anext(self._stream)
        except EventsLost as lost:
            self._after = lost.after
            await self._close()
            raise
        except WoTError:
            await self._close()
            raise

    async def leave(self) -> None:
        """End the subscription for good."""
        self._left = True
        await self._close()

    async def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.aclose()


Observed = AbstractAsyncContextManager[Subscription[T]]


@asynccontextmanager
async def subscribed(
    target: Interactable, interaction: Interaction, load: Callable[[Notification], T]
) -> AsyncGenerator[Subscription[T], None]:
    """A subscription for the time of a block."""
    subscription = Subscription(target, interaction, load)
    await subscription.open()
    try:
        yield subscription
    finally:
        await subscription.leave()


class _Handle(Generic[D]):
    __slots__ = ("_declared", "_parts")

    def __init__(self, parts: Parts, declared: D) -> None:
        self._parts = parts
        self._declared = declared

    def __bool__(self) -> Never:
        raise TypeError(
            f"{self._declared.attribute} is a handle, not a value: use {self._remedy()}"
        )

    def _remedy(self) -> str:
        return f"await thing.{self._declared.attribute}.read()"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._declared.name!r}>"


class PropertyHandle(_Handle["Property[T]"], Generic[T]):
    """One property of one Thing."""

    __slots__ = ()

    async def read(self, **variables: Any) -> T:
        """The value now; keyword arguments are URI variables."""
        declared = self._declared
        reply = await self._parts.target.request(
            Interaction(READ, declared.name, variables=declared.named(variables))
        )
        content = reply.content
        if not is_whole(content):
            content = await whole(content)
        return cast(T, incoming(declared.payload, content, declared.name))

    def open(
        self: PropertyHandle[bytes], **variables: Any
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """`async with camera.video.open() as chunks`: the value in parts, for what is too large to be held."""
        declared = self._declared
        return opened(
            self._parts.target,
            Interaction(READ, declared.name, variables=declared.named(variables)),
        )

    @overload
    async def write(
        self: PropertyHandle[bytes], value: bytes | Source, **variables: Any
    ) -> None: ...
    @overload
    async def write(self, value: T, **variables: Any) -> None: ...
    async def write(self, value: Any, **variables: Any) -> None:
        """Set the value; returns when the Thing has accepted it.

        What is bytes may also be given in chunks: an iterator, a path or an open file.
        """
        declared = self._declared
        content = outgoing(lambda: declared.payload.dump(value, declared.media_type), declared.name)
        named = declared.named(variables)
        interaction = Interaction(WRITE, declared.name, content, named, id=sent_id.get())
        if is_whole(content):
            await self._parts.target.request(interaction)
        else:
            await given(self._parts.target, interaction)

    def observe(self, **variables: Any) -> Observed[T]:
        """`async with lamp.brightness.observe() as values`: the value now, then every change."""
        declared = self._declared
        return subscribed(
            self._parts.target,
            Interaction(OBSERVE, declared.name, variables=declared.named(variables)),
            lambda found: incoming(declared.payload, found.content, declared.name),
        )

    def changed(self, value: T) -> None:
        """Tell the observers; for the Thing's own code, from any thread."""
        self._parts.local.changed(self._declared, value)


class StoredHandle(PropertyHandle[T], Generic[T]):
    """One stored property of one Thing."""

    __slots__ = ()

    @property
    def value(self) -> T:
        """The value, for the Thing's own code; assigning checks it and tells the observers, from any thread."""
        return cast(T, self._parts.local.stored(self._kept()))

    @value.setter
    def value(self, value: T) -> None:
        self._parts.local.store(self._kept(), value)

    def _kept(self) -> Stored[T]:
        return cast("Stored[T]", self._declared)


class ActionHandle(_Handle["Action[P, R]"], Generic[P, R]):
    """One action of one Thing."""

    __slots__ = ()

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Invoke it; returns its output when it has ended. Who is cancelled while waiting cancels it."""
        target, declared = self._parts.target, self._declared
        interaction = self._invoking(args, kwargs)
        is_plain = is_whole(interaction.payload)
        reply = await (target.request(interaction) if is_plain else given(target, interaction))
        if reply.invocation:
            reply = await finished(target, declared.name, reply)
        content = reply.content if is_whole(reply.content) else await whole(reply.content)
        return cast(R, incoming(declared.output, content, declared.name))

    def open(
        self: ActionHandle[P, bytes], *args: P.args, **kwargs: P.kwargs
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """`async with camera.record.open(10) as chunks`: the output in parts, for what is too large to be held."""
        return opened(self._parts.target, self._invoking(args, kwargs))

    async def start(self, *args: P.args, **kwargs: P.kwargs) -> Invocation[R]:
        """Invoke it without waiting for its end: what comes back has `status()`, `result()` and `cancel()`."""
        declared = self._declared
        return await start(
            self._parts.target,
            self._invoking(args, kwargs),
            lambda content: cast(R, incoming(declared.output, content, declared.name)),
        )

    def _invoking(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Interaction:
        declared = self._declared
        values, given, variables = declared.split(args, dict(kwargs))
        content = outgoing(
            lambda: declared.arguments.dump(values, given, declared.media_type), declared.name
        )
        named = declared.named(variables)
        return Interaction(INVOKE, declared.name, content, named, id=sent_id.get())

    def _remedy(self) -> str:
        return f"await thing.{self._declared.attribute}(…)"


class EventHandle(_Handle["Event[T]"], Generic[T]):
    """One event of one Thing."""

    __slots__ = ()

    def emit(self, data: T = _NO_DATA) -> None:
        """Tell every subscriber; for the Thing's own code, from any thread."""
        self._parts.local.emit(self._declared, data)

    def subscribe(self, **variables: Any) -> Observed[T]:
        """`async with lamp.overheated.subscribe() as readings`: what is emitted from here on.

        Keyword arguments are URI variables.
        """
        declared = self._declared
        return subscribed(
            self._parts.target,
            Interaction(SUBSCRIBE, declared.name, variables=declared.named(variables)),
            lambda found: incoming(declared.payload, found.content, declared.name),
        )

    async def drained(self, timeout: float = 10.0) -> bool:
        """Wait until every subscriber has taken what was emitted; False where that takes longer."""
        return await self._parts.local.drained(self._declared, timeout)

    def _remedy(self) -> str:
        return f"thing.{self._declared.attribute}.subscribe()"


__all__ = [
    "ActionHandle",
    "EventHandle",
    "Local",
    "Observed",
    "Parts",
    "PropertyHandle",
    "StoredHandle",
    "Subscription",
    "given",
    "incoming",
    "opened",
    "outgoing",
    "parts_of",
    "subscribed",
    "whole",
]
