"""curl as the other end: what an operator types first."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import wot


class Lamp(wot.Thing, id="urn:example:curl"):
    on = wot.stored(False)
    text = wot.stored("grüße " * 1000)
    hot = wot.event(float)

    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        return bytes(range(256))

    @wot.action
    async def add(self, a: int, b: int) -> int:
        return a + b

    @wot.action(synchronous=False)
    async def fade(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "faded"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def curl(*arguments: str) -> Answer:
    """Run curl; its answer, the last one where there were several."""
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")
    process = await asyncio.create_subprocess_exec(
        program, "--silent", "--show-error", "--include", "--max-time", "20", *arguments,
        stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    out, errors = await asyncio.wait_for(process.communicate(), 25)
    assert process.returncode == 0, errors
    head, _, body = out.partition(b"\r\n\r\n")
    while body.startswith(b"HTTP/"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = (line.partition(":") for line in lines)
    return Answer(int(first.split()[1]), {n.lower(): v.strip() for n, _, v in fields}, body)


@pytest.fixture
async def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
async def url(lamp: Lamp) -> AsyncIterator[str]:
    async with wot.serve(lamp, "http://127.0.0.1:0") as served:
        yield served.urls[0]


def sending(value: Any, *more: str) -> tuple[str, ...]:
    return ("--json", json.dumps(value), *more)


async def test_the_td_and_its_validator(url: str) -> None:
    answer = await curl(url)
    assert answer.headers["content-type"] == "application/td+json"
    assert answer.json["title"] == "Lamp"
    again = await curl(url, "-H", f"If-None-Match: {answer.headers['etag']}")
    assert (again.status, again.body) == (304, b"")


async def test_reading_and_writing(url: str) -> None:
    at = f"{url}/properties/on"
    assert (await curl(at)).json is False
    written = await curl("-X", "PUT", *sending(True), at)
    assert (written.status, written.body) == (204, b"")
    assert "content-type" not in written.headers
    assert (await curl(at)).json is True


async def test_head_options_and_old_http(url: str) -> None:
    at = f"{url}/properties/on"
    head = await curl("--head", at)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "5")
    assert (await curl("-X", "OPTIONS", at)).headers["allow"] == "GET, HEAD, OPTIONS, PUT"
    assert (await curl("--http1.0", at)).json is False


async def test_everything_at_once(url: str) -> None:
    every = (await curl(f"{url}/properties")).json
    assert set(every) == {"on", "text"}
    assert (await curl(f"{url}/properties?names=on")).json == {"on": False}
    assert (await curl("-X", "PUT", *sending({"on": True}), f"{url}/properties")).status == 204
    assert (await curl(f"{url}/properties/on")).json is True


async def test_actions_that_answer_at_once_and_later(url: str) -> None:
    assert (await curl(*sending({"a": 1, "b": 2}), f"{url}/actions/add")).json == 3
    started = await curl(*sending({"seconds": 60}), f"{url}/actions/fade")
    assert (started.status, started.json["status"]) == (201, "pending")
    where = started.headers["location"]
    assert where == started.json["href"]
    assert (await curl(where)).json["status"] == "running"
    assert [each["href"] for each in (await curl(f"{url}/actions")).json["fade"]] == [where]
    assert (await curl("-X", "DELETE", where)).status == 204
    assert (await curl(where)).status == 404


async def test_waiting_for_the_end_and_asking_twice(url: str) -> None:
    once = ("-H", "Idempotency-Key: order-1")
    started = await curl(*sending({"seconds": 0.2}), *once, f"{url}/actions/fade")
    again = await curl(*sending({"seconds": 0.2}), *once, f"{url}/actions/fade")
    assert again.headers["location"] == started.headers["location"]
    ended = await curl("-H", "Prefer: wait=10", started.headers["location"])
    assert (ended.json["status"], ended.json["output"]) == ("completed", "faded")


async def test_a_large_body_waits_to_be_invited(url: str, tmp_path: Path) -> None:
    value = tmp_path / "value.json"
    value.write_text(json.dumps("x" * 500_000))
    answer = await curl(
        "-X", "PUT", "-H", "Content-Type: application/json", "-H", "Expect: 100-continue",
        "--data-binary", f"@{value}", f"{url}/properties/text",
    )  # fmt: skip
    assert answer.status == 204
    assert (await curl(f"{url}/properties/text")).json == "x" * 500_000


async def test_what_is_compressed_is_unpacked(url: str) -> None:
    plain, packed = (
        await curl(f"{url}/properties/text"),
        await curl("--compressed", f"{url}/properties/text"),
    )
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] in ("gzip", "zstd")
    assert packed.body == plain.body


async def test_bytes_are_bytes(url: str) -> None:
    answer = await curl(f"{url}/properties/picture")
    assert (answer.headers["content-type"], answer.body) == ("image/png", bytes(range(256)))


async def test_errors_are_problem_details(url: str) -> None:
    wrong = (
        await curl(f"{url}/properties/none"),
        await curl("-X", "PUT", *sending("x"), f"{url}/properties/on"),
        await curl("-X", "DELETE", f"{url}/properties/on"),
        await curl("-H", "Accept: text/html", f"{url}/properties/on"),
    )
    assert [answer.status for answer in wrong] == [404, 400, 405, 406]
    for answer in wrong:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["status"] == answer.status
        assert answer.json["detail"]


async def test_events_as_they_come(lamp: Lamp, url: str) -> None:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")
    process = await asyncio.create_subprocess_exec(
        program, "-sN", "-H", "Accept: text/event-stream", f"{url}/events/hot", stdout=PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(10):
            assert (await process.stdout.readline()).startswith(b": heartbeat")
            for value in range(20):
                lamp.hot.emit(value)
            got: list[float] = []
            while len(got) < 20:
                line = await process.stdout.readline()
                if line.startswith(b"data: "):
                    got.append(json.loads(line[6:]))
    finally:
        process.kill()
        await process.wait()
    assert got == list(range(20))
