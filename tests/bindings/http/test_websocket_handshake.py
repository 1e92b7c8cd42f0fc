"""Who gets a WebSocket and keeps it: subprotocol, origin, limits, signs of life."""

from __future__ import annotations

import asyncio
import json
import socket
from urllib.parse import urlsplit

import pytest
import websockets

import wot
from wot.log import Log
from wot.td import validate

from .socket_peer import endpoint, peer
from .things import ANY, Probe
from .wire import PATIENCE, Answer, all_of, ask, request, until

HANDSHAKE = {
    "connection": "keep-alive, Upgrade",
    "upgrade": "websocket",
    "sec_websocket_version": "13",
    "sec_websocket_key": "x3JJHMbDL1EzLkh9GBhXDw==",
    "sec_websocket_protocol": "other, webthingprotocol",
}


async def shaken(url: str, **headers: str) -> Answer:
    return await ask(url, **{**HANDSHAKE, **headers})


async def test_the_handshake(probe: Probe) -> None:
    """RFC 6455 section 4.2.2."""
    async with wot.serve(probe, endpoint()) as served:
        answer = await shaken(served.urls[0])
        assert answer.status == 101
        assert answer.headers["sec-websocket-accept"] == "HSmrc0sMlYUkAGmm5OPpG2HaGWk="
        assert answer.headers["sec-websocket-protocol"] == "webthingprotocol"
        assert "sec-websocket-extensions" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_websocket_protocol": ""}, 400),
        ({"sec_websocket_protocol": "other"}, 400),
        ({"sec_websocket_key": ""}, 400),
        ({"sec_websocket_key": "short"}, 400),
        ({"sec_websocket_key": "ä" * 9}, 400),
        ({"connection": "keep-alive"}, 400),
        ({"sec_websocket_version": "8"}, 426),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 421),
    ],
)
async def test_refused_handshakes(probe: Probe, headers: dict[str, str], status: int) -> None:
    async with wot.serve(probe, endpoint()) as served:
        answer = await shaken(served.urls[0], **headers)
        assert answer.status == status
        assert answer.problem
        if status == 426:
            assert answer.headers["sec-websocket-version"] == "13"
        assert (await ask(served.urls[0])).json["title"] == "Probe"


async def test_pages_that_may(probe: Probe) -> None:
    """Our own pages, and those that the operator permits."""
    async with wot.serve(probe, endpoint(cors=["https://good.example"])) as served:
        own = "http://" + urlsplit(served.urls[0]).netloc
        for origin in (own, "https://good.example"):
            async with peer(served.urls[0], origin=origin) as us:
                assert (await us.ask("readproperty", "level"))["value"] == 5


async def test_only_things_have_one(probe: Probe) -> None:
    async with wot.serve(probe, endpoint()) as served:
        base = served.urls[0].removesuffix("probe")
        assert (await shaken(base + "nothing")).status == 404
        assert (await shaken(base + "probe/properties/level")).status == 200
        assert (await shaken(base)).status == 200


async def test_off_unless_asked_for(probe: Probe) -> None:
    async with wot.serve(probe, ANY) as served:
        assert (await shaken(served.urls[0])).status == 200
        assert "webthingprotocol" not in (await ask(served.urls[0])).body.decode()


async def test_the_description(probe: Probe) -> None:
    """One form for each affordance whose payloads are JSON, and one for the whole Thing."""
    async with wot.serve(probe, endpoint()) as served:
        td = (await ask(served.urls[0])).json
        assert [found for found in validate(td) if found.severity == "error"] == []
        there = served.urls[0].replace("http", "ws", 1)

        def ours(forms: list[dict[str, object]]) -> list[dict[str, object]]:
            return [form for form in forms if form.get("subprotocol") == "webthingprotocol"]

        (level,) = ours(td["properties"]["level"]["forms"])
        assert level["href"] == there
        assert level["op"] == [
            "readproperty", "writeproperty", "observeproperty", "unobserveproperty",
        ]  # fmt: skip
        assert ours(td["properties"]["blob"]["forms"]) == []
        assert ours(td["properties"]["text"]["forms"]) == []
        assert ours(td["events"]["tick"]["forms"])[0]["op"] == [
            "subscribeevent", "unsubscribeevent",
        ]  # fmt: skip
        (whole,) = ours(td["forms"])
        assert "readallproperties" in whole["op"]
        assert whole["href"] == there


async def test_the_description_behind_tls(probe: Probe) -> None:
    async with wot.serve(probe, endpoint(public_url="https://things.example/lab")) as served:
        td = json.dumps(served.descriptions[0].json)
        assert '"wss://things.example/lab/probe"' in td
        assert "ws://" not in td.replace("wss://", "")


async def test_binary_messages(probe: Probe) -> None:
    async with wot.serve(probe, endpoint()) as served, peer(served.urls[0]) as us:
        await us.socket.send(b"{}")
        assert await us.closed() == 1003


async def test_large_messages(probe: Probe) -> None:
    async with wot.serve(probe, endpoint(max_body=5000)) as served:
        async with peer(served.urls[0]) as us:
            await us.ask("writeproperty", "free", value="x" * 4000)
            assert probe.free.value == "x" * 4000
            await us.send("writeproperty", "free", value="x" * 5000)
            assert await us.closed() == 1009
        # The same in pieces, and unpacked: nothing is agreed upon that could be unpacked.
        async with peer(served.urls[0]) as us:
            await us.socket.send(["x" * 1000] * 100)
            assert await us.closed() == 1009


async def test_broken_frames(probe: Probe) -> None:
    """Only the connection that breaks the protocol ends."""
    async with wot.serve(probe, endpoint()) as served, peer(served.urls[0]) as us:
        for frame in (b"\x81\x05hello", b"\xff\xff\xff\xff", b"\x83\x80\0\0\0\0", b"\x81\xfe"):
            answer, rest = await _frames(served.urls[0], frame)
            assert answer == b"HTTP/1.1 101"
            assert len(rest) < 1000
        assert (await us.ask("readproperty", "level"))["value"] == 5


async def _frames(url: str, frame: bytes) -> tuple[bytes, bytes]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(request(url, **HANDSHAKE))
    async with asyncio.timeout(PATIENCE):
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(frame)
        writer.write_eof()
        rest = await reader.read()
    writer.close()
    return head[:12], rest


async def test_who_gives_no_sign_of_life(probe: Probe) -> None:
    """A consumer that vanished without a word is gone after some heartbeats, and its subscription with it."""
    async with wot.serve(probe, endpoint(heartbeat=0.1)) as served:
        sock = await _deaf(served.urls[0])
        log = _log_of(probe)
        await until(lambda: log.watched)
        await until(lambda: not log.watched, 5)
        sock.close()


async def test_who_takes_nothing(probe: Probe) -> None:
    """Somebody who stops reading costs a bounded buffer, and only for a time."""
    async with wot.serve(probe, endpoint(heartbeat=0.1)) as served:
        sock = await _deaf(served.urls[0], event="note")
        log = _log_of(probe, "note")
        await until(lambda: log.watched)
        for _ in range(200):
            probe.note.emit(["x" * 20_000])
            await asyncio.sleep(0)
        await until(lambda: not log.watched, 5)
        assert await all_of(sock) < 4_000_000
        sock.close()


async def test_who_is_quiet_but_there(probe: Probe) -> None:
    async with wot.serve(probe, endpoint(heartbeat=0.05)) as served, peer(served.urls[0]) as us:
        await us.ask("subscribeevent", "tick")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(us.socket.recv(), 1.5)
        probe.tick.emit(1)
        assert (await us.next())["data"] == 1


async def test_pings_are_answered(probe: Probe) -> None:
    async with wot.serve(probe, endpoint()) as served, peer(served.urls[0]) as us:
        async with asyncio.timeout(PATIENCE):
            await (await us.socket.ping(b"hello"))


async def test_closing_properly(probe: Probe) -> None:
    async with wot.serve(probe, endpoint()) as served:
        async with peer(served.urls[0]) as us:
            await us.socket.close()
            assert us.socket.close_code == 1000
        with pytest.raises(websockets.ConnectionClosed):
            await us.socket.recv()


def _log_of(probe: Probe, event: str = "tick") -> Log:
    from wot.things import exposed_of

    return exposed_of(probe).log("events", event)


async def _deaf(url: str, event: str = "tick") -> socket.socket:
    """A subscriber that reads nothing from then on."""
    loop, parts, sock = asyncio.get_running_loop(), urlsplit(url), socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await loop.sock_connect(sock, (parts.hostname, parts.port))
    await loop.sock_sendall(sock, request(url, **HANDSHAKE))
    assert await loop.sock_recv(sock, 12) == b"HTTP/1.1 101"
    text = json.dumps(
        {
            "thingID": "urn:test:probe",
            "messageID": "m",
            "messageType": "request",
            "operation": "subscribeevent",
            "name": event,
        }
    ).encode()
    frame = bytes([0x81, 0xFE, *len(text).to_bytes(2, "big"), 0, 0, 0, 0]) + text
    await loop.sock_sendall(sock, frame)
    return sock
