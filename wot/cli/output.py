"""What a command prints: tables and colours for people, plain text for pipes, JSON where it is asked for."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from wot.cli import values
from wot.errors import WoTError
from wot.td import Json

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class ReaderGone(Exception):
    """Nobody reads our output any more."""


class Output:
    """Standard output and standard error of one command."""

    def __init__(self, json: bool = False) -> None:
        self.json = json
        self.people = sys.stdout is not None and sys.stdout.isatty() and not json

    @cached_property
    def console(self) -> Console:
        """Standard output for people."""
        from rich.console import Console

        return Console(highlight=False, markup=False, emoji=False)

    def line(self, text: str) -> None:
        """One line of plain text."""
        self._write(text.encode("utf-8", "backslashreplace") + b"\n")

    def record(self, value: Any) -> None:
        """One line of JSON."""
        self._write(msgspec.json.encode(value) + b"\n")

    def show(self, what: RenderableType) -> None:
        """Something for people."""
        self.console.print(what)

    def value(self, value: Any, schema: Json) -> None:
        """A value that was asked for."""
        if self.json:
            self.record(value)
        elif self.people:
            self.show(values.rendered(value, schema))
        elif isinstance(value, bytes):
            self._write(value)
        else:
            self.line(values.plain(value))

    def item(self, value: Any, schema: Json) -> None:
        """One of several values, on one line."""
        if self.json:
            self.record(value)
        elif self.people:
            self.show(values.dated(values.worded(value, schema)))
        else:
            self.line(values.plain(value, one_line=True))

    def done(self, text: str) -> None:
        """Something was done that has no value."""
        if self.json:
            self.record(None)
        elif self.people:
            self.line(values.clean(text))

    def error(self, what: str, error: WoTError, hint: str = "") -> None:
        """What went wrong, why, and what to do, to standard error."""
        kind = getattr(error, "kind", "") or type(error).__name__
        hint = error.hint or hint
        if self.json:
            problem = {"type": kind, "detail": str(error), "hint": hint}
            _to_stderr(msgspec.json.encode({"error": problem}).decode())
            return
        _to_stderr(f"error: {what}", "bold red")
        _to_stderr(f"why:   {kind}: {error}")
        if source := getattr(error, "source", ""):
            _to_stderr(f"       {source}")
        if hint:
            _to_stderr(f"hint:  {hint}", "cyan")

    def _write(self, data: bytes) -> None:
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except OSError as error:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, sys.stdout.fileno())  # or the interpreter would complain once more
            os.close(silence)
            if isinstance(error, BrokenPipeError):
                raise ReaderGone from None
            raise WoTError(f"the output cannot be written: {error.strerror}") from None


def _to_stderr(text: str, style: str = "") -> None:
    """One line, its first word in colour where people look."""
    if not sys.stderr.isatty():
        print(text, file=sys.stderr)
        return
    from rich.console import Console
    from rich.text import Text

    shown = Text(values.clean(text))
    shown.stylize(style, 0, text.find(":") + 1)
    Console(stderr=True, highlight=False).print(shown, soft_wrap=True)
