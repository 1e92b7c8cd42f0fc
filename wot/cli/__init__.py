"""The `wot` command."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point: run the command line and exit with its code."""
    try:
        from wot.cli.app import run  # here, so that Ctrl-C while importing is quiet, too

        code = run()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


__all__ = ["main"]
