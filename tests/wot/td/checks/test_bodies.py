"""Secrets in the body: where a definition points to, there is a string or can be one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import thing
from wot.errors import Finding

from .judging import FORM, error, judged, warning

HINT = "change the pointer, or the data schema"
TEXT = {"type": "string"}


def sent(kind: str, schema: Any, pointer: str, **members: Any) -> list[Finding]:
    """What is said where `schema` describes the body of requests to an affordance."""
    term = {"actions": "input", "events": "subscription"}.get(kind)
    affordance = {term: schema} if term else schema
    form = {**FORM, "subprotocol": "sse"} if kind == "events" else FORM
    return judged(
        thing(
            **{kind: {"a": {**affordance, "forms": [form]}}},
            security="k",
            securityDefinitions={
                "k": {"scheme": "apikey", "in": "body", "name": pointer},
                "none": {"scheme": "nosec"},
            },
            **members,
        )
    )


def obj(required: tuple[str, ...] = ("key",), **members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(required)}


GOOD: list[tuple[Any, str]] = [
    (obj(key=TEXT), "/key"),
    (obj((), level={"type": "null"}), "/key"),
    (obj(("a",), a=obj(("b",), b=TEXT)), "/a/b"),
    (obj(("a/b",), **{"a/b": TEXT}), "/a~1b"),
    (obj(("~",), **{"~": TEXT}), "/~0"),
    ({"type": "array", "items": TEXT}, "/-"),
    ({"type": "array", "items": TEXT}, "/0"),
    ({"type": "array", "items": obj(key=TEXT)}, "/0/key"),
    ({"type": "array", "items": [TEXT, TEXT]}, "/1"),
    (obj(key={}), "/key"),
    (TEXT, ""),
    (obj(key=TEXT), ""),
    ({"oneOf": [TEXT, obj(key=TEXT)]}, "/key"),
    ({"properties": {"key": TEXT}, "required": ["key"]}, "/key"),
]


@pytest.mark.parametrize("kind", ["properties", "actions", "events"])
@pytest.mark.parametrize(("schema", "pointer"), GOOD, ids=str)
def test_nothing_is_said_where_it_can_be(kind: str, schema: Any, pointer: str) -> None:
    assert sent(kind, schema, pointer) == []


CREATABLE, TYPE = "sec-body-name-json-pointer-creatable", "sec-body-name-json-pointer-type"
BAD = [
    (obj(key=obj(key=TEXT)), "/key", "a secret is a string, and that is of the type object", TYPE),
    (
        obj(key={"type": "integer"}),
        "/key",
        "a secret is a string, and that is of the type integer",
        TYPE,
    ),
    (obj((), key=TEXT), "/key", "'key' is not required there", TYPE),
    (obj(("a",), a=obj((), b=TEXT)), "/a/b", "'b' is not required there", TYPE),
    (obj(key=TEXT), "/key/deeper", "nothing can be inserted into a string", CREATABLE),
    ({"type": "boolean"}, "/key", "nothing can be inserted into a boolean", CREATABLE),
    (
        {"type": "array", "items": {"type": "null"}},
        "/-",
        "a secret is a string, and that is of the type null",
        TYPE,
    ),
]


@pytest.mark.parametrize(("kind", "path"), [("properties", ""), ("actions", ""), ("events", "")])
@pytest.mark.parametrize(("schema", "pointer", "reason", "assertion"), BAD)
def test_it_is_an_error_where_it_cannot(
    kind: str, path: str, schema: Any, pointer: str, reason: str, assertion: str
) -> None:
    reason = f"the security definition 'k' points to {pointer!r} in the body: {reason}"
    assert sent(kind, schema, pointer) == [error(f"$.{kind}.a.forms[0]", reason, HINT, assertion)]


def test_what_is_only_read_has_no_body() -> None:
    assert sent("properties", {"type": "boolean", "readOnly": True}, "/key") == []


@pytest.mark.parametrize("kind", ["actions", "events"])
def test_without_a_schema_nothing_is_known(kind: str) -> None:
    form = {**FORM, "subprotocol": "sse"} if kind == "events" else FORM
    td = thing(
        **{kind: {"a": {"forms": [form]}}},
        security="k",
        securityDefinitions={"k": {"scheme": "apikey", "in": "body", "name": "/key"}},
    )
    assert judged(td) == []


def test_a_form_under_another_scheme_is_not_looked_at() -> None:
    td = thing(
        actions={"a": {"input": {"type": "boolean"}, "forms": [{**FORM, "security": "none"}]}},
        security="k",
        securityDefinitions={
            "k": {"scheme": "apikey", "in": "body", "name": "/key"},
            "none": {"scheme": "nosec"},
        },
    )
    assert judged(td) == []


KEY = {"scheme": "apikey", "in": "body", "name": "/key"}
LEVEL = {"type": "integer"}
INTO = "the security definition 'k' points to '/key' in the body: nothing can be inserted into an integer"
CREATABLE = "sec-body-name-json-pointer-creatable"


def under(definitions: Any, op: Any, security: str = "k", **terms: Any) -> list[Finding]:
    """What is said of a property of the type integer with one form, where the secret goes into an object."""
    form = {**FORM, **({"op": op} if op else {})}
    property_ = {**LEVEL, **terms, "forms": [form]}
    return judged(
        thing(properties={"a": property_}, security=security, securityDefinitions=definitions)
    )


@pytest.mark.parametrize("op", ["readproperty", ["readproperty", "unobserveproperty"]])
def test_where_no_body_is_sent_nothing_goes_there(op: Any) -> None:
    assert under({"k": KEY}, op) == []


def test_the_default_operations_count() -> None:
    found = [error("$.properties.a.forms[0]", INTO, HINT, CREATABLE)]
    assert under({"k": KEY}, None) == found
    assert under({"k": KEY}, None, writeOnly=True) == found
    assert under({"k": KEY}, "writeproperty") == found
    assert under({"k": KEY}, None, readOnly=True) == []


def test_what_a_client_may_do_without_is_a_warning() -> None:
    """As long as there is something else that it can take."""
    basic, choice = {"scheme": "basic"}, {"scheme": "combo", "oneOf": ["k", "b"]}
    definitions: dict[str, Any] = {"k": KEY, "b": basic, "c": choice}
    place = "$.properties.a.forms[0]"
    assert under(definitions, "writeproperty", "c") == [warning(place, INTO, HINT, CREATABLE)]
    both = {**definitions, "c": {"scheme": "combo", "allOf": ["k", "b"]}}
    assert under(both, "writeproperty", "c") == [error(place, INTO, HINT, CREATABLE)]
    neither = {**definitions, "b": KEY}
    assert [one.severity for one in under(neither, "writeproperty", "c")] == ["error", "error"]
