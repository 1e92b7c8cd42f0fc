"""Servers of somebody else, which misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[Any], None]


class Elsewhere:
    """Starts servers that answer by path."""

    def __init__(self) -> None:
        self._servers: list[ThreadingHTTPServer] = []
        self._over = threading.Event()
        self.asked = threading.Event()  # set when a request has arrived

    def __call__(self, **answers: Answer) -> str:
        """The base URL of a new one."""
        over, asked = self._over, self.asked

        class Handler(BaseHTTPRequestHandler):
            closing = over

            def do_GET(self) -> None:
                asked.set()
                answers[self.path.strip("/")](self)

            do_POST = do_PUT = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    def close(self) -> None:
        """Let those go that hang, and stop."""
        self._over.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()


def sends(body: bytes, kind: str = "application/json", status: int = 200) -> Answer:
    """Answers with these bytes."""

    def answer(handler: Any) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hangs(handler: Any) -> None:
    """Never answers."""
    handler.closing.wait(60)


def described(**kinds: Any) -> bytes:
    """A small Thing Description."""
    td = {"@context": "https://www.w3.org/2022/wot/td/v1.1", "title": "Foreign", **kinds}
    return json.dumps(
        {**td, "securityDefinitions": {"n": {"scheme": "nosec"}}, "security": "n"}
    ).encode()
