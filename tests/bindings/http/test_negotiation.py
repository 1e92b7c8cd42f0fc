"""Content negotiation: what `Accept` wants, and what it gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot_http.negotiation import quality

from .wire import ask, connected, request

JSON = "application/json"
SSE = "text/event-stream"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", 1.0),
        ("  ", 1.0),
        ("*/*", 1.0),
        ("application/*", 1.0),
        ("APPLICATION/JSON", 1.0),
        ("application/json;charset=utf-8", 1.0),
        ("application/json ; q=0.5", 0.5),
        ("application/json;q=0", 0.0),
        ("*/*;q=0.3, application/json;q=0.8", 0.8),
        ("application/json;q=0.1, */*", 0.1),
        ("application/*;q=0, */*", 0.0),
        ("text/html", 0.0),
        ("text/html, */*;q=0.1", 0.1),
        ("application/jsonx", 0.0),
        ("application/json;q=9", 1.0),
        ("application/json;q=-1", 0.0),
        ("application/json;q=x", 0.0),
        ("application/json;q=nan", 0.0),
        (",,", 0.0),
        ("json", 0.0),
    ],
)
def test_the_most_specific_range_decides(accept: str, wanted: float) -> None:
    assert quality(accept, JSON) == wanted
    assert quality(accept, "Application/Json; charset=utf-8") == wanted


@given(st.text(alphabet="aplictonjsx/*;q=0.159, "))
def test_any_header_has_a_quality(accept: str) -> None:
    assert 0.0 <= quality(accept, JSON) <= 1.0


@pytest.mark.parametrize(
    ("path", "accept", "given"),
    [
        ("/properties/level", "", JSON),
        ("/properties/level", "*/*", JSON),
        ("/properties/level", "text/html, */*;q=0.1", JSON),
        ("/properties/level", "application/json, text/event-stream", SSE),
        ("/properties/level", "text/event-stream;q=0.5, application/json", JSON),
        ("/properties/level", "text/event-stream", SSE),
        ("/properties/packed", "application/cbor, */*", "application/cbor"),
        ("/events/tick", "", SSE),
        ("/events/tick", "*/*", SSE),
        ("/events/tick", "text/*", SSE),
        ("", "", "application/td+json"),
        ("", "*/*", "application/td+json"),
        ("", "application/json", JSON),
        ("", "application/ld+json", "application/ld+json"),
        ("", "application/json;q=0.5, application/td+json;q=0.4", JSON),
    ],
)
async def test_what_is_wanted_is_given(url: str, path: str, accept: str, given: str) -> None:
    async with connected(url) as wire:
        await wire.send(request(url + path, accept=accept))
        status, headers = await wire._head()
    assert (status, headers["content-type"]) == (200, given)


@pytest.mark.parametrize(
    ("path", "accept", "offered"),
    [
        ("/properties/level", "text/html", JSON),
        ("/properties/level", "application/json;q=0", JSON),
        ("/properties/packed", JSON, "application/cbor"),
        ("/properties/fixed", SSE, JSON),
        ("/events/tick", JSON, SSE),
        ("/events/tick", "text/event-stream;q=0", SSE),
        ("", "text/html", "application/td+json"),
    ],
)
async def test_what_is_not_to_be_had_is_406(url: str, path: str, accept: str, offered: str) -> None:
    answer = await ask(url + path, accept=accept)
    assert answer.problem == (406, "NotAcceptable")
    assert offered in answer.json["detail"]
    assert offered in answer.json["hint"]


@pytest.mark.parametrize("path", ["/properties/label", "/actions/reset"])
async def test_an_answer_without_content_suits_everybody(url: str, path: str) -> None:
    """A write and an action without output answer 204: there is nothing that could be unacceptable."""
    method, body = ("PUT", b'"x"') if "properties" in path else ("POST", None)
    assert (await ask(url + path, method, body, accept="text/html")).status == 204
