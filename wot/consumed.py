"""A Thing somewhere else as an Interactable: chooses the form, follows it, and survives lost connections."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any
from urllib.parse import quote

from wot.binding import Client
from wot.choosing import Way, additional, fitting, ordered
from wot.content import Content, is_whole
from wot.each import note_unread
from wot.errors import (
    ConnectError,
    InvalidOutput,
    NoBinding,
    NoForm,
    NotAllowed,
    UnknownAffordance,
    UriVariableError,
    WoTError,
    listed,
)
from wot.followed import Followed
from wot.forms import THING, expand, forms_for, is_template, scheme_of, usable, variables_for
from wot.handles import Subscription, given, incoming, opened, outgoing, subscribed, whole
from wot.ids import sent_id
from wot.interaction import DONE, NONE, Interaction, Notification, Reply, Stream
from wot.payload import Mismatch, Payload
from wot.reachable import is_lasting, reachable
from wot.references import References
from wot.started import LARGEST, PATIENCE, Invocation, InvocationStatus, all_of, finished, start
from wot.td import KIND, Form, Json, Op, ThingDescription
from wot.templates import needed_in, variables_in
from wot.together import Pairs, Together, named

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE, DESCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT, Op.DESCRIBE
QUERY_ALL = Op.QUERY_ALL_ACTIONS
_NOTHING: Any = object()


class ConsumedThing:
    """A remote Thing, used by name: read, write, invoke, observe, subscribe. It can be served again."""

    def __init__(
        self,
        description: ThingDescription,
        client_for: Callable[[str], Client],
        *,
        base: str = "",
        patience: float = PATIENCE,
    ) -> None:
        self.description = description
        self._base = description.base or base
        self._id = description.id or base
        self._client_for = client_for
        self.patience = patience  # seconds for which lost connections are tried again
        self._references = References()
        self._ways: dict[tuple[Op, str], tuple[Way, ...]] = {}
        self._payloads: dict[tuple[str, str, str], Payload | None] = {}
        self._declared: dict[tuple[Op, str], Json] = {}  # URI variables, where some are used
        self._td: ThingDescription | None = None
        self._together = Together(self)

    def __repr__(self) -> str:
        return f"<ConsumedThing {self.description.title!r} {self.description.id or self._base}>"

    @property
    def td(self) -> ThingDescription:
        """What can be used from here: only affordances and operations that have a usable form."""
        if self._td is None:
            self._td = ThingDescription(reachable(self.description, self._usable))
        return self._td

    async def request(self, interaction: Interaction, /) -> Reply:
        """Perform an interaction along the first form whose other end can be reached."""
        op, name = interaction.op, interaction.name
        if not name:
            return DONE if op is DESCRIBE else await self._of_whole(interaction)
        if interaction.invocation:
            return await self._references.request(interaction)
        ways = self._ways.get((op, name)) or self.ways(op, name)
        if ways[1:]:
            ways = fitting(ways, interaction)
        for way in ways[:-1]:
            try:
                reply = await way.client.request(self.filled(way, interaction), interaction)
                break
            except ConnectError:
                continue
        else:
            way = ways[-1]
            reply = await way.client.request(self.filled(way, interaction), interaction)
        if reply.invocation or way.lasting:
            return await self._begun(way, interaction, reply)
        return reply

    async def _begun(self, way: Way, interaction: Interaction, reply: Reply) -> Reply:
        """The answer to who invokes, with an id of ours, and at the time at which the TD says that it comes."""
        name = interaction.name
        reply = Reply(reply.content and await reply.content.whole(LARGEST), reply.invocation)
        if not reply.invocation:
            return self._references.ended(way.client, way.form, name, reply)
        begun = self._references.started(way.client, way.form, name, reply)
        return begun if way.lasting else await finished(self, name, begun)

    async def _of_whole(self, interaction: Interaction) -> Reply:
        if interaction.op is not QUERY_ALL:
            return await self._together.request(interaction)
        if not self._can(QUERY_ALL, ""):
            return await self._references.request(interaction)
        reply, way = await self._together.along(interaction)
        content = reply.content and await reply.content.whole(LARGEST)
        return self._references.listed(way.client, way.form, content)

    async def stream(self, interaction: Interaction, /) -> Stream:
        """Follow a property or an event, or all of them, through reconnections."""
        if not interaction.name:
            return await self._together.stream(interaction)
        stream = await self.subscription(interaction)
        followed = Followed(self.subscription, interaction, stream, self.patience)
        if interaction.op is OBSERVE and not getattr(stream, "current_first", False):
            try:
                followed.first = await self._current(interaction)
            except BaseException:  # given up meanwhile: nobody else knows of the stream
                await followed.aclose()
                raise
        return followed

    async def _current(self, interaction: Interaction) -> Notification | None:
        """The value now, for an observation that does not begin with it."""
        if not self._can(READ, interaction.name):
            return None
        try:
            asked = Interaction(READ, interaction.name, variables=interaction.variables)
            reply = await self.request(asked)
        except WoTError as error:
            note_unread(self.description.title, {interaction.name: error})
            return None
        return None if reply.content is None else Notification(reply.content)

    async def subscription(self, interaction: Interaction) -> Stream:
        """One subscription along the first form whose other end can be reached."""
        ways = self.ways(interaction.op, interaction.name)
        for way in ways[:-1]:
            try:
                return await way.client.stream(self.filled(way, interaction), interaction)
            except ConnectError:
                continue
        return await ways[-1].client.stream(self.filled(ways[-1], interaction), interaction)

    def ways(self, op: Op, name: str) -> tuple[Way, ...]:
        """How to follow the forms for an operation, in the order of the TD; raises where there are none."""
        if found_before := self._ways.get((op, name)):
            return found_before
        forms = usable(forms_for(self.description, op, name, self._base), op)
        if not forms:
            raise self._refusal(op, name)
        action = self.description.affordance("actions", name) or {}
        lasting = op is INVOKE and is_lasting(action)
        found: list[Way] = []
        tried: list[str] = []
        for form in forms:
            scheme = scheme_of(form.href)
            if not scheme:
                tried.append(f"{form.href!r} is relative, and there is no base to start from")
                continue
            try:
                client = self._client_for(scheme)
            except NoBinding as error:
                tried.append(str(error))
                continue
            if client.usable(form, op):
                known = form.replace(**{THING: self._id})
                found.append(Way(known, client, is_template(form.href), lasting))
            else:
                tried.append(
                    f"{form.href} with {form.subprotocol or 'no'} subprotocol is not spoken here"
                )
        if not found:
            raise NoForm(f"no form of {name!r} can be used for {op}", hint="; ".join(tried[:5]))
        ways = self._ways[op, name] = ordered(found)
        return ways

    def _refusal(self, op: Op, name: str) -> WoTError:
        kind = KIND.get(op)
        names: Json = self.description.json.get(kind, {}) if kind else {}
        title = self.description.title
        if kind and name not in names:
            known = listed(names)
            return UnknownAffordance(
                f"{title} has no {name!r} among its {kind}", hint=f"there are: {known}"
            )
        return NotAllowed(f"{title} offers no {op}" + (f" for {name!r}" if name else ""))

    def _can(self, op: Op, name: str) -> bool:
        return bool(self._usable(op, name))

    def _usable(self, op: Op, name: str) -> list[Form]:
        try:
            return [way.form for way in self.ways(op, name)]
        except WoTError:
            return []

    def filled(self, way: Way, interaction: Interaction) -> Form:
        """The form with its URI variables in place."""
        values = interaction.variables
        if not way.template and not values:
            return way.form
        op, name = interaction.op, interaction.name
        declared = self._declared.get((op, name))
        if declared is None:
            declared = self._declared[op, name] = variables_for(self.description, op, name)
        named = variables_in(way.form.href)
        self._check_variables(interaction, declared, {*declared, *named})
        for name in needed_in(way.form.href):
            if name not in values:
                if "default" not in declared.get(name, {}):
                    raise UriVariableError(f"the URI variable {name!r} is missing")
                values = {**values, name: declared[name]["default"]}
        # Declared, but without a place in the template: many mean the query.
        rest = ",".join(quote(name, safe="") for name in values if name not in named)
        if rest and way.client.carries_variables(way.form):
            rest = ""
        mark = "&" if "?" in way.form.href else "?"
        href = f"{way.form.href}{{{mark}{rest}}}" if rest else way.form.href
        return way.form.replace(href=expand(href, values))

    @staticmethod
    def _check_variables(interaction: Interaction, declared: Json, known: set[str]) -> None:
        for name, value in interaction.variables.items():
            if name not in known:
                hint = f"there are: {listed(known)}"
                raise UriVariableError(f"there is no URI variable {name!r}", hint=hint)
            try:
                Payload.plain(declared.get(name, {})).build(value, closed=True)
            except Mismatch as error:
                raise UriVariableError(f"the URI variable {name!r}: {error}") from None

    # The same by name, for those who have no class.

    async def read(self, name: str, /, **variables: Any) -> Any:
        """The value of a property; keyword arguments are URI variables."""
        reply = await self.request(Interaction(READ, name, variables=variables or NONE))
        content = reply.content if is_whole(reply.content) else await whole(reply.content)
        return self._expected(READ, self.payload("properties", name), content, name)

    def open(
        self, name: str, /, **variables: Any
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """`async with thing.open("video") as chunks`: a property in parts, for what is too large to be held."""
        return opened(self, Interaction(READ, name, variables=variables or NONE))

    async def write(self, name: str, value: Any, /, **variables: Any) -> None:
        """Set a property; returns when the Thing has accepted it.

        What is bytes may also be given in chunks: an iterator, a path or an open file.
        """
        content = self._outgoing(WRITE, name, "", value)
        interaction = Interaction(WRITE, name, content, variables or NONE, id=sent_id.get())
        await (self.request(interaction) if is_whole(content) else given(self, interaction))

    async def invoke(self, name: str, input: Any = _NOTHING, /, **variables: Any) -> Any:
        """Invoke an action with an input value, if it has one; returns its output, when it has ended."""
        interaction = self._invoking(name, input, variables)
        is_plain = is_whole(interaction.payload)
        reply = await (self.request(interaction) if is_plain else given(self, interaction))
        if reply.invocation:
            reply = await finished(self, name, reply)
        content = reply.content if is_whole(reply.content) else await whole(reply.content)
        return self._output(name, content)

    async def start(self, name: str, input: Any = _NOTHING, /, **variables: Any) -> Invocation[Any]:
        """Invoke an action without waiting for its end."""
        interaction = self._invoking(name, input, variables)
        self.filled(
            self.ways(INVOKE, name)[0], interaction
        )  # what is wrong with it is known at once
        return await start(self, interaction, lambda content: self._output(name, content))

    def address_of(self, invocation: Invocation[Any]) -> str:
        """Where the other side tells of an invocation, such as its URL; "" where it does not."""
        return self._references.reference(invocation.id)

    def invocation(self, name: str, address: str, /) -> Invocation[Any]:
        """The invocation of an action that the other side tells of at this address, whoever began it."""
        way = self.ways(INVOKE, name)[0]
        id = self._references.known(way.client, way.form, name, address)
        return Invocation.known(self, name, id, partial(self._output, name))

    async def invocations(self) -> dict[str, list[InvocationStatus[Any]]]:
        """The invocations that are known, by action, the newest first; where the Thing has no list, those of here."""
        return await all_of(self)

    def _invoking(self, name: str, input: Any, variables: Mapping[str, Any]) -> Interaction:
        content = None if input is _NOTHING else self._outgoing(INVOKE, name, "input", input)
        wanted = self.payload("actions", name, "input")
        if content is None and wanted and wanted.schema.get("type") == "object":
            content = self._outgoing(INVOKE, name, "input", {})
        return Interaction(INVOKE, name, content, variables or NONE, id=sent_id.get())

    def _output(self, name: str, content: Content | None) -> Any:
        payload = self.payload("actions", name, "output")
        if payload is None and content is None:
            return None
        return self._expected(INVOKE, payload, content, name)

    def _expected(self, op: Op, payload: Payload | None, content: Content | None, name: str) -> Any:
        """The value that came back, as the form's response or one of its additional ones has it."""
        try:
            return incoming(payload or _ANY, content, name)
        except InvalidOutput:
            definitions: Json = self.description.json.get("schemaDefinitions", {})
            for schema in additional(self._ways.get((op, name), ()), definitions, content):
                with contextlib.suppress(InvalidOutput):
                    return incoming(Payload.plain(schema), content, name)
            raise

    def observe(
        self, name: str, /, **variables: Any
    ) -> AbstractAsyncContextManager[Subscription[Any]]:
        """`async with thing.observe("level") as values`: every value from here on."""
        return self._follow(OBSERVE, name, self.payload("properties", name) or _ANY, variables)

    def subscribe(
        self, name: str, /, **variables: Any
    ) -> AbstractAsyncContextManager[Subscription[Any]]:
        """`async with thing.subscribe("overheated") as events`: the data of every event from here on."""
        return self._follow(SUBSCRIBE, name, self.payload("events", name, "data"), variables)

    # All at once: by forms of the whole Thing where it has them, or else one by one.

    async def read_all(self, **variables: Any) -> dict[str, Any]:
        """All readable properties by name; PartialFailure has the values where some cannot be read."""
        return await self._together.read(Op.READ_ALL_PROPERTIES, (), variables)

    async def read_multiple(self, names: Iterable[str], /, **variables: Any) -> dict[str, Any]:
        """These properties by name; keyword arguments are URI variables of the Thing."""
        return await self._together.read(Op.READ_MULTIPLE_PROPERTIES, named(names), variables)

    async def write_all(self, values: Mapping[str, Any], /) -> None:
        """Set every writable property, all checked before any is set; PartialFailure tells which were."""
        await self._together.write(Op.WRITE_ALL_PROPERTIES, values)

    async def write_multiple(self, values: Mapping[str, Any], /) -> None:
        """Set these properties in their order, all checked before any is set; PartialFailure tells which were."""
        await self._together.write(Op.WRITE_MULTIPLE_PROPERTIES, values)

    def observe_all(self) -> Pairs:
        """`async with thing.observe_all() as values`: pairs of name and value, first as they are, then every change."""
        return self._together.follow(Op.OBSERVE_ALL_PROPERTIES)

    def subscribe_all(self) -> Pairs:
        """`async with thing.subscribe_all() as events`: pairs of name and data of every event from here on."""
        return self._together.follow(Op.SUBSCRIBE_ALL_EVENTS)

    def _follow(
        self, op: Op, name: str, payload: Payload | None, variables: Mapping[str, Any]
    ) -> AbstractAsyncContextManager[Subscription[Any]]:
        interaction = Interaction(op, name, variables=variables or NONE)
        return subscribed(
            self, interaction, lambda found: self.received(payload, found.content, name)
        )

    def payload(self, kind: str, name: str, part: str = "") -> Payload | None:
        """What judges a property, or a part of an action or an event; None where nothing is declared."""
        key = (kind, name, part)
        if key not in self._payloads:
            json: Any = self.description.affordance(kind, name) or {}
            schema: Json | None = json.get(part) if part else json
            self._payloads[key] = None if schema is None else Payload.plain(schema)
        return self._payloads[key]

    @staticmethod
    def received(payload: Payload | None, content: Content, name: str) -> Any:
        """What a notification brought; InvalidOutput where it is not what was declared."""
        if payload is None and content.body in (b"", b"null"):
            return None
        return incoming(payload or _ANY, content, name)

    def _outgoing(self, op: Op, name: str, part: str, value: Any) -> Content | None:
        ways = self.ways(op, name)
        payload = self.payload(KIND[op], name, part) or _ANY
        return outgoing(lambda: payload.dump(value, ways[0].form.content_type), name)


_ANY = Payload.plain({})
