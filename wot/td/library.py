"""The Thing Models met while one is resolved: each is read once, their number is bounded, loops are found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any, NamedTuple, NoReturn

import msgspec

from wot.errors import Finding, InvalidTD, WoTError
from wot.td.editions import is_model
from wot.td.node import Json, at, is_array, is_object
from wot.td.placeholders import is_json, names, textual
from wot.td.pointers import Trail, containers, join, written
from wot.td.reading import read

REF = "tm:ref"
EXTENDS = "tm:extends"
SUBMODEL = "tm:submodel"
LOOP = "tm-ref-recursive-extensions"  # the assertion on endless extensions
ASSERTIONS = {EXTENDS: "tm-extend", SUBMODEL: "tm-compose-submodel"}
MOST_MODELS = 200
MOST_FINDINGS = 100
LARGEST = 4 << 20  # bytes of one model
MOST_BYTES = 2 * LARGEST  # of all models together
SECONDS = 60  # for everything, the reading of models among it
_TICKS = 1000  # pieces of work between two looks at the clock

Resolver = Callable[[str], bytes | str | Mapping[str, Any]]


class ResolveError(WoTError, LookupError):
    """A resolver does not have, or may not read, what it was asked for."""


class Edge(NamedTuple):
    """One model's need of another: `kind` is tm:extends, tm:submodel or tm:ref, `path` where it says so."""

    kind: str
    url: str
    path: Trail


def links(model: Json, rel: str) -> Iterator[tuple[int, Json]]:
    """The links of one relation type, with their index; the rest of a malformed model is passed over."""
    found = model.get("links")
    for index, link in enumerate(found if is_array(found) else ()):
        if is_object(link) and str(link.get("rel")).lower() == rel:
            yield index, link


def references(model: Json, path: str = "$") -> Iterator[tuple[Trail, Json]]:
    """Every object of a model that holds a `tm:ref`, with its place."""
    for trail, value in containers(model, path):
        if is_object(value) and isinstance(value.get(REF), str):
            yield trail, value


class Library:
    """Models by URL; "" is a model whose URL nobody knows. Faults are gathered, and raised at the end."""

    def __init__(
        self, top: Json, url: str, resolver: Resolver | None, values: Mapping[str, Any]
    ) -> None:
        self.top = url
        self.models: dict[str, Json] = {url: top}
        self.failures: dict[str, str] = {}
        self.findings: list[Finding] = []
        self._resolver, self._values = resolver, values
        self._edges: dict[str, list[Edge]] = {}
        self._room, self._ticks = MOST_BYTES, 0
        self._end = monotonic() + SECONDS

    def report(
        self, url: str, trail: Trail, reason: str, hint: str = "", assertion: str = ""
    ) -> None:
        """Note a fault at a place of the model at `url`: at that of the first model that leads there."""
        path = written(trail)
        if url != self.top:
            path, reason = self._way_to(url), f"{reason} (at {path} of the model {url})"
        finding = Finding(path, reason, hint, assertion=assertion)
        if finding not in self.findings:
            self.findings.append(finding)
        if len(self.findings) >= MOST_FINDINGS:
            raise InvalidTD(self.findings)

    def finish(self) -> None:
        """Raise what was found."""
        if self.findings:
            raise InvalidTD(self.findings)

    def work(self) -> None:
        """Count a piece of work; InvalidTD where all of them together take too long."""
        self._ticks += 1
        if self._ticks % _TICKS == 0:
            self._check_time()

    def _check_time(self) -> None:
        if monotonic() > self._end:
            self._too_much(f"it takes more than {SECONDS} seconds")

    def _too_much(self, reason: str) -> NoReturn:
        hint = "what it takes from other models may be too much, or come too slowly"
        raise InvalidTD([*self.findings, Finding("$", reason, hint)])

    def get(self, url: str) -> Json | None:
        """The model at `url`; None where it cannot be had."""
        if url in self.models:
            return self.models[url]
        if url in self.failures:
            return None
        if len(self.models) + len(self.failures) >= MOST_MODELS:
            self._too_much(f"it needs more than {MOST_MODELS} models")
        self._check_time()
        try:
            model = self._read(url)
        except InvalidTD as error:
            self.failures[url] = "; ".join(finding.reason for finding in error.findings[:3])
        except (LookupError, OSError, ValueError, WoTError) as error:
            self.failures[url] = _said(error)
        else:
            self._room -= len(msgspec.json.encode(model))
            if self._room < 0:
                self._too_much(f"it needs more than {MOST_BYTES:,} bytes of other models")
            self.models[url] = model
        return self.models.get(url)

    def need(self, url: str, user: str, path: Trail, assertion: str) -> Json | None:
        """The model at `url`, which the model `user` needs at `path`; a fault where it cannot be had."""
        model = self.get(url)
        if model is None:
            hint = (
                "is it there, and does the resolver allow it?"
                if self._resolver
                else "give a resolver that has it"
            )
            self.report(
                user, path, f"the model {url} cannot be read: {self.failures[url]}", hint, assertion
            )
        return model

    def linked(self, user: str, model: Json, rel: str) -> Iterator[tuple[str, Json]]:
        """The models that links of one relation lead to, with the links; a fault for each that is none."""
        assertion = ASSERTIONS[rel]
        for index, link in links(model, rel):
            here = at(at("$", "links"), index)
            path, href = at(here, "href"), link.get("href")
            if not href:
                self.report(
                    user,
                    here,
                    f"a link with {rel} needs an href",
                    "the URL of the other model",
                    assertion,
                )
                continue
            url = self.url(user, href, path)
            found = None if url is None else self.need(url, user, path, assertion)
            if url is None or found is None:
                continue
            if is_base(found):
                yield url, link
            else:
                hint = 'its @type should be, or contain, "tm:ThingModel"'
                self.report(user, path, f"{url} is no Thing Model", hint, assertion)

    def _read(self, url: str) -> Json:
        if self._resolver is None:
            raise ResolveError("nothing says where models are read from")
        document = self._resolver(url)
        if isinstance(document, (bytes, str)) and len(document) > LARGEST:
            raise ResolveError(f"it has more than {LARGEST:,} bytes")
        return read(document)

    def url(self, user: str, reference: Any, path: Trail) -> str | None:
        """The URL that a reference in the model `user` means, its placeholders filled; a fault where it means none."""
        if not isinstance(reference, str):
            self.report(user, path, "should be the URL of a model")
            return None
        without = self._without_values(reference)
        for name in without:
            reason = f"the placeholder {name!r} has no value"
            hint = "a reference to another model needs it before that model can be read"
            self.report(user, path, reason, hint, "tm-placeholder-replacement")
        return None if without else self._joined(user, reference)

    def _without_values(self, reference: str) -> list[str]:
        return [name for name in names(reference) if not is_json(self._values.get(name, math.nan))]

    def _joined(self, user: str, reference: str) -> str:
        return join(user, textual(reference, self._values))

    def edges(self, url: str) -> list[Edge]:
        """What the model at `url` needs of other models, with the first place each; [] where it cannot be had."""
        if url not in self._edges:
            model = self.get(url)
            self._edges[url] = [] if model is None else list(self._found(url, model))
        return self._edges[url]

    def _found(self, url: str, model: Json) -> Iterator[Edge]:
        asked: set[tuple[str, str]] = set()
        known: set[tuple[str, str]] = set()
        for kind, reference, path in _needs(model):
            if not isinstance(reference, str) or (kind, reference) in asked:
                continue
            asked.add((kind, reference))
            # One that cannot be read is a fault only for whoever follows it.
            if reference and not self._without_values(reference):
                target = self._joined(url, reference)
                if (kind != REF or target != url) and (kind, target) not in known:
                    known.add((kind, target))
                    yield Edge(kind, target, path)

    def ancestors(self, url: str) -> list[str]:
        """The models that the one at `url` extends, directly or not, the most basic ones first, itself last."""
        order: dict[str, None] = {}
        todo: list[tuple[str, bool]] = [(url, False)]
        while todo:
            here, done = todo.pop()
            if done:
                order[here] = None
            elif here not in order:
                todo.append((here, True))
                todo += [(edge.url, False) for edge in self.edges(here) if edge.kind == EXTENDS]
        return list(order)

    def check_loops(self) -> None:
        """Raise InvalidTD where models extend or contain each other endlessly (TD 1.1 section 9.3.2).

        References to single definitions may go back and forth between two models: those are followed one by one.
        """
        urls = self._survey()
        place = {url: number for number, url in enumerate(urls)}
        reach = [_bits({place[edge.url] for edge in self.edges(url)}) for url in urls]
        for middle in range(len(urls)):
            for start in range(len(urls)):
                if reach[start] >> middle & 1:
                    reach[start] |= reach[middle]
        for url in urls:
            for edge in self.edges(url):
                if edge.kind != REF and reach[place[edge.url]] >> place[url] & 1:
                    self._loop(url, edge)

    def _way_to(self, url: str) -> str:
        """Where the first model names the one at `url`, or one that leads to it."""
        for first in self.edges(self.top):
            if url in self._reached([first.url]):
                return written(first.path)
        return "$"

    def _survey(self) -> list[str]:
        """All models in reach. One that cannot be had ends the search there: whoever needs it will say so."""
        return list(self._reached([self.top]))

    def _reached(self, todo: list[str]) -> dict[str, None]:
        found = dict.fromkeys(todo)
        while todo:
            for edge in self.edges(todo.pop()):
                if edge.url not in found:
                    found[edge.url] = None
                    todo.append(edge.url)
        return found

    def _loop(self, url: str, edge: Edge) -> None:
        ways: dict[str, list[str]] = {edge.url: [edge.url]}
        todo = [edge.url]
        for here in todo:  # breadth first: the shortest way back
            for further in self.edges(here):
                if further.url not in ways:
                    ways[further.url] = [*ways[here], further.url]
                    todo.append(further.url)
        way = " → ".join(name or "this model" for name in (url, *ways[url]))
        reason = f"it leads back to itself by {edge.kind}: {way}"
        self.report(url, edge.path, reason, "break the circle", LOOP)
        raise InvalidTD(self.findings)


def _needs(model: Json) -> Iterator[tuple[str, Any, Trail]]:
    for kind in (EXTENDS, SUBMODEL):
        for index, link in links(model, kind):
            yield kind, link.get("href"), ((("$", "links"), index), "href")
    for trail, holder in references(model):
        yield REF, holder[REF].partition("#")[0], (trail, REF)


def _bits(numbers: set[int]) -> int:
    return sum(1 << number for number in numbers)


def _said(error: Exception) -> str:
    return "there is none" if isinstance(error, KeyError) else str(error) or type(error).__name__


def types_of(model: Json) -> list[str]:
    """The semantic types of an object."""
    types = model.get("@type")
    return [text for text in (types if is_array(types) else [types]) if isinstance(text, str)]


def is_base(model: Json) -> bool:
    """Whether a model can be extended: it says that it is one, if need be in the words of the drafts."""
    return is_model(model) or "ThingModel" in types_of(model)
