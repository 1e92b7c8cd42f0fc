"""Following server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

import aiohttp

from wot.content import Content
from wot.errors import EventsLost, ProtocolError, TooLarge, TransportError, WoTError
from wot.interaction import Notification, OpenStream
from wot.td import Form
from wot_http.errors import error_from
from wot_http.sse import GAP, Message, Parser

_MISSED = 3  # heartbeats after which the other side counts as gone


class EventSource(OpenStream):
    """One response of type text/event-stream, as notifications."""

    def __init__(
        self, response: aiohttp.ClientResponse, form: Form, *, named: bool = False
    ) -> None:
        self._response, self._type, self._named = response, form.response_type, named
        self._parser = Parser()
        self._ready: deque[Message] = deque()
        self._at = ""
        # Our own server's opening comes with the head: it tells the position before the first event.
        with contextlib.suppress(aiohttp.ClientError):  # said again by whoever reads on
            self._feed(response.content.read_nowait())

    @property
    def position(self) -> str:  # type: ignore[override]
        """Where to resume, also before the first notification."""
        return self._at

    @property
    def current_first(self) -> bool:  # type: ignore[override]
        """Our own servers, who announce their heartbeat, begin with the current value."""
        return self._parser.heartbeat > 0

    async def __anext__(self) -> Notification:
        while not self._ready:
            self._feed(await self._chunk())
        message = self._ready.popleft()
        self._at = message.id
        if message.event == GAP:
            error = error_from(410, "application/json", message.data.encode(), {})
            raise (
                error if isinstance(error, EventsLost) else EventsLost(str(error), after=message.id)
            )
        name = message.event if self._named else ""
        return Notification(Content(message.data.encode(), self._type), message.id, None, name)

    def _feed(self, chunk: bytes) -> None:
        try:
            self._ready.extend(self._parser.feed(chunk))
        except TooLarge as error:
            # Behind it, or it would come again and again.
            raise EventsLost(str(error), after=self._parser.next_id) from None
        if not self._ready:
            self._at = self._parser.last_id

    async def _chunk(self) -> bytes:
        limit = self._parser.heartbeat * _MISSED or None
        try:
            async with asyncio.timeout(limit):
                chunk = await self._response.content.readany()
        except TimeoutError:
            raise TransportError(f"{self._response.url.origin()} shows no sign of life") from None
        except RuntimeError:
            raise WoTError(
                "somebody else waits on this subscription", hint="give each task its own"
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            raise ProtocolError(
                f"{self._response.url.origin()} broke off: {type(error).__name__}"
            ) from error
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        self._response.close()
