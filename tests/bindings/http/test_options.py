"""Options of endpoints and clients: the tables tell all of them, and what cannot be meant is refused."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import pytest

import wot
from tests.test_docs import ROOT, table
from wot_http import client, server
from wot_http.limits import Limits

from .test_unfollowed import camera
from .things import ANY, Probe
from .wire import ask

OPERATING = ROOT / "docs" / "operating.md"
TELLING = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "s": 1}


def told(heading: str) -> dict[str, str]:
    """The options below a heading, with their defaults."""
    rows = [
        (re.findall(r"`(\w+)`", names), default) for names, default, *_ in table(OPERATING, heading)
    ]
    names = [name for row, _ in rows for name in row]
    assert len(names) == len(set(names))
    return {name: default for row, default in rows for name in row}


def number(text: str) -> float:
    """The number at the beginning of a cell, such as 10,000 or 64 KiB."""
    match = re.match(r"([\d,.]+)(?: (\w+))?", text)
    assert match is not None, text
    return float(match[1].replace(",", "")) * TELLING.get(match[2] or "", 1)


def test_the_table_of_endpoints_has_all_options() -> None:
    assert set(told("### Of endpoints")) == set(server._OPTIONS)


def test_the_table_of_clients_has_all_options() -> None:
    assert set(told("### Of clients")) == set(client._OPTIONS)


def test_the_defaults_are_those_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wot_http.limits._descriptors", lambda: 1 << 20)
    limits = Limits({})
    are = {
        "max_connections": limits.most.connections,
        "max_running": limits.most.running,
        "requests_per_second": limits._pace,
        "max_body": server.MAX_BODY,
        "max_upload": server.MAX_UPLOAD,
        "max_header": server.MAX_HEADER,
        "heartbeat": server.HEARTBEAT,
    }
    says = told("### Of endpoints")
    assert {name: number(says[name]) for name in are} == are
    assert limits.most.streams == 0.75 * limits.most.connections
    assert limits.share == tuple(0.75 * most for most in limits.most)
    assert "three quarters" in says["max_streams"]
    assert "three quarters" in says["max_per_client"]
    again = {name: default for (name, default, *_) in table(OPERATING, "## Limits")}
    assert {f"`{name}`" for name in are if name != "heartbeat"} <= again.keys()
    for name, value in are.items():
        if name != "requests_per_second":
            assert number(again[f"`{name}`"]) == value
    says = told("### Of clients")
    assert number(says["timeout"]) == client.TIMEOUT
    assert number(says["max_answer"]) == client.MAX_ANSWER


@pytest.mark.parametrize("given", [True, 1, [True], {"https://a.example": 1, 2: 3}, 3.5])
async def test_cors_names_origins(given: Any) -> None:
    with pytest.raises(wot.errors.WoTError, match="names no origins") as caught:
        async with wot.serve(Probe(), wot.endpoint(ANY, cors=given)):
            pass
    assert 'cors="*"' in str(caught.value.hint)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("https://example.org/iöt", "https://example.org/i%C3%B6t"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://exämple.org/", "https://xn--exmple-cua.org/"),
        ("https://example.org/a\u200bb", "https://example.org/a%E2%80%8Bb"),
    ],
)
async def test_a_public_url_is_one_that_requests_can_have(given: str, hint: str) -> None:
    with pytest.raises(wot.errors.WoTError, match="no URL has") as caught:
        async with wot.serve(Probe(), wot.endpoint(ANY, public_url=given)):
            pass
    assert hint in str(caught.value.hint)
    async with wot.serve(Probe(), wot.endpoint(ANY, public_url=hint)) as served:
        assert served.urls[0].isascii()


async def test_a_public_url_that_is_coded_is_served() -> None:
    at = wot.endpoint(ANY, public_url="https://example.org/i%C3%B6t/a%20b")
    async with wot.Servient() as servient, servient.serve(Probe(), at) as served:
        assert served.urls[0] == "https://example.org/i%C3%B6t/a%20b/probe"
        port = served._mounted[0].ends[0].server.addresses[0][1]  # type: ignore[attr-defined]
        path = "/i%C3%B6t/a%20b/probe/properties/level"
        answer = await ask(f"http://127.0.0.1:{port}{path}", host="example.org")
        assert (answer.status, answer.json) == (200, 5)


@pytest.mark.parametrize("names", [("webthingprotocol",), ("webthingprotocol", "sse")])
async def test_what_a_websocket_carries_can_be_followed(
    names: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with (
        wot.serve(Probe(), wot.endpoint(ANY, subprotocols=names)) as served,
        wot.consume(served.urls[0]) as probe,
        probe.observe("level") as levels,
    ):
        assert await asyncio.wait_for(anext(levels), 5) == 5
    assert "follow" not in caplog.text


async def test_what_a_websocket_cannot_carry_is_told(caplog: pytest.LogCaptureFixture) -> None:
    thing = camera("image/png")
    thing.on_read("view", lambda: b"")
    async with wot.serve(thing, wot.endpoint(ANY, subprotocols="webthingprotocol")):
        pass
    assert "'shot' is image/png, which webthingprotocol cannot carry" in caplog.text
