"""Which HTTP requests serve which operations: the TD's forms and the server's routes from one source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from wot.content import JSON
from wot.forms import folder, offered
from wot.td import KINDS, STREAMS, Form, Json, Op, ThingDescription

# TD 1.1 section 8.3.1.
METHODS: Mapping[Op, str] = {
    Op.READ_PROPERTY: "GET",
    Op.WRITE_PROPERTY: "PUT",
    Op.INVOKE_ACTION: "POST",
}
_ENDS = {Op.OBSERVE_PROPERTY: Op.UNOBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT: Op.UNSUBSCRIBE_EVENT}
STREAM = "STREAM"  # stands for GET with `Accept: text/event-stream`


class Route(NamedTuple):
    """What one method of one resource does."""

    op: Op
    name: str
    takes: str  # media type of the request
    gives: str  # media type of the response, "" where there is no content
    variables: Mapping[str, Json]


def routes(td: ThingDescription) -> dict[tuple[str, ...], dict[str, Route]]:
    """Segments of the path below the Thing → method → route."""
    table: dict[tuple[str, ...], dict[str, Route]] = {}
    for kind, name, json in _affordances(td):
        form = _pinned(json)
        variables = {**td.json.get("uriVariables", {}), **json.get("uriVariables", {})}
        methods: dict[str, Route] = {}
        for op in offered(td, kind, name):
            silent = op is Op.WRITE_PROPERTY or (kind == "actions" and "output" not in json)
            gives = "" if silent else form.response_type
            route = Route(op, name, form.content_type, gives, variables)
            methods[METHODS.get(op, STREAM)] = route
        if kind == "events":
            methods["GET"] = methods[STREAM]
        table[kind, name] = methods
    return table


def forms(path: str, td: ThingDescription) -> Iterator[tuple[str, str, Form]]:
    """The forms of all that is served below `path`, relative to the server's base."""
    for kind, name, json in _affordances(td):
        ops = offered(td, kind, name)
        variables = ",".join(
            quote(v, safe="")
            for v in {**td.json.get("uriVariables", {}), **json.get("uriVariables", {})}
        )
        href = f"{path}/{folder(kind, name)}" + (f"{{?{variables}}}" if variables else "")
        pinned = _pinned(json).json
        direct = [str(op) for op in ops if op not in STREAMS]
        if direct:
            yield kind, name, Form({**pinned, "href": href, "op": direct})
        for op in ops:
            if op in STREAMS:
                both = [str(op), str(_ENDS[op])]
                yield kind, name, Form({**pinned, "href": href, "op": both, "subprotocol": "sse"})


def _affordances(td: ThingDescription) -> Iterator[tuple[str, str, Json]]:
    for kind in KINDS:
        for name, json in td.json.get(kind, {}).items():
            yield kind, name, json


def _pinned(json: Json) -> Form:
    """What every form repeats: media types."""
    forms: list[Json] = json.get("forms") or [{"contentType": JSON}]
    return Form(forms[0])
