"""Subscriptions that are closed at awkward moments."""

from __future__ import annotations

import asyncio

import pytest

from wot.content import Content
from wot.errors import ConnectError
from wot.followed import Followed
from wot.interaction import Interaction, Notification, OpenStream
from wot.td import Op


class Broken(OpenStream):
    """A stream whose connection is lost at once."""

    position = "e-1"

    def __init__(self) -> None:
        self.closed = False

    async def __anext__(self) -> Notification:
        raise ConnectError

    async def aclose(self) -> None:
        self.closed = True


class Fine(Broken):
    """One that would go on."""

    async def __anext__(self) -> Notification:
        return Notification(Content(b"1"), "e-2")


async def test_what_is_made_again_after_it_was_closed_is_closed_too() -> None:
    made, asked, go = Fine(), asyncio.Event(), asyncio.Event()

    async def open_again(_interaction: Interaction) -> OpenStream:
        asked.set()
        await go.wait()
        return made

    followed = Followed(open_again, Interaction(Op.SUBSCRIBE_EVENT, "e"), Broken(), 5)
    waiting = asyncio.ensure_future(anext(followed))
    await asked.wait()
    await followed.aclose()
    go.set()
    with pytest.raises(StopAsyncIteration):
        await waiting
    assert made.closed
