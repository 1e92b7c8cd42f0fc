"""Following forms of the subprotocol webthingprotocol: connections are shared by all who use one URL."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import aiohttp
from aiohttp import WSServerHandshakeError
from yarl import URL

from wot.content import Content, Malformed
from wot.errors import ConnectError, InvalidInput, ProtocolError
from wot.forms import THING, scheme_of
from wot.interaction import DONE, Interaction, Reply, Stream
from wot.td import Form, Op
from wot_http.errors import error_from
from wot_http.messages import (
    GIVES,
    REQUEST,
    SUBPROTOCOL,
    TAKES,
    UNSET,
    Message,
    embedded,
    from_status,
    from_statuses,
    id_of,
)
from wot_http.plans import declared_headers
from wot_http.sessions import Sessions
from wot_http.socket_link import Link
from wot_http.socket_stream import SocketStream
from wot_http.translating import translated

_KEPT = 1024  # forms whose targets are kept
_CLOSING = 1.0  # seconds for the other side to close, too
_HEARTBEAT = 20.0  # seconds between signs of life
_MEANT = (401, 403, 429)  # refusals of a handshake that are about who asks


class Target(NamedTuple):
    """Where a form leads; it holds the form, so that its id stays its own."""

    form: Form
    url: str
    headers: tuple[tuple[str, str], ...]
    thing: str


class SocketClient:
    """The WebSockets of one client."""

    def __init__(self, sessions: Sessions, max_answer: int) -> None:
        self._sessions, self._max_answer = sessions, max_answer
        self._targets: dict[int, Target] = {}
        self._links: dict[tuple[str, Any], list[Link]] = {}
        self._opening: dict[tuple[str, Any], asyncio.Lock] = {}

    async def request(self, form: Form, interaction: Interaction) -> Reply:
        """One request, one answer."""
        target = self._target(form)
        message = _message(target, interaction)
        link = await self._link(target)
        answer = await link.ask(message, self._sessions.timeout + interaction.wait)
        try:
            return _reply(answer, interaction.op, form)
        except ValueError as error:
            raise ProtocolError(f"{target.url} sent a wrong answer: {str(error)[:200]}") from None

    async def stream(self, form: Form, interaction: Interaction) -> Stream:
        """Returns once the subscription stands."""
        target = self._target(form)
        message = _message(target, interaction)
        stream = SocketStream(form, interaction, message)
        # Two subscriptions of one affordance would replace each other on one connection.
        await stream.open(await self._link(target, stream), self._sessions.timeout)
        return stream

    async def close(self) -> None:
        """Close all connections."""
        links = [link for each in self._links.values() for link in each]
        await asyncio.gather(*(link.close() for link in links))

    def _target(self, form: Form) -> Target:
        known = self._targets.get(id(form))
        if known is not None and known.form is form:
            return known
        headers = tuple(sorted(declared_headers(form).items()))
        thing = form.get(THING)
        if not isinstance(thing, str) or not scheme_of(thing):
            # Where a TD has no id, the draft takes the URL that it came from: this is where ours are.
            thing = "http" + form.href.removeprefix("ws")
        target = Target(form, form.href, headers, thing)
        if len(self._targets) >= _KEPT:
            self._targets.clear()
        self._targets[id(form)] = target
        return target

    async def _link(self, target: Target, stream: SocketStream | None = None) -> Link:
        """A connection with room for a stream, or any."""
        self._sessions.check_open()
        key = (target.url, target.headers)
        if (found := self._free(key, stream)) is not None:
            return found
        async with self._opening.setdefault(key, asyncio.Lock()):
            if (found := self._free(key, stream)) is not None:
                return found
            made = await self._connect(target)
            self._sessions.check_open()
            made.ended = lambda: self._forget(key, made)
            self._links.setdefault(key, []).append(made)
            if stream is not None:
                made.claim(stream)
            return made

    def _free(self, key: tuple[str, Any], stream: SocketStream | None) -> Link | None:
        for link in self._links.get(key, ()):
            if link.usable and (stream is None or link.claim(stream)):
                return link
        return None

    def _forget(self, key: tuple[str, Any], link: Link) -> None:
        links = self._links.get(key, [])
        if link in links:
            links.remove(link)
        if not links:
            self._links.pop(key, None)
            self._opening.pop(key, None)

    async def _connect(self, target: Target) -> Link:
        async with translated(target.url), asyncio.timeout(self._sessions.timeout):
            try:
                socket = await self._sessions.streams().ws_connect(
                    URL(target.url),
                    protocols=(SUBPROTOCOL,),
                    headers=dict(target.headers),
                    timeout=_timeouts(),
                    heartbeat=_HEARTBEAT,
                    max_msg_size=self._max_answer,
                )
            except WSServerHandshakeError as error:
                if error.status in _MEANT:
                    raise error_from(error.status, "", b"", {}) from None
                # Many a proxy lets only plain HTTP through: nothing was asked yet, another form may do.
                reason = f"it opens no WebSocket (status {error.status})"
                raise ConnectError(f"{target.url} cannot be reached: {reason}") from None
        if socket.protocol != SUBPROTOCOL:
            await socket.close()
            raise ConnectError(f"{target.url} does not speak {SUBPROTOCOL}")
        return Link(socket, target.url)


def _timeouts() -> aiohttp.ClientWSTimeout:
    return aiohttp.ClientWSTimeout(ws_close=_CLOSING)  # pyright: ignore[reportCallIssue] - made by attrs


def _message(target: Target, interaction: Interaction) -> Message:
    """A request without its ids."""
    op = interaction.op
    message = Message(
        target.thing,
        kind=REQUEST,
        operation=str(op),
        name=interaction.name,
        action=interaction.invocation,
        last=id_of(interaction.after) or interaction.after,
        key=interaction.id,
        wait=interaction.wait or UNSET,
    )
    if interaction.names and op is Op.READ_MULTIPLE_PROPERTIES:
        message.names = interaction.names
    if interaction.variables:
        message.variables = dict(interaction.variables)
    if interaction.payload is not None and op in TAKES:
        setattr(message, TAKES[op], _embedded(interaction.payload))
    return message


def _embedded(content: Content) -> Any:
    try:
        return embedded(content)
    except Malformed as error:
        raise InvalidInput(f"this cannot be sent: {error}") from None


def _reply(answer: Message, op: Op, form: Form) -> Reply:
    """What an answer brings; ValueError where it is not as it should be."""
    if op is Op.QUERY_ALL_ACTIONS:
        if answer.statuses is UNSET:
            raise ValueError("statuses is missing")
        return Reply(from_statuses(answer.statuses))
    if op in (Op.INVOKE_ACTION, Op.QUERY_ACTION) and answer.status is not UNSET:
        content, invocation = from_status(answer.status)
        return Reply(content, invocation if op is Op.INVOKE_ACTION else "")
    if op not in GIVES:
        return DONE
    raw = getattr(answer, GIVES[op])
    if raw is not UNSET:
        return Reply(Content(bytes(raw), form.response_type))
    if op is not Op.INVOKE_ACTION:
        raise ValueError(f"{GIVES[op]} is missing")
    return DONE
