"""Files that a command writes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from json import dumps
from pathlib import Path
from typing import Any, NamedTuple

from wot.cli.ending import UsageError
from wot.cli.output import Output
from wot.errors import WoTError


class Out(NamedTuple):
    """Where the command line wants its output: nowhere but printed where `file` is empty."""

    file: str = ""
    force: bool = False


def write(output: Output, files: Mapping[Path, str], out: Out) -> None:
    """Write files as a whole, and say so; none of them where one may not be."""
    texts = {path: _encoded(text) for path, text in files.items()}
    modes = {path: _mode(path, text, out) for path, text in texts.items()}
    for path, mode in modes.items():
        if mode:
            _write(path, texts[path], mode)
        output.done(f"{path} is written")


def as_text(json: Any) -> str:
    """A JSON document as people write it."""
    return dumps(json, indent=2, ensure_ascii=False) + "\n"


def _encoded(text: str) -> bytes:
    # What no text may hold comes from names and options that are no UTF-8: JSON and Python read this escape.
    return text.encode("utf-8", "backslashreplace")


def _mode(path: Path, text: bytes, out: Out) -> str:
    """How to open a file, "" where it says that already; UsageError where it says something else."""
    named = path == Path(out.file)
    if path.is_dir() or (named and path.exists() and not path.is_file()):
        return "wb"  # a folder, which the system refuses, or /dev/stdout and the like, which keep nothing
    if not os.path.lexists(path):
        return "xb"
    if path.is_file() and not path.is_symlink() and _content(path, len(text)) == text:
        return ""
    if not out.force:
        raise UsageError(f"{path} is there already", hint="--force overwrites it")
    return "xb"


def _content(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size + 1)
    except OSError:
        return b""


def _write(path: Path, text: bytes, mode: str) -> None:
    try:
        if mode == "xb":
            path.unlink(
                missing_ok=True
            )  # nothing is written through a link, which may lead anywhere
        with path.open(mode) as file:
            file.write(text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WoTError(
            f"{path} cannot be written: {reason}", hint="name another one with -o"
        ) from None
