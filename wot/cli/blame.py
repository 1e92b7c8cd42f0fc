"""Where in a user's file an error is, and what to do about it."""

from __future__ import annotations

import ast
import inspect
import os
import re
import sys
import sysconfig
import traceback
from pathlib import Path
from typing import Any, NamedTuple

from wot.errors import DefinitionError, WoTError

_OURS = str(Path(__file__).parent.parent)
_PATHS = sysconfig.get_paths()
_FOREIGN = (_OURS, _PATHS["stdlib"], _PATHS["platstdlib"], _PATHS["purelib"], _PATHS["platlib"])


class Fault(WoTError):
    """A user's file is to blame; `kind` is the name of the original error, `source` the line."""

    def __init__(self, kind: str, message: str, *, hint: str = "", source: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind, self.source = kind, source


class Place(NamedTuple):
    """A line of a file."""

    file: str
    line: int
    source: str


def blamed(error: BaseException, file: Path | None, shown: str) -> Fault:
    """`error` as the fault of a user's file, with its place; `shown` is how they call that file."""
    place = place_of(error, file)
    kind = type(error).__name__
    if place is None:
        return Fault(kind, f"{shown}: {_text(error)}", hint=_hint(error, "correct the file"))
    where = f"{_named(place.file, file, shown)}:{place.line}"
    hint = _hint(error, "correct that line and try again")
    return Fault(kind, f"{where}: {_text(error)}", hint=hint, source=place.source)


def place_of(error: BaseException, file: Path | None) -> Place | None:
    """The line of the user's own code that an error comes from; None where none took part."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Place(error.filename, error.lineno, (error.text or "").strip())
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename, file)]
    if not own:
        return None
    frame = own[-1]
    line = frame.lineno or 1
    if isinstance(error, DefinitionError):
        line = _member_line(frame.filename, line, str(error))
        return Place(frame.filename, line, _line(frame.filename, line))
    return Place(frame.filename, line, frame.line or "")


def line_of(found: Any, shown: str, file: Path | None) -> str:
    """`file:line` of a function or class; the file alone where that is not known."""
    try:
        name = inspect.getsourcefile(found) or ""
        line = inspect.getsourcelines(found)[1]
    except (TypeError, OSError):
        return shown
    return f"{_named(name, file, shown)}:{line}"


def _is_own(name: str, file: Path | None) -> bool:
    if file is not None and name == str(file):
        return True
    return not name.startswith((*_FOREIGN, "<"))


def _named(name: str, file: Path | None, shown: str) -> str:
    """A file as its user calls it."""
    if file is not None and name == str(file):
        return shown
    relative = os.path.relpath(name)
    return name if relative.startswith("..") else relative


def _member_line(file: str, line: int, message: str) -> int:
    """The line of `Lamp.level` in the class statement at `line`, where the message begins with its name."""
    match = re.match(r"(\w+)\.(\w+): ", message)
    if match is None:
        return line
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, ValueError, SyntaxError):
        return line
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == match[1] and _covers(node, line):
            return next((s.lineno for s in node.body if match[2] in _names(s)), line)
    return line


def _covers(node: ast.ClassDef, line: int) -> bool:
    return (
        min([node.lineno, *(d.lineno for d in node.decorator_list)])
        <= line
        <= (node.end_lineno or line)
    )


def _names(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {statement.name}
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _line(file: str, line: int) -> str:
    try:
        return Path(file).read_text("utf-8", "replace").splitlines()[line - 1].strip()
    except (OSError, IndexError):
        return ""


def _text(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return error.msg
    if isinstance(error, SystemExit):
        return "it ends the process while it is imported"
    return str(error) or type(error).__name__


def _hint(error: BaseException, otherwise: str) -> str:
    if isinstance(error, WoTError) and error.hint:
        return error.hint
    if isinstance(error, SystemExit):
        return 'put what a script does under: if __name__ == "__main__":'
    if isinstance(error, ModuleNotFoundError):
        return f"install what it imports for {sys.executable}"
    return otherwise
