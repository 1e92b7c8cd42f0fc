"""Time and size: what foreign servers send without end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from wot.fetching import fetch
from wot.resolving import LIMIT

from .servers import OK, endless, refusal, serving


@pytest.mark.parametrize("length", ["", "Content-Length: 999999999999\r\n"])
def test_the_body_of_a_redirection_is_not_read(length: str) -> None:
    away = f"HTTP/1.1 302 F\r\nLocation: /y\r\n{length}\r\n".encode()
    with serving({"/": endless(away, b" " * (1 << 20)), "/y": OK}) as server:
        assert fetch(server.url, 5, LIMIT) == b"{}"
        assert server.left.wait(5)
        assert server.sent < 64 << 20  # what the buffers of the system hold


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 5000 + b"\r\n"),
        (b"HTTP/1.1 200 " + b"x" * 100, b"x"),
        (b"", b"x"),
    ],
)
def test_what_goes_before_a_body_has_an_end(start: bytes, again: bytes) -> None:
    with serving(endless(start, again)) as server:
        begun = monotonic()
        assert "did not answer" not in refusal(server.url, timeout=20)
        assert monotonic() - begun < 10


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 1000),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 1000),
    ],
)
def test_slow_servers_are_left_in_time(start: bytes, again: bytes) -> None:
    with serving(endless(start, again, pause=0.02)) as server:
        begun = monotonic()
        assert refusal(server.url, timeout=0.3) == "did not answer within 0.3 s"
        assert monotonic() - begun < 3
        assert server.left.wait(5)


def test_time_is_for_all_redirections_together() -> None:
    waiting = threading.Event()

    def away() -> Iterator[bytes]:
        waiting.wait(0.15)
        yield b"HTTP/1.1 302 F\r\nLocation: /\r\n\r\n"

    with serving(away) as server:
        assert refusal(server.url, timeout=0.4) == "did not answer within 0.4 s"
        assert len(server.asked) < 5


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_no_time_at_all(timeout: float) -> None:
    with serving(OK) as server:
        assert "did not answer" in refusal(server.url, timeout=timeout)
        assert fetch(server.url, float("inf"), 2) == b"{}"


def test_a_name_that_nobody_answers_for(monkeypatch: pytest.MonkeyPatch) -> None:
    known, given_up = socket.getaddrinfo, threading.Event()
    looked_up: list[str] = []

    def hanging(host: str, *args: Any, flags: int = 0, **rest: Any) -> Any:
        if flags & socket.AI_NUMERICHOST:
            return known(host, *args, flags=flags, **rest)
        looked_up.append(host)
        given_up.wait()
        raise socket.gaierror("no answer")

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    monkeypatch.setattr("wot.fetching.addresses._LOOKUPS", threading.BoundedSemaphore(1))
    for _ in range(2):
        assert "did not answer" in refusal("http://host.example/", timeout=0.1)
    assert looked_up == ["host.example"]  # what hangs is not added to
    given_up.set()
    assert "no answer" in refusal("http://host.example/")
