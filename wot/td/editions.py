"""The versions of the TD vocabulary, each as data: adding one is adding a row and a schema."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from wot.errors import Finding, InvalidTD
from wot.td.node import Json, is_array, is_object
from wot.td.vocabulary import TD_10, TD_11

TD_NEXT = (
    "https://www.w3.org/ns/wot-next/td"  # drafts of TD 2.0 (temporary, as they say themselves)
)
MODEL = "tm:ThingModel"


@dataclass(frozen=True)
class Edition:
    """One version: its context, the file of its JSON Schema, and what that changes in the schema of another."""

    name: str
    context: str
    schema: str
    patch: str = ""
    # Prefixes that its context declares: usable without a declaration in the document.
    prefixes: Sequence[str] = ()


_PREFIXES_10 = (
    "td",
    "jsonschema",
    "wotsec",
    "hctl",
    "dct",
    "schema",
    "rdf",
    "rdfs",
    "xsd",
    "saref",
    "sosa",
    "ssn",
    "om",
    "htv",
)
_PREFIXES = ("td", "jsonschema", "wotsec", "hctl", "htv", "tm", "rdf", "rdfs", "xsd", "dct")

EDITIONS: Mapping[str, Edition] = {
    edition.name: edition
    for edition in (
        Edition("1.1", TD_11, "td-1.1.json", prefixes=_PREFIXES),
        Edition("1.0", TD_10, "td-1.1.json", "td-1.0.patch.json", _PREFIXES_10),
    )
}


def edition(document: Json) -> Edition:
    """The version that `document` names in its `@context`; 1.1 where it names none that is known.

    Raises InvalidTD for a draft of TD 2.0.
    """
    context = document.get("@context")
    named = [part for part in context if isinstance(part, str)] if is_array(context) else [context]
    if TD_NEXT in named:
        reason = "this is a draft of TD 2.0, which is not read here"
        hint = f"TD 1.1 ({TD_11}) and TD 1.0 ({TD_10}) are"
        raise InvalidTD([Finding("$['@context']", reason, hint, assertion="td-context")])
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
        schema = _patched(schema, _load(version.patch))
    return _of_models(schema) if model else schema


def _load(name: str) -> Json:
    text = (resources.files("wot.td") / "schemas" / name).read_text("utf-8")
    found: Json = json.loads(text)
    return found


def _patched(target: Any, patch: Any) -> Any:
    """`target` changed as RFC 7396 says."""
    if not is_object(patch):
        return patch
    out = dict(target) if is_object(target) else {}
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        else:
            out[name] = _patched(out.get(name), value)
    return out


# null takes out what a definition inherits (RFC 7396).
_PLACEHOLDER = {"type": ["string", "null"], "pattern": r"\{\{[ -~]+\}\}"}
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
    out["definitions"] = {name: _open(rule) for name, rule in definitions.items()}
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
    opened: Json = _patched(out, _MODELS)
    return opened


def _open(rule: Any) -> Any:
    """One rule for what it says, or a placeholder."""
    if is_array(rule):
        return [_open(item) for item in rule]
    if not is_object(rule):
        return rule
    out: Json = {}
    for word, value in rule.items():
        if word in ("properties", "patternProperties"):
            out[word] = {name: _open(inner) for name, inner in value.items()}
        elif word in ("items", "additionalItems", "additionalProperties", "then", "else", "allOf"):
            out[word] = _open(value)
        elif word not in ("required", "minProperties"):
            out[word] = value
    if not out.keys() & {"type", "enum", "const", "pattern", "minimum", "multipleOf"}:
        return out
    about = {word: out[word] for word in ("class", "owner", "typed") if word in out}
    return {**about, "if": _PLACEHOLDER, "else": out}
