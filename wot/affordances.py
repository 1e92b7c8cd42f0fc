"""What a Thing class keeps of each affordance it declares."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import (
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Self,
    TypeVar,
    overload,
)

from wot.chunks import held
from wot.content import JSON, essence, is_opaque, is_text
from wot.declared import ABSENT, Declared, Hints, Method, annotated
from wot.errors import DefinitionError
from wot.handles import ActionHandle, EventHandle, PropertyHandle, StoredHandle, parts_of
from wot.media import several
from wot.payload import Arguments, Input, Payload, uri_variables
from wot.td import Json
from wot.terms import ActionTerms, EventTerms, PropertyTerms, StoredTerms

__all__ = ["ABSENT", "Action", "Declared", "Event", "Method", "Property", "Stored"]

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")
MethodT = TypeVar("MethodT", bound=Callable[..., Any])


class Property(Declared, Generic[T]):
    """A declared property; on an instance, a handle to read, write and observe it."""

    kind = "properties"
    payload: Payload
    written: Mapping[str, Payload]
    variables: Mapping[str, Payload]
    observable = False

    def __init__(
        self, reader: Method | None, given: Mapping[str, Any], allowed: type = PropertyTerms
    ) -> None:
        super().__init__(given, allowed)
        self.reader = None if given.get("write_only") else reader
        self.declared = reader
        self.writer: Method | None = None

    @overload
    def __get__(self, thing: None, owner: type) -> Self: ...
    @overload
    def __get__(self, thing: object, owner: type) -> PropertyHandle[T]: ...
    def __get__(self, thing: object | None, owner: type) -> Self | PropertyHandle[T]:
        return self if thing is None else PropertyHandle(parts_of(thing), self)

    @overload
    def write(
        self, method: Callable[Concatenate[Any, T, P], R]
    ) -> Callable[Concatenate[Any, T, P], R]: ...
    @overload
    def write(
        self: Property[bytes], method: Callable[Concatenate[Any, AsyncIterator[bytes], P], R]
    ) -> Callable[Concatenate[Any, AsyncIterator[bytes], P], R]: ...
    @overload
    def write(
        self: Property[bytes], method: Callable[Concatenate[Any, Iterator[bytes], P], R]
    ) -> Callable[Concatenate[Any, Iterator[bytes], P], R]: ...
    def write(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Declare the method that writes this property: `@brightness.write`."""
        if self.declared is None:
            raise DefinitionError(
                f"{method.__name__}: a stored property writes itself",
                hint="use @wot.property for one with a writer",
            )
        if self.writer is not None:
            raise DefinitionError(
                f"{method.__name__}: {self.writer.__name__} writes this property already"
            )
        if method.__name__ == self.declared.__name__:
            raise DefinitionError(
                f"the writer hides the property {method.__name__!r}",
                hint=f"name it set_{method.__name__}",
            )
        self.writer = method
        return method

    def define(self, owner: type, hints: Hints) -> None:
        """Schema from the reader's return type; further parameters are URI variables."""
        assert self.declared is not None
        known = hints(self.declared)
        if "return" not in known:
            raise DefinitionError("the reader does not say what it returns", hint="add `-> type`")
        self.observable = bool(self.given.get("observable"))
        if self.given.get("write_only") and (self.observable or self.writer is None):
            reason = "cannot be observed" if self.observable else "needs a method that writes it"
            raise DefinitionError(f"a property that can only be written {reason}")
        if self.observable and not any(map(is_text, self.media_types)):
            raise DefinitionError(
                f"an observable property cannot be {self.media_type}", hint="use JSON or text"
            )
        both = [method for method in (self.declared, self.writer) if method]
        names = self.renamed({n for method in both for n in inspect.signature(method).parameters})
        self.variables = uri_variables(self.declared, known, 1, names)
        needed = [name for name, payload in self.variables.items() if not payload.optional]
        if self.observable and needed:
            raise DefinitionError(
                f"it is observable, so its URI variable {needed[0]!r} needs a default"
            )
        if self.writer:
            self._check_writer(known["return"], hints(self.writer))
            self.written = uri_variables(self.writer, hints(self.writer), 2, names)
            if set(self.written) != set(self.variables) and self.reader:
                raise DefinitionError(
                    "reader and writer are at one address, so they take the same URI variables"
                )
        else:
            self.written = {}
        self._set_payload(self._held(known["return"]), read_only=self.writer is None)
        variables = self.named_by(self.variables, self.written)
        self.json = self.described(self.declared, {**self.payload.schema, **variables})

    def _check_writer(self, hint: Any, known: Mapping[str, Any]) -> None:
        assert self.writer is not None
        names = list(inspect.signature(self.writer).parameters)
        taken = known.get(names[1], hint) if len(names) > 1 else hint
        if is_opaque(self.media_type):
            self.takes = self.taking(self.writer, taken)
            hint, taken = held(hint), held(taken)
        if taken != hint and Payload.of(taken).schema != Payload.of(hint).schema:
            raise DefinitionError(
                f"{self.writer.__name__} takes {taken!r}, but the property is {hint!r}"
            )

    def _held(self, hint: Any) -> Any:
        """The type that is described; what is not looked into is bytes, however they come."""
        if not is_opaque(self.media_type):
            return hint
        if held(hint) is not bytes:
            raise DefinitionError(
                f"{self.media_type} is made of bytes: the reader should return bytes",
                hint="or, in chunks, AsyncIterator[bytes], Iterator[bytes] or pathlib.Path",
            )
        return bytes

    def _set_payload(self, hint: Any, *, read_only: bool) -> None:
        flags = {"readOnly": read_only, "observable": self.observable}
        terms = {
            name: value
            for name, value in self.terms.items()
            if name not in ("readOnly", "observable")
        }
        self.payload = Payload.of(
            hint, {**terms, **{name: True for name, value in flags.items() if value}}
        )


class Stored(Property[T]):
    """A property that the framework keeps; on an instance it also has `.value`."""

    observable = True

    def __init__(self, default: T, persist: bool, given: Mapping[str, Any]) -> None:
        super().__init__(None, given, StoredTerms)
        self.default = default
        self.persist = persist
        self.variables = self.written = {}
        self.hint: Any = ABSENT

    @overload
    def __get__(self, thing: None, owner: type) -> Self: ...
    @overload
    def __get__(self, thing: object, owner: type) -> StoredHandle[T]: ...
    def __get__(self, thing: object | None, owner: type) -> Self | StoredHandle[T]:
        return self if thing is None else StoredHandle(parts_of(thing), self)

    def define(self, owner: type, hints: Hints) -> None:
        """Schema from the annotation, or else from the default."""
        if self.writer:
            raise DefinitionError(
                "a stored property writes itself", hint="use @wot.property for one with a writer"
            )
        hint = annotated(owner, self.attribute, hints)
        if hint is ABSENT:
            if self.default is None:
                raise DefinitionError(
                    "None does not say what may be stored",
                    hint=f"annotate it: {self.attribute}: wot.Stored[float | None] = wot.stored(None)",
                )
            hint = type(self.default)
        self._set_payload(self._held(hint), read_only=bool(self.given.get("read_only")))
        self.payload.dump(self.default, self.media_type)
        self.json = self.described(None, {**self.payload.schema})


class Action(Declared, Generic[P, R]):
    """A declared action; on an instance, a callable."""

    kind = "actions"
    arguments: Arguments | Input
    output: Payload | None
    variables: Mapping[str, Payload]

    def __init__(self, method: Method, given: Mapping[str, Any]) -> None:
        super().__init__(given, ActionTerms)
        self.method = method
        self.lasting = given.get("synchronous") is False  # it goes on behind the answer
        self.timeout: float | None = given.get("timeout")
        self.own_timeout = self.lasting or "timeout" in given

    @overload
    def __get__(self, thing: None, owner: type) -> Self: ...
    @overload
    def __get__(self, thing: object, owner: type) -> ActionHandle[P, R]: ...
    def __get__(self, thing: object | None, owner: type) -> Self | ActionHandle[P, R]:
        return self if thing is None else ActionHandle(parts_of(thing), self)

    def travel_as(self, types: tuple[str, ...]) -> None:
        """The same for the output, where it is not told to have others."""
        super().travel_as(types)
        given: Any = self.given.get("response_type")
        self.gives = several(given) if given else ()
        self.response_types = self.gives or types
        self.response_type = self.response_types[0]

    def _answer_as(self, result: Any) -> None:
        """The media types of the output: where it is none of the bytes that are taken, JSON unless told otherwise."""
        is_bytes = held(result) is bytes
        if is_opaque(self.response_type) and not (is_bytes or result is type(None)):
            if "response_type" in self.given:
                raise DefinitionError(
                    f"the output cannot be {self.response_type}, which is made of bytes",
                    hint='return bytes, or say response_type="application/json"',
                )
            self.response_types, self.response_type = (JSON,), JSON
            self.gives = (JSON,)

    def _check_input(
        self, sent: Mapping[str, Any], whole: Sequence[str], known: Mapping[str, Any]
    ) -> None:
        """What is not looked into has no members, so it is one argument, of bytes."""
        if not sent or not is_opaque(self.media_type):
            return
        if not whole or held(known.get(whole[0])) is not bytes:
            raise DefinitionError(
                f"{self.media_type} is made of bytes: the input should be one of `bytes, /`",
                hint=f"write `{next(iter(sent))}: bytes, /`, and name the others in uri_variables=; where only the"
                f' output is {self.media_type}, say response_type="{self.media_type}" instead of content_type',
            )

    def _check_output(self) -> None:
        """What ends behind the answer is told in JSON (WoT Profiles, "ActionStatus object")."""
        if self.lasting and self.output and essence(self.response_type) != JSON:
            raise DefinitionError(
                f"the output of an action with synchronous=False cannot be {self.response_type}",
                hint="return JSON, or let a property of that type be read when it has ended",
            )

    def split(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], dict[str, Any]]:
        """A call's arguments as those of the input and the URI variables."""
        if not self.variables:
            return args, kwargs, {}
        bound = inspect.signature(self.method).bind(None, *args, **kwargs)
        given = dict(list(bound.arguments.items())[1:])
        variables = {name: given.pop(name) for name in self.uri_names if name in given}
        whole = self.arguments.positional
        return ((given.pop(whole),) if whole in given else ()), given, variables

    def define(self, owner: type, hints: Hints) -> None:
        """Input from the parameters, output from the return type."""
        _check_timeout(self.given.get("timeout"))
        known = hints(self.method)
        parameters = dict(list(inspect.signature(self.method).parameters.items())[1:])
        in_uri = self.renamed(parameters)
        self.variables = uri_variables(self.method, known, 1, in_uri, only=in_uri)
        sent = {n: p for n, p in parameters.items() if n not in in_uri}
        whole = [p.name for p in sent.values() if p.kind is p.POSITIONAL_ONLY]
        self._check_input(sent, whole, known)
        if is_opaque(self.media_type) and whole:
            self.takes = self.taking(self.method, known.get(whole[0]))
            known = {**known, whole[0]: held(known.get(whole[0]))}
        self.arguments = Arguments(sent, known)
        result = known.get("return", type(None))
        self._answer_as(result)
        if self.takes and self.lasting:
            raise DefinitionError(
                "chunks are taken before the answer, so synchronous=False cannot be"
            )
        if is_opaque(self.response_type):
            if self.takes and held(result) is not result:
                raise DefinitionError("chunks go one way only: take bytes, or return bytes")
            result = held(result)
        self.output = None if result is type(None) else Payload.of(result)
        self._check_output()
        json: Json = {"synchronous": not self.lasting}
        if self.arguments.schema:
            json["input"] = self.arguments.schema
        if self.output:
            json["output"] = self.output.schema
        self.json = self.described(self.method, {**json, **self.named_by(self.variables)})


def _check_timeout(given: Any) -> None:
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if given is not None and not (is_number and given > 0):
        raise DefinitionError(
            f"timeout={given!r:.80} should be a positive number of seconds, or None for no limit"
        )


class Event(Declared, Generic[T]):
    """A declared event; on an instance, a handle to emit it and to subscribe to it."""

    kind = "events"
    payload: Payload | None
    variables: Mapping[str, Payload] = {}

    def __init__(self, hint: Any, given: Mapping[str, Any]) -> None:
        super().__init__(given, EventTerms)
        self.hint = hint
        self.subscriber: Method | None = None

    @overload
    def __get__(self, thing: None, owner: type) -> Self: ...
    @overload
    def __get__(self, thing: object, owner: type) -> EventHandle[T]: ...
    def __get__(self, thing: object | None, owner: type) -> Self | EventHandle[T]:
        return self if thing is None else EventHandle(parts_of(thing), self)

    def subscribe(self, method: MethodT) -> MethodT:
        """Declare the method asked when somebody subscribes: `@overheated.subscribe`.

        Its parameters are URI variables. It may raise to refuse, and may return a filter: a quick function
        that says of the data whether this subscriber gets it.
        """
        if self.subscriber is not None:
            raise DefinitionError(
                f"{method.__name__}: {self.subscriber.__name__} is asked by this event already"
            )
        self.subscriber = method
        vars(method)["__wot_asked_by__"] = self
        return method

    def define(self, owner: type, hints: Hints) -> None:
        """Data schema from the type given or the annotation; without either there is no data."""
        hint = self.hint
        if hint is ABSENT:
            hint = annotated(owner, self.attribute, hints)
        about = {"title", "titles", "description", "descriptions", "@type"}
        said = {term: value for term, value in self.terms.items() if term in about or ":" in term}
        of_data = {term: value for term, value in self.terms.items() if term not in said}
        if hint in (ABSENT, None, type(None)):
            if of_data:
                raise DefinitionError(
                    f"{next(iter(of_data))!r} needs data to speak of",
                    hint="say its type: event(float)",
                )
            self.payload = None
        else:
            self.payload = Payload.of(hint, of_data)
        self.terms = said
        json = {"data": self.payload.schema} if self.payload else {}
        self.json = self.described(None, {**json, **self._asked(hints)})

    def _asked(self, hints: Hints) -> Json:
        """The URI variables of the method that is asked."""
        method = self.subscriber
        names = self.renamed(inspect.signature(method).parameters if method else ())
        self.variables = uri_variables(method, hints(method), 1, names) if method else {}
        return self.named_by(self.variables)
