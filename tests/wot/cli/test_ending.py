"""Exit codes and advice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wot import errors
from wot.cli.ending import advice, cancelled_by, code_of

from .things import GOOD, write

CODES = {
    errors.InvalidTD: 4,
    errors.NoBinding: 3,
    errors.NoForm: 3,
    errors.DefinitionError: 2,
    errors.WoTError: 2,
}


@pytest.mark.parametrize("kind", errors.CROSSING.values(), ids=lambda kind: kind.__name__)
def test_what_crosses_the_wire(kind: type[errors.WoTError]) -> None:
    assert code_of(kind("x")) == (1 if issubclass(kind, errors.InteractionError) else 3)


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_what_does_not(kind: type[errors.WoTError]) -> None:
    assert code_of(kind("x")) == CODES[kind]


def test_advice_names_the_thing_so_that_a_shell_takes_it() -> None:
    assert "wot td 'a b.json' " in advice(errors.InvalidInput("x"), "a b.json")
    assert advice(errors.InvalidInput("x"), "") == ""


async def test_a_signal_ends_a_block() -> None:
    with cancelled_by(signal.SIGUSR1):
        os.kill(os.getpid(), signal.SIGUSR1)
        await asyncio.Event().wait()
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL


async def test_somebody_elses_cancellation_is_not_swallowed() -> None:
    async def job() -> None:
        with cancelled_by(signal.SIGUSR1):
            await asyncio.Event().wait()

    task = asyncio.create_task(job())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("closed", ["<&- >&-", "<&- 2>&-"])
def test_standard_files_that_the_caller_closed(tmp_path: Path, closed: str) -> None:
    write(tmp_path, good=GOOD)
    for command, code in {"validate good.td.json": 0, "validate -": 4, "stub none.json": 3}.items():
        line = f"exec {sys.executable} -m wot.cli {command} {closed}"
        done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
