"""One webhook: what happens is posted to its callback, in order, until it has been taken."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from email.utils import formatdate
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp

from wot.errors import EventsLost, WoTError
from wot.forms import folder
from wot.interaction import Interactable, Interaction, Notification, Stream
from wot.td import Op
from wot_http.errors import PROBLEM_JSON, problem_body, status_of
from wot_http.gaps import behind
from wot_http.preferences import CURSOR, GAP
from wot_http.signing import seal, signed

_log = logging.getLogger("wot")

_FIRST_PAUSE, _LAST_PAUSE = 1.0, 60.0  # seconds between attempts
_LONGEST = 200  # characters of an error in the log
_EVENTS = frozenset((Op.SUBSCRIBE_EVENT, Op.SUBSCRIBE_ALL_EVENTS))


class Callback(NamedTuple):
    """Where to, and how."""

    url: str
    key: bytes | None
    patience: float


class _Message(NamedTuple):
    headers: dict[str, str]
    body: bytes


class Delivery:
    """The deliveries of one subscription."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        callback: Callback,
        thing: Interactable,
        interaction: Interaction,
        below: str,
    ) -> None:
        self._session, self._callback = session, callback
        self.thing, self._interaction = thing, interaction
        self._below = below  # the URL of the Thing, as the subscriber sees it
        self._ids = secrets.token_urlsafe(9)
        self._count = 0
        self.busy = False

    async def run(self, stream: Stream) -> None:
        """Deliver until nobody wants it any more."""
        known = self._interaction.after
        try:
            while True:
                try:
                    await self._followed(stream, known)
                    return
                except EventsLost as lost:
                    resumed = await self._resumed(stream, lost)
                    if resumed is None:
                        return
                    stream, known = resumed, ""
        except WoTError as error:
            # In repr: the error may be told by another side, with line breaks of its own.
            said = str(error)[:_LONGEST]
            _log.warning("%s: the webhook at %s ends: %r", self._title, self._host, said)
        finally:
            self.busy = False
            await stream.aclose()

    async def _followed(self, stream: Stream, known: str) -> None:
        async for notification in stream:
            begins, known = notification.position == known, ""
            if begins and notification.position:
                continue  # what an observation begins with is no news to who resumes there
            self.busy = True
            if not await self._delivered(self._message(notification)):
                return
            self.busy = False

    async def _resumed(self, stream: Stream, lost: EventsLost) -> Stream | None:
        """The stream behind a gap, when that has been told; None where nobody wants it any more."""
        await stream.aclose()
        while True:
            self.busy = True
            if not await self._delivered(self._gap(lost)):
                return None
            try:
                return await self.thing.stream(behind(self._interaction, lost))
            except EventsLost as again:
                lost = again

    def _message(self, notification: Notification) -> _Message:
        events = self._interaction.op in _EVENTS
        kind = "events" if events else "properties"
        name = notification.name or self._interaction.name
        json = self.thing.td.affordance(kind, name) or {}
        headers = {
            "Link": f'<{self._below}/{folder(kind, name)}>; rel="self"',
            "Date": formatdate(notification.time or time.time(), usegmt=True),
        }
        if notification.position:
            headers[CURSOR] = notification.position
        if events and "data" not in json:
            return _Message(headers, b"")
        headers["Content-Type"] = notification.content.type
        return _Message(headers, notification.content.body)

    def _gap(self, lost: EventsLost) -> _Message:
        headers = {GAP: "1", "Content-Type": PROBLEM_JSON, "Date": formatdate(usegmt=True)}
        return _Message(
            {**headers, CURSOR: lost.after} if lost.after else headers,
            problem_body(lost, status_of(lost)),
        )

    async def _delivered(self, message: _Message) -> bool:
        """Whether the callback has taken it; tried again with growing pauses for as long as there is patience."""
        self._count += 1
        began, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            answer = await self._post(message)
            if answer == 410:
                return False
            if isinstance(answer, int) and 200 <= answer < 300:
                return True
            if time.monotonic() - began >= self._callback.patience:
                _log.warning(
                    "%s: the webhook at %s is dropped: %s", self._title, self._host, answer
                )
                return False
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load
            pause = min(pause * 2, _LAST_PAUSE)

    async def _post(self, message: _Message) -> int | str:
        """The status that the callback answers with, or why there is none."""
        number = f"{self._ids}.{self._count}{seal(message.headers)}"
        signature = signed(self._callback.key, number, int(time.time()), message.body)
        try:
            async with self._session.post(
                self._callback.url,
                data=message.body or None,
                headers={**message.headers, **signature},
                allow_redirects=False,
            ) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _reason(error)

    @property
    def _title(self) -> str:
        return self.thing.td.title

    @property
    def _host(self) -> str:
        """Where the callback is, without what may be secret in its URL."""
        return urlsplit(self._callback.url).netloc.rpartition("@")[2]


def _reason(error: Exception) -> str:
    """Why there is no answer, without what may hold the whole URL, or what the other side says."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    told = getattr(cause, "strerror", None)
    kind = type(error).__name__
    return f"{kind}: {told}" if isinstance(told, str) else kind
