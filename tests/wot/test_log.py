"""The ring in which notifications wait, and the cursors on it."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.content import Content
from wot.errors import EventsLost, InvalidInput
from wot.log import Cursor, Log


def content(number: int) -> Content:
    return Content(str(number).encode())


def emit(log: Log, *numbers: int) -> None:
    for number in numbers:
        log.emit(content(number))


async def take(cursor: Cursor, count: int) -> list[int]:
    return [int((await anext(cursor)).content.body) for _ in range(count)]


async def test_a_cursor_gets_what_comes_after_it() -> None:
    log = Log()
    emit(log, 1)
    one = log.subscribe()
    emit(log, 2)
    other = log.subscribe()
    emit(log, 3)
    assert await take(one, 2) == [2, 3]
    assert await take(other, 1) == [3]


async def test_positions_resume_behind_what_was_received() -> None:
    log = Log()
    cursor = log.subscribe()
    start = cursor.position
    emit(log, 1, 2, 3)
    first = await anext(cursor)
    await cursor.aclose()
    assert await take(log.subscribe(first.position), 2) == [2, 3]
    assert await take(log.subscribe(start), 3) == [1, 2, 3]
    at_end = log.subscribe(log.here())
    emit(log, 4)
    assert await take(at_end, 1) == [4]


@pytest.mark.parametrize("after", ["{epoch}-1", "other-3", "{epoch}-999", "-3"])
async def test_what_is_no_longer_kept_is_lost_and_goes_on_behind_the_gap(after: str) -> None:
    log = Log(kept=2)
    emit(log, 1, 2, 3, 4, 5)
    epoch = log.here().partition("-")[0]
    with pytest.raises(EventsLost) as caught:
        log.subscribe(after.format(epoch=epoch))
    assert not log.watched
    assert await take(log.subscribe(caught.value.after), 2) == [4, 5]


@pytest.mark.parametrize("after", ["nonsense", "a-", "a-b", "a-1.5", "a-¹"])
def test_what_is_no_position_is_refused(after: str) -> None:
    with pytest.raises(InvalidInput, match="is not a position"):
        Log().subscribe(after)


async def test_falling_behind_while_subscribed_is_told_once() -> None:
    log = Log(kept=3)
    cursor = log.subscribe()
    emit(log, 1)
    assert await take(cursor, 1) == [1]
    emit(log, 2, 3, 4, 5)
    with pytest.raises(EventsLost) as caught:
        await anext(cursor)
    with pytest.raises(StopAsyncIteration):
        await anext(cursor)
    assert await take(log.subscribe(caught.value.after), 3) == [3, 4, 5]


async def test_exactly_as_many_as_are_kept_are_not_lost() -> None:
    log = Log(kept=3)
    cursor = log.subscribe()
    emit(log, 1, 2, 3)
    assert await take(cursor, 3) == [1, 2, 3]


async def test_properties_skip_to_the_newest() -> None:
    log = Log(1, newest=True)
    cursor = log.subscribe()
    emit(log, 1, 2, 3)
    assert await take(cursor, 1) == [3]
    emit(log, 4)
    assert await take(cursor, 1) == [4]
    assert await take(log.subscribe("gone-17"), 1) == [4]


async def test_closing_ends_a_waiting_cursor() -> None:
    log = Log()
    cursor = log.subscribe()
    waiting = asyncio.create_task(anext(cursor))
    await asyncio.sleep(0)
    await cursor.aclose()
    with pytest.raises(StopAsyncIteration):
        await waiting
    await cursor.aclose()
    assert not log.watched


async def test_a_cancelled_wait_loses_nothing() -> None:
    log = Log()
    cursor = log.subscribe()
    waiting = asyncio.create_task(anext(cursor))
    await asyncio.sleep(0)
    emit(log, 1)  # the future is resolved, but the task has not run yet
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await take(cursor, 1) == [1]


async def test_emitting_from_another_thread_wakes_the_loop() -> None:
    log = Log()
    cursor = log.subscribe()
    waiting = asyncio.create_task(take(cursor, 1))
    await asyncio.sleep(0)
    thread = threading.Thread(target=emit, args=(log, 7))
    thread.start()
    async with asyncio.timeout(5):
        assert await waiting == [7]
    thread.join()


def test_emitting_after_the_loop_of_a_subscriber_has_gone() -> None:
    log = Log()

    async def subscribe() -> None:
        cursor = log.subscribe()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(cursor), 0.01)
        log.take(cursor)  # left waiting, as when a loop is stopped in the middle

    asyncio.run(subscribe())
    emit(log, 1)


STEPS = st.lists(
    st.tuples(st.sampled_from(["subscribe", "emit", "take", "cancel", "close"]), st.integers(0, 3)),
    max_size=40,
)


@given(steps=STEPS)
def test_whatever_happens_every_cursor_gets_everything_and_the_log_drains(
    steps: list[tuple[str, int]],
) -> None:
    asyncio.run(everything(steps))


async def everything(steps: list[tuple[str, int]]) -> None:
    log, emitted = Log(), 0
    cursors: list[Cursor] = []
    seen: dict[int, int] = {}
    for step, index in steps:
        cursor = cursors[index] if index < len(cursors) else None
        if step == "subscribe":
            cursors.append(log.subscribe())
            seen[id(cursors[-1])] = emitted
        elif step == "emit":
            emitted += 1
            emit(log, emitted)
        elif cursor and step == "take" and seen[id(cursor)] < emitted:
            seen[id(cursor)] += 1
            assert await take(cursor, 1) == [seen[id(cursor)]]
        elif cursor and step == "cancel" and seen[id(cursor)] == emitted:
            waiting = asyncio.create_task(anext(cursor))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        elif cursor and step == "close":
            await cursor.aclose()
            cursors.remove(cursor)
    everyone_has_all = all(seen[id(cursor)] == emitted for cursor in cursors)
    assert await log.drained(0.01) == everyone_has_all
    for cursor in cursors:
        missing = emitted - seen[id(cursor)]
        assert await take(cursor, missing) == list(range(seen[id(cursor)] + 1, emitted + 1))
        await cursor.aclose()
    assert await log.drained(0)
    assert not log.watched
