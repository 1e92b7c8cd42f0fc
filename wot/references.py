"""Invocations of a Thing elsewhere: the ids they have here, and where to ask about them.

A gateway hands on these ids only, so that it neither tells where a device is nor asks wherever somebody likes.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import OrderedDict
from typing import NamedTuple

import msgspec

from wot.binding import Client
from wot.content import Content
from wot.errors import NotFound, WoTError
from wot.interaction import DONE, ActionStatus, Interaction, Reply
from wot.started import LARGEST, statuses
from wot.td import Form, Op

KEPT = 1024  # invocations; the one that was asked about longest ago is forgotten
_ASKED_ABOUT = 64  # at once, where the other side does not list them


class _Place(NamedTuple):
    """Where to ask about an invocation."""

    client: Client
    form: Form
    name: str
    reference: str  # the other side's
    status: ActionStatus | None = None  # of what had ended before it was answered


class References:
    """Of one consumed Thing."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._ids: dict[tuple[str, str], str] = {}  # (name, reference) → id

    def __len__(self) -> int:
        return len(self._places)

    def started(self, client: Client, form: Form, name: str, reply: Reply) -> Reply:
        """The answer to who invoked, with an id of ours."""
        status = ActionStatus.read(reply.content) or ActionStatus("pending")
        return self._named(_Place(client, form, name, reply.invocation), status)

    def ended(self, client: Client, form: Form, name: str, reply: Reply) -> Reply:
        """The same for an action whose end was waited for, although its TD says that it would not be."""
        output = msgspec.Raw(reply.content.body) if reply.content else msgspec.UNSET
        status = ActionStatus("completed", output=output)
        return self._named(_Place(client, form, name, "", status), status)

    def known(self, client: Client, form: Form, name: str, reference: str) -> str:
        """The id of ours for what is known by a reference of the other side."""
        return self._id_of(_Place(client, form, name, reference))

    def reference(self, id: str) -> str:
        """The other side's reference for an id of ours; "" where it has none."""
        place = self._places.get(id)
        return place.reference if place else ""

    def _named(self, place: _Place, status: ActionStatus) -> Reply:
        id = self._id_of(place)
        status.href = id
        return Reply(status.content(), id)

    def _id_of(self, place: _Place) -> str:
        key = place.name, place.reference
        id = self._ids.get(key, "") if place.reference else ""
        if not id:
            id = str(uuid.uuid4())
            while len(self._places) >= self._kept:
                self._forget(next(iter(self._places)))
            self._places[id] = place
            if place.reference:
                self._ids[key] = id
        return id

    def _forget(self, id: str) -> None:
        place = self._places.pop(id, None)
        if place is not None:
            self._ids.pop((place.name, place.reference), None)

    async def request(self, interaction: Interaction) -> Reply:
        """Ask about an invocation or about all, or cancel one; NotFound where the id is none of ours."""
        if interaction.op is Op.QUERY_ALL_ACTIONS:
            return await self._all()
        id = interaction.invocation
        place = self._places.get(id)
        if place is None or place.name != interaction.name:
            raise NotFound(
                f"{interaction.name!r} has no invocation {id[:80]!r}",
                hint="it was cancelled, or it ended some time ago and is forgotten",
            )
        self._places.move_to_end(id)
        cancels = interaction.op is Op.CANCEL_ACTION
        if place.status is not None:
            if cancels:
                self._forget(id)
            return DONE if cancels else Reply(place.status.content())
        try:
            reply = await place.client.request(
                place.form, msgspec.structs.replace(interaction, invocation=place.reference)
            )
        except NotFound:
            self._forget(id)
            raise
        if cancels:
            self._forget(id)
            return DONE
        return Reply(_renamed(reply.content and await reply.content.whole(LARGEST), id))

    def listed(self, client: Client, form: Form, content: Content | None) -> Reply:
        """The other side's list of all invocations, with ids of ours."""
        found = statuses(content)
        for name, several in found.items():
            for status in several[: self._kept]:
                if status.href:
                    status.href = self._id_of(_Place(client, form, name, status.href))
        return Reply(Content(msgspec.json.encode(found)))

    async def _all(self) -> Reply:
        """What is known here, where the other side has no list."""
        newest = list(reversed(self._places.items()))[:_ASKED_ABOUT]
        answers = await asyncio.gather(*(self._status(id, place.name) for id, place in newest))
        found: dict[str, list[ActionStatus]] = {}
        for (_id, place), status in zip(newest, answers, strict=True):
            if status is not None:
                found.setdefault(place.name, []).append(status)
        for several in found.values():
            several.sort(key=lambda status: status.time_requested, reverse=True)
        return Reply(Content(msgspec.json.encode(found)))

    async def _status(self, id: str, name: str) -> ActionStatus | None:
        try:
            reply = await self.request(Interaction(Op.QUERY_ACTION, name, invocation=id))
        except WoTError:
            return None
        return ActionStatus.read(reply.content)


def _renamed(content: Content | None, id: str) -> Content | None:
    status = ActionStatus.read(content)
    if status is None:
        return content
    status.href = id
    return status.content()
