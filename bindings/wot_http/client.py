"""Reaching Things over HTTP: one shared session for requests, one for streams."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from wot.binding import Client, known_option, number_option
from wot.content import JSON, OCTETS, Content, empty_is_value, essence
from wot.errors import ConnectError, NoForm, ProtocolError, Timeout, WoTError
from wot.interaction import DONE, Interaction, OpenStream, Reply, Stream
from wot.td import STREAMS, TD_JSON, Form, Op, is_array, is_object
from wot_http.errors import error_from
from wot_http.follow import EventSource
from wot_http.forms import METHODS
from wot_http.longpoll import STANDING, LongPoll
from wot_http.sse import EVENT_STREAM

TIMEOUT = 30.0
MAX_ANSWER = 256 << 20
_MAX_ERROR = 1 << 16
_ACCEPT = {"Accept": JSON}
_NO_TYPE = ("Content-Type",)
_PLANS = 1024  # forms whose requests are kept prepared
# Framing is not for a TD to say: it could make one request look like two.
_OURS = frozenset(
    [
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_LARGE = 1 << 20  # bytes; aiohttp wants a file for more
_OPTIONS = ("timeout", "max_answer")


class _Plan(NamedTuple):
    """How a form is followed; it holds the form, so that its id stays its own."""

    form: Form
    op: Op
    method: str
    url: URL
    headers: dict[str, str] | None  # None: those of the session, which cost nothing


class HTTPClient(Client):
    """Performs interactions by HTTP/1.1."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        known_option(options, _OPTIONS, "an HTTP client")
        self._timeout = number_option(options, "timeout", TIMEOUT, least=0.001)
        # Less than the whole, so that another form can still be tried where nobody is there.
        self._connecting = min(5.0, self._timeout / 3)
        self._max_answer = int(number_option(options, "max_answer", MAX_ANSWER, least=1))
        self._closed = False
        self._plans: dict[int, _Plan] = {}
        self._requests: aiohttp.ClientSession | None = None
        self._streams: aiohttp.ClientSession | None = None

    def usable(self, form: Form, op: Op) -> bool:
        """Streams by server-sent events or long polling; everything else without a subprotocol."""
        return form.subprotocol in (("", "sse", "longpoll") if op in STREAMS else ("",))

    async def request(self, form: Form, interaction: Interaction, hops: int = 5) -> Reply:
        """One request, one answer; `hops` is how many redirections are followed."""
        plan = self._plans.get(id(form))
        if plan is None or plan.form is not form or plan.op is not interaction.op:
            plan = self._planned(form, interaction.op)
        headers, body = plan.headers, None
        payload = interaction.payload
        if payload is not None:
            headers = {**(headers or {}), "Content-Type": payload.type}
            body = payload.body if len(payload.body) < _LARGE else io.BytesIO(payload.body)
        session = self._requests or self._session()
        # aiohttp would turn a redirected POST into a GET, and that into a success.
        reads = plan.method == "GET"
        try:
            async with session.request(
                plan.method,
                plan.url,
                data=body,
                headers=headers,
                allow_redirects=reads,
                # No body is not an empty body of some type.
                skip_auto_headers=None if reads or body is not None else _NO_TYPE,
            ) as response:
                status = response.status
                if status >= 300:
                    if status in (307, 308) and hops and not reads:
                        moved = form.replace(href=_redirected(response))
                        return await self.request(moved, interaction, hops - 1)
                    await self._refuse(response)
                if status == 204:
                    return DONE
                data = await self._body(response, self._max_answer)
                media_type = _media_type(response, form)
                if not data and not empty_is_value(media_type):
                    return DONE
                return Reply(Content(data, media_type))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._closed and not (task and task.cancelling()):
                self._check_open()  # nobody cancelled us: the connections were closed
            raise
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            if self._closed:
                self._check_open()
            raise _translated(error, form.href) from error

    def _planned(self, form: Form, op: Op) -> _Plan:
        """What does not change from one request along a form to the next."""
        try:
            url = URL(form.href)
        except ValueError as error:
            raise _translated(error, form.href) from error
        headers = {"Accept": form.response_type, **_declared_headers(form)}
        method = _method(form, METHODS.get(op, "GET"))
        plan = _Plan(form, op, method, url, None if headers == _ACCEPT else headers)
        if len(self._plans) >= _PLANS:
            self._plans.clear()
        self._plans[id(form)] = plan
        return plan

    async def stream(self, form: Form, interaction: Interaction) -> Stream:
        """By server-sent events or by long polling: as the form says, or else as the other side answers."""
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
            return EventSource(response, form)
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
        headers = {"Accept": accept, "Cache-Control": "no-store", **_declared_headers(form)}
        if after:
            headers["Last-Event-ID"] = after
        async with translated(form.href):
            session = self._streams or self._stream_session()
            method = _method(form, "GET")
            # Where the form promises a stream, its head comes at once.
            async with asyncio.timeout(self._timeout if form.subprotocol else None):
                response = await session.request(method, form.href, headers=headers)
                if response.status != 200:
                    try:
                        await self._refuse(response)
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
        session = self._streams or self._stream_session()
        method = _method(form, "GET")
        headers = {"Accept": form.response_type, **_declared_headers(form)}
        async with (
            translated(form.href),
            session.request(method, form.href, headers=headers) as response,
        ):
            return await self._notified(response, form)

    async def _notified(self, response: aiohttp.ClientResponse, form: Form) -> Content | None:
        if response.status >= 300:
            await self._refuse(response)
        data = await self._body(response, self._max_answer)
        return None if response.status == 204 else Content(data, _media_type(response, form))

    async def fetch(self, url: str) -> tuple[bytes, str]:
        """A Thing Description and the URL it came from in the end."""
        headers = {
            "Accept": f"{TD_JSON}, application/json;q=0.9, application/ld+json;q=0.8, */*;q=0.1"
        }
        async with (
            translated(url),
            (self._requests or self._session()).get(url, headers=headers) as response,
        ):
            if response.status != 200:
                await self._refuse(response)
            return await self._body(response, 4 << 20), str(response.url)

    async def close(self) -> None:
        """Close both sessions."""
        for session in (self._requests, self._streams):
            if session is not None:
                await session.close()
        self._requests = self._streams = None
        self._closed = True

    def _session(self) -> aiohttp.ClientSession:
        self._check_open()
        timeout = aiohttp.ClientTimeout(total=self._timeout, sock_connect=self._connecting)
        self._requests = _session(timeout, limit=100)
        return self._requests

    def _stream_session(self) -> aiohttp.ClientSession:
        self._check_open()
        # Streams stay open, so that a limit shared with requests would block those for ever.
        self._streams = _session(
            aiohttp.ClientTimeout(total=None, sock_connect=self._connecting), limit=0
        )
        return self._streams

    def _check_open(self) -> None:
        if self._closed:
            raise WoTError(
                "the Servient of this Thing has been left", hint="use it inside the block"
            )

    async def _refuse(self, response: aiohttp.ClientResponse) -> None:
        """Raise what the answer stands for."""
        if response.status < 400:
            raise ProtocolError(f"{response.url} answered with status {response.status}")
        body = await self._body(response, _MAX_ERROR)
        raise error_from(
            response.status, response.headers.get("Content-Type", ""), body, response.headers
        )

    @staticmethod
    async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
        length = response.content_length
        if length is not None and length <= limit and "Content-Encoding" not in response.headers:
            return await response.read()
        parts = bytearray()
        async for chunk in response.content.iter_any():
            parts += chunk
            if len(parts) > limit:
                raise ProtocolError(f"{response.url} answered with more than {limit} bytes")
        return bytes(parts)


def _session(timeout: aiohttp.ClientTimeout, limit: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=timeout,
        connector=aiohttp.TCPConnector(limit=limit),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "isowot", **_ACCEPT},
    )


def _method(form: Form, default: str) -> str:
    named = form.get("htv:methodName")
    if named is None:
        return default
    if isinstance(named, str) and _TOKEN.fullmatch(named):
        return named.upper()
    raise NoForm(f"{named!r} is no HTTP method")


def _media_type(response: aiohttp.ClientResponse, form: Form) -> str:
    """What the answer says it is; octet-stream is what servers say that were told nothing."""
    given = response.headers.get("Content-Type", "")
    return form.response_type if essence(given) in ("", OCTETS) else given


def _redirected(response: aiohttp.ClientResponse) -> str:
    try:
        return str(response.url.join(URL(response.headers["Location"])))
    except (KeyError, ValueError):
        raise ProtocolError(f"{response.url} redirects to nowhere") from None


def _declared_headers(form: Form) -> dict[str, str]:
    """`htv:headers` of a form: an array of {htv:fieldName, htv:fieldValue}."""
    declared = form.get("htv:headers")
    found: dict[str, str] = {}
    for item in declared if is_array(declared) else [declared]:
        if is_object(item):
            name = item.get("htv:fieldName") or item.get("fieldName")
            value = item.get("htv:fieldValue") or item.get("fieldValue")
            if isinstance(name, str) and isinstance(value, str) and name.lower() not in _OURS:
                found[name] = value
    return found


@asynccontextmanager
async def translated(href: str) -> AsyncGenerator[None, None]:
    """Errors of the library as ours."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        raise _translated(error, href) from error


def _origin(href: str) -> str:
    try:
        return str(URL(href).origin())
    except ValueError:
        return href


def _translated(error: Exception, href: str) -> Exception:
    if isinstance(error, WoTError):
        return error
    if isinstance(error, aiohttp.TooManyRedirects):
        return ProtocolError(f"{href} redirects in circles")
    if isinstance(error, aiohttp.RedirectClientError):
        return ProtocolError(f"{href} redirects to where nobody can follow")
    known = isinstance(error, (aiohttp.ClientError, TimeoutError, OSError))
    if not known or isinstance(error, aiohttp.InvalidURL):
        return NoForm(f"{href!r} is no usable URL: {error}")
    where = _origin(href)
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
        reason = getattr(cause, "strerror", None) or str(cause) or "no answer"
        hint = "is it running, and is the address right?"
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            reason = f"its certificate is not trusted: {error.certificate_error}"
            hint = "name the authority that signed it in SSL_CERT_FILE"
        return ConnectError(f"{where} cannot be reached: {reason}", hint=hint)
    if isinstance(error, TimeoutError):
        return Timeout(f"{where} did not answer in time")
    return ProtocolError(
        f"{where} broke off or does not speak HTTP: {str(error)[:200] or type(error).__name__}"
    )
