"""What a gateway answers where the device gives no usable answer: 502 and 504."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import wot
from wot.errors import ConnectError, ProtocolError, Timeout, WoTError

from .foreign import Foreign, bytes_then_end, moved, ok, silence, whole
from .things import ANY, Probe
from .wire import ask, following, free_port

FAILURES: list[tuple[Any, int, type[WoTError]]] = [
    (bytes_then_end(b""), 502, ProtocolError),
    (bytes_then_end(b"garbage\r\n\r\n"), 502, ProtocolError),
    (bytes_then_end(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1"), 502, ProtocolError),
    (bytes_then_end(b"HTTP/1.1 200 OK\r\nContent-Le"), 502, ProtocolError),
    (moved("/x", "307 Loop"), 502, ProtocolError),
    (ok(status="304 Not Modified"), 502, ProtocolError),
    (ok(status="502 Bad Gateway"), 502, ProtocolError),
    (silence, 504, Timeout),
    (ok(status="504 Late"), 504, Timeout),
]


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    FAILURES,
    ids=["closed", "garbage", "truncated", "half a head", "loop", "304", "502", "silence", "504"],
)
async def test_a_device_without_a_usable_answer(
    foreign: Foreign, answer: Any, status: int, error: type[WoTError]
) -> None:
    foreign.answers["/x"] = answer
    async with wot.Servient(timeout=1.2) as inside, wot.Servient() as outside:
        remote = await inside.consume(whole(foreign.url))
        async with inside.serve(remote, ANY) as served:
            url = served.urls[0]
            got = await asyncio.gather(
                ask(f"{url}/properties/p"),
                ask(f"{url}/properties/p", "PUT", b"1"),
                ask(f"{url}/actions/a", "POST"),
                ask(f"{url}/events/e"),
            )
            assert [found.problem for found in got] == [(status, error.__name__)] * 4
            thing = await outside.consume(url)
            with pytest.raises(error) as raised:
                await thing.read("p")
            assert type(raised.value) is error


async def test_a_device_that_is_gone(servient: wot.Servient) -> None:
    document = whole(f"http://127.0.0.1:{free_port()}")
    async with servient.serve(await servient.consume(document), ANY) as served:
        url = served.urls[0]
        for path in ("properties/p", "events/e"):
            answer = await ask(f"{url}/{path}")
            assert answer.problem == (502, "ConnectError")
            assert "cannot be reached" in answer.json["detail"]
        with pytest.raises(ConnectError, match="cannot be reached"):
            await (await servient.consume(url)).read("p")


async def test_a_device_that_goes_away_and_comes_back(probe: Probe) -> None:
    end = f"http://127.0.0.1:{free_port()}"
    async with wot.Servient(patience=10) as device, wot.Servient(patience=10) as gateway:
        async with device.serve(probe, end) as served:
            remote = await gateway.consume(served.urls[0])
        async with gateway.serve(remote, ANY) as ours:
            url = ours.urls[0]
            assert (await ask(f"{url}/properties/level")).problem == (502, "ConnectError")
            assert (await ask(f"{url}/events/tick")).problem == (502, "ConnectError")
            async with device.serve(probe, end):
                assert (await ask(f"{url}/properties/level")).json == 5
                stream = following(f"{url}/events/tick")
                follower = await stream.__aenter__()
                probe.tick.emit(1)
                assert await follower.event() == 1
            probe.tick.emit(2)
            async with device.serve(probe, end):
                probe.tick.emit(3)
                assert await follower.events(2) == [2, 3]
                await stream.__aexit__(None, None, None)
