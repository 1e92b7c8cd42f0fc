"""Operations on several affordances at once, made of those on each of them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from wot.content import JSON, Content, Malformed, codec, essence, members
from wot.errors import (
    Conflict,
    HandlerError,
    InteractionError,
    InvalidInput,
    PartialFailure,
    Unavailable,
    UnknownAffordance,
    UnsupportedContent,
    WoTError,
    listed,
)
from wot.interaction import DONE, Notification, OpenStream, Reply, Stream
from wot.td import Json

_log = logging.getLogger("wot")
T = TypeVar("T")
AT_ONCE = 16  # requests under way for one operation
_SHOWN = 20  # faults told in one text


async def each(
    names: Iterable[str], do: Callable[[str], Awaitable[T]]
) -> tuple[dict[str, T], dict[str, WoTError]]:
    """What `do` gives for every name, in their order, some of them at the same time; and what failed."""
    found: dict[str, T] = {}
    errors: dict[str, WoTError] = {}
    asked = list(names)
    waiting = iter(asked)

    async def work() -> None:
        for name in waiting:
            try:
                found[name] = await do(name)
            except WoTError as error:
                errors[name] = error

    if len(asked) == 1:
        await work()
        return found, errors
    async with asyncio.TaskGroup() as group:
        for _ in range(min(AT_ONCE, len(asked))):
            group.create_task(work())
    return {n: found[n] for n in asked if n in found}, {n: errors[n] for n in asked if n in errors}


def note_unread(title: str, errors: Mapping[str, WoTError]) -> None:
    """Say of an observation what it begins without: that comes with its next change."""
    for name, error in errors.items():
        _log.warning("%s: an observation begins without the value of %r: %s", title, name, error)


def as_json(content: Content, schema: Json) -> Content:
    """The same value as JSON; text stands for a number or a boolean where its schema wants one."""
    if content.type == JSON:
        return content
    json = codec(JSON)
    value = codec(content.type).decode(content.body)
    if (
        isinstance(value, str)
        and essence(content.type).startswith("text/")
        and schema.get("type") in ("integer", "number", "boolean", "null")
    ):
        with suppress(Malformed):  # a text that is none of these is found out by whoever gets it
            value = json.decode(value.encode())
    return Content(json.encode(value))


def values_of(title: str, payload: Content | None) -> dict[str, msgspec.Raw]:
    """The values that are to be written, by name."""
    if payload is None:
        raise InvalidInput(f"{title}: an object of values is needed and none was sent")
    if codec(payload.type) is not codec(JSON):
        raise UnsupportedContent(
            f"{title}: {payload.type[:80]} is not taken here", hint=f"send Content-Type: {JSON}"
        )
    try:
        return members(payload)
    except Malformed as error:
        raise InvalidInput(f"{title}: {error}") from None


def read_reply(values: Mapping[str, msgspec.Raw], errors: Mapping[str, WoTError]) -> Reply:
    """The values that were read as one object; PartialFailure where some could not be."""
    if not errors:
        return Reply(Content(msgspec.json.encode(values)))
    reasons = _worded({name: str(error) for name, error in errors.items()})
    raise PartialFailure(
        f"{len(errors)} of {len(values) + len(errors)} properties could not be read: {reasons}",
        values=plain(values),
        errors=errors,
    )


def plain(values: Mapping[str, msgspec.Raw]) -> dict[str, Any]:
    """JSON texts as values."""
    return {name: msgspec.json.decode(bytes(value)) for name, value in values.items()}


async def write_in_turn(
    values: Mapping[str, msgspec.Raw], write: Callable[[str], Awaitable[object]]
) -> Reply:
    """Write one after the other; the first that fails is the last that is tried, and PartialFailure tells of all."""
    names = list(values)
    for number, name in enumerate(names):
        try:
            await write(name)
        except WoTError as error:
            rest = names[number + 1 :]
            reason = f"not written because writing {name!r} failed"
            raise PartialFailure(
                f"{number} of {len(names)} properties were written, then {name!r} failed: {error}",
                values=plain({done: values[done] for done in names[:number]}),
                errors={name: error, **{other: Conflict(reason) for other in rest}},
            ) from error
    return DONE


def prepared(
    title: str,
    values: Mapping[str, msgspec.Raw],
    check: Callable[[str, Content], T],
    needed: Collection[str] = (),
) -> dict[str, T]:
    """What `check` makes of each value before any is written; one InvalidInput tells all that is wrong."""
    found: dict[str, T] = {}
    faults = {name: "it is missing, and all are to be written" for name in needed}
    faults = {name: reason for name, reason in faults.items() if name not in values}
    for name, value in values.items():
        try:
            found[name] = check(name, Content(bytes(value)))
        except InteractionError as error:
            faults[name] = str(error).removeprefix(f"{name}: ")
    if faults:
        raise InvalidInput(
            f"{title}: nothing was written: {_worded(faults)}",
            hint="send an object with a value for each property that is to be written",
        )
    if not values:
        raise InvalidInput(
            f"{title}: no property is named", hint="send an object with the values by name"
        )
    return found


def chosen(title: str, names: Iterable[str], known: Iterable[str], parts: Iterable[str]) -> None:
    """Refuse to read together what cannot be: UnknownAffordance or InvalidInput, naming all of it."""
    wanted, all_, readable = dict.fromkeys(names), set(known), list(parts)
    hint = f"there are: {listed(readable)}"
    if not wanted:
        raise InvalidInput(f"{title}: no property is named", hint=hint)
    if unknown := [name for name in wanted if name not in all_]:
        raise UnknownAffordance(f"{title} has no {_named(unknown)} among its properties", hint=hint)
    if apart := [name for name in wanted if name not in readable]:
        raise InvalidInput(
            f"{title}: {_named(apart)} cannot be read together with others", hint=hint
        )


def standing(found: Mapping[str, T], errors: Mapping[str, WoTError]) -> None:
    """Raise where the streams that were opened are not all that they should be.

    One that is refused has no part; a failure is another thing, and nothing at all is none either.
    """
    for error in errors.values():
        refused = isinstance(error, InteractionError)
        if not refused or isinstance(error, (HandlerError, Unavailable)) or not found:
            raise error


def _named(names: Iterable[str]) -> str:
    shown = [repr(name[:80]) for name in names]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _worded(reasons: Mapping[str, str]) -> str:
    shown = [f"{name[:80]}: {reason}" for name, reason in list(reasons.items())[:_SHOWN]]
    more = f" (and {len(reasons) - _SHOWN} more)" if len(reasons) > _SHOWN else ""
    return "; ".join(shown) + more


class Leading(OpenStream):
    """Some notifications, and then those of a stream."""

    current_first = True

    def __init__(self, first: Iterable[Notification], stream: Stream) -> None:
        self._first, self._stream = deque(first), stream
        self._closed = False

    @property
    def position(self) -> str:  # type: ignore[override]
        """Where the stream stands."""
        position: str = getattr(self._stream, "position", "")
        return position

    async def __anext__(self) -> Notification:
        if self._closed:
            raise StopAsyncIteration
        if self._first:
            return self._first.popleft()
        return await anext(self._stream)

    async def aclose(self) -> None:
        self._closed = True
        await self._stream.aclose()
