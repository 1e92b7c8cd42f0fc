"""What can be said, and what is told about what cannot."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wot as framework

from .processes import Here, Wot


def test_importing_the_command_imports_no_protocol_library() -> None:
    code = """
import sys
import wot.cli.app, wot.cli.using, wot.cli.serving, wot.cli.demo
import wot.cli.validating, wot.cli.modelling, wot.cli.rewriting, wot.cli.findings
heavy = ("aiohttp", "wot_http", "jsonschema", "jsonschema_rs", "rdflib", "psutil")
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(here: Here) -> None:
    assert here("--version").out == f"isowot {framework.__version__}\n"


def test_without_a_command_there_is_help(here: Here) -> None:
    done = here()
    assert done.code == 2
    for command in (
        "serve",
        "td",
        "read",
        "write",
        "invoke",
        "watch",
        "validate",
        "model",
        "stub",
        "demo",
    ):
        assert f"\n  {command} " in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["read"], "THING"),
        (["dance"], "dance"),
        (["read", "a", "b", "--timeout", "0"], "--timeout"),
        (["watch", "a", "b", "--count", "0"], "--count"),
        (["write", "a", "b", "1", "--jsn"], "--jsn"),
        (["validate"], "FILE|URL"),
        (["validate", "a", "--timeout", "0"], "--timeout"),
        (["model"], "MODEL"),
        (["stub"], "TD"),
    ],
)
def test_a_wrong_command_line(here: Here, args: list[str], word: str) -> None:
    done = here(*args)
    assert (done.code, done.out) == (2, "")
    error, why, hint = done.err.splitlines()
    assert error.startswith("error: ")
    assert word in why
    assert "--help" in hint


def test_a_wrong_command_line_as_json(wot: Wot) -> None:
    done = wot("read", "--json")
    assert (done.code, done.error["type"]) == (2, "UsageError")
    assert done.error["hint"]
