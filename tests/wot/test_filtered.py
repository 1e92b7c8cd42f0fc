"""Subscriptions that get only a part: what passes, positions, and what ends them."""

from __future__ import annotations

import pytest

from wot.content import Content
from wot.errors import EventsLost, HandlerError
from wot.filtered import Filtered
from wot.interaction import Notification
from wot.log import Log


def is_even(found: Notification) -> bool:
    return int(found.content.body) % 2 == 0


async def test_only_what_is_wanted_passes_with_its_own_position() -> None:
    log = Log()
    stream = Filtered(log.subscribe(), is_even)
    assert stream.position == log.here()
    for number in range(5):
        log.emit(Content(b"%d" % number))
    assert [(await anext(stream)).content.body for _ in range(3)] == [b"0", b"2", b"4"]
    log.emit(Content(b"6"))
    assert (await anext(stream)).position == log.here()
    await stream.aclose()
    assert not log.watched


async def test_a_gap_is_told() -> None:
    log = Log(2)
    stream = Filtered(log.subscribe(), is_even)
    for number in range(5):
        log.emit(Content(b"%d" % number))
    with pytest.raises(EventsLost):
        await anext(stream)


async def test_a_closed_stream_ends() -> None:
    stream = Filtered(Log().subscribe(), is_even)
    await stream.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_a_filter_that_fails_ends_the_subscription(caplog: pytest.LogCaptureFixture) -> None:
    log = Log()
    stream = Filtered(log.subscribe(), is_even)
    log.emit(Content(b"x"))
    with pytest.raises(HandlerError, match="filter") as raised:
        await anext(stream)
    assert "invalid literal" not in str(raised.value)
    assert not log.watched
    assert "failed" in caplog.text
