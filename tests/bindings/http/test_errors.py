"""Status codes and errors, both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wot import errors
from wot.errors import CROSSING, InteractionError, WoTError
from wot_http.errors import error_from, problem_body, status_of

PROBLEM = "application/problem+json"
WIRE = {
    "InteractionError": 400,
    "InvalidInput": 400,
    "UriVariableError": 400,
    "Unauthenticated": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "UnknownThing": 404,
    "UnknownAffordance": 404,
    "NotAllowed": 405,
    "NotAcceptable": 406,
    "Conflict": 409,
    "EventsLost": 410,
    "PreconditionFailed": 412,
    "TooLarge": 413,
    "UnsupportedContent": 415,
    "TooManyRequests": 429,
    "HandlerError": 500,
    "PartialFailure": 500,
    "TransportError": 502,
    "ConnectError": 502,
    "ProtocolError": 502,
    "InvalidOutput": 502,
    "Unavailable": 503,
    "Timeout": 504,
}


def test_every_error_that_crosses_has_a_status() -> None:
    assert {name: status_of(kind("x")) for name, kind in CROSSING.items()} == WIRE


@pytest.mark.parametrize("kind", CROSSING.values(), ids=CROSSING)
def test_an_error_comes_back_as_the_same_class(kind: type[WoTError]) -> None:
    sent = kind("why", hint="what to do")
    got = error_from(status_of(sent), PROBLEM, problem_body(sent, status_of(sent)), {})
    assert type(got) is kind
    assert (str(got), got.hint) == ("why", "what to do")


def test_what_else_an_error_says_comes_back() -> None:
    lost = error_from(410, PROBLEM, problem_body(errors.EventsLost("x", after="e-7"), 410), {})
    assert isinstance(lost, errors.EventsLost)
    assert lost.after == "e-7"
    busy = error_from(503, PROBLEM, problem_body(errors.Unavailable("x", retry_after=2.5), 503), {})
    assert isinstance(busy, errors.Unavailable)
    assert busy.retry_after == 2.5
    parts = {
        "b": errors.Unavailable("off", retry_after=3),
        "c": errors.Conflict("locked", hint="h"),
    }
    some = errors.PartialFailure("x", values={"a": [1]}, errors=parts)
    got = error_from(500, PROBLEM, problem_body(some, 500), {})
    assert isinstance(got, errors.PartialFailure)
    assert got.values == {"a": [1]}
    assert {n: (type(e), str(e)) for n, e in got.errors.items()} == {
        n: (type(e), str(e)) for n, e in parts.items()
    }
    odd = error_from(
        500, PROBLEM, b'{"type": "urn:isowot:problem:PartialFailure", "values": [1]}', {}
    )
    assert isinstance(odd, errors.PartialFailure)
    assert (odd.values, odd.errors) == ({}, {})


def test_a_class_of_the_users_own_crosses_as_the_nearest_one_of_ours() -> None:
    class LidOpen(errors.Conflict):
        """The lid is open."""

    got = error_from(409, PROBLEM, problem_body(LidOpen("shut it"), status_of(LidOpen())), {})
    assert type(got) is errors.Conflict
    assert str(got) == "shut it"


@pytest.mark.parametrize("status", [*range(400, 430), 451, *range(500, 512), 599])
def test_a_bare_status_has_a_class_too(status: int) -> None:
    got = error_from(status, "text/html", b"<h1>nginx</h1>", {})
    assert isinstance(got, InteractionError if status < 500 and status != 408 else WoTError)
    assert str(status) in str(got)
    assert "nginx" not in str(got)
    assert not got.hint


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "InvalidInput"),
        (401, "Unauthenticated"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (405, "NotAllowed"),
        (408, "Timeout"),
        (409, "Conflict"),
        (410, "EventsLost"),
        (413, "TooLarge"),
        (415, "UnsupportedContent"),
        (429, "TooManyRequests"),
        (500, "HandlerError"),
        (503, "Unavailable"),
        (504, "Timeout"),
        (422, "InvalidInput"),
        (501, "NotAllowed"),
        (502, "ProtocolError"),
        (599, "HandlerError"),
        (418, "InteractionError"),
    ],
)
def test_statuses_without_problem_details(status: int, kind: str) -> None:
    assert type(error_from(status, "", b"", {})).__name__ == kind


BAD: list[Any] = [
    5,
    [],
    None,
    "text",
    {},
    {"type": 5, "detail": {}, "hint": []},
    {"type": "urn:isowot:problem:WoTError"},
    {"type": "urn:isowot:problem:DefinitionError"},
    {"type": "urn:isowot:problem:SystemExit"},
    {"type": "urn:isowot:problem:", "title": None},
    {"type": "about:blank"},
]


@pytest.mark.parametrize("body", BAD, ids=str)
def test_strange_problem_details_are_taken_by_the_status(body: Any) -> None:
    assert type(error_from(404, PROBLEM, json.dumps(body).encode(), {})) is errors.NotFound


@pytest.mark.parametrize("delay", [None, "5", [], {}])
def test_a_strange_delay_is_none(delay: Any) -> None:
    problem = {"type": "urn:isowot:problem:Unavailable", "detail": "x", "retryAfter": delay}
    got = error_from(503, PROBLEM, json.dumps(problem).encode(), {})
    assert isinstance(got, errors.Unavailable)
    assert got.retry_after is None


@pytest.mark.parametrize(("header", "delay"), [("7", 7.0), ("x", None), ("", None), ("²", None)])
def test_the_retry_after_header(header: str, delay: float | None) -> None:
    got = error_from(503, "text/plain", b"", {"Retry-After": header})
    assert isinstance(got, errors.Unavailable)
    assert got.retry_after == delay


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b"[" * 60_000, b'{"detail": "' + b"x" * 70_000 + b'"}'],
    ids=["broken", "bytes", "deep", "large"],
)
def test_a_body_that_is_no_json_does_no_harm(body: bytes) -> None:
    got = error_from(409, PROBLEM, body, {})
    assert type(got) is errors.Conflict
    assert len(str(got)) <= 500


def test_foreign_texts_are_cut() -> None:
    problem = {"type": "urn:isowot:problem:Conflict", "detail": "x" * 9000, "hint": "y" * 9000}
    got = error_from(409, PROBLEM, json.dumps(problem).encode(), {})
    assert (len(str(got)), len(got.hint)) == (500, 500)


def test_other_peoples_problem_details_are_read() -> None:
    problem = {"type": "https://example.org/out-of-paper", "title": "Out of paper", "status": 409}
    got = error_from(409, "application/json", json.dumps(problem).encode(), {})
    assert (type(got), str(got)) == (errors.Conflict, "Out of paper")


@pytest.mark.parametrize("text", ["\udcff", "é\u2028", "\0", 'a"b\\'])
def test_any_text_can_be_sent(text: str) -> None:
    body = problem_body(errors.InvalidInput(f"x{text}", hint=text), 400)
    assert json.loads(body)["detail"].startswith("x")
