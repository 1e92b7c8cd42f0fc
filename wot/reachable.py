"""What of a TD can be used from here, as the TD of something that can be served again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wot.content import JSON
from wot.forms import scheme_of, shared_variables
from wot.media import forms_of
from wot.td import KINDS, Form, Json, Op, ThingDescription, standard_context

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT
_OF_ENDPOINTS = ("forms", "base", "security", "securityDefinitions", "profile", "schemaDefinitions")

Find = Callable[[Op, str], list[Form]]  # the forms that can be used


def is_lasting(action: Json) -> bool:
    """Whether an action is answered before it ends; where nothing is said, we wait for its end."""
    return action.get("synchronous") is False


def reachable(description: ThingDescription, find: Find) -> Json:
    """The TD without forms, base and security, reduced to what has a usable form."""
    dropped = (*_OF_ENDPOINTS, "uriVariables", *KINDS)
    json: Json = {name: value for name, value in description.json.items() if name not in dropped}
    if shared := shared_variables(description.json):
        json["uriVariables"] = shared
    json["@context"] = standard_context(json.get("@context"))
    if not scheme_of(description.id):
        # No URI, or none at all: nobody else could tell this Thing from others.
        json.pop("id", None)
    kinds = {
        "properties": {
            n: _property(n, p, find) for n, p in description.json.get("properties", {}).items()
        },
        "actions": {n: _action(n, a, find) for n, a in description.json.get("actions", {}).items()},
        "events": {
            n: _plain(e, find(SUBSCRIBE, n)) for n, e in description.json.get("events", {}).items()
        },
    }
    for kind, found in kinds.items():
        kept = {n: a for n, a in found.items() if a is not None and n not in ("", ".", "..")}
        if kept:
            json[kind] = kept
    return json


def _property(name: str, json: Json, find: Find) -> Json | None:
    reads, writes = find(READ, name), find(WRITE, name)
    if not reads and not writes:
        return None
    changed = {
        "readOnly": not writes,
        "writeOnly": not reads,
        "observable": bool(reads and find(OBSERVE, name)),
    }
    bare = {term: value for term, value in json.items() if term not in (*changed, "forms")}
    flags = {term: True for term, value in changed.items() if value}
    return {**bare, **flags, **_media_types(reads or writes)}


def _action(name: str, json: Json, find: Find) -> Json | None:
    lasting, forms = is_lasting(json), find(INVOKE, name)
    if lasting:  # its answer is a status, in JSON
        forms = [form.replace(response={"contentType": JSON}) for form in forms]
    return _plain({**json, "synchronous": not lasting}, forms)


def _plain(json: Json, forms: list[Form]) -> Json | None:
    if not forms:
        return None
    bare = {term: value for term, value in json.items() if term != "forms"}
    return {**bare, **_media_types(forms)}


def _media_types(forms: Iterable[Form]) -> Json:
    """Forms without href that keep the media types."""
    return forms_of(dict.fromkeys((form.content_type, form.response_type) for form in forms))
