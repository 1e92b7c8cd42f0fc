"""Nothing of a request is left when it is over."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before, open_ = {*threading.enumerate()}, _open_files()
    yield
    for thread in {*threading.enumerate()} - before:
        thread.join(1)
        assert not thread.is_alive()
    assert _open_files() <= open_


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
