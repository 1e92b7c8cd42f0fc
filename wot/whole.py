"""Operations on all properties, or all events, of a Thing of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from wot.affordances import Declared, Event, Property
from wot.checks import typed
from wot.content import Content, Malformed
from wot.each import (
    Leading,
    as_json,
    chosen,
    each,
    note_unread,
    prepared,
    read_reply,
    standing,
    values_of,
    write_in_turn,
)
from wot.errors import EventsLost, InteractionError, InvalidInput, NotAllowed, UnknownAffordance
from wot.filtered import Filtered
from wot.forms import apart, offered
from wot.interaction import Interaction, Notification, Reply, Stream
from wot.log import Log
from wot.payload import Mismatch
from wot.td import EACH, KIND, Json, Op

if TYPE_CHECKING:
    from wot.exposed import ExposedThing

_MANY = {Op.READ_MULTIPLE_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES}
_Wanted = Callable[[Content], bool]


async def requested(exposed: ExposedThing, interaction: Interaction) -> Reply:
    """Read or write all properties, or several."""
    op = interaction.op
    typed(interaction.variables, {})  # there are none
    found = _parts(exposed, op)
    if not found:
        raise NotAllowed(f"{op} is not offered by {exposed.title}")
    if EACH[op] is Op.WRITE_PROPERTY:
        return await _write(exposed, interaction, found)
    if op in _MANY:
        chosen(exposed.title, interaction.names, exposed.template.properties, found)
        found = {name: found[name] for name in interaction.names}

    async def read(name: str) -> msgspec.Raw:
        reply = await exposed.request(Interaction(Op.READ_PROPERTY, name))
        assert reply.content is not None
        return msgspec.Raw(as_json(reply.content, _schema(found[name])).body)

    return read_reply(*await each(found, read))


async def _write(
    exposed: ExposedThing, interaction: Interaction, found: Mapping[str, Property[Any]]
) -> Reply:
    """Everything is checked before anything is written."""
    values = values_of(exposed.title, interaction.payload)

    def check(name: str, content: Content) -> Any:
        declared = exposed.template.properties.get(name)
        if declared is None:
            raise UnknownAffordance("there is no such property")
        if name not in found:
            raise NotAllowed(_reason(exposed, declared))
        try:
            return declared.payload.load(content, closed=True)
        except (Mismatch, Malformed) as error:
            raise InvalidInput(str(error)) from None

    needed = () if interaction.op in _MANY else found
    loaded = prepared(exposed.title, values, check, needed)

    async def write(name: str) -> None:
        try:
            await exposed.put(found[name], loaded[name])
        except InteractionError:
            raise
        except Exception as error:
            raise exposed.failed(Interaction(Op.WRITE_PROPERTY, name), error) from error

    return await write_in_turn(values, write)


async def streamed(exposed: ExposedThing, interaction: Interaction) -> Stream:
    """Observe all properties, or subscribe to all events."""
    typed(interaction.variables, {})
    found = _parts(exposed, interaction.op)
    if not found:
        raise NotAllowed(f"{interaction.op} is not offered by {exposed.title}")
    log = _merged(exposed, KIND[EACH[interaction.op]], found)
    if interaction.op is Op.SUBSCRIBE_ALL_EVENTS:
        return await _subscribed(exposed, log, interaction.after, found)
    return await _observed(exposed, log, interaction.after, found)


def _merged(exposed: ExposedThing, kind: str, found: Mapping[str, Declared]) -> Log:
    """The log of all that happens, in the order of the Thing; it is kept from the first time somebody asks for it."""
    log = exposed.log(kind, "")
    for name, declared in found.items():
        own = exposed.log(kind, name)
        if own.into is None:
            own.into = partial(_emit, log, name, _schema(declared))
    return log


def _emit(log: Log, name: str, schema: Json, content: Content, at: float) -> None:
    log.emit(as_json(content, schema), name, at)


async def _observed(
    exposed: ExposedThing, log: Log, after: str, found: Mapping[str, Property[Any]]
) -> Stream:
    """Every value as it is, and then every change; only the changes where it goes on behind one."""
    try:
        changes = log.subscribe(after)
    except EventsLost as lost:
        # All values as they are make good for changes that nobody knows any more.
        raise EventsLost(str(lost)) from None
    if after:
        return _Changes(changes)

    async def read(name: str) -> Notification:
        reply = await exposed.request(Interaction(Op.READ_PROPERTY, name))
        assert reply.content is not None
        content = as_json(reply.content, _schema(found[name]))
        return Notification(content, changes.position, None, name)

    try:
        values, errors = await each([n for n, p in found.items() if exposed.is_known(p)], read)
    except BaseException:
        await changes.aclose()
        raise
    note_unread(exposed.title, errors)
    return Leading(values.values(), _Changes(changes))


async def _subscribed(
    exposed: ExposedThing, log: Log, after: str, found: Mapping[str, Event[Any]]
) -> Stream:
    """Every event; those whose handler refuses have no part, and their filters hold."""
    events = log.subscribe(after)

    async def ask(name: str) -> _Wanted | None:
        return await exposed.asked(found[name], {})

    try:
        wanted, errors = await each(found, ask)
        standing(wanted, errors)
    except BaseException:
        await events.aclose()
        raise
    if not errors and not any(wanted.values()):
        return events

    def passes(notification: Notification) -> bool:
        if notification.name not in wanted:
            return False
        is_wanted = wanted[notification.name]
        return is_wanted is None or is_wanted(notification.content)

    return Filtered(events, passes)


class _Changes(Leading):
    """The changes of all properties; behind a gap, it goes on with all values as they are."""

    def __init__(self, stream: Stream) -> None:
        super().__init__((), stream)

    async def __anext__(self) -> Notification:
        try:
            return await super().__anext__()
        except EventsLost as lost:
            raise EventsLost(str(lost)) from None


def _parts(exposed: ExposedThing, op: Op) -> dict[str, Any]:
    """What has a part in an operation, by name; here it is known which URI variables may be left out."""
    single = EACH[op]
    kind = KIND[single]
    declared: Mapping[str, Declared] = getattr(exposed.template, kind)
    return {
        name: member
        for name, member in declared.items()
        if single in offered(exposed.td, kind, name) and not _apart(member, single)
    }


def _apart(declared: Any, single: Op) -> str:
    takes = single is Op.WRITE_PROPERTY
    variables = declared.written if takes else declared.variables
    needed = [name for name, payload in variables.items() if not payload.optional]
    return apart(declared.json, needed, takes=takes)


def _reason(exposed: ExposedThing, declared: Property[Any]) -> str:
    if Op.WRITE_PROPERTY not in offered(exposed.td, "properties", declared.name):
        return "it can only be read"
    return _apart(declared, Op.WRITE_PROPERTY)


def _schema(declared: Declared) -> Json:
    json = declared.json or {}
    return json if isinstance(declared, Property) else json.get("data", {})
