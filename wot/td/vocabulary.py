"""The words and default values of TD 1.1 that are data: contexts, operations, who has which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from wot.td.node import is_array, is_object

TD_10 = "https://www.w3.org/2019/wot/td/v1"
TD_11 = "https://www.w3.org/2022/wot/td/v1.1"
TD_NEXT = (
    "https://www.w3.org/ns/wot-next/td"  # drafts of TD 2.0 (temporary, as they say themselves)
)
TD_JSON = "application/td+json"


class Op(StrEnum):
    """The operations of TD 1.1 section 5.3.4.2, and DESCRIBE: to read the TD, never the `op` of a form."""

    READ_PROPERTY = "readproperty"
    WRITE_PROPERTY = "writeproperty"
    OBSERVE_PROPERTY = "observeproperty"
    UNOBSERVE_PROPERTY = "unobserveproperty"
    INVOKE_ACTION = "invokeaction"
    QUERY_ACTION = "queryaction"
    CANCEL_ACTION = "cancelaction"
    SUBSCRIBE_EVENT = "subscribeevent"
    UNSUBSCRIBE_EVENT = "unsubscribeevent"
    READ_ALL_PROPERTIES = "readallproperties"
    WRITE_ALL_PROPERTIES = "writeallproperties"
    READ_MULTIPLE_PROPERTIES = "readmultipleproperties"
    WRITE_MULTIPLE_PROPERTIES = "writemultipleproperties"
    OBSERVE_ALL_PROPERTIES = "observeallproperties"
    UNOBSERVE_ALL_PROPERTIES = "unobserveallproperties"
    QUERY_ALL_ACTIONS = "queryallactions"
    SUBSCRIBE_ALL_EVENTS = "subscribeallevents"
    UNSUBSCRIBE_ALL_EVENTS = "unsubscribeallevents"
    DESCRIBE = "describe"


# The member of a Thing Description that holds the affordance an operation is about.
KIND: Mapping[Op, str] = {
    Op.READ_PROPERTY: "properties",
    Op.WRITE_PROPERTY: "properties",
    Op.OBSERVE_PROPERTY: "properties",
    Op.UNOBSERVE_PROPERTY: "properties",
    Op.INVOKE_ACTION: "actions",
    Op.QUERY_ACTION: "actions",
    Op.CANCEL_ACTION: "actions",
    Op.SUBSCRIBE_EVENT: "events",
    Op.UNSUBSCRIBE_EVENT: "events",
}

KINDS = ("properties", "actions", "events")
# What ends each operation that goes on.
ENDS: Mapping[Op, Op] = {
    Op.OBSERVE_PROPERTY: Op.UNOBSERVE_PROPERTY,
    Op.SUBSCRIBE_EVENT: Op.UNSUBSCRIBE_EVENT,
    Op.OBSERVE_ALL_PROPERTIES: Op.UNOBSERVE_ALL_PROPERTIES,
    Op.SUBSCRIBE_ALL_EVENTS: Op.UNSUBSCRIBE_ALL_EVENTS,
}
STREAMS = frozenset(ENDS)
# What an operation on all (or several) affordances does with each of them.
EACH: Mapping[Op, Op] = {
    Op.READ_ALL_PROPERTIES: Op.READ_PROPERTY,
    Op.READ_MULTIPLE_PROPERTIES: Op.READ_PROPERTY,
    Op.WRITE_ALL_PROPERTIES: Op.WRITE_PROPERTY,
    Op.WRITE_MULTIPLE_PROPERTIES: Op.WRITE_PROPERTY,
    Op.OBSERVE_ALL_PROPERTIES: Op.OBSERVE_PROPERTY,
    Op.SUBSCRIBE_ALL_EVENTS: Op.SUBSCRIBE_EVENT,
}


def default_ops(kind: str, read_only: bool = False, write_only: bool = False) -> tuple[str, ...]:
    """What a form without `op` is for (TD 1.1 section 5.4)."""
    if kind == "actions":
        return (Op.INVOKE_ACTION,)
    if kind == "events":
        return (Op.SUBSCRIBE_EVENT, Op.UNSUBSCRIBE_EVENT)
    if kind != "properties":
        return ()
    # A property that is both (TD 1.1 gives no rule) keeps the narrower of the two: reading.
    if read_only:
        return (Op.READ_PROPERTY,)
    return (Op.WRITE_PROPERTY,) if write_only else (Op.READ_PROPERTY, Op.WRITE_PROPERTY)


def is_draft(document: Any) -> bool:
    """Whether a document is a draft of TD 2.0, which is not read: some terms mean something else there."""
    context = document.get("@context") if is_object(document) else None
    return context == TD_NEXT or (is_array(context) and TD_NEXT in context)
