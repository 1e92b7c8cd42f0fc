"""The `wot` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The entry point: run the command line and exit with its code."""
    _open_standard_files()
    try:
        from wot.cli.app import run  # here, so that Ctrl-C while importing is quiet, too

        code = run()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _open_standard_files() -> None:
    """Where the caller closed one (`>&-`), something else would get its number, and Python has no object for it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


__all__ = ["main"]
