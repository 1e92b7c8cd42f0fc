"""What a client of a stream says in headers: where it stands, and how long it would wait (RFC 7240)."""

from __future__ import annotations

from collections.abc import Iterable

CURSOR = "Last-Event-ID"  # where a follower stands, in both directions, as for server-sent events
APPLIED = "Preference-Applied"
GAP = "WoT-Gap"  # the header of a delivery that tells of lost notifications
_LONGEST = 9  # digits of seconds


def wait_of(fields: Iterable[str]) -> float | None:
    """The seconds of `Prefer: wait=…`, None where nothing (or nothing that can be read) is said of it."""
    for item in ",".join(fields).split(","):
        name, _, value = item.partition(";")[0].partition("=")
        digits = value.strip().strip('"')
        if name.strip().lower() == "wait":  # the first one counts
            known = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST
            return float(digits) if known else None
    return None
