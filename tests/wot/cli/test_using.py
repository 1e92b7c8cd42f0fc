"""Using a Thing: values, words for people and programs, exit codes, every kind of error."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .elsewhere import Elsewhere, described, hangs, sends
from .processes import Here, Wot, ended


def forms(path: str) -> list[dict[str, str]]:
    return [{"href": path}]


def test_the_exit_codes_of_the_process(wot: Wot, lamp: str, elsewhere: Elsewhere) -> None:
    base = elsewhere(td=sends(b"{}"))
    done = wot.together(
        ["read", lamp, "offset"],
        ["read", lamp, "colour"],
        ["read"],
        ["read", "http://127.0.0.1:9/none", "x"],
        ["read", f"{base}/td", "x"],
    )
    assert [each.code for each in done] == [0, 1, 2, 3, 4]
    assert [each.out for each in done] == ["1.5\n", "", "", "", ""]
    assert [len(each.err.splitlines()) for each in done] == [0, 3, 3, 3, 3]


def test_td_in_a_pipe_is_the_td(here: Here, lamp: str, tmp_path: Path) -> None:
    done = here("td", lamp)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["title"] == "Kitchen Lamp"
    file = tmp_path / "lamp.td.json"
    file.write_text(done.out)
    assert here("read", str(file), "offset").out == "1.5\n"
    assert len(here("td", str(file), "--json").out.splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "out"),
    [
        (["offset"], "1.5\n"),
        (["spot"], '{"x":1,"y":2}\n'),
        (["note", "--json"], "null\n"),
        (["scaled", "--var", "unit=5", "--var", "factor=2.5"], "5 2.5\n"),
        (["scaled", "--json"], '"Cel 1"\n'),
    ],
)
def test_read(here: Here, lamp: str, args: list[str], out: str) -> None:
    assert here("read", lamp, *args) == (0, out, "")


def test_bytes_come_out_as_they_are(wot: Wot, lamp: str) -> None:
    process = wot.start("read", lamp, "picture")
    assert process.stdout is not None
    assert os.read(process.stdout.fileno(), 100) == b"\x89PNG\n\x00"
    assert process.wait() == 0


def test_write_a_number_and_a_bare_word(here: Here, lamp: str) -> None:
    done = here("write", lamp, "brightness", "50", "--json")
    assert (done.code, done.out, done.err) == (0, "null\n", "")
    assert here("read", lamp, "brightness").out == "50\n"
    assert here("write", lamp, "name", "5") == (0, "", "")
    assert here("read", lamp, "name", "--json").out == '"5"\n'


@pytest.mark.parametrize(
    ("args", "out"),
    [
        (["add", "-5"], "-4\n"),
        (["fade", '{"to": 5}'], "to 5 in 1 s\n"),
        (["say", "hello", "--json"], '"hello"\n'),
        (["ring"], ""),
        (["ring", "--json"], "null\n"),
    ],
)
def test_invoke(here: Here, lamp: str, args: list[str], out: str) -> None:
    assert here("invoke", lamp, *args) == (0, out, "")


@pytest.mark.parametrize(
    ("args", "kind", "detail", "hint"),
    [
        (["write", "brightness", "101"], "InvalidInput", "maximum of 100", "wot td"),
        (["invoke", "fade", "{}"], "InvalidInput", "'to'", "wot td"),
        (["read", "colour"], "UnknownAffordance", "'colour'", "brightness"),
        (["read", "scaled", "--var", "x=1"], "UriVariableError", "'x'", "unit"),
        (["watch", "scaled"], "NotAllowed", "observeproperty", "wot td"),
        (["read", "dazzled"], "Unavailable", "dazzled", "draw the curtains"),
        (["invoke", "fail"], "HandlerError", "fail", "log"),
    ],
)
def test_refused(here: Here, lamp: str, args: list[str], kind: str, detail: str, hint: str) -> None:
    done = here(args[0], lamp, *args[1:], "--json")
    assert (done.code, done.out, done.error["type"]) == (1, "", kind)
    assert detail in done.error["detail"]
    assert hint in done.error["hint"]
    assert "secret" not in done.err


def test_an_error_in_words(here: Here, lamp: str) -> None:
    done = here("write", lamp, "brightness", "101")
    assert done.err.splitlines() == [
        f"error: cannot write brightness of {lamp}",
        "why:   InvalidInput: brightness: 101 is greater than the maximum of 100",
        f"hint:  wot td {lamp} tells what it offers and takes",
    ]


@pytest.mark.parametrize(
    ("args", "detail"),
    [
        (["write", "brightness", "high"], "'high' is not JSON"),
        (["read", "scaled", "--var", "unit"], "NAME=VALUE"),
    ],
)
def test_misused(here: Here, lamp: str, args: list[str], detail: str) -> None:
    done = here(args[0], lamp, *args[1:], "--json")
    assert (done.code, done.error["type"]) == (2, "UsageError")
    assert detail in done.error["detail"]


def test_no_usable_answer(here: Here, elsewhere: Elsewhere) -> None:
    properties = {
        "wrong": {"type": "integer", "forms": forms("wrong")},
        "moved": {"forms": forms("moved")},
        "alien": {"forms": forms("zigbee://x/y")},
    }
    base = elsewhere(
        td=sends(described(properties=properties)),
        wrong=sends(b'"three"'),
        moved=sends(b"", status=304),
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/x"
        expected = {
            "ConnectError": ["td", nobody],
            "InvalidOutput": ["read", f"{base}/td", "wrong"],
            "ProtocolError": ["read", f"{base}/td", "moved"],
            "NoForm": ["read", f"{base}/td", "alien"],
            "NoBinding": ["td", "zigbee://x/y"],
        }
        found = [here(*args, "--json") for args in expected.values()]
    for kind, done in zip(expected, found, strict=True):
        assert (done.code, done.error["type"]) == (3, kind)
        assert done.error["hint"]


def test_what_hangs(here: Here, lamp: str, elsewhere: Elsewhere) -> None:
    td = elsewhere(td=hangs) + "/td"
    commands = [["td", td], ["read", td, "x"], ["watch", td, "x"], ["invoke", lamp, "hang"]]
    for args in commands:
        done = here(*args, "--timeout", "0.3", "--json")
        assert (done.code, done.error["type"]) == (3, "Timeout")
        assert "--timeout" in done.error["hint"]


def test_no_thing_description(here: Here, elsewhere: Elsewhere, tmp_path: Path) -> None:
    base = elsewhere(td=sends(b'{"title": 5}'))
    (tmp_path / "td.json").write_bytes(b"\xff\xfe no JSON")
    url = here("read", f"{base}/td", "x", "--json")
    assert (url.code, url.error["type"]) == (4, "InvalidTD")
    assert "title" in url.error["detail"]
    assert here("td", str(tmp_path / "td.json")).code == 4
    assert here("td", str(tmp_path / "none.json")).code == 3


def test_ctrl_c_while_it_waits(wot: Wot, elsewhere: Elsewhere) -> None:
    process = wot.start("td", elsewhere(td=hangs) + "/td")
    assert elsewhere.asked.wait(20)
    assert ended(process, signal.SIGINT) == (130, "", "")


def test_an_output_that_cannot_be_written(wot: Wot, lamp: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "wot.cli", "read", lamp, "offset"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
