"""The subscriptions of one WebSocket: each a cursor on the Thing's log, the last request for an affordance wins."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack

import msgspec

from wot.content import Malformed
from wot.errors import (
    EventsLost,
    HandlerError,
    InvalidInput,
    InvalidOutput,
    TooManyRequests,
    Unavailable,
    WoTError,
)
from wot.interaction import Interactable, Interaction, Notification, Stream
from wot.td import Op, ThingDescription
from wot_http.limits import Share
from wot_http.messages import (
    NOTIFICATION,
    Message,
    embedded,
    encode,
    error_members,
    id_of,
    is_id,
    moment,
)
from wot_http.socket_writing import Writing

_log = logging.getLogger("wot")
_MOST = 256  # subscriptions of one connection
_AT_ONCE = 8  # notifications written in one turn of the loop
_KEPT = 64  # notifications whose text is kept for other subscribers
_PROPERTIES = (Op.OBSERVE_PROPERTY, Op.OBSERVE_ALL_PROPERTIES)
_WHOLE = (Op.OBSERVE_ALL_PROPERTIES, Op.SUBSCRIBE_ALL_EVENTS)


class Fragments:
    """The part of a notification's message that is the same for all subscribers, made once."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Notification, str, bytes]] = {}

    def of(
        self,
        notification: Notification,
        name: str,
        td: ThingDescription,
        op: Op,
        ids: Iterator[str],
    ) -> bytes:
        """Members from messageID on, up to the brace that closes the message."""
        kept = self._kept.get(id(notification))
        if kept is not None and kept[0] is notification and kept[1] == name:
            return kept[2]
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        found = _fragment(notification, name, td, op, ids)
        self._kept[id(notification)] = notification, name, found
        return found


def _fragment(
    notification: Notification, name: str, td: ThingDescription, op: Op, ids: Iterator[str]
) -> bytes:
    position = notification.position
    known = id_of(position)
    message = Message(id=known or next(ids), name=name, timestamp=moment(notification.time))
    if not known:
        message.position = position  # "" where there is none: its messageID leads nowhere then
    raw = embedded(notification.content)
    if op in _PROPERTIES:
        message.value = raw
    elif notification.content.body != b"null" or "data" in (td.affordance("events", name) or ()):
        message.data = raw
    return encode(message)[1:]


class Subscription:
    """One stream to one subscriber."""

    def __init__(self, asked: Message, interaction: Interaction, stream: Stream) -> None:
        self.interaction, self.stream = interaction, stream
        # A notification is shared; what goes before it is this subscriber's.
        head = Message(
            asked.thing, kind=NOTIFICATION, operation=asked.operation, correlation=asked.correlation
        )
        self.head = encode(head)[:-1] + b","
        self.position = ""  # of what was sent last
        # Of the whole Thing: what has a subscription of its own by now, or none any more.
        self.replaced = set[str]()
        self.turn = asyncio.Lock()  # held while one is sent, or while another takes over
        self.task: asyncio.Task[None] | None = None
        self.place: ExitStack | None = None  # among the streams of its client
        self.idle = False  # whether all there is has been sent


class Subscriptions:
    """All of one connection."""

    def __init__(
        self,
        thing: Interactable,
        writing: Writing,
        ids: Iterator[str],
        fragments: Fragments,
        share: Share,
    ) -> None:
        self._thing, self._writing, self._share = thing, writing, share
        self._ids, self._fragments = ids, fragments
        self._single: dict[tuple[str, str], Subscription] = {}
        self._whole: dict[str, Subscription] = {}
        # Requests about one kind take effect in their order.
        self._order = {"properties": asyncio.Lock(), "events": asyncio.Lock()}

    async def start(
        self, asked: Message, interaction: Interaction, response: Callable[[str], bytes]
    ) -> int:
        """Subscribe, in place of what is there; refusals raise, and then that goes on. Bytes of the response."""
        kind, name = _kind(interaction.op), interaction.name
        async with self._order[kind], AsyncExitStack() as held, AsyncExitStack() as undone:
            replaced = self._those(kind, name)
            if len(self._single) + len(self._whole) >= _MOST and not replaced:
                raise TooManyRequests(f"a connection may have {_MOST} subscriptions")
            place = None if replaced else undone.enter_context(self._share.follow())
            before = [*replaced, *self._sharing(kind, name)]
            for each in before:
                await held.enter_async_context(each.turn)
            begun = _taking_over(interaction, replaced)
            stream, lost = await _opened(self._thing, begun)
            undone.push_async_callback(stream.aclose)
            await asyncio.sleep(0)  # what was emitted before has woken those who wait for it
            if kind == "events" and not begun.after and not all(each.idle for each in before):
                lost = lost or EventsLost(
                    "events that waited for this connection were dropped with their subscription"
                )
            made = Subscription(asked, interaction, stream)
            made.place = place or _inherited(replaced) or self._share.follow()
            undone.pop_all()
            self._enter(made, kind)
            await self._drop(replaced)
            made.position = getattr(stream, "position", "") or ("" if lost else begun.after)
            text = response(id_of(made.position) or made.position)
            try:
                await self._writing.send(text)
                if lost is not None:
                    await self._tell(made, lost)
            finally:
                made.task = asyncio.create_task(self._pump(made), name="wot socket subscription")
            return len(text)

    def _enter(self, made: Subscription, kind: str) -> None:
        name = made.interaction.name
        for each in self._those(kind, name):
            self._forget(each)
        for each in self._sharing(kind, name):
            each.replaced.add(name)
        if name:
            self._single[kind, name] = made
        else:
            self._whole[kind] = made

    async def end(self, op: Op, name: str) -> None:
        """Unsubscribe; it is no error where nobody subscribes."""
        kind = _kind(op)
        async with self._order[kind]:
            await self._drop(self._those(kind, name))
            if name and kind in self._whole:
                self._whole[kind].replaced.add(name)

    async def close(self) -> None:
        """End all."""
        await self._drop([*self._single.values(), *self._whole.values()])

    def _those(self, kind: str, name: str) -> list[Subscription]:
        """What a subscription of `name`, or of all, takes the place of."""
        if name:
            return [self._single[kind, name]] if (kind, name) in self._single else []
        single = [each for (its, _), each in self._single.items() if its == kind]
        return [*single, *([self._whole[kind]] if kind in self._whole else [])]

    def _sharing(self, kind: str, name: str) -> list[Subscription]:
        """What goes on without `name` when that gets a subscription of its own."""
        whole = self._whole.get(kind)
        return [whole] if whole and name and name not in whole.replaced else []

    async def _drop(self, subscriptions: list[Subscription]) -> None:
        for each in subscriptions:
            self._forget(each)
            if each.task is not None:
                each.task.cancel()
                await asyncio.wait([each.task])
            await each.stream.aclose()  # one that never began has not closed its own

    def _forget(self, subscription: Subscription) -> None:
        op, name = subscription.interaction.op, subscription.interaction.name
        kind = _kind(op)
        if self._single.get((kind, name)) is subscription:
            del self._single[kind, name]
        if self._whole.get(kind) is subscription:
            del self._whole[kind]
        if subscription.place is not None:
            subscription.place.close()
            subscription.place = None

    async def _pump(self, subscription: Subscription) -> None:
        try:
            while True:
                try:
                    await self._forward(subscription)
                    raise Unavailable("this subscription has ended")
                except EventsLost as lost:
                    await subscription.stream.aclose()
                    subscription.position = lost.after
                    behind = _behind(subscription.interaction, lost.after)
                    subscription.stream, again = await _opened(self._thing, behind)
                    await self._tell(subscription, again or lost)
        except ConnectionError:
            return
        except WoTError as error:
            await self._ended(subscription, error)
        except Exception:  # noqa: BLE001 - any Interactable may be mounted here
            _log.exception("%s failed", subscription.interaction.op)
            await self._ended(subscription, HandlerError("this subscription failed"))
        finally:
            await subscription.stream.aclose()
            self._forget(subscription)

    async def _forward(self, subscription: Subscription) -> None:
        count, op, own = 0, subscription.interaction.op, subscription.interaction.name
        head, turn = subscription.head, subscription.turn
        subscription.idle = True
        async for notification in subscription.stream:
            subscription.idle = False
            name = own or notification.name
            if turn.locked() or name in subscription.replaced:
                await self._wait(subscription, notification, name)
            elif self._writing.post(head, self._text(notification, name, op)):
                subscription.position = notification.position or subscription.position
            else:
                await self._wait(subscription, notification, name)
            count += 1
            if not count % _AT_ONCE:
                await asyncio.sleep(0)  # a long backlog must not hold up everybody else
            subscription.idle = True

    async def _wait(
        self, subscription: Subscription, notification: Notification, name: str
    ) -> None:
        """Send when the reader has room, unless another subscription has taken over by then."""
        async with subscription.turn:
            if name not in subscription.replaced:
                text = self._text(notification, name, subscription.interaction.op)
                advance = functools.partial(_advance, subscription, notification.position)
                await self._writing.send(subscription.head + text, advance)

    def _text(self, notification: Notification, name: str, op: Op) -> bytes:
        try:
            return self._fragments.of(notification, name, self._thing.td, op, self._ids)
        except Malformed as error:
            raise unfit(self._thing, f"a notification cannot be passed on: {error}") from None

    async def _ended(self, subscription: Subscription, error: WoTError) -> None:
        try:
            await self._tell(subscription, error)
        except ConnectionError:
            return

    async def _tell(self, subscription: Subscription, error: WoTError) -> None:
        """A notification that is an error: a gap, behind which it goes on, or the end."""
        message = Message(
            id=next(self._ids), name=subscription.interaction.name, **error_members(error)
        )
        await self._writing.send(subscription.head + encode(message)[1:])


def _taking_over(interaction: Interaction, replaced: list[Subscription]) -> Interaction:
    """Events go on where the same subscription stood: what that had not taken is for its successor."""
    if interaction.after or len(replaced) != 1 or _kind(interaction.op) != "events":
        return interaction
    (before,) = replaced
    if before.interaction.name != interaction.name or before.replaced:
        return interaction
    return _behind(interaction, before.position)


def _inherited(replaced: list[Subscription]) -> ExitStack | None:
    """The place of one that is replaced, unless they have ended meanwhile."""
    for each in replaced:
        if each.place is not None:
            place, each.place = each.place, None
            return place
    return None


def unfit(thing: Interactable, reason: str) -> WoTError:
    """The error of a Thing that gives what its own description forbids: ours, or one behind us."""
    if not getattr(thing, "own", False):
        return InvalidOutput(reason)
    _log.error("%s: %s", thing.td.title, reason)
    return HandlerError(reason)


def _advance(subscription: Subscription, position: str) -> None:
    subscription.position = position or subscription.position


def _kind(op: Op) -> str:
    return "properties" if op in _PROPERTIES else "events"


async def _opened(
    thing: Interactable, interaction: Interaction
) -> tuple[Stream, EventsLost | None]:
    """A stream, behind the gap where what was asked for is no longer kept."""
    lost: EventsLost | None = None
    for _ in range(3):
        try:
            return await thing.stream(interaction), lost
        except EventsLost as error:
            lost, interaction = error, _behind(interaction, error.after)
        except InvalidInput:
            # No position of this stream. The draft lets us ignore a messageID that we do not know; we say so.
            if not is_id(interaction.after):
                raise
            lost = EventsLost("nothing is known of the notification that was received last")
            interaction = _behind(interaction, "")
    raise EventsLost("events are dropped faster than they can be followed")


def _behind(interaction: Interaction, after: str) -> Interaction:
    return msgspec.structs.replace(interaction, after=after)
