"""The documents that a command line names."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import pytest

from wot import errors
from wot.cli.documents import LeftOut, document, documents
from wot.cli.ending import UsageError

from .elsewhere import Elsewhere, hangs, sends


def names(folder: Path, *wanted: str) -> list[str]:
    found = documents([str(folder / name) for name in wanted], 5, folders=True)
    return [os.path.relpath(each.name, folder) for each in found]


def test_files_in_the_order_given(tmp_path: Path) -> None:
    for name in ("b.json", "a.json"):
        (tmp_path / name).write_text(name)
    found = documents([str(tmp_path / name) for name in ("b.json", "a.json", "b.json")], 5)
    assert [each.body for each in found] == [b"b.json", b"a.json", b"b.json"]
    assert [each.folder for each in found] == [tmp_path] * 3
    assert document((tmp_path / "a.json").as_uri(), 5).body == b"a.json"


def test_a_folder_is_what_is_named_like_a_document_below_it(tmp_path: Path) -> None:
    inside = ["a.td.json", "b.tm.jsonld", "c/d/e.td.jsonld", "c/f.tm.json"]
    outside = ["package.json", "c/x.td.json.bak", ".git/g.td.json", "h.td"]
    for name in inside + outside:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "c" / "loop").symlink_to(tmp_path)
    assert names(tmp_path, "") == inside
    assert names(tmp_path, "h.td", "c") == ["h.td", *inside[2:]]
    assert {each.folder for each in documents([str(tmp_path)], 5, folders=True)} == {tmp_path}


def test_a_folder_may_have_been_filled_by_others(tmp_path: Path) -> None:
    """What blocks is not opened, and what stands elsewhere is not shown."""
    (tmp_path / "secret").write_text("mine")
    folder = tmp_path / "folder"
    (folder / "folder.td.json").mkdir(parents=True)
    (folder / "a.td.json").write_text("x")
    os.mkfifo(folder / "fifo.td.json")
    for name, target in {
        "gone": folder / "nowhere",
        "inside": folder / "a.td.json",
        "outside": tmp_path / "secret",
        "relative": Path("../secret"),
        "zero": Path("/dev/zero"),
    }.items():
        (folder / f"{name}.td.json").symlink_to(target)
    found = {Path(each.name).name[:-8]: each for each in documents([str(folder)], 5, folders=True)}
    assert {name for name, each in found.items() if each.error is None} == {"a", "inside"}
    reasons = {name: str(each.error) for name, each in found.items() if each.error is not None}
    assert {name for name, reason in reasons.items() if "no regular file" in reason} == {
        "fifo",
        "gone",
        "zero",
    }
    assert {name for name, reason in reasons.items() if "outside" in reason} == {
        "outside",
        "relative",
    }
    assert all(isinstance(found[name].error, LeftOut) for name in reasons)
    assert document(str(folder / "outside.td.json"), 5).body == b"mine"
    (tmp_path / "link").symlink_to(folder)
    linked = documents([str(tmp_path / "link")], 5, folders=True)
    assert [each.error is None for each in linked] == [
        each.error is None for each in found.values()
    ]


def test_a_pipe_that_is_named_is_read(tmp_path: Path) -> None:
    """As of `wot validate <(make-td)`; as far as documents go."""
    reader, writer = os.pipe()
    os.write(writer, b"x")
    os.close(writer)
    assert document(f"/dev/fd/{reader}", 5).body == b"x"
    os.close(reader)
    os.mkfifo(tmp_path / "fifo")
    for body, error in ((b"x", None), (b" " * (5 << 20), errors.InvalidTD)):
        feeder = threading.Thread(target=_fed, args=(tmp_path / "fifo", body))
        feeder.start()
        (found,) = documents([str(tmp_path / "fifo")], 5, folders=True)
        feeder.join()
        assert (found.error and type(found.error)) == error


def _fed(fifo: Path, body: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):
        fifo.write_bytes(body)


@pytest.mark.parametrize(
    ("name", "body", "hint"),
    [
        ("lamp.py", b"import wot\n", "wot model"),
        ("lamp.py", b"", "wot model"),
        ("a.json", '{"a": 1}'.encode("utf-16-le"), "UTF-8"),
        ("a.json", '{"a": 1}'.encode("utf-16-be"), "UTF-8"),
        ("a.json", '{"a": 1}'.encode("utf-32-le"), "UTF-8"),
        ("a.json", b"\x7fELF\0\0", ""),
    ],
)
def test_what_is_something_else(tmp_path: Path, name: str, body: bytes, hint: str) -> None:
    (tmp_path / name).write_bytes(body)
    (found,) = documents([str(tmp_path / name)], 5)
    if not hint:
        assert found.body == body
        return
    assert isinstance(found.error, errors.InvalidTD)
    assert hint in found.error.hint


def test_a_document_may_have_any_name(tmp_path: Path, elsewhere: Elsewhere) -> None:
    (tmp_path / "lamp.py").write_text(' {"title": 5}')
    assert document(str(tmp_path / "lamp.py"), 5).error is None
    base = elsewhere(**{"lamp.py": sends(b"import wot")})
    (found,) = documents([f"{base}/lamp.py"], 5)
    assert isinstance(found.error, errors.InvalidTD)


def test_a_file_that_is_named_like_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("urn:lamp.json").write_text("x")
    assert document("urn:lamp.json", 5).body == b"x"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none.json", "No such file"),
        ("", "a directory"),
        ("a\0b", "null"),
        ("x" * 5000, "too long"),
        ("none.json/a", "No such file"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(errors.ConnectError, match=reason) as caught:
        document(f"{tmp_path}/{name}", 5)
    assert caught.value.hint


def test_an_empty_folder_tells_what_would_count(tmp_path: Path) -> None:
    (tmp_path / "package.json").touch()
    (found,) = documents([str(tmp_path)], 5, folders=True)
    assert isinstance(found.error, errors.ConnectError)
    assert "*.td.json" in found.error.hint
    assert str(tmp_path / "*.json") in found.error.hint


def test_what_is_too_large_is_not_read_to_its_end() -> None:
    with pytest.raises(errors.InvalidTD, match="larger than 4 MiB"):
        document("/dev/zero", 5)


def test_standard_input_is_there_once() -> None:
    with pytest.raises(UsageError, match="once"):
        documents(["-", "a", "-"], 5)


def test_urls_each_with_its_own_end(elsewhere: Elsewhere) -> None:
    base = elsewhere(good=sends(b"1"), gone=sends(b"", status=404), slow=hangs)
    urls = [f"{base}/good", f"{base}/gone", f"{base}/slow", f"{base}/good", "zigbee://x/y"]
    found = documents(urls, 2)
    assert [each.name for each in found] == urls
    kinds = [None, errors.InteractionError, errors.Timeout, None, errors.NoBinding]
    for each, kind in zip(found, kinds, strict=True):
        assert each.error is None if kind is None else isinstance(each.error, kind)
    assert (found[0].body, found[0].url, found[0].folder) == (b"1", f"{base}/good", None)


def test_many_urls(elsewhere: Elsewhere) -> None:
    base = elsewhere(**{f"a{number}": sends(b"%d" % number) for number in range(50)})
    found = documents([f"{base}/a{number}" for number in range(50)], 20)
    assert [each.body for each in found] == [b"%d" % number for number in range(50)]


@pytest.mark.parametrize("folders", [False, True])
def test_an_empty_name_is_no_folder(folders: bool) -> None:
    """As of a variable of the shell that is not set: `wot validate "$FILE"`."""
    with pytest.raises(UsageError, match="empty"):
        documents(["a.json", ""], 5, folders)
