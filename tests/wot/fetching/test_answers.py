"""What foreign servers answer, by the byte."""

from __future__ import annotations

import pytest

from wot.fetching import fetch
from wot.resolving import LIMIT, ResolveError, web

from .servers import OK, refusal, serving


@pytest.mark.parametrize(
    ("head", "body", "reason"),
    [
        ("Content-Length: 500", b"{}", "breaks off: 498 bytes are missing"),
        ("Content-Length: -5", b"{}", "no possible Content-Length: -5"),
        ("Content-Length: +2", b"{}", "no possible Content-Length"),
        ("Content-Length: 0_2", b"{}", "no possible Content-Length"),
        ("Content-Length: 2\r\nContent-Length: 1", b"{}", "no possible Content-Length"),
        ("Content-Length: " + "9" * 5000, b"{}", "no possible Content-Length"),
        ("Content-Length: 1048577", b"{}", "has more than 1,048,576 bytes"),
        ("Content-Length: 999999999999", b"{}", "has more than 1,048,576 bytes"),
        ("X: y", b" " * (LIMIT + 1), "has more than 1,048,576 bytes"),
        ("Transfer-Encoding: chunked", b"", "breaks off"),
        ("Transfer-Encoding: chunked", b"2\r\n{}", "breaks off"),
        ("Transfer-Encoding: chunked", b"2\r\n{}\r\n", "breaks off"),
        ("Transfer-Encoding: chunked", b"5\r\n{}", "breaks off"),
        ("Transfer-Encoding: chunked", b"-5\r\n{}\r\n0\r\n\r\n", "chunks are broken"),
        ("Transfer-Encoding: chunked", b"1\r\n{}\r\n0\r\n\r\n", "chunks are broken"),
        ("Transfer-Encoding: chunked", b"200000\r\n" + b" " * (2 << 20), "has more than"),
        ("Transfer-Encoding: gzip, chunked", b"", "unknown transfer coding"),
        ("Content-Encoding: gzip", b"\x1f\x8b", "is encoded, though nobody asked for that: gzip"),
        ("Content-Encoding: identity, br", b"x", "nobody asked for that: br"),
    ],
)
def test_bodies_that_are_refused(head: str, body: bytes, reason: str) -> None:
    with serving(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body) as server:
        assert reason in refusal(server.url)


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.0 200\r\n\r\n{}",
        b"HTTP/1.1 200 OK\nContent-Length: 2, 2\n\n{} and more",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\n{\r\n01;x=y\r\n}\r\n0\r\n\r\n",
    ],
)
def test_bodies_that_are_read(answer: bytes) -> None:
    with serving(answer) as server:
        assert fetch(server.url, 5, 2) == b"{}"
        assert b"\r\nAccept-Encoding: identity\r\n" in server.asked[0]


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_what_is_no_answer(answer: bytes) -> None:
    with serving(answer) as server:
        assert refusal(server.url)


@pytest.mark.parametrize("status", ["204 None", "206 Part", "302 Nowhere", "404 Not Found", "500"])
def test_only_a_document_is_one(status: str) -> None:
    with serving(f"HTTP/1.1 {status}\r\n\r\n{{}}".encode()) as server:
        assert refusal(server.url) == f"answered {status}"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 \x1b]0;evil\x07\x1b[2J \x9b boo\r\n\r\n",
        b"\x1b]0;evil\x07\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: \x1b[2J" + b"x" * 9000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: \x1b[2J\r\n\r\n",
        b"HTTP/1.1 302 F\r\nLocation: ftp://\x1b[2J\x07" + b"x" * 9000 + b"\r\n\r\n",
    ],
)
def test_words_of_servers_are_escaped_and_cut(answer: bytes) -> None:
    with serving(answer) as server, pytest.raises(ResolveError) as caught:
        web()(f"{server.url}/".removesuffix("/"))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 800
