"""What README and docs show is what happens: every snippet is run, and what it prints is compared.

- `python` blocks of one file run in order, in one namespace, with top-level `await`. A `text` block that follows
  is what they print; an exception is shown as the last line of its traceback.
- A block whose first line is a comment with a file name is saved under that name instead.
- `console` blocks are typed into a shell: `$ command`, then what it prints. `console serving` goes on in the
  background until the page ends, `console waiting` until it has printed what is shown.
- `python from PATH` quotes a file: its lines stand there in this order.
- `sh` blocks set things up and are not run.

`...` stands for anything; the ports that are shown are replaced by free ones.
"""

import ast
import asyncio
import contextlib
import doctest
import importlib
import inspect
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import tomllib
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import wot
from wot.binding import load
from wot_http.errors import STATUS, status_of

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
PATIENCE = 20.0  # seconds for one command
_FENCE = re.compile(r"^```(.*)$")
_FILE = re.compile(r"# ([\w./-]+\.(?:py|toml))$")
_PORT = re.compile(r"(?<=127\.0\.0\.1:)[1-9]\d{3,4}\b")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """One fenced block: its words after the fence, the line it starts in, and its text."""

    words: tuple[str, ...]
    line: int
    text: str

    @property
    def language(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def file(self) -> str:
        """The name under which a reader saves it."""
        match = _FILE.match(self.text.partition("\n")[0])
        return match[1] if match else ""


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    lines = page.read_text("utf-8").splitlines()
    start: int | None = None
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if match is None:
            continue
        if start is None:
            start = number
        else:
            words = tuple(lines[start][3:].split())
            found.append(Block(words, start + 1, "\n".join(lines[start + 1 : number])))
            start = None
    assert start is None, f"{page}:{start}: a fence is not closed"
    return found


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


class Command(NamedTuple):
    text: str
    output: str


def commands(text: str) -> Iterator[Command]:
    """`$ command` (continued by a backslash) and what is shown below it."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not parts[0], "a console block starts with a command"
    for part in parts[1:]:
        command = re.match(r"(?:.*\\\n)*.*", part)
        assert command is not None
        yield Command(command[0], part[command.end() + 1 :])


class Reader:
    """Somebody who types in everything that a page shows."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.module = types.ModuleType(re.sub(r"\W", "_", f"page_{page.stem}"))
        self.ports: dict[str, str] = {}
        self.background: list[subprocess.Popen[str]] = []
        self.waiting: tuple[subprocess.Popen[str], Command, str] | None = None
        self.runner = asyncio.Runner()

    def __enter__(self) -> "Reader":
        sys.modules[self.module.__name__] = self.module
        sys.path.insert(0, str(self.folder))
        self.before = os.getcwd()
        os.chdir(self.folder)
        (self.folder / "td_examples").symlink_to(ROOT / "td_examples")
        return self

    def __exit__(self, *_: object) -> None:
        os.chdir(self.before)
        self.runner.close()
        sys.path.remove(str(self.folder))
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", "") or "").startswith(str(self.folder)):
                del sys.modules[name]
        del sys.modules[self.module.__name__]
        load.cache_clear()
        for process in self.background:
            process.kill()
            process.communicate()

    def read(self) -> None:
        todo = blocks(self.page)
        for block, following in zip(todo, [*todo[1:], Block((), 0, "")], strict=True):
            shown = following.text if following.language == "text" else ""
            if block.language in ("python", "toml") and block.file:
                self.save(block)
            elif block.words[:2] == ("python", "from"):
                quotes(ROOT / block.words[2], block.text)
            elif block.language == "python":
                self.compare(block.line, shown, self.run(block))
            elif block.language == "console":
                self.type(block)
        assert self.waiting is None, "nothing was done that a waiting command could show"
        for process in self.background:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0, f"{process.args} ended with {process.returncode}"

    def save(self, block: Block) -> None:
        text = self.real(block.text)
        (self.folder / block.file).write_text(text + "\n")
        if block.language == "toml":
            install(self.folder, tomllib.loads(text)["project"])

    def run(self, block: Block) -> str:
        source = "\n" * block.line + self.real(block.text)
        code = compile(
            source, named(self.page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                result = eval(code, self.module.__dict__)
                if inspect.iscoroutine(result):
                    self.runner.run(asyncio.wait_for(result, PATIENCE))
            except wot.errors.WoTError as error:
                print("".join(traceback.format_exception_only(error)), end="")
        return printed.getvalue()

    def type(self, block: Block) -> None:
        for command in commands(block.text):
            if command.text.startswith("curl ") and shutil.which("curl") is None:
                continue
            process = self.start(command.text)
            if "serving" in block.words:
                self.background.append(process)
                self.compare(block.line, command.output, lines_of(process, command.output))
            elif "waiting" in block.words:
                self.background.append(process)
                first = command.output.partition("\n")[0]
                self.waiting = process, command, lines_of(process, first)
            else:
                self.compare(block.line, command.output, self.finish(process))
        if self.waiting is not None and "waiting" not in block.words:
            process, command, first = self.waiting
            self.waiting = None
            self.background.remove(process)
            self.compare(block.line, command.output, first + self.finish(process))

    def start(self, command: str) -> subprocess.Popen[str]:
        bin_ = Path(sys.executable).parent
        environment = {
            **os.environ,
            "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "100",
        }
        return subprocess.Popen(
            ["sh", "-c", f"exec {command}" if command.isprintable() and ";" not in command and "|" not in command else command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
