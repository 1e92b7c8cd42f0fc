"""Threads for drivers that block: one call at a time, and none that hangs holds up anybody."""

import asyncio
import contextvars
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

import wot
from wot.errors import Unavailable
from wot.threads import Threads


@pytest.fixture
def forever() -> Iterator[threading.Event]:
    """What a driver waits for in vain, until the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def threads() -> Threads:
    return Threads("test", idle=0.05)


async def until(condition: Callable[[], bool]) -> None:
    """Threads end without telling anybody, so that they have to be asked."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_results_and_errors_come_back(threads: Threads) -> None:
    def fails() -> None:
        raise KeyError("x")

    assert await threads.run(lambda: 1) == 1
    with pytest.raises(KeyError):
        await threads.run(fails)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await threads.run(lambda: next(iter(())))
    assert await threads.run(threading.get_ident) != threading.get_ident()


async def test_calls_run_one_at_a_time_in_order(threads: Threads) -> None:
    running: list[int] = []
    most: list[int] = []

    def call(number: int) -> int:
        running.append(number)
        most.append(len(running))
        time.sleep(0.001)
        running.remove(number)
        return number

    results = await asyncio.gather(*(threads.run(lambda n=n: call(n)) for n in range(20)))
    assert results == list(range(20))
    assert max(most) == 1


async def test_more_threads_where_asked_for() -> None:
    threads = Threads("test", limit=3, idle=0.05)
    barrier = threading.Barrier(3, timeout=5)
    await asyncio.gather(*(threads.run(barrier.wait) for _ in range(3)))


async def test_idle_threads_end_and_come_back(threads: Threads) -> None:
    thread = await threads.run(threading.current_thread)
    assert thread.daemon
    await until(lambda: not thread.is_alive())
    assert await threads.run(lambda: 1) == 1


async def test_context_variables_are_seen(threads: Threads) -> None:
    variable = contextvars.ContextVar("variable", default=0)
    variable.set(5)
    assert await threads.run(variable.get) == 5


async def test_a_call_that_hangs_is_abandoned_and_replaced(
    threads: Threads, forever: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(threads.run(forever.wait), 0.02)
    assert "abandoned" in caplog.text
    async with asyncio.timeout(1):
        assert await threads.run(lambda: 1) == 1


async def test_calls_that_wait_behind_a_hanging_one_go_on_when_it_is_given_up(
    threads: Threads, forever: threading.Event
) -> None:
    hanging = asyncio.create_task(threads.run(forever.wait))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(threads.run(lambda: 1)) for _ in range(5)]
    await asyncio.sleep(0.02)
    assert not any(task.done() for task in waiting)
    hanging.cancel()
    async with asyncio.timeout(1):
        assert await asyncio.gather(*waiting) == [1] * 5


async def test_a_call_that_is_given_up_before_it_began_never_runs(
    threads: Threads, forever: threading.Event
) -> None:
    ran: list[int] = []
    blocking = threading.Event()
    first = asyncio.create_task(threads.run(blocking.wait))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(threads.run(lambda: ran.append(1)), 0.02)
    blocking.set()
    await first
    assert await threads.run(lambda: 2) == 2
    assert ran == []


async def test_the_call_learns_that_it_was_given_up(threads: Threads) -> None:
    seen: list[bool] = []

    def driver() -> None:
        seen.append(wot.cancelled())
        deadline = time.monotonic() + 5
        while not wot.cancelled() and time.monotonic() < deadline:
            time.sleep(0.001)
        seen.append(wot.cancelled())

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(threads.run(driver), 0.02)
    await until(lambda: len(seen) == 2)
    assert seen == [False, True]
    assert not wot.cancelled()
    assert not await threads.run(wot.cancelled)


async def test_a_thread_that_comes_back_is_counted_again(threads: Threads) -> None:
    for _ in range(40):  # more than may hang at the same time
        release = threading.Event()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(threads.run(release.wait), 0.002)
        release.set()
    await until(lambda: threads._lost == 0)
    assert await threads.run(lambda: 1) == 1


async def test_a_driver_in_which_everything_hangs_is_unavailable(
    threads: Threads, forever: threading.Event
) -> None:
    before = threading.active_count()
    error: BaseException = TimeoutError()
    for _ in range(100):
        if isinstance(error, TimeoutError):
            (error,) = await asyncio.gather(
                asyncio.wait_for(threads.run(forever.wait), 0.002), return_exceptions=True
            )
    assert isinstance(error, Unavailable)
    assert "hang in this Thing's driver" in str(error)
    assert error.retry_after
    assert threading.active_count() - before <= 20
    forever.set()
    await until(lambda: threads._lost == 0)
    assert await threads.run(lambda: 1) == 1


async def test_too_many_calls_at_once_are_refused(
    threads: Threads, forever: threading.Event
) -> None:
    tasks = [asyncio.create_task(threads.run(forever.wait)) for _ in range(1200)]
    done, _ = await asyncio.wait(tasks, timeout=0.05)
    errors = {str(task.exception()) for task in done}
    assert errors == {"too many calls wait for this Thing's driver"}
    forever.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results.count(True) >= 1024


# The same through a served Thing: nobody else waits for a driver that never returns.


class Stuck(wot.Thing, timeout=0.2):
    def __init__(self, forever: threading.Event) -> None:
        self.forever = forever
        self.stopped = False

    @wot.property
    def level(self) -> int:
        self.forever.wait()
        return 1

    @wot.property
    def quick(self) -> int:
        return 2

    @wot.property
    async def other(self) -> int:
        return 3

    @wot.action(timeout=0.05)
    def move(self) -> None:
        self.forever.wait()

    def stop(self) -> None:
        self.stopped = True


class Fine(wot.Thing):
    @wot.property
    def level(self) -> int:
        return 4


@pytest.fixture
async def servient() -> AsyncIterator[wot.Servient]:
    async with wot.Servient() as servient:
        yield servient


async def test_a_driver_that_never_returns_delays_nobody(
    servient: wot.Servient, forever: threading.Event
) -> None:
    stuck = Stuck(forever)
    loop = asyncio.get_running_loop()
    async with servient.serve([stuck, Fine()], "http://127.0.0.1:0") as served:
        far, fine = [await servient.consume(url) for url in served.urls]
        began = loop.time()
        hanging = asyncio.create_task(far.read("level"))
        while await fine.read("level") == 4 and await far.read("other") == 3 and not hanging.done():
            assert loop.time() - began < 1  # neither another Thing nor its own loop waits
        with pytest.raises(Unavailable, match="within its time limit"):
            await hanging
        assert 0.15 < loop.time() - began < 1  # nor its caller beyond the time-out
        with pytest.raises(Unavailable):
            await far.invoke("move")
        assert await far.read("quick") == 2  # in a thread that has taken its place
        abandoned = asyncio.create_task(far.read("level"))
        await fine.read("level")
        began = loop.time()
    assert loop.time() - began < 2  # nor the shutdown
    assert stuck.stopped
    await asyncio.gather(abandoned, return_exceptions=True)


async def test_a_stop_that_never_returns_delays_the_shutdown_no_longer_than_two_seconds(
    servient: wot.Servient, forever: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    class Stubborn(wot.Thing):
        def stop(self) -> None:
            forever.wait()

    loop = asyncio.get_running_loop()
    async with servient.serve(Stubborn(), "http://127.0.0.1:0"):
        began = loop.time()
    assert loop.time() - began < 2
    assert "stop() took more than" in caplog.text
