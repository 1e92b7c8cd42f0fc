"""Thing Descriptions as data; no I/O."""

from wot.td.editions import EDITIONS, Edition, edition, is_model
from wot.td.model import (
    ActionAffordance,
    AdditionalResponse,
    Affordance,
    DataSchema,
    Described,
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
from wot.td.node import Json, Node, camel, is_array, is_object
from wot.td.places import locate, place, places
from wot.td.reading import read
from wot.td.validation import Resolver, validate
from wot.td.vocabulary import KIND, KINDS, STREAMS, TD_10, TD_11, TD_JSON, Op, default_ops

__all__ = [
    "EDITIONS",
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
    "Described",
    "Edition",
    "EventAffordance",
    "ExpectedResponse",
    "Form",
    "Json",
    "Link",
    "Node",
    "Op",
    "PropertyAffordance",
    "Resolver",
    "SecurityScheme",
    "ThingDescription",
    "VersionInfo",
    "camel",
    "context_with",
    "default_ops",
    "edition",
    "is_array",
    "is_model",
    "is_object",
    "locate",
    "place",
    "places",
    "read",
    "standard_context",
    "validate",
]
