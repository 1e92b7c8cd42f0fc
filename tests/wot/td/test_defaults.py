"""Stating every default value and leaving it out again, row by row of the tables."""

from __future__ import annotations

import json
import timeit
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import pytest

from wot.td import TD_10, TD_11
from wot.td.defaults import expand, reduce
from wot.td.tables import COAP, HTTP

from .documents import COAP_NOW, COAP_ONCE, FORM, affordance, by_op, secured, thing, walked


class Row(NamedTuple):
    """A member that is not in `td`: where, its default, and another value that it may have."""

    td: Any
    path: tuple[Any, ...]
    default: Any
    other: Any

    def stating(self, value: Any) -> Any:
        changed = deepcopy(self.td)
        walked(changed, *self.path[:-1])[self.path[-1]] = value
        return changed


RESPONSE = ("properties", *FORM, "additionalResponses", 0)
ANSWERING = {
    "href": "opc.tcp://h/a",
    "contentType": "application/cbor",
    "additionalResponses": [{}],
}
READING, WRITING = ["readproperty"], "writeproperty"
TABLE = {
    "td-default-readOnly": Row(affordance("properties"), ("properties", "a", "readOnly"), False, True),
    "td-default-writeOnly": Row(affordance("properties"), ("properties", "a", "writeOnly"), False, True),
    "td-default-observable": Row(affordance("properties"), ("properties", "a", "observable"), False, True),
    "td-default-safe": Row(affordance("actions"), ("actions", "a", "safe"), False, True),
    "td-default-idempotent": Row(affordance("actions"), ("actions", "a", "idempotent"), False, True),
    "td-default-success": Row(affordance("properties", ANSWERING), (*RESPONSE, "success"), False, True),
    "td-default-AdditionalResponseContentType": Row(
        affordance("properties", ANSWERING), (*RESPONSE, "contentType"), "application/cbor", "application/json"
    ),
    "td-default-contentType": Row(
        affordance("events"), ("events", *FORM, "contentType"), "application/json", "application/cbor"
    ),
    "td-default-op-properties": Row(
        affordance("properties"), ("properties", *FORM, "op"), ["readproperty", "writeproperty"], READING
    ),
    "td-default-op-properties readOnly": Row(
        affordance("properties", readOnly=True), ("properties", *FORM, "op"), "readproperty", WRITING
    ),
    "td-default-op-properties writeOnly": Row(
        affordance("properties", writeOnly=True), ("properties", *FORM, "op"), "writeproperty", READING
    ),
    "td-default-op-actions": Row(affordance("actions"), ("actions", *FORM, "op"), "invokeaction", "queryaction"),
    "td-default-op-events": Row(
        affordance("events"), ("events", *FORM, "op"), ["subscribeevent", "unsubscribeevent"], "subscribeevent"
    ),
    "td-default-in-basic": Row(secured("basic"), ("securityDefinitions", "s", "in"), "header", "query"),
    "td-default-in-digest": Row(secured("digest"), ("securityDefinitions", "s", "in"), "header", "body"),
    "td-default-qop": Row(secured("digest"), ("securityDefinitions", "s", "qop"), "auth", "auth-int"),
    "td-default-in-apikey": Row(secured("apikey"), ("securityDefinitions", "s", "in"), "query", "header"),
    "td-default-in-bearer": Row(secured("bearer"), ("securityDefinitions", "s", "in"), "header", "auto"),
    "td-default-alg": Row(secured("bearer"), ("securityDefinitions", "s", "alg"), "ES256", "ES512-256"),
    "td-default-format": Row(secured("bearer"), ("securityDefinitions", "s", "format"), "jwt", "cwt"),
}  # fmt: skip


def method_row(op: str, method: str, term: str, href: str, context: Any = TD_11) -> Row:
    td, place = by_op(op, href, context)
    return Row(td, (*place, term), method, "PATCH")


def rows() -> Iterator[Any]:
    for name, row in TABLE.items():
        yield pytest.param(
            row, id=name, marks=pytest.mark.assertion(name.split()[0], "td-vocabulary-defaults")
        )
    for op, method in HTTP.by_op.items():
        mark = pytest.mark.assertion(
            "td-default-http-method", f"td-default-http-method_{method.lower()}"
        )
        yield pytest.param(
            method_row(op, method, "htv:methodName", "https://h/a"), id=f"http {op}", marks=mark
        )
    for context, term in ((COAP_NOW, "cov:method"), (COAP_ONCE, "cov:methodName")):
        for op, method in COAP.by_op.items():
            row = method_row(op, method, term, "coaps://h/a", [TD_11, context])
            yield pytest.param(row, id=f"{term} {op}")


ROWS = list(rows())


@pytest.mark.parametrize("row", ROWS)
def test_a_default_is_stated(row: Row) -> None:
    found = walked(expand(row.td), *row.path)
    assert (found, type(found)) == (row.default, type(row.default))


@pytest.mark.parametrize("row", ROWS)
def test_a_stated_default_is_left_out(row: Row) -> None:
    assert row.path[-1] not in walked(reduce(row.stating(row.default)), *row.path[:-1])


@pytest.mark.parametrize("row", ROWS)
def test_another_value_stays(row: Row) -> None:
    stated = row.stating(row.other)
    assert walked(expand(stated), *row.path) == row.other
    assert walked(reduce(stated), *row.path) == row.other


def test_the_whole_table_is_tried() -> None:
    """TD 1.1 has 18 assertions on its table, one of them with three cases."""
    assert (len({name.split()[0] for name in TABLE}), len(TABLE)) == (18, 20)
    assert set(HTTP.by_op.values()) == {"GET", "PUT", "POST"}
    assert len(COAP.by_op) == 18


# Where there is no default


@pytest.mark.parametrize(
    ("td", "path", "member"),
    [
        pytest.param(affordance("actions"), ("actions", "a"), "synchronous", id="synchronous"),
        pytest.param(thing(forms=[{"href": "coap://h"}]), ("forms", 0), "op", id="Thing level"),
        pytest.param(
            affordance("properties", {"href": "https://h", "response": {}}),
            ("properties", *FORM, "response"),
            "contentType",
            id="response",
        ),
        pytest.param(affordance("events"), ("events", "a"), "readOnly", id="event"),
        pytest.param(secured("oauth2"), ("securityDefinitions", "s"), "in", id="oauth2"),
        pytest.param(secured("psk"), ("securityDefinitions", "s"), "identity", id="psk"),
    ],
)
def test_nothing_is_invented(td: Any, path: tuple[Any, ...], member: str) -> None:
    assert member not in walked(expand(td), *path)


# Data schemas

NESTED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "property": (affordance("properties", type="object", properties={"m": {}}), ("properties", "a", "properties", "m")),
    "items": (affordance("actions", input={"items": {}}), ("actions", "a", "input", "items")),
    "tuple": (affordance("actions", output={"items": [{}]}), ("actions", "a", "output", "items", 0)),
    "oneOf": (affordance("events", data={"oneOf": [{}]}), ("events", "a", "data", "oneOf", 0)),
    "subscription": (affordance("events", subscription={}), ("events", "a", "subscription")),
    "dataResponse": (affordance("events", dataResponse={}), ("events", "a", "dataResponse")),
    "cancellation": (affordance("events", cancellation={}), ("events", "a", "cancellation")),
    "uriVariables": (affordance("actions", uriVariables={"v": {}}), ("actions", "a", "uriVariables", "v")),
    "of the Thing": (thing(uriVariables={"forms": {}}), ("uriVariables", "forms")),
    "schemaDefinitions": (thing(schemaDefinitions={"const": {}}), ("schemaDefinitions", "const")),
}  # fmt: skip


@pytest.mark.parametrize(("td", "path"), NESTED.values(), ids=NESTED)
def test_flags_of_data_schemas(td: Any, path: tuple[Any, ...]) -> None:
    expanded = expand(td)
    assert walked(expanded, *path) == {"readOnly": False, "writeOnly": False}
    assert reduce(expanded) == td


LOOKALIKE: Any = {
    "readOnly": False,
    "type": "object",
    "properties": {"x": {"writeOnly": False}},
    "forms": [{"contentType": "application/json"}],
    "scheme": "basic",
    "in": "header",
    "items": {},
}


@pytest.mark.parametrize("name", ["const", "default", "ex:extension", "additionalProperties"])
def test_values_are_no_schemas(name: str) -> None:
    schema = {
        "type": "object",
        "readOnly": False,
        "writeOnly": False,
        "enum": [LOOKALIKE],
        name: LOOKALIKE,
    }
    for place in ("input", "output"):
        td = affordance("actions", **{place: schema})
        for changed in (expand(td), reduce(td)):
            found = changed["actions"]["a"][place]
            assert (found[name], found["enum"]) == (LOOKALIKE, [LOOKALIKE])


def test_extension_objects_stay() -> None:
    form = {"href": "coap://h", "op": "invokeaction", "contentType": "application/json"}
    stated = {
        **form,
        "ex:forms": [LOOKALIKE],
        "response": {"contentType": "application/json", "ex:x": LOOKALIKE},
    }
    td = affordance("actions", stated, **{"safe": False, "idempotent": False, "ex:data": LOOKALIKE})
    td |= {"ex:properties": {"p": LOOKALIKE}, "version": LOOKALIKE, "links": [LOOKALIKE]}
    assert expand(td) == td
    action = {
        "forms": [{"href": "coap://h", **{name: stated[name] for name in ("ex:forms", "response")}}]
    }
    assert reduce(td) == {**td, "actions": {"a": {**action, "ex:data": LOOKALIKE}}}


# What equals a default


@pytest.mark.parametrize(
    ("kind", "stated", "default"),
    [
        ("properties", ["writeproperty", "readproperty"], ["readproperty", "writeproperty"]),
        ("actions", ["invokeaction"], "invokeaction"),
        ("events", ["unsubscribeevent", "subscribeevent"], ["subscribeevent", "unsubscribeevent"]),
    ],
)
def test_an_op_in_other_words(kind: str, stated: Any, default: Any) -> None:
    """Their order means nothing and one may stand alone: left out it is the same, and stated like the default."""
    td = affordance(kind, {"href": "opc.tcp://h/a", "op": stated})
    assert reduce(td) == affordance(kind)
    assert walked(expand(td), kind, *FORM, "op") == default


@pytest.mark.parametrize(
    "op",
    [
        [],
        ["readproperty"] * 2,
        ["readproperty", "writeproperty", "x"],
        [[]],
        {"readproperty": 1},
        0,
        None,
    ],
)
def test_an_op_that_is_another(op: Any) -> None:
    td = affordance("properties", {"href": "coap://h", "op": op})
    assert walked(expand(td), "properties", *FORM, "op") == op
    assert walked(reduce(td), "properties", *FORM, "op") == op


@pytest.mark.parametrize(
    ("members", "form"),
    [
        ({"readOnly": 0, "writeOnly": "false", "observable": None}, {}),
        ({"readOnly": 0.0}, {"contentType": ["application/json"]}),
        ({"writeOnly": []}, {"contentType": "Application/JSON"}),
        ({"readOnly": {}}, {"contentType": None}),
    ],
)
def test_what_only_looks_like_a_default_stays(members: Any, form: Any) -> None:
    form = {"href": "coap://h", **form}
    td = affordance("properties", form, **members)
    assert json.dumps(reduce(td)) == json.dumps(td)
    property_ = expand(td)["properties"]["a"]
    assert {name: property_[name] for name in members} == members
    # Whoever cannot say whether it is read-only cannot say what its forms are for.
    assert "op" not in property_["forms"][0]
    assert property_["forms"][0].items() >= form.items()


def test_both_flags_name_no_operation() -> None:
    """TD 1.1 has no rule for a property that can neither be written nor read."""
    td = affordance("properties", readOnly=True, writeOnly=True)
    assert "op" not in walked(expand(td), "properties", *FORM)


def test_an_answer_is_of_the_type_of_its_form() -> None:
    form = {
        "href": "coap://h",
        "contentType": "application/json",
        "additionalResponses": [{"contentType": "a/b"}, {}],
    }
    td = affordance("actions", form)
    types = [
        response["contentType"]
        for response in expand(td)["actions"]["a"]["forms"][0]["additionalResponses"]
    ]
    assert types == ["a/b", "application/json"]
    assert reduce(expand(td)) == affordance(
        "actions", {"href": "coap://h", "additionalResponses": [{"contentType": "a/b"}, {}]}
    )
    form["contentType"] = 1
    response = expand(td)["actions"]["a"]["forms"][0]["additionalResponses"][1]
    assert response == {"success": False}


# Versions


def test_td_10_has_fewer() -> None:
    form = {"href": "coap://h", "additionalResponses": [{}]}
    td = {**affordance("properties", form), **affordance("events", form), "@context": TD_10}
    expanded = expand(td)
    assert "observable" not in expanded["properties"]["a"]
    assert expanded["properties"]["a"]["readOnly"] is False
    assert expanded["events"]["a"]["forms"][0]["op"] == "subscribeevent"
    assert expanded["events"]["a"]["forms"][0]["additionalResponses"] == [{}]
    assert reduce(expanded) == td
    both = expand({**td, "@context": [TD_10, TD_11]})
    assert both["events"]["a"]["forms"][0]["op"] == ["subscribeevent", "unsubscribeevent"]


@pytest.mark.parametrize(
    "members",
    [
        {"@type": "tm:ThingModel"},
        {"@type": ["tm:ThingModel"]},
        {"@context": "https://www.w3.org/ns/wot-next/td"},
    ],
)
@pytest.mark.parametrize("change", [expand, reduce])
def test_other_documents_stay(change: Any, members: Any) -> None:
    """A model leaves open what it does not say, and another may say it; drafts of TD 2.0 have other defaults."""
    td = {**affordance("properties", readOnly=False), **members}
    assert change(td) == td


# The corpus


def pair(corpus: Path, name: str) -> tuple[Any, Any]:
    folder = corpus / "td/default-pairs" / name
    return tuple(
        json.loads((folder / f"{side}.td.json").read_bytes()) for side in ("input", "expected")
    )  # type: ignore[return-value]


def test_pair_of_the_playground(corpus: Path) -> None:
    """Exact in both directions, except that it leaves methods of protocols unstated."""
    short, long = pair(corpus, "pg-defaults-package")
    assert expand(short, methods=False) == long
    assert reduce(long) == reduce(short) == short
    long["actions"]["toggle"]["forms"][0]["htv:methodName"] = "POST"  # TD 1.1 section 8.3.1
    assert expand(short) == long


def test_pair_of_the_specification(corpus: Path) -> None:
    """TD 1.1 appendix A, CoAP: its longer form states less than all, and lost a method that the short one states."""
    short, long = pair(corpus, "td11-ex68-coap")
    long["properties"]["status"]["writeOnly"] = False
    long["events"]["overheating"]["data"] |= {"readOnly": False, "writeOnly": False}
    method = {"cov:methodName": "GET"}
    long["events"]["overheating"]["forms"][0] |= method
    assert expand(short) == long
    # The short form states that method, although it is the default.
    assert short["events"]["overheating"]["forms"][0].items() >= method.items()
    del short["events"]["overheating"]["forms"][0]["cov:methodName"]
    assert reduce(long) == short
    assert expand(short) == long


def test_pair_of_the_playground_that_is_none(corpus: Path) -> None:
    """Its two sides are different Things: another id, a status that is read-only, an event that one cannot leave.

    With what differs in the short one, too, it is a pair; `in` is stated on both sides, and methods on none.
    """
    short, long = pair(corpus, "pg-simple")
    short["id"] = long["id"]
    short["properties"]["status"]["readOnly"] = True
    short["events"]["overheating"]["data"]["readOnly"] = True
    short["events"]["overheating"]["forms"][0]["op"] = "subscribeevent"
    assert expand(short, methods=False) == long
    del short["securityDefinitions"]["basic_sc"]["in"]
    assert reduce(long) == short


# Speed


def test_twenty_affordances_take_far_less_than_a_millisecond() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"enum": ["a", "b"]}}}
    forms = [{"href": "x"}, {"href": "y", "op": "observeproperty", "subprotocol": "sse"}]
    td = thing(
        base="https://things.example/",
        properties={f"p{at}": {**schema, "forms": forms} for at in range(10)},
        actions={f"a{at}": {"input": schema, "forms": forms[:1]} for at in range(5)},
        events={f"e{at}": {"data": schema, "forms": forms[:1]} for at in range(5)},
    )
    for change, document in ((expand, td), (reduce, expand(td))):
        rounds = timeit.repeat(lambda: change(document), number=10, repeat=20, timer=process_time)  # noqa: B023
        assert min(rounds) / 10 < 0.001
