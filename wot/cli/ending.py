"""How a command ends: errors, exit codes, signals, and readers that have gone."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

from wot.cli.output import Output, ReaderGone
from wot.errors import InteractionError, InvalidTD, NoBinding, NoForm, TransportError, WoTError

DONE, REFUSED, USAGE, NO_ANSWER, INVALID_TD, INTERRUPTED = 0, 1, 2, 3, 4, 130


class UsageError(WoTError):
    """The command line asks for what cannot be."""


def code_of(error: WoTError) -> int:
    """The exit code for an error."""
    if isinstance(error, InvalidTD):
        return INVALID_TD
    if isinstance(error, InteractionError):
        return REFUSED
    if isinstance(error, (TransportError, NoForm, NoBinding)):
        return NO_ANSWER
    return USAGE


def ended(
    output: Output, what: str, job: Callable[[], Coroutine[Any, Any, None]], interrupted: int
) -> int:
    """Run `job` to its end; the exit code that tells how it went, its error shown. `what` says what failed."""
    from wot.running import fastest

    try:
        fastest(job())
    except WoTError as error:
        output.error(what, error)
        return code_of(error)
    except ReaderGone:
        pass  # `wot watch … | head -1`: it has what it wanted
    except KeyboardInterrupt:
        return interrupted
    return DONE


@contextmanager
def cancelled_by(*signals: signal.Signals, pipe: bool = False) -> Generator[None, None, None]:
    """End a block quietly on a signal and, with `pipe`, when nobody reads our output any more."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    asked: list[bool] = []

    def cancel() -> None:
        asked.append(True)
        task.cancel()

    watched = sys.stdout.fileno() if pipe and _is_pipe() else -1
    handled = [number for number in signals if _handle(loop, number, cancel)]
    if watched >= 0:
        # A pipe without a reader is reported as readable; without this, only writing would tell.
        loop.add_reader(watched, cancel)
    try:
        yield
    except asyncio.CancelledError:
        if not asked:
            raise
        task.uncancel()
    finally:
        if watched >= 0:
            loop.remove_reader(watched)
        for number in handled:
            loop.remove_signal_handler(number)


def _handle(
    loop: asyncio.AbstractEventLoop, number: signal.Signals, cancel: Callable[[], None]
) -> bool:
    try:
        loop.add_signal_handler(number, cancel)
    except NotImplementedError:  # Windows, where KeyboardInterrupt ends the loop
        return False
    return True


def _is_pipe() -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode) and os.name == "posix"
    except (OSError, ValueError):
        return False
