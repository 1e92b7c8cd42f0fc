"""Values from files and from standard input: bytes in chunks, JSON and text as if they were typed."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from wot.cli import given

from .processes import Here, Wot, ended


def test_bytes_of_a_file_go_in_chunks_and_come_back(here: Here, oven: str, tmp_path: Path) -> None:
    body = os.urandom(3_000_000)
    (tmp_path / "a.png").write_bytes(body)
    assert here("write", oven, "picture", f"@{tmp_path}/a.png") == (0, "", "")
    assert int(here("read", oven, "parts").out) > 1
    assert here("invoke", oven, "crop", f"@{tmp_path}/a.png") == (0, "3000000", "")


def test_bytes_of_standard_input(wot: Wot, here: Here, oven: str) -> None:
    assert wot.fed(b"\x00\xff" * 400_000, "write", oven, "picture", "-").code == 0
    assert wot.fed(b"\x00\xff" * 400_000, "invoke", oven, "crop", "-").out == "800000"
    assert int(here("read", oven, "parts").out) > 1


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("name", "loaf\n", "loaf"),
        ("name", '"two\\nlines"\n', "two\nlines"),
        ("name", "two\nlines\r\n", "two\nlines"),
        ("rack", "\ufeff[1,\n2]\n", [1, 2]),
    ],
)
def test_json_and_text_of_a_file(
    here: Here, wot: Wot, oven: str, tmp_path: Path, name: str, text: str, value: object
) -> None:
    (tmp_path / "v").write_text(text, "utf-8", newline="")
    assert here("write", oven, name, f"@{tmp_path}/v").code == 0
    assert json.loads(here("read", oven, name, "--json").out) == value
    assert here("write", oven, name, '""' if name == "name" else "[]").code == 0
    assert wot.fed(text.encode(), "write", oven, name, "-").code == 0
    assert json.loads(here("read", oven, name, "--json").out) == value


@pytest.mark.parametrize(
    ("typed", "text"), [("@@home", "@home"), ('"@home"', "@home"), ('"-"', "-"), ("a@b", "a@b")]
)
def test_text_that_looks_like_a_file(here: Here, oven: str, typed: str, text: str) -> None:
    assert here("write", oven, "name", typed).code == 0
    assert here("read", oven, "name").out == f"{text}\n"


def test_what_cannot_be(
    here: Here, oven: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "latin").write_bytes(b"\xe9")
    (tmp_path / "long").write_text("[1, 2, 3, 4, 5, 6]")
    (tmp_path / "bad.json").write_text("[1")
    monkeypatch.setattr(given, "LARGEST", 10)
    for name, value, detail, hint in (
        ("name", f"@{tmp_path}/none", "cannot be read: No such file", "@@"),
        ("picture", f"@{tmp_path}", "cannot be read: Is a directory", "@@"),
        ("name", f"@{tmp_path}/latin", "is not UTF-8", ""),
        ("rack", f"@{tmp_path}/long", "more than 10 bytes", ""),
        ("rack", f"@{tmp_path}/bad.json", "bad.json is not JSON", "an array is wanted"),
        ("picture", "hello", "image/png is wanted, bytes", "@picture.png"),
    ):
        done = here("write", oven, name, value, "--json")
        assert (done.code, done.error["type"]) == (2, "UsageError"), value
        assert detail in done.error["detail"]
        assert hint in done.error["hint"]


def test_ctrl_c_while_standard_input_gives_nothing(wot: Wot, oven: str) -> None:
    reading, writing = os.pipe()
    process = wot.start("write", oven, "picture", "-", stdin=reading)
    os.close(reading)
    os.write(writing, b"a")
    assert _is_taken(writing)
    assert ended(process, signal.SIGINT) == (130, "", "")
    os.close(writing)


def _is_taken(pipe: int) -> bool:
    """Wait until a pipe is empty."""
    import array
    import fcntl
    import termios
    import time

    held = array.array("i", [1])
    limit = time.monotonic() + 20
    while held[0] and time.monotonic() < limit:
        fcntl.ioctl(pipe, termios.FIONREAD, held)
        time.sleep(0.02)
    return not held[0]
