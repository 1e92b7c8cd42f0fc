"""Files that a command writes."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Any

from wot.cli.output import Output
from wot.errors import WoTError


def write(output: Output, file: str | Path, text: str) -> None:
    """Write a file as a whole, and say so."""
    try:
        # What no text may hold comes from names and options that are no UTF-8: JSON and Python read this escape.
        Path(file).write_text(text, "utf-8", "backslashreplace", newline="")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WoTError(
            f"{file} cannot be written: {reason}", hint="name another one with -o"
        ) from None
    output.done(f"{file} is written")


def as_text(json: Any) -> str:
    """A JSON document as people write it."""
    return dumps(json, indent=2, ensure_ascii=False) + "\n"
