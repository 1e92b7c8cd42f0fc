"""Chunks on their way into a handler and out of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from wot.chunks import Blocking, Paced, Pulled, Runner, Taken
from wot.content import Content
from wot.interaction import Reply
from wot.template import Handler

# Runs a handler of the Thing, within a time limit.
Call = Callable[[Handler, float | None, tuple[Any, ...], Mapping[str, Any]], Awaitable[Any]]


async def taken(
    call: Call,
    handler: Handler,
    timeout: float | None,
    args: tuple[Any, ...],
    given: Mapping[str, Any],
) -> Any:
    """Call a handler that takes what was sent in chunks; no time counts while it waits for them."""
    chunks = Taken(args[0], timeout)
    async with aclosing(chunks), chunks.limit:
        wanted = chunks if handler.is_async else Blocking(chunks)
        return await call(handler, None, (wanted,), given)


def paced(
    content: Content, run: Runner, timeout: float | None, failed: Callable[[Exception], Exception]
) -> Reply:
    """A reply whose chunks come from the handler: its time limit holds for each of them."""
    assert content.chunks is not None
    if isinstance(content.chunks, Pulled):
        content.chunks.run = run
    return Reply(Content(b"", content.type, Paced(content.chunks, timeout, failed)))
