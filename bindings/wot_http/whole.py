"""What a request asks of the whole Thing: of which properties, by query or by body."""

from __future__ import annotations

from urllib.parse import unquote

import msgspec
from aiohttp import web

from wot.content import Content, Malformed, essence, members
from wot.errors import InvalidInput
from wot.forms import variables_from
from wot.interaction import Interaction
from wot.td import EACH, Op
from wot_http.connection import peer_of
from wot_http.forms import Route
from wot_http.invocations import request_id_of
from wot_http.reading import read_body
from wot_http.statuses import KEY

_READ_ALL, _READ_SEVERAL = Op.READ_ALL_PROPERTIES, Op.READ_MULTIPLE_PROPERTIES
# One method of one resource serves both, and who sends all values writes all of several.
_WRITES = (Op.WRITE_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES)
_names = msgspec.json.Decoder(list[str])


async def asked_of_whole(
    request: web.BaseRequest, route: Route, query: str, limit: int
) -> Interaction | None:
    """The interaction that a request stands for, where it is about several properties."""
    if route.op not in EACH:
        return None
    payload = await read_body(request, route, limit) if request.body_exists else None
    variables = variables_from(query, route.variables) if query else {}
    if route.op in _WRITES:
        id = request_id_of(request) if KEY in request.headers else ""
        names, peer = _written(payload), peer_of(request) if id else ""
        return Interaction(_WRITES[1], payload=payload, names=names, id=id, peer=peer)
    told = variables.get("names")
    if told is None and payload is None:
        return Interaction(_READ_ALL)
    if told is not None and payload is not None:
        raise InvalidInput("the names of properties are given twice", hint="give them once")
    return Interaction(_READ_SEVERAL, names=_split(told) if payload is None else _listed(payload))


def _written(payload: Content | None) -> tuple[str, ...]:
    """The properties that a body names; none where the Thing is going to say what is wrong with it."""
    try:
        return tuple(members(payload)) if payload is not None else ()
    except Malformed:
        return ()


def _split(told: str | None) -> tuple[str, ...]:
    """Names with commas between them; a comma within a name is percent-encoded twice."""
    return tuple(unquote(name) for name in told.split(",") if name) if told else ()


def _listed(payload: Content) -> tuple[str, ...]:
    """Names as a JSON array."""
    if not essence(payload.type).endswith("json"):
        raise InvalidInput("the names of properties should be a JSON array of strings")
    try:
        return tuple(_names.decode(payload.body))
    except ValueError:
        raise InvalidInput("the names of properties should be a JSON array of strings") from None
