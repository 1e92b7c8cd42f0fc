"""What to do about an error of structure, where the schema itself does not say it: the specific before the general."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Collection, Mapping
from typing import Any

from wot.td.likeness import written_for
from wot.td.node import is_array, is_object, shown, type_name

_COMPARED = 100  # names of an object that may be meant for one that is missing
# A member that is missing → what it may look like.
_EXAMPLES: Mapping[str, str] = {
    "@context": '"@context": "https://www.w3.org/2022/wot/td/v1.1"',
    "@type": '"@type": "tm:ThingModel"',
    "title": '"title": "Lamp"',
    "security": '"security": "nosec_sc", a name of securityDefinitions',
    "securityDefinitions": '"securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}',
    "scheme": '"scheme": "basic", or "nosec" where there is no security',
    "forms": '"forms": [{"href": "https://lamp.example/on"}]',
    "href": '"href": "https://lamp.example/on"',
    "op": '"op": "readallproperties"',
    "instance": '"instance": "1.0.0"',
    "contentType": '"contentType": "application/json"',
    "flow": '"flow": "code"',
    "token": '"token": "https://auth.example/token"',
    "authorization": '"authorization": "https://auth.example/authorize"',
    "rel": '"rel": "icon"',
}
_OF_MAPS = "give each one a name: {{ {0}: … }} instead of [ … ]"
_SCHEMA = 'a data schema is an object, for instance {"type": "number"}'
# A member of the wrong type → what is wanted; "" as the second part: whatever is given instead.
_TYPED: Mapping[tuple[str, str], str] = {
    (
        "security",
        "",
    ): 'it names definitions, for instance "nosec_sc"; these are in securityDefinitions',
    ("forms", "object"): "put it in [ ]: there may be several",
    ("links", "object"): "put it in [ ]: there may be several",
    ("additionalResponses", "object"): "put it in [ ]: there may be several",
    ("properties", "array"): _OF_MAPS.format('"level"'),
    ("actions", "array"): _OF_MAPS.format('"fade"'),
    ("events", "array"): _OF_MAPS.format('"overheated"'),
    ("securityDefinitions", "array"): _OF_MAPS.format('"nosec_sc"'),
    ("schemaDefinitions", "array"): _OF_MAPS.format('"error"'),
    ("uriVariables", "array"): _OF_MAPS.format('"unit"'),
    ("required", "boolean"): 'the object around lists the names: "required": ["level"]',
    ("version", "string"): 'for instance {"instance": "1.0.0"}',
    ("titles", ""): 'for instance {"en": "Lamp", "de": "Lampe"}',
    ("descriptions", ""): 'for instance {"en": "A lamp", "de": "Eine Lampe"}',
    ("op", ""): 'for instance "readproperty"; several in [ ]',
    ("@type", ""): 'for instance "saref:LightSwitch"; several in [ ]',
    ("@context", ""): "it is a URI, or [ ] with URIs and declarations of prefixes",
    ("input", ""): _SCHEMA,
    ("output", ""): _SCHEMA,
    ("data", ""): _SCHEMA,
    ("subscription", ""): _SCHEMA,
    ("dataResponse", ""): _SCHEMA,
    ("cancellation", ""): _SCHEMA,
    ("items", ""): _SCHEMA,
    ("response", ""): 'for instance {"contentType": "application/json"}',
    ("schema", ""): "it is a name of schemaDefinitions",
    ("scopes", ""): "it is a name, or [ ] with names",
}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# What programming languages call the types.
_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("int", "int32", "int64", "uint8", "long", "short", "byte"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "real"), "number"),
    **dict.fromkeys(("str", "text", "char", "date", "datetime", "uri", "enum"), "string"),
    **dict.fromkeys(("dict", "map", "struct", "record"), "object"),
    **dict.fromkeys(("list", "tuple", "set", "sequence"), "array"),
    **dict.fromkeys(("none", "nil", "void"), "null"),
}
# A member that is not what its rule says, and there are no words in the schema.
_OF_TERMS: Mapping[tuple[str, str], str] = {
    ("minItems", "forms"): f"for instance {_EXAMPLES['forms']}",
    ("minItems", "security"): f"for instance {_EXAMPLES['security']}",
    ("minProperties", "securityDefinitions"): f"for instance {_EXAMPLES['securityDefinitions']}",
    ("pattern", "sizes"): "write width, x and height",
}
_GENERAL: Mapping[str, str] = {
    "minItems": "leave it out, or put something in",
    "minProperties": "leave it out, or put something in",
    "uniqueItems": "leave one of them out",
    "minimum": "give it a larger value, or leave it out",
    "exclusiveMinimum": "give it a larger value, or leave it out",
    "maximum": "give it a smaller value, or leave it out",
    "multipleOf": "round it",
    "not": "leave it out",
    "false_schema": "leave it out",
    "pattern": "encode such characters, for instance a space as %20",
    "propertyNames": "name it otherwise",
    "contains": "add it",
}


def advice(kind: str, error: Any, term: str) -> str:
    """What to do about an error of jsonschema-rs of that kind at a member, or an item of it."""
    if kind == "required":
        return _for_missing(error.kind.property, error.instance)
    if kind == "type":
        return _for_type(error.instance, error.kind.types, term)
    if kind == "enum":
        return _for_choice(error.instance, error.kind.options, term)
    if kind == "const":
        return f"write {shown(error.kind.expected_value)}"
    return _OF_TERMS.get((kind, term)) or _GENERAL.get(kind, "change it, or leave it out")


def _for_missing(missing: str, owner: Any) -> str:
    example = _EXAMPLES.get(missing)
    names = [name for name in owner if name not in _terms()] if is_object(owner) else []
    written = written_for(missing, names[:_COMPARED])
    if written:
        return f"did you mean to write {missing} for {written[:_COMPARED]}?"
    return f"for instance {example}" if example else f"add {missing}"


@functools.cache
def _terms() -> Collection[str]:
    """Every term of the vocabulary: no misspelling of another."""
    from wot.td import model

    classes = (model.ThingDescription, model.PropertyAffordance, model.ActionAffordance)
    others = (model.EventAffordance, model.Form, model.Link, model.SecurityScheme)
    return frozenset(name for owner in (*classes, *others) for name in owner.members)


def _for_type(value: Any, wanted: Any, term: str) -> str:
    kinds: Collection[str] = [wanted] if isinstance(wanted, str) else list(wanted)
    given = _kind(value)
    known = _TYPED.get((term, given)) or (_TYPED.get((term, "")) if given != "null" else "")
    if known and not (given == "string" and kinds == ["string"]):
        return known
    if given == "null":
        return "leave it out, or give it a value"
    if isinstance(value, str):
        return _for_text(value, kinds)
    if is_array(value):
        return "take it out of the [ ]" if len(value) == 1 else "one of them is meant"
    if "array" in kinds:
        return "put it in [ ]"
    if "string" in kinds and not is_object(value):
        return f'put it in quotation marks: "{shown(value, 20)}"'
    if "boolean" in kinds:
        return "write true or false"
    return (
        "round it"
        if isinstance(value, float) and "integer" in kinds
        else "change it, or leave it out"
    )


def _for_text(value: str, kinds: Collection[str]) -> str:
    """Something else is wanted: often the same, without quotation marks."""
    if "boolean" in kinds:
        bare = value.lower() if value.lower() in ("true", "false") else ""
        return f"write {bare} without quotation marks" if bare else "write true or false"
    if {"number", "integer"} & {*kinds}:
        is_number = len(value) < _COMPARED and _NUMBER.fullmatch(value)
        return f"write {value} without quotation marks" if is_number else "write a number"
    return "put it in [ ]" if "array" in kinds else "write it as { }, with members"


def _kind(value: Any) -> str:
    return type_name(value).rpartition(" ")[2]  # without its article


def _for_choice(value: Any, options: Any, term: str) -> str:
    if term == "type" and is_array(value):
        kinds = ", ".join(f'{{"type": {shown(kind)}}}' for kind in value[:3])
        return f"of several types one is given by oneOf: [{kinds}]"
    if isinstance(value, str):
        names = [str(option) for option in options]
        low = value.lower()[:_COMPARED]
        near = difflib.get_close_matches(low, names, 1)
        meant = _TYPES.get(low) if term == "type" else None
        if near or meant:
            return f"did you mean {meant or near[0]!r}?"
    return "use one of these" if len(options) > 1 else f"write {shown(options[0])}"
