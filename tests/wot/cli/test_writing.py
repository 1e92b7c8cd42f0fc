"""Where the command writes, and where not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .processes import Done, Here, Wot
from .things import GOOD, MODEL, link, model, write

FILLED = ["--set", "NUMBER=7", "--set", "MAXIMUM=100"]


WHOLE = ["--base", "http://lamp.example/", "--security", "nosec"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, lamp=MODEL, td=GOOD)
    write(tmp_path, room=model(links=link("tm:submodel", "./lamp.tm.json", instanceName="left")))
    return tmp_path


def made(done: Done) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_what_is_there_is_kept(here: Here, folder: Path) -> None:
    command = ["model", "lamp.tm.json", *FILLED, "-o", "mine.td.json"]
    assert [here(*command).code for _ in range(2)] == [0, 0]
    done = here(*command, "--title", "Other", "--json")
    assert (done.code, done.error["hint"]) == (2, "--force overwrites it")
    assert json.loads((folder / "mine.td.json").read_bytes())["title"] == "Lamp 7"
    assert here(*command, "--title", "Other", "--force").code == 0
    assert json.loads((folder / "mine.td.json").read_bytes())["title"] == "Other"


def test_nothing_is_written_through_a_link(here: Here, folder: Path) -> None:
    (folder / "tds").mkdir()
    (folder / "precious").write_text("mine")
    (folder / "tds" / "lamp.td.jsonld").symlink_to(folder / "precious")
    command = ["model", "room.tm.json", *FILLED, "-o", "tds"]
    assert here(*command).code == 2
    assert [path.name for path in (folder / "tds").iterdir()] == ["lamp.td.jsonld"]
    assert here(*command, "--force").code == 0
    assert (folder / "precious").read_text() == "mine"
    assert not (folder / "tds" / "lamp.td.jsonld").is_symlink()
    (folder / "gone.json").symlink_to(folder / "nowhere")
    assert here("model", "lamp.tm.json", *FILLED, "-o", "gone.json").code == 2
    assert not (folder / "nowhere").exists()


def test_what_keeps_nothing_can_be_written_to(wot: Wot, folder: Path) -> None:
    command = ["model", "lamp.tm.json", *FILLED, "-o"]
    assert wot(*command, "/dev/null").code == 0
    done = wot(*command, "/dev/stdout")
    assert json.loads(done.out)["title"] == "Lamp 7"
    assert Path("/dev/null").is_char_device()


def test_a_file_that_cannot_be_written(here: Here, folder: Path) -> None:
    done = here("model", "lamp.tm.json", *FILLED, "-o", "none/lamp.td.json", "--json")
    assert done.code == 2
    assert "cannot be written" in done.error["detail"]
