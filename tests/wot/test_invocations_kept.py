"""How many invocations are kept, and for how long."""

import asyncio
from typing import Any

import msgspec
import pytest

import wot
from wot.content import Content
from wot.errors import NotFound
from wot.interaction import DONE, ActionStatus, Interaction, Reply
from wot.invocations import BYTES_KEPT, Invocations
from wot.td import Op

QUERY = Op.QUERY_ACTION


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def done(content: Content | None = None) -> Reply:
    return Reply(content)


def ids(record: Invocations) -> list[str]:
    return [status.href for several in record._all().values() for status in several]


async def ended(record: Invocations, content: Content | None = None) -> str:
    id = record.start("fade", lambda: done(content), waits=False).invocation
    await record.answer(Interaction(QUERY, "fade", invocation=id, wait=5))
    return id


async def test_ended_ones_expire() -> None:
    clock = Clock()
    record = Invocations(expiry=600, clock=clock)
    old = await ended(record)
    clock.now = 599
    new = await ended(record)
    assert ids(record) == [new, old]
    clock.now = 601
    with pytest.raises(NotFound):
        await record.answer(Interaction(QUERY, "fade", invocation=old))
    assert ids(record) == [new]


async def test_running_ones_do_not_expire() -> None:
    clock, go = Clock(), asyncio.Event()
    record = Invocations(expiry=600, clock=clock)

    async def wait() -> Reply:
        await go.wait()
        return DONE

    id = record.start("fade", wait, waits=False).invocation
    clock.now = 10_000
    assert ActionStatus.read(
        (await record.answer(Interaction(QUERY, "fade", invocation=id))).content
    )
    go.set()


async def test_only_so_many_ended_ones_are_kept_and_so_many_bytes() -> None:
    record = Invocations(kept=3)
    made = [await ended(record) for _ in range(5)]
    assert ids(record) == made[:1:-1]
    large = Content(b'"' + b"x" * (BYTES_KEPT // 2) + b'"')
    record = Invocations()
    made = [await ended(record, large) for _ in range(3)]
    assert ids(record) == made[:1:-1]
    huge = await ended(record, Content(b'"' + b"x" * 2 * BYTES_KEPT + b'"'))
    assert ids(record) == [huge]


async def test_chunks_of_an_output_are_told_in_one_piece() -> None:
    async def parts() -> Any:
        yield b"[1,"
        yield b"2]"

    record = Invocations()
    id = await ended(record, Content(b"", chunks=parts()))
    reply = await record.answer(Interaction(QUERY, "fade", invocation=id))
    assert reply.content
    assert msgspec.json.decode(reply.content.body)["output"] == [1, 2]


async def test_texts_of_progress_are_bounded() -> None:
    record = Invocations()

    async def talk() -> Reply:
        wot.progress(1, "\ud800" + "x" * 9999)
        return DONE

    id = record.start("talk", talk, waits=False).invocation
    reply = await record.answer(Interaction(QUERY, "talk", invocation=id, wait=5))
    status = ActionStatus.read(reply.content)
    assert status
    assert len(status.message) == 500


@pytest.mark.parametrize("done", [-0.1, 1.1, float("nan"), True, None, "0.5", 10**400, object()])
async def test_progress_that_is_none_is_ignored(
    caplog: pytest.LogCaptureFixture, done: Any
) -> None:
    class Fan(wot.Thing):
        @wot.action(synchronous=False)
        async def spin(self) -> int:
            for given in (0.5, done, done):
                wot.progress(given, str(given)[:9])
            return 7

    begun = await Fan().spin.start()
    assert await begun.result() == 7
    assert (begun.progress, begun.message) == (0.5, "0.5")
    assert len([one for one in caplog.messages if "a number from 0 to 1" in one]) == 1


@pytest.mark.parametrize(("done", "known"), [(1.0000001, 1.0), (-1e-9, 0.0), (1, 1.0)])
async def test_progress_is_rounded(done: float, known: float) -> None:
    class Fan(wot.Thing):
        @wot.action(synchronous=False)
        async def spin(self) -> None:
            wot.progress(done)

    begun = await Fan().spin.start()
    await begun.result()
    assert begun.progress == known
