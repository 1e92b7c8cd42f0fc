"""What all Things of one class share: their description without a name, and their handlers."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from wot.affordances import Action, Declared, Event, Property
from wot.errors import DefinitionError
from wot.td import (
    TD_10,
    TD_11,
    ActionAffordance,
    EventAffordance,
    Json,
    Node,
    PropertyAffordance,
    ThingDescription,
    context_with,
    is_object,
)
from wot.terms import check_extension

_CLASSES: Mapping[str, type[Node]] = {
    "properties": PropertyAffordance,
    "actions": ActionAffordance,
    "events": EventAffordance,
}


class Handler(NamedTuple):
    """A method that serves an operation."""

    call: Callable[..., Any]
    is_async: bool
    waits: bool = False  # a coroutine that waits for the Thing's thread


class Template(NamedTuple):
    """Compiled from a Thing class when it is made."""

    json: Json
    terms: Json
    properties: Mapping[str, Property[Any]]
    actions: Mapping[str, Action[..., Any]]
    events: Mapping[str, Event[Any]]
    readers: Mapping[str, Handler]
    writers: Mapping[str, Handler]
    invoked: Mapping[str, Handler]
    every: tuple[tuple[float, str], ...]
    title: str
    id: str
    threads: int
    timeout: float | None
    subscribed: Mapping[str, Handler] = {}  # asked when somebody subscribes to an event


def template_of(cls: type, words: Mapping[str, Any], inherited: Template | None) -> Template:
    """Compile `cls`; DefinitionError names the member and the reason."""
    local = _calling_namespace()
    _check_annotations(cls)
    declared = {
        name: member for name, member in _members(cls).items() if isinstance(member, Declared)
    }
    for attribute, member in declared.items():
        if member.json is None:
            owner = next(owner for owner in cls.__mro__ if vars(owner).get(attribute) is member)
            _define(owner, member, local)
    members: dict[str, dict[str, Any]] = {"properties": {}, "actions": {}, "events": {}}
    for attribute, member in declared.items():
        kind = members[member.kind]
        if member.name in kind:
            raise DefinitionError(
                f"{cls.__name__}.{attribute}: there are two {member.kind} named {member.name!r}"
            )
        kind[member.name] = member
    return _compile(cls, members, words, inherited)


def _check_annotations(cls: type) -> None:
    """`level: wot.Stored[int] = 5` looks like an affordance and would be none."""
    for name, annotation in inspect.get_annotations(cls).items():
        said = annotation if isinstance(annotation, str) else repr(annotation)
        kind = re.match(r"(?:[\w.]+\.)?(Stored|Event|Property|Action)\[", said)
        value = vars(cls).get(name)
        if kind and not (isinstance(value, Declared) and type(value).__name__ == kind[1]):
            raise DefinitionError(
                f"{cls.__name__}.{name}: annotated as {kind[1]}, but its value is none",
                hint=f"write {name}: {said} = wot.{kind[1].lower()}(…)",
            )


def _compile(
    cls: type, members: Mapping[str, Any], words: Mapping[str, Any], inherited: Template | None
) -> Template:
    _check_words(cls, words)
    terms = {**(inherited.terms if inherited else {}), **words.get("terms", {})}
    properties: Mapping[str, Property[Any]] = members["properties"]
    actions: Mapping[str, Action[..., Any]] = members["actions"]
    events: Mapping[str, Event[Any]] = members["events"]
    return Template(
        json=_description(cls, members, {**words, "terms": terms}, inherited),
        terms=terms,
        properties=properties,
        actions=actions,
        events=events,
        readers={n: _handler(p.reader) for n, p in properties.items() if p.reader},
        writers={
            name: _handler(_overridden(cls, p.writer)) for name, p in properties.items() if p.writer
        },
        invoked={name: _handler(action.method) for name, action in actions.items()},
        every=tuple(
            (m.__wot_every__, name)
            for name, m in _members(cls).items()
            if hasattr(m, "__wot_every__")
        ),
        title=words.get("title") or cls.__name__,
        id=words.get("id", ""),
        threads=words.get("threads") or (inherited.threads if inherited else 1),
        timeout=words.get("timeout", inherited.timeout if inherited else 30.0),
        subscribed={
            name: _handler(_overridden(cls, event.subscriber))
            for name, event in events.items()
            if event.subscriber
        },
    )


def _check_words(cls: type, words: Mapping[str, Any]) -> None:
    """Class keywords must make sense: those of the TD by its own vocabulary, the others here."""
    if not isinstance(words.get("context", {}), Mapping):
        raise DefinitionError(f"{cls.__name__}: context should be an object, prefix to IRI")
    terms = ("title", "titles", "descriptions", "support", "id", "version")
    json: Json = {"title": cls.__name__, **{word: words[word] for word in terms if word in words}}
    if "links" in words:
        json["links"] = list(words["links"])
    for found in ThingDescription.check(json):
        raise DefinitionError(f"{cls.__name__}: {found.path.removeprefix('$.')}: {found.reason}")
    check_extension(words.get("terms", {}))
    check_limits(cls.__name__, words.get("threads", 1), words.get("timeout", 1.0))


def check_names(id: Any, title: Any) -> None:
    """DefinitionError where what one Thing is to be called would make its TD invalid; "" is for not given."""
    given = {term: value for term, value in (("id", id), ("title", title)) if value}
    if not given:
        return
    from wot.td import validate  # the toolkit is imported by those who use it

    least = {"@context": TD_11, "title": "Thing", "security": "nosec_sc"}
    schemes = {"securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}}
    for found in validate({**least, **schemes, **given}):
        if found.severity == "error":
            term = found.path.removeprefix("$.")
            raise DefinitionError(
                f"{term}={given.get(term)!r:.80}: {found.reason}", hint=found.hint
            )


def check_limits(name: str, threads: Any, timeout: Any) -> None:
    """DefinitionError where a Thing could never run a handler."""
    if not isinstance(threads, int) or threads < 1:
        raise DefinitionError(f"{name}: threads={threads!r} must be 1 or more")
    if timeout is not None and not (isinstance(timeout, (int, float)) and timeout > 0):
        raise DefinitionError(f"{name}: timeout={timeout!r} must be positive, or None for no limit")


def _description(
    cls: type, members: Mapping[str, Any], words: Mapping[str, Any], inherited: Template | None
) -> Json:
    old: Json = inherited.json if inherited else {}
    json: Json = {"@context": _context(words.get("context", {}), old)}
    types = words.get("types")
    if types or "@type" in old:
        json["@type"] = (
            ([types] if isinstance(types, str) else list(types)) if types else old["@type"]
        )
    doc = inspect.cleandoc(cls.__doc__) if cls.__doc__ else ""
    own = words.get("description") or doc
    if own or old.get("description"):
        json["description"] = own or old["description"]
    # Texts in other languages go with the text that they translate: a title is never inherited.
    kept = {"version", "support", "links", *(() if own else ("descriptions",))}
    for word in ("titles", "descriptions", "version", "support", "links"):
        value = words.get(word, old.get(word) if word in kept else None)
        if value:
            json[word] = list(value) if word == "links" else value
    for kind in ("properties", "actions", "events"):
        if members[kind]:
            json[kind] = {name: member.json for name, member in members[kind].items()}
    return {**json, **words["terms"]}


def _context(extensions: Mapping[str, str], old: Json) -> list[Any]:
    inherited: Json = {}
    others: list[Any] = []
    for part in old.get("@context", ()):
        if is_object(part):
            inherited = part
        elif part not in (TD_10, TD_11):
            others.append(part)
    standard = context_with({**inherited, **extensions})
    return [*standard[:2], *others, *standard[2:]]


def _members(cls: type) -> dict[str, Any]:
    """Everything `cls` defines or inherits, in order of declaration."""
    found: dict[str, Any] = {}
    for owner in reversed(cls.__mro__[:-1]):
        for name, value in vars(owner).items():
            if isinstance(getattr(value, "__func__", None), Declared):
                raise DefinitionError(
                    f"{owner.__name__}.{name}: an affordance is declared from a plain method, no static one"
                )
            if isinstance(found.get(name), Declared) and not isinstance(value, Declared):
                raise DefinitionError(
                    f"{owner.__name__}.{name} hides an inherited affordance",
                    hint="declare it again with its decorator",
                )
            event = getattr(value, "__wot_asked_by__", None)
            if event is not None and not event.attribute:
                raise DefinitionError(
                    f"{owner.__name__}.{name} hides the event that asks it",
                    hint=f"name it _subscribe_{name}",
                )
            found[name] = value
    return found


def _define(cls: type, member: Declared, local: Mapping[str, Any]) -> None:
    def hints(thing: Any) -> dict[str, Any]:
        try:
            return typing.get_type_hints(
                thing, localns={**local, cls.__name__: cls}, include_extras=True
            )
        except NameError as error:
            reason = f"the type {error.name!r} is not known when the class is made"
            raise DefinitionError(reason, hint="define it above the class") from error

    try:
        if member.attribute in ("start", "stop"):
            raise DefinitionError(
                "this name is the hook that opens or closes the device",
                hint=f"name the method otherwise and keep the affordance's name: name={member.attribute!r}",
            )
        member.read_words()
        member.define(cls, hints)
        stub = {term: value for term, value in (member.json or {}).items() if term != "forms"}
        for found in _CLASSES[member.kind].check(stub):
            raise DefinitionError(f"{found.path.removeprefix('$.')} {found.reason}")
    except (DefinitionError, ValueError, TypeError) as error:
        hint = getattr(error, "hint", "")
        raise DefinitionError(f"{cls.__name__}.{member.attribute}: {error}", hint=hint) from error


def _calling_namespace() -> dict[str, Any]:
    """The local names where the class statement stands, for types that are defined in a function."""
    frame = inspect.currentframe()
    assert frame is not None
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("wot."):
        frame = frame.f_back
    return dict(frame.f_locals)


def _overridden(cls: type, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of that name in `cls`: a subclass that overrides a writer is heard."""
    found = getattr(cls, method.__name__, method)
    return found if inspect.isfunction(found) else method


def _handler(method: Callable[..., Any]) -> Handler:
    # Seen through other decorators: what they call is awaited all the same.
    inner = inspect.unwrap(method)
    if inspect.isasyncgenfunction(inner) or inspect.isgeneratorfunction(inner):
        return Handler(_opening(method), True)
    return Handler(method, inspect.iscoroutinefunction(inner))


def _opening(method: Callable[..., Any]) -> Callable[..., Any]:
    """Making a generator runs nothing of it yet, so no thread is needed."""

    async def opening(*args: Any, **given: Any) -> Any:
        return method(*args, **given)

    return opening
