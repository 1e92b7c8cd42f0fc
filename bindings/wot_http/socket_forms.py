"""What of a Thing is served over a WebSocket: the TD's forms and the server's operations from one source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from wot.content import JSON
from wot.forms import offered, offered_whole
from wot.td import ENDS, KINDS, STREAMS, Form, Json, Op, ThingDescription
from wot_http.messages import SUBPROTOCOL, is_json
from wot_http.pinned import pinned_in, told_in


class Operation(NamedTuple):
    """One operation, the media type of what goes in, and what to ask for where there is a choice."""

    op: Op
    name: str
    takes: str
    accept: tuple[str, ...] = ()


def forms(path: str, td: ThingDescription) -> Iterator[tuple[str, str, Form]]:
    """One form for each affordance and one for the whole Thing; `located` makes their hrefs absolute."""
    shared = {"href": f"ws:{path}", "subprotocol": SUBPROTOCOL}
    for kind, name, json in _affordances(td):
        form = _json_form(json)
        if form is not None and (ops := _with_ends(_offered(td, kind, name, json))):
            yield kind, name, Form({**form.json, **shared, "op": ops})
    if whole := whole_thing(td):
        yield "", "", Form({**shared, "op": _with_ends(whole)})


def carries(json: Json) -> bool:
    """Whether messages can have the data of an affordance."""
    return _json_form(json) is not None


def located(href: str, base: str) -> str:
    """A form's href below the base of the server."""
    scheme, _, path = href.partition(":")
    parts = urlsplit(base)
    secure = "wss" if parts.scheme in ("https", "wss") else scheme
    return parts._replace(scheme=secure).geturl() + path


def operations(td: ThingDescription) -> Mapping[tuple[str, str], Operation]:
    """Every operation that is served, by its word and name."""
    found: dict[tuple[str, str], Operation] = {}
    for kind, name, json in _affordances(td):
        form = _json_form(json)
        if form is not None:
            several = len({each.response_type for each in pinned_in(json)}) > 1
            accept = (form.response_type,) if several else ()
            for op in _offered(td, kind, name, json):
                found[str(op), name] = Operation(op, name, form.content_type, accept)
    for op in whole_thing(td):
        found[str(op), ""] = Operation(op, "", JSON)
    return found


def whole_thing(td: ThingDescription) -> tuple[Op, ...]:
    """The operations on the whole Thing."""
    ops = {op for name in td.json.get("actions", {}) for op in offered(td, "actions", name)}
    queried = (Op.QUERY_ALL_ACTIONS,) if Op.QUERY_ACTION in ops else ()
    return tuple(dict.fromkeys((*offered_whole(td), *queried)))


def _offered(td: ThingDescription, kind: str, name: str, json: Json) -> tuple[Op, ...]:
    """Without streams that are told in something else: there is no choice for them."""
    ops = offered(td, kind, name)
    if is_json(told_in(pinned_in(json)).response_type):
        return ops
    return tuple(op for op in ops if op not in STREAMS)


def _with_ends(ops: tuple[Op, ...]) -> list[str]:
    return [str(each) for op in ops for each in ((op, ENDS[op]) if op in STREAMS else (op,))]


def _affordances(td: ThingDescription) -> Iterator[tuple[str, str, Json]]:
    for kind in KINDS:
        for name, json in td.json.get(kind, {}).items():
            yield kind, name, json


def _json_form(json: Json) -> Form | None:
    """The media types of an affordance where both are JSON: nothing else can be part of a message."""
    for form in pinned_in(json):
        if is_json(form.content_type) and is_json(form.response_type):
            return form
    return None
