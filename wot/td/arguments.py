"""Arguments that are wrong whatever the document says: refused by their names, before anything is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from wot.errors import WoTError


class ArgumentError(WoTError, ValueError):
    """An argument has a value that means nothing."""


def check_word(argument: str, value: object, words: Iterable[str]) -> None:
    """Raises ArgumentError for a word that is none of those there are."""
    known = tuple(words)
    if value not in known:
        choice = ", ".join(map(repr, known))
        raise ArgumentError(f"{argument}={value!r} means nothing", hint=f"there are: {choice}")


def check_texts(**given: object) -> None:
    """Raises TypeError for what is no string."""
    for argument, value in given.items():
        if not isinstance(value, str):
            raise TypeError(f"{argument} should be a string, not {type(value).__name__}")


def check_names(argument: str, value: object) -> None:
    """Raises TypeError for what is neither a name nor a collection of them."""
    if not isinstance(value, Collection):
        raise TypeError(f"{argument} should be names, not {type(value).__name__}")


def check_mapping(argument: str, value: object) -> None:
    """Raises TypeError for what has no members."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{argument} should be a mapping, not {type(value).__name__}")


def check_resolver(resolver: object) -> None:
    """Raises TypeError for what cannot be called with a URL."""
    if resolver is not None and not callable(resolver):
        reason = "resolver should be a function from a URL to a document"
        raise TypeError(f"{reason}, not {type(resolver).__name__}")
