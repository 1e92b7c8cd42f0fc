"""Forms: addresses, templates and their variables, operations, responses, media types and scopes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import model, thing
from wot.errors import Finding
from wot.td import TD_11, validate

from .judging import FORM, HREF, ON, error, form, judged, judged_thing, warning


def of(given: dict[str, Any], **members: Any) -> list[Finding]:
    return judged(form(given, **members))


def templated(href: str, *names: str, **members: Any) -> list[Finding]:
    """A form with a template, and the variables that are declared."""
    variables = {name: {"type": "string"} for name in names}
    if variables:
        members["uriVariables"] = variables
    return of({"href": HREF + href}, **members)


@pytest.mark.parametrize(
    ("href", "names"),
    [
        ("/{a}", ["a"]),
        ("{?a,b}", ["a", "b"]),
        ("{&a*}", ["a"]),
        ("{/a:3}", ["a"]),
        ("{;a}", ["a"]),
        ("/x{.a}", ["a"]),
        ("{#a}", ["a"]),
        ("{+a}/{a}", ["a"]),
        ("/{a.b}", ["a.b"]),
        ("/{a_b}", ["a_b"]),
        ("/{%41b}", ["%41b"]),
        ("/{0}", ["0"]),
        ("/%7Ba%7D", []),
    ],
)
def test_nothing_is_said_of_good_templates(href: str, names: list[str]) -> None:
    assert templated(href, *names) == []


BROKEN, SECTION, ID = (
    "is no URI template: a brace has no partner",
    "RFC 6570 section 2",
    "client-uri-template",
)


@pytest.mark.parametrize("href", ["/{", "/}", "/{a", "/a}", "/{a}}/{", "/{a{a}", "/}{"])
def test_braces_come_in_pairs(href: str) -> None:
    (found,) = templated(href, *(["a"] if "{a}" in href else []))
    assert found == error(f"{ON}.href", BROKEN, SECTION, ID)


@pytest.mark.parametrize(
    "inner", ["", "?", "a..b", ".a.", "a*b", "a:0", "a:12345", "a!", "%4", "|a", "a,", ",a", "ä"]
)
def test_variables_have_names(inner: str) -> None:
    declared = ["a"] if "a" in inner.split(",") else []
    (found,) = templated(f"/{{{inner}}}", *declared)
    assert (found.path, found.severity, found.assertion) == (f"{ON}.href", "error", ID)
    assert found.reason.startswith("is no URI template: ")
    assert found.hint == "RFC 6570 section 2.3"


def test_hyphens_are_used_and_not_allowed() -> None:
    reason = "'from-time' is no name of a variable: RFC 6570 knows no hyphens"
    assert templated("{?from-time}", "from-time") == [
        warning(f"{ON}.href", reason, "write from_time, here and in uriVariables", ID)
    ]


def test_a_variable_is_declared() -> None:
    reason, assertion = "the variable 'b' is not in uriVariables", "td-uriVariables-names"
    assert templated("{?b}") == [error(f"{ON}.href", reason, "declare it there", assertion)]
    assert templated("{?a,b}", "a") == [
        error(f"{ON}.href", reason, "declare it there; declared are: a", assertion)
    ]
    forms = [{"href": HREF + "{?b}", "op": "readallproperties"}]
    assert judged_thing(forms=forms) == [
        error("$.forms[0].href", reason, "declare it there", assertion)
    ]


def test_a_variable_that_is_used_twice_is_told_once() -> None:
    assert len(templated("{?b}{#b}")) == 1


UNUSED = "no form has this variable in its href"


def test_a_variable_is_used() -> None:
    hint = "put {?a} or the like into the href"
    assert templated("", "a") == [warning("$.uriVariables.a", UNUSED, hint)]
    affordance = {"uriVariables": {"a": {"type": "string"}}, "forms": [FORM]}
    assert judged_thing(actions={"fade": affordance}) == [
        warning("$.actions.fade.uriVariables.a", UNUSED, hint)
    ]


def test_an_affordance_knows_the_variables_of_its_thing() -> None:
    affordance = {
        "uriVariables": {"a": {"type": "string"}},
        "forms": [{"href": HREF + "{?a,b}"}],
    }
    assert judged_thing(actions={"fade": affordance}, uriVariables={"b": {"type": "null"}}) == []


def test_another_affordance_does_not() -> None:
    one = {"uriVariables": {"a": {"type": "string"}}, "forms": [{"href": HREF + "{?a}"}]}
    two = {"forms": [{"href": HREF + "{?a}"}]}
    assert [f.path for f in judged_thing(actions={"one": one, "two": two})] == [
        "$.actions.two.forms[0].href"
    ]


def test_variables_of_the_base_are_used() -> None:
    variables = {"a": {"type": "string"}}
    assert judged_thing(base="https://lamp.example/{a}/", uriVariables=variables) == []


def test_the_base_is_absolute() -> None:
    hint = "for instance https://lamp.example/"
    for base in ("/things/", "lamp.example", "//lamp.example", "./", "1http://a"):
        assert judged_thing(base=base) == [
            error("$.base", "is relative itself", hint, "td-vocab-base--Thing")
        ]
    for base in ("https://lamp.example", "coap+tcp://h/", "urn:x:y"):
        assert judged_thing(base=base) == []


def test_the_base_is_a_template_if_any() -> None:
    (found,) = judged_thing(base="https://lamp.example/{")
    assert found == error("$.base", BROKEN, SECTION, ID)


def test_a_relative_address_has_a_base() -> None:
    hint = "give the TD a base, or the form an absolute URI"
    for href in ("on", "/on", "?x", "", "./a:b", "//lamp.example/on"):
        assert of({"href": href}) == [
            warning(f"{ON}.href", "is relative, and there is no base", hint, "td-vocab-base--Thing")
        ]
        assert of({"href": href}, base="https://lamp.example/") == []


def test_a_placeholder_of_a_model_is_no_address() -> None:
    reason = "there is a placeholder of a Thing Model left"
    assertion = "tm-placeholder-replacement"
    assert of({"href": "https://{{HOST}}/"}) == [
        error(f"{ON}.href", reason, "give it a value", assertion)
    ]
    assert judged_thing(base="https://{{HOST}}/") == [
        error("$.base", reason, "give it a value", assertion)
    ]
    lamp = model(base="{{BASE}}", properties={"on": {"forms": [{"href": "{{HREF}}/{?a}"}]}})
    assert [found for found in validate(lamp) if "template" in found.reason] == []


def prop(*forms: dict[str, Any], **members: Any) -> list[Finding]:
    return judged_thing(properties={"on": {"type": "boolean", "forms": list(forms), **members}})


def op(*names: str) -> dict[str, Any]:
    return {**FORM, "op": list(names), "subprotocol": "sse"}


@pytest.mark.parametrize(
    "case",
    [
        [op("readproperty", "writeproperty")],
        [op("readproperty"), {"readOnly": True}],
        [op("writeproperty"), {"writeOnly": True}],
        [op("observeproperty", "unobserveproperty"), {"observable": True}],
        [op("readproperty", "observeproperty"), {"observable": True, "readOnly": True}],
        [FORM, {"readOnly": True}],
        [FORM, {"writeOnly": True}],
        [op("unobserveproperty"), {"observable": False}],
    ],
)
def test_nothing_is_said_of_operations_that_fit(case: list[Any]) -> None:
    given, *members = case
    assert prop(given, **(members[0] if members else {})) == []


def test_what_is_read_only_is_not_written() -> None:
    reason = "writeproperty, and the property is read-only"
    assert prop(op("readproperty"), op("readproperty", "writeproperty"), readOnly=True) == [
        warning("$.properties.on.forms[1].op", reason, "leave one of them out")
    ]
    assert [f.reason for f in prop({**FORM, "op": "writeproperty"}, readOnly=True)] == [reason]


@pytest.mark.parametrize("name", ["readproperty", "observeproperty"])
def test_what_is_write_only_is_not_read(name: str) -> None:
    reason = f"{name}, and the property is write-only"
    assert prop(op(name, "writeproperty"), writeOnly=True, observable=name[0] == "o") == [
        warning(f"{ON}.op", reason, "leave one of them out")
    ]


def test_what_is_observable_can_be_observed() -> None:
    hint = "add a form with the op observeproperty, or leave observable out"
    found = warning("$.properties.on.observable", "no form observes it", hint)
    assert prop(FORM, observable=True) == [found]
    assert prop(op("readproperty"), observable=True) == [found]
    td = form(FORM, forms=[{**op("observeallproperties")}])
    td["properties"]["on"]["observable"] = True
    assert judged(td) == []


@pytest.mark.parametrize(
    "given", [op("observeproperty"), {**FORM, "op": "observeproperty", "subprotocol": "sse"}]
)
def test_what_can_be_observed_says_so(given: dict[str, Any]) -> None:
    reason = "observeproperty, and the property does not say that it is observable"
    assert prop(given) == [warning(f"{ON}.op", reason, "say observable: true")]


def test_an_operation_stands_once() -> None:
    assert prop(op("readproperty", "readproperty")) == [
        warning(f"{ON}.op", "has the same operation twice", "leave one out")
    ]


NO_METHOD = ["observeproperty", "subscribeevent", "queryaction", "cancelaction"]
NO_METHOD += ["queryallactions", "observeallproperties", "subscribeallevents"]


def with_op(name: Any, href: str = HREF, **terms: Any) -> tuple[list[Finding], str]:
    """What is said of a form with one operation, and where the form is."""
    given = {"href": href, **({"op": name} if name else {}), **terms}
    word = name if isinstance(name, str) else name[-1] if name else "event"
    for kind, ending in (("properties", "property"), ("actions", "action"), ("events", "event")):
        if word.endswith(ending):
            affordance = {
                "forms": [given],
                **({"observable": True} if kind == "properties" else {}),
            }
            return judged_thing(**{kind: {"a": affordance}}), f"$.{kind}.a.forms[0]"
    return judged_thing(forms=[given]), "$.forms[0]"


def no_method(path: str, name: str) -> Finding:
    hint = "state htv:methodName, or a subprotocol"
    reason = f"HTTP has no default method for {name}"
    return warning(path, reason, hint, "td-default-http-method")


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("name", NO_METHOD)
def test_where_http_has_no_default_the_form_says_how(name: str, listed: bool) -> None:
    given = [name] if listed else name
    found, path = with_op(given)
    assert found == [no_method(path, name)]
    assert with_op(given, HREF.replace("https", "HTTP"))[0] == found
    assert with_op(given, subprotocol="longpoll")[0] == []
    assert with_op(given, **{"htv:methodName": "GET"})[0] == []
    assert with_op(given, "coap://lamp.example/on")[0] == []


def test_an_event_without_op_is_subscribed_to() -> None:
    found, path = with_op(None)
    assert found == [no_method(path, "subscribeevent")]


def test_a_relative_form_is_of_the_protocol_of_its_base() -> None:
    given = {"events": {"e": {"forms": [{"href": "e"}]}}}
    assert [f.reason for f in judged_thing(base=HREF, **given)] == [
        "HTTP has no default method for subscribeevent"
    ]
    assert judged_thing(base="mqtt://broker.example", **given) == []


@pytest.mark.parametrize(
    ("method", "hint"),
    [
        ("get", "did you mean GET?"),
        ("FETCHIT", "one of GET, PUT, POST, DELETE, PATCH"),
        ("", "one of GET, PUT, POST, DELETE, PATCH"),
    ],
)
def test_a_method_is_one_of_http(method: str, hint: str) -> None:
    found = warning(f"{ON}['htv:methodName']", f"{method!r} is no method of HTTP", hint)
    assert of({**FORM, "htv:methodName": method}) == [found]


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "PATCH"])
def test_nothing_is_said_of_those(method: str) -> None:
    assert of({**FORM, "htv:methodName": method}) == []


@pytest.mark.parametrize("topic", ["lamp/#", "lamp/+/on"])
def test_a_topic_has_no_wildcards(topic: str) -> None:
    context = ["https://www.w3.org/2022/wot/td/v1.1", {"mqv": "https://www.w3.org/2019/wot/mqtt#"}]
    given = {"href": "mqtt://broker.example", "mqv:topic": topic}
    hint = "what is subscribed to with wildcards is mqv:filter"
    assert of(given, **{"@context": context}) == [
        warning(f"{ON}['mqv:topic']", "a topic to publish to has no wildcards", hint)
    ]
    assert of({**given, "mqv:topic": "lamp/on"}, **{"@context": context}) == []


MEDIA = ["application/json", "text/plain;charset=utf-8", "image/svg+xml", "a/b ; c = d", "text/*"]


@pytest.mark.parametrize("given", MEDIA)
def test_nothing_is_said_of_media_types(given: str) -> None:
    assert of({**FORM, "contentType": given, "response": {"contentType": given}}) == []


@pytest.mark.parametrize(
    "given", ["", "json", "application/", "/json", "a b/c", "a/b/c", "a/b,c/d"]
)
def test_what_is_no_media_type(given: str) -> None:
    reason, hint = f"{given!r} is no media type", "for instance application/json"
    terms = {
        "contentType": given,
        "response": {"contentType": given},
        "additionalResponses": [{"contentType": given}],
    }
    assertion = "td-vocab-contentType--Form"
    found = of({**FORM, **terms})
    assert [(f.path, f.reason, f.hint, f.severity) for f in found] == [
        (f"{ON}{where}.contentType", reason, hint, "warning")
        for where in (".additionalResponses[0]", ".response", "")
    ]
    assert found[-1].assertion == assertion


def test_a_schema_of_a_response_is_defined() -> None:
    assertion = "td-vocab-schema--AdditionalExpectedResponse"
    given = {**FORM, "additionalResponses": [{"schema": "problem"}, {"success": True}]}
    path = f"{ON}.additionalResponses[0].schema"
    reason = "'problem' is not in schemaDefinitions"
    assert of(given) == [error(path, reason, "add it to schemaDefinitions", assertion)]
    assert of(given, schemaDefinitions={"b": {}, "a": {}}) == [
        error(path, reason, "defined are: a, b", assertion)
    ]
    assert of(given, schemaDefinitions={"problem": {}}) == []


def test_forms_of_all_kinds_are_looked_at() -> None:
    bad = {"href": HREF + "{"}
    td = thing(
        properties={"p q": {"forms": [FORM, bad]}},
        actions={"a": {"forms": [bad]}},
        events={"e": {"forms": [{**bad, "subprotocol": "sse"}]}},
        forms=[{**bad, "op": "readallproperties"}],
    )
    assert [found.path for found in judged(td)] == [
        "$.forms[0].href",
        "$.properties['p q'].forms[1].href",
        "$.actions.a.forms[0].href",
        "$.events.e.forms[0].href",
    ]


ONE_METHOD = "one method for several operations, and nothing says which of them it is for"


@pytest.mark.parametrize(
    ("ops", "whether"),
    [
        (["readproperty", "writeproperty"], True),
        (["readproperty", "observeproperty"], True),
        (["readproperty"], False),
        ("readproperty", False),
        (None, False),
        (["observeproperty", "unobserveproperty"], False),
    ],
)
def test_a_method_is_that_of_one_operation(ops: Any, whether: bool) -> None:
    given = {"href": HREF, "htv:methodName": "GET", **({"op": ops} if ops else {})}
    affordance = {"type": "boolean", "observable": True, "forms": [given]}
    others = [{"href": HREF, "op": "observeproperty", "subprotocol": "sse"}]
    found = judged_thing(properties={"on": {**affordance, "forms": [given, *others]}})
    hint = "write a form for each, or leave the method out"
    expected = warning(f"{ON}['htv:methodName']", ONE_METHOD, hint, "td-default-http-method")
    assert found == ([expected] if whether else [])


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "QUERY", "PROPFIND", "M-SEARCH"])
def test_methods_of_all_kinds(method: str) -> None:
    one = {**FORM, "op": "readproperty", "htv:methodName": method}
    context = [TD_11, {"htv": "http://www.w3.org/2011/http#"}]
    assert judged(form(one, **{"@context": context})) == []


def test_the_end_of_an_observation_is_none() -> None:
    one = {**FORM, "op": "unobserveproperty", "subprotocol": "sse"}
    assert judged(form(one)) == []
