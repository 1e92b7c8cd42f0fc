"""Fixtures for the tests of Thing Descriptions."""

from __future__ import annotations

import socket
import urllib.request
from typing import Any

import pytest


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever touches the network fails."""

    def touched(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was touched")

    for owner, name in (
        (socket.socket, "connect"),
        (socket.socket, "connect_ex"),
        (socket, "create_connection"),
        (socket, "getaddrinfo"),
        (urllib.request, "urlopen"),
        (urllib.request.OpenerDirector, "open"),
    ):
        monkeypatch.setattr(owner, name, touched)
