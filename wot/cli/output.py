"""What a command prints: tables and colours for people, plain text for pipes, JSON where it is asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cached_property
from json import dumps
from typing import TYPE_CHECKING, Any

import msgspec

from wot.cli import values
from wot.errors import WoTError
from wot.td import Json

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Part = tuple[str, str]  # text, and the style it has at a terminal
_WIDTH = 120  # cells of a line in a pipe


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

    def styled(self, parts: Iterable[Part]) -> None:
        """One line of texts with styles, which only people see."""
        if self.people:
            from rich.text import Text

            self.console.print(Text.assemble(*parts), soft_wrap=True)
        else:
            self.line("".join(text for text, _ in parts))

    @property
    def width(self) -> int:
        """How many cells a line has."""
        return self.console.width if self.people else _WIDTH

    def document(self, json: Any) -> None:
        """A JSON document: on one line where JSON is asked for, else as people write it."""
        # Not msgspec, which does not take every number and every string that a document may hold.
        if self.json:
            self.line(_compact(json))
        else:
            text = dumps(json, indent=2, ensure_ascii=False)
            self.line(values.escaped(text) if self.people else text)

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
            self.line(values.flat(text))

    def error(self, what: str, error: WoTError, hint: str = "") -> None:
        """What went wrong, why, and what to do, to standard error."""
        kind = getattr(error, "kind", "") or type(error).__name__
        hint = error.hint or hint
        if self.json:
            problem = {"type": kind, "detail": str(error), "hint": hint}
            print(_compact({"error": problem}), file=sys.stderr)
            return
        _to_stderr(("error:", "bold red"), (f" {what}", ""))
        details = getattr(error, "details", ())
        if not details:
            _to_stderr((f"why:   {kind}: {error}", ""))
        if source := getattr(error, "source", ""):
            _to_stderr((f"       {source}", ""))
        if hint:
            _to_stderr(("hint:", "cyan"), (f"  {hint}", ""))
        for line in details:
            _to_stderr(*line)

    def note(self, text: str) -> None:
        """Something worth knowing about what was printed, to standard error; programs have no use for it."""
        if not self.json:
            _to_stderr(("note:", "cyan"), (f"  {text}", ""))

    @property
    def progresses(self) -> bool:
        """Whether somebody sees what is told by `progress`."""
        return not self.json and sys.stderr is not None and sys.stderr.isatty()

    def progress(self, text: str) -> None:
        """How far it is, on a line of standard error that the next one overwrites; "" takes it away."""
        if self.progresses:
            from rich.cells import set_cell_size

            width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
            shown = set_cell_size(values.flat(text), max(width, 1)).rstrip()
            print(f"\r\x1b[K{shown}", end="", file=sys.stderr, flush=True)

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


def _compact(json: Any) -> str:
    return dumps(json, ensure_ascii=False, separators=(",", ":"))


def _to_stderr(*parts: Part) -> None:
    """One line, in colours where people look."""
    flat = [(values.flat(text), style) for text, style in parts]
    if not sys.stderr.isatty():
        print("".join(text for text, _ in flat), file=sys.stderr)
        return
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, highlight=False).print(Text.assemble(*flat), soft_wrap=True)
