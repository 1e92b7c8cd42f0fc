"""Servers that answer byte for byte what they are told."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from wot.fetching import Unread, fetch
from wot.resolving import LIMIT

HERE, PUBLIC = "127.0.0.1", "127.0.0.2"  # the latter is taken for a public address by a fixture
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers each connection with what its script for the path asked for says."""

    def __init__(self, scripts: dict[str, Any], host: str, context: ssl.SSLContext | None) -> None:
        self.scripts, self.context = scripts, context
        self.asked: list[bytes] = []
        self.left = threading.Event()  # a client has gone while it was still being answered
        self.sent = 0
        self.listening = socket.create_server((host, 0))
        self.url = f"http://{host}:{self.listening.getsockname()[1]}"
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self.listening.accept()
            except OSError:
                return
            self.threads.append(threading.Thread(target=self._answer, args=(sock,)))
            self.threads[-1].start()

    def _answer(self, sock: socket.socket) -> None:
        with suppress(OSError), sock:
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_side=True)
            with sock:
                request = b""
                while b"\r\n\r\n" not in request and not request.startswith(b"\x16"):
                    request += sock.recv(4096) or b"\r\n\r\n"
                self.asked.append(request)
                path = request.split(b" ")[1].decode() if request[:1].isalpha() else "/"
                self._say(sock, self.scripts[path])

    def _say(self, sock: socket.socket, script: Any) -> None:
        for part in script() if callable(script) else [script]:
            try:
                sock.sendall(part)
            except OSError:
                self.left.set()
                raise
            self.sent += len(part)

    def close(self) -> None:
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.threads[0].join(5)
        for thread in self.threads[
            1:
        ]:  # these end because the client has closed, and not otherwise
            thread.join(5)
            assert not thread.is_alive()


@contextmanager
def serving(
    scripts: dict[str, Any] | bytes | Callable[[], Iterator[bytes]],
    host: str = HERE,
    context: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    server = Server(scripts if isinstance(scripts, dict) else {"/": scripts}, host, context)
    try:
        yield server
    finally:
        server.close()


def endless(start: bytes, again: bytes, pause: float = 0.0) -> Callable[[], Iterator[bytes]]:
    """A script that never ends; with a pause it goes byte by byte."""
    waiting = threading.Event()

    def script() -> Iterator[bytes]:
        yield start
        while True:
            for part in [again] if not pause else [bytes([byte]) for byte in again]:
                if pause:
                    waiting.wait(pause)
                yield part

    return script


def refusal(url: str, **given: Any) -> str:
    with pytest.raises(Unread) as caught:
        fetch(url, given.pop("timeout", 5), given.pop("limit", LIMIT), **given)
    return str(caught.value)
