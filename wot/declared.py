"""What the four kinds of affordances share: a name, media types, and the words said about them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Never

from msgspec import UNSET

from wot.chunks import Taking, taking
from wot.content import JSON
from wot.errors import DefinitionError
from wot.interaction import NONE
from wot.media import check_types, first_text, forms_of, is_media_type, paired, several
from wot.payload import Payload
from wot.td import Json
from wot.terms import td_terms

Hints = Callable[[Any], dict[str, Any]]
Method = Callable[..., Any]

ABSENT: Any = object()


class Declared:
    """What the four kinds of affordances share: a name, and the words said about them."""

    kind = ""
    name = ""
    attribute = ""
    json: Json | None = None  # what the TD says of it; None until its class is made
    media_type = JSON  # the first of:
    media_types: tuple[str, ...] = (JSON,)
    gives: tuple[str, ...] = ()  # media types of what comes back, where they are others
    stream_type = JSON  # of notifications
    uri_names: Mapping[str, str] = {}  # parameter → URI variable
    takes: Taking = ""  # whether what is sent comes to the handler in chunks

    def __set_name__(self, owner: type, name: str) -> None:
        self.attribute = name
        self.name = self.given.get("name", name)
        types = several(self.given.get("content_type", JSON))
        if types and all(map(is_media_type, types)):  # or else read_words says so
            self.travel_as(types)

    def __init__(self, given: Mapping[str, Any], allowed: type) -> None:
        self.given, self._allowed = given, allowed
        self.terms: Json = {}

    def travel_as(self, types: tuple[str, ...]) -> None:
        """Set the media types, the default first."""
        self.media_types, self.media_type = types, types[0]
        self.stream_type = first_text(types)

    def read_words(self) -> None:
        """Take the keywords for TD terms; not before the class is made, so that errors can name the member."""
        self.terms = td_terms(self.given, self._allowed, type(self).__name__.lower())
        for word in ("content_type", "response_type"):
            if word in self.given:
                named = several(self.given[word])
                if not named:
                    raise DefinitionError(f"{word}={self.given[word]!r} names no media type")
                check_types(named)

    def __set__(self, thing: Any, value: Never) -> None:
        remedy = {
            "properties": f"await thing.{self.attribute}.write(value)",
            "events": f"thing.{self.attribute}.emit(data)",
        }.get(self.kind, f"await thing.{self.attribute}(…)")
        raise AttributeError(
            f"{self.attribute} is an affordance and cannot be assigned: use {remedy}"
        )

    def define(self, owner: type, hints: Hints) -> None:
        """Work out schema and description; called once, when the class that declares it exists."""
        raise NotImplementedError

    def named(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """URI variables, given as keyword arguments, by their names in the TD; not those that are UNSET."""
        if not given:
            return NONE
        names = self.uri_names
        return {names.get(n, n): value for n, value in given.items() if value is not UNSET}

    def renamed(self, parameters: Iterable[str]) -> Mapping[str, str]:
        """`uri_variables=`: names of parameters, or those with the names they have in the TD."""
        given: Any = self.given.get("uri_variables", ())
        names: Mapping[str, str] = given if hasattr(given, "keys") else {n: n for n in given}
        unknown = [name for name in names if name not in parameters]
        if unknown:
            raise DefinitionError(f"uri_variables names {unknown[0]!r}, which is no parameter")
        return names

    @staticmethod
    def taking(method: Method, hint: Any) -> Taking:
        """How a method takes chunks, if it does."""
        found, inner = taking(hint), inspect.unwrap(method)
        is_async = inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner)
        if found and is_async != (found == "awaiting"):
            wanted = "AsyncIterator[bytes]" if is_async else "Iterator[bytes]"
            kind = "a coroutine" if is_async else "a plain function"
            raise DefinitionError(f"{method.__name__} is {kind}: it takes chunks as {wanted}")
        return found

    def named_by(self, *found: Mapping[str, Payload]) -> Json:
        """The schemas of URI variables as a term, after noting which parameters stand for them."""
        variables = {name: payload for some in found for name, payload in some.items()}
        self.uri_names = {payload.parameter: name for name, payload in variables.items()}
        schemas = {name: payload.schema for name, payload in variables.items()}
        return {"uriVariables": schemas} if schemas else {}

    def described(self, method: Method | None, json: Json) -> Json:
        """`json` with the words given, the docstring where no description is, and forms where they say something."""
        words = dict(self.terms)
        doc = inspect.getdoc(method) if method else None
        if doc and "description" not in words:
            words["description"] = doc
        return {**words, **json, **forms_of(paired(self.media_types, self.gives))}


def annotated(owner: type, attribute: str, hints: Hints) -> Any:
    """T of `attribute: wot.Event[T] = …` in the class body."""
    annotation = inspect.get_annotations(owner).get(attribute)
    if annotation is None:
        return ABSENT
    # Alone: other annotations of the class may name what only a type checker knows.
    alone = {"__annotations__": {attribute: annotation}, "__module__": owner.__module__}
    hint = hints(type(owner.__name__, (), alone)).get(attribute)
    args: tuple[Any, ...] = getattr(hint, "__args__", ())
    return args[0] if args else ABSENT
