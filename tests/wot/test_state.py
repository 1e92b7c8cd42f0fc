"""What survives a restart."""

import asyncio
import json
import logging
import threading
from pathlib import Path

import pytest

import wot
from wot import state
from wot.state import Kept, default_id, state_folder
from wot.things import exposed_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WOT_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


class Lamp(wot.Thing, id="urn:example:lamp"):
    level = wot.stored(1, persist=True, maximum=9)
    colour: wot.Stored[list[str]] = wot.stored(["red"], persist=True)
    on = wot.stored(False)


def test_persistent_properties_survive_and_others_do_not(folder: Path) -> None:
    lamp = Lamp()
    asyncio.run(lamp.level.write(5))
    lamp.colour.value = ["blue"]
    lamp.on.value = True
    again = Lamp()
    assert (again.level.value, again.colour.value, again.on.value) == (5, ["blue"], False)
    assert asyncio.run(again.level.read()) == 5
    (file,) = folder.iterdir()
    assert json.loads(file.read_text()) == {"level": 5, "colour": ["blue"]}
    assert file.stat().st_mode & 0o077 == 0


def test_nothing_is_written_before_anything_is_set(folder: Path) -> None:
    assert Lamp().level.value == 1
    assert not folder.exists()


def test_things_are_told_apart_by_their_id() -> None:
    Lamp(id="urn:a/b").level.value = 2
    Lamp(id="urn:a_b").level.value = 3
    assert [Lamp(id=name).level.value for name in ("urn:a/b", "urn:a_b", "urn:c")] == [2, 3, 1]


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', '{"level": ', "\0"])
def test_a_broken_file_is_ignored_and_told(
    folder: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    Lamp().level.value = 2
    next(folder.iterdir()).write_text(text)
    assert Lamp().level.value == 1
    assert "cannot be read and is ignored" in caplog.text


@pytest.mark.parametrize("kept", ["50", '"a"', "null"])
def test_a_value_that_no_longer_fits_is_dropped_and_told(
    folder: Path, kept: str, caplog: pytest.LogCaptureFixture
) -> None:
    Lamp().level.value = 2
    next(folder.iterdir()).write_text(f'{{"level": {kept}, "colour": ["green"]}}')
    with caplog.at_level(logging.WARNING):
        assert Lamp().level.value == 1
    assert "'level' no longer fits" in caplog.text
    assert Lamp().colour.value == ["green"]


def test_a_write_that_fails_leaves_the_old_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = Lamp()
    lamp.level.value = 2

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(state.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            lamp.level.value = 3
    assert Lamp().level.value == 2
    assert len(list(folder.iterdir())) == 1  # no half-written file is left behind


def test_writing_from_several_threads_keeps_the_file_whole(folder: Path) -> None:
    lamp = Lamp()

    def write(value: int) -> None:
        for _ in range(20):
            lamp.level.value = value
            lamp.colour.value = [str(value)]

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Lamp().level.value == lamp.level.value
    assert Lamp().colour.value == lamp.colour.value


def test_where_state_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WOT_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "isowot"
    monkeypatch.delenv("XDG_STATE_HOME")
    assert state_folder().parts[-3:] == (".local", "state", "isowot")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "urn:x?y#z", "a" * 500, "..", "é"]
)
def test_no_id_leads_out_of_the_folder(folder: Path, name: str) -> None:
    Kept(name).save("x", b"1")
    (file,) = folder.iterdir()
    assert file.is_file()
    assert Kept(name).load("x") == b"1"


@pytest.mark.assertion("privacy-distributed-ids", "privacy-centralized-ids")
def test_ids_are_stable_and_tell_things_apart() -> None:
    class Other(wot.Thing):
        pass

    names = [default_id(Lamp, "a"), default_id(Lamp, "b"), default_id(Other, "a")]
    assert len(set(names)) == 3
    assert names[0] == default_id(Lamp, "a")
    assert all(name.startswith("urn:uuid:") for name in names)


def test_a_machine_without_an_id_of_its_own_still_has_stable_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(*_args: object) -> str:
        raise FileNotFoundError

    state._machine.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", absent)
        name = default_id(Lamp, "a")
        assert default_id(Lamp, "a") == name
    state._machine.cache_clear()


async def test_a_thing_without_an_id_keeps_its_state_once_it_is_served() -> None:
    class Counter(wot.Thing):
        count = wot.stored(0, persist=True)

    class Another(wot.Thing):
        count = wot.stored(0, persist=True)

    async with wot.serve([counter := Counter(), other := Another()], "http://127.0.0.1:0"):
        counter.count.value = 5
        other.count.value = 6
    async with wot.serve([again := Counter(), other := Another()], "http://127.0.0.1:0"):
        assert (again.count.value, other.count.value) == (5, 6)
        assert exposed_of(again).td.id == exposed_of(counter).td.id


def test_two_things_without_an_id_do_not_share_state_before_they_are_served() -> None:
    class Counter(wot.Thing):
        count = wot.stored(0, persist=True)

    class Another(wot.Thing):
        count = wot.stored(0, persist=True)

    Counter().count.value = 5
    assert Another().count.value == 0


async def test_state_that_is_used_before_serving_is_the_same_as_while_serving() -> None:
    class Starts(wot.Thing):
        count = wot.stored(0, persist=True)

        def __init__(self) -> None:
            self.count.value += 1

    class Other(wot.Thing):
        count = wot.stored(0, persist=True)

        def __init__(self) -> None:
            self.count.value += 10

    for expected in (1, 2, 3):
        async with wot.serve([starts := Starts(), other := Other()], "http://127.0.0.1:0"):
            assert (starts.count.value, other.count.value) == (expected, expected * 10)
            assert await starts.count.read() == expected
