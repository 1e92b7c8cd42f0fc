"""Web pages of others: a browser sends their requests to loopback, too."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

import wot

from .things import Probe
from .wire import ask

ANY = "http://127.0.0.1:0"
EVIL = "http://evil.example"


@pytest.mark.parametrize("origin", [EVIL, "null", "https://127.0.0.1.evil.example", "http://[bad"])
@pytest.mark.parametrize(
    ("path", "method", "body"),
    [("properties/level", "PUT", b"7"), ("actions/reset", "POST", None)],
)
async def test_what_changes_something_is_refused_to_foreign_pages(
    url: str, probe: Probe, origin: str, path: str, method: str, body: bytes | None
) -> None:
    before = probe.level.value
    answer = await ask(f"{url}/{path}", method, body, origin=origin)
    assert answer.problem == (403, "Forbidden")
    assert "cors=" in answer.json["hint"]
    assert probe.level.value == before


async def test_our_own_pages_and_programs_are_not_disturbed(url: str) -> None:
    own = f"http://{urlsplit(url).netloc}"
    assert (await ask(f"{url}/properties/level", "PUT", b"7", origin=own)).status == 204
    assert (await ask(f"{url}/properties/level", "PUT", b"8")).status == 204
    assert (await ask(f"{url}/properties/level", origin=EVIL)).status == 200


@pytest.mark.parametrize(("origin", "status"), [("https://page.example", 204), (EVIL, 403)])
async def test_pages_that_cors_permits_may(probe: Probe, origin: str, status: int) -> None:
    end = wot.endpoint(ANY, cors=["https://page.example"])
    async with wot.serve(probe, end) as served:
        answer = await ask(f"{served.urls[0]}/properties/level", "PUT", b"7", origin=origin)
        assert answer.status == status


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "192.0.2.1", "localhost.evil.example"]
)
async def test_a_name_that_is_not_ours_leads_nowhere(url: str, host: str) -> None:
    """DNS rebinding: the page is of the very origin that it asks."""
    answer = await ask(f"{url}/properties/level", "PUT", b"7", host=host, origin=f"http://{host}")
    assert answer.problem == (421, "Forbidden")
    assert "public_url=" in answer.json["hint"]
    assert (await ask(url, host=host)).status == 421


@pytest.mark.parametrize("target", ["http://evil.example", "http://[bad", "http:", "evil:80"])
async def test_the_request_line_names_no_other_host(url: str, target: str) -> None:
    """RFC 9112 section 3.2.2: what counts is its host, and the header's is what was looked at."""
    host = url.split("/")[2]
    for authority, status in ((target, b" 400 "), (f"http://{host}", b" 200 ")):
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(
            f"GET {authority}/probe HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        assert status in (await reader.read()).splitlines()[0]
        writer.close()


async def test_behind_a_proxy_the_public_name_is_ours(probe: Probe) -> None:
    async with wot.Servient() as servient:
        end = wot.endpoint(ANY, public_url="https://things.example/lab/")
        async with servient.serve(probe, end):
            (shared,) = servient._servers.values()
            port = shared.server.addresses[0][1]  # type: ignore[attr-defined]
            here = f"http://127.0.0.1:{port}/probe/properties/level"
            for name in ("things.example", f"127.0.0.1:{port}"):
                assert (await ask(here, host=name)).status == 200
            own = "https://things.example"
            assert (await ask(here, "PUT", b"7", host="things.example", origin=own)).status == 204
            assert (await ask(here, host="other.example")).status == 421
