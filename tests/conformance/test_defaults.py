"""Each default value of TD 1.1 section 5.4: expanding states it, reducing leaves it out, and the model reads it."""

from typing import Any

import pytest

from wot.td import ThingDescription
from wot.td.defaults import expand, reduce

from .documents import changed, value_at

_FORM = {"href": "http://127.0.0.1/x"}
SMALL: dict[str, Any] = {
    "@context": "https://www.w3.org/2022/wot/td/v1.1",
    "title": "Lamp",
    "securityDefinitions": {
        scheme: {"scheme": scheme} for scheme in ("basic", "digest", "apikey", "bearer")
    },
    "security": "basic",
    "properties": {
        "level": {"type": "integer", "forms": [{**_FORM, "additionalResponses": [{}]}]},
        "fixed": {"readOnly": True, "forms": [_FORM]},
        "secret": {"writeOnly": True, "forms": [_FORM]},
        "nested": {"type": "object", "properties": {"inner": {}}, "forms": [_FORM]},
        "image": {"forms": [{**_FORM, "contentType": "image/png", "additionalResponses": [{}]}]},
    },
    "actions": {"fade": {"forms": [_FORM]}},
    "events": {"hot": {"forms": [_FORM]}},
}
_ANSWER = "properties.level.forms.0.additionalResponses.0"
DEFAULTS: list[tuple[str, str, Any]] = [
    ("td-default-readOnly", "properties.level.readOnly", False),
    ("td-default-writeOnly", "properties.level.writeOnly", False),
    ("td-default-observable", "properties.level.observable", False),
    ("td-default-safe", "actions.fade.safe", False),
    ("td-default-idempotent", "actions.fade.idempotent", False),
    ("td-default-success", f"{_ANSWER}.success", False),
    ("td-default-AdditionalResponseContentType", f"{_ANSWER}.contentType", "application/json"),
    (
        "td-default-AdditionalResponseContentType",
        "properties.image.forms.0.additionalResponses.0.contentType",
        "image/png",
    ),
    ("td-default-contentType", "properties.level.forms.0.contentType", "application/json"),
    ("td-default-contentType", "actions.fade.forms.0.contentType", "application/json"),
    ("td-default-op-properties", "properties.level.forms.0.op", ["readproperty", "writeproperty"]),
    ("td-default-op-properties", "properties.fixed.forms.0.op", ["readproperty"]),
    ("td-default-op-properties", "properties.secret.forms.0.op", ["writeproperty"]),
    ("td-default-op-actions", "actions.fade.forms.0.op", "invokeaction"),
    ("td-default-op-events", "events.hot.forms.0.op", ["subscribeevent", "unsubscribeevent"]),
    ("td-default-in-basic", "securityDefinitions.basic.in", "header"),
    ("td-default-in-digest", "securityDefinitions.digest.in", "header"),
    ("td-default-qop", "securityDefinitions.digest.qop", "auth"),
    ("td-default-in-apikey", "securityDefinitions.apikey.in", "query"),
    ("td-default-in-bearer", "securityDefinitions.bearer.in", "header"),
    ("td-default-alg", "securityDefinitions.bearer.alg", "ES256"),
    ("td-default-format", "securityDefinitions.bearer.format", "jwt"),
]
METHODS = [
    ("td-default-http-method_get", "properties.level.forms.0", "readproperty", "GET"),
    ("td-default-http-method_put", "properties.level.forms.0", "writeproperty", "PUT"),
    ("td-default-http-method_post", "actions.fade.forms.0", "invokeaction", "POST"),
    ("td-default-http-method_get", "forms.0", "readallproperties", "GET"),
    ("td-default-http-method_get", "forms.0", "readmultipleproperties", "GET"),
    ("td-default-http-method_put", "forms.0", "writeallproperties", "PUT"),
    ("td-default-http-method_put", "forms.0", "writemultipleproperties", "PUT"),
]
CASES = [
    pytest.param(place, value, id=id, marks=pytest.mark.assertion(id, "td-vocabulary-defaults"))
    for id, place, value in DEFAULTS
]


def alike(found: Any, value: Any) -> bool:
    """One operation may stand for an array of it."""
    return found == value or [found] == value or found == [value]


@pytest.mark.parametrize(("place", "value"), CASES)
def test_a_default_is_stated(place: str, value: Any) -> None:
    assert alike(value_at(expand(SMALL), place), value)


@pytest.mark.parametrize(("place", "value"), CASES)
def test_a_default_that_is_stated_is_left_out(place: str, value: Any) -> None:
    reduced = reduce(changed(SMALL, {place: value}))
    where, _, name = place.rpartition(".")
    assert name not in value_at(reduced, where)
    assert reduced == reduce(SMALL)


@pytest.mark.parametrize(("place", "value"), CASES)
def test_another_value_stays(place: str, value: Any) -> None:
    others = {False: True, "header": "query", "query": "header"}
    other = others.get(value, "other") if isinstance(value, bool | str) else ["observeproperty"]
    document = changed(SMALL, {place: other})
    assert value_at(expand(document), place) == other
    assert value_at(reduce(document), place) == other


@pytest.mark.assertion("td-default-observable")
def test_only_a_property_can_be_observed() -> None:
    assert "observable" not in value_at(expand(SMALL), "properties.nested.properties.inner")


@pytest.mark.assertion("td-vocabulary-defaults")
def test_what_is_missing_reads_as_if_it_were_stated() -> None:
    assert expand(reduce(SMALL)) == expand(SMALL) == expand(expand(SMALL))
    left_out, stated = ThingDescription(SMALL), ThingDescription(expand(SMALL))
    for name, affordance in left_out.properties.items():
        also = stated.properties[name]
        assert (affordance.read_only, affordance.observable) == (also.read_only, also.observable)
        assert affordance.ops(affordance.forms[0]) == also.ops(also.forms[0])
        assert affordance.forms[0].content_type == also.forms[0].content_type
    assert left_out.actions["fade"].ops(left_out.actions["fade"].forms[0]) == ("invokeaction",)
    assert left_out.events["hot"].ops(left_out.events["hot"].forms[0]) == (
        "subscribeevent",
        "unsubscribeevent",
    )


@pytest.mark.assertion("td-vocab-synchronous--ActionAffordance")
def test_no_claim_on_being_synchronous_stays_none() -> None:
    assert "synchronous" not in expand(SMALL)["actions"]["fade"]
    assert ThingDescription(SMALL).actions["fade"].synchronous is None


@pytest.mark.assertion("td-vocab-contentType--ExpectedResponse")
def test_a_response_has_no_default() -> None:
    document = changed(SMALL, {"actions.fade.forms.0.response": {}})
    assert expand(document)["actions"]["fade"]["forms"][0]["response"] == {}


@pytest.mark.parametrize(
    ("form", "op", "method"),
    [
        pytest.param(*rest, id=id, marks=pytest.mark.assertion(id, "td-default-http-method"))
        for id, *rest in METHODS
    ],
)
def test_a_method_of_http_is_stated(form: str, op: str, method: str) -> None:
    document = changed({**SMALL, "forms": [{**_FORM, "op": op}]}, {f"{form}.op": op})
    expanded = expand(document)
    assert value_at(expanded, f"{form}.htv:methodName") == method
    assert reduce(expanded) == reduce(document)
