"""A subscription that gets only what its subscriber asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wot.content import Content
from wot.errors import HandlerError
from wot.interaction import Notification, OpenStream

if TYPE_CHECKING:
    from wot.affordances import Event

_log = logging.getLogger("wot")


class Filtered(OpenStream):
    """The notifications of another stream that are `wanted`."""

    def __init__(self, stream: OpenStream, wanted: Callable[[Notification], bool]) -> None:
        self._stream, self._wanted = stream, wanted
        self.position = stream.position

    async def __anext__(self) -> Notification:
        while True:
            found = await self._stream.__anext__()
            try:
                if self._wanted(found):
                    return found
            except Exception as error:
                await self.aclose()
                _log.exception("the filter of a subscription failed")
                raise HandlerError("the filter of this subscription failed") from error

    async def aclose(self) -> None:
        await self._stream.aclose()


def chosen_by(wanted: Any, event: Event[Any]) -> Callable[[Content], bool]:
    """What a handler that was asked for a subscription returned, as a question about the content."""
    payload = event.payload
    if not callable(wanted) or payload is None:
        _log.error(
            "the handler asked for subscriptions of %r returned neither None nor a filter",
            event.name,
        )
        raise HandlerError(f"the handler of {event.name!r} returned no filter")
    return lambda content: bool(wanted(payload.load(content, closed=False)))
