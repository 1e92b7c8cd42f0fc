"""The demonstration."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from contextlib import suppress

from .processes import ANYWHERE, Here, Wot, ended, line_of

TITLES = ["Air Station", "This Computer"]


def test_it_serves_and_follows(wot: Wot) -> None:
    done = wot("demo", "--on", ANYWHERE, "--count", "25", "--json")
    assert done.code == 0
    first, *updates = map(json.loads, done.out.splitlines())
    assert [thing["title"] for thing in first["things"]] == TITLES
    assert len(updates) == 25
    assert {update["thing"] for update in updates} == set(TITLES)
    temperatures = [u["value"] for u in updates if u.get("property") == "temperature"]
    assert temperatures
    assert all(-40 <= value <= 85 for value in temperatures)


def test_in_a_pipe_there_are_plain_lines_and_a_signal_ends_it(wot: Wot) -> None:
    with socket.socket() as taken:
        with suppress(OSError):  # somebody else has it, which is as good
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        process = wot.start("demo")
        titles: list[str] = []
        tries: list[str] = []
        while len(tries) < 6:
            line = line_of(process)
            (tries if line.startswith("Try: ") else titles).append(line.strip())
    assert [title.partition(": ")[0] for title in titles] == TITLES
    url = titles[0].partition(": ")[2]
    assert ":8080/" not in url
    with urllib.request.urlopen(url) as answer:
        assert json.load(answer)["title"] == "Air Station"
    assert tries[0] == f"Try: wot td {url}"
    assert any(each.startswith("Try: curl ") for each in tries)
    lines = [line_of(process) for _ in range(5)]
    assert all(line.startswith(tuple(TITLES)) for line in lines)
    assert ended(process, signal.SIGTERM).code == 0


def test_a_reader_that_goes(wot: Wot) -> None:
    process = wot.start("demo", "--on", ANYWHERE)
    line_of(process)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 0


def test_an_address_that_is_taken(here: Here) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = here("demo", "--on", f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert done.code == 3
    assert "ConnectError" in done.err
