"""A Thing of this process as an Interactable: checks what comes in, runs the handler, checks what goes out."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from wot.affordances import ABSENT, Event, Property, Stored
from wot.behind import Behind
from wot.checks import (
    arguments,
    checked,
    gathered,
    output,
    refusal,
    restored,
    sent,
    typed,
    written,
)
from wot.content import JSON, Content
from wot.deadline import OwnTimeout, rest
from wot.errors import (
    DefinitionError,
    HandlerError,
    InteractionError,
    InvalidInput,
    NotAllowed,
    Unavailable,
)
from wot.filtered import Filtered, chosen_by
from wot.interaction import DONE, NONE, Interaction, Notification, Reply, Stream
from wot.log import Log
from wot.media import chosen
from wot.passing import paced, taken
from wot.repeats import REPEATABLE
from wot.state import Kept, default_id, slug
from wot.td import EACH, STREAMS, Op, ThingDescription
from wot.template import Handler, Template
from wot.threads import Threads
from wot.whole import requested, streamed

_log = logging.getLogger("wot")
READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE, DESCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT, Op.DESCRIBE
_EMPTY = Content(b"null")
# Which properties (of which Thing) a write has told the observers of, wherever its handler runs.
_told: ContextVar[set[tuple[int, str]]] = ContextVar("wot_told")


class ExposedThing:
    """An instance of a Thing class, ready to take interactions."""

    __slots__ = (
        *("_behind", "_kept", "_logs", "_storing", "_td", "_threads"),
        *("id", "running", "template", "thing", "title", "values"),
    )

    def __init__(self, template: Template, thing: object, id: str = "", title: str = "") -> None:
        self.template, self.thing = template, thing
        self.id = id or template.id
        self.title = title or template.title
        self.values: dict[str, Any] = {}
        self.running: Any = None  # for whoever starts and stops it
        self._logs: dict[tuple[str, str], Log] = {}
        self._td: ThingDescription | None = None
        self._threads: Threads | None = None
        self._kept: Kept | None = None
        self._storing = threading.Lock()
        self._behind: Behind | None = None

    @property
    def td(self) -> ThingDescription:
        """What this Thing offers, without forms."""
        td = self._td
        if td is None or td.id != self.id:
            json = self.template.json
            names = {"@context": json["@context"], "id": self.id, "title": self.title}
            td = self._td = ThingDescription({**names, **json, **names})
        return td

    def identify(self, path: str) -> None:
        """Take an id that stays the same after every restart, if there is none yet.

        Where values are kept under it, the path has no part in it: they may be used before there is one.
        """
        kept = any(isinstance(p, Stored) and p.persist for p in self.template.properties.values())
        where = slug(self.title) if kept or not path else path
        self.id = self.id or default_id(type(self.thing), where)

    async def request(self, interaction: Interaction, /) -> Reply:
        """Read, write or invoke, and whatever else has one answer."""
        op, name = interaction.op, interaction.name
        template = self.template
        payload = interaction.payload
        try:
            if interaction.id and op in REPEATABLE:
                return await self.behind.repeats.answer(interaction, self.request)
            if payload is not None and payload.chunks is not None:
                interaction = await gathered(interaction, template)
            if op is READ:
                declared = template.properties[name]
                given = typed(interaction.variables, declared.variables)
                if (handler := template.readers.get(name)) is None:
                    return Reply(self._read_stored(declared, interaction.accept))
                value = await self._call(handler, template.timeout, (), given)
                accept, kind = interaction.accept, declared.media_type
                kind = chosen(accept, declared.media_types, name) if accept else kind
                content = checked(declared.payload, value, kind, name)
                if content.chunks is None:
                    return Reply(content)
                return self._paced(interaction, content, template.timeout)
            if op is WRITE:
                declared = template.properties[name]
                value, given = self._taken(interaction, declared)
                return await self.put(declared, value, given)
            if op is INVOKE:
                action = template.actions[name]
                args, given = arguments(interaction, action)
                if action.lasting:
                    return self.behind.start(interaction, args, given)
                timeout = action.timeout if action.own_timeout else template.timeout
                call = functools.partial(taken, self._call) if action.takes else self._call
                value = await call(template.invoked[name], timeout, args, given)
                reply = output(action, value, name, interaction.accept)
                if (answer := reply.content) is None or answer.chunks is None:
                    return reply
                return self._paced(interaction, answer, timeout)
            if op is DESCRIBE:
                return DONE
            if op in EACH and op not in STREAMS:
                return await requested(self, interaction)
            if self.behind.offers(op, name):
                return await self.behind.invocations.answer(interaction)
            raise refusal(interaction, self.td)
        except KeyError as error:
            raise refusal(interaction, self.td) from error
        except InteractionError:
            raise
        except Exception as error:
            raise self.failed(interaction, error) from error

    def failed(self, interaction: Interaction, error: Exception) -> InteractionError:
        """What the caller learns of a handler that raised something, or took too long."""
        op, name = interaction.op, interaction.name
        if isinstance(error, InteractionError):
            return error
        if isinstance(error, TimeoutError):
            return Unavailable(f"{name!r} did not answer within its time limit", retry_after=5)
        _log.error("%s: %s of %r failed", self.title, op, name, exc_info=error)
        return HandlerError(f"{op} of {name!r} failed in the Thing's own code")

    async def stream(self, interaction: Interaction, /) -> Stream:
        """Observe a property or subscribe to an event."""
        op, name = interaction.op, interaction.name
        if op in EACH and op in STREAMS:
            return await streamed(self, interaction)
        if op is SUBSCRIBE and name in self.template.events:
            return await self._subscribed(interaction, self.template.events[name])
        declared = self.template.properties.get(name) if op is OBSERVE else None
        if declared is None:
            raise refusal(interaction, self.td)
        if not declared.observable:
            raise NotAllowed(f"{name!r} is not observable")
        log = self.log("properties", name)
        stream = log.subscribe()
        if not self.is_known(declared):
            return stream
        try:
            kind, given = (declared.stream_type,), interaction.variables
            first = await self.request(Interaction(READ, name, variables=given, accept=kind))
            assert first.content is not None
            stream.first = Notification(await first.content.whole(), log.here())
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def _subscribed(self, interaction: Interaction, event: Event[Any]) -> Stream:
        """A subscription; where a handler is asked, it may refuse it, or say which data it is for."""
        stream = self.log("events", event.name).subscribe(interaction.after)
        try:
            wanted = await self.asked(event, interaction.variables)
        except BaseException:
            await stream.aclose()
            raise
        return stream if wanted is None else Filtered(stream, lambda found: wanted(found.content))

    async def asked(
        self, event: Event[Any], variables: Mapping[str, Any]
    ) -> Callable[[Content], bool] | None:
        """Which data of an event a subscriber gets, None for all; raises where the handler refuses."""
        given = typed(variables, event.variables)
        handler = self.template.subscribed.get(event.name)
        if handler is None:
            return None
        try:
            wanted = await self._call(handler, self.template.timeout, (), given)
            return None if wanted is None else chosen_by(wanted, event)
        except InteractionError:
            raise
        except Exception as error:
            raise self.failed(Interaction(SUBSCRIBE, event.name), error) from error

    def _read_stored(self, declared: Property[Any], accept: tuple[str, ...]) -> Content:
        if not isinstance(declared, Stored):
            raise NotAllowed(f"{declared.name!r} can only be written")
        name, kind = declared.name, declared.media_type
        kind = chosen(accept, declared.media_types, name) if accept else kind
        return checked(declared.payload, self.stored(declared), kind, name)

    def _taken(
        self, interaction: Interaction, declared: Property[Any]
    ) -> tuple[Any, Mapping[str, Any]]:
        """The value and the URI variables of a write, checked."""
        name = interaction.name
        handler = self.template.writers.get(name)
        if handler is None and (
            not isinstance(declared, Stored) or declared.given.get("read_only")
        ):
            raise NotAllowed(f"{name!r} can only be read")
        return written(interaction, declared), typed(interaction.variables, declared.written)

    async def put(
        self, declared: Property[Any], value: Any, given: Mapping[str, Any] = NONE
    ) -> Reply:
        """Write what has been checked."""
        name = declared.name
        handler = self.template.writers.get(name)
        if handler is None:
            assert isinstance(declared, Stored)
            self.store(declared, value)
            return DONE
        told = set[tuple[int, str]]()
        token = _told.set(told)
        try:
            call = functools.partial(taken, self._call) if declared.takes else self._call
            await call(handler, self.template.timeout, (value,), given)
        finally:
            _told.reset(token)
        # Where this handler did not tell the observers, we do.
        log = self._logs.get(("properties", name))
        if log and log.watched and (id(self), name) not in told and name in self.template.readers:
            kind = (declared.stream_type,)
            reply = await self.request(Interaction(READ, name, accept=kind))
            assert reply.content is not None
            log.emit(await reply.content.whole())
        return DONE

    async def _call(
        self,
        handler: Handler,
        timeout: float | None,
        args: tuple[Any, ...],
        given: Mapping[str, Any],
    ) -> Any:
        try:
            if handler.is_async:
                coroutine = handler.call(self.thing, *args, **given)
            else:
                coroutine = self.threads.run(
                    functools.partial(handler.call, self.thing, *args, **given)
                )
            # `within`, spelled out: this is the one place where a frame less counts.
            try:
                waiting = coroutine.send(None)
            except StopIteration as done:
                return done.value
            except TimeoutError as error:
                raise _Foreign from error
            return await rest(coroutine, waiting, timeout)
        except (KeyError, OwnTimeout, SystemExit, KeyboardInterrupt) as error:
            # Not ours: a lookup or a time-out inside the handler is a fault of the handler.
            raise _Foreign from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise _Foreign from error  # nobody cancelled us: something inside the handler was

    def _paced(self, interaction: Interaction, content: Content, limit: float | None) -> Reply:
        failed = functools.partial(self.failed, interaction)
        return paced(content, self.threads.run, limit, failed)

    @property
    def behind(self) -> Behind:
        """What goes on behind the answers."""
        if self._behind is None:
            self._behind = Behind(self.template, self.title, self._call, self.failed)
        return self._behind

    async def end(self, limit: float) -> None:
        """Cancel what goes on behind the answers; within `limit` seconds."""
        if self._behind is not None:
            await self._behind.stop(limit)

    @property
    def threads(self) -> Threads:
        """Where this Thing's plain `def` methods run."""
        if self._threads is None:
            self._threads = Threads(self.title, self.template.threads)
        return self._threads

    def stored(self, kept: Stored[Any]) -> Any:
        """The value of a stored property."""
        try:
            return self.values[kept.name]
        except KeyError:
            if kept.default is ABSENT:
                raise Unavailable(f"{kept.name!r} has no value yet") from None
            body = self._state().load(kept.name) if kept.persist else None
            value = restored(kept, body, self.title)
            return self.values.setdefault(kept.name, value)

    def is_known(self, kept: Property[Any]) -> bool:
        """Whether there is a value to be read."""
        here = kept.name in self.values or kept.name in self.template.readers
        return here or not isinstance(kept, Stored) or kept.default is not ABSENT

    def store(self, kept: Stored[Any], value: Any) -> None:
        """Set a stored property and tell its observers; InvalidInput where the value does not fit."""
        content = sent(kept.payload, value, kept.stream_type, kept.name)
        # Held throughout, so that value, file and observers end with the same one of two threads.
        with self._storing:
            log = self._logs.get(("properties", kept.name))
            old = self._content_of(kept) if log and self.is_known(kept) else None
            if kept.persist:
                kept_as = content if content.type == JSON else kept.payload.dump(value)
                self._state().save(kept.name, kept_as.body)
            self.values[kept.name] = value
            if log and old != content:
                log.emit(content)

    def _content_of(self, kept: Stored[Any]) -> Content:
        return sent(kept.payload, self.stored(kept), kept.stream_type, kept.name)

    def _state(self) -> Kept:
        if self._kept is None:
            self.identify("")
            self._kept = Kept(self.id)
        return self._kept

    def changed(self, changed: Property[Any], value: Any) -> None:
        """Tell the observers of a property; where the framework keeps it, that is its value from now on."""
        if isinstance(changed, Stored) and changed.name not in self.template.readers:
            self.store(changed, value)
            self._tell(changed.name)
            return
        if not changed.observable:
            raise DefinitionError(
                f"{changed.name!r} is not observable", hint="declare it with observable=True"
            )
        content = sent(changed.payload, value, changed.stream_type, changed.name)
        self.log("properties", changed.name).emit(content)
        self._tell(changed.name)

    def _tell(self, name: str) -> None:
        told = _told.get(None)
        if told is not None:
            told.add((id(self), name))

    def was_told(self, name: str) -> bool:
        """Whether the handler that is running has told the observers of a property."""
        return (id(self), name) in _told.get(())

    def emit(self, event: Event[Any], data: Any) -> None:
        """Tell the subscribers of an event; InvalidInput where the data does not fit."""
        if event.payload is None:
            if data is not None:
                raise InvalidInput(
                    f"{event.name}: this event carries no data",
                    hint="declare its type: wot.event(float)",
                )
            content = _EMPTY
        else:
            content = sent(event.payload, data, event.stream_type, event.name)
        self.log("events", event.name).emit(content)

    async def drained(self, event: Event[Any], timeout: float) -> bool:
        """Wait until every subscriber has taken what was emitted."""
        logs = [self.log("events", name) for name in (event.name, "")]
        return all(await asyncio.gather(*(log.drained(timeout) for log in logs)))

    def log(self, kind: str, name: str) -> Log:
        """What waits for the subscribers of an affordance, or with "" of all of that kind."""
        log = self._logs.get((kind, name))
        if log is None:
            made = Log(1, newest=True) if kind == "properties" and name else Log()
            log = self._logs.setdefault((kind, name), made)
        return log


class _Foreign(Exception):
    """Wraps what a handler raised and what would otherwise be taken for ours."""
