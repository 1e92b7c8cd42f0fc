"""Requests and answers whose bytes nobody looks into: small ones whole, large ones in chunks."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from wot.content import Content, is_opaque
from wot.errors import ConnectError
from wot.interaction import DONE, Interaction, Reply
from wot.td import Op
from wot_http.codings import packed_aside, packed_chunks
from wot_http.plans import Plan, accepting
from wot_http.receiving import body_of, media_type_of, refuse
from wot_http.redirects import sent
from wot_http.sessions import Sessions
from wot_http.started import begun, identified
from wot_http.transfers import Arriving, Departing, headers_of
from wot_http.translating import translation

_LARGE = 1 << 20  # bytes of an answer that are handed on in chunks


class Transferring:
    """Requests without a limit to the whole of them: one for the head, one for each pause."""

    def __init__(self, sessions: Sessions, max_answer: int) -> None:
        self._sessions, self._max_answer = sessions, max_answer

    async def request(self, plan: Plan, interaction: Interaction) -> Reply:
        """One request, one answer; chunks that are sent are closed, unless nobody could be reached."""
        payload = interaction.payload
        chunks = None if payload is None else payload.chunks
        unreached = False
        try:
            return await self._request(plan, interaction)
        except ConnectError:
            unreached = True
            raise
        finally:
            if chunks is not None and not unreached:
                await asyncio.sleep(
                    0
                )  # whoever was sending them has been cancelled and lets go now
                await chunks.aclose()

    async def _request(self, plan: Plan, interaction: Interaction) -> Reply:
        pause = self._sessions.timeout
        body: Any = None
        accept = interaction.accept
        headers = dict(accepting(plan, accept) if accept else plan.headers or {})
        if interaction.id:
            headers = identified(headers, interaction.id)
        limit = asyncio.timeout(pause)
        payload = interaction.payload
        if payload is not None:
            headers["Content-Type"] = payload.type
            body, chunks = payload.body, payload.chunks
            if plan.coding:
                headers["Content-Encoding"] = plan.coding
                if chunks is None:
                    body = await packed_aside(body, plan.coding)
                else:
                    chunks = packed_chunks(chunks, plan.coding)
            if chunks is not None:
                body = Departing(chunks, limit, pause)
                headers |= headers_of(body)
        try:
            async with limit:
                session = self._sessions.streams()
                response = await sent(session, plan.method, plan.url, plan.form, headers, body)
            return await self._answered(plan, interaction, response)
        except asyncio.CancelledError:
            self._sessions.check_cancelled()
            raise
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            failure = getattr(body, "failure", None)
            if failure is not None:  # not the network's fault
                raise failure from error
            self._sessions.check_open()
            raise translation(error, plan.form.href) from error

    async def _answered(
        self, plan: Plan, interaction: Interaction, response: aiohttp.ClientResponse
    ) -> Reply:
        kept = False
        try:
            async with asyncio.timeout(self._sessions.timeout):
                if response.status >= 300:
                    await refuse(response, plan.form)
                if response.status == 204:
                    return DONE
                media_type = media_type_of(response, plan.form)
                if is_opaque(media_type) and _is_large(response):
                    kept = True
                    arriving = Arriving(response, self._sessions.timeout, self._max_answer)
                    return Reply(Content(b"", media_type, arriving))
                content = Content(await body_of(response, self._max_answer), media_type)
                if response.status in (201, 202) and interaction.op is Op.INVOKE_ACTION:
                    return begun(response, content) or Reply(content)
                return Reply(content)
        finally:
            if not kept:
                response.release()


def _is_large(response: aiohttp.ClientResponse) -> bool:
    length = response.content_length
    return length is None or length > _LARGE or "Content-Encoding" in response.headers
