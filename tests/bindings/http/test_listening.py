"""Endpoints with several addresses, IPv6, and the names by which they are reached."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

import wot
from wot.errors import ConnectError, WoTError

from .test_endpoints import has_ipv6
from .things import ANY, Probe
from .wire import ask, free_port, request

needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")


@needs_ipv6
async def test_one_endpoint_at_several_addresses(probe: Probe, servient: wot.Servient) -> None:
    end = wot.endpoint(ANY, listen=["[::1]:0", f"127.0.0.1:{free_port()}"])
    async with servient.serve(probe, end) as served:
        (shared,) = servient._servers.values()
        addresses = shared.server.addresses  # type: ignore[attr-defined]
        assert [address[0] for address in addresses] == ["127.0.0.1", "::1", "127.0.0.1"]
        for host, port, *_ in addresses:
            named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            td = (await ask(f"http://{named}/probe")).json
            assert td["base"] == f"http://{named}/"
            assert len(td["properties"]["level"]["forms"]) == 2  # once to read, once to observe
            assert await (await servient.consume(f"http://{named}/probe")).read("level") == 5
        assert served.urls[0].startswith("http://127.0.0.1:")


@needs_ipv6
async def test_hosts_of_ipv6(probe: Probe) -> None:
    async with wot.serve(probe, "http://[::1]:0") as served:
        port = urlsplit(served.urls[0]).port
        assert served.urls == [f"http://[::1]:{port}/probe"]
        for host, status in [
            (f"[::1]:{port}", 200),
            ("[::1]", 200),
            ("localhost", 200),
            ("[2001:db8::1]", 421),
            ("[::1", 421),
            ("evil.example", 421),
        ]:
            answer = await ask(served.urls[0], host=host)
            assert answer.status == status, host
            if status == 200:
                assert answer.json["base"] == f"http://{host}/"


@pytest.mark.parametrize("listen", ["127.0.0.1", ":x", "127.0.0.1:99999", "::1:80", "a:1/b", 5])
async def test_addresses_that_are_none(listen: Any, probe: Probe) -> None:
    with pytest.raises(WoTError, match="listen="):
        async with wot.serve(probe, wot.endpoint(ANY, listen=[listen])):
            pass


async def test_further_addresses_are_no_way_around_the_check(probe: Probe) -> None:
    end = wot.endpoint(ANY, listen=["0.0.0.0:0"])
    with pytest.raises(WoTError, match="nothing protects it"):
        async with wot.serve(probe, end):
            pass
    async with wot.serve(probe, end, insecure=True) as served:
        # Pages may come by any name of this machine now, and so the name says nothing.
        assert (await ask(served.urls[0], host="kitchen.example")).status == 200


async def test_one_address_that_is_taken_closes_the_others(probe: Probe) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        end = wot.endpoint(
            f"http://127.0.0.1:{port}", listen=[f"127.0.0.1:{taken.getsockname()[1]}"]
        )
        with pytest.raises(ConnectError, match="cannot listen on"):
            async with wot.serve(probe, end):
                pass
    async with wot.serve(probe, f"http://127.0.0.1:{port}") as served:
        assert (await ask(served.urls[0])).status == 200


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.1"])
async def test_addresses_that_are_not_ours(host: str, probe: Probe) -> None:
    with pytest.raises(ConnectError, match="cannot listen on") as error:
        async with wot.serve(probe, f"http://{host}:0", insecure=True):
            pass
    assert error.value.hint


async def test_what_listens_is_watched_by_the_kernel(probe: Probe) -> None:
    """Peers that are gone without a word are noticed, and nothing of it is asked for each connection."""
    async with wot.Servient() as servient, servient.serve(probe, ANY) as served:
        (shared,) = servient._servers.values()
        connections = shared.server._connections  # type: ignore[attr-defined]
        from .wire import connected

        async with connected(served.urls[0]) as wire:
            await wire.send(request(served.urls[0]))
            await wire.answer()
            (connection,) = connections.open
            sock = connection.transport.get_extra_info("socket")
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
