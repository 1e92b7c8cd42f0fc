"""The default values of Thing Descriptions as data, one table per version (TD 1.0 and 1.1, section 5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wot.td.vocabulary import Op

Row = Mapping[str, str | bool | list[str]]  # member → its value where it is not stated


@dataclass(frozen=True)
class Methods:
    """The request methods of one protocol, for forms that name none."""

    schemes: Sequence[str]
    # Namespace → the term in it that names the method; the prefix is whatever a document declares for it.
    terms: Mapping[str, str]
    by_op: Mapping[str, str]
    # A prefix that every TD has without declaring it.
    prefix: str = ""
    # Whether a form for several operations may name the method that all of them share.
    shared: bool = False


@dataclass(frozen=True)
class Defaults:
    """What is assumed of members that a document does not state."""

    affordances: Mapping[str, Row]  # by the member of the TD that holds them
    data_schema: Row
    form: Row
    response: Row  # of additional responses; their `contentType` is that of their form
    schemes: Mapping[str, Row]  # by `scheme`
    # What a form is for, by the member that holds its affordance, or by the flag of its property.
    ops: Mapping[str, Sequence[str]]
    methods: Sequence[Methods] = ()


# TD 1.1 section 8.3.1, also in 1.0. Several operations: "the usage of the htv:methodName is not permitted".
HTTP = Methods(
    schemes=("http", "https"),
    terms={"http://www.w3.org/2011/http#": "methodName"},
    prefix="htv",
    by_op={
        "readproperty": "GET",
        "readallproperties": "GET",
        "readmultipleproperties": "GET",
        "writeproperty": "PUT",
        "writeallproperties": "PUT",
        "writemultipleproperties": "PUT",
        "invokeaction": "POST",
    },
)

# The CoAP binding (editor's draft of 2025), "Default mappings". The second namespace is the one of the examples
# in TD 1.0 and 1.1, which had another term.
COAP = Methods(
    schemes=("coap", "coaps", "coap+tcp", "coaps+tcp", "coap+ws", "coaps+ws"),
    terms={
        "https://www.w3.org/2019/wot/coap#": "method",
        "http://www.example.org/coap-binding#": "methodName",
    },
    shared=True,
    by_op={
        **{op.value: "GET" for op in Op if op is not Op.DESCRIBE},
        "writeproperty": "PUT",
        "writeallproperties": "PUT",
        "writemultipleproperties": "PUT",
        "invokeaction": "POST",
        "cancelaction": "POST",
    },
)

# `synchronous` has no default: where it is absent, nothing is claimed.
DEFAULTS_11 = Defaults(
    affordances={
        "properties": {"readOnly": False, "writeOnly": False, "observable": False},
        "actions": {"safe": False, "idempotent": False},
        "events": {},
    },
    # The remark in the table of 1.1 limits the two flags to properties, where 1.0 had them for every data schema;
    # the documents that 1.1 and others show with all defaults state them in every data schema still. Without
    # them a schema says the same, so nothing is lost whichever way one reads it.
    data_schema={"readOnly": False, "writeOnly": False},
    form={"contentType": "application/json"},
    response={"success": False},
    schemes={
        "basic": {"in": "header"},
        "digest": {"in": "header", "qop": "auth"},
        "apikey": {"in": "query"},
        "bearer": {"in": "header", "alg": "ES256", "format": "jwt"},
    },
    ops={
        "properties": ("readproperty", "writeproperty"),
        "readOnly": ("readproperty",),
        "writeOnly": ("writeproperty",),
        "actions": ("invokeaction",),
        "events": ("subscribeevent", "unsubscribeevent"),
    },
    methods=(HTTP, COAP),
)

# 1.0 says nothing of read-only and write-only properties where it names the default of `op`; what it would yield,
# writing what is read-only, contradicts the flag, so that the later wording is taken for what was meant.
DEFAULTS_10 = replace(
    DEFAULTS_11,
    affordances={
        **DEFAULTS_11.affordances,
        "properties": {"readOnly": False, "writeOnly": False},
    },
    response={},
    ops={**DEFAULTS_11.ops, "events": ("subscribeevent",)},
)

DEFAULTS: Mapping[str, Defaults] = {"1.0": DEFAULTS_10, "1.1": DEFAULTS_11}
