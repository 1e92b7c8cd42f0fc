"""The constraints that all profiles share, and their mechanism: errors, dates, discovery."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

import wot
from tests.bindings.http.foreign import Foreign, ok, td
from tests.bindings.http.things import ANY
from tests.bindings.http.wire import Answer, ask, connected, request
from wot.servient import Served
from wot_http.errors import STATUS

from .marks import common

PROBLEM = "application/problem+json"
LARGE = b'"' + b"x" * (1 << 20) + b'"'
# RFC 3339 section 5.6.
DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)"
)


async def answered(url: str, data: bytes) -> Answer:
    """The answer to bytes as they are."""
    async with connected(url) as wire:
        await wire.send(data)
        return await wire.answer()


REFUSED: list[tuple[str, str, bytes | None, dict[str, str], int]] = [
    ("/lamp/properties/level", "PUT", b"101", {}, 400),
    ("/lamp/properties/level", "PUT", b"{", {}, 400),
    ("/lamp/properties/level", "PUT", b"", {}, 400),
    ("/lamp/properties/level?a=1", "GET", None, {}, 400),
    ("/lamp/properties/level", "PUT", b"1", {"origin": "http://evil.example"}, 403),
    ("/lamp/properties/code", "GET", None, {}, 405),
    ("/lamp/properties/serial", "PUT", b'"x"', {}, 405),
    ("/lamp/properties/nothing", "GET", None, {}, 404),
    ("/nobody", "GET", None, {}, 404),
    ("/nobody/properties/level", "PUT", b"1", {}, 404),
    ("/lamp/properties/level", "DELETE", None, {}, 405),
    ("/lamp", "PUT", b"{}", {}, 405),
    ("/", "POST", b"{}", {}, 405),
    ("/.well-known/wot", "DELETE", None, {}, 405),
    ("/lamp/properties/level", "GET", None, {"accept": "image/png"}, 406),
    ("/lamp/events/overheated", "GET", None, {"accept": "application/json"}, 406),
    ("/lamp", "GET", None, {"accept": "image/png"}, 406),
    ("/lamp/actions/fail", "POST", None, {}, 409),
    ("/lamp/properties/level", "PUT", LARGE, {}, 413),
    ("/lamp/properties/level", "PUT", b"1", {"content-type": "text/plain"}, 415),
    ("/lamp/properties/level", "PUT", b"1", {"content-encoding": "rot13"}, 415),
    ("/lamp/properties/level", "GET", None, {"host": "evil.example"}, 421),
    ("/lamp/actions/crash", "POST", None, {}, 500),
]


@common("errors-1", "errors-2", "errors-4", "errors-5", "errors-7")
@pytest.mark.parametrize(("path", "method", "body", "headers", "status"), REFUSED)
async def test_what_fails_is_told_by_a_status_and_problem_details(
    url: str, path: str, method: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    answer = await ask(url.removesuffix("/lamp") + path, method, body, **headers)
    assert answer.problem[0] == status


BROKEN = {
    "no method": b"\r\x00 / HTTP/1.1\r\n\r\n",
    "another version": b"GET / HTTP/7.3\r\n\r\n",
    "a method that nobody knows": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    "a line without a colon": b"GET / HTTP/1.1\r\nnothing\r\n\r\n",
    "a long target": b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
    "a length that is no number": b"PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "two lengths": b"PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "length and chunks": (
        b"PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "not HTTP at all": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@common("errors-1", "errors-7")
@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
async def test_so_is_what_is_no_request(url: str, data: bytes) -> None:
    """aiohttp answers these in words of its own, which we replace."""
    status, _ = (await answered(url, data)).problem
    assert status == (431 if len(data) > 9000 else 400)


@common("errors-1", "errors-7")
async def test_so_is_a_body_that_breaks_off(url: str) -> None:
    head = request(f"{url}/properties/level", "PUT", b"", transfer_encoding="chunked")
    head = head.replace(b"content-length: 0\r\n", b"")
    answer = await answered(url, head + b"zz\r\n")
    assert answer.problem[0] == 400


@common("errors-1")
async def test_an_error_for_head_has_no_body(url: str) -> None:
    answer = await ask(f"{url}/properties/nothing", "HEAD")
    assert (answer.status, answer.headers["content-type"]) == (404, PROBLEM)


@common("errors-3", "errors-4")
async def test_of_3xx_there_is_what_caches_need(url: str) -> None:
    first = await ask(url)
    again = await ask(url, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert not [status for status in STATUS.values() if status < 400]


@common("errors-6")
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("418 I'm a teapot", wot.errors.InteractionError),
        ("451 Unavailable For Legal Reasons", wot.errors.InteractionError),
        ("507 Insufficient Storage", wot.errors.HandlerError),
        ("300 Multiple Choices", wot.errors.ProtocolError),
    ],
)
@pytest.mark.parametrize("media_type", ["text/html", PROBLEM, "application/json", ""])
async def test_codes_that_nobody_expects_are_errors_in_general(
    peer: Foreign, servient: wot.Servient, status: str, kind: type[Exception], media_type: str
) -> None:
    peer.answers["/p"] = ok(b"<h1>no</h1>", media_type, status)
    there = await servient.consume(td(peer.url, properties={"p": {"forms": [{"href": "p"}]}}))
    with pytest.raises(kind, match=status[:3]):
        await there.read("p")


class Clock(wot.Thing):
    """Tells the time in every way."""

    zone = timezone(timedelta(hours=2))
    ticked = wot.event(datetime)
    kept = wot.stored(datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC))

    @wot.property
    async def now(self) -> datetime:
        return datetime(2024, 2, 29, 12, 30, 1, 5000, tzinfo=self.zone)

    @wot.action
    async def later(self, since: datetime, hours: int) -> datetime:
        return since + timedelta(hours=hours)


@common("date-format-1")
async def test_dates_are_those_of_rfc_3339() -> None:
    async with wot.serve(Clock(), ANY) as served:
        url = served.urls[0]
        body = b'{"since": "2024-02-29T22:00:00Z", "hours": 3}'
        texts = [
            (await ask(f"{url}/properties/now")).json,
            (await ask(f"{url}/properties/kept")).json,
            (await ask(f"{url}/actions/later", "POST", body)).json,
        ]
        assert texts[0] == "2024-02-29T12:30:01.005000+02:00"
        assert all(DATE_TIME.fullmatch(text) for text in texts), texts
        schema = served.descriptions[0].json["properties"]["now"]
        assert (schema["type"], schema["format"]) == ("string", "date-time")


@common("date-format-1")
@pytest.mark.parametrize(
    "text", ["2024-02-29 24:00:00Z", "2024-02-29T24:00:00Z", "2024-02-29", "noon"]
)
async def test_other_dates_are_refused(text: str) -> None:
    async with wot.serve(Clock(), ANY) as served:
        body = json.dumps(text).encode()
        answer = await ask(f"{served.urls[0]}/properties/kept", "PUT", body)
        assert answer.problem == (400, "InvalidInput")


@common("discovery-1")
@pytest.mark.parametrize("path", ["lamp", ".well-known/wot"])
async def test_the_td_is_had_from_a_url(served: Served, path: str) -> None:
    """The one that `wot serve` prints, which anybody can be given, and the well-known one."""
    base = served.descriptions[0].base
    answer = await ask(base + path, accept="application/td+json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/td+json")
    assert answer.json == served.descriptions[0].json


@common("security-1")
async def test_a_thing_says_that_nothing_is_demanded(served: Served) -> None:
    td = served.descriptions[0].json
    schemes: Any = [td["securityDefinitions"][name]["scheme"] for name in td["security"]]
    assert schemes == ["nosec"]


@pytest.mark.assertion("profiling-mechanism-5@Consumer")
async def test_a_consumer_takes_tds_of_version_1_0_too(
    peer: Foreign, servient: wot.Servient
) -> None:
    """Which a profile would let it refuse."""
    peer.answers["/p"] = ok(b"1")
    old = td(peer.url, properties={"p": {"type": "integer", "forms": [{"href": "p"}]}})
    there = await servient.consume({**old, "@context": "https://www.w3.org/2019/wot/td/v1"})
    assert await there.read("p") == 1
