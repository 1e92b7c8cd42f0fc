"""The patterns of data schemas: whether they are any, and whether they mean the same everywhere."""

from __future__ import annotations

import functools
import re

from wot.td.checks.patterns import read
from wot.td.checks.trail import Findings, Trail

_READ = 1 << 15  # characters of all patterns of a document that are read
_TRIED = 200  # patterns of a document that the other engine is tried with
_LONGEST = 1000  # characters of a pattern that it is tried with
_SIZE = 1 << 18  # bytes of one that is compiled; those of more take long
_PLAIN = re.compile(r"[\w\s^$\-.,:;@#%&=!~/'\"]*")

_ELSEWHERE = "is not checked everywhere"
_COMMON = "use what all engines have"


def check(pattern: object, trail: Trail, found: Findings) -> None:
    """One pattern of a data schema."""
    if not isinstance(pattern, str) or not pattern or _PLAIN.fullmatch(pattern):
        return
    found.pattern_characters += len(pattern)
    if found.pattern_characters > _READ:
        if not found.unread_patterns:
            found.unread_patterns = True
            reason = "is not looked into, for its size or for that of the patterns before it"
            found.warning(trail, reason, "use shorter patterns, or fewer")
        return
    reading = read(pattern)
    if reading.fault:
        reason = f"is not a regular expression: {reading.fault}"
        hint = reading.hint or "mend it there; a \\ before a character takes its meaning away"
        found.error(trail, reason, hint, "td-vocab-pattern--StringSchema")
        return
    if reading.doubt:
        found.warning(trail, reading.doubt, reading.hint or _COMMON)
    elif len(pattern) <= _LONGEST and found.patterns < _TRIED:
        found.patterns += 1
        if not _compiles(pattern):
            found.warning(trail, _ELSEWHERE, _COMMON)


@functools.lru_cache(maxsize=512)
def _compiles(pattern: str) -> bool:
    """Whether the engine compiles it that clients and servers validate with, which is linear like that of others."""
    import jsonschema_rs

    try:
        jsonschema_rs.Draft7Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions(size_limit=_SIZE)
        )
    except ValueError:
        return False
    return True
