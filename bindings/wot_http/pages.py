"""What is served besides affordances: Thing Descriptions, the list of Things, the well-known addresses."""

from __future__ import annotations

import html
from collections.abc import Mapping

import msgspec
from aiohttp import web

from wot.errors import NotAcceptable, UnknownThing
from wot.interaction import Interaction
from wot.td import TD_JSON, Json, Op, context_with
from wot_http.codings import LEAST, OFFERED, chosen, packed_once
from wot_http.negotiation import quality
from wot_http.paths import Mount, Paths

WELL_KNOWN = "/.well-known/wot"  # W3C WoT Discovery section 6.3
HEALTH = "/.well-known/health"
_HEALTH_JSON = "application/health+json"  # draft-inadarei-api-health-check
_JSON = "application/json"
_TYPES = (TD_JSON, _JSON, "application/ld+json")
_DESCRIBE = Interaction(Op.DESCRIBE)


class Pages:
    """Answers for the addresses that are not affordances."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.stopping = False

    def at(self, raw: str) -> str | None:
        """The page at a raw path, None where there is none."""
        path = self._paths.stripped(raw)
        return path if path in ("/", WELL_KNOWN, HEALTH) else None

    async def answer(self, raw: str, base: str, headers: Mapping[str, str]) -> web.Response:
        """The list of Things, or the TD that stands for this server."""
        page = self.at(raw)
        if page == HEALTH:
            return self._health()
        mounts = list(self._paths.mounts.values())
        if page == WELL_KNOWN:
            if not mounts:
                raise UnknownThing("nothing is served here")
            if len(mounts) == 1:
                return await self.description(mounts[0], base, headers)
            return _conditional(
                msgspec.json.encode(_links(mounts, base)), "", _offered(headers, _TYPES), headers
            )
        if _offered(headers, (_JSON, "text/html")) == "text/html":
            return web.Response(
                text=_page(mounts), content_type="text/html", headers={"Vary": "Accept"}
            )
        listed = [_entry(mount) for mount in mounts]
        return web.Response(
            body=msgspec.json.encode(listed), content_type=_JSON, headers={"Vary": "Accept"}
        )

    def _health(self) -> web.Response:
        """Whether requests should be sent here; says nothing of the Things, and asks none."""
        body = {"status": "fail" if self.stopping else "pass", "serviceId": "isowot"}
        fields = {"Content-Type": _HEALTH_JSON, "Cache-Control": "no-store"}
        status = 503 if self.stopping else 200
        return web.Response(status=status, body=msgspec.json.encode(body), headers=fields)

    async def description(
        self, mount: Mount, base: str, headers: Mapping[str, str]
    ) -> web.Response:
        """The TD of one Thing, from cached bytes."""
        media_type = _offered(headers, _TYPES)
        await mount.thing.request(_DESCRIBE)
        document = mount.describe(base)
        return _conditional(document.body, document.etag, media_type, headers)


def _offered(headers: Mapping[str, str], types: tuple[str, ...]) -> str:
    """The type that is wanted most; the first where they are equal."""
    accept = headers.get("Accept", "")
    best = max(types, key=lambda media_type: quality(accept, media_type))
    if not quality(accept, best):
        raise NotAcceptable(
            f"this is only to be had as {' or '.join(types)}", hint=f"send Accept: {types[0]}"
        )
    return best


def _conditional(
    body: bytes, etag: str, media_type: str, headers: Mapping[str, str]
) -> web.Response:
    """The document, or 304 where the requester has it (RFC 9110 section 13.1.2)."""
    fields = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
    coding = chosen(headers.get("Accept-Encoding", "")) if len(body) >= LEAST else ""
    if etag:
        # Strong validators differ by coding (RFC 9110 section 8.8.3.3); any of them tells that nothing changed.
        fields["ETag"] = _of_coding(etag, coding)
        tags = headers.get("If-None-Match", "").split(",")
        known = [tag.strip().removeprefix("W/") for tag in tags]
        if "*" in known or any(_of_coding(etag, coding) in known for coding in ("", *OFFERED)):
            return web.Response(status=304, headers=fields)
    if coding:
        body = packed_once(body, coding)
        fields["Content-Encoding"] = coding
    return web.Response(body=body, headers={**fields, "Content-Type": media_type})


def _of_coding(etag: str, coding: str) -> str:
    return f'{etag[:-1]}-{coding}"' if coding else etag


def _links(mounts: list[Mount], base: str) -> Json:
    """A Thing that links to the others, for a server of several (WoT Discovery section 6.3)."""
    links = [{"rel": "item", "href": mount.path, "type": TD_JSON} for mount in mounts]
    return {
        "@context": context_with({}),
        "title": "Things",
        "base": base,
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "security": ["nosec_sc"],
        "links": links,
    }


def _entry(mount: Mount) -> Json:
    td = mount.thing.td
    known = {"id": td.id} if td.id else {}
    return {**known, "title": td.title, "href": mount.path}


def _page(mounts: list[Mount]) -> str:
    rows = "".join(
        f'<li><a href="{html.escape(m.path)}">{_isolated(m.thing.td.title)}</a> '
        f"{_isolated(m.thing.td.description)}</li>"
        for m in mounts
    )
    head = "<!doctype html><html lang=en><meta charset=utf-8><title>Things</title>"
    return f"{head}<h1>Things</h1><ul>{rows}</ul></html>"


def _isolated(text: str) -> str:
    """A text whose direction of writing ends with it (TD 1.1 section 5.3.1.1)."""
    return f"<bdi>{html.escape(text)}</bdi>"
