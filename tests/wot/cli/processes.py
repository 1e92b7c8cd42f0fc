"""The command as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent
ANYWHERE = "http://127.0.0.1:0"


class Done(NamedTuple):
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> dict[str, str]:
        """The one error of --json."""
        (line,) = self.err.splitlines()
        found: dict[str, str] = json.loads(line)["error"]
        assert set(found) == {"type", "detail", "hint"}
        return found


Here = Callable[..., Done]


class Wot:
    """Starts the command, and ends what it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[subprocess.Popen[str]] = []

    def __call__(self, *args: str, **env: str) -> Done:
        """Run it to its end."""
        return self._done(self.start(*args, **env))

    def fed(self, data: bytes, *args: str) -> Done:
        """Run it to its end with this at its standard input."""
        done = subprocess.run(
            [sys.executable, "-m", "wot.cli", *args],
            input=data,
            capture_output=True,
            cwd=self.folder,
        )
        err = done.stderr.decode()
        assert "Traceback" not in err, err
        return Done(done.returncode, done.stdout.decode(), err)

    def together(self, *commands: Sequence[str]) -> list[Done]:
        """Run several at once to their ends."""
        processes = [self.start(*args) for args in commands]
        return [self._done(process) for process in processes]

    def start(
        self, *args: str, stdin: int = subprocess.DEVNULL, **env: str
    ) -> subprocess.Popen[str]:
        """A running one, with pipes."""
        process = subprocess.Popen(
            [sys.executable, "-m", "wot.cli", *args],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**os.environ, **env},
        )
        self._started.append(process)
        return process

    @staticmethod
    def _done(process: subprocess.Popen[str]) -> Done:
        out, err = process.communicate()
        assert "Traceback" not in err, err
        return Done(process.returncode, out, err)

    def serve(self, *args: str, **env: str) -> tuple[subprocess.Popen[str], list[dict[str, str]]]:
        """A running `wot serve`, and its Things."""
        process = self.start("serve", *args, "--on", ANYWHERE, "--json", **env)
        return process, json.loads(line_of(process))["things"]

    def close(self) -> None:
        """End what still runs."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        assert process.stderr is not None
        pytest.fail(f"it ended: {process.stderr.read()}")
    return line


def ended(process: subprocess.Popen[str], number: signal.Signals) -> Done:
    """Send a signal and wait for the end."""
    process.send_signal(number)
    out, err = process.communicate()
    assert "Traceback" not in err, err
    return Done(process.returncode, out, err)
