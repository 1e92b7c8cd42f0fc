"""Reaching Things over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

from wot.binding import Client, known_option, number_option
from wot.content import Content, empty_is_value, is_whole
from wot.interaction import DONE, Interaction, Reply, Stream
from wot.td import EACH, STREAMS, TD_JSON, Form, Op
from wot_http.callbacks import callbacks_of
from wot_http.codings import packed_aside
from wot_http.connector import Sockets, trusting
from wot_http.following import Following
from wot_http.messages import SUBPROTOCOL
from wot_http.plans import Plans, accepting
from wot_http.receiving import body_of, media_type_of, refuse
from wot_http.redirects import asked, behind, sent
from wot_http.sessions import Sessions
from wot_http.socket_client import SocketClient
from wot_http.started import begun, broke_off, identified, plan_of
from wot_http.transferring import Transferring
from wot_http.translating import translated, translation

TIMEOUT = 30.0
MAX_ANSWER = 64 << 20
_WEBSOCKETS = ("ws:", "wss:")
_OPTIONS = ("timeout", "max_answer", "ca", "sockets", "callback", "callback_url")


class HTTPClient(Client):
    """Performs interactions by HTTP/1.1."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        known_option(options, _OPTIONS, "an HTTP client")
        self._max_answer = int(number_option(options, "max_answer", MAX_ANSWER, least=1))
        timeout = number_option(options, "timeout", TIMEOUT, least=0.001)
        self._sessions = Sessions(timeout, Sockets(options.get("sockets", ())), trusting(options))
        callbacks = callbacks_of(options, self._sessions)
        self._following = Following(self._sessions, self._max_answer, callbacks)
        self._sockets = SocketClient(self._sessions, self._max_answer)
        self._plans = Plans()
        self._transferring = Transferring(self._sessions, self._max_answer)

    def usable(self, form: Form, op: Op) -> bool:
        """Streams by more than one way (by webhook where we can be called); else no subprotocol, or by WebSocket.

        Those of the whole Thing not by long polling: it does not tell what each notification is about.
        """
        if form.href.lower().startswith(_WEBSOCKETS):
            return form.subprotocol == SUBPROTOCOL
        if op not in STREAMS:
            return not form.subprotocol
        called = form.subprotocol == "webhook" and self._following.callbacks is not None
        return called or form.subprotocol in (("sse",) if op in EACH else ("", "sse", "longpoll"))

    def carries_variables(self, form: Form) -> bool:
        """Messages have a member for them."""
        return form.subprotocol == SUBPROTOCOL

    async def request(self, form: Form, interaction: Interaction, *, again: bool = True) -> Reply:
        """One request, one answer; one with an id is sent `again` where the connection ends before an answer."""
        if form.subprotocol == SUBPROTOCOL:
            return await self._sockets.request(form, interaction)
        if interaction.invocation:
            plan = plan_of(form, interaction, self._sessions.timeout)
        else:
            plan = self._plans.of(form, interaction.op)
        headers: Mapping[str, str] | None = plan.headers
        body: Any = None
        if interaction.id:
            headers = identified(headers, interaction.id)
        payload = interaction.payload
        if plan.opaque or not is_whole(payload):
            return await self._transferring.request(plan, interaction)
        if interaction.accept:
            headers = accepting(plan, interaction.accept)
        if payload is not None:
            headers, body = {**(headers or {}), "Content-Type": payload.type}, payload.body
            if plan.coding:
                headers["Content-Encoding"] = plan.coding
                body = await packed_aside(body, plan.coding)
        try:
            session = self._sessions.requests()
            response = await asked(session, plan.method, plan.url, headers, body)
            if response.status >= 300:
                response = await behind(response, session, plan.method, form, headers, body)
            async with response:
                status = response.status
                if status >= 300:
                    await refuse(response, form)
                if status == 204:
                    return DONE
                data = await body_of(response, self._max_answer)
                media_type = media_type_of(response, form)
                content = Content(data, media_type)
                if status in (201, 202) and interaction.op is Op.INVOKE_ACTION:
                    reply = begun(response, content)
                    if reply is not None:
                        return reply
                if not data and not empty_is_value(media_type):
                    return DONE
                return Reply(content)
        except asyncio.CancelledError:
            self._sessions.check_cancelled()
            raise
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            self._sessions.check_open()
            if interaction.id and again and broke_off(error):
                return await self.request(form, interaction, again=False)
            raise translation(error, form.href) from error

    async def stream(self, form: Form, interaction: Interaction) -> Stream:
        """By WebSocket, server-sent events, webhook or long polling."""
        if form.subprotocol == SUBPROTOCOL:
            return await self._sockets.stream(form, interaction)
        return await self._following.open(form, interaction)

    async def fetch(self, url: str) -> tuple[bytes, str]:
        """A Thing Description and the URL it came from in the end."""
        headers = {
            "Accept": f"{TD_JSON}, application/json;q=0.9, application/ld+json;q=0.8, */*;q=0.1"
        }
        self._sessions.sockets.asked(url)
        async with (
            translated(url),
            await sent(self._sessions.requests(), "GET", URL(url), None, headers) as response,
        ):
            if response.status != 200:
                await refuse(response)
            return await body_of(response, 4 << 20), str(response.url)

    async def close(self) -> None:
        """Close all connections."""
        if self._following.callbacks is not None:
            await self._following.callbacks.close()
        await self._sockets.close()
        await self._sessions.close()
