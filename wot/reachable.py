"""What of a TD can be used from here, as the TD of something that can be served again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from wot.content import JSON
from wot.forms import scheme_of, variables_of
from wot.media import forms_of
from wot.td import KINDS, Form, Json, Op, ThingDescription, standard_context

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT
_OF_ENDPOINTS = ("forms", "base", "security", "securityDefinitions", "profile", "schemaDefinitions")
_MOST_SHARED = 4 << 20  # bytes of schemas that affordances share, as often as they are shared

Find = Callable[[Op, str], list[Form]]  # the forms that can be used


def is_lasting(action: Json) -> bool:
    """Whether an action is answered before it ends; where nothing is said, we wait for its end."""
    return action.get("synchronous") is False


def reachable(description: ThingDescription, find: Find) -> Json:
    """The TD without forms, base and security, reduced to what has a usable form."""
    dropped = (*_OF_ENDPOINTS, "uriVariables", *KINDS)
    json: Json = {name: value for name, value in description.json.items() if name not in dropped}
    json["@context"] = standard_context(json.get("@context"))
    if not scheme_of(description.id):
        # No URI, or none at all: nobody else could tell this Thing from others.
        json.pop("id", None)
    shared = Shared(description.json.get("uriVariables", {}))
    kinds = {
        "properties": {
            n: _property(n, p, find, shared)
            for n, p in description.json.get("properties", {}).items()
        },
        "actions": {
            n: _action(n, a, find, shared) for n, a in description.json.get("actions", {}).items()
        },
        "events": {
            n: _plain(e, find(SUBSCRIBE, n), shared)
            for n, e in description.json.get("events", {}).items()
        },
    }
    for kind, found in kinds.items():
        kept = {n: a for n, a in found.items() if a is not None and n not in ("", ".", "..")}
        if kept:
            json[kind] = kept
    return json


class Shared:
    """The URI variables of the Thing: each affordance gets those that its usable forms name as its own."""

    def __init__(self, schemas: Json) -> None:
        self._schemas, self._room = schemas, _MOST_SHARED
        self._sizes: dict[str, int] = {}

    def with_variables(self, affordance: Json, forms: Iterable[Form]) -> Json:
        """An affordance with all of its URI variables, and without forms."""
        told = {**affordance, "forms": [form.json for form in forms]}
        found = {
            name: self._schema(name, s) for name, s in variables_of(told, self._schemas).items()
        }
        bare = {term: v for term, v in affordance.items() if term not in ("forms", "uriVariables")}
        return {**bare, "uriVariables": found} if found else bare

    def _schema(self, name: str, schema: Json) -> Json:
        """Where all of them would be too much, anything: then only the Thing itself judges."""
        if schema is not self._schemas.get(name):
            return schema
        if name not in self._sizes:
            self._sizes[name] = len(msgspec.json.encode(schema))
        self._room -= self._sizes[name]
        return schema if self._room >= 0 else {}


def _property(name: str, json: Json, find: Find, shared: Shared) -> Json | None:
    reads, writes = find(READ, name), find(WRITE, name)
    if not reads and not writes:
        return None
    observes = find(OBSERVE, name) if reads else []
    changed = {"readOnly": not writes, "writeOnly": not reads, "observable": bool(observes)}
    told = shared.with_variables(json, [*reads, *writes, *observes])
    bare = {term: value for term, value in told.items() if term not in changed}
    flags = {term: True for term, value in changed.items() if value}
    return {**bare, **flags, **_media_types(reads or writes)}


def _action(name: str, json: Json, find: Find, shared: Shared) -> Json | None:
    lasting, forms = is_lasting(json), find(INVOKE, name)
    if lasting:  # its answer is a status, in JSON
        forms = [form.replace(response={"contentType": JSON}) for form in forms]
    return _plain({**json, "synchronous": not lasting}, forms, shared)


def _plain(json: Json, forms: list[Form], shared: Shared) -> Json | None:
    return {**shared.with_variables(json, forms), **_media_types(forms)} if forms else None


def _media_types(forms: Iterable[Form]) -> Json:
    """Forms without href that keep the media types."""
    return forms_of(dict.fromkeys((form.content_type, form.response_type) for form in forms))
