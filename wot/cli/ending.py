"""How a command ends: errors, exit codes, signals, and readers that have gone."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import stat
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

from wot.cli.output import Output, ReaderGone
from wot.errors import (
    HandlerError,
    InteractionError,
    InvalidInput,
    InvalidOutput,
    InvalidTD,
    NoBinding,
    NoForm,
    NotAllowed,
    NotFound,
    ProtocolError,
    Timeout,
    TransportError,
    WoTError,
)

DONE, REFUSED, USAGE, NO_ANSWER, INVALID_TD, INTERRUPTED = 0, 1, 2, 3, 4, 130
Job = Callable[[], Coroutine[Any, Any, None]]  # what it does before there is a loop, and in it


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


def advice(error: WoTError, thing: str) -> str:
    """What to do about an error that has no hint of its own."""
    if isinstance(error, HandlerError):
        return "the log of the Thing's own process tells more"
    if isinstance(error, (InvalidInput, NotFound, NotAllowed)) and thing:
        return f"wot td {shlex.quote(thing)} tells what it offers and takes"
    if isinstance(error, Timeout):
        return "--timeout S waits longer"
    if isinstance(error, InvalidOutput):
        return "the Thing breaks its own description; its maker should know"
    return "is that the address of a Thing?" if isinstance(error, ProtocolError) else ""


def ended(
    output: Output, what: str, job: Job, interrupted: int = INTERRUPTED, thing: str = ""
) -> int:
    """Run `job` to its end; the exit code that tells how it went. Errors are shown; `what` says what failed."""

    def work() -> int:
        from wot.running import fastest

        fastest(job())
        return DONE

    return settled(output, what, work, interrupted, thing)


def settled(
    output: Output,
    what: str,
    work: Callable[[], int],
    interrupted: int = INTERRUPTED,
    thing: str = "",
) -> int:
    """The same for what needs no loop and knows its exit code."""
    try:
        return work()
    except WoTError as error:
        output.error(what, error, advice(error, thing))
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
