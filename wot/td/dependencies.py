"""Definitions that imported parts of Thing Models name: they come along (TD 1.1 section 9.3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wot.td.node import Json, is_array, is_object
from wot.td.pointers import is_container

Need = tuple[str, str]  # a member of a model that holds definitions, and the name of one
_MEMBERS = {"security": "securityDefinitions", "schema": "schemaDefinitions"}


class Dependencies:
    """What has been imported into which model, and the definitions that it names."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str, int], Any] = {}  # which hold what they are about
        self._sources: dict[str, dict[str, None]] = {}
        self._needs: dict[str, dict[Need, str]] = {}
        self._named: dict[int, tuple[Any, frozenset[Need]]] = {}

    def take(self, user: str, source: str, value: Any) -> None:
        """Note that the model `user` imports `value` from the model `source`."""
        if (user, source, id(value)) in self._taken:
            return
        self._taken[user, source, id(value)] = value
        self._sources.setdefault(user, {})[source] = None
        needs = self._needs.setdefault(user, {})
        for need in self._in(value):
            needs.setdefault(need, source)

    def missing(self, user: str, model: Json) -> Iterator[tuple[Need, str]]:
        """What `model`, the whole of `user`, does not define, each with a model that may: the nearest one first."""
        for need, source in self._needs.get(user, {}).items():
            home = model.get(need[0])
            if not is_object(home) or need[1] not in home:
                yield from ((need, here) for here in self._chain(source))

    def _chain(self, source: str) -> Iterator[str]:
        """A model, and those it imports from."""
        todo = [source]
        for here in todo:
            yield here
            todo += [further for further in self._sources.get(here, ()) if further not in todo]

    def _in(self, value: Any) -> frozenset[Need]:
        if not is_container(value):
            return frozenset()
        known = self._named.get(id(value))
        if known is None:
            inner: Any = value.values() if is_object(value) else value
            found = frozenset(_named(value) if is_object(value) else ()).union(
                *map(self._in, inner)
            )
            known = self._named[id(value)] = (value, found)
        return known[1]


def _named(value: Json) -> Iterator[Need]:
    for member, home in _MEMBERS.items():
        given = value.get(member)
        for name in given if is_array(given) else (given,):
            if isinstance(name, str):
                yield home, name
