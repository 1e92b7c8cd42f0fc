"""Opening streams: by server-sent events or by long polling, as the form says, or else as the other side answers."""

from __future__ import annotations

import asyncio

import aiohttp

from wot.content import Content
from wot.errors import ProtocolError
from wot.interaction import Interaction, OpenStream, Stream
from wot.td import Form
from wot_http.follow import EventSource
from wot_http.longpoll import STANDING, LongPoll
from wot_http.plans import declared_headers, method_of
from wot_http.receiving import body_of, media_type_of, refuse
from wot_http.sessions import Sessions
from wot_http.sse import EVENT_STREAM
from wot_http.translating import translated


class Following:
    """Opens the streams of one client."""

    def __init__(self, sessions: Sessions, max_answer: int) -> None:
        self._sessions, self._max_answer = sessions, max_answer

    async def open(self, form: Form, interaction: Interaction) -> Stream:
        """Returns once the subscription stands, as far as the other side lets us know."""
        if form.subprotocol == "longpoll":
            return await LongPoll.opened(lambda: self._poll(form))
        asked = asyncio.ensure_future(self._subscribe(form, interaction.after))
        try:
            done, _ = await asyncio.wait([asked], timeout=None if form.subprotocol else STANDING)
        except asyncio.CancelledError:
            asked.cancel()
            raise
        if not done:
            # Nothing comes and nothing was promised: this is already the first long poll.
            return LongPoll(
                lambda: self._poll(form), asyncio.ensure_future(self._polled(asked, form))
            )
        response = asked.result()
        media_type = response.headers.get("Content-Type", "")
        if media_type.startswith(EVENT_STREAM):
            return EventSource(response, form, named=not interaction.name)
        if not form.subprotocol:
            return LongPoll(
                lambda: self._poll(form), asyncio.ensure_future(self._polled(asked, form))
            )
        response.close()
        given = media_type or "nothing"
        raise ProtocolError(f"{form.href} answered {given} instead of {EVENT_STREAM}")

    async def _subscribe(self, form: Form, after: str) -> aiohttp.ClientResponse:
        """The answer to a request for events, its body unread."""
        accept = EVENT_STREAM if form.subprotocol else f"{EVENT_STREAM}, {form.response_type};q=0.9"
        headers = {"Accept": accept, "Cache-Control": "no-store", **declared_headers(form)}
        if after:
            headers["Last-Event-ID"] = after
        async with translated(form.href):
            session = self._sessions.streams()
            method = method_of(form, "GET")
            # Where the form promises a stream, its head comes at once.
            limit = self._sessions.timeout if form.subprotocol else None
            async with asyncio.timeout(limit):
                response = await session.request(method, form.href, headers=headers)
                if response.status != 200:
                    try:
                        await refuse(response)
                    finally:
                        response.close()
        return response

    async def _polled(
        self, asked: asyncio.Future[aiohttp.ClientResponse], form: Form
    ) -> Content | OpenStream | None:
        """What the first request brought: the answer of a long poll, or a stream that was late."""
        async with translated(form.href):
            response = await asked
            if response.headers.get("Content-Type", "").startswith(EVENT_STREAM):
                return EventSource(response, form)
            async with response:
                return await self._notified(response, form)

    async def _poll(self, form: Form) -> Content | None:
        """One long poll: it ends with the next notification, however long that takes."""
        session = self._sessions.streams()
        method = method_of(form, "GET")
        headers = {"Accept": form.response_type, **declared_headers(form)}
        async with (
            translated(form.href),
            session.request(method, form.href, headers=headers) as response,
        ):
            return await self._notified(response, form)

    async def _notified(self, response: aiohttp.ClientResponse, form: Form) -> Content | None:
        if response.status >= 300:
            await refuse(response)
        data = await body_of(response, self._max_answer)
        return None if response.status == 204 else Content(data, media_type_of(response, form))
