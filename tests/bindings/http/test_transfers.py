"""Large values over HTTP: streamed both ways, never a complete-looking part."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import wot
from wot.errors import InvalidInput, ProtocolError, Timeout, TooLarge, WoTError
from wot_http.client import HTTPClient
from wot_http.codings import packed

from .foreign import Foreign, bytes_then_end
from .things import ANY
from .wire import ask, connected, request

OCTETS = "application/octet-stream"
SIZE = 3 << 20


class Store(wot.Thing):
    """Keeps what it gets and gives it back."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.closed = asyncio.Event()
        self.begun = 0
        self.got = bytearray()
        self.failure = ""
        self.moved, self.failed = asyncio.Event(), asyncio.Event()

    @wot.property(content_type=OCTETS)
    async def data(self, fail: int = -1, pause: int = -1) -> AsyncIterator[bytes]:
        self.begun += 1
        try:
            for number in range(SIZE >> 16):
                if number == fail:
                    raise LookupError("secret")
                if number == pause:
                    await asyncio.sleep(20)
                yield bytes(1 << 16)
        finally:
            self.closed.set()

    @data.write
    async def take(self, chunks: AsyncIterator[bytes], fail: int = -1, pause: int = -1) -> None:
        try:
            async for chunk in chunks:
                self.got += chunk
                self.moved.set()
                if fail >= 0:
                    raise wot.errors.Conflict("no room")
        except WoTError as error:
            self.failure = type(error).__name__
            self.failed.set()
            raise

    @wot.property(content_type=OCTETS)
    def file(self) -> Path:
        return self.folder / "file"

    @wot.property(content_type=OCTETS)
    def small(self) -> bytes:
        return bytes(self.got)

    @small.write
    def set_small(self, value: bytes) -> None:
        self.got[:] = value

    @wot.property(content_type=OCTETS)
    async def nothing(self) -> AsyncIterator[bytes]:
        for part in ():
            yield part


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    (tmp_path / "file").write_bytes(b"f" * SIZE)
    return Store(tmp_path)


@pytest.fixture
async def there(store: Store) -> AsyncIterator[str]:
    async with wot.serve(store, wot.endpoint(ANY, max_upload=4 << 20)) as served:
        yield f"{served.urls[0]}/properties"


async def test_unknown_lengths_are_chunked_and_known_ones_told(there: str) -> None:
    answer = await ask(f"{there}/data")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.body == bytes(SIZE)
    answer = await ask(f"{there}/file")
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.body == b"f" * SIZE
    answer = await ask(f"{there}/nothing")
    assert (answer.status, answer.body) == (200, b"")


async def test_a_head_reads_nothing(there: str, store: Store) -> None:
    async with connected(there) as wire:
        await wire.send(request(f"{there}/data", "HEAD"))
        assert (await wire.answer("HEAD")).headers["content-type"] == OCTETS
        await wire.send(request(f"{there}/file", "HEAD"))
        assert (await wire.answer("HEAD")).headers["content-length"] == str(SIZE)
    assert not store.begun


async def test_old_clients_get_it_up_to_the_end_of_the_connection(there: str) -> None:
    async with connected(there) as wire:
        asked = request(f"{there}/data").replace(b"HTTP/1.1", b"HTTP/1.0")
        await wire.send(asked)
        assert len((await wire.answer()).body) == SIZE


async def test_what_fails_at_once_is_a_problem(there: str) -> None:
    assert (await ask(f"{there}/data?fail=0")).problem == (500, "HandlerError")


async def test_what_fails_later_is_no_complete_answer(
    there: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await ask(f"{there}/data?fail=5")
    assert "broke off" in caplog.text


async def test_a_requester_that_goes_closes_the_handler_at_once(there: str, store: Store) -> None:
    async with connected(there) as wire:
        await wire.send(request(f"{there}/data?pause=3"))
        await wire.reader.readexactly(1 << 17)
        assert not store.closed.is_set()
    await asyncio.wait_for(store.closed.wait(), 2)


async def test_one_who_reads_nothing_holds_the_handler_up(there: str, store: Store) -> None:
    async with connected(there, buffer=1 << 10) as wire:
        await wire.send(request(f"{there}/data"))
        await wire.reader.readexactly(10)
        await asyncio.sleep(0.2)
    await asyncio.wait_for(store.closed.wait(), 2)


@pytest.mark.parametrize("coding", ["", "gzip", "zstd"])
async def test_uploads_are_streamed_and_unpacked(there: str, store: Store, coding: str) -> None:
    body = bytes(range(256)) * 8192
    sent = packed(body, coding) if coding else body
    answer = await ask(f"{there}/data", "PUT", sent, content_type=OCTETS, content_encoding=coding)
    assert answer.status == 204
    assert store.got == body


async def test_uploads_have_a_limit(there: str, store: Store) -> None:
    answer = await ask(f"{there}/data", "PUT", bytes(5 << 20), content_type=OCTETS)
    assert answer.problem == (413, "TooLarge")
    bomb = gzip.compress(bytes(64 << 20))
    answer = await ask(f"{there}/data", "PUT", bomb, content_type=OCTETS, content_encoding="gzip")
    assert answer.problem == (413, "TooLarge")
    assert "max_upload" in answer.json["hint"]
    assert len(store.got) <= 4 << 20


async def test_who_takes_bytes_keeps_the_limit_of_bodies(there: str, store: Store) -> None:
    answer = await ask(f"{there}/small", "PUT", bytes(2 << 20), content_type=OCTETS)
    assert answer.problem == (413, "TooLarge")
    assert "max_body" in answer.json["hint"]
    answer = await ask(f"{there}/small", "PUT", bytes(500_000), content_type=OCTETS)
    assert answer.status == 204
    assert len(store.got) == 500_000


async def test_a_handler_that_refuses_leaves_the_rest_unread(there: str) -> None:
    async with connected(there) as wire:
        await wire.send(request(f"{there}/data?fail=1", "PUT", bytes(3 << 20), content_type=OCTETS))
        assert (await wire.answer()).problem == (409, "Conflict")
        await wire.send(request(f"{there}/nothing"))
        assert (await wire.answer()).status == 200


async def test_a_body_that_stops_coming_is_given_up(
    there: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wot_http.uploads.READING", 0.2)
    async with connected(there) as wire:
        head = request(f"{there}/data", "PUT", b"", content_type=OCTETS, content_length="99999999")
        await wire.send(head.replace(b"99999999", b"3000000") + bytes(100_000))
        assert (await wire.answer()).status == 408
    assert store.failure


async def test_uploads_that_are_cut_are_no_uploads(there: str, store: Store) -> None:
    async with connected(there) as wire:
        head = request(f"{there}/data", "PUT", b"", content_type=OCTETS, content_length="3000000")
        await wire.send(head + bytes(100_000))
        await asyncio.wait_for(store.moved.wait(), 5)
    await asyncio.wait_for(store.failed.wait(), 5)
    assert store.failure == "InvalidInput"


async def test_a_waiting_client_is_invited(there: str, store: Store) -> None:
    async with connected(there) as wire:
        body = bytes(1 << 17)
        asked = request(f"{there}/data", "PUT", body, content_type=OCTETS, expect="100-continue")
        await wire.send(asked.removesuffix(body))
        assert (await wire.answer()).status == 100
        await wire.send(body)
        assert (await wire.answer()).status == 204
    assert len(store.got) == len(body)


# The client.


async def test_reading_writing_and_opening(there: str, store: Store, tmp_path: Path) -> None:
    async with wot.Servient(timeout=5) as servient:
        url = there.removesuffix("/properties")
        thing, typed = await servient.consume(url), await servient.consume(url, Store)
        assert await thing.read("data") == bytes(SIZE)
        assert await typed.data.read() == bytes(SIZE)
        async with thing.open("file") as chunks:
            assert sum([len(part) async for part in chunks]) == SIZE
        async with typed.file.open() as chunks:
            assert len(await anext(chunks)) < SIZE
        await thing.write("data", tmp_path / "file")
        assert store.got == b"f" * SIZE
        with (tmp_path / "file").open("rb") as file:
            await typed.data.write(file)
        assert len(store.got) == 2 * SIZE
        with pytest.raises(TooLarge):
            await thing.write("data", (bytes(1 << 20) for _ in range(9)))
        with pytest.raises(wot.errors.Conflict):
            await thing.write("data", (bytes(1 << 16) for _ in range(9)), fail=1)


def at(foreign: Foreign) -> dict[str, object]:
    form = {"href": f"{foreign.url}/x", "contentType": OCTETS}
    return {
        "@context": "https://www.w3.org/2022/wot/td/v1.1",
        "title": "Far",
        "security": "nosec_sc",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "properties": {"x": {"forms": [form]}},
    }


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 3000000\r\n\r\n" + bytes(2_000_000),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
async def test_an_answer_that_is_cut_is_an_error(
    foreign: Foreign, servient: wot.Servient, answer: bytes
) -> None:
    foreign.answers["/x"] = bytes_then_end(answer)
    thing = await servient.consume(at(foreign))
    with pytest.raises(ProtocolError):
        await thing.read("x")


async def test_an_answer_that_pauses_too_long_is_an_error(foreign: Foreign) -> None:
    async def pausing(_request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        await asyncio.sleep(20)

    foreign.answers["/x"] = pausing
    async with wot.Servient(timeout=0.3) as servient:
        thing = await servient.consume(at(foreign))
        with pytest.raises(Timeout):
            await thing.read("x")


async def test_a_steady_answer_may_take_longer_than_the_time_limit(foreign: Foreign) -> None:
    async def steady(_request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(8):
            writer.write(b"1\r\nx\r\n")
            await asyncio.sleep(0.1)
        writer.write(b"0\r\n\r\n")

    foreign.answers["/x"] = steady
    async with wot.Servient(timeout=0.4) as servient:
        thing = await servient.consume(at(foreign))
        assert await thing.read("x") == b"x" * 8


async def test_the_whole_of_an_answer_is_bounded(foreign: Foreign) -> None:
    foreign.answers["/x"] = bytes_then_end(HEAD + b"\r\n" + bytes(3_000_000))
    client = HTTPClient({"max_answer": 2_000_000})
    try:
        thing = wot.ConsumedThing(wot.ThingDescription(at(foreign)), lambda _scheme: client)
        with pytest.raises(ProtocolError, match="more than 2000000"):
            await thing.read("x")
        async with thing.open("x") as chunks:
            assert sum([len(part) async for part in chunks]) == 3_000_000
    finally:
        await client.close()


async def test_what_is_sent_in_chunks_does_not_follow_redirections(
    foreign: Foreign, servient: wot.Servient
) -> None:
    foreign.answers["/x"] = b"HTTP/1.1 307 Moved\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"
    thing = await servient.consume(at(foreign))
    closed: list[int] = []

    def parts() -> Iterator[bytes]:
        try:
            yield b"x"
        finally:
            closed.append(1)

    with pytest.raises(ProtocolError):
        await thing.write("x", parts())
    assert closed == [1]


@pytest.mark.parametrize("coding", ["", "gzip"])
async def test_text_is_not_the_networks_fault(store: Store, coding: str) -> None:
    async with wot.serve(store, ANY) as served, wot.Servient() as servient:
        json = served.descriptions[0].json
        if coding:
            forms = [
                {**each, "contentCoding": coding} for each in json["properties"]["data"]["forms"]
            ]
            json["properties"]["data"]["forms"] = forms
        there = await servient.consume(json)
        for parts in (iter(["ab"]), (part for part in [b"ab", "cd"]), texts()):
            with pytest.raises(InvalidInput, match=r"^data: chunks are bytes, not str$"):
                await there.write("data", parts)
        (store.folder / "text").write_text("ab")
        with (store.folder / "text").open() as file, pytest.raises(InvalidInput, match='with "rb"'):
            await there.write("data", file)
        await there.write("data", memoryview(bytes(2)))
        await there.write("small", iter([memoryview(b"ab"), bytearray(b"c"), b"d"]))
        assert store.got == b"abcd"


async def texts() -> AsyncIterator[str]:
    yield "ab"
