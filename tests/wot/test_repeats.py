"""Requests with an id: what is repeated is answered from the record."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wot
from wot.content import Content
from wot.errors import (
    Conflict,
    HandlerError,
    InvalidInput,
    PartialFailure,
    TooManyRequests,
    Unavailable,
)
from wot.interaction import Interaction, Reply
from wot.repeats import Repeats
from wot.td import Op
from wot.things import exposed_of
from wot.threads import NotBegun

WRITE, INVOKE = Op.WRITE_PROPERTY, Op.INVOKE_ACTION


class Till(wot.Thing, timeout=0.02):
    """Counts what is done."""

    def __init__(self) -> None:
        self.sold: list[int] = []
        self.go = asyncio.Event()
        self._level = 0

    @wot.action
    async def sell(self, count: int) -> int:
        self.sold.append(count)
        await asyncio.sleep(0)
        return len(self.sold)

    @wot.action
    async def fail(self) -> None:
        self.sold.append(-1)
        raise Conflict("there is nothing left")

    @wot.action(timeout=None)
    async def wait(self) -> int:
        self.sold.append(0)
        await self.go.wait()
        return len(self.sold)

    @wot.action
    async def late(self) -> None:
        self.sold.append(0)
        await self.go.wait()

    @wot.action(synchronous=False)
    async def deliver(self) -> None:
        self.sold.append(0)

    @wot.property
    async def level(self) -> int:
        return self._level

    @level.write
    async def set_level(self, value: int) -> None:
        self.sold.append(value)

    @wot.property
    async def slow(self) -> int:
        return 0

    @slow.write
    async def set_slow(self, value: int) -> None:
        await self.go.wait()


@pytest.fixture
def till() -> Till:
    return Till()


async def ask(till: Till, op: Op, name: str, body: bytes | None = None, id: str = "a") -> Any:
    payload = None if body is None else Content(body)
    reply = await exposed_of(till).request(Interaction(op, name, payload, id=id))
    return reply.content.body if reply.content else None


async def test_it_is_done_once(till: Till) -> None:
    for _ in range(3):
        assert await ask(till, INVOKE, "sell", b'{"count": 2}') == b"1"
        assert await ask(till, WRITE, "level", b"7") is None
    assert till.sold == [2, 7]
    assert await ask(till, INVOKE, "sell", b'{"count": 2}', "b") == b"3"


async def test_other_values_under_the_same_id_are_a_conflict(till: Till) -> None:
    await ask(till, INVOKE, "sell", b'{"count": 2}')
    with pytest.raises(Conflict, match="with other values"):
        await ask(till, INVOKE, "sell", b'{"count": 3}')
    assert till.sold == [2]


async def test_errors_are_repeated(till: Till) -> None:
    for _ in range(2):
        with pytest.raises(Conflict, match="nothing left"):
            await ask(till, INVOKE, "fail")
    assert till.sold == [-1]


async def test_of_errors_nothing_but_the_words_are_kept(till: Till) -> None:
    with pytest.raises(Conflict):
        await ask(till, INVOKE, "fail")
    raised = []
    for _ in range(2):
        with pytest.raises(Conflict) as again:
            await ask(till, INVOKE, "fail")
        raised.append(again.value)
    [kept] = exposed_of(till).behind.repeats._ended.values()
    assert isinstance(kept.outcome, Conflict)
    assert kept.outcome.__traceback__ is kept.outcome.__cause__ is None
    assert raised[0] is not raised[1]


async def test_stopping_a_thing_ends_what_is_under_way(till: Till) -> None:
    waiting = asyncio.create_task(ask(till, INVOKE, "wait"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert till.sold == [0]
    await exposed_of(till).end(1)
    with pytest.raises(Unavailable, match="was stopped"):
        await waiting


async def test_who_comes_while_it_runs_gets_the_same_and_may_leave(till: Till) -> None:
    first, second = (asyncio.create_task(ask(till, INVOKE, "wait")) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    third = asyncio.create_task(ask(till, INVOKE, "wait"))
    await asyncio.sleep(0)
    till.go.set()
    async with asyncio.timeout(5):
        assert (await second, await third) == (b"1", b"1")
    assert first.cancelled()
    assert till.sold == [0]


async def test_what_ran_out_of_time_is_not_done_again(till: Till) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable, match="time limit: whether it was done is not") as caught:
            await ask(till, INVOKE, "late")
        assert caught.value.retry_after is None
    assert till.sold == [0]
    with pytest.raises(Unavailable) as caught:
        await ask(till, INVOKE, "late", id="")
    assert caught.value.retry_after == 5


async def test_of_several_writes_one_that_ran_out_of_time_is_not_known(till: Till) -> None:
    for _ in range(2):
        with pytest.raises(PartialFailure) as caught:
            await ask(till, Op.WRITE_MULTIPLE_PROPERTIES, "", b'{"level": 1, "slow": 2}')
        error = caught.value.errors["slow"]
        assert isinstance(error, Unavailable)
        assert error.retry_after is None
        assert "not known" in str(error)
    assert till.sold == [1]


async def test_what_never_began_may_be_tried_again() -> None:
    thing = wot.Thing.from_td(TANK)
    exposed, asked = exposed_of(thing), Interaction(INVOKE, "drain", id="a")
    with pytest.raises(Unavailable, match="nothing handles"):
        await exposed.request(asked)
    thing.on_invoke("drain", lambda: None)
    await exposed.request(asked)


TANK = {
    "@context": "https://www.w3.org/2022/wot/td/v1.1",
    "title": "Tank",
    "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
    "security": "nosec_sc",
    "actions": {"drain": {"forms": [{"href": "http://x/drain"}]}},
}


async def test_an_invocation_that_goes_on_is_the_same_one(till: Till) -> None:
    asked = Interaction(INVOKE, "deliver", id="a")
    first, second = [await exposed_of(till).request(asked) for _ in range(2)]
    assert first.invocation == second.invocation
    await asyncio.sleep(0)
    assert till.sold == [0]


@pytest.mark.parametrize("wrong", ["x" * 256, "ä", "a\tb", "\x7f"])
async def test_ids_are_short_and_printable(till: Till, wrong: str) -> None:
    with pytest.raises(InvalidInput, match="printable ASCII"):
        await ask(till, INVOKE, "sell", b'{"count": 2}', wrong)
    with pytest.raises(InvalidInput), wot.request_id(wrong):
        pass
    with pytest.raises(InvalidInput, match="printable"), wot.request_id(5):  # type: ignore[arg-type]
        pass
    assert await ask(till, INVOKE, "sell", b'{"count": 2}', "~" * 255) == b"1"


async def test_the_id_of_a_block_is_that_of_its_writes_and_invocations(till: Till) -> None:
    with wot.request_id("order-17") as id:
        assert id == "order-17"
        assert [await till.sell(2), await till.sell(2)] == [1, 1]
        await till.level.write(5)
        await till.level.write(5)
        with pytest.raises(Conflict):
            await till.sell(3)
    assert till.sold == [2, 5]
    assert await till.sell(2) == 3
    with wot.request_id() as made, wot.request_id() as other:
        assert len({made, other}) == 2


class Chain(wot.Thing):
    """Sells twice at another till."""

    def __init__(self, till: Till) -> None:
        self._till = till

    @wot.action
    async def both(self) -> None:
        await self._till.sell(1)
        await self._till.sell(2)


async def test_an_id_is_for_the_request_and_not_for_what_its_handler_sends(till: Till) -> None:
    with wot.request_id("a"):
        await Chain(till).both()
    assert till.sold == [1, 2]


# The record by itself.


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def request(id: str, body: bytes = b"1", peer: str = "") -> Interaction:
    return Interaction(WRITE, "level", Content(body), id=id, peer=peer)


def answering(body: bytes = b"") -> Callable[[Interaction], Awaitable[Reply]]:
    """Something that notes how often it is asked."""

    async def perform(interaction: Interaction) -> Reply:
        assert not interaction.id
        calls.append(interaction)
        return Reply(Content(body))

    calls: list[Interaction] = []
    perform.calls = calls  # type: ignore[attr-defined]
    return perform


async def test_answers_expire() -> None:
    clock = Clock()
    record = Repeats(expiry=600, clock=clock)
    perform: Any = answering()
    await record.answer(request("a"), perform)
    clock.now = 600
    await record.answer(request("a"), perform)
    assert len(perform.calls) == 1
    clock.now = 601
    await record.answer(request("a"), perform)
    assert len(perform.calls) == 2


async def test_only_so_many_answers_and_bytes_are_kept() -> None:
    record = Repeats(kept=3)
    for id in "abcde":
        await record.answer(request(id), answering())
    await asyncio.sleep(0)
    assert len(record) == 3
    record = Repeats(bytes_kept=10)
    for id in "abcde":
        await record.answer(request(id), answering(b"1234"))
    await asyncio.sleep(0)
    assert len(record) == 2
    await record.answer(request("f"), answering(b"x" * 100))
    await asyncio.sleep(0)
    assert len(record) == 1


async def test_the_values_of_what_failed_in_part_count() -> None:
    record = Repeats(bytes_kept=5000)

    async def fail(_interaction: Interaction) -> Reply:
        values = {"big": ["z" * 2000]}
        raise PartialFailure("one failed", values=values, errors={"x": Conflict("busy")})

    for id in "abcd":
        with pytest.raises(PartialFailure):
            await record.answer(request(id), fail)
    await asyncio.sleep(0)
    assert len(record) == 2
    with pytest.raises(PartialFailure, match="one failed") as again:
        await record.answer(request("d"), answering())
    assert again.value.values == {"big": ["z" * 2000]}
    assert isinstance(again.value.errors["x"], Conflict)


async def test_who_sends_many_pushes_out_their_own() -> None:
    record, perform = Repeats(kept=8), answering()
    await record.answer(request("mine", peer="a"), perform)
    for number in range(20):
        await record.answer(request(f"z{number}", peer="b"), answering(b"x" * 100))
    await record.answer(request("mine", peer="a"), perform)
    assert len(perform.calls) == 1  # type: ignore[attr-defined]
    assert len(record) == 8


async def test_who_sends_a_large_one_keeps_it_while_it_is_the_newest() -> None:
    record, perform = Repeats(kept=4, bytes_kept=100), answering(b"x" * 1000)
    await record.answer(request("small", peer="a"), answering())
    await record.answer(request("large", peer="b"), perform)
    await asyncio.sleep(0)
    await record.answer(request("large", peer="b"), perform)
    assert len(perform.calls) == 1  # type: ignore[attr-defined]


async def test_one_who_asks_leaves_room_for_others() -> None:
    record, go = Repeats(kept=8), asyncio.Event()

    async def wait(_interaction: Interaction) -> Reply:
        await go.wait()
        return Reply()

    begun: list[asyncio.Task[Reply]] = []
    for peer, most in (("a", 4), ("b", 2), ("c", 1)):
        for number in range(most):
            asked = record.answer(request(f"{peer}{number}", peer=peer), wait)
            begun.append(asyncio.create_task(asked))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="too many"):
            await record.answer(request("more", peer=peer), wait)
    go.set()
    await asyncio.gather(*begun)


async def test_what_is_under_way_is_not_dropped_for_what_is_new() -> None:
    record, go = Repeats(kept=2), asyncio.Event()

    async def wait(_interaction: Interaction) -> Reply:
        await go.wait()
        return Reply()

    waiting = [asyncio.create_task(record.answer(request(id), wait)) for id in "ab"]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="too many") as raised:
        await record.answer(request("c"), wait)
    assert raised.value.retry_after
    go.set()
    await asyncio.gather(*waiting)


@pytest.mark.parametrize("refusal", [NotBegun("full"), TooManyRequests("slow down")])
async def test_refusals_are_not_kept(refusal: Exception) -> None:
    record = Repeats()

    async def refuse(_interaction: Interaction) -> Reply:
        raise refusal

    with pytest.raises(type(refusal)):
        await record.answer(request("a"), refuse)
    await asyncio.sleep(0)
    assert len(record) == 0


async def test_chunks_are_taken_once_and_told_again() -> None:
    async def parts() -> Any:
        yield b"1"
        yield b"2"

    async def echo(interaction: Interaction) -> Reply:
        assert interaction.payload
        body = (await interaction.payload.whole(9)).body

        async def again() -> Any:
            yield body

        return Reply(Content(b"", chunks=again()))

    record = Repeats()
    for body in (parts(), parts()):
        asked = Interaction(WRITE, "level", Content(b"", chunks=body), id="a")
        reply = await record.answer(asked, echo)
        assert reply.content
        assert reply.content.body == b"12"


Step = tuple[str, str, bytes, float]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ok", "error", "refused"]),
            st.sampled_from("abc"),
            st.sampled_from([b"1", b"2"]),
            st.sampled_from([0.0, 4.0, 11.0]),
        ),
        max_size=30,
    )
)
@settings(max_examples=150)
async def test_the_record_is_what_a_simple_one_would_be(steps: list[Step]) -> None:
    clock = Clock()
    record = Repeats(expiry=10, clock=clock)
    model: dict[str, tuple[bytes, float, str]] = {}
    for number, (outcome, id, body, pause) in enumerate(steps):
        clock.now += pause
        model = {k: v for k, v in model.items() if clock.now - v[1] <= 10}

        async def perform(
            _interaction: Interaction, outcome: str = outcome, number: int = number
        ) -> Reply:
            if outcome == "ok":
                return Reply(Content(str(number).encode()))
            raise HandlerError(str(number)) if outcome == "error" else NotBegun(str(number))

        try:
            reply = await record.answer(request(id, body), perform)
            found = reply.content.body.decode() if reply.content else ""
        except (HandlerError, NotBegun, Conflict) as error:
            found = "conflict" if isinstance(error, Conflict) else str(error)
        await asyncio.sleep(0)
        if id in model:
            digest, _when, said = model[id]
            assert found == (said if digest == body else "conflict")
        else:
            assert found == str(number)
            if outcome != "refused":
                model[id] = body, clock.now, found
        assert len(record) == len(model)
