"""Payloads in chunks, without a network between handler and handle."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

import wot
from wot.chunks import held, source, taking
from wot.content import Content
from wot.errors import DefinitionError, HandlerError, InvalidInput, TooLarge, Unavailable
from wot.interaction import Interaction
from wot.td import Op
from wot.things import exposed_of

OCTETS = "application/octet-stream"


class Camera(wot.Thing, timeout=0.3):
    """Gives bytes in every way there is."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.closed: list[str] = []
        self.taken = b""
        self.threads = set[str]()

    @wot.property(content_type="video/mp4")
    async def video(self, fail: int = 0) -> AsyncIterator[bytes]:
        try:
            for number in range(4):
                if fail and number == fail:
                    raise LookupError("no film")
                yield b"v" * 3
        finally:
            self.closed.append("video")

    @video.write
    async def set_video(self, chunks: AsyncIterator[bytes], fail: int = 0) -> None:
        async for chunk in chunks:
            self.taken += chunk

    @wot.property(content_type="image/png")
    def image(self) -> Iterator[bytes]:
        try:
            for part in (b"p", b"n", b"g"):
                self.threads.add(threading.current_thread().name)
                yield part
        finally:
            self.closed.append("image")

    @image.write
    def set_image(self, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            self.taken += chunk

    @wot.property(content_type=OCTETS)
    def file(self) -> Path:
        return self.folder / "file"

    @wot.property(content_type=OCTETS)
    def opened(self) -> BinaryIO:
        return io.BytesIO(b"opened")

    @wot.property(content_type=OCTETS)
    async def slow(self, pause: float = 0.1) -> AsyncIterator[bytes]:
        try:
            for _ in range(5):
                await asyncio.sleep(pause)
                yield b"s"
        finally:
            self.closed.append("slow")

    @wot.property(content_type=OCTETS)
    async def wrong(self) -> AsyncIterator[bytes]:
        yield "text"  # type: ignore[misc]

    @wot.property(content_type=OCTETS)
    def plain(self) -> bytes:
        return b"plain"

    @plain.write
    def set_plain(self, value: bytes) -> None:
        self.taken = value

    @wot.action(response_type="audio/wav")
    async def sing(self, notes: int) -> AsyncIterator[bytes]:
        for _ in range(notes):
            yield b"la"

    @wot.action(content_type=OCTETS, response_type="application/json")
    async def count(self, data: AsyncIterator[bytes], /) -> int:
        return sum([len(part) async for part in data])


@pytest.fixture
def camera(tmp_path: Path) -> Camera:
    (tmp_path / "file").write_bytes(b"f" * 1_000_000)
    return Camera(tmp_path)


async def test_reading_gives_the_whole(camera: Camera) -> None:
    assert await camera.video.read() == b"v" * 12
    assert await camera.image.read() == b"png"
    assert await camera.file.read() == b"f" * 1_000_000
    assert await camera.opened.read() == b"opened"
    assert await camera.sing(3) == b"lalala"
    assert camera.closed == ["video", "image"]


async def test_opening_gives_chunks_and_leaving_closes_the_handler(camera: Camera) -> None:
    async with camera.video.open() as chunks:
        assert await anext(chunks) == b"vvv"
        assert not camera.closed
    assert camera.closed == ["video"]
    async with camera.sing.open(2) as chunks:
        assert [part async for part in chunks] == [b"la", b"la"]
    async with camera.plain.open() as chunks:
        assert [part async for part in chunks] == [b"plain"]


async def test_generators_of_plain_functions_run_in_the_threads_of_the_thing(
    camera: Camera,
) -> None:
    await camera.image.read()
    assert all(name.startswith("wot ") for name in camera.threads)


async def test_whatever_stands_for_bytes_can_be_written(camera: Camera, tmp_path: Path) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"1"
        yield b"2"

    await camera.video.write(parts())
    await camera.image.write(iter([b"3", b"4"]))
    await camera.video.write(io.BytesIO(b"5"))
    (tmp_path / "six").write_bytes(b"6")
    await camera.image.write(tmp_path / "six")
    await camera.video.write(b"7")
    assert camera.taken == b"1234567"
    await camera.plain.write(iter([b"8", b"9"]))
    assert camera.taken == b"89"
    assert await camera.count(b"four") == 4


async def test_a_file_that_is_not_there_is_said_before_anything_is_sent(camera: Camera) -> None:
    with pytest.raises(FileNotFoundError):
        await camera.video.write(Path("/nowhere/film"))


async def test_errors_of_the_handler_are_logged_and_not_told(
    camera: Camera, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(HandlerError) as caught:
        await camera.video.read(fail=2)
    assert "no film" not in str(caught.value)
    assert "no film" in caplog.text
    with pytest.raises(HandlerError):
        await camera.wrong.read()
    assert "chunks are bytes, not str" in caplog.text


async def test_the_time_limit_holds_for_each_pause_and_not_for_the_whole(camera: Camera) -> None:
    assert await camera.slow.read() == b"sssss"
    with pytest.raises(Unavailable, match="time limit"):
        await camera.slow.read(pause=5)
    assert camera.closed == ["slow", "slow"]


async def test_waiting_for_what_is_sent_is_not_the_handlers_time(camera: Camera) -> None:
    async def slow() -> AsyncIterator[bytes]:
        for _ in range(2):
            await asyncio.sleep(0.4)
            yield b"x"

    await camera.video.write(slow())
    assert camera.taken == b"xx"


async def test_a_refused_write_closes_what_was_to_be_sent(camera: Camera) -> None:
    class Source(Iterator[bytes]):
        closed = False

        def __next__(self) -> bytes:
            return b"x"

        def close(self) -> None:
            Source.closed = True

    with pytest.raises(InvalidInput):
        await camera.video.write(Source(), nonsense=1)
    assert Source.closed


async def test_cancelling_the_reader_closes_the_handler(camera: Camera) -> None:
    reading = asyncio.create_task(camera.slow.read(pause=0.2))
    await asyncio.sleep(0.1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert camera.closed == ["slow"]


async def test_the_whole_has_a_limit(camera: Camera) -> None:
    reply = await exposed_of(camera).request(Interaction(Op.READ_PROPERTY, "video"))
    assert reply.content is not None
    with pytest.raises(TooLarge):
        await reply.content.whole(11)
    assert camera.closed == ["video"]
    file = await exposed_of(camera).request(Interaction(Op.READ_PROPERTY, "file"))
    assert file.content is not None
    with pytest.raises(TooLarge):
        await file.content.whole(1000)


async def test_a_gap_in_the_middle_of_a_hanging_driver_is_no_deadlock() -> None:
    hanging = threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"1"
        hanging.wait(5)
        yield b"2"

    chunks = source(parts())
    assert chunks is not None
    assert await anext(chunks) == b"1"
    waiting = asyncio.ensure_future(anext(chunks))
    await asyncio.sleep(0.05)
    waiting.cancel()
    async with asyncio.timeout(1):
        await chunks.aclose()
    hanging.set()


def test_what_is_kept_or_told_to_many_is_no_chunks() -> None:
    class Box(wot.Thing):
        picture = wot.stored(b"", content_type="image/png")

    box = Box()
    box.picture.value = b"1"
    with pytest.raises(InvalidInput, match="no chunks"):
        box.picture.value = iter([b"2"])  # type: ignore[assignment]
    assert box.picture.value == b"1"


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (AsyncIterator[bytes], bytes),
        (Iterator[bytes], bytes),
        (Path, bytes),
        (BinaryIO, bytes),
        (bytes, bytes),
        (AsyncIterator[int], AsyncIterator[int]),
        (int, int),
    ],
)
def test_hints_that_stand_for_bytes(hint: Any, expected: Any) -> None:
    assert held(hint) == expected
    assert (taking(hint) != "") == (hint in (AsyncIterator[bytes], Iterator[bytes]))


def test_chunks_need_a_media_type_that_is_not_looked_into() -> None:
    with pytest.raises(DefinitionError, match="video"):

        class Wrong(wot.Thing):
            @wot.property
            async def video(self) -> AsyncIterator[bytes]:
                yield b""


def test_a_writer_takes_chunks_as_it_runs() -> None:
    with pytest.raises(DefinitionError, match=r"Iterator\[bytes\]"):

        class Wrong(wot.Thing):
            @wot.property(content_type=OCTETS)
            def data(self) -> bytes:
                return b""

            @data.write
            def set_data(self, chunks: AsyncIterator[bytes]) -> None: ...


def test_chunks_go_one_way() -> None:
    with pytest.raises(DefinitionError, match="one way"):

        class Wrong(wot.Thing):
            @wot.action(content_type=OCTETS)
            async def both(self, data: AsyncIterator[bytes], /) -> AsyncIterator[bytes]:
                async for part in data:
                    yield part


def test_the_td_says_bytes() -> None:
    thing = Camera(Path())
    json = exposed_of(thing).td.json
    assert json["properties"]["video"]["type"] == "string"
    assert json["properties"]["video"]["forms"] == [{"contentType": "video/mp4"}]
    assert json["actions"]["sing"]["output"]["type"] == "string"


async def test_handlers_attached_to_a_description_may_give_chunks() -> None:
    td = {
        "@context": "https://www.w3.org/2022/wot/td/v1.1",
        "title": "Camera",
        "security": "nosec_sc",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "properties": {"video": {"forms": [{"href": "v", "contentType": "video/mp4"}]}},
    }
    thing = wot.Thing.from_td(td)

    @thing.on_read("video")
    async def video() -> AsyncIterator[bytes]:
        yield b"1"
        yield b"2"

    assert await thing.properties["video"].read() == b"12"


async def test_parts_of_what_is_whole() -> None:
    assert [part async for part in Content(b"x").parts()] == [b"x"]
