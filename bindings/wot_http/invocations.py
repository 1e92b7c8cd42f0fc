"""What goes on behind an answer: 201 with a resource to ask about it (WoT Profiles, HTTP Basic Profile)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from wot.content import JSON, Content
from wot.errors import InteractionError, InvalidInput
from wot.forms import folder, variables_from
from wot.interaction import ActionStatus, Interaction, Reply, checked_id
from wot.td import Op
from wot_http.forms import Route
from wot_http.paths import Place
from wot_http.preferences import wait_of
from wot_http.statuses import KEY

_LONGEST_WAIT = 60.0  # seconds
_FRESH = {"Cache-Control": "no-store"}


def request_id_of(request: web.BaseRequest) -> str:
    """The request id; InvalidInput where it cannot be one."""
    keys = request.headers.getall(KEY)
    if len(keys) > 1:
        raise InvalidInput(f"{KEY} is given twice", hint="give it once")
    return checked_id(keys[0])


async def about(
    request: web.BaseRequest, place: Place, route: Route, query: str, base: str
) -> web.Response:
    """The answer to a query about one invocation or all of them, or to who cancels one."""
    if query:
        variables_from(query, {})
    op, name = route.op, route.name
    wait = min(wait_of(request.headers.getall("Prefer", ())) or 0.0, _LONGEST_WAIT)
    asked = Interaction(op, name, invocation=place.part, wait=wait)
    content = (await place.mount.thing.request(asked)).content
    if op is Op.CANCEL_ACTION:
        return web.Response(status=204)
    if op is Op.QUERY_ALL_ACTIONS:
        return _shown(200, msgspec.json.encode(_all(place, base, content)), {})
    return _shown(200, _body(content, href_of(place, name, place.part, base)), {})


def started(place: Place, name: str, reply: Reply, base: str) -> web.Response:
    """201: where to ask about what has begun."""
    href = href_of(place, name, reply.invocation, base)
    return _shown(201, _body(reply.content, href), {"Location": href})


def href_of(place: Place, name: str, id: str, base: str) -> str:
    """The URL of an invocation."""
    return f"{base}{place.mount.path}/{folder('actions', name)}/{quote(id, safe='')}"


def _body(content: Content | None, href: str) -> bytes:
    status = ActionStatus.read(content)
    if status is None:
        raise InteractionError("the Thing gives no status of this invocation")
    status.href = href
    return msgspec.json.encode(status)


def _all(place: Place, base: str, content: Content | None) -> Mapping[str, Any]:
    found: dict[str, list[ActionStatus]] = msgspec.json.decode(
        content.body if content else b"{}", type=dict[str, list[ActionStatus]]
    )
    for name, several in found.items():
        for status in several:
            status.href = href_of(place, name, status.href, base)
    return found


def _shown(status: int, body: bytes, headers: Mapping[str, str]) -> web.Response:
    return web.Response(
        status=status, body=body, headers={"Content-Type": JSON, **_FRESH, **headers}
    )
