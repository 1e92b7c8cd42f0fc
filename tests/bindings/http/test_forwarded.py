"""Reverse proxies: what they say is believed when they are trusted, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

import wot
from wot.errors import InvalidInput, WoTError
from wot_http.forwarded import Seen, Trust, parsed

from .things import ANY, Broken, Probe
from .wire import ask, free_port

NEAR = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]


def seen(proxies: list[str] = NEAR, peer: str = "127.0.0.1", **headers: str) -> Seen:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Trust(proxies).seen(named, peer)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("for=203.0.113.5", Seen("203.0.113.5")),
        ("for=203.0.113.5;proto=https;host=x.example", Seen("203.0.113.5", "https", "x.example")),
        ('For="[2001:db9::17]:4711"', Seen("2001:db9::17")),
        ('for="203.0.113.5:8080" ; PROTO=HTTPS', Seen("203.0.113.5", "https")),
        ("for=198.51.100.1;host=evil, for=203.0.113.5;host=x", Seen("203.0.113.5", "", "x")),
        ("for=203.0.113.5;host=x, for=10.1.2.3;host=inner", Seen("203.0.113.5", "", "x")),
        ("for=10.1.2.3", Seen("10.1.2.3")),
        ("for=_hidden, for=10.0.0.1", Seen("unknown")),
        ("proto=https", Seen("unknown", "https")),
        ('for=203.0.113.5;host="a\\"b"', Seen("203.0.113.5")),
        ("for=203.0.113.5;proto=gopher", Seen("203.0.113.5")),
        ("", Seen("127.0.0.1")),
        (", ,", Seen("127.0.0.1")),
    ],
)
def test_forwarded(header: str, expected: Seen) -> None:
    assert seen(forwarded=header) == expected


@pytest.mark.parametrize("header", ["for", "for=", 'for="', "for=a b", 'for="a"b', "=a", "for==a"])
def test_what_cannot_be_read_is_refused(header: str) -> None:
    with pytest.raises(InvalidInput, match="Forwarded"):
        parsed(header)


@given(st.text(st.characters(max_codepoint=0x100)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = seen(forwarded=text)
    except InvalidInput:
        return
    assert found.scheme in ("", "http", "https")
    assert "/" not in found.host


TOKEN = st.text("abcXYZ019.-_", min_size=1, max_size=10)
QUOTED = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=10)


@given(st.lists(st.dictionaries(TOKEN.map(str.lower), QUOTED, min_size=1, max_size=4), max_size=8))
def test_what_is_written_is_read(elements: list[dict[str, str]]) -> None:
    def shown(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    text = ", ".join(";".join(f"{k}={shown(v)}" for k, v in e.items()) for e in elements)
    assert parsed(text) == elements


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x_forwarded_for": "203.0.113.5"}, Seen("203.0.113.5")),
        ({"x_forwarded_for": "198.51.100.1, 203.0.113.5"}, Seen("203.0.113.5")),
        ({"x_forwarded_for": "198.51.100.1, 203.0.113.5, 10.9.9.9"}, Seen("203.0.113.5")),
        ({"x_forwarded_for": "2001:db9::1"}, Seen("2001:db9::1")),
        ({"x_forwarded_for": "nonsense"}, Seen("unknown")),
        (
            {"x_forwarded_for": "203.0.113.5, 10.9.9.9", "x_forwarded_proto": "https"},
            Seen("203.0.113.5", "https"),
        ),
        (
            {"x_forwarded_for": "203.0.113.5, 10.9.9.9", "x_forwarded_host": "evil, out, in"},
            Seen("203.0.113.5", "", "out"),
        ),
        ({"x_forwarded_prefix": "/iot/"}, Seen("127.0.0.1", "", "", "/iot")),
        ({"x_forwarded_prefix": "//evil.example"}, Seen("127.0.0.1")),
        ({"x_forwarded_prefix": '/"><script>'}, Seen("127.0.0.1")),
        ({"x_forwarded_host": "a/b"}, Seen("127.0.0.1")),
        ({"x_forwarded_host": "[2001:db8::1]:8443"}, Seen("127.0.0.1", "", "[2001:db8::1]:8443")),
        ({}, Seen("127.0.0.1")),
    ],
)
def test_what_everybody_sends(headers: dict[str, str], expected: Seen) -> None:
    assert seen(**headers) == expected


def test_two_ways_at_once_are_refused() -> None:
    """A proxy sets one of them, and passes on the other from whoever sent it."""
    with pytest.raises(InvalidInput, match="only one can be believed"):
        seen(forwarded="for=203.0.113.5;host=evil.example", x_forwarded_for="203.0.113.9")


@pytest.mark.parametrize("name", ["proxy.example", "10.0.0.0/99", "", "unix:"])
async def test_names_that_are_no_addresses(name: str, probe: Probe) -> None:
    with pytest.raises(WoTError, match="trusted_proxies="):
        async with wot.serve(probe, wot.endpoint(ANY, trusted_proxies=[name])):
            pass


FORWARDS = {
    "x_forwarded_for": "203.0.113.5",
    "x_forwarded_proto": "https",
    "x_forwarded_host": "things.example",
    "x_forwarded_prefix": "/lab",
}


async def test_a_trusted_proxy_tells_the_base(probe: Probe) -> None:
    end = wot.endpoint(ANY, trusted_proxies=["127.0.0.1"])
    async with wot.serve(probe, end) as served:
        td = (await ask(served.urls[0], **FORWARDS)).json
        assert td["base"] == "https://things.example/lab/"
        standard = 'for="[2001:db8::1]";proto=https;host="things.example:8443"'
        td = (await ask(served.urls[0], forwarded=standard)).json
        assert td["base"] == "https://things.example:8443/"
        # Said of one request, and of no other on the same connection or with the same Host.
        assert (await ask(served.urls[0])).json["base"].startswith("http://127.0.0.1:")
        assert (await ask(served.urls[0], host="things.example")).status == 421
        assert (await ask(served.urls[0], forwarded="for=")).problem == (400, "InvalidInput")
        own = {**FORWARDS, "origin": "https://things.example"}
        assert (await ask(f"{served.urls[0]}/properties/level", "PUT", b"7", **own)).status == 204
        evil = {**FORWARDS, "origin": "https://evil.example"}
        assert (await ask(f"{served.urls[0]}/properties/level", "PUT", b"7", **evil)).status == 403


@pytest.mark.parametrize("proxies", [[], ["10.0.0.0/8", "unix"]])
async def test_nobody_else_is_believed(proxies: list[str], probe: Probe) -> None:
    end = wot.endpoint(ANY, trusted_proxies=proxies)
    async with wot.serve(probe, end) as served:
        assert (await ask(served.urls[0], **FORWARDS)).json["base"].startswith("http://127.0.0.1:")
        forged = {"forwarded": "for=::1;host=things.example;proto=https"}
        assert (await ask(served.urls[0], **forged)).json["base"].startswith("http://127.0.0.1:")
        both = {**FORWARDS, **forged, "host": "things.example"}
        assert (await ask(served.urls[0], **both)).status == 421
        own = {**FORWARDS, "origin": "https://things.example"}
        assert (await ask(f"{served.urls[0]}/properties/level", "PUT", b"7", **own)).status == 403


async def test_a_public_url_is_the_last_word(probe: Probe) -> None:
    end = wot.endpoint(ANY, trusted_proxies=["127.0.0.1"], public_url="https://public.example/iot")
    async with wot.Servient() as servient, servient.serve(probe, end):
        here = local(servient)
        td = (await ask(f"{here}/probe", **FORWARDS)).json
        assert td["base"] == "https://public.example/iot/"


@asynccontextmanager
async def reverse_proxy(
    behind: str, prefix: str, strip: bool, **headers: str
) -> AsyncIterator[str]:
    """A proxy as operators have it: what is asked below `prefix` is asked behind."""

    async def pass_on(request: web.Request) -> web.StreamResponse:
        path = request.raw_path
        path = path[len(prefix) :] if strip else path
        given = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in ("host", "connection", "content-length")
        }
        told = {"X-Forwarded-For": request.remote or "", **headers}
        async with session.request(
            request.method, behind + path, headers={**given, **told}, data=await request.read()
        ) as answer:
            response = web.StreamResponse(status=answer.status, headers=answer.headers)
            response.headers.pop("Content-Length", None)
            await response.prepare(request)
            async for part in answer.content.iter_any():
                await response.write(part)
            return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", pass_on)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    async with aiohttp.ClientSession(
        auto_decompress=False, skip_auto_headers=["Accept-Encoding"]
    ) as session:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def local(servient: wot.Servient) -> str:
    (shared,) = servient._servers.values()
    host, port = shared.server.addresses[0]  # type: ignore[attr-defined]
    return f"http://{host}:{port}"


@pytest.mark.parametrize("strip", [True, False], ids=["stripped", "passed on"])
async def test_a_client_behind_a_real_proxy_with_a_base_path(probe: Probe, strip: bool) -> None:
    """The path of the public URL is in the request or not, as the proxy likes it."""
    port = free_port()
    end = wot.endpoint(f"http://127.0.0.1:{port}", public_url="http://PUBLIC/iot")
    async with reverse_proxy(f"http://127.0.0.1:{port}", "/iot", strip) as outside:
        end = end._replace(options={"public_url": f"{outside}/iot"})
        async with wot.Servient(timeout=5, patience=5) as servient, servient.serve(probe, end):
            await use(servient, probe, f"{outside}/iot")
            listed = (await ask(f"{outside}/iot/", accept="application/json")).json
            assert [item["href"] for item in listed] == ["probe"]
            assert (await ask(f"{outside}/iot/.well-known/wot")).json["title"] == "Probe"
            assert (await ask(f"{outside}/iot/.well-known/health")).json["status"] == "pass"


async def test_a_client_behind_a_real_proxy_that_is_trusted(probe: Probe) -> None:
    end = wot.endpoint(ANY, trusted_proxies="127.0.0.1")
    async with wot.Servient(timeout=5, patience=5) as servient, servient.serve(probe, end):
        outer: dict[str, str] = {}
        async with reverse_proxy(local(servient), "/iot", True, **outer) as outside:
            told = {"X-Forwarded-Host": urlsplit(outside).netloc, "X-Forwarded-Prefix": "/iot"}
            async with reverse_proxy(local(servient), "/iot", True, **told) as second:
                td = (await ask(f"{second}/iot/probe")).json
                assert td["base"] == f"{outside}/iot/"
            await use(servient, probe, outside + "/iot", check_base=False)


async def use(servient: wot.Servient, probe: Probe, base: str, check_base: bool = True) -> None:
    """Everything, through a proxy."""
    thing = await servient.consume(f"{base}/probe")
    if check_base:
        assert (await ask(f"{base}/probe")).json["base"] == f"{base}/"
    await thing.write("level", 7)
    assert await thing.read("level") == 7
    assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
    async with asyncio.timeout(5), thing.subscribe("tick") as events:
        probe.tick.emit(5)
        assert await anext(events) == 5


async def test_a_thing_that_is_called_like_the_prefix(servient: wot.Servient) -> None:
    things: dict[str, Any] = {"iot": Probe(), "probe": Broken()}
    end = wot.endpoint(ANY, public_url="https://public.example/iot")
    async with servient.serve(things, end):
        here = local(servient)
        assert (await ask(f"{here}/iot")).json["id"] == "urn:test:probe"
        assert (await ask(f"{here}/iot/properties/level")).json == 5
        assert (await ask(f"{here}/probe")).json["id"] == "urn:test:broken"
