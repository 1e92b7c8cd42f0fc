"""All who follow something here, by whichever subprotocol."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import web

from wot.interaction import Interactable, Interaction
from wot_http.forms import Route
from wot_http.offering import WEBHOOK, Offer
from wot_http.paths import Place
from wot_http.polling import Polling
from wot_http.streams import Streams
from wot_http.webhooks import Webhooks


class Asked(NamedTuple):
    """A request about a stream."""

    request: web.BaseRequest
    place: Place
    route: Route
    interaction: Interaction
    headers: Mapping[str, str]
    base: str  # ours, as the requester sees it


class Subscribers:
    """The subscriptions of one server."""

    def __init__(self, offer: Offer, heartbeat: float) -> None:
        self._streams = Streams(heartbeat, named=offer.named)
        self._polling = Polling()
        self._webhooks = Webhooks(offer.webhooks)

    def start(self) -> None:
        """Begin."""
        self._streams.start()
        self._polling.start()

    async def stop(self) -> None:
        """End all, after what has been emitted before."""
        await asyncio.gather(self._streams.stop(), self._webhooks.stop())
        # Last, so that who polls again comes to a closed door.
        await self._polling.stop()

    def end(self, thing: Interactable) -> None:
        """End those of a Thing that is no longer served."""
        self._streams.end(thing)
        self._polling.end(thing)
        self._webhooks.end(thing)

    def check(self, place: Place) -> None:
        """NotFound for a subscription that is none."""
        ending = (place.methods or {}).get("DELETE")
        if ending is not None and ending.via == WEBHOOK:
            self._webhooks.check(place.mount.thing, place.part)

    async def serve(self, asked: Asked) -> web.StreamResponse:
        """Begin a stream, hand over its next notification, or end it."""
        request, place, interaction = asked.request, asked.place, asked.interaction
        thing = place.mount.thing
        match asked.route.via:
            case "longpoll":
                return await self._polling.serve(request, thing, interaction)
            case "webhook" if request.method == "DELETE":
                return self._webhooks.unsubscribe(thing, place.part)
            case "webhook":
                below = asked.base + place.mount.path
                return await self._webhooks.subscribe(request, thing, interaction, below)
            case _:
                return await self._streams.serve(request, thing, interaction, asked.headers)
