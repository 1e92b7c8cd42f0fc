"""Who a request is from, and whether it may be answered now."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from wot.errors import WoTError
from wot_http.answers import problem
from wot_http.connection import Connection
from wot_http.forwarded import Trust
from wot_http.limits import Limits, network_of
from wot_http.pages import HEALTH
from wot_http.refusing import Refusal


class Admission:
    """Lets requests in, and counts them until they are answered."""

    def __init__(self, limits: Limits, trust: Trust, plain: bool) -> None:
        self._limits, self._trust = limits, trust
        self._plain = plain  # whether refusals may be bytes made beforehand

    def enter(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Count a request; or else its refusal. What is counted has to `leave`."""
        connection: Any = request.protocol
        client, limits = connection.client, self._limits
        # What nearly all requests come to costs two comparisons and two additions.
        if (
            client.plain
            and limits.running < limits.most_running
            and client.running < client.most_running
        ):
            limits.running += 1
            client.running += 1
            return None
        return self._examined(request, connection)

    def leave(self, request: web.BaseRequest) -> None:
        """It has been answered."""
        connection: Any = request.protocol
        client = connection.asker
        self._limits.running -= 1
        client.running -= 1
        if not client.connections:  # it has gone, or is behind a proxy
            self._limits.leave(client)

    def _examined(
        self, request: web.BaseRequest, connection: Connection
    ) -> web.StreamResponse | None:
        if connection.client.proxy:
            try:
                self._look_behind(request, connection)
            except WoTError as error:
                return problem(error)
        too_much = self._limits.enter(connection.asker)
        if too_much is None:
            return None
        if request.raw_path == HEALTH:
            self._limits.count(connection.asker)
            return None
        if self._plain:
            return Refusal(too_much, close=not request.keep_alive)
        return problem(too_much)

    def _look_behind(self, request: web.BaseRequest, connection: Connection) -> None:
        """Whom a trusted proxy speaks for."""
        seen = connection.seen = self._trust.seen(request.headers, connection.peer)
        itself = seen.client == connection.peer
        connection.asker = (
            connection.client if itself else self._limits.client(network_of(seen.client))
        )
