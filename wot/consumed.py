"""A Thing somewhere else as an Interactable: chooses the form, follows it, and survives lost connections."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import quote

from wot.binding import Client
from wot.choosing import Way, additional, fitting, ordered
from wot.content import Content, is_whole
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
from wot.forms import expand, forms_for, is_template, scheme_of, usable
from wot.handles import (
    Subscription,
    given,
    incoming,
    opened,
    outgoing,
    subscribed,
    whole,
)
from wot.interaction import DONE, NONE, Interaction, Notification, Reply, Stream
from wot.media import forms_of
from wot.payload import Mismatch, Payload
from wot.td import KIND, KINDS, Form, Json, Op, ThingDescription, standard_context
from wot.templates import needed_in, variables_in

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE, DESCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT, Op.DESCRIBE
PATIENCE = 300.0  # seconds for which a lost subscription is tried again
_NOTHING: Any = object()
_Find = Callable[[Op, str], list[Form]]  # the forms that can be used


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
        self._client_for = client_for
        self._patience = patience
        self._ways: dict[tuple[Op, str], tuple[Way, ...]] = {}
        self._payloads: dict[tuple[str, str, str], Payload | None] = {}
        self._td: ThingDescription | None = None

    def __repr__(self) -> str:
        return f"<ConsumedThing {self.description.title!r} {self.description.id or self._base}>"

    @property
    def td(self) -> ThingDescription:
        """What can be used from here: only affordances and operations that have a usable form."""
        if self._td is None:
            self._td = ThingDescription(_reachable(self.description, self._usable))
        return self._td

    async def request(self, interaction: Interaction, /) -> Reply:
        """Perform an interaction along the first form whose other end can be reached."""
        op, name = interaction.op, interaction.name
        if op is DESCRIBE:
            return DONE
        ways = self._ways.get((op, name)) or self._find(op, name)
        if ways[1:]:
            ways = fitting(ways, interaction)
        for way in ways[:-1]:
            try:
                return await way.client.request(self._filled(way, interaction), interaction)
            except ConnectError:
                continue
        way = ways[-1]
        return await way.client.request(self._filled(way, interaction), interaction)

    async def stream(self, interaction: Interaction, /) -> Stream:
        """Follow a property or an event, through reconnections."""
        stream = await self._opened(interaction)
        followed = Followed(self._opened, interaction, stream, self._patience)
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
            reply = await self.request(
                Interaction(READ, interaction.name, variables=interaction.variables)
            )
        except WoTError:
            return None  # the observation stands; a value will come with the next change
        return None if reply.content is None else Notification(reply.content)

    async def _opened(self, interaction: Interaction) -> Stream:
        """One subscription along the first form whose other end can be reached."""
        ways = self._ways.get((interaction.op, interaction.name)) or self._find(
            interaction.op, interaction.name
        )
        for way in ways[:-1]:
            try:
                return await way.client.stream(self._filled(way, interaction), interaction)
            except ConnectError:
                continue
        return await ways[-1].client.stream(self._filled(ways[-1], interaction), interaction)

    def _find(self, op: Op, name: str) -> tuple[Way, ...]:
        forms = usable(forms_for(self.description, op, name, self._base), op)
        if not forms:
            raise self._refusal(op, name)
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
                found.append(Way(form, client, is_template(form.href)))
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
            return [way.form for way in self._ways.get((op, name)) or self._find(op, name)]
        except WoTError:
            return []

    def _filled(self, way: Way, interaction: Interaction) -> Form:
        """The form with its URI variables in place."""
        values = interaction.variables
        if not way.template and not values:
            return way.form
        declared = self._variables(interaction)
        named = variables_in(way.form.href)
        self._check_variables(interaction, declared, {*declared, *named})
        for name in needed_in(way.form.href):
            if name not in values:
                if "default" not in declared.get(name, {}):
                    raise UriVariableError(f"the URI variable {name!r} is missing")
                values = {**values, name: declared[name]["default"]}
        # Declared, but without a place in the template: many mean the query.
        rest = ",".join(quote(name, safe="") for name in values if name not in named)
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

    def _variables(self, interaction: Interaction) -> Json:
        """URI variables of the affordance, over those of the Thing (TD 1.1 section 5.3.1.1)."""
        kind = KIND.get(interaction.op, "")
        own: Json = (
            self.description.json.get(kind, {}).get(interaction.name, {}).get("uriVariables", {})
        )
        return {**self.description.json.get("uriVariables", {}), **own}

    # The same by name, for those who have no class.

    async def read(self, name: str, /, **variables: Any) -> Any:
        """The value of a property; keyword arguments are URI variables."""
        reply = await self.request(Interaction(READ, name, variables=variables or NONE))
        content = reply.content if is_whole(reply.content) else await whole(reply.content)
        return self._received(READ, self._payload("properties", name), content, name)

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
        interaction = Interaction(WRITE, name, content, variables or NONE)
        await (self.request(interaction) if is_whole(content) else given(self, interaction))

    async def invoke(self, name: str, input: Any = _NOTHING, /, **variables: Any) -> Any:
        """Invoke an action with an input value, if it has one; returns its output."""
        content = None if input is _NOTHING else self._outgoing(INVOKE, name, "input", input)
        if content is None and _needs_input(self._payload("actions", name, "input")):
            content = self._outgoing(INVOKE, name, "input", {})
        interaction = Interaction(INVOKE, name, content, variables or NONE)
        reply = await (self.request(interaction) if is_whole(content) else given(self, interaction))
        answer = reply.content if is_whole(reply.content) else await whole(reply.content)
        payload = self._payload("actions", name, "output")
        if payload is None and answer is None:
            return None
        return self._received(INVOKE, payload, answer, name)

    def _received(self, op: Op, payload: Payload | None, content: Content | None, name: str) -> Any:
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
        return self._follow(OBSERVE, name, self._payload("properties", name) or _ANY, variables)

    def subscribe(
        self, name: str, /, **variables: Any
    ) -> AbstractAsyncContextManager[Subscription[Any]]:
        """`async with thing.subscribe("overheated") as events`: the data of every event from here on."""
        return self._follow(SUBSCRIBE, name, self._payload("events", name, "data"), variables)

    def _follow(
        self, op: Op, name: str, payload: Payload | None, variables: Mapping[str, Any]
    ) -> AbstractAsyncContextManager[Subscription[Any]]:
        interaction = Interaction(op, name, variables=variables or NONE)
        return subscribed(self, interaction, lambda content: _event_data(payload, content, name))

    def _payload(self, kind: str, name: str, part: str = "") -> Payload | None:
        key = (kind, name, part)
        if key not in self._payloads:
            json: Any = self.description.affordance(kind, name) or {}
            schema: Json | None = json.get(part) if part else json
            self._payloads[key] = None if schema is None else Payload.plain(schema)
        return self._payloads[key]

    def _outgoing(self, op: Op, name: str, part: str, value: Any) -> Content | None:
        ways = self._ways.get((op, name)) or self._find(op, name)
        payload = self._payload(KIND[op], name, part) or _ANY
        return outgoing(lambda: payload.dump(value, ways[0].form.content_type), name)


_ANY = Payload.plain({})


def _needs_input(payload: Payload | None) -> bool:
    """Whether an action wants an object although nobody gave one."""
    return payload is not None and payload.schema.get("type") == "object"


def _event_data(payload: Payload | None, content: Content, name: str) -> Any:
    if payload is None and content.body in (b"", b"null"):
        return None
    return incoming(payload or _ANY, content, name)


def _reachable(description: ThingDescription, find: _Find) -> Json:
    """The TD without forms, base and security, reduced to what has a usable form."""
    dropped = ("forms", "base", "security", "securityDefinitions", "profile", *KINDS)
    json: Json = {name: value for name, value in description.json.items() if name not in dropped}
    json["@context"] = standard_context(json.get("@context"))
    if not scheme_of(description.id):
        # No URI, or none at all: nobody else could tell this Thing from others.
        json.pop("id", None)
    kinds = {
        "properties": {
            n: _property(n, p, find) for n, p in description.json.get("properties", {}).items()
        },
        "actions": {
            n: _plain(a, INVOKE, n, find) for n, a in description.json.get("actions", {}).items()
        },
        "events": {
            n: _plain(e, SUBSCRIBE, n, find) for n, e in description.json.get("events", {}).items()
        },
    }
    for kind, found in kinds.items():
        kept = {n: a for n, a in found.items() if a is not None and n not in ("", ".", "..")}
        if kept:
            json[kind] = kept
    return json


def _property(name: str, json: Json, find: _Find) -> Json | None:
    reads, writes = find(READ, name), find(WRITE, name)
    if not reads and not writes:
        return None
    changed = {
        "readOnly": not writes,
        "writeOnly": not reads,
        "observable": bool(reads and find(OBSERVE, name)),
    }
    bare = {term: value for term, value in json.items() if term not in (*changed, "forms")}
    flags = {term: True for term, value in changed.items() if value}
    return {**bare, **flags, **_media_types(reads or writes)}


def _plain(json: Json, op: Op, name: str, find: _Find) -> Json | None:
    forms = find(op, name)
    if not forms:
        return None
    bare = {term: value for term, value in json.items() if term != "forms"}
    return {**bare, **_media_types(forms)}


def _media_types(forms: Iterable[Form]) -> Json:
    """Forms without href that keep the media types."""
    return forms_of(dict.fromkeys((form.content_type, form.response_type) for form in forms))
