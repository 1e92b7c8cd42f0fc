"""How a form is followed: method, URL and headers, worked out once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from yarl import URL

from wot.content import JSON, Malformed, is_opaque
from wot.errors import NoForm
from wot.td import Form, Op, is_array, is_object
from wot_http.codings import KNOWN
from wot_http.forms import METHODS
from wot_http.translating import translation

_ACCEPT = {"Accept": JSON}
_KEPT = 1024  # forms whose requests are kept prepared
# Framing is not for a TD to say: it could make one request look like two.
_OURS = frozenset(
    [
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2


class Plan(NamedTuple):
    """How a form is followed; it holds the form, so that its id stays its own."""

    form: Form
    op: Op
    method: str
    url: URL
    headers: Mapping[str, str] | None  # None: those of the session, which cost nothing
    opaque: bool = False  # whether nobody looks into what is answered
    coding: str = ""  # of what is sent


class Plans:
    """The plans of the forms that are in use."""

    def __init__(self) -> None:
        self._kept: dict[int, Plan] = {}

    def of(self, form: Form, op: Op) -> Plan:
        """The plan of a form; NoForm where it cannot be followed."""
        plan = self._kept.get(id(form))
        if plan is not None and plan.form is form and plan.op is op:
            return plan
        try:
            url = URL(form.href)
        except ValueError as error:
            raise translation(error, form.href) from error
        headers = {"Accept": form.response_type, **declared_headers(form)}
        method = method_of(form, METHODS.get(op, "GET"))
        given = None if headers == _ACCEPT else headers
        coding = form.content_coding.strip().lower()
        if coding == "identity":
            coding = ""
        elif coding and coding not in KNOWN:
            raise NoForm(f"the content coding {coding[:40]!r} is not known here")
        plan = Plan(form, op, method, url, given, _is_opaque(form.response_type), coding)
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[id(form)] = plan
        return plan


def accepting(plan: Plan, accept: tuple[str, ...]) -> Mapping[str, str]:
    """The plan's headers, asking first for what is wanted and then for what the form says."""
    given = plan.form.response_type
    wanted = [given] if accept[0] == given else [*accept, f"{given};q=0.1"]
    return {**(plan.headers or {}), "Accept": ", ".join(wanted)}


def _is_opaque(media_type: str) -> bool:
    try:
        return is_opaque(media_type)
    except Malformed:
        return False


def method_of(form: Form, default: str) -> str:
    """The method that a form names, or else the default."""
    named = form.get("htv:methodName")
    if named is None:
        return default
    if isinstance(named, str) and _TOKEN.fullmatch(named):
        return named.upper()
    raise NoForm(f"{named!r} is no HTTP method")


def declared_headers(form: Form) -> dict[str, str]:
    """`htv:headers` of a form: an array of {htv:fieldName, htv:fieldValue}."""
    declared = form.get("htv:headers")
    found: dict[str, str] = {}
    for item in declared if is_array(declared) else [declared]:
        if is_object(item):
            name = item.get("htv:fieldName") or item.get("fieldName")
            value = item.get("htv:fieldValue") or item.get("fieldValue")
            if isinstance(name, str) and isinstance(value, str) and name.lower() not in _OURS:
                found[name] = value
    return found
