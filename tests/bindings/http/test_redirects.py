"""Where redirections lead: nothing is sent to others than those whom the form names."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from yarl import URL

import wot
from wot.errors import ProtocolError
from wot.td import Form
from wot_http.redirects import _redirected, same_place

from .foreign import Foreign, Harness, foreign_server, moved, ok, td
from .wire import ask

TEMPORARY = "307 Temporary Redirect"
STATUSES = ["301 Moved", "302 Found", "303 See Other", TEMPORARY, "308 Permanent Redirect"]
KEY = {"htv:headers": [{"htv:fieldName": "X-Api-Key", "htv:fieldValue": "K3Y"}]}
OPAQUE = {"contentType": "application/octet-stream"}


@pytest.fixture
async def elsewhere() -> AsyncIterator[Foreign]:
    """Another port of the same host."""
    async with foreign_server() as foreign:
        foreign.answers["/p"] = ok(b'"theirs"')
        yield foreign


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("form", [{}, KEY, OPAQUE, {**OPAQUE, **KEY}])
async def test_reads_stay_where_the_form_leads(
    there: Harness, elsewhere: Foreign, status: str, form: dict[str, Any]
) -> None:
    there.foreign.answers["/p"] = moved(f"{elsewhere.url}/p", status)
    thing = await there.property({"href": "/p", **form})
    with pytest.raises(ProtocolError, match=f"redirects to {elsewhere.url}, and") as raised:
        await thing.read("p")
    assert "Thing Description" in raised.value.hint
    assert not elsewhere.requests


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("form", [KEY, {**OPAQUE, **KEY}])
async def test_so_does_what_is_written(
    there: Harness, elsewhere: Foreign, status: str, form: dict[str, Any]
) -> None:
    there.foreign.answers["/p"] = moved(f"{elsewhere.url}/p", status)
    thing = await there.property({"href": "/p", **form})
    with pytest.raises(ProtocolError):
        await thing.write("p", b"secret" if "contentType" in form else "secret")
    assert not elsewhere.requests


@pytest.mark.parametrize("subprotocol", ["sse", "longpoll", "webthingprotocol", ""])
async def test_so_do_streams(there: Harness, elsewhere: Foreign, subprotocol: str) -> None:
    there.foreign.answers["/p"] = moved(f"{elsewhere.url}/p", TEMPORARY)
    web = there.foreign.url.replace("http", "ws") if subprotocol == "webthingprotocol" else ""
    named = {"subprotocol": subprotocol} if subprotocol else {}
    form = {"href": f"{web}/p", "op": "observeproperty", **named, **KEY}
    thing = await there.property(form, observable=True)
    with pytest.raises(ProtocolError, match="redirects"):
        async with thing.observe("p") as values:
            await anext(aiter(values))
    assert there.seen
    assert not elsewhere.requests


async def test_a_gateway_reads_nothing_else(there: Harness, elsewhere: Foreign) -> None:
    """A device could have it read what only the gateway can reach."""
    there.foreign.answers["/p"] = moved(f"{elsewhere.url}/p")
    thing = await there.property({"href": "/p"})
    async with wot.serve(thing, "http://127.0.0.1:0") as served:
        answer = await ask(f"{served.urls[0]}/properties/p")
    assert answer.status == 502
    assert b"theirs" not in answer.body
    assert not elsewhere.requests


async def test_circles_have_an_end(there: Harness) -> None:
    there.foreign.answers["/p"] = moved("/p")
    with pytest.raises(ProtocolError, match="in circles"):
        await (await there.property({"href": "/p"})).read("p")
    assert len(there.seen) == 6


async def test_declared_headers_go_along_at_the_same_place(there: Harness) -> None:
    there.foreign.answers |= {"/p": moved("/q", TEMPORARY), "/q": ok(b"1")}
    thing = await there.property({"href": "/p", **KEY})
    assert await thing.read("p") == 1
    await thing.write("p", "x" * (1 << 20))
    last = there.foreign.requests[-1]
    assert (last.method, last.target, last.headers["x-api-key"]) == ("PUT", "/q", "K3Y")
    assert len(last.body) == (1 << 20) + 2


async def test_a_td_may_be_elsewhere(foreign: Foreign, elsewhere: Foreign) -> None:
    """Who asks for it has chosen whom to trust."""
    properties = {"p": {"forms": [{"href": "p"}]}}
    description = td(properties=properties)
    elsewhere.answers["/td"] = ok(json.dumps(description).encode())
    foreign.answers["/td"] = moved(f"{elsewhere.url}/td")
    async with wot.Servient(timeout=5) as servient:
        assert await (await servient.consume(f"{foreign.url}/td")).read("p") == "theirs"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://h/a", "http://h:80/b", True),
        ("http://h/a", "http://H/b", True),
        ("http://h/a", "https://h/b", True),
        ("http://h:8080/a", "https://h:8080/b", True),
        ("http://h:8080/a", "https://h/b", False),
        ("http://h/a", "https://h:8443/b", False),
        ("http://h/a", "http://h:81/b", False),
        ("http://h/a", "http://g/b", False),
        ("https://h/a", "http://h/b", False),
        ("https://h:8080/a", "http://h:8080/b", False),
        ("http://h/a", "ftp://h/b", False),
        ("http://h/a", "http+unix://h/b", False),
        ("http+unix://%2Fa/x", "http+unix://%2Fa/y", True),
        ("http+unix://%2Fa/x", "http+unix://%2Fb/y", False),
    ],
)
def test_places(one: str, other: str, same: bool) -> None:
    assert same_place(URL(one), URL(other)) is same


def redirected(there: str, method: str = "GET", here: str = "http://h/a", **form: Any) -> str:
    response: Any = SimpleNamespace(url=URL(here), headers={"Location": there})
    return str(_redirected(response, method, Form({"href": here, **form}), None))


def test_by_tls_at_the_same_host() -> None:
    assert redirected("https://h/b") == "https://h/b"
    for given in ({"method": "PUT"}, KEY):
        with pytest.raises(ProtocolError, match="redirects to https://h,"):
            redirected("https://h/b", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("to", ["http://h/b", "file:///etc/passwd", "http+unix://%2Frun%2Fx/"])
@pytest.mark.parametrize("form", [None, Form({"href": "https://h/a"})])
def test_never_out_of_tls(to: str, form: Form | None) -> None:
    response: Any = SimpleNamespace(url=URL("https://h/a"), headers={"Location": to})
    with pytest.raises(ProtocolError, match="redirects from https to"):
        _redirected(response, "GET", form, None)
