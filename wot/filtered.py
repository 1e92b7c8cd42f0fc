"""A subscription that gets only what its subscriber asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable

from wot.content import Content
from wot.errors import HandlerError
from wot.interaction import Notification, OpenStream

_log = logging.getLogger("wot")


class Filtered(OpenStream):
    """The notifications of another stream whose content is `wanted`."""

    def __init__(self, stream: OpenStream, wanted: Callable[[Content], bool]) -> None:
        self._stream, self._wanted = stream, wanted
        self.position = stream.position

    async def __anext__(self) -> Notification:
        while True:
            found = await self._stream.__anext__()
            try:
                if self._wanted(found.content):
                    return found
            except Exception as error:
                await self.aclose()
                _log.exception("the filter of a subscription failed")
                raise HandlerError("the filter of this subscription failed") from error

    async def aclose(self) -> None:
        await self._stream.aclose()
