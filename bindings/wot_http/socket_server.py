"""One consumer's WebSocket: its requests run side by side, each is answered when it is done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from wot.content import Content, Malformed
from wot.errors import (
    HandlerError,
    InvalidInput,
    NotAllowed,
    UnknownAffordance,
    UnknownThing,
    WoTError,
)
from wot.interaction import NONE, Interaction, Reply
from wot.td import ENDS, KIND, STREAMS, Op, ThingDescription
from wot_http.access import log_message
from wot_http.connection import peer_of, share_of
from wot_http.errors import status_of
from wot_http.messages import (
    GIVES,
    REQUEST,
    RESPONSE,
    TAKES,
    UNSET,
    Message,
    decode,
    embedded,
    encode,
    error_members,
    identifiers,
    position_of,
    salvaged,
    to_status,
    to_statuses,
)
from wot_http.paths import Mount
from wot_http.socket_forms import Operation
from wot_http.socket_names import checked_names
from wot_http.socket_writing import Writing
from wot_http.subscriptions import Fragments, Subscriptions, unfit

_log = logging.getLogger("wot")
_AT_ONCE = 32  # requests of one consumer that run at the same time; more wait in its connection
_STALLED = 4  # heartbeats for which a consumer may take nothing
_AT_LEAST = 1.0  # seconds, since the kernel hands over large buffers in large parts
_LARGEST = 64 << 20  # bytes of an answer
_KEY = 256  # characters of an idempotencyKey
_LONGEST = 60.0  # seconds for which a query may wait
_STARTED_BY = {str(end): str(start) for start, end in ENDS.items()}
_WORDS = frozenset(str(op) for op in Op if op is not Op.DESCRIBE)

Operations = Callable[[str, str], Operation | None]


class SocketConnection:
    """One connection to one Thing."""

    def __init__(
        self,
        request: web.BaseRequest,
        socket: web.WebSocketResponse,
        mount: Mount,
        names: tuple[str, ...],
        operations: Callable[[], Operations],
        fragments: Fragments,
    ) -> None:
        self._request, self._socket, self._thing = request, socket, mount.thing
        self._path, self._share = mount.path, share_of(request)
        self._peer = peer_of(request)
        self._names, self._operations = names, operations
        self._ids = identifiers()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._writing = Writing(request, socket)
        self._tasks = set[asyncio.Task[None]]()
        self._subscriptions = Subscriptions(
            mount.thing, self._writing, self._ids, fragments, self._share
        )
        self._heard = False
        self._reading = False

    @property
    def writing(self) -> bool:
        """Whether something waits to be taken."""
        return self._writing.waiting

    @property
    def sent(self) -> int:
        """How many messages have been."""
        return self._writing.sent

    async def run(self, heartbeat: float) -> None:
        """Read until the connection ends."""
        watching = asyncio.create_task(self._watch(heartbeat), name="wot socket heartbeat")
        try:
            await self._read()
        except ConnectionError:
            return  # the consumer has gone
        finally:
            watching.cancel()

    async def end(self) -> None:
        """End what is left: subscriptions at once, but requests run to their end, as they do over HTTP."""
        await self._subscriptions.close()
        try:
            if self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            for task in self._tasks:
                task.cancel()
            await self._subscriptions.close()

    async def _read(self) -> None:
        while True:
            self._reading = True
            received = await self._socket.receive()
            self._reading, self._heard = False, True
            if received.type is WSMsgType.TEXT:
                await self._take(received.data)
            elif received.type is WSMsgType.PING:
                await self._socket.pong(received.data)
            elif received.type is WSMsgType.BINARY:
                await self._socket.close(code=1003, message=b"messages are text")
                return
            elif received.type is not WSMsgType.PONG:
                return

    async def _take(self, text: str) -> None:
        """Begin to answer a message; its place is free when that ends, wherever the consumer is by then."""
        await self._slots.acquire()
        too_much = self._share.enter()
        if too_much is not None:
            self._slots.release()
            await self._respond(text, too_much)
            await asyncio.sleep(0)  # others come between any number of them
            return
        task = asyncio.create_task(self._respond(text))
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._slots.release()
        self._share.leave()

    async def close(self) -> None:
        """Say that the server goes away."""
        self._writing.flush()
        try:
            async with asyncio.timeout(0.5):
                await self._socket.close(code=1001, message=b"this Thing is no longer served here")
        except (TimeoutError, ConnectionError, RuntimeError):
            self._abort()

    def _abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()

    async def _watch(self, heartbeat: float) -> None:
        """Ask for signs of life; a consumer that gives none, or takes nothing, is dropped."""
        before, stuck, quiet = (0, 0), 0.0, 0.0
        limit = max(_STALLED * heartbeat, _AT_LEAST)
        while True:
            await asyncio.sleep(heartbeat)
            transport = self._request.transport
            if transport is None:
                return
            sent, buffered = now = self.sent, transport.get_write_buffer_size()
            taking = not buffered or sent != before[0] or buffered < before[1]
            silent = not buffered and self._reading and not self._heard
            stuck = 0.0 if taking else stuck + heartbeat
            quiet = quiet + heartbeat if silent else 0.0
            before, self._heard = now, False
            if stuck >= limit or quiet >= limit:
                self._abort()
                return
            if not buffered:
                try:
                    await self._socket.ping()
                except (ConnectionError, RuntimeError):
                    return

    async def _respond(self, text: str, refusal: WoTError | None = None) -> None:
        """Answer one message; whatever goes wrong is an answer, too."""
        begun, asked, size, error = time.perf_counter(), Message(), 0, refusal
        try:
            asked = decode(text)
            if error is None:
                size = await self._answer(asked)
        except ConnectionError:
            pass  # the consumer has gone
        except Malformed as malformed:
            asked = salvaged(text)
            error = error or InvalidInput(f"no message: {malformed}")
        except WoTError as failure:
            error = failure
        except Exception:  # noqa: BLE001 - any Interactable may be mounted here
            _log.exception("%s of %r failed", asked.operation, asked.name)
            error = HandlerError("this request failed inside the server")
        if error is not None:
            size = await self._refuse(asked, error)
        status = 200 if error is None else status_of(error)
        took = time.perf_counter() - begun
        log_message(self._request, lambda: self._meant(asked), status, size, took)

    def _meant(self, asked: Message) -> dict[str, str]:
        """What is logged of a request: nothing that is not one of our own words."""
        word = _STARTED_BY.get(asked.operation, asked.operation)
        found = self._operations()(word, asked.name)
        what = {"thing": self._path}
        if found is not None and found.name:
            what["name"] = found.name
        return {**what, "op": asked.operation} if word in _WORDS else what

    async def _refuse(self, asked: Message, error: WoTError) -> int:
        try:
            return await self._send(asked, **error_members(error))
        except ConnectionError:
            return 0

    async def _send(self, asked: Message, **members: Any) -> int:
        """Answer a request; returns how many bytes that took."""
        text = encode(self._response(asked, **members))
        if not self._writing.post(b"", text):
            await self._writing.send(text)
        return len(text)

    def _response(self, asked: Message, **members: Any) -> Message:
        thing = asked.thing if self._is_ours(asked.thing) else self._names[0]
        return Message(
            thing,
            next(self._ids),
            RESPONSE,
            asked.operation,
            asked.name,
            action=asked.action,
            correlation=asked.correlation,
            **members,
        )

    async def _answer(self, asked: Message) -> int:
        operation = self._operation(asked)
        op = operation.op
        if asked.operation != op:
            await self._subscriptions.end(op, operation.name)
            return await self._send(asked)
        if op in STREAMS:
            interaction = Interaction(
                op,
                operation.name,
                variables=_variables(asked),
                after=position_of(asked.last),
                accept=operation.accept,
            )
            return await self._subscriptions.start(
                asked,
                interaction,
                lambda position: encode(self._response(asked, position=position)),
            )
        if op is Op.CANCEL_ACTION or op is Op.QUERY_ACTION:
            return await self._invocation(asked, op)
        reply = await self._thing.request(self._interaction(asked, operation))
        return await self._reply(asked, op, reply)

    def _operation(self, asked: Message) -> Operation:
        """What a request asks for; of what ends a stream, the operation that starts it."""
        if asked.kind != REQUEST:
            raise InvalidInput(f"messageType should be {REQUEST!r}, not {asked.kind[:40]!r}")
        if not asked.id:
            raise InvalidInput("messageID is missing", hint="send a UUID")
        if not self._is_ours(asked.thing):
            what = f"is not {asked.thing[:200]!r}" if asked.thing else "has a thingID"
            raise UnknownThing(f"this Thing {what}", hint=f"thingID is {self._names[0]!r}")
        word = _STARTED_BY.get(asked.operation, asked.operation)
        found = self._operations()(word, asked.name)
        if found is None and word in (Op.QUERY_ACTION, Op.CANCEL_ACTION) and not asked.name:
            return Operation(Op(word), "", "")
        if found is None:
            raise _refusal(self._thing.td, asked.operation, asked.name)
        return found

    def _is_ours(self, thing: str) -> bool:
        # Where a TD has no id, consumers name the URL they have it from, which may be another than ours.
        return thing in self._names or bool(thing and not self._thing.td.id)

    def _interaction(self, asked: Message, operation: Operation) -> Interaction:
        op, raw = operation.op, UNSET
        if len(asked.key) > _KEY:
            raise InvalidInput(f"idempotencyKey may have {_KEY} characters")
        if op in TAKES:
            raw = getattr(asked, TAKES[op])
        payload = Content(bytes(raw), operation.takes) if raw is not UNSET else None
        names: tuple[str, ...] = ()
        if not operation.name:
            names = checked_names(self._thing.td, op, asked.names, payload)
        return Interaction(
            op,
            operation.name,
            payload,
            _variables(asked),
            names=names,
            accept=operation.accept,
            id=asked.key,
            peer=self._peer,
        )

    async def _reply(self, asked: Message, op: Op, reply: Reply) -> int:
        content = reply.content
        if reply.invocation and content is not None:
            return await self._send(asked, status=to_status(content))
        if op is Op.QUERY_ALL_ACTIONS and content is not None:
            return await self._send(asked, statuses=to_statuses(content))
        if op in GIVES and content is not None:
            return await self._send(
                asked, **{GIVES[op]: self._embedded(await content.whole(_LARGEST))}
            )
        if asked.values is not UNSET:
            # The draft wants the values that were assigned: those of the request, all of which were accepted.
            return await self._send(asked, values=asked.values)
        return await self._send(asked)

    def _embedded(self, content: Content) -> msgspec.Raw:
        try:
            return embedded(content)
        except Malformed as error:
            reason = f"what the Thing answered cannot be passed on: {error}"
            raise unfit(self._thing, reason) from None

    async def _invocation(self, asked: Message, op: Op) -> int:
        """Query or cancel; the draft's requests say which invocation, but not of which action."""
        if not asked.action:
            raise InvalidInput("actionID is missing", hint="it came with the invocation's status")
        if not asked.name:
            asked.name = await self._action_of(asked.action)
        wait = 0.0 if asked.wait is UNSET else min(max(asked.wait, 0.0), _LONGEST)
        reply = await self._thing.request(
            Interaction(op, asked.name, invocation=asked.action, wait=wait)
        )
        if op is Op.CANCEL_ACTION or reply.content is None:
            return await self._send(asked)
        return await self._send(asked, status=to_status(reply.content))

    async def _action_of(self, invocation: str) -> str:
        reply = await self._thing.request(Interaction(Op.QUERY_ALL_ACTIONS))
        if reply.content is not None:
            found = msgspec.json.decode(reply.content.body, type=dict[str, list[dict[str, Any]]])
            for name, statuses in found.items():
                if any(status.get("href") == invocation for status in statuses):
                    return name
        raise UnknownAffordance(f"there is no invocation {invocation[:80]!r}")


def _variables(asked: Message) -> Any:
    return NONE if asked.variables is UNSET else asked.variables


def _refusal(td: ThingDescription, word: str, name: str) -> WoTError:
    if word not in _WORDS:
        return InvalidInput(f"there is no operation {word[:40]!r}")
    kind = KIND.get(Op(word))
    if kind is None:
        return NotAllowed(f"{word} is not offered by this Thing")
    if td.affordance(kind, name) is None:
        return UnknownAffordance(f"{td.title} has no {name[:80]!r} among its {kind}")
    return NotAllowed(f"{word} of {name!r} is not offered over WebSockets")
