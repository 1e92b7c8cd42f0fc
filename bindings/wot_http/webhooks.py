"""Subscriptions by callback (WoT Profiles, HTTP Webhook Profile), within limits."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from typing import Any, NamedTuple

import aiohttp
import msgspec
from aiohttp import web

from wot.content import JSON, essence
from wot.errors import (
    InvalidInput,
    NotFound,
    TooManyRequests,
    Unavailable,
    UnsupportedContent,
)
from wot.interaction import Interactable, Interaction
from wot.td import is_object
from wot_http.connection import client_behind
from wot_http.deliveries import Callback, Delivery
from wot_http.forms import SUBSCRIPTIONS
from wot_http.offering import Rules
from wot_http.outgoing import callback, check, session
from wot_http.preferences import CURSOR
from wot_http.signing import SIGNATURE, VERSION, signing_key

_FLUSHING = 0.3  # seconds for what waits to be delivered when the server stops


class _Subscription(NamedTuple):
    delivery: Delivery
    task: asyncio.Task[None]


class Webhooks:
    """The webhooks of one server."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[str, _Subscription] = {}
        self._clients: Counter[str] = Counter()
        self._endings: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def stop(self) -> None:
        """End all, after what has been emitted before."""
        await self._end(list(self._known.values()))
        current, self._session = self._session, None
        if current is not None:
            await current.close()

    def end(self, thing: Interactable) -> None:
        """End those of a Thing that is no longer served, after what has been emitted before."""
        ended = [known for known in self._known.values() if known.delivery.thing is thing]
        if ended:
            ending = asyncio.create_task(self._end(ended), name="wot webhooks end")
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def _end(self, ended: list[_Subscription]) -> None:
        loop = asyncio.get_running_loop()
        end, quiet = loop.time() + _FLUSHING, 0
        while quiet < 3 and loop.time() < end:
            busy = any(known.delivery.busy for known in ended)
            quiet = 0 if busy else quiet + 1
            await asyncio.sleep(0.01 if busy else 0)
        for known in ended:
            known.task.cancel()
        await asyncio.gather(*(known.task for known in ended), return_exceptions=True)

    async def subscribe(
        self, request: web.BaseRequest, thing: Interactable, interaction: Interaction, below: str
    ) -> web.Response:
        """Register a callback; what refuses the subscription raises before there is one."""
        client = client_behind(request)
        asked = _asked(interaction)
        self._admit(client)
        self._clients[client] += 1  # now: many may ask at once
        try:
            parts = callback(asked.get("callbackURL"))
            key = signing_key(asked["secret"]) if "secret" in asked else None
            await check(parts, self._rules.private)
            given = msgspec.structs.replace(interaction, payload=None)
            stream = await thing.stream(given)
        except BaseException:
            self._leave(client)
            raise
        place = getattr(stream, "position", "")
        self._session = self._session or session(self._rules.private)
        to = Callback(parts.geturl(), key, self._rules.patience)
        delivery = Delivery(self._session, to, thing, given, below)
        name = secrets.token_urlsafe(18)  # whoever knows it can end the subscription
        task = asyncio.create_task(delivery.run(stream), name="wot webhook")
        self._known[name] = _Subscription(delivery, task)
        task.add_done_callback(lambda _: self._ended(name, client))
        headers = {"Location": f"{below}/{SUBSCRIPTIONS}/{name}"}
        told = {CURSOR: place} if place else {}
        promised = {SIGNATURE: VERSION} if key else {}
        return web.Response(status=201, headers={**headers, **told, **promised})

    def check(self, thing: Interactable, name: str) -> _Subscription:
        """The subscription of a name; NotFound where there is none."""
        known = self._known.get(name)
        if known is None or known.delivery.thing is not thing or known.task.cancelling():
            raise NotFound("there is no such subscription", hint="it may have ended")
        return known

    def unsubscribe(self, thing: Interactable, name: str) -> web.Response:
        """End one."""
        self.check(thing, name).task.cancel()
        return web.Response(status=204)

    def _admit(self, client: str) -> None:
        if self._clients[client] >= self._rules.per_client:
            raise TooManyRequests(f"there are {self._rules.per_client} subscriptions of yours here")
        if self._clients.total() >= self._rules.most:
            raise Unavailable("there are too many subscriptions here", retry_after=60)

    def _leave(self, client: str) -> None:
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]

    def _ended(self, name: str, client: str) -> None:
        del self._known[name]
        self._leave(client)


def _asked(interaction: Interaction) -> dict[str, Any]:
    payload = interaction.payload
    if payload is not None and essence(payload.type) != JSON:
        raise UnsupportedContent(f"a callback is named in {JSON}", hint=f"send {JSON}")
    try:
        found: Any = msgspec.json.decode(payload.body if payload else b"")
    except (ValueError, RecursionError):
        found = None
    if is_object(found):
        return dict(found)
    raise InvalidInput(
        "a JSON object is needed that names the callback", hint='send {"callbackURL": "https://…"}'
    )
