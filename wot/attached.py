"""Handlers that are attached to a Thing at run time: for gateways, simulators and tests."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Never, TypeVar, cast, overload

from wot.described import (
    DescribedAction,
    DescribedEvent,
    DescribedProperty,
    Missing,
    variables_of,
)
from wot.errors import DefinitionError, listed
from wot.exposed import ExposedThing
from wot.handles import ActionHandle, EventHandle, StoredHandle
from wot.td import KINDS, Json
from wot.template import Handler

H = TypeVar("H", bound=Callable[..., Any])
Member = DescribedProperty | DescribedAction | DescribedEvent
_ONE = {"properties": "property", "actions": "action", "events": "event"}


class Attachable:
    """What a Thing made from a description has beside its affordances.

    A handler takes the value that is written, or the input that the TD declares, as its one argument, and those of
    the URI variables that it names by keyword. Plain functions run in the Thing's thread, coroutines on the loop.
    """

    @property
    def _exposed(self) -> ExposedThing:
        raise NotImplementedError

    @property
    def properties(self) -> Mapping[str, StoredHandle[Any]]:
        """Handles of the properties by name; `.value` is what the framework keeps where no handler reads."""
        return _Handles(self, self._exposed, "properties")

    @property
    def actions(self) -> Mapping[str, ActionHandle[..., Any]]:
        """Handles of the actions by name."""
        return _Handles(self, self._exposed, "actions")

    @property
    def events(self) -> Mapping[str, EventHandle[Any]]:
        """Handles of the events by name."""
        return _Handles(self, self._exposed, "events")

    @overload
    def on_read(self, name: str, handler: H, /) -> H: ...
    @overload
    def on_read(self, name: str, /) -> Callable[[H], H]: ...
    def on_read(self, name: str, handler: Any = None, /) -> Any:
        """Let `handler()` read a property: `@thing.on_read("level")`, or with the handler as second argument."""
        if handler is None:
            return functools.partial(self.on_read, name)
        declared = _property(self._exposed, name)
        if declared.given["write_only"]:
            raise DefinitionError(f"{name!r} can only be written")
        adapted = _adapted(self._exposed, declared, handler)
        declared.variables = adapted.variables
        template = self._exposed.template
        _table(template.readers)[name] = adapted.handler
        if not declared.given["read_only"] and name not in template.writers:
            _table(template.writers)[name] = Missing.handler(f"writing {name!r}", "on_write", name)
        return handler

    @overload
    def on_write(self, name: str, handler: H, /) -> H: ...
    @overload
    def on_write(self, name: str, /) -> Callable[[H], H]: ...
    def on_write(self, name: str, handler: Any = None, /) -> Any:
        """Let `handler(value)` write a property; without a reader, what it has accepted is what is read."""
        if handler is None:
            return functools.partial(self.on_write, name)
        declared = _property(self._exposed, name)
        if declared.given["read_only"]:
            raise DefinitionError(f"{name!r} can only be read")
        adapted = _adapted(self._exposed, declared, handler, "value")
        declared.written = adapted.variables
        kept = _keeping(self._exposed, declared, adapted.handler)
        _table(self._exposed.template.writers)[name] = kept
        return handler

    @overload
    def on_invoke(self, name: str, handler: H, /) -> H: ...
    @overload
    def on_invoke(self, name: str, /) -> Callable[[H], H]: ...
    def on_invoke(self, name: str, handler: Any = None, /) -> Any:
        """Let `handler(input)` run an action, or `handler()` where the TD declares no input; it returns the output."""
        if handler is None:
            return functools.partial(self.on_invoke, name)
        declared = cast(DescribedAction, _member(self._exposed, "actions", name))
        taken = ("input",) if declared.has_input else ()
        adapted = _adapted(self._exposed, declared, handler, *taken)
        declared.variables = adapted.variables
        _table(self._exposed.template.invoked)[name] = adapted.handler
        return handler

    @overload
    def on_subscribe(self, name: str, handler: H, /) -> H: ...
    @overload
    def on_subscribe(self, name: str, /) -> Callable[[H], H]: ...
    def on_subscribe(self, name: str, handler: Any = None, /) -> Any:
        """Let `handler()` be asked when somebody subscribes to an event.

        It may raise to refuse, and may return a filter: a quick function that says of the data whether this
        subscriber gets it.
        """
        if handler is None:
            return functools.partial(self.on_subscribe, name)
        declared = cast(DescribedEvent, _member(self._exposed, "events", name))
        adapted = _adapted(self._exposed, declared, handler)
        declared.variables = adapted.variables
        _table(self._exposed.template.subscribed)[name] = adapted.handler
        return handler

    def changed(self, name: str, value: Any, /) -> None:
        """Tell the observers of a property; where no handler reads it, that is its value from now on."""
        self._exposed.changed(_property(self._exposed, name), value)

    def emit(self, name: str, data: Any = None, /) -> None:
        """Tell every subscriber of an event; from any thread."""
        self._exposed.emit(cast(DescribedEvent, _member(self._exposed, "events", name)), data)

    def __getattr__(self, name: str) -> Any:
        found = [kind for kind in KINDS if not name.startswith("_") and self._has(kind, name)]
        if len(found) == 1:
            return getattr(self, found[0])[name]
        if found:
            reason = f"{name!r} is the name of several affordances"
            raise AttributeError(f"{reason}: use thing.{found[0]}[{name!r}]")
        raise AttributeError(f"there is no {name!r}: neither an affordance nor an attribute")

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and any(self._has(kind, name) for kind in KINDS):
            reason = f"{name} is an affordance and cannot be assigned"
            raise AttributeError(
                f"{reason}: use thing.changed({name!r}, value) or await its handle"
            )
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        template = self._exposed.template
        names = {*template.properties, *template.actions, *template.events}
        return sorted({*super().__dir__(), *filter(str.isidentifier, names)})

    def _has(self, kind: str, name: str) -> bool:
        return name in getattr(self._exposed.template, kind)

    def _check_handlers(self) -> None:
        """DefinitionError for everything that the TD offers and nothing would serve."""
        template = self._exposed.template
        missing = [
            handler.call
            for table in (template.invoked, template.writers)
            for handler in table.values()
            if isinstance(handler.call, Missing)
        ]
        if missing:
            names = ", ".join(call.what for call in missing[:20])
            more = f" and {len(missing) - 20} more" if len(missing) > 20 else ""
            raise DefinitionError(
                f"{self._exposed.title} cannot be served, because nothing handles {names}{more}",
                hint=missing[0].hint,
            )


class _Handles(dict[str, Any]):
    """The handles of one kind; a name that does not exist is told with those that do."""

    def __init__(self, thing: Attachable, exposed: ExposedThing, kind: str) -> None:
        members: Mapping[str, Any] = getattr(exposed.template, kind)
        super().__init__({n: m.__get__(thing, type(thing)) for n, m in members.items()})
        self._unknown = functools.partial(_unknown, exposed, kind)

    def __missing__(self, name: str) -> Never:
        raise self._unknown(name)


def _unknown(exposed: ExposedThing, kind: str, name: str) -> DefinitionError:
    names: Mapping[str, Any] = getattr(exposed.template, kind)
    near = difflib.get_close_matches(name, names, 1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return DefinitionError(
        f"{exposed.title} has no {_ONE[kind]} {name!r}", hint=f"{guess}there are: {listed(names)}"
    )


def _member(exposed: ExposedThing, kind: str, name: str) -> Member:
    members: Mapping[str, Member] = getattr(exposed.template, kind)
    found = members.get(name)
    if found is None:
        raise _unknown(exposed, kind, name)
    return found


def _property(exposed: ExposedThing, name: str) -> DescribedProperty:
    return cast(DescribedProperty, _member(exposed, "properties", name))


def _table(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """The tables of a described Thing are its own, and so may be changed."""
    return cast(dict[str, Handler], handlers)


class _Adapted(NamedTuple):
    handler: Handler
    variables: Mapping[str, Any]


def _adapted(exposed: ExposedThing, member: Member, given: Any, *taken: str) -> _Adapted:
    """Anything callable as a handler, which gets what is `taken` and those URI variables that it names."""
    if not callable(given):
        raise DefinitionError(f"the handler of {member.name!r} cannot be called: {given!r:.80}")
    accepted, needed = _named_by(given, member, taken)
    schemas: Json = member.uri_variables
    defaults = {n: s["default"] for n, s in schemas.items() if n in accepted and "default" in s}
    is_async = inspect.iscoroutinefunction(inspect.unwrap(given)) or inspect.iscoroutinefunction(
        getattr(given, "__call__", None)  # noqa: B004 - an object whose __call__ is a coroutine
    )

    async def call(_thing: object, *args: Any, **variables: Any) -> Any:
        chosen = {**defaults, **{n: v for n, v in variables.items() if n in accepted}}
        bound = functools.partial(given, *args, **chosen)
        result = bound() if is_async else await exposed.threads.run(bound)
        return await result if inspect.isawaitable(result) else result

    return _Adapted(Handler(call, True, not is_async), variables_of(schemas, needed))


def _named_by(
    given: Callable[..., Any], member: Member, taken: Sequence[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Which URI variables a handler accepts, and which it cannot do without."""
    declared = frozenset(member.uri_variables)
    try:
        parameters = list(inspect.signature(given).parameters.values())
    except (TypeError, ValueError):  # written in C, and does not say
        return frozenset(), frozenset()
    kinds = inspect.Parameter
    ordered = [
        p for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
    ]
    if len(ordered) < len(taken) and not any(p.kind is kinds.VAR_POSITIONAL for p in parameters):
        raise DefinitionError(
            f"the handler of {member.name!r} takes no {taken[0]}",
            hint=f"give it one parameter: def handler({taken[0]})",
        )
    rest = [p for p in parameters if p not in ordered[: len(taken)]]
    several = (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
    needed = frozenset(p.name for p in rest if p.default is p.empty and p.kind not in several)
    if needed - declared:
        known = f"URI variables: {listed(declared)}" if declared else "it has no URI variables"
        raise DefinitionError(
            f"the handler of {member.name!r} needs {min(needed - declared)!r}, which nothing gives it",
            hint=f"{known}; "
            + (f"the {taken[0]} is its first argument" if taken else "it takes no value"),
        )
    if any(p.kind is kinds.VAR_KEYWORD for p in rest):
        return declared - {p.name for p in ordered[: len(taken)]}, needed
    return frozenset(p.name for p in rest) & declared, needed


def _keeping(exposed: ExposedThing, declared: DescribedProperty, write: Handler) -> Handler:
    """A writer after which the framework knows the value, unless a handler reads it."""
    name = declared.name

    async def call(thing: object, value: Any, **variables: Any) -> None:
        await write.call(thing, value, **variables)
        if name not in exposed.template.readers and not exposed.was_told(name):
            exposed.store(declared, value)

    return Handler(call, True)
