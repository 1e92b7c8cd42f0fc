"""What the handle of an invocation tells: outputs as values, why it failed, and that it was cancelled."""

import asyncio
import dataclasses

import pytest

import wot
from wot.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    Timeout,
    UnknownAffordance,
    UriVariableError,
)
from wot.interaction import Interaction
from wot.td import Op

from .test_started import RUNNING, Scripted, completed, thing


async def test_the_output_of_a_status_is_the_value() -> None:
    done = completed(b'{"to": [1]}')
    client = Scripted(invoke=[(RUNNING, "1")], query=[done])
    oven = thing(client, synchronous=False)
    begun = await oven.start("heat")
    status = await begun.status()
    assert (status.status, status.output, status.error) == ("completed", {"to": [1]}, None)
    assert [one.output for one in (await oven.invocations())["heat"]] == [{"to": [1]}]
    at_its_end = await thing(Scripted(invoke=[b"7"])).start("heat")
    assert await at_its_end.result() == 7
    assert (await at_its_end.status()).output == 7


async def test_the_output_of_a_status_is_typed_by_the_class() -> None:
    @dataclasses.dataclass
    class Bread:
        slices: int

    class Oven(wot.Thing):
        @wot.action(synchronous=False)
        async def bake(self) -> Bread:
            return Bread(5)

    begun = await Oven().bake.start()
    await begun.result()
    assert (await begun.status()).output == Bread(5)


async def test_a_status_says_why_it_failed() -> None:
    begun = await thing(Scripted(invoke=[Conflict("the door is open")])).start("heat")
    with pytest.raises(Conflict):
        await begun.result()
    assert ((await begun.status()).error or {})["detail"] == "the door is open"


async def test_a_handle_knows_that_it_was_cancelled() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[waits_until_cancelled, NotFound("gone")])
    begun = await thing(client, synchronous=False).start("heat")
    waiting_for = asyncio.create_task(begun.result())
    await asyncio.sleep(0)
    await begun.cancel()
    for result in (waiting_for, begun.result()):
        with pytest.raises(NotFound, match="was cancelled"):
            await result
    status = await begun.status()
    assert status.status == "failed"
    assert "was cancelled" in (status.error or {})["detail"]
    assert repr(begun) == "<Invocation 'heat' cancelled>"


async def waits_until_cancelled(_interaction: Interaction) -> bytes:
    await asyncio.sleep(0.02)
    raise NotFound("no such invocation")


async def test_a_cancellation_that_did_not_arrive_is_none() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[completed(b"7")], cancel=[Timeout("late")])
    begun = await thing(client, synchronous=False).start("heat")
    with pytest.raises(Timeout):
        await begun.cancel()
    assert await begun.result() == 7


async def test_what_had_ended_before_it_was_cancelled_has_its_output() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[completed(b"7")])
    begun = await thing(client, synchronous=False).start("heat")
    assert await begun.result() == 7
    await begun.cancel()
    assert await begun.result() == (await begun.status()).output == 7


async def test_what_cannot_be_started_is_known_at_once() -> None:
    client = Scripted(invoke=[b"7"])
    oven = thing(client, input={"type": "integer"})
    with pytest.raises(UnknownAffordance, match="nope"):
        await oven.start("nope")
    with pytest.raises(InvalidInput):
        await oven.start("heat", "x")
    with pytest.raises(UriVariableError):
        await oven.start("heat", 1, depth=5)
    assert client.count(Op.INVOKE_ACTION) == 0
