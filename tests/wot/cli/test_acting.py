"""Actions that are answered before they end: waited for, given up, started and asked about; ids of requests."""

from __future__ import annotations

import json
import signal
import time

import pytest

from wot.cli import using

from .processes import Done, Here, Wot, ended


def until(here: Here, oven: str, name: str, value: int) -> None:
    """Wait until a property has a value."""
    limit = time.monotonic() + 20
    while (found := int(here("read", oven, name).out)) != value:
        assert time.monotonic() < limit, found
        time.sleep(0.02)


def cancelled(here: Here, oven: str) -> int:
    return int(here("read", oven, "cancelled").out)


def test_the_end_is_waited_for_longer_than_for_an_answer(
    here: Here, oven: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(using, "_ANSWER", 0.5)
    assert here("invoke", oven, "bake", "1.2") == (0, "done\n", "")
    assert here("invoke", oven, "clean", "--json") == (0, "null\n", "")


def test_a_limit_to_the_whole_cancels_and_says_so(here: Here, oven: str) -> None:
    before = cancelled(here, oven)
    done = here("invoke", oven, "bake", "60", "--timeout", "0.7", "--json")
    assert (done.code, done.out, done.error["type"]) == (3, "", "Timeout")
    assert done.error["detail"] == "bake had not ended within 0.7 s, and was cancelled"
    assert "--start" in done.error["hint"]
    assert cancelled(here, oven) == before + 1


def test_ctrl_c_cancels_and_says_so(wot: Wot, here: Here, oven: str) -> None:
    before = cancelled(here, oven)
    process = wot.start("invoke", oven, "bake", "60")
    until(here, oven, "running", 1)
    assert ended(process, signal.SIGINT) == Done(
        130, "", "note:  bake had not ended, and was cancelled\n"
    )
    assert cancelled(here, oven) == before + 1


def test_started_asked_about_and_cancelled(here: Here, oven: str) -> None:
    started = here("invoke", oven, "bake", "60", "--start")
    assert (started.code, started.err) == (0, "")
    url = started.out.strip()
    assert url.startswith("http://127.0.0.1:")
    found = json.loads(here("status", oven, "bake", url, "--json").out)
    assert (found["href"], found["progress"]) == (url, 0.5)
    assert here("status", oven, "bake", url, "--cancel").code == 0
    until(here, oven, "running", 0)
    for further in ([], ["--cancel"]):
        gone = here("status", oven, "bake", url, "--json", *further)
        assert (gone.code, gone.error["type"]) == (1, "NotFound")


def test_nothing_to_ask_about(here: Here, lamp: str) -> None:
    done = here("invoke", lamp, "ring", "--start", "--json")
    assert (done.code, done.error["type"]) == (2, "UsageError")
    assert "ring" in done.error["detail"]


def test_what_has_an_id_is_done_once(here: Here, oven: str) -> None:
    first, again = (
        here("invoke", oven, "bake", "60", "--start", "--id", "loaf-1").out for _ in range(2)
    )
    assert first == again
    assert here("status", oven, "bake", first.strip(), "--cancel").code == 0
    assert here("write", oven, "name", "a", "--id", "name-1").code == 0
    refused = here("write", oven, "name", "b", "--id", "name-1", "--json")
    assert refused.error["type"] == "Conflict"
    assert here("write", oven, "name", "b", "--id", "no\nid", "--json").code in (1, 2)
