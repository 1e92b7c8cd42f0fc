"""All properties and all events of servers of others: what they advertise and what they do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from wot.errors import (
    EventsLost,
    HandlerError,
    InvalidOutput,
    NotAllowed,
    NotFound,
    PartialFailure,
    Unavailable,
    UriVariableError,
)

from .foreign import Foreign, Harness, Request, ok, streaming
from .wire import until


async def next_of(items: Any, count: int) -> list[Any]:
    async with asyncio.timeout(10):
        return [await anext(items) for _ in range(count)]


def members(*forms: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Thing of three properties and an event, with these forms of its own."""
    number = {"type": "integer"}
    return {
        "properties": {
            "a": {**number, "forms": [{"href": "/a"}]},
            "b": {**number, "readOnly": True, "forms": [{"href": "/b"}]},
            "secret": {**number, "writeOnly": True, "forms": [{"href": "/secret"}]},
        },
        "events": {"e": {"data": number, "forms": [{"href": "/e", "subprotocol": "sse"}]}},
        "forms": list(forms),
        **more,
    }


READ = {"href": "/all", "op": ["readallproperties", "readmultipleproperties"]}
WRITE = {"href": "/all", "op": ["writeallproperties", "writemultipleproperties"]}
SINGLY = {"/a": ok(b"1"), "/b": ok(b"2"), "/secret": ok(b"", status="204 No Content")}


@pytest.mark.parametrize(
    "bad",
    [
        ok(b"", status="404 Not Found"),
        ok(b"", status="405 Method Not Allowed"),
        ok(b"boom", "text/plain", status="500 Internal Server Error"),  # node-wot: one is writeOnly
        ok(b"", status="501 Not Implemented"),
        ok(b"", status="400 Bad Request"),
        ok(b"[1]"),
        ok(b"{"),
        ok(b"<html>", "text/html"),
        ok(b"", status="204 No Content"),
    ],
)
async def test_reading_falls_back_to_one_by_one(
    there: Harness, foreign: Foreign, bad: bytes
) -> None:
    foreign.answers = {"/all": bad, **SINGLY}
    thing = await there.thing(**members(READ))
    for _ in range(2):
        assert await thing.read_all() == {"a": 1, "b": 2}
        assert await thing.read_multiple(["b", "a"]) == {"b": 2, "a": 1}
    assert there.seen.count("GET /all") == 2  # once for each operation


async def test_several_are_asked_for_by_an_array_and_too_many_are_taken(
    there: Harness, foreign: Foreign
) -> None:
    foreign.answers = {"/all": ok(b'{"a": 5, "b": 6, "c": 7}'), **SINGLY}
    thing = await there.thing(**members(READ))
    assert await thing.read_multiple(["b"]) == {"b": 6}
    request = foreign.requests[0]
    assert (request.method, json.loads(request.body)) == ("GET", ["b"])
    assert await thing.read_all() == {"a": 5, "b": 6}
    assert there.seen == ["GET /all"] * 2


async def test_what_is_missing_is_read_by_itself(there: Harness, foreign: Foreign) -> None:
    foreign.answers = {"/all": ok(b'{"a": 5}'), **SINGLY}
    thing = await there.thing(**members(READ))
    assert await thing.read_multiple(["b", "a"]) == {"b": 2, "a": 5}


async def test_names_in_a_uri_variable_of_any_name(there: Harness, foreign: Foreign) -> None:
    foreign.answers = {"/some?propertyNames=a,b": ok(b'{"a": 5, "b": 6}'), **SINGLY}
    form = {"href": "/some{?propertyNames}", "op": "readmultipleproperties"}
    variables = {"propertyNames": {"type": "string"}}
    thing = await there.thing(**members(form, uriVariables=variables))
    assert await thing.read_multiple(["a", "b"]) == {"a": 5, "b": 6}
    assert "uriVariables" not in thing.td.json
    with pytest.raises(UriVariableError):
        await thing.read("a", propertyNames="b")


async def test_the_example_of_the_specification(there: Harness, foreign: Foreign) -> None:
    """TD 1.1 section 5.3.4.2, example 40."""
    variables = {
        "propertyNames": {"type": "string"},
        "unitSystem": {"type": "string", "enum": ["metric_value", "imperial_value"]},
    }
    every = {"href": "/p{?unitSystem}", "op": "readallproperties"}
    some = {"href": "/p{?propertyNames,unitSystem}", "op": "readmultipleproperties"}
    foreign.answers = {
        "/p?propertyNames=b,a&unitSystem=metric_value": ok(b'{"b": 4, "a": 3}'),
        "/p?propertyNames=b,a": ok(b'{"b": 6, "a": 5}'),
        "/p?unitSystem=metric_value": ok(b'{"a": 7, "b": 8}'),
        **SINGLY,
    }
    thing = await there.thing(**members(every, some, uriVariables=variables))
    metric = {"unitSystem": "metric_value"}
    assert await thing.read_multiple(["b", "a"], **metric) == {"b": 4, "a": 3}
    assert await thing.read_multiple(["b", "a"]) == {"b": 6, "a": 5}
    assert await thing.read_all(**metric) == {"a": 7, "b": 8}
    for wrong in ({"unitSystem": "furlongs"}, {"unit": "m"}):
        with pytest.raises(UriVariableError):
            await thing.read_all(**wrong)
    assert "uriVariables" not in thing.td.json
    thing = await there.thing(**members())
    with pytest.raises(UriVariableError, match="no form for readallproperties takes"):
        await thing.read_all(**metric)


async def test_what_cannot_be_told_falls_back(there: Harness, foreign: Foreign) -> None:
    foreign.answers = SINGLY
    form = {"href": "/some{?x,y}", "op": "readmultipleproperties"}
    thing = await there.thing(**members(form, uriVariables={"x": {}, "y": {}}))
    assert await thing.read_multiple(["a", "b"]) == {"a": 1, "b": 2}


async def test_a_refusal_that_is_meant_is_no_reason_to_go_on(
    there: Harness, foreign: Foreign
) -> None:
    foreign.answers = {"/all": ok(b"", status="503 Service Unavailable"), **SINGLY}
    thing = await there.thing(**members(READ))
    with pytest.raises(Unavailable):
        await thing.read_all()
    assert there.seen == ["GET /all"]


async def test_a_bad_connection_is_forgotten(there: Harness, foreign: Foreign) -> None:
    bad = ok(b"", status="502 Bad Gateway")
    foreign.answers = {"/all": [bad, ok(b'{"a": 5, "b": 6}')], **SINGLY}
    thing = await there.thing(**members(READ))
    assert await thing.read_all() == {"a": 1, "b": 2}
    assert await thing.read_all() == {"a": 5, "b": 6}


@pytest.mark.parametrize("kind", ["UnknownThing", "UnknownAffordance"])
async def test_a_server_that_knows_the_operation_is_believed(
    there: Harness, foreign: Foreign, kind: str
) -> None:
    body = b'{"type": "urn:isowot:problem:%b", "detail": "gone"}' % kind.encode()
    gone = ok(body, "application/problem+json", status="404 Not Found")
    foreign.answers = {"/all": gone, "/events": gone, **SINGLY}
    thing = await there.thing(**members(READ, WRITE, ALL_EVENTS))
    for use in (
        thing.read_all(),
        thing.write_multiple({"a": 1}),
        thing.subscribe_all().__aenter__(),
    ):
        with pytest.raises(NotFound, match="gone"):
            await use
    assert there.seen == ["GET /all", "PUT /all", "GET /events"]


async def test_a_failure_one_by_one_is_partial(there: Harness, foreign: Foreign) -> None:
    foreign.answers = {**SINGLY, "/b": ok(b"", status="500 Internal Server Error")}
    thing = await there.thing(**members())
    with pytest.raises(PartialFailure) as caught:
        await thing.read_all()
    assert caught.value.values == {"a": 1}
    assert isinstance(caught.value.errors["b"], HandlerError)


@pytest.mark.parametrize("body", [b'"x"', b"{", b""])
async def test_a_value_that_was_not_declared_is_partial(
    there: Harness, foreign: Foreign, body: bytes
) -> None:
    foreign.answers = {**SINGLY, "/b": ok(body), "/all": ok(b'{"a": 1, "b": "x"}')}
    for forms in ((), (READ,)):
        thing = await there.thing(**members(*forms))
        with pytest.raises(PartialFailure) as caught:
            await thing.read_all()
        assert caught.value.values == {"a": 1}
        assert isinstance(caught.value.errors["b"], InvalidOutput)


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed"])
async def test_writing_falls_back_where_nothing_can_have_been_written(
    there: Harness, foreign: Foreign, status: str
) -> None:
    foreign.answers = {"/all": ok(b"", status=status), **SINGLY}
    thing = await there.thing(**members(WRITE))
    await thing.write_all({"a": 1, "secret": 2})
    assert there.seen == ["PUT /all", "PUT /all", "PUT /a", "PUT /secret"]
    assert [request.body for request in foreign.requests[2:]] == [b"1", b"2"]
    await thing.write_multiple({"secret": 3})
    assert there.seen[4:] == ["PUT /secret"]


async def test_writing_does_not_go_on_after_a_failure(there: Harness, foreign: Foreign) -> None:
    foreign.answers = {"/all": ok(b"", status="500 Internal Server Error"), **SINGLY}
    thing = await there.thing(**members(WRITE))
    with pytest.raises(HandlerError):
        await thing.write_multiple({"a": 1})
    assert there.seen == ["PUT /all"]


async def test_one_operation_may_stand_for_the_other(there: Harness, foreign: Foreign) -> None:
    foreign.answers = {"/all": ok(b"", status="204 No Content"), **SINGLY}
    thing = await there.thing(**members({"href": "/all", "op": "writeallproperties"}))
    await thing.write_multiple({"a": 1, "secret": 2})  # which is all
    await thing.write_multiple({"a": 1})
    thing = await there.thing(**members({"href": "/all", "op": "writemultipleproperties"}))
    await thing.write_all({"a": 1, "secret": 2})
    assert there.seen == ["PUT /all", "PUT /a", "PUT /all"]


async def test_writing_one_by_one_ends_at_the_first_failure(
    there: Harness, foreign: Foreign
) -> None:
    foreign.answers = {**SINGLY, "/secret": ok(b"", status="409 Conflict")}
    thing = await there.thing(**members())
    with pytest.raises(PartialFailure) as caught:
        await thing.write_all({"secret": 2, "a": 1})
    assert caught.value.values == {}
    assert list(caught.value.errors) == ["secret", "a"]
    with pytest.raises(PartialFailure) as caught:
        await thing.write_all({"a": 1, "secret": 2})
    assert caught.value.values == {"a": 1}
    assert there.seen == ["PUT /secret", "PUT /a", "PUT /secret"]


ALL_EVENTS = {"href": "/events", "op": "subscribeallevents", "subprotocol": "sse"}


async def test_named_events_of_others(there: Harness, foreign: Foreign) -> None:
    frames = b"event: e\nid: 1\ndata: 5\n\n", b"event: x\ndata: 1\n\n", b"event: e\ndata: 6\n\n"
    foreign.answers = {"/events": streaming(*frames)}
    thing = await there.thing(**members(ALL_EVENTS))
    async with thing.subscribe_all() as events:
        assert await next_of(events, 1) == [("e", 5)]
        with pytest.raises(InvalidOutput, match="'x', which is none of its events"):
            await next_of(events, 1)
        assert await next_of(events, 1) == [("e", 6)]


async def test_an_observation_that_does_not_begin_with_the_values(
    there: Harness, foreign: Foreign
) -> None:
    form = {"href": "/values", "op": "observeallproperties", "subprotocol": "sse"}
    told = members(form, READ)
    told["properties"]["a"]["observable"] = told["properties"]["b"]["observable"] = True
    observe = {"href": "/obs", "op": "observeproperty", "subprotocol": "sse"}
    for name in "ab":
        told["properties"][name]["forms"].append(observe)
        told["properties"][name]["forms"][0]["op"] = "readproperty"
    foreign.answers = {"/values": streaming(b"event: b\ndata: 9\n\n"), "/all": ok(b'{"a":3,"b":4}')}
    thing = await there.thing(**told)
    async with thing.observe_all() as values:
        assert await next_of(values, 3) == [("a", 3), ("b", 4), ("b", 9)]


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed"])
@pytest.mark.parametrize("advertised", [True, False])
async def test_following_falls_back_to_one_by_one(
    there: Harness, foreign: Foreign, status: str, advertised: bool
) -> None:
    two = {"e": streaming(b"data: 5\n\n"), "f": streaming(b"data: 6\n\n", b"data: 7\n\n")}
    foreign.answers = {"/events": ok(b"", status=status), "/e": two["e"], "/f": two["f"]}
    told = members(*([ALL_EVENTS] if advertised else []))
    told["events"]["f"] = {"forms": [{"href": "/f", "subprotocol": "sse"}]}
    thing = await there.thing(**told)
    async with thing.subscribe_all() as events:
        found = await next_of(events, 3)
        assert sorted(found, key=str) == [("e", 5), ("f", 6), ("f", 7)]
        assert len(foreign.open) >= 2
    await until(lambda: all(each.gone() for each in foreign.requests if each.target != "/events"))


async def test_the_error_of_one_ends_all_of_them(there: Harness, foreign: Foreign) -> None:
    async def later(request: Request, writer: asyncio.StreamWriter) -> None:
        await streaming(b"data: 5\n\n", end=True)(request, writer)

    foreign.answers = {"/e": later, "/f": streaming()}
    told = members()
    told["events"]["f"] = {"forms": [{"href": "/f", "subprotocol": "sse"}]}
    thing = await there.thing(**told)
    async with thing.subscribe_all() as events:
        assert await next_of(events, 1) == [("e", 5)]
        with pytest.raises(EventsLost):  # it does not number its events
            await next_of(events, 1)


async def test_what_cannot_be_followed_at_all(there: Harness) -> None:
    thing = await there.thing(properties={"a": {"forms": [{"href": "/a"}]}})
    for context in (thing.observe_all(), thing.subscribe_all()):
        with pytest.raises(NotAllowed, match="Foreign offers no"):
            await context.__aenter__()
    with pytest.raises(NotAllowed):
        await (await there.thing()).read_all()
