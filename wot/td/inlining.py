"""JSON-LD contexts by their URL, put in where a document names them: from the package or the caller, never fetched."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import urljoin

from wot.errors import Finding, InvalidTD
from wot.td.arguments import ArgumentError
from wot.td.node import Json, at, is_array, is_mapping, is_object
from wot.td.reading import read

# URLs without scheme, "www." and what may end them. W3C serves one and the same file for TD 1.0 and 1.1.
_PACKAGED: Mapping[str, str] = {
    "w3.org/2022/wot/td/v1.1": "td-1.1.jsonld",
    "w3.org/2019/wot/td/v1": "td-1.1.jsonld",
    "w3.org/2022/wot/discovery": "discovery.jsonld",
    "w3.org/2022/wot/discovery-did": "discovery-did.jsonld",
    # What these were called before they were published, still found in TDs.
    "w3.org/ns/td": "td-1.1.jsonld",
    "w3.org/2019/wot/td/v1.1": "td-1.1.jsonld",
    "w3c.github.io/wot-discovery/context/discovery-context.jsonld": "discovery.jsonld",
}
_HINT = "give its content as contexts={'…': {…}}, or leave it out with unknown='skip'"


class Inlining:
    """The contexts of one document, and what could not be had.

    `given` are contexts of the caller by URL, which come before those of the package. A context that is not known
    is a finding; it is left out, and what else the document declares stays.
    """

    def __init__(self, given: Mapping[str, Any], base: str) -> None:
        self.given, self.base = given, base
        self.findings: list[Finding] = []
        self.places: list[Json] = []  # the objects that have a `@context`
        self.parts: list[Json] = []  # all definitions of terms, those inside of others as well
        self.own: list[Json] = []  # those of the document itself
        self._read: dict[str, list[Any]] = {}

    def document(self, json: Json, *, nested: bool) -> Json:
        """A copy of the document in which no context is a reference any more; `nested` looks below the top, too."""
        found: Json = self._inside(json, "$") if nested else dict(json)
        if not nested and "@context" in json:
            found["@context"] = self.context(json["@context"], "$['@context']")
            self.places.append(found)
        return found

    def _inside(self, value: Any, path: str) -> Any:
        if is_array(value):
            return [self._inside(item, at(path, index)) for index, item in enumerate(value)]
        if not is_object(value):
            return value
        found: Json = {}
        for name, item in value.items():
            here = at(path, name)
            is_context = name == "@context"
            found[name] = self.context(item, here) if is_context else self._inside(item, here)
        if "@context" in found:
            self.places.append(found)
        return found

    def context(self, context: Any, path: str, within: tuple[str, ...] = ()) -> list[Any]:
        """What a `@context` says, as an array without references; `within` are the URLs it was found at."""
        found: list[Any] = []
        for index, part in enumerate(context if is_array(context) else [context]):
            here = at(path, index) if is_array(context) else path
            if isinstance(part, str):
                # TD 1.0 and 1.1 side by side are one context here, and once is enough.
                found += [
                    item for item in self._named(part, here, within) if item not in found[-1:]
                ]
            elif is_object(part):
                found.append(self._definitions(part, here, within))
            else:
                found.append(part)
        return found

    def _named(self, name: str, path: str, within: tuple[str, ...]) -> list[Any]:
        url = self._known(name, within)
        if url in within:
            self.findings.append(Finding(path, f"the context {url} contains itself"))
            return []
        if url not in self._read:
            if url in self.given:
                given = self._given(url)
                inner = given.get("@context", given) if is_object(given) else given
                self._read[url] = self.context(inner, path, (*within, url))
            elif file := _PACKAGED.get(_plain(url)):
                self.parts += _parts(file)
                self._read[url] = [packaged(file)]
            else:
                reason = f"the context {url} is not known, and none is fetched"
                self.findings.append(Finding(path, reason, _HINT))
                return []
        return self._read[url]

    def _given(self, url: str) -> Any:
        """What the caller gave for a URL: a text is read."""
        given: Any = self.given[url]
        if is_array(given) or is_object(given) or _is_reference(given):
            return given
        if not isinstance(given, (bytes, str)) and not is_mapping(given):
            kind = type(given).__name__
            raise TypeError(f"contexts[{url!r}] should be a JSON-LD context, not {kind}")
        try:
            return read(given)
        except InvalidTD as error:
            reason = f"contexts[{url!r}]: {error.findings[0].reason}"
            raise ArgumentError(reason, hint="a JSON-LD context is an object") from None

    def _known(self, name: str, within: tuple[str, ...]) -> str:
        if name in self.given:
            return name
        try:
            return urljoin(within[-1] if within else self.base, name)
        except ValueError:
            return name

    def _definitions(self, part: Json, path: str, within: tuple[str, ...]) -> Json:
        found = dict(part)
        if isinstance(url := found.get("@import"), str):
            del found["@import"]
            for imported in self._named(url, at(path, "@import"), within):
                found = {**imported, **found} if is_object(imported) else found
        if within:
            found.pop("@base", None)  # JSON-LD API 1.1 section 4.1.2 step 5.7
        for name, definition in found.items():
            if is_object(definition) and "@context" in definition:
                here = at(at(path, name), "@context")
                inner = self.context(definition["@context"], here, within)
                found[name] = {**definition, "@context": inner}
        self.parts.append(found)
        if not within:
            self.own.append(found)
        return found


def _is_reference(given: Any) -> bool:
    """Whether it is the URL of another context rather than the text of one."""
    return isinstance(given, str) and not given.lstrip().startswith("{")


def _plain(url: str) -> str:
    rest = url.removeprefix("http://").removeprefix("https://").removeprefix("www.")
    return rest.rstrip("/#")


@functools.cache
def packaged(file: str) -> Json:
    """A context of the package; others that it names by their file names are put in."""
    text = (resources.files("wot.td") / "contexts" / file).read_text("utf-8")
    context: Json = _absolute(json.loads(text)["@context"], {})
    return context


def _absolute(context: Any, around: Mapping[str, str]) -> Any:
    """With whole IRIs, so that a document needs those prefixes only that it uses itself."""
    if isinstance(context, str):
        return packaged(context)
    if is_array(context):
        return [_absolute(part, around) for part in context]
    own = {name: iri for name, iri in context.items() if isinstance(iri, str) and iri[-1] in "#/"}
    prefixes = {**around, **own}
    found: Json = {}
    for name, definition in context.items():
        if is_object(definition):
            definition = {word: _iri(value, prefixes) for word, value in definition.items()}
            if "@context" in definition:
                inner = _absolute(definition["@context"], prefixes)
                definition["@context"] = inner if is_array(inner) else [inner]
        found[name] = _iri(definition, prefixes)
    return found


def _iri(value: Any, prefixes: Mapping[str, str]) -> Any:
    prefix, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    return prefixes[prefix] + rest if colon and prefix in prefixes else value


@functools.cache
def _parts(file: str) -> Sequence[Json]:
    return list({id(part): part for part in _all_parts(packaged(file))}.values())


def _all_parts(context: Json) -> Iterator[Json]:
    yield context
    for definition in context.values():
        if is_object(definition):
            for inner in definition.get("@context", ()):
                yield from _all_parts(inner)


def words(texts: Iterable[str]) -> set[str]:
    """Every text that may be a term, and every prefix."""
    found = set(texts)
    found.update([text.partition(":")[0] for text in found if ":" in text])
    return found


def needed(parts: Iterable[Json], used: set[str]) -> None:
    """Adds to the words `used` in a document those which the definitions of these words use in their turn."""
    definitions: dict[str, list[Any]] = {}
    for part in {id(part): part for part in parts}.values():
        for name, definition in part.items():
            definitions.setdefault(name, []).append(definition)
    todo = [*used, "@vocab", "@base"]
    while todo:
        found = words(_texts(definitions.get(todo.pop(), ())))
        todo += found - used
        used |= found


def _texts(definitions: Iterable[Any]) -> Iterator[str]:
    for definition in definitions:
        for value in definition.values() if is_object(definition) else (definition,):
            if isinstance(value, str):
                yield value


def reduced(contexts: Any, used: set[str], done: dict[int, Json]) -> Any:
    """The contexts without the definitions of terms that are not used: their sense for the document is the same.

    Each scope costs as many steps as there are definitions, so that this is four fifths of the time of a small TD.
    """
    if is_array(contexts):
        return [reduced(context, used, done) for context in contexts]
    if not is_object(contexts):
        return contexts
    if id(contexts) not in done:
        found: Json = {}
        for name, definition in contexts.items():
            if name in used or name[:1] == "@":
                if is_object(definition) and "@context" in definition:
                    inner = reduced(definition["@context"], used, done)
                    definition = {**definition, "@context": inner}
                found[name] = definition
        done[id(contexts)] = found
    return done[id(contexts)]


def size(contexts: Any, done: dict[int, int]) -> int:
    """How many definitions there are, each counted as often as it stands there."""
    if is_array(contexts):
        return sum(size(context, done) for context in contexts)
    if not is_object(contexts):
        return 1
    if id(contexts) not in done:
        done[id(contexts)] = len(contexts) + sum(
            size(definition["@context"], done)
            for definition in contexts.values()
            if is_object(definition) and "@context" in definition
        )
    return done[id(contexts)]
