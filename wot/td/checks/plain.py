"""Most of a valid TD is plain: nothing of it can be wrong but its structure. JSON Schemas say which affordances are.

They need not say all that is right, only nothing that a check would find fault with: what is not plain is looked at.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import Any

from wot.td.node import Json, is_object

_ABSOLUTE = "^[A-Za-z][A-Za-z0-9+.-]*:"
_HREF = r"[^{}@\[\\|^`%]*$"  # to its end: no template, no user, no IPv6 address, nothing encoded or forbidden
_MEDIA_TYPE = r"^[^\s/;,]+/[^\s/;,]+(\s*;.*)?$"
_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH"]
_TEXTS: Json = {term: {} for term in ("@type", "title", "titles", "description", "descriptions")}
_NOTES: Json = {**_TEXTS, "unit": {}, "format": {}, "readOnly": {}}
_DATA: Json = {"$ref": "#/definitions/data"}
# One bound on each side of what most ranges have in the middle: they cannot contradict each other.
_RANGE: Json = {"minimum": {"maximum": 0}, "maximum": {"minimum": 0}}
_LENGTH: Json = {"minLength": {"maximum": 1}, "maxLength": {"minimum": 1}}
_ITEMS: Json = {"minItems": {"maximum": 1}, "maxItems": {"minimum": 1}, "items": _DATA}
_DECLARED: Json = {"required": {"declares": True}}
_STRINGS: Json = {"items": {"type": "string"}}
# Operations with a default method in HTTP, and without; the latter, of properties, are for those that are observable.
_OPS: dict[str, tuple[list[str], list[str]]] = {
    "properties": (["readproperty", "writeproperty"], ["observeproperty", "unobserveproperty"]),
    "actions": (["invokeaction"], ["queryaction", "cancelaction"]),
    "events": (["unsubscribeevent"], ["subscribeevent"]),
}
_STREAMS = ("observeproperty", "subscribeevent")


def odd(td: Json, prefixes: Collection[str] | None) -> Json:
    """The TD without its plain affordances. Its structure is sound, and `prefixes` are declared; None: all may be."""
    is_plain = _screens(bool(td.get("base")), prefixes is None or "htv" in prefixes)
    rest = dict(td)
    for kind, accepts in is_plain.items():
        affordances = td.get(kind)
        if is_object(affordances):
            rest[kind] = {name: one for name, one in affordances.items() if not accepts(one)}
    return rest


@functools.cache
def _screens(based: bool, http: bool) -> dict[str, Callable[[Any], bool]]:
    """For each kind of affordance, whether one is plain."""
    import jsonschema_rs

    found: dict[str, Callable[[Any], bool]] = {}
    for kind, schema in (
        ("properties", _property()),
        ("actions", _affordance("input", "output", "safe", "idempotent", "synchronous")),
        ("events", _affordance("subscription", "data", "dataResponse", "cancellation")),
    ):
        usual, others = _OPS[kind]
        definitions = {
            "data": _schema({}),
            "forms": _forms(usual, others if kind != "properties" else [], based, http),
            "observing": _forms(usual, others, based, http),
        }
        found[kind] = jsonschema_rs.Draft7Validator(
            {**schema, "definitions": definitions},
            keywords=dict[str, Any](declares=_Declares),
            pattern_options=jsonschema_rs.RegexOptions(),
        ).is_valid
    return found


def _property() -> Json:
    usual = _schema({"observable": {}, "forms": {"$ref": "#/definitions/forms"}})
    observed = _schema({"observable": {}, "forms": {"$ref": "#/definitions/observing"}})
    observes = {"properties": {"forms": {"contains": _does("observeproperty")}}}
    writes = {"contains": _does("writeproperty")}
    read_only = {"properties": {"readOnly": {"const": True}, "forms": writes}}
    return {
        "if": {"properties": {"observable": {"const": True}}, "required": ["observable"]},
        "then": {"allOf": [observed, observes]},
        "else": usual,
        "dependencies": {"readOnly": {"not": read_only}},
    }


def _does(op: str) -> Json:
    """Forms that do so expressly."""
    said = {"anyOf": [{"const": op}, {"type": "array", "contains": {"const": op}}]}
    return {"properties": {"op": said}, "required": ["op"]}


def _affordance(*terms: str) -> Json:
    flags = ("safe", "idempotent", "synchronous")
    members = {term: {} if term in flags else _DATA for term in terms}
    return _closed({**_TEXTS, **members, "forms": {"$ref": "#/definitions/forms"}})


def _forms(usual: list[str], others: list[str], based: bool, http: bool) -> Json:
    """Forms whose operations have a default method, and forms that say how else they are done."""
    members: Json = {
        "href": {"pattern": ("^" if based else _ABSOLUTE) + _HREF},
        "contentType": {"anyOf": [{"const": "application/json"}, {"pattern": _MEDIA_TYPE}]},
        "subprotocol": {},
        "scopes": {},
    }
    # By default an event is subscribed to, and that has none.
    needed = ["href", "op"] if "subscribeevent" in others else ["href"]
    ways: list[tuple[Json, list[str]]] = [
        ({"op": _ops(usual)}, needed),
        ({"op": _ops(usual + others)}, ["href", "subprotocol"]),
    ]
    if http:  # one method is for one operation
        every = usual + others
        ended = [_ops([op, f"un{op}"]) for op in _STREAMS if op in every]
        named = {"htv:methodName": {"enum": _METHODS}, "op": {"anyOf": [_ops(every, 1), *ended]}}
        ways.append((named, ["href", "htv:methodName"]))
    found = [{**_closed({**members, **more}), "required": wanted} for more, wanted in ways]
    return {"type": "array", "items": {"anyOf": found}}


def _ops(names: list[str], most: int = 9) -> Json:
    among = {"enum": names}
    several = {"type": "array", "items": among, "uniqueItems": True, "maxItems": most}
    return {"anyOf": [among, several]}


def _closed(members: Json) -> Json:
    return {"properties": members, "additionalProperties": False}


def _schema(more: Json) -> Json:
    """Data schemas, and properties, which are data schemas with more members."""

    def of(types: list[str], members: Json, *required: str) -> Json:
        closed = _closed({**_NOTES, **more, "type": {"enum": types}, **members})
        return {**closed, "required": ["type", *required]}

    members = {"properties": {"additionalProperties": _DATA}, "required": {}}
    return {
        "type": "object",  # items may be an array of schemas
        "anyOf": [
            of(["number", "integer"], _RANGE),
            of(["number"], {"default": {"type": "number"}}),
            of(["integer"], {"default": {"type": "integer"}}),
            of(["object"], members, "properties") | {"dependencies": _DECLARED},
            of(["boolean"], {"default": {"type": "boolean"}}),
            of(["string"], _LENGTH),
            of(["string"], {"enum": _STRINGS}),
            of(["string"], {"default": {"type": "string"}}),
            of(["array"], _ITEMS | {"items": _DATA}, "items"),
            of(["null"], {}),
            _closed({**_NOTES, **more}),
        ],
    }


class _Declares:
    """A keyword: the members that an object schema requires are among its properties."""

    def __init__(self, schema: Json, value: Any, path: Any) -> None:
        pass

    def validate(self, schema: Any) -> None:
        """ValueError where they are not."""
        required = schema.get("required")
        if required and not (
            len(set(required)) == len(required) and schema["properties"].keys() >= set(required)
        ):
            raise ValueError
