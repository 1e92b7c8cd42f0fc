"""The Thing Description (TD 1.1) as data: the whole vocabulary, and whatever else a document holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from wot.errors import Finding, InvalidTD
from wot.td.node import (
    Json,
    Node,
    anything,
    flag,
    is_array,
    is_object,
    mapping,
    named,
    node,
    nodes,
    number,
    text,
    texts,
)
from wot.td.vocabulary import KINDS, TD_10, TD_11, default_ops, is_draft

_DEEPEST = 64  # levels of objects and arrays; real TDs have a dozen


class Described(Node):
    """What most objects of a TD have: semantic types and texts for people."""

    __slots__ = ()
    types = texts("@type")
    title = text()
    titles = mapping()
    description = text()
    descriptions = mapping()


class DataSchema(Described):
    """TD 1.1 section 5.3.2."""

    __slots__ = ()
    type = anything()
    const = anything()
    default = anything()
    unit = text()
    one_of = nodes(lambda: DataSchema)
    enum = anything()
    read_only = flag()
    write_only = flag()
    format = text()
    items = nodes(lambda: DataSchema, single=True)
    min_items = number()
    max_items = number()
    minimum = number()
    exclusive_minimum = number()
    maximum = number()
    exclusive_maximum = number()
    multiple_of = number()
    properties = named(lambda: DataSchema)
    required = texts()
    min_length = number()
    max_length = number()
    pattern = text()
    content_encoding = text()
    content_media_type = text()


class ExpectedResponse(Node):
    """TD 1.1 section 5.3.4.2.1."""

    __slots__ = ()
    content_type = text()


class AdditionalResponse(Node):
    """TD 1.1 section 5.3.4.2.2."""

    __slots__ = ()
    success = flag()
    content_type = text()
    schema = text()


class Form(Node):
    """How one or more operations are performed (TD 1.1 section 5.3.4.2)."""

    __slots__ = ()
    href = text(required=True)
    content_coding = text()
    security = texts()
    scopes = texts()
    response = node(lambda: ExpectedResponse)
    additional_responses = nodes(lambda: AdditionalResponse, single=True)
    subprotocol = text()
    op = texts()
    # The media type of what is sent, and of what comes back unless `response` says otherwise.
    content_type = text(default="application/json")

    @property
    def response_type(self) -> str:
        """The media type of what comes back."""
        response = self.response
        return (response.content_type if response else "") or self.content_type


class Link(Node):
    """TD 1.1 section 5.3.4.1."""

    __slots__ = ()
    href = text(required=True)
    type = text()
    rel = text()
    anchor = text()
    sizes = text()
    hreflang = texts()


class SecurityScheme(Node):
    """TD 1.1 section 5.3.3, all schemes in one."""

    __slots__ = ()
    scheme = text(required=True)
    types = texts("@type")
    description = text()
    descriptions = mapping()
    proxy = text()
    name = text()
    in_ = text()
    qop = text()
    authorization = text()
    token = text()
    refresh = text()
    scopes = texts()
    flow = text()
    alg = text()
    format = text()
    identity = text()
    one_of = texts()
    all_of = texts()


class Affordance(Described):
    """What properties, actions and events have in common (TD 1.1 section 5.3.1.2)."""

    __slots__ = ()
    forms = nodes(lambda: Form)
    uri_variables = named(lambda: DataSchema)


class PropertyAffordance(Affordance, DataSchema):
    """TD 1.1 section 5.3.1.3; it is its own data schema."""

    __slots__ = ()
    observable = flag()

    def ops(self, form: Form) -> tuple[str, ...]:
        """What `form` is for."""
        return form.op or default_ops("properties", self.read_only, self.write_only)


class ActionAffordance(Affordance):
    """TD 1.1 section 5.3.1.4."""

    __slots__ = ()
    input = node(lambda: DataSchema)
    output = node(lambda: DataSchema)
    safe = flag()
    idempotent = flag()
    synchronous = anything()

    def ops(self, form: Form) -> tuple[str, ...]:
        """What `form` is for."""
        return form.op or default_ops("actions")


class EventAffordance(Affordance):
    """TD 1.1 section 5.3.1.5."""

    __slots__ = ()
    subscription = node(lambda: DataSchema)
    data = node(lambda: DataSchema)
    data_response = node(lambda: DataSchema)
    cancellation = node(lambda: DataSchema)

    def ops(self, form: Form) -> tuple[str, ...]:
        """What `form` is for."""
        return form.op or default_ops("events")


class VersionInfo(Node):
    """TD 1.1 section 5.3.1.6."""

    __slots__ = ()
    instance = text()
    model = text()


class ThingDescription(Described):
    """A Thing Description (TD 1.1 section 5.3.1.1).

    Between bindings and Things it describes affordances only: no base, no security, and forms without
    `href` that hold what every binding's form has to repeat (a media type). `revision` counts changes.
    """

    __slots__ = ("revision",)
    context = anything("@context")
    title = text(required=True)
    id = text()
    version = node(lambda: VersionInfo)
    created = text()
    modified = text()
    support = text()
    base = text()
    properties = named(lambda: PropertyAffordance)
    actions = named(lambda: ActionAffordance)
    events = named(lambda: EventAffordance)
    links = nodes(lambda: Link)
    forms = nodes(lambda: Form)
    security = texts()
    security_definitions = named(lambda: SecurityScheme)
    profile = texts()
    schema_definitions = named(lambda: DataSchema)
    uri_variables = named(lambda: DataSchema)

    def __init__(self, json: Json, revision: int = 0) -> None:
        super().__init__(json)
        self.revision = revision

    @classmethod
    def parse(cls, document: bytes | str | Mapping[str, Any]) -> Self:
        """The TD in a JSON text or a decoded one; InvalidTD with all findings where it is none, or a draft of 2.0."""
        json: Any = document
        if isinstance(document, (bytes, str)):
            json = _decode(document)
        elif not isinstance(document, dict):
            json = dict(document)
        if is_draft(json):
            from wot.td.editions import edition  # imported by those only who need more than parsing

            edition(json)  # raises
        findings = [] if _is_shallow(json) else [Finding("$", "it is nested too deeply")]
        findings = findings or list(cls.check(json))
        if findings:
            raise InvalidTD(findings)
        return cls(json)

    def to_bytes(self) -> bytes:
        """The document as UTF-8 JSON."""
        return msgspec.json.encode(self.json)

    def affordance(self, kind: str, name: str) -> Json | None:
        """The JSON object of one affordance, None where there is none."""
        found: Json | None = self.json.get(kind, {}).get(name)
        return found


def _is_shallow(json: Any) -> bool:
    level = [json]
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for item in level:
            inner.extend(item.values() if is_object(item) else item if is_array(item) else ())
        level = inner
        if not level:
            return True
    return False


def _decode(document: bytes | str) -> Any:
    data = document.encode() if isinstance(document, str) else document
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        raise InvalidTD([Finding("$", f"not JSON: {reason}")]) from None


def context_with(extensions: Mapping[str, str]) -> list[Any]:
    """The `@context` of our TDs: 1.0 first, because node-wot refuses 1.1 alone and the specification allows both."""
    return [TD_10, TD_11, dict(extensions)] if extensions else [TD_10, TD_11]


def standard_context(given: Any) -> list[Any]:
    """Somebody's `@context` with our beginning and all of its own extensions."""
    parts = given if is_array(given) else [given]
    return [TD_10, TD_11, *(part for part in parts if part and part not in (TD_10, TD_11))]


__all__ = [
    "KINDS",
    "ActionAffordance",
    "AdditionalResponse",
    "Affordance",
    "DataSchema",
    "Described",
    "EventAffordance",
    "ExpectedResponse",
    "Form",
    "Link",
    "PropertyAffordance",
    "SecurityScheme",
    "ThingDescription",
    "VersionInfo",
    "context_with",
    "standard_context",
]
