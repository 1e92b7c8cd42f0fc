"""The `@context` of Thing Models that take definitions from others: what those need is taken along."""

from __future__ import annotations

import re
from typing import Any

from wot.td.library import EXTENDS, Library
from wot.td.node import Json, is_array, is_object
from wot.td.pointers import MISSING, Trail, is_container
from wot.td.vocabulary import TD_10, TD_11

# Whatever version the other model is written in, the one that takes from it keeps its own.
_VERSIONS = frozenset({TD_10, TD_11, "http://www.w3.org/ns/td", "https://www.w3.org/ns/td"})
_COMPACT = re.compile(r"([A-Za-z_][\w.-]*):(?!//)").match


class Prefixes:
    """What the prefixes of each model mean, and which models take definitions from which."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._taken: dict[str, dict[str, None]] = {}
        self._declared: dict[str, Json] = {}
        self._meanings: dict[str, Json] = {}
        self._checked: dict[tuple[str, str, int], Any] = {}  # which hold what they are about
        self._used: dict[int, tuple[Any, frozenset[str]]] = {}

    def take(self, user: str, source: str, value: Any, path: Trail) -> None:
        """Note that the model `user` takes `value` from the model `source`, and whether prefixes clash."""
        self._taken.setdefault(user, {})[source] = None
        self.check(user, source, value, path)

    def check(self, user: str, source: str, value: Any, path: Trail) -> None:
        """Note a fault where a prefix in `value` means one thing in `source` and another in `user`."""
        if (user, source, id(value)) in self._checked:
            return
        self._checked[user, source, id(value)] = value
        declared, more = self.declared(source), self._meanings.get(source, {})
        if user not in self._meanings:
            self._meanings[user] = dict(self.declared(user, inherited=False))
        mine = self._meanings[user]
        known = (prefix for prefix in self._in(value) if prefix in declared or prefix in more)
        for prefix in sorted(known):
            meant = more[prefix] if prefix in more else declared[prefix]
            if mine.setdefault(prefix, meant) != meant:
                reason = (
                    f"the prefix {prefix!r} means {mine[prefix]!r} here and {meant!r} in {source}"
                )
                self.library.report(
                    user, path, reason, "use another prefix in one of the two", "tm-tmRef2"
                )

    def declared(self, url: str, *, inherited: bool = True) -> Json:
        """The terms that the model at `url` declares, and those of the models it extends."""
        if not inherited:
            return _terms(self.library.models[url])
        if url not in self._declared:
            found: Json = {}
            for model in self.library.ancestors(url):
                if model in self.library.models:
                    found |= _terms(self.library.models[model])
            self._declared[url] = found
        return self._declared[url]

    def merged(self, url: str) -> Any:
        """The `@context` of a model with everything that its definitions need; MISSING where there is none."""
        own = self.library.models[url].get("@context", MISSING)
        entries = [] if own is MISSING else own if is_array(own) else [own]
        mine, named = _terms(self.library.models[url]), {e for e in entries if isinstance(e, str)}
        texts: dict[str, None] = {}
        terms: Json = {}
        for source in self._sources(url):
            for entry in _entries(self.library.models[source]):
                if isinstance(entry, str):
                    if entry not in named and (own is MISSING or entry not in _VERSIONS):
                        texts[entry] = None
                elif is_object(entry):
                    for name, value in entry.items():
                        if name[:1] != "@" and name not in mine:
                            terms.setdefault(name, value)
        if not texts and not terms:
            return own
        versions = [entry for entry in entries if _is_version(entry)]
        rest = [entry for entry in entries if not _is_version(entry)]
        return [*versions, *texts, *rest, *([terms] if terms else [])]

    def _sources(self, url: str) -> list[str]:
        """The models that the one at `url` takes something from, directly or not."""
        found: dict[str, None] = {}
        todo = [url]
        while todo:
            here = todo.pop(0)
            extended = [edge.url for edge in self.library.edges(here) if edge.kind == EXTENDS]
            for source in (*extended, *self._taken.get(here, ())):
                if source not in found and source != url and source in self.library.models:
                    found[source] = None
                    todo.append(source)
        return list(found)

    def _in(self, value: Any) -> frozenset[str]:
        """The prefixes that occur in a value, in names and in texts."""
        if isinstance(value, str):
            compact = _COMPACT(value)
            return frozenset((compact[1],)) if compact else frozenset()
        if not is_container(value):
            return frozenset()
        known = self._used.get(id(value))
        if known is None:
            inner: Any = [*value, *value.values()] if is_object(value) else value
            found = frozenset[str]().union(*map(self._in, inner))
            known = self._used[id(value)] = (value, found)
        return known[1]


def _is_version(entry: Any) -> bool:
    return isinstance(entry, str) and entry in _VERSIONS


def _entries(model: Json) -> list[Any]:
    context = model.get("@context")
    return context if is_array(context) else [context]


def _terms(model: Json) -> Json:
    found: Json = {}
    for entry in _entries(model):
        if is_object(entry):
            found |= {name: value for name, value in entry.items() if name[:1] != "@"}
    return found
