"""Where Thing Descriptions come from."""

import json
from pathlib import Path

import pytest

from wot.binding import Client
from wot.errors import ConnectError, InvalidTD
from wot.source import fetch


def no_client(scheme: str) -> Client:
    raise AssertionError(f"no client for {scheme!r} is needed")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lämp td.json"
    path.write_text(json.dumps({"title": "Lämp"}), "utf-8")
    return path


async def test_a_file_by_its_path_or_file_url(file: Path) -> None:
    uri = file.as_uri()
    for source in (str(file), f"file://{file}", uri):
        found = await fetch(source, no_client)
        assert (found.td.title, found.url) == ("Lämp", "")


async def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.json", tmp_path):
        with pytest.raises(ConnectError, match="cannot be read") as caught:
            await fetch(str(path), no_client)
        assert caught.value.hint


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"\xff", b"[" * 100_000])
async def test_what_is_no_td_says_where_it_was_found(file: Path, body: bytes) -> None:
    file.write_bytes(body)  # noqa: ASYNC240 - the test has nothing else to do
    with pytest.raises(InvalidTD) as caught:
        await fetch(str(file), no_client)
    assert str(file) in caught.value.hint


async def test_files_beyond_all_measure_are_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as out:
        out.truncate(1 << 30)  # sparse: nothing is written
    with pytest.raises(InvalidTD, match="larger than 4 MiB"):
        await fetch(str(large), no_client)
