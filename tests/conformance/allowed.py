"""What TD 1.1 allows although it may look strange: changes of the good documents that are no faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .documents import GONE

V10, V11 = "https://www.w3.org/2019/wot/td/v1", "https://www.w3.org/2022/wot/td/v1.1"
_FORM = "properties.target.forms.0"
_BODY = "securityDefinitions.body_sc"
_PREFIXES = {
    "ace": "https://example.org/a#",
    "ex": "https://example.org/e#",
    "htv": "https://example.org/h#",
}

ALLOWED: list[tuple[str, Mapping[str, Any]]] = [
    (
        "td-context-ns-thing-mandatory",
        {"@context": [V11, _PREFIXES]},
    ),
    (
        "td-context-ns-td10-namespace",
        {"@context": [V10, V11, _PREFIXES]},
    ),
    (
        "td-context-ns-thing-optional",
        {"@context": [V11, "https://example.org/c", _PREFIXES]},
    ),
    ("td-context-ns-thing-map-of-namespaces", {"@context.1.more": "https://example.org/more#"}),
    ("td-context-default-language", {"@context.1.@language": "zh-Hant-HK"}),
    ("td-text-at-direction", {"@context.1.@direction": "rtl"}),
    ("td-text-at-direction", {"@context.1.@direction": "ltr"}),
    ("td-text-at-direction", {"@context.1.@direction": None}),
    ("sec-vuln-auto", {"security": "auto_sc"}),
    ("td-security-overrides", {f"{_FORM}.security": "none_sc", f"{_FORM}.scopes": GONE}),
    ("td-security-extension", {"security": "ace_sc"}),
    ("td-security-bearer-format-extensions", {"securityDefinitions.bearer_sc.alg": "ex:ALG"}),
    ("td-security-bearer-format-extensions", {"securityDefinitions.bearer_sc.format": "ex:format"}),
    (
        "sec-body-name-json-pointer-array",
        {
            f"{_BODY}.name": "/keys/-",
            "actions.heat.input.properties.keys": {"type": "array", "items": {"type": "string"}},
            "actions.heat.input.required": ["keys"],
        },
    ),
    (
        "sec-body-name-json-pointer-creatable",
        {"actions.heat.input.properties.key": GONE, "actions.heat.input.required": GONE},
    ),
    (
        "td-form-protocolbindings",
        {f"{_FORM}.htv:headers": [{"htv:fieldName": "Prefer", "htv:fieldValue": "wait=1"}]},
    ),
    ("td-form-protocolbindings", {f"{_FORM}.ex:hint": 7}),
    ("td-format-validation-other-values", {"schemaDefinitions.moment.format": "moon-phase"}),
    ("td-datetime-recommended-type", {"created": "2026-01-31T12:00:00.5Z"}),
    ("td-vocab-op--Form", {f"{_FORM}.op": "readproperty"}),
    ("td-vocab-op--Form", {f"{_FORM}.op": GONE}),
    ("td-vocab-subprotocol--Form", {"events.overheated.forms.0.subprotocol": "ex:carrier-pigeon"}),
    (
        "td-title-description",
        {
            "titles": GONE,
            "properties.temperature.titles": GONE,
            "schemaDefinitions.problem.titles": GONE,
        },
    ),
    ("td-vocab-security--Thing", {"security": ["basic_sc"]}),
    ("td-vocab-profile--Thing", {"profile": "https://example.org/profile"}),
    ("td-vocab-sizes--Link", {"links.0.sizes": "16x16"}),
    (
        "td-vocab-enum--DataSchema",
        {"schemaDefinitions.mode": {"enum": [None, 1, "one", {"two": 2}]}},
    ),
    ("td-vocab-default--DataSchema", {"schemaDefinitions.mode.default": "eco"}),
    ("td-vocab-const--DataSchema", {"schemaDefinitions.fixed.const": None}),
    ("td-vocab-multipleOf--NumberSchema", {"schemaDefinitions.number.multipleOf": 0.25}),
    ("td-json-open", {"ex:anything": {"deep": [1, None, True]}}),
]

ALLOWED_IN_MODELS: list[tuple[str, Mapping[str, Any]]] = [
    ("tm-identification", {"@type": "tm:ThingModel"}),
    ("tm-context-requirement", {"@context": V11, "@type": "tm:ThingModel"}),
    ("tm-protocol-security-restriction", {"actions.toggle": {}}),
    (
        "tm-protocol-security-restriction",
        {"securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}, "security": "nosec_sc"},
    ),
    ("tm-versioning-2", {"version": GONE}),
    (
        "tm-tmRef1",
        {"properties.brightness.tm:ref": "https://example.org/m.tm.json#/properties/a~1b"},
    ),
    ("tm-tmRef1", {"properties.brightness.tm:ref": "#/properties/on"}),
    ("tm-tmOptional", {"tm:optional": ["/actions/toggle"]}),
    ("tm-tmOptional", {"tm:optional": GONE}),
    ("tm-tmOptional-array", {"tm:optional": []}),
    ("tm-compose-instanceName", {"links.1.instanceName": GONE}),
    ("tm-placeholder", {"description": "In {{ROOM}} on {{FLOOR NUMBER}}"}),
    ("tm-placeholder-usecase", {"base": "https://{{HOST}}/"}),
    ("tm-placeholder-retyping", {"properties.brightness.minimum": "{{MINIMUM}}"}),
    ("tm-placeholder-retyping", {"properties.on.readOnly": "{{READ ONLY}}"}),
    ("tm-tmRef-overwrite-process", {"properties.brightness.unit": None}),
]
