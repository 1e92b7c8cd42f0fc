"""Default methods of protocols: where a form may name one, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from wot.td import TD_11
from wot.td.defaults import expand, reduce

from .documents import COAP_NOW, COAP_ONCE, FORM, affordance, by_op, thing, walked


@pytest.mark.parametrize(
    "op",
    [
        "observeproperty",
        "unobserveproperty",
        "subscribeevent",
        "queryaction",
        "cancelaction",
        "queryallactions",
    ],
)
@pytest.mark.assertion("td-default-http-method")
def test_http_has_no_default_for(op: str) -> None:
    td, place = by_op(op, "https://h/a")
    assert "htv:methodName" not in walked(expand(td), *place)


@pytest.mark.assertion("td-default-http-method")
@pytest.mark.parametrize(
    ("base", "href", "method"),
    [
        ("", "HTTP://h/a", "POST"),
        ("https://h/", "a{?x}", "POST"),
        ("https://h/", "//other/a", "POST"),
        ("https://h/", "coap://h/a", None),
        ("coap://h/", "a", None),
        ("", "a", None),
        ("https://h/", 1, None),
        (["https://h/"], "a", None),
    ],
)
def test_the_scheme_decides(base: Any, href: Any, method: str | None) -> None:
    td = {**affordance("actions", {"href": href}), "base": base}
    assert walked(expand(td), "actions", *FORM).get("htv:methodName") == method


@pytest.mark.assertion("td-default-http-method")
def test_several_operations_over_http_name_no_method() -> None:
    """Not even one that all of them share; and what a form says all the same is not ours to remove."""
    form = {"href": "https://h/a", "op": ["readallproperties", "readmultipleproperties"]}
    for stated in ({}, {"htv:methodName": "GET"}):
        td = thing(forms=[{**form, **stated}])
        for changed in (expand(td), reduce(td)):
            assert {**changed["forms"][0], "contentType": ""} == {
                **form,
                **stated,
                "contentType": "",
            }


def test_several_operations_over_coap_name_the_method_they_share() -> None:
    context = [TD_11, COAP_NOW]
    forms = [{"href": "coap://h"}, {"href": "coap://h", "op": ["readproperty", "observeproperty"]}]
    td = thing(
        context, properties={"a": {"forms": forms}}, events={"a": {"forms": [{"href": "coap://h"}]}}
    )
    expanded = expand(td)
    methods = [form.get("cov:method") for form in expanded["properties"]["a"]["forms"]]
    assert methods == [None, "GET"]
    assert expanded["events"]["a"]["forms"][0]["cov:method"] == "GET"
    assert reduce(expanded) == td


@pytest.mark.parametrize(
    ("context", "stated", "added"),
    [
        ({}, {}, {}),  # no prefix, no term
        ({"cov": 1}, {}, {}),
        ({"cov": "https://example.org/coverage#"}, {}, {}),
        ({"c": COAP_NOW["cov"]}, {}, {"c:method": "POST"}),
        (COAP_NOW, {"cov:methodName": "POST"}, {}),  # in the words of TD 1.0: stated
        ({**COAP_NOW, "c": COAP_ONCE["cov"]}, {"c:methodName": "POST"}, {}),
    ],
)
def test_a_term_needs_a_prefix(context: Any, stated: Any, added: Any) -> None:
    form = {"href": "coap://h", "op": "invokeaction", "contentType": "application/json", **stated}
    td = thing(
        [TD_11, context], actions={"a": {"safe": False, "idempotent": False, "forms": [form]}}
    )
    assert expand(td)["actions"]["a"]["forms"] == [{**form, **added}]
    assert reduce(expand(td))["actions"]["a"]["forms"] == [{"href": "coap://h", **stated}]


def test_htv_may_be_somebody_elses() -> None:
    td = thing(
        [TD_11, {"htv": "https://example.org/tv#"}],
        actions={"a": {"forms": [{"href": "http://h"}]}},
    )
    assert "htv:methodName" not in expand(td)["actions"]["a"]["forms"][0]


@pytest.mark.parametrize("change", [expand, reduce])
def test_methods_can_be_left_alone(change: Any) -> None:
    for stated in ({}, {"htv:methodName": "POST"}):
        td = affordance("actions", {"href": "https://h/a", **stated})
        form = change(td, methods=False)["actions"]["a"]["forms"][0]
        assert form.get("htv:methodName") == stated.get("htv:methodName")
