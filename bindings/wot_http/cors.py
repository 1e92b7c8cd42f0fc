"""Cross-origin requests (Fetch Standard section 3.2), for those who opt in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from aiohttp import web

from wot.errors import WoTError

_METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
_HEADERS = "Accept, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer"
_HINT = 'write cors=["https://app.example"], or cors="*" where every page may use the Things'
_EXPOSED = "Allow, ETag, Last-Event-ID, Location, Preference-Applied, Retry-After"


class Cors:
    """Which origins may use the Things from a web page: "*" or a list of them."""

    def __init__(self, origins: object) -> None:
        given: Any = [origins] if isinstance(origins, str) else origins
        usable = isinstance(given, Collection)
        names = list(cast(Collection[Any], given)) if usable else []
        if not names or not all(isinstance(name, str) for name in names):
            raise WoTError(f"the option cors={origins!r} names no origins", hint=_HINT)
        self._origins: frozenset[str] = frozenset(names)

    def permits(self, origin: str) -> bool:
        """Whether pages of `origin` may use the Things."""
        return "*" in self._origins or origin in self._origins

    def headers(self, origin: str) -> dict[str, str]:
        """The headers of an answer to `origin`."""
        if "*" in self._origins:
            return {
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": _EXPOSED,
            }
        if origin not in self._origins:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": _EXPOSED,
            "Vary": "Origin",
        }

    def apply(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        """Add them, and what a preflight asks for."""
        found = self.headers(request.headers.get("Origin", ""))
        vary = ", ".join(
            part for part in (response.headers.get("Vary"), found.pop("Vary", "")) if part
        )
        response.headers.update(found)
        if vary:
            response.headers["Vary"] = vary
        if request.method == "OPTIONS" and "Access-Control-Allow-Origin" in found:
            response.headers["Access-Control-Allow-Methods"] = _METHODS
            response.headers["Access-Control-Allow-Headers"] = _HEADERS
            response.headers["Access-Control-Max-Age"] = "600"
