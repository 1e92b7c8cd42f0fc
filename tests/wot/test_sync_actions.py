"""Long actions without `await`."""

import threading
import time
from collections.abc import Iterator

import pytest

import wot
from wot.errors import NotFound, Timeout

from .lamps import LOCAL


class Slow(wot.Thing):
    def __init__(self) -> None:
        self.go = threading.Event()
        self.count = 0

    @wot.action(synchronous=False)
    def heat(self, to: int) -> int:
        self.count += 1
        wot.progress(0.5, "half")
        while not self.go.wait(0.005) and not wot.cancelled():
            pass
        return to

    @wot.action
    async def add(self) -> int:
        self.count += 1
        return self.count


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.go.set()


def test_start_watch_and_wait(slow: Slow) -> None:
    with wot.sync.serve(slow, LOCAL) as served, wot.sync.consume(served.urls[0]) as thing:
        begun = thing.start("heat", {"to": 5})
        deadline = time.monotonic() + 5
        while begun.status().progress is None:
            assert time.monotonic() < deadline
        assert (begun.progress, begun.message) == (0.5, "half")
        assert "running" in repr(begun)
        with pytest.raises(Timeout):
            begun.result(timeout=0.05)
        assert [status.status for status in thing.invocations()["heat"]] == ["running"]
        slow.go.set()
        assert begun.result(timeout=5) == 5
        assert thing.invoke("heat", {"to": 6}) == 6
        begun.cancel()
        assert len(thing.invocations()["heat"]) == 1


def test_cancel(slow: Slow) -> None:
    with wot.sync.serve(slow, LOCAL) as served, wot.sync.consume(served.urls[0]) as thing:
        begun = thing.start("heat", {"to": 5})
        begun.cancel()
        status = begun.status()
        assert status.status == "failed"
        assert "was cancelled" in (status.error or {})["detail"]
        assert "cancelled" in repr(begun)
        with pytest.raises(NotFound, match="was cancelled"):
            begun.result()


def test_ids_of_requests_are_those_of_the_block(slow: Slow) -> None:
    with wot.sync.serve(slow, LOCAL) as served, wot.sync.consume(served.urls[0]) as thing:
        with wot.request_id("once"):
            assert [thing.invoke("add"), thing.invoke("add")] == [1, 1]
        assert thing.invoke("add") == 2
