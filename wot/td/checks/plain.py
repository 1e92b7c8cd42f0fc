"""Most of a valid TD is plain: nothing can be wrong with it. JSON Schemas say which affordances are.

They need not say all that is right, only nothing that our schema or a check would find fault with: what is not plain is
looked at.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import Any

from wot.td.editions import Edition, schema_of
from wot.td.node import Json, is_array, is_object

_ABSOLUTE = "^[A-Za-z][A-Za-z0-9+.-]*:"
_HREF = r"[^{}@\[\\|^`%\s<>\"]*$"  # to its end: no template, no user, no IPv6 address, nothing encoded or forbidden
_MEDIA_TYPE = r"^[^\s/;,]+/[^\s/;,]+(\s*;.*)?$"
_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH"]
_STRING: Json = {"type": "string"}
_FLAG: Json = {"type": "boolean"}
# These are those of our schema of the edition.
_LANGUAGES: Json = {"$ref": "#/definitions/languages"}
_TEXTS: Json = {
    "@type": {"$ref": "#/definitions/types"},
    "title": _STRING,
    "titles": _LANGUAGES,
    "description": _STRING,
    "descriptions": _LANGUAGES,
}
_NOTES: Json = {**_TEXTS, "unit": _STRING, "format": _STRING, "readOnly": _FLAG}
_DATA: Json = {"$ref": "#/definitions/data0"}
_LEVELS = 6  # of data schemas within each other: what is deeper is not plain, so nothing here is bottomless


def _bounds(low: str, high: str, middle: int, kind: str) -> Json:
    """One on each side of what most ranges have in the middle: they cannot contradict each other."""
    least = 0 if middle else None
    below: Json = {"type": kind, "maximum": middle}
    return {
        low: below if least is None else {**below, "minimum": least},
        high: {"type": kind, "minimum": middle},
    }


_LENGTH = _bounds("minLength", "maxLength", 1, "integer")
_ITEMS = _bounds("minItems", "maxItems", 1, "integer")
_DECLARED: Json = {"required": {"declares": True}}
_CHOICES: Json = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _STRING}
# Operations with a default method in HTTP, and without; the latter, of properties, are for those that are observable.
_OPS: dict[str, tuple[list[str], list[str]]] = {
    "properties": (["readproperty", "writeproperty"], ["observeproperty", "unobserveproperty"]),
    "actions": (["invokeaction"], ["queryaction", "cancelaction"]),
    "events": (["unsubscribeevent"], ["subscribeevent"]),
}
_STREAMS = ("observeproperty", "subscribeevent")


def odd(td: Json, version: Edition, prefixes: Collection[str] | None) -> Json:
    """The TD without its plain affordances, whatever the rest is; `prefixes` are declared, None: all may be."""
    is_plain = _screens(version, bool(td.get("base")), prefixes is None or "htv" in prefixes)
    rest = dict(td)
    for kind, accepts in is_plain.items():
        affordances = td.get(kind)
        if is_object(affordances):
            rest[kind] = {name: one for name, one in affordances.items() if not accepts(one)}
    return rest


@functools.cache
def _screens(version: Edition, based: bool, http: bool) -> dict[str, Callable[[Any], bool]]:
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
            **schema_of(version)["definitions"],
            **{f"data{level}": _schema({}, level + 1) for level in range(_LEVELS)},
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
    usual = _schema({"observable": _FLAG, "forms": {"$ref": "#/definitions/forms"}}, 0)
    observed = _schema({"observable": _FLAG, "forms": {"$ref": "#/definitions/observing"}}, 0)
    observes = {"properties": {"forms": {"contains": _does("observeproperty")}}}
    writes = {"contains": _does("writeproperty")}
    read_only = {"properties": {"readOnly": {"const": True}, "forms": writes}}
    return {
        "required": ["forms"],
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
    members = {term: _FLAG if term in flags else _DATA for term in terms}
    closed = _closed({**_TEXTS, **members, "forms": {"$ref": "#/definitions/forms"}})
    return {**closed, "type": "object", "required": ["forms"]}


def _forms(usual: list[str], others: list[str], based: bool, http: bool) -> Json:
    """Forms whose operations have a default method, and forms that say how else they are done."""
    members: Json = {
        "href": {**_STRING, "pattern": ("^" if based else _ABSOLUTE) + _HREF},
        "contentType": {
            "anyOf": [{"const": "application/json"}, {**_STRING, "pattern": _MEDIA_TYPE}]
        },
        "subprotocol": _STRING,
        "scopes": {"type": ["string", "array"], "items": _STRING},
    }
    # By default an event is subscribed to, and that has none.
    needed = ["href", "op"] if "subscribeevent" in others else ["href"]
    ways: list[tuple[Json, list[str]]] = [
        ({"op": _ops(usual)}, needed),
        ({"op": _ops(usual + others)}, ["href", "subprotocol"]),
    ]
    if "op" in needed:  # nearly all forms of events have a subprotocol
        ways.reverse()
    if http:  # one method is for one operation
        every = usual + others
        ended = [_ops([op, f"un{op}"]) for op in _STREAMS if op in every]
        named = {"htv:methodName": {"enum": _METHODS}, "op": {"anyOf": [_ops(every, 1), *ended]}}
        ways.append((named, ["href", "htv:methodName"]))
    found = [{**_closed({**members, **more}), "required": wanted} for more, wanted in ways]
    return {"type": "array", "minItems": 1, "items": {"type": "object", "anyOf": found}}


def _ops(names: list[str], most: int = 9) -> Json:
    among = {"enum": names}
    several = {
        "type": "array",
        "items": among,
        "uniqueItems": True,
        "minItems": 1,
        "maxItems": most,
    }
    return {"anyOf": [among, several]}


def _closed(members: Json) -> Json:
    return {"properties": members, "additionalProperties": False}


def _schema(more: Json, inner: int) -> Json:
    """Data schemas, and properties, which are data schemas with more members; those in them are of level `inner`."""
    within: Any = {"$ref": f"#/definitions/data{inner}"} if inner < _LEVELS else False

    def of(types: list[str], members: Json, *required: str) -> Json:
        closed = _closed({**_NOTES, **more, "type": {"enum": types}, **members})
        return {**closed, "required": ["type", *required]}

    members = {
        "properties": {"type": "object", "additionalProperties": within},
        "required": {"type": "array", "items": _STRING},
    }
    whole, bounds = {"type": "integer"}, _bounds("minimum", "maximum", 0, "integer")
    broken = {**_bounds("minimum", "maximum", 0, "number"), "default": {"type": "number"}}
    return {
        "type": "object",  # items may be an array of schemas
        "anyOf": [  # the usual ones first
            of(["number", "integer"], {**bounds, "default": whole}) | _alone("default", bounds),
            of(["object"], members, "properties") | {"dependencies": _DECLARED},
            of(["string"], {**_LENGTH, "enum": _CHOICES, "default": _STRING})
            | _alone("default", [*_LENGTH, "enum"], "enum", _LENGTH),
            of(["boolean"], {"default": _FLAG}),
            of(["array"], {**_ITEMS, "items": within}, "items"),
            of(["number"], broken) | _alone("default", bounds),
            of(["null"], {}),
            _closed({**_NOTES, **more}),
        ],
    }


def _alone(*pairs: Any) -> Json:
    """Terms with others that each of them does without."""
    without = zip(pairs[::2], pairs[1::2], strict=True)
    return {
        "dependencies": {
            term: {"properties": dict.fromkeys(others, False)} for term, others in without
        }
    }


_FEW = 20  # members that are required; of more, the checks are quicker


class _Declares:
    """A keyword: the members that an object schema requires are among its properties."""

    def __init__(self, schema: Json, value: Any, path: Any) -> None:
        pass

    def validate(self, schema: Any) -> None:
        """ValueError where they are not."""
        required, declared = schema["required"], schema.get("properties")
        if not is_array(required) or not is_object(declared) or len(required) > _FEW:
            raise ValueError
        for number, name in enumerate(required):
            if name not in declared or name in required[:number]:
                raise ValueError
