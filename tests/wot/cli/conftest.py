"""The command, a lamp to use it on, and servers of somebody else."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from wot.cli import app
from wot.servient import Servient

from .elsewhere import Elsewhere
from .processes import HERE, Done, Here, Wot


@pytest.fixture
def wot(tmp_path: Path) -> Iterator[Wot]:
    """The command, in a folder of its own."""
    made = Wot(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def lamp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a lamp."""
    yield from served("lamp", tmp_path_factory)


@pytest.fixture(scope="session")
def oven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an oven."""
    yield from served("oven", tmp_path_factory)


def served(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the first Thing of a file, for as long as it is iterated."""
    made = Wot(tmp_path_factory.mktemp(name))
    process, things = made.serve(str(HERE / f"{name}.py"), "--option", "max_upload=100000000")
    # Nobody reads what it logs, and a full pipe would block it.
    reader = threading.Thread(target=process.stderr.read, daemon=True)  # type: ignore[union-attr]
    reader.start()
    yield things[0]["td"]
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0
    reader.join()
    made.close()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Here]:
    """The command in this process, which is quicker: for what is not about processes."""
    loaded: dict[str, ModuleType] = {}
    monkeypatch.setattr("wot.cli.loading._loaded", loaded)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run(*args: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["wot", *args])
        code = app.run()
        told = capfd.readouterr()
        return Done(code, told.out, told.err)

    before = signal.getsignal(signal.SIGTERM)
    yield run
    signal.signal(signal.SIGTERM, before)
    for module in loaded.values():
        del sys.modules[module.__name__]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.close()


@pytest.fixture
async def servient() -> AsyncIterator[Servient]:
    """An open Servient: what was consumed works as long as it is open."""
    async with Servient() as made:
        yield made
