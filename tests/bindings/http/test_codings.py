"""Content codings: what is packed for whom, and what is unpacked within which limit."""

from __future__ import annotations

import asyncio
import contextlib
import random
import struct
import threading
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wot
from wot.errors import InvalidInput, NoForm, ProtocolError, Unavailable, UnsupportedContent
from wot_http.client import HTTPClient
from wot_http.codings import (
    MOST_WINDOWS,
    Unpacking,
    chosen,
    packed,
    packed_aside,
    packed_chunks,
    unpacked,
)

from .foreign import Foreign, ok, td
from .things import ANY
from .wire import Answer, ask

LONG = [f"line {number}" for number in range(1000)]


class Pages(wot.Thing):
    """A Thing with a long description."""

    lines: wot.Stored[list[str]] = wot.stored(LONG)
    short = wot.stored("short")

    @wot.property(content_type="application/octet-stream")
    def picture(self) -> bytes:
        return bytes(10_000)

    @wot.action
    def turn(self, pages: int = 1) -> None:
        """Go on by some pages, which takes so many words to say that the description gets long and longer."""


@pytest.fixture
async def there() -> AsyncIterator[str]:
    async with wot.serve(Pages(), ANY) as served:
        yield served.urls[0]


async def plain(answer: Answer) -> bytes:
    coding = answer.headers.get("content-encoding", "")
    found = await unpacked(answer.body, coding, 1 << 24) if coding else answer.body
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("br", ""),
        ("*", "zstd"),
        ("gzip;q=0", ""),
        ("*;q=0", ""),
        ("identity", ""),
        ("zstd;q=0, *", "gzip"),
        (",;,", ""),
    ],
)
async def test_long_answers_are_packed_as_is_wanted(there: str, accept: str, coding: str) -> None:
    assert chosen(accept) == coding
    answer = await ask(f"{there}/properties/lines", accept_encoding=accept)
    assert answer.headers.get("content-encoding", "") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert b"line 999" in await plain(answer)
    assert (len(answer.body) < 5000) == bool(coding)


async def test_what_is_short_or_does_not_shrink_is_left(there: str) -> None:
    for name in ("short", "picture"):
        answer = await ask(f"{there}/properties/{name}", accept_encoding="gzip, zstd")
        assert "content-encoding" not in answer.headers


async def test_what_may_be_coded_says_so_also_when_it_is_short(there: str) -> None:
    """Else a cache would take one value's answer for all of them (RFC 9110 section 12.5.5)."""
    for path, vary in (("short", "Accept-Encoding"), ("lines", "Accept-Encoding"), ("picture", "")):
        for method in ("GET", "HEAD"):
            for more in ({}, {"connection": "close"}):
                answer = await ask(f"{there}/properties/{path}", method, **more)
                assert answer.headers.get("vary", "") == vary, (path, method, more)
    async with wot.serve(Pages(), wot.endpoint(ANY, cors=["https://a.example"])) as served:
        answer = await ask(f"{served.urls[0]}/properties/short")
        assert answer.headers["vary"] == "Accept-Encoding, Origin"


async def test_a_head_says_what_a_get_would(there: str) -> None:
    url = f"{there}/properties/lines"
    found = [await ask(url, method, accept_encoding="gzip") for method in ("GET", "HEAD")]
    assert found[0].headers["content-length"] == found[1].headers["content-length"]


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_descriptions_have_a_validator_for_each_coding(there: str, coding: str) -> None:
    plainly = await ask(there)
    answer = await ask(there, accept_encoding=coding)
    assert answer.headers["content-encoding"] == coding
    assert await plain(answer) == plainly.body
    tags = {plainly.headers["etag"], answer.headers["etag"]}
    assert len(tags) == 2
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    for tag in tags:
        for wanted in ("", coding):
            again = await ask(there, accept_encoding=wanted, if_none_match=f'"x", W/{tag}')
            assert (again.status, again.body) == (304, b"")
    assert (await ask(there, accept_encoding=coding, if_none_match='"x"')).status == 200


# Packing and unpacking.


@given(st.binary(max_size=4000), st.sampled_from(["gzip", "zstd", "deflate"]), st.integers(1, 99))
def test_what_is_packed_is_unpacked(body: bytes, coding: str, size: int) -> None:
    data = zlib.compress(body) if coding == "deflate" else packed(body, coding)
    with closing(Unpacking(coding)) as unpacking:
        found = b""
        for at in range(0, len(data), size):
            unpacking.feed(data[at : at + size])
            while part := unpacking.take(64):
                assert len(part) <= 64
                found += part
        unpacking.end()
    assert found == body


@pytest.mark.parametrize("coding", ["gzip", "zstd", "deflate"])
@pytest.mark.parametrize("size", [0, 1, 70_000, 2_000_000])
async def test_what_fits_exactly_is_unpacked(coding: str, size: int) -> None:
    body = random.Random(size).randbytes(size // 2) + bytes(size - size // 2)
    data = packed(body, coding)
    assert await unpacked(data, coding, size) == body
    assert not size or await unpacked(data, coding, size - 1) is None
    with pytest.raises(InvalidInput):
        await unpacked(data[:-1], coding, size)


@pytest.mark.parametrize("coding", ["gzip", "zstd", "deflate"])
async def test_chunks_are_packed_as_they_come(coding: str) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"chunk" * 100

    parts = [part async for part in packed_chunks(chunks(), coding)]  # type: ignore[arg-type]
    assert await unpacked(b"".join(parts), coding, 1 << 20) == b"chunk" * 10_000


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_several_members_are_one_body(coding: str) -> None:
    assert await unpacked(packed(b"1", coding) + packed(b"2", coding), coding, 10) == b"12"
    many = packed(bytes(1 << 13), coding) * 200
    assert await unpacked(many, coding, 1 << 24) == bytes(200 << 13)


EMPTY = {
    "skippable": ("zstd", struct.pack("<II", 0x184D2A50, 0)),
    "zstd": ("zstd", packed(b"", "zstd")),
    "gzip": ("gzip", packed(b"", "gzip")),
    "deflate": ("deflate", packed(b"", "deflate")),
}


@pytest.mark.parametrize("kind", EMPTY)
async def test_members_of_nothing_are_refused_quickly(there: str, kind: str) -> None:
    coding, member = EMPTY[kind]
    assert await unpacked(member * 60, coding, 10) == b""
    body = member * (1_000_000 // len(member))
    url, begun = f"{there}/properties/short", time.process_time()
    with pytest.raises(InvalidInput, match="small parts"):
        await unpacked(body, coding, 10)
    assert time.process_time() - begun < 0.2
    assert (await ask(url, "PUT", body, content_encoding=coding)).problem == (400, "InvalidInput")


async def test_what_is_unpacked_leaves_others_their_turn() -> None:
    data, turns = packed(bytes(64 << 20), "zstd"), 0
    task = asyncio.create_task(unpacked(data, "zstd", 1 << 30))
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(task.result() or b"") == 64 << 20
    assert turns > 30


async def test_only_so_many_windows_are_held() -> None:
    with ExitStack() as stack:
        for _ in range(MOST_WINDOWS):
            stack.enter_context(closing(Unpacking("zstd")))
        with pytest.raises(Unavailable) as caught:
            await unpacked(packed(b"1", "zstd"), "zstd", 10)
        assert "gzip" in caught.value.hint
        assert await unpacked(packed(b"1", "gzip"), "gzip", 10) == b"1"
    assert await unpacked(packed(b"1", "zstd"), "zstd", 10) == b"1"


async def test_packing_does_not_wait_for_other_threads() -> None:
    blocked = threading.Event()
    others = [asyncio.create_task(asyncio.to_thread(blocked.wait, 10)) for _ in range(40)]
    try:
        await asyncio.sleep(0)
        assert await asyncio.wait_for(packed_aside(bytes(1 << 19), "gzip"), 5)
    finally:
        blocked.set()
        await asyncio.gather(*others)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "zstd"]))
def test_garbage_is_refused(data: bytes, coding: str) -> None:
    with contextlib.suppress(InvalidInput, UnsupportedContent), closing(Unpacking(coding)) as taken:
        taken.feed(data)
        while taken.take(100):
            pass
        taken.end()


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_bodies_that_are_packed(there: str, coding: str) -> None:
    url = f"{there}/properties/short"
    answer = await ask(url, "PUT", packed(b'"packed"', coding), content_encoding=coding)
    assert answer.status == 204
    assert (await ask(url)).json == "packed"
    bomb = packed(b" " * (64 << 20), coding)
    assert (await ask(url, "PUT", bomb, content_encoding=coding)).problem == (413, "TooLarge")
    short = packed(b'"x"' * 100, coding)[:-5]
    assert (await ask(url, "PUT", short, content_encoding=coding)).status == 400


async def test_a_window_that_is_too_large_is_refused() -> None:
    from wot_http.codings import zstd

    options = {zstd.CompressionParameter.window_log: 27}
    made = zstd.ZstdCompressor(options=options)
    data = made.compress(bytes(1 << 20)) + made.flush()
    with pytest.raises(UnsupportedContent, match="window"):
        await unpacked(data, "zstd", 1 << 24)


# The client.


def far(url: str, **terms: Any) -> wot.ThingDescription:
    return wot.ThingDescription(td(url, properties={"p": {"forms": [{"href": "/x", **terms}]}}))


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_answers_are_unpacked_within_the_limit(foreign: Foreign, coding: str) -> None:
    client = HTTPClient({"max_answer": 100_000})
    try:
        thing = wot.ConsumedThing(far(foreign.url), lambda _scheme: client)
        for size, fits in ((50_000, True), (50_000_000, False)):
            body = packed(b" " * size + b"1", coding)
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n"
            )
            foreign.answers["/x"] = f"{head}Content-Type: application/json\r\n\r\n".encode() + body
            if fits:
                assert await thing.read("p") == 1
            else:
                with pytest.raises(ProtocolError, match="more than"):
                    await thing.read("p")
        assert coding in foreign.requests[0].headers["accept-encoding"]
    finally:
        await client.close()


@pytest.mark.parametrize("coding", ["gzip", "zstd", "deflate", "identity"])
async def test_requests_are_coded_as_the_form_says(
    foreign: Foreign, servient: wot.Servient, coding: str
) -> None:
    foreign.answers["/x"] = ok(b"", status="204 No Content")
    thing = await servient.consume(far(foreign.url, contentCoding=coding))
    await thing.write("p", [1, 2])
    [seen] = foreign.requests
    assert seen.headers.get("content-encoding", "identity") == coding
    body = seen.body if coding == "identity" else await unpacked(seen.body, coding, 100)
    assert body == b"[1,2]"


async def test_a_coding_that_nobody_knows_is_no_way(
    foreign: Foreign, servient: wot.Servient
) -> None:
    thing = await servient.consume(far(foreign.url, contentCoding="rot13"))
    with pytest.raises(NoForm, match="rot13"):
        await thing.write("p", 1)
