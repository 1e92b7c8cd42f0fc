"""One WebSocket of a client, with everything that is under way on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import WSMsgType

from wot.content import Malformed
from wot.errors import ProtocolError, Timeout, TransportError, WoTError
from wot_http.messages import (
    NOTIFICATION,
    RESPONSE,
    UNSET,
    Message,
    decode,
    encode,
    error_in,
    identifiers,
)

if TYPE_CHECKING:
    from wot_http.socket_stream import SocketStream

_IDLE = 60.0  # seconds without use after which a connection is closed


class Link:
    """Requests and streams find their messages by correlationID."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, url: str) -> None:
        self._socket, self._url = socket, url
        self._ids = identifiers()
        self._pending: dict[str, asyncio.Future[Message]] = {}
        self._streams: dict[str, SocketStream] = {}
        self._claims: dict[SocketStream, None] = {}
        self._lost: WoTError | None = None
        self.ended: Callable[[], None] = lambda: None
        self._reading = asyncio.create_task(self._read(), name="wot socket")
        self._loop = asyncio.get_running_loop()
        self._used = self._loop.time()
        self._timer = self._loop.call_later(_IDLE, self._look_idle)
        self._tasks = set[asyncio.Task[None]]()

    @property
    def usable(self) -> bool:
        """Whether more can be sent."""
        return self._lost is None and not self._socket.closed

    def claim(self, stream: SocketStream) -> bool:
        """Take the place of a stream; False where another one has it."""
        if any(stream.rivals(other) for other in self._claims):
            return False
        self._claims[stream] = None
        return True

    async def ask(
        self, message: Message, seconds: float, stream: SocketStream | None = None
    ) -> Message:
        """The answer to a request; what it refuses raises."""
        correlation = message.correlation = next(self._ids)
        message.id = next(self._ids)
        future: asyncio.Future[Message] = self._loop.create_future()
        self._pending[correlation] = future
        if stream is not None:
            self._streams[correlation] = stream
        try:
            async with asyncio.timeout(seconds):
                await self._send(encode(message))
                answer = await future
        except TimeoutError:
            raise Timeout(f"{self._url} did not answer in time") from None
        finally:
            self._pending.pop(correlation, None)
            self._used = self._loop.time()
        if answer.error is not UNSET:
            raise error_in(answer)
        return answer

    async def _send(self, text: bytes) -> None:
        if self._lost is not None:
            raise _again(self._lost)
        try:
            await self._socket.send_frame(text, WSMsgType.TEXT)
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            raise ProtocolError(f"{self._url} broke off: {type(error).__name__}") from None

    async def leave(self, stream: SocketStream, ending: Message, seconds: float) -> None:
        """End a stream on both sides, as far as the other side answers in time."""
        try:
            if self.usable:
                await self.ask(ending, seconds)
        except WoTError:
            pass
        finally:
            self.release(stream)
            self._used = self._loop.time()

    def release(self, stream: SocketStream) -> None:
        """Forget a stream that was refused."""
        self._streams.pop(stream.correlation, None)
        self._claims.pop(stream, None)

    def leave_soon(self, stream: SocketStream, ending: Message, seconds: float) -> None:
        """The same for who cannot wait."""
        task = self._loop.create_task(self.leave(stream, ending, seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Close it, as if the other side had."""
        self._timer.cancel()
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()
        await self._socket.close()
        await asyncio.wait([self._reading])

    def _look_idle(self) -> None:
        left = self._used + _IDLE - self._loop.time()
        if self._pending or self._claims:
            left = _IDLE
        if left > 0:
            self._timer = self._loop.call_later(left, self._look_idle)
            return
        self._lost = TransportError("this connection was not used any more")
        self.ended()
        task = self._loop.create_task(self.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self) -> None:
        try:
            reason: WoTError = await self._received()
        except WoTError as error:
            reason = error
        except asyncio.CancelledError:
            reason = TransportError(f"{self._url} is no longer used")
        self._lost = reason
        self._timer.cancel()
        self.ended()
        for future in self._pending.values():
            if not future.done():
                future.set_exception(_again(reason))
        for stream in list(self._streams.values()):
            stream.end(_again(reason))
        self._streams.clear()
        self._claims.clear()
        if not self._socket.closed:
            code = aiohttp.WSCloseCode.PROTOCOL_ERROR
            await self._socket.close(code=code, message=str(reason).encode()[:100])

    async def _received(self) -> WoTError:
        """Take what comes; why it ended."""
        while True:
            received = await self._socket.receive()
            if received.type is WSMsgType.TEXT:
                self._take(received.data)
            elif received.type is WSMsgType.BINARY:
                return ProtocolError(f"{self._url} sent what is no text")
            elif received.type is WSMsgType.ERROR:
                return ProtocolError(f"{self._url} broke off: {str(received.data)[:200]}")
            else:
                return TransportError(
                    f"{self._url} closed the connection ({self._socket.close_code})"
                )

    def _take(self, text: str) -> None:
        try:
            message = decode(text)
        except Malformed as error:
            raise ProtocolError(f"{self._url} sent no message: {error}") from None
        if message.kind == RESPONSE:
            future = self._pending.get(message.correlation)
            if future is not None and not future.done():
                future.set_result(message)
        elif message.kind == NOTIFICATION:
            stream = self._streams.get(message.correlation)
            if stream is not None:
                stream.put(message)


def _again(error: WoTError) -> WoTError:
    """The same for another one to raise: tracebacks grow with each."""
    return type(error)(str(error), hint=error.hint)
