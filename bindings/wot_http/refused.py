"""Refusals of the server that need more than an error's class says."""

from __future__ import annotations

from wot.errors import NotAllowed, WoTError


class Refused(Exception):
    """An error whose answer needs more than its class says: a status code or headers."""

    def __init__(self, error: WoTError, status: int = 0, **headers: str) -> None:
        super().__init__(str(error))
        self.error, self.status = error, status
        self.headers = headers


def not_allowed(method: str, allow: str) -> Refused:
    """405 with what is possible instead (RFC 9110 section 15.5.6)."""
    return Refused(
        NotAllowed(f"{method[:20]} is not possible here", hint=f"use {allow}"), Allow=allow
    )
