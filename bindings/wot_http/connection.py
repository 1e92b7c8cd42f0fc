"""Connections of the server: what aiohttp leaves open-ended has a limit here, and its refusals are ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiohttp import web

from wot.errors import InvalidInput
from wot_http.answers import problem

_log = logging.getLogger("wot")
_HEAD = 30.0  # seconds for the first request's head to arrive
_IDLE = 75.0  # seconds for which a connection may stay open between requests


class Connections(web.Server):
    """Makes the connections of one server."""

    def __call__(self) -> web.RequestHandler:
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # none is what it takes, whatever it says
            keepalive_timeout=_IDLE,
            auto_decompress=False,  # bodies are unpacked where there is a limit
        )


class Connection(web.RequestHandler):
    """One connection."""

    __slots__ = ("lost", "waiting")
    waiting: asyncio.TimerHandle | None
    lost: Callable[[], None] | None  # told when the connection is lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.lost = None
        self.waiting = asyncio.get_running_loop().call_later(_HEAD, self._give_up)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.arrived()
        super().connection_lost(exc)
        if self.lost is not None:
            self.lost()

    def arrived(self) -> None:
        """A request has come, so that the connection is in use."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            waiting.cancel()

    def _give_up(self) -> None:
        self.waiting = None
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP; without a word in the log, which anybody could fill."""
        if status >= 500 or request.writer.output_size:
            return super().handle_error(request, status, exc, message)
        _log.debug("a request from %s is broken: %s", request.remote, exc)
        error = InvalidInput(f"this is not a request that can be read: {_first_line(exc)}")
        response = problem(error, status)
        response.force_close()
        return response


def _first_line(error: Any) -> str:
    text = str(getattr(error, "message", "") or error or "")
    return text.strip().partition("\n")[0][:120] or type(error).__name__
