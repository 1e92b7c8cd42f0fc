"""Which of the WoT Profiles (W3C Working Draft of 30 September 2025) a Thing keeps, going by what is served of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from wot.content import JSON
from wot.forms import offered, parts, resolve, scheme_of
from wot.td import KINDS, STREAMS, TD_11, Form, Json, Op, ThingDescription, is_array, is_object
from wot_http.offering import is_line

_PLACE = "https://www.w3.org/2022/wot/profile/"
BASIC = f"{_PLACE}http-basic/v1"
SSE = f"{_PLACE}http-sse/v1"
WEBHOOK = f"{_PLACE}http-webhook/v1"
_FOLLOWED: Mapping[str, str] = MappingProxyType({"sse": SSE, "webhook": WEBHOOK})
# An invocation is queried and cancelled at the URL in the answer, so that there are no forms for it.
_BASIC_OPS = frozenset(Op) - STREAMS - {Op.QUERY_ACTION, Op.CANCEL_ACTION}
_FLOWS = ("code", "client")  # of OAuth 2
_BASIC_NAMES = {False: "Authorization", True: "Proxy-Authorization"}  # by whether there is a proxy


def claimed(
    td: ThingDescription,
    forms: Iterable[tuple[str, str, Form]],
    base: str,
    streams: Collection[str] = (),
) -> list[str]:
    """The profiles of which a Thing keeps every assertion, by its forms of one endpoint.

    `streams` are the subprotocols that this endpoint speaks as their profile demands. A profile is claimed where
    all that it is about can be done by it, and there is something: whoever knows no more misses nothing.
    """
    if not _common(td.json):
        return []
    served = [(kind, name, form) for kind, name, form in forms if _is_http(form, base)]
    told = [BASIC] if _is_plain(td) and _all_by(td, served, "", _BASIC_OPS) else []
    told += [_FOLLOWED[each] for each in streams if _all_by(td, served, each, STREAMS)]
    # An event stream has lines of names.
    lines = all(is_line(name) for kind in KINDS for name in td.json.get(kind, {}))
    return told if lines else [each for each in told if each != SSE]


def _all_by(
    td: ThingDescription,
    served: list[tuple[str, str, Form]],
    subprotocol: str,
    ops: frozenset[Op],
) -> bool:
    """Whether all that can be done by some of the operations, and something, can be done by JSON and a subprotocol."""
    wanted = {
        (kind, name, op)
        for kind in KINDS
        for name in td.json.get(kind, {})
        for op in offered(td, kind, name)
        if op in ops
    }
    known = {
        (kind, name, op)
        for kind, name, form in served
        if form.subprotocol == subprotocol and form.content_type == form.response_type == JSON
        for op in form.op
    }
    # The form of a webhook is about the callback, and does not tell what comes there.
    follows = all(_sends_json(td, kind, name) for kind, name, op in wanted if op in STREAMS)
    return bool(wanted) and wanted <= known and follows


def _sends_json(td: ThingDescription, kind: str, name: str) -> bool:
    forms: list[Json] = td.json[kind][name].get("forms") or [{}]
    return Form(forms[0]).response_type == JSON


def _is_plain(td: ThingDescription) -> bool:
    """Whether actions say when they are answered, and all properties that can be read can be read at once."""
    readable = [
        name
        for name in td.json.get("properties", {})
        if Op.READ_PROPERTY in offered(td, "properties", name)
    ]
    return {*readable} <= {*parts(td, Op.READ_ALL_PROPERTIES)} and all(
        isinstance(action.get("synchronous"), bool)
        for action in td.json.get("actions", {}).values()
    )


def _is_http(form: Form, base: str) -> bool:
    return scheme_of(resolve(base, form.href)) in ("http", "https")


def _common(json: Json) -> bool:
    """What all profiles demand of a TD itself: its version, and security that every Consumer of theirs knows."""
    context = json.get("@context")
    schemes: Json = json.get("securityDefinitions", {})
    security = json.get("security", [])
    named = security if is_array(security) else [security]  # more than one are demanded together
    return (
        TD_11 in (context if is_array(context) else [context])
        and len(named) < 2
        and all(_known_to_all(schemes.get(name), schemes) for name in named)
    )


def _known_to_all(scheme: object, schemes: Json) -> bool:
    """Whether a security scheme is one of Profiles section 5.3."""
    if not is_object(scheme):
        return False
    match scheme.get("scheme"):
        case "nosec":
            return True
        case "basic":
            name = _BASIC_NAMES["proxy" in scheme]
            return scheme.get("in", "header") == "header" and scheme.get("name") == name
        case "oauth2":
            return scheme.get("flow") in _FLOWS
        case "combo":
            parts = scheme.get("oneOf")  # of those, one is enough; another combo is none of them
            return is_array(parts) and any(_known_to_all(schemes.get(part), {}) for part in parts)
        case _:
            return False
