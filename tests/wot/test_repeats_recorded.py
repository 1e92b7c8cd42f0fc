"""What a recorded answer says to who asks again."""

from __future__ import annotations

import pytest

from wot.content import CBOR, JSON
from wot.errors import Conflict, Unavailable
from wot.interaction import DONE, Interaction, Reply
from wot.repeats import Repeats
from wot.td import Op

INVOKE = Op.INVOKE_ACTION


async def test_what_is_kept_does_not_say_when_to_try_again() -> None:
    async def busy(_: Interaction) -> Reply:
        raise Unavailable("busy", retry_after=3)

    record = Repeats()
    with pytest.raises(Unavailable) as first:
        await record.answer(Interaction(INVOKE, "x", id="a"), busy)
    with pytest.raises(Unavailable) as again:
        await record.answer(Interaction(INVOKE, "x", id="a"), busy)
    assert (first.value.retry_after, again.value.retry_after) == (3, None)
    assert "another id" in again.value.hint


async def test_other_media_types_under_the_same_id_are_a_conflict() -> None:
    async def perform(_: Interaction) -> Reply:
        return DONE

    record = Repeats()
    await record.answer(Interaction(INVOKE, "x", id="a", accept=(CBOR,)), perform)
    with pytest.raises(Conflict):
        await record.answer(Interaction(INVOKE, "x", id="a", accept=(JSON,)), perform)
    await record.answer(Interaction(INVOKE, "x", id="a", accept=(CBOR,)), perform)
