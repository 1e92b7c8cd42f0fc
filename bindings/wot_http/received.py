"""What comes to one callback of ours, as a stream."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote, urlsplit

from multidict import CIMultiDict

from wot.content import JSON, Content
from wot.errors import EventsLost, TransportError, Unauthenticated, WoTError
from wot.interaction import Notification, OpenStream
from wot_http.errors import error_from
from wot_http.preferences import CURSOR, GAP
from wot_http.signing import ID, SIGNATURE, TIMESTAMP, check, is_sealed

_KEPT = 1024  # notifications that wait for a consumer who is busy
_REMEMBERED = 16384  # ids of deliveries: each counts once
_REGISTERING = (
    10.0  # seconds for which a delivery waits for the answer that we are still waiting for
)
_SELF = re.compile(r'<([^<>]*)>\s*;\s*rel="?self"?', re.IGNORECASE)  # RFC 8288 section 3

Leave = Callable[["Received"], Awaitable[None]]


class Received(OpenStream):
    """The deliveries of one subscription."""

    def __init__(self, key: bytes, media_type: str, leave: Leave, *, whole: bool = False) -> None:
        self._key, self._type, self._leave = key, media_type, leave
        self._whole = whole  # whether it is about all properties, or all events
        self._ready: deque[Notification | WoTError] = deque()
        self._arrived = asyncio.Event()
        self._seen: dict[bytes, int] = {}  # ids, in digests, and when they were signed
        self._forgotten = 0  # what was signed until then is too old: it may be a forgotten one
        self._signs: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._open = True
        self.location = ""  # where the subscription is ended
        self.watching: asyncio.Task[None] | None = None

    def registered(self, headers: Mapping[str, str], location: str) -> None:
        """The other side has accepted the subscription."""
        self.location = location
        self.position = headers.get(CURSOR, "")
        self.current_first = bool(self.position)  # as ours do, who number what they send
        if not self._signs.done():
            self._signs.set_result(SIGNATURE in headers)

    async def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status with which a delivery is answered."""
        try:
            async with asyncio.timeout(_REGISTERING):
                must = await asyncio.shield(self._signs)
            # Where nothing is signed, the URL that nobody can guess has to do.
            name, headers = self._signed(headers, body) if must else (headers.get(ID, ""), headers)
        except TimeoutError:
            return 503
        except Unauthenticated:
            return 401
        if not self._open:
            return 410
        digest = hashlib.blake2b(name.encode(errors="replace"), digest_size=16).digest()
        if digest in self._seen:
            return 200  # its answer was lost
        when = int(headers[TIMESTAMP]) if must else 0
        if must and when <= self._forgotten:
            return 503  # who tries again signs it anew
        if len(self._ready) >= _KEPT:
            return 503  # it is kept there, so that it need not be kept here
        if name:
            self._remember(digest, when)
        self._ready.append(self._found(headers, body))
        self._arrived.set()
        return 200

    def _signed(self, headers: Mapping[str, str], body: bytes) -> tuple[str, Mapping[str, str]]:
        """The id of a message and what is believed of its headers: of those that only we send, what is signed."""
        name = check(self._key, headers, body, time.time())
        if is_sealed(name, headers):
            return name, headers
        believed = CIMultiDict(headers)
        for ours in (GAP, CURSOR):
            believed.popall(ours, None)
        return name, believed

    def _remember(self, digest: bytes, when: int) -> None:
        self._seen[digest] = when
        if len(self._seen) > _REMEMBERED:
            self._forgotten = max(self._forgotten, self._seen.pop(next(iter(self._seen))))

    def _found(self, headers: Mapping[str, str], body: bytes) -> Notification | WoTError:
        kind = headers.get("Content-Type", "")
        if GAP in headers:
            error = error_from(410, kind, body, headers)
            lost = error if isinstance(error, EventsLost) else EventsLost(str(error))
            lost.after = headers.get(CURSOR, "")
            return lost
        content = Content(body, kind or self._type) if kind or body else Content(b"null", JSON)
        position = headers.get(CURSOR, "")
        return Notification(content, position, name=_named(headers) if self._whole else "")

    def fail(self, error: TransportError) -> None:
        """The subscription is no more."""
        self._ready.append(error)
        self._arrived.set()

    async def __anext__(self) -> Notification:
        while not self._ready:
            if not self._open:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        found = self._ready.popleft()
        if isinstance(found, WoTError):
            raise found
        self.position = found.position or self.position
        return found

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            self._arrived.set()
            if not self._signs.done():
                self._signs.set_result(True)
            await self._leave(self)


def _named(headers: Mapping[str, str]) -> str:
    """The affordance that a delivery is about: its URL is told by `Link` (WoT Profiles, HTTP Webhook Profile)."""
    link = _SELF.search(headers.get("Link", ""))
    return unquote(urlsplit(link[1]).path.rpartition("/")[2]) if link else ""
