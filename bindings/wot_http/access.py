"""The access log: one line of JSON for each request that has been answered."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from wot.errors import WoTError
from wot_http.forms import STREAM
from wot_http.paths import Paths
from wot_http.sse import EVENT_STREAM

_LONGEST = 1024  # characters of a path
_ID = re.compile(r"[A-Za-z0-9._:@/+=-]{1,128}")


class AccessLog(AbstractAccessLogger):
    """Writes to the logger "wot.access"; without queries, headers and bodies, which may hold secrets."""

    @property
    def enabled(self) -> bool:
        """Whether anybody would see it."""
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """One request; `time` is how many seconds it took."""
        self.logger.info(msgspec.json.encode(_entry(request, response, time)).decode())


def _entry(request: web.BaseRequest, response: web.StreamResponse, time: float) -> dict[str, Any]:
    connection: Any = request.protocol
    entry = _about(request, response.status, request.writer.output_size, time)
    return entry | _meant(connection.paths, _path(request), request)


def _path(request: web.BaseRequest) -> str:
    path = request.raw_path.partition("?")[0]
    return path if path.startswith("/") else urlsplit(path).path


def _about(request: web.BaseRequest, status: int, size: int, seconds: float) -> dict[str, Any]:
    connection: Any = request.protocol
    given = request.headers.get("X-Request-ID", "")
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "client": connection.seen.client if connection.seen else connection.peer,
        "method": request.method,
        "path": _plain(_path(request))[:_LONGEST],
        "status": status,
        "bytes": size,
        "ms": round(seconds * 1000, 1),
    }
    return {**entry, "request": given} if _ID.fullmatch(given) else entry


def log_message(
    request: web.BaseRequest,
    what: Callable[[], dict[str, str]],
    status: int,
    size: int,
    time: float,
) -> None:
    """One message of a WebSocket that `request` has opened; `what` says what that asked for."""
    connection: Any = request.protocol
    logger = connection.access_logger
    if logger is not None and logger.enabled:
        entry = _about(request, status, size, time) | what()
        logger.logger.info(msgspec.json.encode(entry).decode())


def _meant(paths: Paths, path: str, request: web.BaseRequest) -> dict[str, str]:
    """Thing, affordance and operation, where the path leads to them."""
    place = paths.hot.get(path)
    if place is None:
        try:
            place = paths.find(path)
        except WoTError:
            return {}
    method = "GET" if request.method == "HEAD" else request.method
    methods = place.methods or {}
    route = methods.get(method)
    stream = methods.get(STREAM)
    if stream is not None and EVENT_STREAM in request.headers.get("Accept", ""):
        route = stream
    what = {"thing": place.mount.path}
    if route is None:
        return what
    named = {"name": route.name} if route.name else {}
    return {**what, **named, "op": str(route.op)}


def _plain(text: str) -> str:
    """`text` as UTF-8 can say it."""
    return text.encode(errors="replace").decode()


def prepared() -> None:
    """Have the logger take what is asked for, where nobody has said otherwise."""
    logger = logging.getLogger("wot.access")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
