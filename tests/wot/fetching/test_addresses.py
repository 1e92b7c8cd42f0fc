"""Which addresses are for whom."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from wot.addresses import Nearness, near
from wot.fetching import fetch
from wot.resolving import LIMIT

from .servers import HERE, OK, PUBLIC, refusal, serving


@pytest.mark.parametrize(
    ("address", "nearness"),
    [
        ("8.8.8.8", Nearness.PUBLIC),
        ("2001:4860:4860::8888", Nearness.PUBLIC),
        ("::ffff:8.8.8.8", Nearness.PUBLIC),
        ("64:ff9b::808:808", Nearness.PUBLIC),
        ("10.0.0.1", Nearness.PRIVATE),
        ("100.64.0.1", Nearness.PRIVATE),
        ("fc00::1", Nearness.PRIVATE),
        ("fec0::1", Nearness.PRIVATE),
        ("::ffff:192.168.0.1", Nearness.PRIVATE),
        ("64:ff9b::a00:1", Nearness.PRIVATE),
        ("224.0.0.1", Nearness.PRIVATE),
        ("::127.0.0.1", Nearness.PRIVATE),
        ("3fff::1", Nearness.PRIVATE),
        ("5f00::1", Nearness.PRIVATE),
        ("64:ff9b:1::1", Nearness.PRIVATE),
        ("169.254.169.254", Nearness.LINK),
        ("fe80::1%1", Nearness.LINK),
        ("127.8.0.1", Nearness.LOOPBACK),
        ("::1", Nearness.LOOPBACK),
        ("::ffff:127.0.0.1", Nearness.LOOPBACK),
        ("2002:7f00:1::", Nearness.LOOPBACK),
        ("0.0.0.0", Nearness.LOOPBACK),
        ("::", Nearness.LOOPBACK),
    ],
)
def test_how_near_an_address_is(address: str, nearness: Nearness) -> None:
    assert near(ip_address(address)) == nearness


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What each name stands for the first time, the second and so on; PUBLIC is an address of the public."""
    known, found = socket.getaddrinfo, dict[str, list[str]]()

    def look_up(host: str, port: int, **rest: Any) -> Any:
        if host not in found or rest.get("flags"):
            return known(host, port, **rest)
        return known(found[host].pop(0), port, **rest)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(
        "wot.fetching.addresses.near",
        lambda address: Nearness.PUBLIC if str(address) == PUBLIC else near(address),
    )
    return found


@pytest.mark.parametrize("host", [HERE, "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"])
@pytest.mark.usefixtures("names")
def test_the_public_does_not_lead_inside(host: str) -> None:
    with serving(OK) as inside:
        port = inside.url.rpartition(":")[2]
        away = f"HTTP/1.1 302 F\r\nLocation: http://{host}:{port}/\r\n\r\n".encode()
        with serving(away, PUBLIC) as outside:
            for private in (None, False):
                reason = refusal(outside.url, private=private)
                assert reason.startswith(
                    f"redirects to http://{host}:{port}/, which has a loopback"
                )
        assert not inside.asked


@pytest.mark.usefixtures("names")
def test_who_may_lead_where() -> None:
    with serving(OK) as inside, serving(OK, PUBLIC) as outside:
        assert fetch(inside.url, 5, LIMIT) == fetch(inside.url, 5, LIMIT, True) == b"{}"
        assert fetch(outside.url, 5, LIMIT, False) == b"{}"
        assert "has a loopback address" in refusal(inside.url, private=False)
        for start, there, private in (
            (HERE, inside, None),
            (HERE, outside, None),
            (PUBLIC, outside, False),
            (PUBLIC, inside, True),
        ):
            away = f"HTTP/1.1 302 F\r\nLocation: {there.url}\r\n\r\n".encode()
            with serving(away, start) as server:
                assert fetch(server.url, 5, LIMIT, private) == b"{}"


def test_a_name_means_one_address_during_a_request(names: dict[str, list[str]]) -> None:
    with serving({"/": OK}, PUBLIC) as outside, serving(OK) as inside:
        port = outside.url.rpartition(":")[2]
        names["two.example"] = [PUBLIC, HERE]  # a second look-up would lead inside
        assert fetch(f"http://two.example:{port}/", 5, LIMIT, False) == b"{}"
        assert f"Host: two.example:{port}".encode() in outside.asked[0]
        assert "has a loopback address" in refusal(
            f"http://two.example:{inside.url.rpartition(':')[2]}/", private=False
        )


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(OK) as server:
        port = int(server.url.rpartition(":")[2])
        known = socket.getaddrinfo

        def look_up(host: str, port: int, **rest: Any) -> Any:
            if rest.get("flags"):
                return known(host, port, **rest)
            return [*known(PUBLIC, port, **rest), *known(HERE, port, **rest)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        assert fetch(f"http://two.example:{port}/", 5, LIMIT) == b"{}"
