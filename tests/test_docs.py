"""What README and docs show is what happens: every snippet is run, and what it prints is compared.

- `python` blocks of one page run in order, in one namespace, with top-level `await`. A `text` block that follows
  is what they print; an error is shown as the last line of its traceback.
- A block whose first line is a comment with a file name is saved under that name, and run by a command.
- `console` blocks are typed into a shell: `$ command`, then what it prints. `console serving` goes on in the
  background to the end of the page, `console waiting` until the next console block has been typed.
- `python from PATH` quotes a file: its lines stand there in this order.
- `sh` blocks set up a machine and are not run.

`...` stands for anything, and the ports that are shown are replaced by free ones.
"""

import ast
import asyncio
import contextlib
import doctest
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
from typing import Any, NamedTuple

import pytest

import wot
from wot.binding import load
from wot.cli.ending import code_of
from wot_http.errors import status_of

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
PATIENCE = 20.0  # seconds for one command
_FILE = re.compile(r"# ([\w./-]+\.(?:py|toml))$")
_PORT = re.compile(r"(?<=127\.0\.0\.1:)[1-9]\d{3,4}\b")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """One fenced block: the words behind the fence, the line of the fence, and its text."""

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


class Command(NamedTuple):
    """What is typed into a shell, and what is shown below it."""

    text: str
    output: str


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    start: int | None = None
    lines = page.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start = number
        else:
            words = tuple(lines[start][3:].split())
            found.append(Block(words, start + 1, "\n".join(lines[start + 1 : number])))
            start = None
    assert start is None, f"{named(page)}:{start}: a fence is not closed"
    return found


def commands(block: Block) -> Iterator[Command]:
    before, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not before, f"line {block.line}: a console block starts with a command"
    for part in parts:
        typed = re.match(r"(?:.*\\\n)*.*", part)
        assert typed is not None
        yield Command(typed[0], part[typed.end() + 1 :])


def quote(path: Path, text: str) -> None:
    """Fail unless the lines of `text` stand in a file, in this order; `...` leaves lines out."""
    rest = iter([line.strip() for line in path.read_text("utf-8").splitlines()])
    for line in text.splitlines():
        wanted = line.strip()
        if wanted and wanted != "...":
            assert any(wanted == line for line in rest), f"{path.name} does not say: {wanted}"


def installed(folder: Path, project: dict[str, Any]) -> None:
    """What `pip install` leaves of a project: its entry points."""
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(head)
    lines: list[str] = []
    for group, entries in project.get("entry-points", {}).items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")


class Running:
    """A command in a shell, and what it has printed so far."""

    def __init__(self, command: str, folder: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        found = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
        settings = {"PATH": path, "PYTHONPATH": found, "PYTHONUNBUFFERED": "1"}
        # A group of its own, as in a terminal: Ctrl-C is for all that the command has started.
        self.process = subprocess.Popen(
            ["sh", "-c", command],
            cwd=folder,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.printed = ""

    def lines(self, count: int) -> str:
        """Its first lines, as soon as it has printed them."""
        with self._limited():
            assert self.process.stdout is not None
            while count > self.printed.count("\n") and (line := self.process.stdout.readline()):
                self.printed += line
        return self.printed

    def all(self) -> str:
        """Everything it prints, when it has come to its end."""
        with self._limited():
            assert self.process.stdout is not None
            self.printed += self.process.stdout.read()
            self.process.wait()
        return self.printed

    def end(self, number: signal.Signals) -> int:
        """Its exit code after a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        with self._limited():
            return self.process.wait()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    @contextlib.contextmanager
    def _limited(self) -> Iterator[None]:
        timer = threading.Timer(PATIENCE, os.killpg, (self.process.pid, signal.SIGKILL))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


class Reader:
    """Somebody who tries everything that a page shows."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.module = types.ModuleType(f"page_{re.sub(r'[^a-z]', '_', page.stem.lower())}")
        self.ports: dict[str, str] = {}
        self.background: list[Running] = []
        self.waiting: tuple[Block, Command, Running] | None = None

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        (self.folder / "td_examples").symlink_to(ROOT / "td_examples")
        sys.modules[self.module.__name__] = self.module
        sys.path.insert(0, str(self.folder))
        try:
            with contextlib.chdir(self.folder), asyncio.Runner() as self.runner:
                yield
        finally:
            for running in self.background:
                running.kill()
            sys.path.remove(str(self.folder))
            for name, module in list(sys.modules.items()):
                if str(getattr(module, "__file__", None)).startswith(str(self.folder)):
                    del sys.modules[name]
            del sys.modules[self.module.__name__]
            load.cache_clear()

    def read(self) -> None:
        todo = blocks(self.page)
        for block, following in zip(todo, [*todo[1:], Block((), 0, "")], strict=True):
            if block.file:
                self.save(block)
            elif block.words[:2] == ("python", "from"):
                quote(ROOT / block.words[2], block.text)
            elif block.language == "python":
                shown = following.text if following.language == "text" else ""
                self.compare(block, shown, self.run(block))
            elif block.language == "console":
                self.type(block)
        assert self.waiting is None, "nothing was typed that a waiting command would show"
        served = [running for running in self.background if running.process.poll() is None]
        assert [running.end(signal.SIGINT) for running in served] == [0] * len(served)

    def save(self, block: Block) -> None:
        text = self.real(block.text)
        (self.folder / block.file).write_text(text + "\n")
        if block.language == "toml":
            installed(self.folder, tomllib.loads(text)["project"])

    def run(self, block: Block) -> str:
        where = f"{named(self.page)}, line {block.line}"
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(self.real(block.text), where, "exec", flags=flags, dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            try:
                result = eval(code, self.module.__dict__)
                if inspect.iscoroutine(result):
                    self.runner.run(asyncio.wait_for(result, PATIENCE))
            except wot.errors.WoTError as error:
                print("".join(traceback.format_exception_only(error)), end="")
        return printed.getvalue()

    def type(self, block: Block) -> None:
        for command in commands(block):
            if command.text.startswith("curl ") and shutil.which("curl") is None:
                continue
            # In the background without a shell around it, which would not wait for its end.
            before = "exec " if "serving" in block.words else ""
            running = Running(before + self.real(command.text), self.folder)
            self.background.append(running)
            if "serving" in block.words:
                expected = command.output.count("\n") + 1
                self.compare(block, command.output, running.lines(expected))
            elif "waiting" in block.words:
                running.lines(1)
                self.waiting = block, command, running
            else:
                self.compare(block, command.output, running.all())
        if self.waiting is not None and "waiting" not in block.words:
            block, command, running = self.waiting
            self.waiting = None
            self.compare(block, command.output, running.all())

    def real(self, text: str) -> str:
        """`text` with free ports."""
        return _PORT.sub(lambda match: self.ports.setdefault(match[0], free_port()), text)

    def compare(self, block: Block, shown: str, printed: str) -> None:
        wanted, got = (text.strip() + "\n" for text in (self.real(shown), printed))
        alike = doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS)
        assert alike, f"{named(self.page)}:{block.line} shows:\n{wanted}but prints:\n{got}"


def free_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


@pytest.mark.timeout(120)
@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=named)
def test_what_a_page_shows_happens(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WOT_STATE", str(tmp_path / "state"))
    reader = Reader(page, tmp_path)
    with reader.at_work():
        reader.read()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_that_a_page_names_are_run(page: Path) -> None:
    """A block that is saved counts as run only if something on the page uses it."""
    shown = blocks(page)
    used = "\n".join(block.text for block in shown if not block.file.endswith(".py"))
    for block in shown:
        name, _, suffix = block.file.rpartition(".")
        assert suffix != "py" or re.search(rf"\b{name}\b", used), f"{block.file} is never used"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in _LINK.findall(text):
        if link.startswith(("https://", "http://")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{named(page)}: {link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{named(page)}: {link} has no such heading"


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def table(page: Path, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    _, _, below = page.read_text("utf-8").partition(f"\n{heading}\n")
    rows = re.search(r"(?:^\|.*\n)+", below, flags=re.MULTILINE)
    assert rows is not None, f"{named(page)} has no table below {heading}"
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[0].splitlines()]
    return cells[2:]


def test_the_table_of_errors_is_right() -> None:
    """Each class once, with the status and the exit code that it has."""
    told = {
        name.strip("`"): (status, code)
        for name, _, status, code, _ in table(ROOT / "docs" / "errors.md", "## The classes")
    }
    are: dict[str, tuple[str, str]] = {}
    todo: list[type[wot.errors.WoTError]] = [wot.errors.WoTError]
    while todo:
        kind = todo.pop()
        todo += [child for child in kind.__subclasses__() if child.__module__ == "wot.errors"]
        crossing = kind.__name__ in wot.errors.CROSSING
        error = kind("")
        are[kind.__name__] = (str(status_of(error)) if crossing else "–", str(code_of(error)))
    assert told == are


def test_the_layers_are_those_that_are_enforced() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(each for each in contracts["contracts"] if each["type"] == "layers")["layers"]
    page = ROOT / "docs" / "architecture.md"
    told = next(block for block in blocks(page) if block.words[:1] == ("layers",))
    enforced = [layer.replace("wot.", "") for layer in layers]
    assert [line.partition("  ")[0].rstrip() for line in told.text.splitlines()] == enforced


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=named)
def test_a_decision_has_context_decision_and_evidence(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    assert headings == ["Context", "Decision", "Evidence"]
    assert re.match(r"\d{4}-[a-z0-9-]+\.md$", page.name)


def test_readme_begins_with_commands_that_exist() -> None:
    setup = [block.text for block in blocks(ROOT / "README.md") if block.language == "sh"]
    assert setup[0] == "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/wot demo"
    assert setup[1] == "tests/run"
    assert os.access(ROOT / "tests" / "run", os.X_OK)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
