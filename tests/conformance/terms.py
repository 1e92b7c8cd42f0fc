"""The tables of terms in TD 1.1: where everything.td.json uses each term, and a value of a type that is wrong there."""

from __future__ import annotations

from typing import Any, NamedTuple

from .documents import GONE


class Term(NamedTuple):
    """One row of a table of terms: its assertion, a place of it, and values that are refused at that place."""

    assertion: str
    place: str
    wrong: tuple[Any, ...]


def _term(class_: str, name: str, place: str, *wrong: Any) -> Term:
    return Term(f"td-vocab-{name.replace('@', 'at-')}--{class_}", place, wrong)


_PROBLEM = "schemaDefinitions.problem"
_SCHEMES = "securityDefinitions"
_FORM = "properties.target.forms.0"

_THING = [
    _term("Thing", "@context", "@context", GONE, 7),
    _term("Thing", "@type", "@type", 7),
    _term("Thing", "id", "id", 7),
    _term("Thing", "title", "title", GONE, 7, None),
    _term("Thing", "titles", "titles", "Boiler", ["Boiler"]),
    _term("Thing", "description", "description", 7),
    _term("Thing", "descriptions", "descriptions", "Heats water"),
    _term("Thing", "version", "version", "1.2.0"),
    _term("Thing", "created", "created", 7, "yesterday"),
    _term("Thing", "modified", "modified", 7, "2026-13-01T00:00:00Z"),
    _term("Thing", "support", "support", 7),
    _term("Thing", "base", "base", 7),
    _term("Thing", "properties", "properties", []),
    _term("Thing", "actions", "actions", []),
    _term("Thing", "events", "events", "overheated"),
    _term("Thing", "links", "links", {}),
    _term("Thing", "forms", "forms", {}),
    _term("Thing", "security", "security", GONE, 7, {}, "missing_sc"),
    _term("Thing", "securityDefinitions", _SCHEMES, GONE, []),
    _term("Thing", "profile", "profile", 7),
    _term("Thing", "schemaDefinitions", "schemaDefinitions", []),
    _term("Thing", "uriVariables", "uriVariables", []),
]

_AFFORDANCES = [
    _term("InteractionAffordance", "@type", "actions.heat.@type", 7),
    _term("InteractionAffordance", "title", "properties.temperature.title", 7),
    _term("InteractionAffordance", "titles", "properties.temperature.titles", "Temperature"),
    _term("InteractionAffordance", "description", "properties.temperature.description", 7),
    _term("InteractionAffordance", "descriptions", "properties.temperature.descriptions", []),
    _term("InteractionAffordance", "forms", "events.overheated.forms", GONE, {}, []),
    _term("InteractionAffordance", "uriVariables", "properties.temperature.uriVariables", []),
    _term("PropertyAffordance", "observable", "properties.temperature.observable", "yes"),
    _term("ActionAffordance", "input", "actions.heat.input", "number"),
    _term("ActionAffordance", "output", "actions.heat.output", []),
    _term("ActionAffordance", "safe", "actions.heat.safe", "no"),
    _term("ActionAffordance", "idempotent", "actions.heat.idempotent", 1),
    _term("ActionAffordance", "synchronous", "actions.heat.synchronous", None),
    _term("EventAffordance", "subscription", "events.overheated.subscription", []),
    _term("EventAffordance", "data", "events.overheated.data", "number"),
    _term("EventAffordance", "dataResponse", "events.overheated.dataResponse", []),
    _term("EventAffordance", "cancellation", "events.overheated.cancellation", "string"),
    _term("VersionInfo", "instance", "version.instance", GONE, 1.2),
    _term("VersionInfo", "model", "version.model", 1),
]

_SCHEMAS = [
    _term("DataSchema", "@type", f"{_PROBLEM}.@type", 7),
    _term("DataSchema", "title", f"{_PROBLEM}.title", 7),
    _term("DataSchema", "titles", f"{_PROBLEM}.titles", "Problem"),
    _term("DataSchema", "description", f"{_PROBLEM}.description", 7),
    _term("DataSchema", "descriptions", f"{_PROBLEM}.descriptions", "What went wrong"),
    _term("DataSchema", "const", "schemaDefinitions.fixed.const"),
    _term("DataSchema", "default", "schemaDefinitions.number.default"),
    _term("DataSchema", "unit", "schemaDefinitions.number.unit", 7),
    _term("DataSchema", "oneOf", "schemaDefinitions.either.oneOf", {}),
    _term("DataSchema", "enum", "schemaDefinitions.mode.enum", "eco"),
    _term("DataSchema", "readOnly", "schemaDefinitions.flags.properties.measured.readOnly", "yes"),
    _term("DataSchema", "writeOnly", "schemaDefinitions.flags.properties.secret.writeOnly", 1),
    _term("DataSchema", "format", "schemaDefinitions.moment.format", 7),
    _term("DataSchema", "type", f"{_PROBLEM}.type", 7, "float", ["object", "null"]),
    _term("ArraySchema", "items", "schemaDefinitions.list.items", "integer"),
    _term("ArraySchema", "minItems", "schemaDefinitions.list.minItems", "1", -1, 1.5),
    _term("ArraySchema", "maxItems", "schemaDefinitions.list.maxItems", "3", -1, 1.5),
    _term("NumberSchema", "minimum", "schemaDefinitions.number.minimum", "0"),
    _term("NumberSchema", "exclusiveMinimum", "schemaDefinitions.share.exclusiveMinimum", True),
    _term("NumberSchema", "maximum", "schemaDefinitions.number.maximum", "9"),
    _term("NumberSchema", "exclusiveMaximum", "schemaDefinitions.share.exclusiveMaximum", "1"),
    _term("NumberSchema", "multipleOf", "schemaDefinitions.number.multipleOf", "1", 0, -1.5),
    _term("IntegerSchema", "minimum", "schemaDefinitions.integer.minimum", "0", 0.5),
    _term("IntegerSchema", "exclusiveMinimum", "schemaDefinitions.step.exclusiveMinimum", 0.5),
    _term("IntegerSchema", "maximum", "schemaDefinitions.integer.maximum", "0", 7.5),
    _term("IntegerSchema", "exclusiveMaximum", "schemaDefinitions.step.exclusiveMaximum", 7.5),
    _term("IntegerSchema", "multipleOf", "schemaDefinitions.integer.multipleOf", "1", 0, 2.5),
    _term("ObjectSchema", "properties", f"{_PROBLEM}.properties", []),
    _term("ObjectSchema", "required", f"{_PROBLEM}.required", "title"),
    _term("StringSchema", "minLength", "schemaDefinitions.name.minLength", "1", -1, 1.5),
    _term("StringSchema", "maxLength", "schemaDefinitions.name.maxLength", "1", -1, 1.5),
    _term("StringSchema", "pattern", "schemaDefinitions.name.pattern", 7),
    _term("StringSchema", "contentEncoding", "schemaDefinitions.image.contentEncoding", 64),
    _term("StringSchema", "contentMediaType", "schemaDefinitions.image.contentMediaType", 7),
]

_SECURITY = [
    _term("SecurityScheme", "@type", f"{_SCHEMES}.basic_sc.@type", 7),
    _term("SecurityScheme", "description", f"{_SCHEMES}.basic_sc.description", 7),
    _term("SecurityScheme", "descriptions", f"{_SCHEMES}.basic_sc.descriptions", "For the staff"),
    _term("SecurityScheme", "proxy", f"{_SCHEMES}.basic_sc.proxy", 7),
    _term("SecurityScheme", "scheme", f"{_SCHEMES}.none_sc.scheme", GONE, 7),
    _term("ComboSecurityScheme", "oneOf", f"{_SCHEMES}.either_sc.oneOf", "basic_sc", ["basic_sc"]),
    _term("ComboSecurityScheme", "allOf", f"{_SCHEMES}.both_sc.allOf", {}, ["key_sc"]),
    _term("BasicSecurityScheme", "name", f"{_SCHEMES}.basic_sc.name", 7),
    _term("BasicSecurityScheme", "in", f"{_SCHEMES}.basic_sc.in", "uri", 7),
    _term("DigestSecurityScheme", "name", f"{_SCHEMES}.digest_sc.name", 7),
    _term("DigestSecurityScheme", "in", f"{_SCHEMES}.digest_sc.in", "uri", "nowhere"),
    _term("DigestSecurityScheme", "qop", f"{_SCHEMES}.digest_sc.qop", "none", 7),
    _term("APIKeySecurityScheme", "name", f"{_SCHEMES}.key_sc.name", 7),
    _term("APIKeySecurityScheme", "in", f"{_SCHEMES}.key_sc.in", "path", 7),
    _term("BearerSecurityScheme", "authorization", f"{_SCHEMES}.bearer_sc.authorization", 7),
    _term("BearerSecurityScheme", "name", f"{_SCHEMES}.bearer_sc.name", 7),
    _term("BearerSecurityScheme", "alg", f"{_SCHEMES}.bearer_sc.alg", 7),
    _term("BearerSecurityScheme", "format", f"{_SCHEMES}.bearer_sc.format", 7),
    _term("BearerSecurityScheme", "in", f"{_SCHEMES}.bearer_sc.in", "uri", 7),
    _term("PSKSecurityScheme", "identity", f"{_SCHEMES}.psk_sc.identity", 7),
    _term("OAuth2SecurityScheme", "authorization", f"{_SCHEMES}.code_sc.authorization", 7),
    _term("OAuth2SecurityScheme", "token", f"{_SCHEMES}.code_sc.token", 7),
    _term("OAuth2SecurityScheme", "refresh", f"{_SCHEMES}.code_sc.refresh", 7),
    _term("OAuth2SecurityScheme", "scopes", f"{_SCHEMES}.code_sc.scopes", 7),
    _term("OAuth2SecurityScheme", "flow", f"{_SCHEMES}.code_sc.flow", GONE, 7),
]

_CONTROLS = [
    _term("Link", "href", "links.1.href", GONE, 7),
    _term("Link", "type", "links.0.type", 7),
    _term("Link", "rel", "links.1.rel", 7),
    _term("Link", "anchor", "links.0.anchor", 7),
    _term("Link", "sizes", "links.0.sizes", 16, "large"),
    _term("Link", "hreflang", "links.1.hreflang", 7, "not a tag"),
    _term("Form", "href", f"{_FORM}.href", GONE, 7),
    _term("Form", "contentType", f"{_FORM}.contentType", 7),
    _term("Form", "contentCoding", f"{_FORM}.contentCoding", 7),
    _term("Form", "security", f"{_FORM}.security", 7, "missing_sc", ["missing_sc"]),
    _term("Form", "scopes", f"{_FORM}.scopes", 7),
    _term("Form", "response", f"{_FORM}.response", "text/plain"),
    _term("Form", "additionalResponses", f"{_FORM}.additionalResponses", "problem"),
    _term("Form", "subprotocol", "events.overheated.forms.0.subprotocol", 7),
    _term("Form", "op", f"{_FORM}.op", 7, {}),
    _term("ExpectedResponse", "contentType", f"{_FORM}.response.contentType", GONE, 7),
    _term("AdditionalExpectedResponse", "success", f"{_FORM}.additionalResponses.0.success", "no"),
    _term(
        "AdditionalExpectedResponse", "contentType", f"{_FORM}.additionalResponses.0.contentType", 7
    ),
    _term(
        "AdditionalExpectedResponse",
        "schema",
        f"{_FORM}.additionalResponses.0.schema",
        {},
        "missing",
    ),
]

TERMS = [*_THING, *_AFFORDANCES, *_SCHEMAS, *_SECURITY, *_CONTROLS]
