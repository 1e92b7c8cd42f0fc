"""The same verbs without await."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import wot
from wot.errors import InvalidInput, Timeout, UnknownAffordance, WoTError

LOCAL = "http://127.0.0.1:0"


class Lamp(wot.Thing):
    on = wot.stored(False)
    hot = wot.event(float)

    @wot.property(observable=True)
    async def level(self) -> int:
        return 1

    @wot.property
    async def history(self, hours: int) -> int:
        return hours

    @wot.action
    async def fade(self, to: int, seconds: float = 0.0) -> int:
        await asyncio.sleep(seconds)
        return to

    @wot.action
    async def reset(self) -> None: ...


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
def servient() -> Iterator[wot.sync.Servient]:
    with wot.sync.Servient() as servient:
        yield servient


@pytest.fixture
def url(servient: wot.sync.Servient, lamp: Lamp) -> Iterator[str]:
    with servient.serve(lamp, LOCAL) as served:
        yield served.urls[0]


def test_by_name(servient: wot.sync.Servient, lamp: Lamp, url: str) -> None:
    thing = servient.consume(url)
    assert thing.description.title == "Lamp"
    assert repr(thing).startswith("<Thing 'Lamp'")
    assert thing.read("level") == 1
    thing.write("on", True)
    assert lamp.on.value is True
    assert thing.read("history", hours=4) == 4
    assert thing.invoke("fade", {"to": 3}) == 3
    assert thing.invoke("reset") is None
    with thing.subscribe("hot") as readings, thing.observe("on") as values:
        assert next(values) is True
        lamp.on.value = False
        assert values.next(timeout=5) is False
        for number in range(20):
            lamp.hot.emit(float(number))
        assert [next(readings) for _ in range(20)] == [float(n) for n in range(20)]
        with pytest.raises(Timeout, match=r"0\.01 s"):
            readings.next(timeout=0.01)
        lamp.hot.emit(5.0)
        assert readings.next(timeout=5) == 5.0


def test_by_class(servient: wot.sync.Servient, lamp: Lamp, url: str) -> None:
    far = servient.consume(url, Lamp)
    assert servient.wait(far.level.read()) == 1
    assert servient.wait(far.fade(to=2)) == 2
    with servient.follow(far.hot.subscribe()) as readings:
        lamp.hot.emit(1.5)
        assert next(readings) == 1.5
    with servient.open(far.on.observe()) as values:
        assert servient.wait(anext(values)) is False


def test_errors_are_the_same(servient: wot.sync.Servient, url: str) -> None:
    thing = servient.consume(url)
    with pytest.raises(UnknownAffordance):
        thing.read("no")
    with pytest.raises(InvalidInput):
        thing.write("on", 1)
    with pytest.raises(UnknownAffordance), thing.subscribe("no"):
        pass


def test_a_time_out_cancels_what_is_under_way(servient: wot.sync.Servient) -> None:
    cancelled = threading.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    began = time.monotonic()
    with pytest.raises(Timeout):
        servient.wait(slow(), timeout=0.02)
    assert cancelled.wait(5)
    assert time.monotonic() - began < 5


def test_a_time_out_of_what_is_waited_for_is_its_own(servient: wot.sync.Servient) -> None:
    async def own() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        servient.wait(own(), timeout=5)


def test_ctrl_c_cancels_what_is_under_way(servient: wot.sync.Servient) -> None:
    began, cancelled = threading.Event(), threading.Event()

    async def slow() -> None:
        began.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    def interrupt() -> None:
        began.wait(5)
        time.sleep(
            0.05
        )  # nothing tells when the main thread sleeps; a signal before that wakes nobody
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        servient.wait(slow())
    thread.join()
    assert cancelled.wait(5)


def test_any_thread_may_use_it(servient: wot.sync.Servient, url: str) -> None:
    thing = servient.consume(url)
    results: list[int] = []

    def use() -> None:
        for number in range(10):
            results.append(thing.invoke("fade", {"to": number}))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted([*range(10)] * 4)


def test_at_module_level(lamp: Lamp) -> None:
    with (
        wot.sync.serve(lamp, LOCAL) as served,
        wot.sync.consume(served.urls[0], timeout=5) as thing,
    ):
        assert thing.read("level") == 1


def test_it_must_be_entered_and_ends_its_thread() -> None:
    before = set(threading.enumerate())
    servient = wot.sync.Servient()

    async def nothing() -> None: ...

    for _ in range(2):  # neither before nor after
        awaitable = nothing()
        with pytest.raises(WoTError, match="not open"):
            servient.wait(awaitable)
        awaitable.close()
        with servient:
            servient.wait(nothing())
    assert set(threading.enumerate()) <= before


def test_leaving_ends_what_other_threads_wait_for(lamp: Lamp) -> None:
    errors: list[BaseException] = []
    waiting = threading.Barrier(3)

    def wait_for(something: Callable[[], Any]) -> None:
        waiting.wait()
        try:
            something()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is an end
            errors.append(error)

    with wot.sync.serve(lamp, LOCAL) as served:
        with wot.sync.Servient() as servient:
            thing = servient.consume(served.urls[0])
            with thing.subscribe("hot") as readings:
                threads = [
                    threading.Thread(target=wait_for, args=(something,), daemon=True)
                    for something in (
                        lambda: servient.wait(asyncio.sleep(60)),
                        lambda: next(readings),
                    )
                ]
                for thread in threads:
                    thread.start()
                waiting.wait()
                time.sleep(0.02)  # so that they wait indeed; it would be right without
        for thread in threads:
            thread.join(timeout=5)
    assert not any(thread.is_alive() for thread in threads)
    assert len(errors) == 2


def test_errors_in_the_block_come_out_as_they_are(lamp: Lamp) -> None:
    with pytest.raises(KeyError, match="in the block"), wot.sync.serve(lamp, LOCAL):
        raise KeyError("in the block")


def test_an_iterator_ends_when_its_servient_does(lamp: Lamp) -> None:
    with wot.sync.Servient(patience=0) as servient:
        with wot.sync.serve(lamp, LOCAL) as served:
            thing = servient.consume(served.urls[0])
            subscription = thing.subscribe("hot")
            readings = subscription.__enter__()
            lamp.hot.emit(1.0)
            assert next(readings) == 1.0
        with pytest.raises(WoTError):
            readings.next(timeout=10)
        subscription.__exit__(None, None, None)


async def test_waiting_on_the_loop_itself_is_refused() -> None:
    """Inside a coroutine of the same loop, waiting would wait for ever."""
    with wot.sync.Servient() as servient:

        async def inner() -> None:
            servient.wait(asyncio.sleep(0), timeout=1)

        with pytest.raises(WoTError):
            servient.wait(inner(), timeout=5)
