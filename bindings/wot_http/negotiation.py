"""Content negotiation (RFC 9110 section 12.5.1)."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=512)
def quality(accept: str, media_type: str) -> float:
    """How much `media_type` is wanted by an Accept header, 0 for not at all; the most specific range decides."""
    wanted, best = 0.0, -1
    kind, _, subtype = media_type.partition(";")[0].strip().lower().partition("/")
    for item in accept.split(",") if accept.strip() else ("*/*",):
        media_range, *parameters = (part.strip().lower() for part in item.split(";"))
        main, _, sub = media_range.partition("/")
        if main not in (kind, "*") or sub not in (subtype, "*"):
            continue
        specific = (main != "*") + (sub != "*")
        if specific > best:
            best, wanted = specific, _weight(parameters)
    return wanted


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
