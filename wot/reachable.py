"""What of a TD can be used from here, as the TD of something that can be served again."""

from __future__ import annotations

from collections.abc import Callable

from wot.content import JSON
from wot.forms import scheme_of, shared_variables
from wot.td import KINDS, Form, Json, Op, ThingDescription, standard_context

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
OBSERVE, SUBSCRIBE = Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT
_OF_ENDPOINTS = ("forms", "base", "security", "securityDefinitions", "profile", "schemaDefinitions")


def is_lasting(action: Json) -> bool:
    """Whether an action is answered before it ends; where nothing is said, we wait for its end."""
    return action.get("synchronous") is False


def reachable(description: ThingDescription, can: Callable[[Op, str], bool]) -> Json:
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
            n: _property(n, p, can) for n, p in description.json.get("properties", {}).items()
        },
        "actions": {n: _action(n, a, can) for n, a in description.json.get("actions", {}).items()},
        "events": {
            n: _plain(e, SUBSCRIBE, n, can) for n, e in description.json.get("events", {}).items()
        },
    }
    for kind, found in kinds.items():
        kept = {n: a for n, a in found.items() if a is not None and n not in ("", ".", "..")}
        if kept:
            json[kind] = kept
    return json


def _property(name: str, json: Json, can: Callable[[Op, str], bool]) -> Json | None:
    readable, writable = can(READ, name), can(WRITE, name)
    if not readable and not writable:
        return None
    changed = {
        "readOnly": not writable,
        "writeOnly": not readable,
        "observable": readable and can(OBSERVE, name),
    }
    bare = {term: value for term, value in json.items() if term not in (*changed, "forms")}
    return {**bare, **{term: True for term, value in changed.items() if value}, **_media_type(json)}


def _action(name: str, json: Json, can: Callable[[Op, str], bool]) -> Json | None:
    lasting = is_lasting(json)
    if lasting and json.get("forms"):  # its answer is a status, in JSON
        form = {**json["forms"][0], "response": {"contentType": JSON}}
        if Form(form).content_type == JSON:
            del form["response"]
        json = {**json, "forms": [form]}
    return _plain({**json, "synchronous": not lasting}, INVOKE, name, can)


def _plain(json: Json, op: Op, name: str, can: Callable[[Op, str], bool]) -> Json | None:
    if not can(op, name):
        return None
    return {**{term: value for term, value in json.items() if term != "forms"}, **_media_type(json)}


def _media_type(json: Json) -> Json:
    """A form without href that keeps media types other than JSON."""
    forms: list[Json] = json.get("forms") or [{}]
    form = Form(forms[0])
    kept = {term: form.json[term] for term in ("contentType", "response") if term in form.json}
    return {"forms": [kept]} if form.content_type != JSON or "response" in kept else {}
