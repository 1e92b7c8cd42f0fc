"""The HTTP binding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wot.binding import Binding

if TYPE_CHECKING:
    from wot_http.client import HTTPClient
    from wot_http.server import HTTPServer

__all__ = ["HTTPBinding"]


class HTTPBinding(Binding):
    """HTTP/1.1 by aiohttp; server and client are imported when first asked for."""

    def server(self, url: str, options: Mapping[str, Any]) -> HTTPServer:
        """Options: docs/operating.md has them all."""
        from wot_http.server import HTTPServer

        return HTTPServer(url, options)

    def client(self, options: Mapping[str, Any]) -> HTTPClient:
        """Options: timeout, max_answer, ca, sockets, callback, callback_url."""
        from wot_http.client import HTTPClient

        return HTTPClient(options)
