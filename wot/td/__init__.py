"""Thing Descriptions as data; no I/O."""

from wot.td.model import (
    ActionAffordance,
    AdditionalResponse,
    Affordance,
    DataSchema,
    EventAffordance,
    ExpectedResponse,
    Form,
    Link,
    PropertyAffordance,
    SecurityScheme,
    ThingDescription,
    VersionInfo,
    context_with,
    standard_context,
)
from wot.td.node import Json, camel, is_array, is_object
from wot.td.vocabulary import KIND, KINDS, STREAMS, TD_10, TD_11, TD_JSON, Op, default_ops

__all__ = [
    "KIND",
    "KINDS",
    "STREAMS",
    "TD_10",
    "TD_11",
    "TD_JSON",
    "ActionAffordance",
    "AdditionalResponse",
    "Affordance",
    "DataSchema",
    "EventAffordance",
    "ExpectedResponse",
    "Form",
    "Json",
    "Link",
    "Op",
    "PropertyAffordance",
    "SecurityScheme",
    "ThingDescription",
    "VersionInfo",
    "camel",
    "context_with",
    "default_ops",
    "is_array",
    "is_object",
    "standard_context",
]
