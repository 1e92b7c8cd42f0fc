"""Actions that other servers answer before they end: where to ask about them (WoT Profiles, HTTP Basic Profile)."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from yarl import URL

from wot.content import JSON, Content
from wot.errors import ProtocolError
from wot.interaction import ActionStatus, Interaction, Reply
from wot.td import Form, Op
from wot_http.plans import Plan, declared_headers
from wot_http.redirects import same_place
from wot_http.statuses import KEY

_SHARE = 0.5  # of the time limit of a request that a query may wait


def begun(response: aiohttp.ClientResponse, content: Content) -> Reply | None:
    """The answer 201 or 202 of who has begun something; None where it does not say what."""
    status = ActionStatus.read(content)
    said = response.headers.get("Location") or (status.href if status else "")
    if not said:
        return None
    where = _where(response.url, said)
    return Reply(content if status else ActionStatus("pending").content(), str(where))


def plan_of(form: Form, interaction: Interaction, timeout: float) -> Plan:
    """How to ask about an invocation, or to cancel it."""
    url = _where(URL(form.href), interaction.invocation)
    headers = {**declared_headers(form), "Accept": JSON}
    wait = int(min(interaction.wait, timeout * _SHARE))
    if wait:
        headers["Prefer"] = f"wait={wait}"
    method = "DELETE" if interaction.op is Op.CANCEL_ACTION else "GET"
    return Plan(form, interaction.op, method, url, headers)


def identified(headers: Mapping[str, str] | None, id: str) -> dict[str, str]:
    """The headers of a request with an id."""
    return {**(headers or {}), KEY: id}


def broke_off(error: Exception) -> bool:
    """Whether the connection stood, and ended before an answer."""
    return isinstance(error, (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)) and not (
        isinstance(error, aiohttp.ClientConnectorError)
    )


def _where(base: URL, reference: str) -> URL:
    try:
        url = base.join(URL(reference))
    except ValueError:
        raise ProtocolError(f"{base} leads to {reference[:200]!r}, which is no URL") from None
    if not same_place(base, url):
        where = f"{url.scheme[:20]}://{(url.host or '')[:200]}:{url.port}"
        raise ProtocolError(f"{base} leads to {where}, and only its own origin is asked")
    return url
