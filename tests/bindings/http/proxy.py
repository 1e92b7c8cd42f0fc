"""A bad network: a TCP proxy whose connections are cut, held or reset."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import wot


class Proxy:
    """Stands between a client and the server of a URL."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._url = url
        self.port = 0
        self.connections = 0  # that came
        self.resets = 0  # connections to be reset when they come; -1 for all
        self.held = 0  # bytes from the server that wait here
        self.bytes_in = 0  # from clients
        self._flow = asyncio.Event()
        self._flow.set()
        self._open: dict[asyncio.Transport, None] = {}

    @property
    def url(self) -> str:
        """The URL as it is reached through here."""
        return self._url.replace(f":{self._port}", f":{self.port}", 1)

    def cut(self) -> None:
        """Abort every connection."""
        for transport in list(self._open):
            transport.abort()

    def hold(self) -> None:
        """Let nothing from the server through, and soon take nothing from it either."""
        self._flow.clear()

    def release(self) -> None:
        """Let it through again."""
        self.held = 0
        self._flow.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        if self.resets:
            self.resets -= 1
            writer.transport.abort()
            return
        behind, ahead = await asyncio.open_connection(self._host, self._port)
        pair = writer.transport, ahead.transport
        self._open.update(dict.fromkeys(pair))
        copies = [
            asyncio.ensure_future(self._copy(reader, ahead, held=False)),
            asyncio.ensure_future(self._copy(behind, writer, held=True)),
        ]
        try:
            await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for copy in copies:
                copy.cancel()
            for transport in pair:
                transport.close()
                self._open.pop(transport, None)

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, held: bool
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                self.bytes_in += 0 if held else len(data)
                if held and not self._flow.is_set():
                    self.held += len(data)
                    await self._flow.wait()
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of the server of a URL."""
    proxy = Proxy(url)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.release()
        proxy.cut()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()


class Chain:
    """device ← proxy ← gateway ← our client."""

    def __init__(self, device: str, proxy: Proxy, url: str, thing: wot.ConsumedThing) -> None:
        self.device, self.proxy, self.url, self.thing = device, proxy, url, thing
