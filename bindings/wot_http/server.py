"""Serving Things over HTTP: our own path table on aiohttp's low-level server, no router."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiohttp import web

from wot.binding import Describe, Server, known_option, number_option
from wot.errors import ConnectError, WoTError
from wot.interaction import Interactable
from wot.td import Form, ThingDescription
from wot_http import forms as http_forms
from wot_http.connection import Connections
from wot_http.cors import Cors
from wot_http.gate import Gate
from wot_http.paths import Paths
from wot_http.serving import Serving
from wot_http.streams import Streams

_log = logging.getLogger("wot")
MAX_BODY = 1 << 20
MAX_UPLOAD = 1 << 30
_STOPPING = 0.5  # seconds for requests that are under way when the server stops
_HOST = re.compile(r"[A-Za-z0-9._~-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_OPTIONS = ("public_url", "cors", "max_body", "max_upload", "heartbeat")


class HTTPServer(Server):
    """One listening address."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        known_option(options, _OPTIONS, "an HTTP endpoint")
        parts, port = _split(url)
        if parts.scheme != "http":
            raise WoTError(
                f"{url}: serving https is not supported",
                hint="serve http behind a proxy and name it with public_url=",
            )
        if parts.path not in ("", "/") or parts.query:
            raise WoTError(f"{url}: an endpoint has no path", hint="name only host and port")
        self._host = parts.hostname or ""
        self._port = 80 if port is None else port
        self._public = str(options.get("public_url") or "")
        if self._public and urlsplit(self._public).scheme not in ("http", "https"):
            raise WoTError(f"public_url={self._public!r} should begin with http:// or https://")
        self._max_body = int(number_option(options, "max_body", MAX_BODY, least=1))
        max_upload = int(number_option(options, "max_upload", MAX_UPLOAD, least=1))
        self._cors = Cors(options["cors"]) if options.get("cors") else None
        self._paths = Paths()
        self._streams = Streams(number_option(options, "heartbeat", 15.0, least=0.01))
        gate = Gate(self._host, self._public, self._cors)
        self._serving = Serving(
            self._paths, gate, self._streams, self._cors, self._max_body, max_upload, self._base_for
        )
        self._runner: web.ServerRunner | None = None
        self.base = self._public and self._public.rstrip("/") + "/"

    async def start(self) -> None:
        """Listen; ConnectError where the address is taken or not ours."""
        server = Connections(self._serving.answer, request_factory=self._request)
        runner = web.ServerRunner(server, shutdown_timeout=_STOPPING)
        await runner.setup()
        # With port 0, "localhost" would mean another port for each address family.
        host = "127.0.0.1" if self._host == "localhost" and not self._port else self._host
        try:
            await web.TCPSite(runner, host, self._port, backlog=1024).start()
        except OSError as error:
            await runner.cleanup()
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise ConnectError(
                f"cannot listen on {self._host}:{self._port}: {reason}",
                hint="is it in use? port 0 takes a free one",
            ) from None
        self._runner = runner
        self._streams.start()
        port = runner.addresses[0][1]
        self.base = self.base or f"http://{_shown(self._host)}:{port}/"

    async def stop(self) -> None:
        """Stop listening, end streams cleanly, give requests under way a moment."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await self._streams.stop()
            await runner.cleanup()

    def forms(self, path: str, td: ThingDescription) -> Iterable[tuple[str, str, Form]]:
        """The forms of a Thing below `path`, relative to `base`."""
        return http_forms.forms(path, td)

    def mount(self, path: str, thing: Interactable, describe: Describe) -> Callable[[], None]:
        """Serve `thing` below `path`."""
        unmount = self._paths.mount(path, thing, describe)
        for what in http_forms.unfollowed(thing.td):
            _log.warning(
                "%s: %s, which server-sent events cannot carry: nobody can follow it here",
                thing.td.title,
                what,
            )

        def end() -> None:
            unmount()
            self._streams.end(thing)

        return end

    def _request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
    ) -> web.BaseRequest:
        if protocol.waiting is not None:
            protocol.arrived()
        loop = asyncio.get_running_loop()
        return web.BaseRequest(
            message, payload, protocol, writer, task, loop, client_max_size=self._max_body
        )

    def _base_for(self, request: web.BaseRequest) -> str:
        """Our base as the requester sees it."""
        host = request.headers.get("Host", "")
        if self._public or not _HOST.fullmatch(host):
            return self.base
        return f"http://{host}/"


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as error:
        raise WoTError(f"{url} is no address: {error}", hint="write http://host:port") from None


def _shown(host: str) -> str:
    """The host of our own URLs: this machine's name where we listen on every address."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
