"""Endpoints: where a server may listen, and what it says where it may not."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

import pytest

import wot
from wot.errors import ConnectError, WoTError

from .things import ANY, Probe
from .wire import ask, free_port


async def test_an_address_that_is_taken_says_so() -> None:
    async with wot.serve(Probe(), ANY) as served:
        end = served.urls[0].removesuffix("/probe")
        with pytest.raises(ConnectError, match="cannot listen on 127") as error:
            async with wot.serve(Probe(), end):
                pass
    assert "port 0" in error.value.hint


@pytest.mark.parametrize(
    ("end", "options", "reason"),
    [
        ("http://127.0.0.1:0/things", {}, "an endpoint has no path"),
        ("https://127.0.0.1:0", {}, "needs a certificate"),
        ("http://0.0.0.0:0", {}, "nothing protects it"),
        ("http://127.0.0.1:0", {"colour": 1}, "has no option 'colour'"),
        ("127.0.0.1:8080", {}, "is no URL"),
        ("gopher://127.0.0.1", {}, "no binding for 'gopher'"),
    ],
)
async def test_endpoints_that_cannot_be(end: str, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(WoTError, match=reason) as error:
        async with wot.serve(Probe(), wot.endpoint(end, **options)):
            pass
    assert error.value.hint


async def test_beyond_loopback_when_told_to() -> None:
    async with wot.serve(Probe(), "http://0.0.0.0:0", insecure=True) as served:
        port = served.urls[0].rpartition(":")[2]
        assert (await ask(f"http://127.0.0.1:{port}")).json[
            "base"
        ] == f"http://127.0.0.1:{port[:-6]}/"


@pytest.mark.parametrize("host", ["localhost", "[::1]", "127.0.0.1"])
async def test_ways_to_say_loopback(host: str, servient: wot.Servient) -> None:
    if host == "[::1]" and not has_ipv6():
        pytest.skip("no IPv6 here")
    async with servient.serve(Probe(), f"http://{host}:0") as served:
        assert served.urls[0].startswith(f"http://{host}:")
        assert await (await servient.consume(served.urls[0])).read("level") == 5


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.mark.parametrize(
    "options",
    [{"heartbeat": 0}, {"heartbeat": -1}, {"heartbeat": "x"}, {"max_body": "x"}, {"max_body": -1}],
    ids=str,
)
async def test_options_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(WoTError, match=next(iter(options))):
        async with wot.serve(Probe(), wot.endpoint(ANY, **options)):
            pass


async def test_two_endpoints_are_two_forms_that_both_work(probe: Probe) -> None:
    async with wot.serve(probe, ANY, f"http://localhost:{free_port()}") as served:
        td = served.descriptions[0]
        forms = td.json["properties"]["level"]["forms"]
        hrefs = {td.base + f["href"] if ":" not in f["href"] else f["href"] for f in forms}
        assert len(hrefs) == 2
        for href in hrefs:
            assert (await ask(href)).json == 5
