"""The access log: one line of JSON for each request that has been answered."""

from __future__ import annotations

import logging
import re
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
    path = request.raw_path.partition("?")[0]
    path = path if path.startswith("/") else urlsplit(path).path
    given = request.headers.get("X-Request-ID", "")
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "client": connection.seen.client if connection.seen else connection.peer,
        "method": request.method,
        "path": _plain(path)[:_LONGEST],
        "status": response.status,
        "bytes": request.writer.output_size,
        "ms": round(time * 1000, 1),
    }
    entry.update(_meant(connection.paths, path, request))
    if _ID.fullmatch(given):
        entry["request"] = given
    return entry


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
