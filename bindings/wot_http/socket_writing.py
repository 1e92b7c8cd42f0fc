"""What is written to a WebSocket: the frames of one turn of the loop together, and no more than its reader takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

_SMALL = 1 << 16  # bytes that are written without waiting for the reader


class Writing:
    """The messages of one connection; aiohttp writes its frames one by one, a system call each."""

    def __init__(self, request: web.BaseRequest, socket: web.WebSocketResponse) -> None:
        self._request, self._socket = request, socket
        self._turn = asyncio.Lock()  # only who is next waits for a slow reader
        self._frames: list[bytes] = []
        self._size = 0
        self.sent = 0

    @property
    def waiting(self) -> bool:
        """Whether something waits to be taken."""
        return bool(self._frames) or self._turn.locked()

    def post(self, head: bytes, text: bytes) -> bool:
        """Send a message, given in two parts, unless that would have to wait."""
        if self._turn.locked() or self._is_full():
            return False
        self._write(head, text)
        return True

    async def send(self, text: bytes, written: Callable[[], None] | None = None) -> None:
        """Send a message; `written` is called when it can no longer be taken back."""
        async with self._turn:
            while self._is_full():
                self.flush()
                await self._request.writer.drain()
                await asyncio.sleep(0)
            if written is not None:
                written()
            self._write(b"", text)

    def _is_full(self) -> bool:
        transport = self._request.transport
        if self._socket.closed or transport is None or transport.is_closing():
            raise ConnectionResetError("the consumer has gone")
        return self._size > _SMALL or transport.get_write_buffer_size() > _SMALL

    def _write(self, head: bytes, text: bytes) -> None:
        if not self._frames:
            asyncio.get_running_loop().call_soon(self.flush)
        length = len(head) + len(text)
        self._frames += (_before(length), head, text)
        self._size += length
        self.sent += 1

    def flush(self) -> None:
        """Hand over what is there; aiohttp's own frames must not overtake it."""
        frames, self._frames, self._size = b"".join(self._frames), [], 0
        transport = self._request.transport
        if frames and transport is not None and not self._socket.closed:
            transport.write(frames)


def _before(length: int) -> bytes:
    """What goes before a text of this length (RFC 6455 section 5.2)."""
    if length < 126:
        return b"\x81%c" % length
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2, "big")
    return b"\x81\x7f" + length.to_bytes(8, "big")
