"""Requests with a few bytes changed: whatever comes, a 4xx or an answer, and the Thing lives on."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest

from .things import Probe
from .wire import ask, connected, request

BODIES = [b'{"a": 1, "b": 2}', b'"text"', b"5", b"[1, [2, {}]]", b"\xa1\x62on\xf5", b"1.5e3"]
PATHS = ["", "/properties/level", "/properties/free", "/properties/packed", "/properties/text"]
PATHS += ["/properties/scaled?factor=2&unit=km", "/actions/add", "/actions/double", "/nope"]
KINDS = ["application/json", "application/cbor", "text/plain", ""]


def whole(url: str, chance: random.Random) -> bytes:
    """A request that is well-formed, though not always sensible."""
    method = chance.choice(["GET", "HEAD", "PUT", "POST", "OPTIONS", "DELETE"])
    body = None if method in ("GET", "HEAD", "OPTIONS") else chance.choice(BODIES)
    accept = chance.choice(["", "*/*", "application/json", "text/html;q=0.1, */*;q=0"])
    kind = {} if body is None else {"content_type": chance.choice(KINDS)}
    return request(url + chance.choice(PATHS), method, body, accept=accept, **kind)


def changed(data: bytes, chance: random.Random) -> bytes:
    """The same with up to four bytes replaced, dropped or doubled."""
    found = bytearray(data)
    for _ in range(chance.randrange(5)):
        at = chance.randrange(len(found))
        found[at : at + chance.randrange(2)] = chance.choice(
            [bytes([chance.randrange(256)]), b"", found[at : at + 3], b"\r\n", b"%", b"\0", b"{"]
        )
    return bytes(found)


async def answered(url: str, data: bytes) -> bytes:
    """All that comes back, until the server closes or says no more."""
    async with connected(url) as wire:
        await wire.send(data)
        wire.writer.write_eof()
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(3):
                return await wire.reader.read()
    return b""


@pytest.mark.parametrize("seed", range(4))
async def test_changed_requests(url: str, probe: Probe, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(150):
        data = changed(whole(url, chance), chance)
        status = (await answered(url, data))[9:12]
        assert status in (b"", b"200", b"204", b"304") or status[:1] == b"4", data
    assert (await ask(f"{url}/properties/fixed")).json == "fixed"
    assert 0 <= probe.level.value <= 100
    assert isinstance(probe.packed_kept, dict)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(100, 140))
async def test_many_changed_requests(url: str, probe: Probe, seed: int) -> None:
    await test_changed_requests(url, probe, seed)
