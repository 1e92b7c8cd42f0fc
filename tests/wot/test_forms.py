"""Which form serves an operation, and where it points to."""

from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.errors import UriVariableError
from wot.forms import (
    folder,
    forms_for,
    is_template,
    offered,
    resolve,
    scheme_of,
    usable,
    variables_from,
)
from wot.td import Form, Op, ThingDescription
from wot.templates import expand

# RFC 3986 section 5.4, for the base http://a/b/c/d;p?q
RFC_3986 = """
g:h           g:h
g             http://a/b/c/g
./g           http://a/b/c/g
g/            http://a/b/c/g/
/g            http://a/g
//g           http://g
?y            http://a/b/c/d;p?y
g?y           http://a/b/c/g?y
#s            http://a/b/c/d;p?q#s
g#s           http://a/b/c/g#s
g?y#s         http://a/b/c/g?y#s
;x            http://a/b/c/;x
g;x           http://a/b/c/g;x
g;x?y#s       http://a/b/c/g;x?y#s
.             http://a/b/c/
./            http://a/b/c/
..            http://a/b/
../           http://a/b/
../g          http://a/b/g
../..         http://a/
../../        http://a/
../../g       http://a/g
../../../g    http://a/g
../../../../g http://a/g
/./g          http://a/g
/../g         http://a/g
g.            http://a/b/c/g.
.g            http://a/b/c/.g
g..           http://a/b/c/g..
..g           http://a/b/c/..g
./../g        http://a/b/g
./g/.         http://a/b/c/g/
g/./h         http://a/b/c/g/h
g/../h        http://a/b/c/h
g;x=1/./y     http://a/b/c/g;x=1/y
g;x=1/../y    http://a/b/c/y
g?y/./x       http://a/b/c/g?y/./x
g?y/../x      http://a/b/c/g?y/../x
g#s/./x       http://a/b/c/g#s/./x
g#s/../x      http://a/b/c/g#s/../x
"""
PAIRS = [line.split() for line in RFC_3986.strip().splitlines()]


@pytest.mark.parametrize("scheme", ["http", "coap", "coap+tcp", "mqtt"])
@pytest.mark.parametrize(("href", "expected"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_examples_of_rfc_3986_in_every_scheme(scheme: str, href: str, expected: str) -> None:
    expected = expected.replace("http:", f"{scheme}:")
    assert resolve(f"{scheme}://a/b/c/d;p?q", href) == expected
    assert resolve(f"{scheme}://a/b/c/d;p?q", "") == f"{scheme}://a/b/c/d;p?q"


PATHS = st.lists(st.sampled_from(["a", "b.c", "..", ".", "%2F", "x;y", "é"]), max_size=5).map(
    "/".join
)
QUERIES, FRAGMENTS = st.sampled_from(["", "?q=1"]), st.sampled_from(["", "#f"])


@given(
    base=st.builds("http://host{}/{}{}".format, st.sampled_from(["", ":80"]), PATHS, QUERIES),
    href=st.builds("{}{}{}{}".format, st.sampled_from(["", "/"]), PATHS, QUERIES, FRAGMENTS),
)
def test_http_is_resolved_as_the_standard_library_does(base: str, href: str) -> None:
    assert resolve(base, href) == urljoin(base, href)


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("", "a", "a"),
        ("http://h/t/", "properties/x{?a,b}", "http://h/t/properties/x{?a,b}"),
        ("http://h/t", "{?a}", "http://h/t{?a}"),
        ("http://h/t/", "{+path}/../x", "http://h/t/{+path}/../x"),
        ("http://h/t/", "http://o/{x}", "http://o/{x}"),
        ("http://h", "x", "http://h/x"),
        ("http://[::1]:80/t/", "x", "http://[::1]:80/t/x"),
        ("mqtt://broker:1883", "things/x", "mqtt://broker:1883/things/x"),
        ("coaps://h/a/b", "../c", "coaps://h/c"),
        ("modbus+tcp://h:502/1/", "40001?quantity=2", "modbus+tcp://h:502/1/40001?quantity=2"),
        ("urn:a:b", "http://h/x", "http://h/x"),
    ],
)
def test_resolve(base: str, href: str, expected: str) -> None:
    assert resolve(base, href) == expected


def test_scheme_of() -> None:
    assert scheme_of("HTTP://x") == "http"
    assert scheme_of("coap+ws://x") == "coap+ws"
    assert [scheme_of(href) for href in ("x", "/x:y", "//h", "1a:b", "")] == [""] * 5
    assert is_template("a{?b}")
    assert not is_template("a?b")


def td(**forms: Any) -> ThingDescription:
    flags = forms.pop("flags", {})
    return ThingDescription(
        {
            "title": "x",
            "properties": {"p": {**flags, "forms": forms.get("p", [])}},
            "actions": {"a": {"forms": forms.get("a", [])}},
            "events": {"e": {"forms": forms.get("e", [])}},
            "forms": forms.get("thing", []),
        }
    )


def hrefs(description: ThingDescription, op: Op, name: str, base: str = "") -> list[str]:
    return [form.href for form in forms_for(description, op, name, base)]


def test_operations_are_matched_whole() -> None:
    described = td(
        e=[
            {"href": "1", "op": "unsubscribeevent"},
            {"href": "2", "op": ["unsubscribeevent"]},
            {"href": "3", "op": ["subscribeevent", "unsubscribeevent"]},
            {"href": "4", "op": "subscribeevent"},
            {"href": "5"},
            {"href": "6", "op": []},
        ]
    )
    assert hrefs(described, Op.SUBSCRIBE_EVENT, "e") == ["3", "4", "5"]
    assert hrefs(described, Op.UNSUBSCRIBE_EVENT, "e") == ["1", "2", "3", "5"]


@pytest.mark.parametrize(
    ("flags", "ops"),
    [
        ({}, {Op.READ_PROPERTY, Op.WRITE_PROPERTY}),
        ({"readOnly": True}, {Op.READ_PROPERTY}),
        ({"writeOnly": True}, {Op.WRITE_PROPERTY}),
    ],
)
def test_default_operations_of_properties(flags: dict[str, bool], ops: set[Op]) -> None:
    described = td(p=[{"href": "1"}], a=[{"href": "1"}], flags=flags)
    for op in (Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.OBSERVE_PROPERTY):
        assert bool(hrefs(described, op, "p")) == (op in ops)
    assert hrefs(described, Op.INVOKE_ACTION, "a") == ["1"]


def test_forms_keep_their_order_and_are_resolved() -> None:
    described = td(p=[{"href": "b"}, {"href": "coap://h/x"}, {"op": "readproperty"}])
    assert hrefs(described, Op.READ_PROPERTY, "p", "http://h/t/") == ["http://h/t/b", "coap://h/x"]
    assert hrefs(described, Op.READ_PROPERTY, "unknown") == []


def test_forms_of_the_whole_thing_need_an_op() -> None:
    described = td(thing=[{"href": "1"}, {"href": "2", "op": "readallproperties"}])
    assert hrefs(described, Op.READ_ALL_PROPERTIES, "") == ["2"]


def test_streams_prefer_what_loses_nothing() -> None:
    forms = [
        Form({"href": "1", "subprotocol": "longpoll"}),
        Form({"href": "2", "subprotocol": "sse"}),
    ]
    assert [f.href for f in usable(forms, Op.SUBSCRIBE_EVENT)] == ["2", "1"]
    assert [f.href for f in usable(forms, Op.READ_PROPERTY)] == ["1", "2"]


def test_what_an_affordance_offers_by_its_own_terms() -> None:
    described = ThingDescription(
        {
            "title": "x",
            "properties": {
                "rw": {"observable": True},
                "r": {"readOnly": True},
                "w": {"writeOnly": True},
            },
            "actions": {"a": {}},
            "events": {"e": {}},
        }
    )
    read, write, observe = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.OBSERVE_PROPERTY
    assert offered(described, "properties", "rw") == (read, write, observe)
    assert offered(described, "properties", "r") == (read,)
    assert offered(described, "properties", "w") == (write,)
    assert offered(described, "actions", "a") == (Op.INVOKE_ACTION,)
    assert offered(described, "events", "e") == (Op.SUBSCRIBE_EVENT,)


def test_names_become_one_segment() -> None:
    assert folder("properties", "a/b ü?") == "properties/a%2Fb%20%C3%BC%3F"


DECLARED = {
    "n": {"type": "integer"},
    "f": {"type": "number"},
    "on": {"type": "boolean"},
    "s": {"type": "string"},
    "c": {"enum": ["a", "1"]},
    "e": {"enum": ["a", 1, True, "2", 2]},
    "k": {"const": 5},
    "list": {"type": "array", "items": {"type": "string"}},
    "numbers": {"type": "array", "items": {"type": "integer"}},
}


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("e=1", {"e": 1}),
        ("e=true", {"e": True}),
        ("e=2", {"e": "2"}),
        ("e=x&k=5", {"e": "x", "k": 5}),
        ("list=a%2Cb,c+d,%C3%A9", {"list": ["a,b", "c d", "é"]}),
        ("list=", {"list": []}),
        ("list=a&list=b", {"list": ["a", "b"]}),
        ("numbers=1,2,x", {"numbers": [1, 2, "x"]}),
        ("s=a%26b%3Dc%2B+", {"s": "a&b=c+ "}),
        ("n=1&f=1.5&on=true&s=1", {"n": 1, "f": 1.5, "on": True, "s": "1"}),
        ("s=", {"s": ""}),
        ("s=a%26b+c", {"s": "a&b c"}),
        ("n=one", {"n": "one"}),  # for the schema to refuse
        ("c=1", {"c": "1"}),
    ],
)
def test_uri_variables_become_what_their_schemas_want(query: str, values: dict[str, Any]) -> None:
    assert variables_from(query, DECLARED) == values


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("x=1", "no URI variable 'x'"),
        ("n=1&n=2", "twice"),
        ("n", "cannot be read"),
        ("s=%ff", "cannot be read"),
        ("&".join(f"n{i}=1" for i in range(100)), "cannot be read"),
    ],
)
def test_bad_uri_variables_are_named(query: str, reason: str) -> None:
    with pytest.raises(UriVariableError, match=reason) as caught:
        variables_from(query, DECLARED)
    assert caught.value.hint


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4), st.text(max_size=9))
def test_what_is_expanded_is_read_again(items: list[str], text: str) -> None:
    href = expand("x{?list,s}", {"list": items, "s": text})
    assert variables_from(href.partition("?")[2], DECLARED) == {"list": items, "s": text}
