"""The decorators that declare affordances."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar, Unpack, cast, overload

from wot.affordances import ABSENT, Action, Event, Method, Property, Stored
from wot.errors import DefinitionError
from wot.terms import ActionTerms, EventTerms, PropertyTerms, StoredTerms

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")
InChunks = AsyncIterator[bytes] | Iterator[bytes] | Path | BinaryIO  # what stands for bytes


@overload
def property(
    reader: Callable[Concatenate[Any, ...], Awaitable[InChunks] | InChunks], /
) -> Property[bytes]: ...
@overload
def property(reader: Callable[Concatenate[Any, ...], Awaitable[T]], /) -> Property[T]: ...
@overload
def property(reader: Callable[Concatenate[Any, ...], T], /) -> Property[T]: ...
@overload
def property(**terms: Unpack[PropertyTerms]) -> _PropertyDecorator: ...
def property(reader: Method | None = None, /, **terms: Unpack[PropertyTerms]) -> Any:
    """Declare a property from the method that reads it; keywords are TD terms in snake case."""
    return Property[Any](_method(reader), terms) if reader else _PropertyDecorator(terms)


def _method(given: Any) -> Method:
    if isinstance(given, (staticmethod, classmethod)) or not callable(given):
        name: str = getattr(cast(Any, given), "__name__", "this")
        raise DefinitionError(
            f"{name}: an affordance is declared from a plain method, no static one"
        )
    return cast(Method, given)


class _PropertyDecorator:
    def __init__(self, terms: PropertyTerms) -> None:
        self._terms = terms

    @overload
    def __call__(
        self, reader: Callable[Concatenate[Any, ...], Awaitable[InChunks] | InChunks], /
    ) -> Property[bytes]: ...
    @overload
    def __call__(self, reader: Callable[Concatenate[Any, ...], Awaitable[T]], /) -> Property[T]: ...
    @overload
    def __call__(self, reader: Callable[Concatenate[Any, ...], T], /) -> Property[T]: ...
    def __call__(self, reader: Method, /) -> Any:
        return Property[Any](_method(reader), cast(Mapping[str, Any], self._terms))


def stored(default: T, /, *, persist: bool = False, **terms: Unpack[StoredTerms]) -> Stored[T]:
    """Declare a property that the framework keeps; with `persist` it survives a restart."""
    return Stored(default, persist, cast(Mapping[str, Any], terms))


@overload
def action(
    method: Callable[Concatenate[Any, P], Awaitable[InChunks] | InChunks], /
) -> Action[P, bytes]: ...
@overload
def action(method: Callable[Concatenate[Any, P], Awaitable[R]], /) -> Action[P, R]: ...
@overload
def action(method: Callable[Concatenate[Any, P], R], /) -> Action[P, R]: ...
@overload
def action(**terms: Unpack[ActionTerms]) -> _ActionDecorator: ...
def action(method: Method | None = None, /, **terms: Unpack[ActionTerms]) -> Any:
    """Declare an action: parameters become its input, the return type its output."""
    return Action[..., Any](_method(method), terms) if method else _ActionDecorator(terms)


class _ActionDecorator:
    def __init__(self, terms: ActionTerms) -> None:
        self._terms = terms

    @overload
    def __call__(
        self, method: Callable[Concatenate[Any, P], Awaitable[InChunks] | InChunks], /
    ) -> Action[P, bytes]: ...
    @overload
    def __call__(self, method: Callable[Concatenate[Any, P], Awaitable[R]], /) -> Action[P, R]: ...
    @overload
    def __call__(self, method: Callable[Concatenate[Any, P], R], /) -> Action[P, R]: ...
    def __call__(self, method: Method, /) -> Any:
        return Action[..., Any](_method(method), cast(Mapping[str, Any], self._terms))


@overload
def event(hint: type[T], /, **terms: Unpack[EventTerms]) -> Event[T]: ...
@overload
def event(**terms: Unpack[EventTerms]) -> Event[Any]: ...
def event(hint: Any = ABSENT, /, **terms: Unpack[EventTerms]) -> Event[Any]:
    """Declare an event that carries data of the type given, or none."""
    return Event(hint, cast(Mapping[str, Any], terms))


def every(*, seconds: float) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a method again and again while its Thing is served."""
    if not seconds > 0:
        raise DefinitionError(f"every(seconds={seconds!r}): the interval must be positive")

    def mark(method: Callable[P, R]) -> Callable[P, R]:
        method.__wot_every__ = seconds  # type: ignore[attr-defined]
        return method

    return mark
