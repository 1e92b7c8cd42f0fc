"""Which form the client takes, and where that points to."""

from __future__ import annotations

import json
from typing import Any

import pytest

import wot
from wot.errors import (
    NoForm,
    NotAllowed,
)

from .foreign import Harness, moved, ok, streaming, td
from .wire import taken

RW = ["readproperty", "writeproperty"]


# Which form


@pytest.mark.assertion(
    "td-default-op-properties",
    "td-default-http-method",
    "td-default-http-method_get",
    "td-default-http-method_put",
)
@pytest.mark.parametrize(
    ("op", "terms", "can"),
    [
        (None, {}, "rw"),
        (None, {"readOnly": True}, "r"),
        (None, {"writeOnly": True}, "w"),
        ("readproperty", {}, "r"),
        ("writeproperty", {}, "w"),
        (["readproperty"], {}, "r"),
        (RW, {}, "rw"),
        ([*RW, "observeproperty", "something:else"], {}, "rw"),
        ([], {}, ""),
        ("unobserveproperty", {}, ""),
    ],
)
async def test_what_a_form_is_for(there: Harness, op: Any, terms: dict[str, Any], can: str) -> None:
    """TD 1.1 section 5.4; `op` is a string, an array, or absent."""
    there.foreign.answers["/p"] = ok(b"1")
    form = {"href": "/p", **({} if op is None else {"op": op})}
    thing = await there.property(form, **terms)
    for letter, call, method in (("r", thing.read, "GET"), ("w", thing.write, "PUT")):
        args = ("p",) if letter == "r" else ("p", 1)
        if letter in can:
            await call(*args)  # type: ignore[operator]
            assert there.seen[-1] == f"{method} /p"
        else:
            with pytest.raises(NotAllowed, match="offers no"):
                await call(*args)  # type: ignore[operator]


async def test_the_form_of_the_operation_is_taken(there: Harness) -> None:
    there.foreign.answers.update({"/r": ok(b"1"), "/w": ok(status="204 No Content")})
    forms = [{"href": "/w", "op": "writeproperty"}, {"href": "/r", "op": ["readproperty"]}]
    thing = await there.property(*forms)
    assert await thing.read("p") == 1
    await thing.write("p", 2)
    assert there.seen == ["GET /r", "PUT /w"]


async def test_ops_are_not_compared_by_parts(there: Harness) -> None:
    """`subscribeevent` is contained in `unsubscribeevent`."""
    there.foreign.answers["/s"] = streaming(b"data: 1\n\n")
    forms = [
        {"href": "/u", "op": ["unsubscribeevent"], "subprotocol": "sse"},
        {"href": "/s", "op": ["subscribeevent"], "subprotocol": "sse"},
    ]
    thing = await there.event(*forms)
    async with thing.subscribe("e") as events:
        assert await taken(events, 1) == [1]
    assert there.seen == ["GET /s"]


@pytest.mark.assertion("client-uri-template")
@pytest.mark.parametrize(
    ("base", "href", "target"),
    [
        ("", "{origin}/p", "/p"),
        ("{origin}", "p", "/p"),
        ("{origin}/a/b", "p", "/a/p"),
        ("{origin}/a/b/", "p", "/a/b/p"),
        ("{origin}/a/b/", "/p", "/p"),
        ("{origin}/a/b/", "../p?x=1", "/a/p?x=1"),
        ("{origin}/a/b/", "./p", "/a/b/p"),
        ("{origin}/a?k=1", "?x=2", "/a?x=2"),
        ("{origin}/a/", "", "/a/"),
        ("http://127.0.0.1:1/", "{origin}/p", "/p"),
        ("{origin}/a/", "p%2Fq%20r", "/a/p%2Fq%20r"),
        ("{origin}/a/", "é?ü=ß", "/a/%C3%A9?%C3%BC=%C3%9F"),
        ("{origin}/a/", "p#part", "/a/p"),
        ("{origin}/a/", "p;v=1,2/x:y@z!$&'()*+", "/a/p;v=1,2/x:y@z!$&'()*+"),
    ],
)
async def test_where_a_form_points(there: Harness, base: str, href: str, target: str) -> None:
    """RFC 3986 section 5; what is percent-encoded stays so."""
    origin = there.foreign.url
    there.foreign.answers[target] = ok(b"1")
    forms = [{"href": href.format(origin=origin)}]
    thing = await there.thing(base.format(origin=origin), properties={"p": {"forms": forms}})
    assert await thing.read("p") == 1, there.seen


async def test_hrefs_without_base_start_from_where_the_td_was(
    there: Harness, servient: wot.Servient
) -> None:
    document = td(properties={"p": {"forms": [{"href": "p"}]}})
    there.foreign.answers["/old"] = moved("/a/td")
    there.foreign.answers["/a/td"] = ok(json.dumps(document).encode(), "application/td+json")
    there.foreign.answers["/a/p"] = ok(b"1")
    for path in ("/a/td", "/old"):
        thing = await servient.consume(there.foreign.url + path)
        assert await thing.read("p") == 1
    accept = there.foreign.requests[0].headers["accept"]
    assert accept.startswith("application/td+json")


async def test_a_relative_href_without_anything_to_start_from(there: Harness) -> None:
    thing = await there.thing("", properties={"p": {"forms": [{"href": "/p"}]}})
    with pytest.raises(NoForm) as error:
        await thing.read("p")
    assert error.value.hint


async def test_a_form_that_nobody_can_use(there: Harness) -> None:
    thing = await there.property({"href": "modbus+tcp://127.0.0.1:502/1"}, {"href": "xyz:1"})
    with pytest.raises(NoForm, match="'p'") as error:
        await thing.read("p")
    assert "modbus+tcp" in error.value.hint
    assert "xyz" in error.value.hint


async def test_forms_of_other_protocols_and_subprotocols_are_passed_over(there: Harness) -> None:
    there.foreign.answers["/p"] = ok(b"1")
    odd = [{"href": "/ws", "subprotocol": "websub"}, {"href": "zzz://x/p"}]
    thing = await there.property(*odd, {"href": "/p"})
    assert await thing.read("p") == 1
    assert there.seen == ["GET /p"]
