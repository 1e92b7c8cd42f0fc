"""A time limit around a coroutine whose first step runs at once."""

import asyncio

import pytest

from wot.deadline import OwnTimeout, within


async def test_what_never_waits_ends_at_once() -> None:
    async def quick() -> int:
        return 1

    assert await within(0, quick()) == 1
    assert await within(None, quick()) == 1


async def test_what_waits_is_gone_on_with() -> None:
    async def waits() -> list[int]:
        queue: asyncio.Queue[int] = asyncio.Queue()
        asyncio.get_running_loop().call_soon(queue.put_nowait, 1)
        found = [await queue.get()]
        for number in (2, 3):
            await asyncio.sleep(0)
            found.append(number)
        return found

    assert await within(5, waits()) == [1, 2, 3]
    assert await within(None, waits()) == [1, 2, 3]


async def test_too_long_is_a_timeout_and_a_cancellation() -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        finally:
            ended.append("finally")

    with pytest.raises(TimeoutError):
        await within(0.01, slow())
    assert ended == ["cancelled", "finally"]
    task = asyncio.current_task()
    assert task
    assert not task.cancelling()


@pytest.mark.parametrize("late", [False, True])
async def test_errors_come_through_as_they_are(late: bool) -> None:
    async def fails() -> None:
        if late:
            await asyncio.sleep(0)
        raise KeyError("x")

    with pytest.raises(KeyError):
        await within(1, fails())


@pytest.mark.parametrize("late", [False, True])
async def test_a_timeout_of_its_own_is_told_apart(late: bool) -> None:
    async def own() -> None:
        if late:
            await asyncio.sleep(0)
        raise TimeoutError("mine")

    with pytest.raises(OwnTimeout) as caught:
        await within(1, own())
    assert isinstance(caught.value.__cause__, TimeoutError)


async def test_limits_inside_and_outside_do_not_mix() -> None:
    async def inner(seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await asyncio.sleep(60)

    with pytest.raises(OwnTimeout):
        await within(5, inner(0.01))
    with pytest.raises(TimeoutError):
        await within(0.01, inner(5))


async def test_cancelling_the_caller_cancels_it() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    task = asyncio.create_task(within(5, slow()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_cancellation_that_is_swallowed_is_respected() -> None:
    async def stubborn() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "done all the same"
        return ""

    task = asyncio.create_task(within(5, stubborn()))
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "done all the same"
