"""Answers that unpack to a lot: refused in time, and others have their turn meanwhile."""

from __future__ import annotations

import asyncio
import gzip

import pytest

import wot
from wot.errors import ProtocolError

from .foreign import Foreign, td


async def test_a_bomb_is_refused_and_holds_up_nobody(
    foreign: Foreign, servient: wot.Servient
) -> None:
    body = gzip.compress(bytes(200 << 20), 9)
    head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\n"
    foreign.answers["/x"] = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    thing = await servient.consume(td(foreign.url, properties={"p": {"forms": [{"href": "/x"}]}}))
    reading = asyncio.create_task(thing.read("p"))
    loop, longest = asyncio.get_running_loop(), 0.0
    while not reading.done():
        begun = loop.time()
        await asyncio.sleep(0)
        longest = max(longest, loop.time() - begun)
    with pytest.raises(ProtocolError, match=f"more than {64 << 20}"):
        await reading
    assert longest < 0.1
