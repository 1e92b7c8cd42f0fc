"""What happens to a Thing while it is served."""

import asyncio
import threading
from typing import Any

import pytest

import wot

LOCAL = "http://127.0.0.1:0"


class Watched(wot.Thing):
    """Notes what happens to it; `ticked` is set after its background work has run three times."""

    level = wot.stored(0)

    def __init__(self) -> None:
        self.log: list[str] = []
        self.ticked = asyncio.Event()

    async def start(self) -> None:
        self.log.append("start")

    async def stop(self) -> None:
        self.log.append("stop")

    @wot.every(seconds=0.005)
    async def tick(self) -> None:
        self.log.append("tick")
        if self.log.count("tick") == 3:
            self.ticked.set()


async def test_start_work_stop() -> None:
    thing = Watched()
    async with wot.serve(thing, LOCAL):
        async with asyncio.timeout(5):
            await thing.ticked.wait()
    assert (thing.log[0], thing.log[-1]) == ("start", "stop")
    assert set(thing.log[1:-1]) == {"tick"}
    done = len(thing.log)
    await asyncio.sleep(0.02)
    assert len(thing.log) == done


async def test_a_thing_is_started_before_it_can_be_reached_and_stopped_after() -> None:
    class Device(wot.Thing):
        ready = False

        async def start(self) -> None:
            await asyncio.sleep(0.01)
            self.ready = True

        async def stop(self) -> None:
            self.ready = False

        @wot.property
        async def open(self) -> bool:
            return self.ready

    device = Device()
    async with wot.Servient() as servient, servient.serve(device, LOCAL) as served:
        assert await (await servient.consume(served.urls[0])).read("open") is True
    assert not device.ready


async def test_a_thing_served_twice_is_started_once() -> None:
    thing = Watched()
    async with wot.Servient() as servient:
        async with servient.serve(thing, LOCAL), servient.serve(thing, LOCAL):
            assert thing.log.count("start") == 1
        assert thing.log.count("stop") == 1
        async with servient.serve(thing, LOCAL):
            assert thing.log.count("start") == 2


async def test_what_start_raises_is_for_whoever_serves_and_others_are_stopped() -> None:
    class Broken(wot.Thing):
        async def start(self) -> None:
            raise OSError("no such device")

    watched = Watched()
    with pytest.raises(OSError, match="no such device"):
        async with wot.serve([watched, Broken()], LOCAL):
            raise AssertionError("never served")
    assert watched.log[-1] == "stop"


async def test_plain_hooks_and_work_run_in_the_things_thread() -> None:
    seen: dict[str, Any] = {}

    class Driver(wot.Thing):
        def start(self) -> None:
            seen["start"] = threading.current_thread().name

        def stop(self) -> None:
            seen["stop"] = threading.current_thread().name

        @wot.every(seconds=60)
        def sample(self) -> None:
            seen["sample"] = threading.current_thread().name

        @wot.property
        def name(self) -> str:
            return threading.current_thread().name

    async with wot.serve(driver := Driver(), LOCAL):
        name = await driver.name.read()
    assert seen == {"start": name, "stop": name, "sample": name}
    assert name != threading.current_thread().name


async def test_work_that_fails_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    class Flaky(wot.Thing):
        def __init__(self) -> None:
            self.runs = 0
            self.recovered = asyncio.Event()

        @wot.every(seconds=0.005)
        async def work(self) -> None:
            self.runs += 1
            if self.runs == 1:
                raise ValueError("just once")
            self.recovered.set()

    flaky = Flaky()
    async with wot.serve(flaky, LOCAL), asyncio.timeout(5):
        await flaky.recovered.wait()
    assert "work() failed" in caplog.text
    assert "just once" in caplog.text


async def test_a_stop_that_fails_is_logged_and_others_are_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(wot.Thing):
        async def stop(self) -> None:
            raise OSError("cannot close")

    watched = Watched()
    async with wot.serve([watched, Broken()], LOCAL):
        pass
    assert watched.log[-1] == "stop"
    assert "cannot close" in caplog.text


async def test_slow_work_is_not_made_up_for() -> None:
    class Slow(wot.Thing):
        def __init__(self) -> None:
            self.times: list[float] = []
            self.enough = asyncio.Event()

        @wot.every(seconds=0.01)
        async def work(self) -> None:
            self.times.append(asyncio.get_running_loop().time())
            if len(self.times) == 1:
                await asyncio.sleep(0.1)
            if len(self.times) == 4:
                self.enough.set()

    slow = Slow()
    async with wot.serve(slow, LOCAL), asyncio.timeout(5):
        await slow.enough.wait()
    assert slow.times[3] - slow.times[1] >= 0.015  # no burst after the pause


async def test_work_may_use_the_things_own_affordances() -> None:
    class Counter(wot.Thing):
        count = wot.stored(0)
        counted = wot.event(int)

        @wot.every(seconds=0.005)
        async def tick(self) -> None:
            self.count.value += 1
            self.counted.emit(self.count.value)

    async with wot.Servient() as servient, servient.serve(Counter(), LOCAL) as served:
        far = await servient.consume(served.urls[0], Counter)
        async with far.counted.subscribe() as numbers:
            first = await anext(numbers)
            assert await anext(numbers) == first + 1
