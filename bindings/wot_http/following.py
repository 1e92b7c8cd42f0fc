"""Opening streams: by the subprotocol that the form names, or else as the other side answers."""

from __future__ import annotations

import asyncio

import aiohttp
from yarl import URL

from wot.content import Content
from wot.errors import ProtocolError
from wot.interaction import Interaction, OpenStream, Stream
from wot.td import Form
from wot_http.callbacks import Callbacks
from wot_http.follow import EventSource
from wot_http.longpoll import STANDING, Answered, LongPoll
from wot_http.plans import declared_headers, method_of
from wot_http.preferences import APPLIED, CURSOR, wait_of
from wot_http.receiving import body_of, media_type_of, refuse
from wot_http.redirects import sent
from wot_http.sessions import Sessions
from wot_http.sse import EVENT_STREAM
from wot_http.translating import translated

_WAIT = 25  # seconds for one poll: proxies give up after 30 to 60


class Following:
    """Opens the streams of one client."""

    def __init__(self, sessions: Sessions, max_answer: int, callbacks: Callbacks | None) -> None:
        self._sessions, self._max_answer = sessions, max_answer
        self.callbacks = callbacks

    async def open(self, form: Form, interaction: Interaction) -> Stream:
        """Returns once the subscription stands, as far as the other side lets us know."""
        if form.subprotocol == "longpoll":
            return await LongPoll.opened(_Polls(self, form).poll, interaction.after)
        if form.subprotocol == "webhook" and self.callbacks is not None:
            return await self.callbacks.open(form, interaction)
        asked = asyncio.ensure_future(self._subscribe(form, interaction.after))
        try:
            done, _ = await asyncio.wait([asked], timeout=None if form.subprotocol else STANDING)
        except asyncio.CancelledError:
            asked.cancel()
            raise
        response = asked.result() if done else None
        media_type = response.headers.get("Content-Type", "") if response else ""
        if response is not None and media_type.startswith(EVENT_STREAM):
            return EventSource(response, form, named=not interaction.name)
        if not form.subprotocol:
            # Nothing comes and nothing was promised: this is already the first long poll.
            first = asyncio.ensure_future(self._polled(asked, form))
            return LongPoll(_Polls(self, form, begun=True).poll, first)
        assert response is not None
        response.close()
        given = media_type or "nothing"
        raise ProtocolError(f"{form.href} answered {given} instead of {EVENT_STREAM}")

    async def _subscribe(self, form: Form, after: str) -> aiohttp.ClientResponse:
        """The answer to a request for events, its body unread."""
        accept = EVENT_STREAM if form.subprotocol else f"{EVENT_STREAM}, {form.response_type};q=0.9"
        headers = {"Accept": accept, "Cache-Control": "no-store", **declared_headers(form)}
        if form.subprotocol == "sse":
            headers["Connection"] = "keep-alive"  # the default; the HTTP SSE Profile wants it told
        if after:
            headers[CURSOR] = after
        async with translated(form.href):
            session = self._sessions.streams()
            method = method_of(form, "GET")
            # Where the form promises a stream, its head comes at once.
            limit = self._sessions.timeout if form.subprotocol else None
            async with asyncio.timeout(limit):
                response = await sent(session, method, URL(form.href), form, headers)
                if response.status != 200:
                    try:
                        await refuse(response)
                    finally:
                        response.close()
        return response

    async def _polled(
        self, asked: asyncio.Future[aiohttp.ClientResponse], form: Form
    ) -> Answered | OpenStream:
        """What the first request brought: the answer of a long poll, or a stream that was late."""
        async with translated(form.href):
            response = await asked
            if response.headers.get("Content-Type", "").startswith(EVENT_STREAM):
                return EventSource(response, form)
            async with response:
                return await self.answered(response, form)

    async def poll(self, form: Form, cursor: str, wait: int, limit: float | None) -> Answered:
        """One long poll; without a `limit` it ends with the next notification, however long that takes."""
        session = self._sessions.streams()
        method = method_of(form, "GET")
        # An empty cursor says that we know what one is, and begin here.
        asked = {"Accept": form.response_type, CURSOR: cursor, "Prefer": f"wait={wait}"}
        async with (
            translated(form.href),
            asyncio.timeout(limit),
            await sent(
                session, method, URL(form.href), form, {**asked, **declared_headers(form)}
            ) as response,
        ):
            return await self.answered(response, form)

    async def answered(self, response: aiohttp.ClientResponse, form: Form) -> Answered:
        """What a poll brought; what refuses it raises."""
        if response.status >= 300:
            await refuse(response)
        data = await body_of(response, self._max_answer)
        content = None if response.status == 204 else Content(data, media_type_of(response, form))
        waited = wait_of([response.headers.get(APPLIED, "")]) is not None
        return Answered(content, response.headers.get(CURSOR, ""), waited)

    @property
    def patience(self) -> float:
        """Seconds for an answer."""
        return self._sessions.timeout


class _Polls:
    """The polls of one subscription: the first one asks where it stands and does not wait."""

    def __init__(self, following: Following, form: Form, *, begun: bool = False) -> None:
        self._following, self._form = following, form
        self._wait = _WAIT if begun else 0
        self._limit: float | None = None

    async def poll(self, cursor: str) -> Answered:
        """The next one."""
        found = await self._following.poll(self._form, cursor, self._wait, self._limit)
        self._wait = _WAIT
        # Only who has said so keeps to the time that we ask for.
        self._limit = _WAIT + self._following.patience if found.waited else None
        return found
