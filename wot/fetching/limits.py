"""What every step of reading a document from the web keeps to."""

from __future__ import annotations

from time import monotonic

from wot.errors import WoTError


class Unread(WoTError):
    """Why there is no document, to be read after its URL; parts of it may be a server's words."""


class Deadline:
    """When a whole exchange has to be over."""

    def __init__(self, timeout: float) -> None:
        self._end = monotonic() + timeout

    def left(self) -> float:
        """The seconds until then, as many as sockets take; TimeoutError where there are none."""
        left = self._end - monotonic()
        if not left > 0:
            raise TimeoutError
        return min(left, 1e6)
