"""Security definitions as the checks of forms need them: which ones a form is under, and what matters of those."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from wot.td.editions import Edition
from wot.td.node import Json, is_array, is_object

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")


class Active:
    """The definitions that a form is under, combinations resolved, and what matters of them."""

    __slots__ = ("in_body", "in_uri", "needed", "scopes", "single")

    def __init__(self, schemes: Schemes, names: list[str]) -> None:
        self.in_uri: Mapping[str, str] = {}
        self.in_body: Mapping[str, str] = {}
        self.scopes: frozenset[str] = frozenset()
        self.needed: frozenset[str] = frozenset()  # whatever is chosen where there is a choice
        self.single: frozenset[str] = frozenset()  # those that are no combinations
        if schemes.matter:
            self._resolve(schemes, names)
            self.needed = frozenset(_reached(schemes, names, ("allOf",)))

    def must(self, faulty: Collection[str]) -> frozenset[str]:
        """Those of the `faulty` ones that no client can do without; all, where there is nothing else to choose."""
        all_ = frozenset(faulty)
        return all_ if self.single <= all_ else self.needed & all_

    def _resolve(self, schemes: Schemes, todo: list[str]) -> None:
        scopes: set[str] = set()
        in_body: dict[str, str] = {}
        in_uri: dict[str, str] = {}
        single: set[str] = set()
        for name, scheme in _reached(schemes, todo, ("oneOf", "allOf")).items():
            scopes.update(names(scheme.get("scopes")))
            if scheme.get("scheme") != "combo":
                single.add(name)
            if name in schemes.in_uri:
                in_uri[name] = schemes.in_uri[name]
            if name in schemes.in_body:
                in_body[name] = scheme["name"]
        self.in_uri, self.in_body, self.scopes = in_uri, in_body, frozenset(scopes)
        self.single = frozenset(single)


def _reached(schemes: Schemes, start: list[str], terms: tuple[str, ...]) -> dict[str, Json]:
    """The definitions with these names, and those that they combine by `terms`."""
    found: dict[str, Json] = {}
    todo = list(start)
    while todo:
        name = todo.pop()
        scheme = schemes.definitions.get(name)
        if name in found or not is_object(scheme):
            continue
        found[name] = scheme
        if scheme.get("scheme") == "combo":
            todo += [part for term in terms for part in names(scheme.get(term))]
    return found


class Schemes:
    """The definitions of a TD, as the checks of forms need them."""

    __slots__ = (
        "_active",
        "default",
        "definitions",
        "has_scopes",
        "in_body",
        "in_uri",
        "matter",
        "version",
    )

    def __init__(
        self, definitions: Mapping[str, Any], default: list[str], version: Edition
    ) -> None:
        self.definitions, self.version = definitions, version
        self.default = default
        self.in_uri = self._variables()
        self.in_body: Mapping[str, str] = self._pointers() if version.has_pointers else {}
        self.has_scopes = any(is_object(d) and "scopes" in d for d in definitions.values())
        self.matter = bool(self.in_uri or self.in_body or self.has_scopes)
        self._active: dict[tuple[str, ...] | None, Active] = {}

    def _variables(self) -> Mapping[str, str]:
        """Definition → the URI variable that carries its secret."""
        return {
            name: given["name"]
            for name, given in self.definitions.items()
            if is_object(given)
            and given.get("in") == "uri"
            and isinstance(given.get("name"), str)
            and given["name"]
        }

    def _pointers(self) -> Mapping[str, str]:
        """Definition → where in the body its secret goes."""
        return {
            name: given["name"]
            for name, given in self.definitions.items()
            if is_object(given) and given.get("in") == "body" and is_pointer(given.get("name"))
        }

    def active(self, form: Json) -> Active:
        """What a form is under; looked up once for all forms with the same names."""
        given = form.get("security")
        key = None if given is None else tuple(names(given))
        found = self._active.get(key)
        if found is None:
            found = Active(self, list(self.default if key is None else key))
            self._active[key] = found
        return found


def parts_of(combination: Json) -> list[str]:
    """The definitions that a combination is of."""
    return [part for term in ("oneOf", "allOf") for part in names(combination.get(term))]


def names(value: Any) -> list[str]:
    """One name, or several."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if is_array(value) else []


def is_pointer(text: Any) -> bool:
    """Whether it is a JSON Pointer (RFC 6901)."""
    return isinstance(text, str) and _POINTER.fullmatch(text) is not None
