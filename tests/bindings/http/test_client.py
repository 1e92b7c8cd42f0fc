"""The client follows the forms of Thing Descriptions that others wrote."""

from __future__ import annotations

import gzip
from typing import Any

import cbor2
import pytest

import wot
from wot.errors import (
    InvalidInput,
    InvalidOutput,
    ProtocolError,
    UriVariableError,
)

from .foreign import Harness, moved, ok, silence, streaming

INTEGER = {"type": "integer"}


# What is sent


@pytest.mark.assertion("td-form-protocolbindings")
async def test_the_method_a_form_names(there: Harness) -> None:
    there.foreign.answers["/p"] = ok(b"1")
    forms = [
        {"href": "/p", "op": "readproperty", "htv:methodName": "POST"},
        {"href": "/p", "op": "writeproperty", "htv:methodName": "PATCH"},
    ]
    thing = await there.property(*forms)
    await thing.read("p")
    await thing.write("p", 1)
    assert there.seen == ["POST /p", "PATCH /p"]


@pytest.mark.parametrize(
    "headers",
    [
        [{"htv:fieldName": "X-One", "htv:fieldValue": "1"}],
        {"htv:fieldName": "X-One", "htv:fieldValue": "1"},
        [{"fieldName": "X-One", "fieldValue": "1"}, {"htv:fieldName": 5}, "x"],
    ],
)
async def test_the_headers_a_form_names(there: Harness, headers: Any) -> None:
    there.foreign.answers.update({"/p": ok(b"1"), "/e": streaming(b"data: 1\n\n"), "/l": silence})
    forms = {"htv:headers": headers}
    thing = await there.thing(
        properties={"p": {"forms": [{"href": "/p", **forms}]}},
        events={
            "e": {"forms": [{"href": "/e", "subprotocol": "sse", **forms}]},
            "l": {"forms": [{"href": "/l", "subprotocol": "longpoll", **forms}]},
        },
    )
    await thing.read("p")
    async with thing.subscribe("e"), thing.subscribe("l"):
        pass
    assert [request.headers.get("x-one") for request in there.foreign.requests] == ["1"] * 3


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0"])
async def test_a_header_that_would_be_two_is_not_sent(there: Harness, value: str) -> None:
    there.foreign.answers["/p"] = ok(b"1")
    named = [{"htv:fieldName": "X-One", "htv:fieldValue": value}]
    thing = await there.property({"href": "/p", "htv:headers": named})
    with pytest.raises(wot.errors.WoTError):
        await thing.read("p")
    assert not any("x-evil" in request.headers for request in there.foreign.requests)


@pytest.mark.parametrize("method", ["GET /evil HTTP/1.1\r\nX:", "", "é", 5])
async def test_a_method_that_is_none_is_not_sent(there: Harness, method: Any) -> None:
    there.foreign.answers["/p"] = ok(b"1")
    thing = await there.property({"href": "/p", "htv:methodName": method})
    try:
        await thing.read("p")
    except wot.errors.WoTError:
        assert not there.foreign.requests
    else:
        assert there.seen == ["GET /p"]


@pytest.mark.assertion("client-uri-template")
async def test_uri_variables_of_both_levels(there: Harness) -> None:
    variables = {"room": {"type": "string"}, "unit": {"type": "string", "enum": ["C", "F"]}}
    there.foreign.answers["/a%20b/p?unit=C&n=3"] = ok(b"1")
    there.foreign.answers["/x/p"] = ok(b"2")
    form = {"href": "/{room}/p{?unit,n}"}
    own = {"uriVariables": {"n": {"type": "integer", "maximum": 5}}}
    thing = await there.thing(properties={"p": {**own, "forms": [form]}}, uriVariables=variables)
    assert await thing.read("p", room="a b", unit="C", n=3) == 1
    assert await thing.read("p", room="x") == 2
    for bad in ({"n": 6}, {"n": "x"}, {"unit": "K"}, {"nope": 1}):
        with pytest.raises(UriVariableError):
            await thing.read("p", room="x", **bad)
    assert len(there.seen) == 2


@pytest.mark.assertion(
    "td-vocab-uriVariables--InteractionAffordance", "td-vocab-uriVariables--Thing"
)
async def test_the_affordance_decides_over_the_thing(there: Harness) -> None:
    there.foreign.answers["/p?n=x"] = ok(b"1")
    own = {"uriVariables": {"n": {"type": "string"}}}
    thing = await there.thing(
        properties={"p": {**own, "forms": [{"href": "/p{?n}"}]}}, uriVariables={"n": INTEGER}
    )
    assert await thing.read("p", n="x") == 1


@pytest.mark.assertion("td-vocab-contentType--Form")
@pytest.mark.parametrize(
    ("kind", "schema", "value", "body"),
    [
        ("application/json", {}, {"a": [1, None]}, b'{"a":[1,null]}'),
        ("application/senml+json", {}, [{"n": "x"}], b'[{"n":"x"}]'),
        ("text/plain", {"type": "number"}, 2.5, b"2.5"),
        ("text/plain; charset=utf-8", {"type": "boolean"}, True, b"true"),
        ("text/plain", {"type": "string"}, "5", b"5"),
        ("text/plain", {}, "5 é", "5 é".encode()),
        ("application/octet-stream", {}, b"\x00\xff", b"\x00\xff"),
        ("application/x-unheard-of", {}, b"\x00\xff", b"\x00\xff"),
        ("application/cbor", {"type": "array"}, [1, None], cbor2.dumps([1, None])),
        ("application/senml+cbor", {}, {"a": 1}, cbor2.dumps({"a": 1})),
    ],
)
async def test_content_types(
    there: Harness, kind: str, schema: dict[str, Any], value: Any, body: bytes
) -> None:
    there.foreign.answers["/p"] = ok(body, kind)
    thing = await there.property({"href": "/p", "contentType": kind}, **schema)
    assert await thing.read("p") == value
    await thing.write("p", value)
    read, written = there.foreign.requests
    assert read.headers["accept"] == kind
    assert (written.headers["content-type"], written.body) == (kind, body)


async def test_the_answer_says_itself_what_it_is(there: Harness) -> None:
    there.foreign.answers["/p"] = ok(cbor2.dumps([1]), "application/cbor")
    assert await (await there.property({"href": "/p"})).read("p") == [1]


@pytest.mark.assertion("td-expectedResponse-default-contentType")
async def test_an_answer_that_does_not_say_what_it_is_is_what_the_form_says(there: Harness) -> None:
    there.foreign.answers["/p"] = ok(cbor2.dumps([1]), "")
    thing = await there.property({"href": "/p", "contentType": "application/cbor"})
    assert await thing.read("p") == [1]


@pytest.mark.assertion("td-vocab-response--Form", "td-vocab-contentType--ExpectedResponse")
async def test_the_response_may_be_of_another_type(there: Harness) -> None:
    there.foreign.answers["/a"] = ok(b"7", "text/plain")
    form = {"href": "/a", "response": {"contentType": "text/plain"}}
    thing = await there.action(form, input=INTEGER, output=INTEGER)
    assert await thing.invoke("a", 1) == 7
    (request,) = there.foreign.requests
    assert request.headers["accept"] == "text/plain"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.assertion("td-default-http-method", "td-default-http-method_post")
@pytest.mark.parametrize(
    ("terms", "args", "body"),
    [
        ({}, (), b""),
        ({}, (None,), b"null"),
        ({}, ({},), b"{}"),
        ({"input": INTEGER}, (5,), b"5"),
        ({"input": {"type": "object"}}, (), b"{}"),
        ({"input": {"type": ["object", "null"]}}, (None,), b"null"),
    ],
)
async def test_what_an_action_is_sent(
    there: Harness, terms: dict[str, Any], args: tuple[Any, ...], body: bytes
) -> None:
    """Nothing, null and an empty object are three things; nothing has no Content-Type."""
    there.foreign.answers["/a"] = ok(status="204 No Content", media_type="")
    thing = await there.action({"href": "/a"}, **terms)
    assert await thing.invoke("a", *args) is None
    (request,) = there.foreign.requests
    assert (request.method, request.body) == ("POST", body)
    assert ("content-type" in request.headers) == bool(body)


# What comes back


@pytest.mark.parametrize("status", ["204 No Content", "200 OK", "201 Created", "202 Accepted"])
async def test_an_answer_without_content(there: Harness, status: str) -> None:
    there.foreign.answers["/x"] = ok(status=status)
    thing = await there.action({"href": "/x"})
    assert await thing.invoke("a") is None
    thing = await there.property({"href": "/x"})
    await thing.write("p", 1)
    with pytest.raises(InvalidOutput, match="p: a value is declared, but none was sent"):
        await thing.read("p")


async def test_an_empty_text_is_a_value(there: Harness) -> None:
    there.foreign.answers["/p"] = ok(b"", "text/plain")
    assert await (await there.property({"href": "/p"}, type="string")).read("p") == ""


async def test_an_empty_one_of_counts_as_absent(there: Harness) -> None:
    """wotpy writes it into every schema."""
    there.foreign.answers["/p"] = ok(b"5")
    schema = {"type": "object", "properties": {"n": {"oneOf": [], **INTEGER}}, "oneOf": []}
    thing = await there.property({"href": "/p"}, **INTEGER, oneOf=[])
    assert await thing.read("p") == 5
    await thing.write("p", 6)
    there.foreign.answers["/a"] = ok(b'{"n": 1}')
    thing = await there.action({"href": "/a"}, input=schema, output=schema)
    assert await thing.invoke("a", {"n": 1}) == {"n": 1}
    with pytest.raises(InvalidInput):
        await thing.invoke("a", {"n": "x"})


@pytest.mark.assertion(
    "client-data-schema-accept-extras",
    "client-data-schema-no-extras",
    "td-format-validation-other-values",
)
async def test_more_than_was_declared_is_read(there: Harness) -> None:
    there.foreign.answers["/p"] = ok(b'{"n": 1, "more": 2}')
    schema = {"type": "object", "properties": {"n": INTEGER}, "foo": "bar", "format": "x:unknown"}
    thing = await there.property({"href": "/p"}, **schema)
    assert await thing.read("p") == {"n": 1, "more": 2}
    with pytest.raises(InvalidInput, match="more"):
        await thing.write("p", {"n": 1, "more": 2})


async def test_a_coded_answer(there: Harness) -> None:
    body = gzip.compress(b"[1, 2]")
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n"
    there.foreign.answers["/p"] = f"{head}Content-Type: application/json\r\n\r\n".encode() + body
    assert await (await there.property({"href": "/p"})).read("p") == [1, 2]


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
async def test_a_redirection_that_keeps_the_request(there: Harness, status: str) -> None:
    there.foreign.answers.update({"/old": moved("/new", status), "/new": ok(b"1")})
    thing = await there.property({"href": "/old"})
    assert await thing.read("p") == 1
    await thing.write("p", 2)
    assert [(r.method, r.body) for r in there.foreign.requests if r.target == "/new"] == [
        ("GET", b""),
        ("PUT", b"2"),
    ]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other"])
async def test_an_action_that_is_redirected_is_not_turned_into_a_read(
    there: Harness, status: str
) -> None:
    """A GET elsewhere would look like success, and nothing would have been done."""
    there.foreign.answers.update({"/a": moved("/b", status), "/b": ok(b"1")})
    thing = await there.action({"href": "/a"}, input=INTEGER)
    with pytest.raises(ProtocolError):
        await thing.invoke("a", 5)
    assert there.seen == ["POST /a"]


@pytest.mark.parametrize("to", ["/a", "ftp://127.0.0.1/", "http://[bad/", "", "//"])
async def test_an_action_that_is_redirected_to_nowhere(there: Harness, to: str) -> None:
    there.foreign.answers["/a"] = moved(to, "307 Away")
    thing = await there.action({"href": "/a"}, input=INTEGER)
    with pytest.raises(ProtocolError):
        await thing.invoke("a", 5)
    assert len(there.seen) < 20
