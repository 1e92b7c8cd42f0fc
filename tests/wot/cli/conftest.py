"""The command, a lamp to use it on, and servers of somebody else."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from .elsewhere import Elsewhere
from .processes import HERE, Wot


@pytest.fixture
def wot(tmp_path: Path) -> Iterator[Wot]:
    """The command, in a folder of its own."""
    made = Wot(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def lamp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a lamp."""
    made = Wot(tmp_path_factory.mktemp("lamp"))
    process, things = made.serve(str(HERE / "lamp.py"))
    # Nobody reads what it logs, and a full pipe would block it.
    reader = threading.Thread(target=process.stderr.read, daemon=True)  # type: ignore[union-attr]
    reader.start()
    yield things[0]["td"]
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0
    reader.join()
    made.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.close()
