"""Cross-origin requests: only for those who opt in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import wot

from .things import ANY, Probe
from .wire import Answer, ask, following

PAGE = "https://app.example"
PATHS = ["", "/properties/level", "/properties/nope", "/actions/add"]


def allowed(answer: Answer) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k.startswith("access-control-")}


async def preflight(url: str, origin: str = PAGE, method: str = "PUT") -> Answer:
    return await ask(
        url,
        "OPTIONS",
        origin=origin,
        access_control_request_method=method,
        access_control_request_headers="content-type,last-event-id",
    )


@pytest.fixture
async def open_to_page(probe: Probe) -> AsyncIterator[str]:
    ends = wot.endpoint(ANY, cors=[PAGE, "http://localhost:3000"])
    async with wot.serve(probe, ends) as served:
        yield served.urls[0]


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_allowed_by_default(url: str, path: str) -> None:
    assert allowed(await ask(url + path, origin=PAGE)) == {}
    assert allowed(await preflight(url + path)) == {}
    async with following(f"{url}/events/tick", origin=PAGE) as follower:
        assert "access-control-allow-origin" not in follower.headers


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_that_is_named_is_allowed(open_to_page: str, path: str) -> None:
    answer = await ask(open_to_page + path, origin=PAGE)
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "Origin" in answer.headers["vary"]
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{PAGE}.evil.example", ""])
async def test_others_are_not(open_to_page: str, origin: str) -> None:
    for path in PATHS:
        answer = await ask(open_to_page + path, origin=origin)
        assert allowed(answer) == {}
        # A cache must not give this answer to the page that is allowed.
        assert "Origin" in answer.headers["vary"]
        assert allowed(await preflight(open_to_page + path, origin)) == {}


@pytest.mark.parametrize(
    "path", ["", "/properties/level", "/properties/secret", "/actions/add", "/events/tick"]
)
async def test_a_preflight_says_what_may_be_sent(open_to_page: str, path: str) -> None:
    answer = await preflight(open_to_page + path)
    assert answer.status == 204
    found = allowed(answer)
    assert found["access-control-allow-origin"] == PAGE
    methods = {m.strip() for m in found["access-control-allow-methods"].split(",")}
    assert {"GET", "PUT", "POST"} <= methods
    headers = {h.strip().lower() for h in found["access-control-allow-headers"].split(",")}
    assert {"content-type", "last-event-id", "accept"} <= headers


async def test_the_star_is_for_everybody(probe: Probe) -> None:
    async with wot.serve(probe, wot.endpoint(ANY, cors="*")) as served:
        answer = await ask(served.urls[0] + "/properties/level", origin="https://any.example")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert (await preflight(served.urls[0])).headers["access-control-allow-origin"] == "*"


async def test_streams_errors_and_pages_carry_it_too(open_to_page: str) -> None:
    async with following(f"{open_to_page}/events/tick", origin=PAGE) as follower:
        assert follower.headers["access-control-allow-origin"] == PAGE
        assert "Origin" in follower.headers["vary"]
    refused = await ask(f"{open_to_page}/properties/level", "PUT", b"x", origin=PAGE)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (400, PAGE)
    td = await ask(open_to_page, origin=PAGE)
    assert {"Accept", "Origin"} <= {part.strip() for part in td.headers["vary"].split(",")}
    known = await ask(open_to_page, origin=PAGE, if_none_match=td.headers["etag"])
    assert (known.status, known.headers["access-control-allow-origin"]) == (304, PAGE)
