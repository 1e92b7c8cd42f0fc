"""How a client gets its connections: TCP, TLS with authorities of its own, and socket files that it was told of."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import aiohttp

from wot.errors import NoForm, WoTError
from wot_http.listening import UNIX

_SOCKETS = 256  # files that one client may be told of


class Sockets:
    """The socket files that a client may use, by the host of their URLs.

    A TD may come from anywhere, and must not lead to the sockets of this machine (those of its container
    engine, say): only those are used whose TD was asked for by URL, or that an option names.
    """

    def __init__(self, paths: Any) -> None:
        self._paths: dict[str, str] = {}
        for path in [paths] if isinstance(paths, str) else paths:
            self._permit(str(path))

    def asked(self, url: str) -> None:
        """A document at this URL was asked for by name."""
        if url.lower().startswith(f"{UNIX}:"):
            netloc = urlsplit(url).netloc
            if not netloc.lower().startswith("%2f"):
                hint = f"percent-encode the path, as in {UNIX}://%2Frun%2Fwot.sock/lamp"
                raise NoForm(f"{url} names no socket file", hint=hint)
            self._permit(unquote(netloc))

    def path(self, host: str) -> str:
        """The file that a host stands for."""
        found = self._paths.get(host.lower())
        if found is None:
            name = unquote(host)
            hint = f'permit it, as in wot.Servient(http={{"sockets": [{name!r}]}})'
            raise NoForm(f"the socket file {name} may not be used", hint=hint)
        return found

    def _permit(self, path: str) -> None:
        # Hosts have no case (RFC 3986 section 3.2.2), and aiohttp sees to it.
        host = quote(path, safe="").lower()
        known = self._paths.setdefault(host, path)
        if known != path:
            raise WoTError(f"{path} and {known} differ in case only", hint="rename one of them")
        if len(self._paths) > _SOCKETS:
            raise WoTError(f"one client may use {_SOCKETS} socket files", hint="use several")


class Connector(aiohttp.TCPConnector):
    """Connections of one session."""

    allowed_protocol_schema_set = aiohttp.TCPConnector.allowed_protocol_schema_set | {UNIX}

    _sockets: Sockets
    _files: dict[str, aiohttp.UnixConnector]

    @classmethod
    def made(cls, limit: int, sockets: Sockets, context: ssl.SSLContext | None) -> Connector:
        """One that has at most so many connections, 0 for any number."""
        made = cls(limit=limit, ssl=True if context is None else context)
        made._sockets, made._files = sockets, {}
        return made

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Any], timeout: aiohttp.ClientTimeout
    ) -> Any:
        """A connection for a request."""
        if req.url.scheme == UNIX:
            return await self._file(req.url.raw_host or "").connect(req, traces, timeout)
        return await super().connect(req, traces, timeout)

    def _file(self, host: str) -> aiohttp.UnixConnector:
        path = self._sockets.path(host)
        connector = self._files.get(path)
        if connector is None:
            connector = self._files[path] = aiohttp.UnixConnector(path, limit=self.limit)
        return connector

    async def _ended(self, own: Any) -> None:
        await asyncio.gather(own, *(connector.close() for connector in self._files.values()))

    def close(self, **options: Any) -> Any:
        """Close all connections; to be awaited."""
        return asyncio.ensure_future(self._ended(super().close(**options)))


def trusting(authorities: Mapping[str, Any]) -> ssl.SSLContext | None:
    """What verifies servers: with the authorities of the system, and those in the file of the option `ca`."""
    name = authorities.get("ca")
    if not name:
        return None
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(str(name))
    except ssl.SSLError as error:
        raise WoTError(
            f"ca={str(name)!r} holds no certificate: {error.reason or error}",
            hint="name a PEM file",
        ) from None
    except OSError as error:
        raise WoTError(
            f"ca={str(name)!r} cannot be read: {error.strerror}", hint="name a PEM file"
        ) from None
    return context
