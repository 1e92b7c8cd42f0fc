"""Terms that are written almost right: whoever reads them ignores them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wot.td.checks.trail import Findings, Trail
from wot.td.editions import Edition
from wot.td.likeness import like, plain, same
from wot.td.model import (
    ActionAffordance,
    DataSchema,
    EventAffordance,
    Form,
    Link,
    PropertyAffordance,
    SecurityScheme,
    ThingDescription,
)
from wot.td.node import Json, is_array, is_object, objects_in

_PARTS = ("input", "output", "subscription", "data", "dataResponse", "cancellation")
_COMPARED = 200  # names of a document that are compared with all terms


class _Terms:
    """The members that an object of one class has, and what others may be meant for."""

    __slots__ = ("known", "meant", "silent")

    def __init__(self, terms: Iterable[str], silent: Iterable[str] = ()) -> None:
        self.known = frozenset(terms)
        self.silent = self.known | frozenset(silent)  # of which nothing is said
        self.meant = {plain(name): name for name in sorted(self.known)}

    def check(self, json: Any, trail: Trail, scene: _Scene) -> None:
        if not is_object(json) or self.silent.issuperset(json):
            return
        for name in sorted(json.keys() - self.silent):
            if ":" in name:  # an extension
                continue
            meant = same(name, self.meant) or scene.like(name, self.known)
            if meant and meant not in json and meant not in scene.version.later:
                reason = f"{name} is no term, so it is ignored"
                scene.found.warning((*trail, name), reason, f"did you mean {meant}?")


class _Scene:
    """What is found, and how many names have been compared."""

    __slots__ = ("compared", "found", "version")

    def __init__(self, found: Findings, version: Edition) -> None:
        self.found, self.version, self.compared = found, version, 0

    def like(self, name: str, known: frozenset[str]) -> str:
        self.compared += 1
        return like(name, known) if self.compared <= _COMPARED else ""


_THING, _SCHEMA = _Terms(ThingDescription.members), _Terms(DataSchema.members)
_FORM = _Terms([*Form.members, "htv:methodName"])
_LINK = _Terms([*Link.members, "instanceName"])
_VERSION = _Terms(["instance", "model"])
_RESPONSE = _Terms(["contentType"], ["success", "schema"])
_RESPONSES = _Terms(["contentType", "success", "schema"])
_KINDS: Mapping[str, _Terms] = {
    "properties": _Terms(PropertyAffordance.members),
    "actions": _Terms(ActionAffordance.members),
    "events": _Terms(EventAffordance.members),
}
_COMMON = ("@type", "description", "descriptions", "proxy", "scheme")
_OF_SCHEME: Mapping[str, Collection[str]] = {
    "nosec": (),
    "auto": (),
    "combo": ("oneOf", "allOf"),
    "basic": ("in", "name"),
    "digest": ("in", "name", "qop"),
    "apikey": ("in", "name"),
    "bearer": ("in", "name", "authorization", "alg", "format"),
    "psk": ("identity",),
    "oauth2": ("authorization", "token", "refresh", "scopes", "flow"),
}
_SCHEMES = {
    scheme: _Terms([*_COMMON, *terms], SecurityScheme.members)
    for scheme, terms in _OF_SCHEME.items()
}
_SCHEME = _Terms(_COMMON, SecurityScheme.members)


def check(td: Json, found: Findings, version: Edition) -> None:
    """The members of every object of the vocabulary; extensions have prefixes."""
    scene = _Scene(found, version)
    _THING.check(td, (), scene)
    _VERSION.check(td.get("version"), ("version",), scene)
    for name, scheme in objects_in(td, "securityDefinitions"):
        given = scheme.get("scheme")
        terms = _SCHEMES.get(given, _SCHEME) if isinstance(given, str) else _SCHEME
        terms.check(scheme, ("securityDefinitions", name), scene)
    links = td.get("links")
    for number, link in enumerate(links if is_array(links) else ()):
        _LINK.check(link, ("links", number), scene)
    _check_forms(td, (), scene)
    for kind in _KINDS:
        for name, affordance in objects_in(td, kind):
            _check_affordance(kind, affordance, (kind, name), scene)
    for term in {"schemaDefinitions", "uriVariables"} - version.later:
        _check_map(td, term, (), scene)


def _check_affordance(kind: str, affordance: Json, trail: Trail, scene: _Scene) -> None:
    _KINDS[kind].check(affordance, trail, scene)
    _check_forms(affordance, trail, scene)
    _check_map(affordance, "uriVariables", trail, scene)
    if kind == "properties":
        _check_inside(affordance, trail, scene)
        return
    for part in _PARTS:
        if part in affordance:
            _check_schema(affordance[part], (*trail, part), scene)


def _check_forms(owner: Json, trail: Trail, scene: _Scene) -> None:
    forms = owner.get("forms")
    for number, form in enumerate(forms if is_array(forms) else ()):
        where = (*trail, "forms", number)
        _FORM.check(form, where, scene)
        if not is_object(form):
            continue
        if "response" in form:
            _RESPONSE.check(form["response"], (*where, "response"), scene)
        others = form.get("additionalResponses")
        for index, response in enumerate(others if is_array(others) else ()):
            _RESPONSES.check(response, (*where, "additionalResponses", index), scene)


def _check_schema(schema: Any, trail: Trail, scene: _Scene) -> None:
    if is_object(schema):
        _SCHEMA.check(schema, trail, scene)
        _check_inside(schema, trail, scene)


def _check_inside(schema: Json, trail: Trail, scene: _Scene) -> None:
    """The schemas within one."""
    if "properties" in schema:
        _check_map(schema, "properties", trail, scene)
    if "items" in schema:
        items = schema["items"]
        if is_array(items):
            _check_all(items, (*trail, "items"), scene)
        else:
            _check_schema(items, (*trail, "items"), scene)
    if is_array(schema.get("oneOf")):
        _check_all(schema["oneOf"], (*trail, "oneOf"), scene)


def _check_all(schemas: list[Any], trail: Trail, scene: _Scene) -> None:
    for number, schema in enumerate(schemas):
        _check_schema(schema, (*trail, number), scene)


def _check_map(owner: Json, term: str, trail: Trail, scene: _Scene) -> None:
    for name, schema in objects_in(owner, term):
        _check_schema(schema, (*trail, term, name), scene)
