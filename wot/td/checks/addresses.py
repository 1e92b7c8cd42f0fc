"""URIs: what RFC 3986 does not allow in them, and what nobody should write there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from wot.td.checks.trail import Findings, Trail
from wot.td.node import Json, is_array

# The schemas refuse white space, quotation marks, < and >. Characters beyond ASCII are those of an IRI.
_FORBIDDEN = re.compile(r"[\\|^`]|%(?![0-9A-Fa-f]{2})")
_SHOWN = 12  # characters


def check(td: Json, found: Findings) -> None:
    """Those of the Thing itself; its base is looked at with the forms."""
    for term in ("id", "support"):
        check_url(td.get(term), (term,), found, f"td-vocab-{term}--Thing")
    given = td.get("profile")
    for number, profile in enumerate(given if is_array(given) else ()):
        check_url(profile, ("profile", number), found, "td-vocab-profile--Thing")
    if not is_array(given):
        check_url(given, ("profile",), found, "td-vocab-profile--Thing")


def check_url(url: Any, trail: Trail, found: Findings, assertion: str = "") -> None:
    """What no URL has, and a password in one."""
    if not isinstance(url, str):
        return
    try:
        password = urlsplit(url).password
    except ValueError as error:
        found.error(trail, f"is not a URI: {error}", "mend its host, or leave it out", assertion)
        return
    if password and "{" not in password:
        reason = "there is a password in the URL, and everybody reads a TD"
        found.warning(trail, reason, "hand it out elsewhere", "td-security-no-secrets")
    if "{" in url or "}" in url:  # a template, or a placeholder
        return
    odd = _FORBIDDEN.search(url)
    if odd:
        at = odd.start()
        reason, hint = f"{odd[0]!r} stands in no URI", f"write %{ord(odd[0]):02X}"
        if odd[0] == "%":
            reason, hint = (
                f"{url[at : at + 3]!r} is no character",
                "% goes with two hexadecimal digits",
            )
        elif odd[0] == "\\":
            hint = "write /, or %5C"
        found.warning(trail, reason, hint, assertion)
