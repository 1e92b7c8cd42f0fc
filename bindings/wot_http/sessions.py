"""The connections of a client: one shared session for requests, one for streams."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp

from wot.content import JSON
from wot.errors import WoTError
from wot_http.connector import Connector, Sockets
from wot_http.redirects import unmoved


class Sessions:
    """Made when first needed, and closed for good."""

    def __init__(self, timeout: float, sockets: Sockets, context: ssl.SSLContext | None) -> None:
        self.timeout = timeout
        self.sockets, self._context = sockets, context
        # Less than the whole, so that another form can still be tried where nobody is there.
        self._connecting = min(5.0, timeout / 3)
        self._closed = False
        self._requests: aiohttp.ClientSession | None = None
        self._streams: aiohttp.ClientSession | None = None

    def requests(self) -> aiohttp.ClientSession:
        """For what has one answer, within the time limit."""
        return self._requests or self._for_requests()

    def streams(self) -> aiohttp.ClientSession:
        """For what goes on, without a limit."""
        return self._streams or self._for_streams()

    def _for_requests(self) -> aiohttp.ClientSession:
        self.check_open()
        timeout = aiohttp.ClientTimeout(total=self.timeout, sock_connect=self._connecting)
        self._requests = self._session(timeout, limit=100)
        return self._requests

    def _for_streams(self) -> aiohttp.ClientSession:
        self.check_open()
        # Streams stay open, so that a limit shared with requests would block those for ever.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._connecting)
        self._streams = self._session(timeout, limit=0)
        return self._streams

    def check_open(self) -> None:
        """WoTError where they have been closed."""
        if self._closed:
            raise WoTError(
                "the Servient of this Thing has been left", hint="use it inside the block"
            )

    def check_cancelled(self) -> None:
        """WoTError where nobody has cancelled the running task: its connection was closed under it."""
        task = asyncio.current_task()
        if self._closed and not (task and task.cancelling()):
            self.check_open()

    async def close(self) -> None:
        """Close both."""
        for session in (self._requests, self._streams):
            if session is not None:
                await session.close()
        self._requests = self._streams = None
        self._closed = True

    def _session(self, timeout: aiohttp.ClientTimeout, limit: int) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            timeout=timeout,
            connector=Connector.made(limit, self.sockets, self._context),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "isowot", "Accept": JSON},
            # None for requests: it would cost something each time, and WebSockets are streams.
            trace_configs=None if limit else [unmoved()],
        )
