"""The versions of the TD vocabulary, each as data: adding one is adding a row and a schema."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from wot.errors import Finding, InvalidTD
from wot.td.merging import merge_patch
from wot.td.node import Json, is_array, is_object
from wot.td.vocabulary import TD_10, TD_11, is_draft

MODEL = "tm:ThingModel"


@dataclass(
    frozen=True, eq=False
)  # there is one of each, and what is compiled for it is found by it
class Edition:
    """One version: its context, the file of its JSON Schema, and what that changes in the schema of another."""

    name: str
    context: str
    schema: str
    patch: str = ""
    # Prefixes that its context declares: usable without a declaration in the document.
    prefixes: Sequence[str] = ()
    # Its security schemes: what it has not is no advice either.
    schemes: frozenset[str] = frozenset()
    # Terms of later versions. In this one they are extensions, of which its rules say nothing.
    later: frozenset[str] = frozenset()
    # Whether it has Thing Models, and what goes with them.
    has_models: bool = True
    # Whether the name of a secret in the body says where, as a JSON Pointer.
    has_pointers: bool = True
    # Members that its text demands and its official schema does not: a warning, where they are missing.
    lax: frozenset[str] = frozenset()


# W3C serves one context at both URIs. Two of these hold in parts of a document only: rdf, and schema in data schemas.
_PREFIXES = (
    *("td", "jsonschema", "wotsec", "hctl", "htv", "tm"),
    *("rdf", "rdfs", "xsd", "dct", "schema"),
)

_SCHEMES = frozenset(
    ["nosec", "auto", "combo", "basic", "digest", "apikey", "bearer", "psk", "oauth2"]
)
# What TD 1.1 has added; uriVariables are those of the whole Thing.
_LATER = frozenset(
    [
        *("profile", "schemaDefinitions", "uriVariables", "synchronous", "dataResponse"),
        *("additionalResponses", "sizes", "hreflang", "model"),
    ]
)

EDITIONS: Mapping[str, Edition] = {
    edition.name: edition
    for edition in (
        Edition("1.1", TD_11, "td-1.1.json", prefixes=_PREFIXES, schemes=_SCHEMES),
        Edition(
            "1.0",
            TD_10,
            "td-1.1.json",
            "td-1.0.patch.json",
            _PREFIXES,
            _SCHEMES - {"auto", "combo"},
            later=_LATER,
            has_models=False,
            has_pointers=False,
            lax=frozenset(["flow"]),
        ),
    )
}


def edition(document: Any) -> Edition:
    """The version that `document` names in its `@context`; 1.1 where it names none that is known.

    Raises InvalidTD for a draft of TD 2.0.
    """
    if is_draft(document):
        reason = "this is a draft of TD 2.0, which is not read here"
        hint = f"TD 1.1 ({TD_11}) and TD 1.0 ({TD_10}) are"
        raise InvalidTD([Finding("$['@context']", reason, hint, assertion="td-context")])
    context = document.get("@context") if is_object(document) else None
    named = context if is_array(context) else [context]
    is_old = TD_10 in named and TD_11 not in named
    return EDITIONS["1.0" if is_old else "1.1"]


def is_model(document: Any) -> bool:
    """Whether a document says that it is a Thing Model (TD 1.1 section 9.1)."""
    types = document.get("@type") if is_object(document) else None
    return types == MODEL or (is_array(types) and MODEL in types)


@functools.cache
def schema_of(version: Edition, model: bool = False) -> Json:
    """The JSON Schema of one version of TDs, or of its Thing Models."""
    schema = _load(version.schema)
    if version.patch:
        schema = merge_patch(schema, _load(version.patch))
    return _of_models(schema) if model else schema


def _load(name: str) -> Json:
    text = (resources.files("wot.td") / "schemas" / name).read_text("utf-8")
    found: Json = json.loads(text)
    return found


_PLACEHOLDER = {"type": "string", "pattern": r"\{\{[ -~]+\}\}"}
# null takes out what a definition inherits (RFC 7396).
_OPEN = {**_PLACEHOLDER, "type": ["string", "null"]}
# Arrays replace what is inherited as a whole: in them nothing is taken out, and a null would stay.
_IN_ARRAYS = "-in-arrays"
_MODELS = {
    "title": "Thing Model 1.1",
    "assertion": "tm-context-requirement",
    "required": ["@context", "@type"],
    "properties": {
        "@type": {
            "typed": "tm-identification",
            "assertion": "tm-identification",
            "type": ["string", "array"],
            "if": {"type": "string"},
            "then": {"const": MODEL},
            "else": {"items": {"type": "string"}, "contains": {"const": MODEL}},
        },
        "tm:optional": {
            "typed": "tm-tmOptional-array",
            "type": "array",
            "items": {
                "type": "string",
                "typed": "tm-tmOptional-JSONPointer",
                "if": {"pattern": "^/"},
                "then": {
                    "pattern": "^/(properties|actions|events)/[^/]+$",
                    "assertion": "tm-tmOptional-resolver",
                    "reason": "is not the place of a whole affordance",
                    "hint": "for instance /actions/fade",
                },
                "else": {
                    "pattern": "^/",
                    "assertion": "tm-tmOptional-JSONPointer",
                    "reason": "is not a JSON Pointer",
                    "hint": "for instance /actions/fade",
                },
            },
        },
    },
}
_VERSION: Json = {
    "class": "VersionInfo",
    "type": "object",
    "properties": {
        "model": {"type": "string"},
        "instance": {
            "not": {},
            "assertion": "tm-versioning-2",
            "reason": "a Thing Model has no instance version",
            "hint": "leave it out; the TD states it",
        },
    },
}


def _of_models(schema: Json) -> Json:
    """That of Thing Models: nothing is required, and a placeholder may be any value (TD 1.1 section 9.3)."""
    out: Json = {**schema, "properties": dict(schema["properties"])}
    del out["required"], out["properties"]["version"]
    out["properties"] = {name: _open(rule) for name, rule in out["properties"].items()}
    links = out["definitions"]["link"]
    own: Json = {
        "rel": {"type": "string"},
        "instanceName": {"typed": "tm-compose-instanceName", "type": "string"},
    }
    link = {**links, "properties": {**links["properties"], **own}}
    definitions = {**out["definitions"], "link": link, "version": _VERSION}
    out["definitions"] = {name: _open(rule) for name, rule in definitions.items()} | {
        f"{name}{_IN_ARRAYS}": _open(rule, in_array=True) for name, rule in definitions.items()
    }
    out["definitions"]["context"] = schema["definitions"]["context"]
    out["properties"]["version"] = _open(_VERSION)
    for kind in ("properties", "actions", "events"):  # a placeholder is no whole affordance
        one = {
            "typed": f"td-{kind}",
            "type": ["object", "null"],
            "allOf": [schema["properties"][kind]["additionalProperties"]],
        }
        out["properties"][kind] = {"type": "object", "additionalProperties": one}
    del out["properties"]["@type"]  # replaced, not merged
    opened: Json = merge_patch(out, _MODELS)
    return opened


def _open(rule: Any, *, in_array: bool = False) -> Any:
    """One rule for what it says, or a placeholder, or null outside of arrays."""
    if is_array(rule):
        return [_open(item, in_array=in_array) for item in rule]
    if not is_object(rule):
        return rule
    out: Json = {}
    for word, value in rule.items():
        if word in ("properties", "patternProperties"):
            out[word] = {name: _open(inner, in_array=in_array) for name, inner in value.items()}
        elif word in ("items", "additionalItems"):
            out[word] = _open(value, in_array=True)
        elif word in ("additionalProperties", "then", "else", "allOf"):
            out[word] = _open(value, in_array=in_array)
        elif word == "$ref" and in_array:
            out[word] = f"{value}{_IN_ARRAYS}"
        elif word not in ("required", "minProperties"):
            out[word] = value
    if not out.keys() & {"type", "enum", "const", "pattern", "minimum", "multipleOf"}:
        return out
    about = {word: out[word] for word in ("class", "owner", "typed") if word in out}
    return {**about, "if": _PLACEHOLDER if in_array else _OPEN, "else": out}
