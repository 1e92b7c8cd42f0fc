"""What of a TD can be used from here, and which URI variables of the Thing that takes along."""

from __future__ import annotations

from typing import Any

from wot.forms import forms_for
from wot.reachable import reachable
from wot.td import Form, Json, Op, ThingDescription

WORD = {"type": "string"}


def found(**members: Any) -> Json:
    """What can be used where http is the only protocol."""
    td = ThingDescription({"title": "Far", **members})

    def find(op: Op, name: str) -> list[Form]:
        return [f for f in forms_for(td, op, name, "") if f.href.startswith("http:")]

    return reachable(td, find)


def variables(json: Json, kind: str = "properties") -> dict[str, list[str]]:
    assert "uriVariables" not in json
    return {name: list(each.get("uriVariables", ())) for name, each in json[kind].items()}


def test_each_affordance_has_the_variables_that_its_forms_name() -> None:
    json = found(
        uriVariables=dict.fromkeys(("room", "unit", "nobody"), WORD),
        properties={
            "a": {"forms": [{"href": "http://x/{room}/a{?unit}"}]},
            "b": {"forms": [{"href": "http://x/b{?unit}"}], "uriVariables": {"own": WORD}},
            "c": {"forms": [{"href": "http://x/c"}]},
        },
        actions={"d": {"forms": [{"href": "http://x/{room}/d"}]}},
        events={"e": {"forms": [{"href": "http://x/{room}/e"}]}},
    )
    assert variables(json) == {"a": ["room", "unit"], "b": ["unit", "own"], "c": []}
    assert variables(json, "actions") == {"d": ["room"]}
    assert variables(json, "events") == {"e": ["room"]}
    assert json["properties"]["b"]["uriVariables"]["unit"] == WORD


def test_its_own_decide_over_those_of_the_thing() -> None:
    own = {"unit": {"type": "string", "default": "K"}}
    property = {"forms": [{"href": "http://x/a{?unit}"}], "uriVariables": own}
    json = found(uriVariables={"unit": WORD}, properties={"a": property})
    assert json["properties"]["a"]["uriVariables"] == own


def test_what_endpoints_say_of_their_own_forms_stays_there() -> None:
    started = {"href": "http://x/a", "op": ["observeproperty"], "subprotocol": "webhook"}
    ended = {"href": "http://x/s/{sub}", "op": ["unobserveproperty"], "subprotocol": "webhook"}
    about = {"href": "http://x/d/{invocation}", "op": ["queryaction", "cancelaction"]}
    json = found(
        uriVariables={"names": WORD, "sub": {**WORD, "readOnly": True}, "invocation": WORD},
        properties={
            "a": {"observable": True, "forms": [{"href": "http://x/a"}, started, ended]},
        },
        actions={"d": {"forms": [{"href": "http://x/d"}, about]}},
        forms=[{"href": "http://x/all{?names}", "op": "readmultipleproperties"}],
    )
    assert variables(json) == {"a": []}
    assert variables(json, "actions") == {"d": []}


def test_forms_that_cannot_be_used_have_no_say() -> None:
    forms = [{"href": "coap://x/a{?unit}"}, {"href": "http://x/a"}]
    assert variables(found(uriVariables={"unit": WORD}, properties={"a": {"forms": forms}})) == {
        "a": []
    }


def test_schemas_that_are_shared_do_not_grow_without_bound() -> None:
    """A megabyte that a thousand affordances name would be a gigabyte at a gateway."""
    forms = [{"href": "http://x/p{?v}"}]
    json = found(
        uriVariables={"v": {"type": "string", "description": "x" * 200_000}},
        properties={f"p{i}": {"forms": forms} for i in range(1000)},
    )
    assert len(ThingDescription(json).to_bytes()) < 6_000_000
    assert json["properties"]["p999"]["uriVariables"] == {"v": {}}
