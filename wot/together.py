"""Operations on all properties, or all events, of a Thing somewhere else: by forms of its own, or else one by one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import msgspec

from wot.content import JSON, Content, Malformed, codec, members
from wot.each import Leading, as_json, chosen, each, prepared, read_reply, values_of, write_in_turn
from wot.errors import (
    ConnectError,
    HandlerError,
    InvalidInput,
    InvalidOutput,
    NotAcceptable,
    NotAllowed,
    NotFound,
    PartialFailure,
    ProtocolError,
    UnknownAffordance,
    UnsupportedContent,
    UriVariableError,
    WoTError,
    listed,
)
from wot.followed import Followed
from wot.forms import offered, parts
from wot.handles import Subscription, incoming, subscribed
from wot.ids import sent_id
from wot.interaction import Interaction, Notification, Reply, Stream
from wot.merged import merged
from wot.payload import Mismatch, Payload
from wot.td import EACH, KIND, Form, Json, Op
from wot.templates import variables_in

if TYPE_CHECKING:
    from wot.choosing import Way
    from wot.consumed import ConsumedThing

_log = logging.getLogger("wot")
READ_ALL, READ_MULTIPLE = Op.READ_ALL_PROPERTIES, Op.READ_MULTIPLE_PROPERTIES
WRITE_ALL, WRITE_MULTIPLE = Op.WRITE_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES
OBSERVE_ALL, SUBSCRIBE_ALL = Op.OBSERVE_ALL_PROPERTIES, Op.SUBSCRIBE_ALL_EVENTS
# What a server says that advertises a form and does not serve it, or not for every property: exactly these, since
# their subclasses come from servers that know the operation and have a reason.
_UNSERVED = frozenset[type[Exception]]({NotFound, NotAllowed})
_UNREAD = _UNSERVED | {
    *(HandlerError, UnsupportedContent, NotAcceptable, InvalidInput, UriVariableError),
    *(ProtocolError, InvalidOutput, Malformed),
}
Pairs = AbstractAsyncContextManager[Subscription[tuple[str, Any]]]


class Together:
    """What a consumed Thing does with all of its affordances."""

    def __init__(self, thing: ConsumedThing) -> None:
        self._thing = thing
        self._unserved = set[Op]()  # operations whose forms have been tried in vain

    # As an Interactable.

    async def request(self, interaction: Interaction) -> Reply:
        """Read or write properties together; other operations of the whole Thing are only by its forms."""
        op = interaction.op
        if op in (READ_ALL, READ_MULTIPLE):
            return await self._read(interaction)
        if op in (WRITE_ALL, WRITE_MULTIPLE):
            return await self._write(interaction)
        return (await self.along(interaction))[0]

    async def stream(self, interaction: Interaction) -> Stream:
        """Observe or subscribe; where the forms of the whole Thing do not serve it, to each of its own."""
        op = interaction.op
        if op not in EACH:
            return await self._thing.subscription(interaction)
        if self._ways(op):
            try:
                stream = await self._thing.subscription(interaction)
            except WoTError as error:
                if type(error) not in _UNSERVED | {ProtocolError}:
                    raise
                self._give_up(op, error)
            else:
                return await self._followed(interaction, stream)
        names = self._parts(op)
        if not names:
            raise NotAllowed(f"{self._title} offers no {op}")
        return await merged(self._thing, EACH[op], self._schemas(op, names))

    async def _followed(self, interaction: Interaction, stream: Stream) -> Stream:
        followed = Followed(self._thing.subscription, interaction, stream, self._thing.patience)
        current_first = getattr(stream, "current_first", False)
        if interaction.op is not OBSERVE_ALL or interaction.after or current_first:
            return followed
        names = [name for name in self._parts(OBSERVE_ALL) if name in self._parts(READ_ALL)]
        try:
            values = await self._current(names)
        except BaseException:  # given up meanwhile: nobody else knows of the stream
            await followed.aclose()
            raise
        first = [Notification(Content(bytes(values[n])), name=n) for n in names if n in values]
        return Leading(first, followed)

    async def _current(self, names: Iterable[str]) -> Mapping[str, msgspec.Raw]:
        """The values now, as far as they can be read; the others come with their next change."""
        try:
            reply = await self._read(Interaction(READ_MULTIPLE, names=tuple(names)))
            return members(_some(reply))
        except PartialFailure as failure:
            return {n: msgspec.Raw(msgspec.json.encode(v)) for n, v in failure.values.items()}
        except WoTError:
            return {}

    async def _read(self, interaction: Interaction) -> Reply:
        op, names = interaction.op, dict.fromkeys(interaction.names)
        if op is READ_MULTIPLE:
            known: Json = self._thing.description.json.get("properties", {})
            chosen(self._title, names, known, parts(self._thing.description, op))
        found: dict[str, msgspec.Raw] = {}
        if self._ways(op):
            try:
                reply, _way = await self.along(interaction)
                content = as_json(_some(reply), {})
                found = members(content)
            except (WoTError, Malformed) as error:
                if type(error) not in _UNREAD or interaction.variables:
                    raise
                self._give_up(op, error)
            else:
                if op is READ_ALL or found.keys() == names.keys():
                    return Reply(content)
        if interaction.variables:
            told = listed(interaction.variables)
            raise UriVariableError(f"{self._title}: no form for {op} takes URI variables: {told}")
        found = {name: found[name] for name in names if name in found}
        missing = [n for n in (names or self._parts(READ_ALL)) if n not in found]
        if not missing and not found:
            raise self._unreadable()
        values, errors = await each(missing, self._value)
        everything = {**found, **values}
        return read_reply(
            {n: everything[n] for n in names or everything if n in everything}, errors
        )

    def _unreadable(self) -> NotAllowed:
        """Why nothing can be read together: there is nothing, or all of it is apart."""
        td = self._thing.td
        alone = [
            name for name in td.properties if Op.READ_PROPERTY in offered(td, "properties", name)
        ]
        if alone:
            return NotAllowed(
                f"{self._title} has no property that can be read together with others",
                hint=f"by itself: {listed(alone)}",
            )
        return NotAllowed(f"{self._title} has no property that can be read")

    async def _value(self, name: str) -> msgspec.Raw:
        reply = await self._thing.request(Interaction(Op.READ_PROPERTY, name))
        try:
            content = as_json(_some(reply), self._schema("properties", name))
            codec(JSON).decode(content.body)  # it is going to be a part of another text
        except Malformed as error:
            raise InvalidOutput(f"{name}: {error}") from None
        return msgspec.Raw(content.body)

    async def _write(self, interaction: Interaction) -> Reply:
        values = values_of(self._title, interaction.payload)
        writable = parts(self._thing.description, WRITE_ALL)
        missing = [name for name in writable if name not in values]
        if missing and interaction.op is WRITE_ALL:
            raise InvalidInput(
                f"{self._title}: nothing was written: {listed(missing)} missing",
                hint="send all of them, or write several",
            )
        # What is complete may be sent as either; what is not, only as one of several.
        other = WRITE_MULTIPLE if interaction.op is WRITE_ALL else WRITE_ALL
        for op in (interaction.op, other):
            if self._ways(op) and not (missing and op is WRITE_ALL):
                try:
                    return (await self.along(interaction, op))[0]
                except (NotFound, NotAllowed) as error:
                    if type(error) not in _UNSERVED:
                        raise
                    self._give_up(op, error)
        contents = prepared(self._title, values, self._outgoing)

        async def write(name: str) -> None:
            one = Interaction(Op.WRITE_PROPERTY, name, contents[name], id=interaction.id)
            await self._thing.request(one)

        return await write_in_turn(values, write)

    def _outgoing(self, name: str, content: Content) -> Content:
        """A value as the form of its property wants it, checked."""
        self._check_writable(name)
        payload = self._thing.payload("properties", name) or _ANY
        ways = self._thing.ways(Op.WRITE_PROPERTY, name)
        try:
            value = payload.load(content, closed=True)
            media_type = ways[0].form.content_type
            return content if media_type == JSON else payload.dump(value, media_type)
        except (Mismatch, Malformed) as error:
            raise InvalidInput(str(error)) from None

    def _check_writable(self, name: str) -> None:
        description = self._thing.description
        if description.affordance("properties", name) is None:
            raise UnknownAffordance("there is no such property")
        if Op.WRITE_PROPERTY not in offered(description, "properties", name):
            raise NotAllowed("it can only be read")
        if name not in parts(description, WRITE_ALL):
            raise NotAllowed("it cannot be written together with others")

    async def along(self, interaction: Interaction, op: Op | None = None) -> tuple[Reply, Way]:
        """The answer along the first form whose other end can be reached."""
        ways = self._thing.ways(op or interaction.op, "")
        for way in ways[:-1]:
            try:
                return await self._ask(way, interaction, op or interaction.op), way
            except ConnectError:
                continue
        return await self._ask(ways[-1], interaction, op or interaction.op), ways[-1]

    async def _ask(self, way: Way, interaction: Interaction, op: Op) -> Reply:
        if op is READ_MULTIPLE:
            interaction = self._naming(way.form, interaction)
        elif op is not interaction.op:
            interaction = msgspec.structs.replace(interaction, op=op)
        return await way.client.request(self._thing.filled(way, interaction), interaction)

    def _naming(self, form: Form, interaction: Interaction) -> Interaction:
        """Names go into the URI variable of the form, or else into the payload (TD 1.1 section 5.3.4.2)."""
        variables = variables_in(form.href)
        names = interaction.names
        found = [name for name in variables if "names" in name.lower()]
        if not found and variables == tuple(interaction.variables):
            content = Content(msgspec.json.encode(names))
            return msgspec.structs.replace(interaction, payload=content)
        found = found or [name for name in variables if name not in interaction.variables]
        if len(found) != 1:
            raise UriVariableError(f"{form.href}: which URI variable takes names is not known")
        declared: Json = self._thing.description.json.get("uriVariables", {}).get(found[0], {})
        value: Any = list(names) if declared.get("type") == "array" else joined(names)
        told = {**interaction.variables, found[0]: value}
        return msgspec.structs.replace(interaction, variables=told)

    def _ways(self, op: Op) -> tuple[Way, ...]:
        """How to follow the forms of the whole Thing for `op`, where there are some that are of use."""
        if op in self._unserved:
            return ()
        try:
            return self._thing.ways(op, "")
        except WoTError:
            return ()

    def _give_up(self, op: Op, error: Exception) -> None:
        _log.info(
            "%s advertises %s and does not serve it, so it is done one by one: %s",
            *(self._title, op, error),
        )
        if not isinstance(error, ProtocolError):  # which a bad connection is as well
            self._unserved.add(op)

    def _parts(self, op: Op) -> tuple[str, ...]:
        return parts(self._thing.td, op)

    def _schemas(self, op: Op, names: Iterable[str]) -> Mapping[str, Json]:
        return {name: self._schema(KIND[EACH[op]], name) for name in names}

    def _schema(self, kind: str, name: str) -> Json:
        json: Any = self._thing.description.affordance(kind, name) or {}
        schema: Json = json if kind == "properties" else json.get("data", {})
        return schema

    @property
    def _title(self) -> str:
        return self._thing.description.title

    # The same by name.

    async def read(
        self, op: Op, names: tuple[str, ...], variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Values by name, checked; PartialFailure where some cannot be read or are not what was declared."""
        try:
            interaction = Interaction(op, names=names, variables=variables)
            found = members(as_json(_some(await self.request(interaction)), {}))
        except Malformed as error:
            raise InvalidOutput(f"{self._title}: {error}") from None
        known: Json = self._thing.description.json.get("properties", {})
        found = {name: value for name, value in found.items() if name in known}

        async def value(name: str) -> Any:
            payload = self._thing.payload("properties", name) or _ANY
            return incoming(payload, Content(bytes(found[name])), name)

        values, errors = await each(found, value)
        if errors:
            raise PartialFailure(
                "; ".join(str(error) for error in errors.values()), values=values, errors=errors
            )
        return values

    async def write(self, op: Op, values: Mapping[str, Any]) -> None:
        """Set properties; what does not fit is refused before anything is sent."""

        def check(name: str, _: Content) -> msgspec.Raw:
            self._check_writable(name)
            try:
                payload = self._thing.payload("properties", name) or _ANY
                return msgspec.Raw(payload.dump(values[name]).body)
            except (Mismatch, Malformed) as error:
                raise InvalidInput(str(error)) from None

        named = dict.fromkeys(values, msgspec.Raw(b"null"))
        needed = parts(self._thing.description, WRITE_ALL) if op is WRITE_ALL else ()
        contents = prepared(self._title, named, check, needed)
        payload = Content(msgspec.json.encode(contents))
        names = tuple(contents)
        await self.request(Interaction(op, payload=payload, names=names, id=sent_id.get()))

    def follow(self, op: Op) -> Pairs:
        """Names and values of a stream for the time of a block."""
        kind, part = KIND[EACH[op]], "data" if op is SUBSCRIBE_ALL else ""

        def pair(notification: Notification) -> tuple[str, Any]:
            name, content = notification.name, notification.content
            if self._thing.description.affordance(kind, name) is None:
                raise InvalidOutput(
                    f"{self._title} sent a notification of {name[:80]!r}, which is none of its {kind}"
                )
            return name, self._thing.received(self._thing.payload(kind, name, part), content, name)

        return subscribed(self._thing, Interaction(op), pair)


def joined(names: Iterable[str]) -> str:
    """Names as one URI variable, with commas between them; a comma within a name is percent-encoded."""
    return ",".join(name.replace("%", "%25").replace(",", "%2C") for name in names)


def _some(reply: Reply) -> Content:
    if reply.content is None:
        raise InvalidOutput("values are declared, but none were sent")
    return reply.content


_ANY = Payload.plain({})
