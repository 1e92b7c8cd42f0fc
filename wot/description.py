"""Whole Thing Descriptions: what a Thing offers plus the forms of every endpoint that serves it."""

from __future__ import annotations

import hashlib
import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from wot.binding import Describe, Document, Server
from wot.forms import scheme_of
from wot.interaction import Interactable
from wot.td import KINDS, Json, Op, ThingDescription, is_object

_KEPT = 256  # TDs kept as bytes, over all Things and all who ask
_NOSEC = {"securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}, "security": ["nosec_sc"]}


class End(NamedTuple):
    """One endpoint and the path of a Thing below it."""

    server: Server
    path: str


class Descriptions:
    """Composes TDs and keeps the bytes of the latest, by Thing, revision, endpoint and base."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, int, int, str], Document] = OrderedDict()
        self._mounts = count()

    def describe(self, thing: Interactable, ends: Sequence[End], own: End) -> Describe:
        """A function from a base, as the requester sees `own`, to the TD."""
        mount = next(self._mounts)

        def description(base: str) -> Document:
            td = thing.td
            key = (id(td), td.id, mount, td.revision, base)
            found = self._kept.get(key)
            if found is None:
                body = msgspec.json.encode(composed(td, ends, own, base))
                found = self._kept[key] = Document(
                    body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
                )
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(key)
            return found

        return description

    def forget(self, thing: Interactable) -> None:
        """Drop what is kept of a Thing that is no longer served."""
        for key in [key for key in self._kept if key[0] == id(thing.td)]:
            del self._kept[key]


def composed(td: ThingDescription, ends: Sequence[End], own: End, base: str) -> Json:
    """The TD as `own` tells it: its hrefs relative to `base`, those of other endpoints absolute."""
    head = {term: value for term, value in td.json.items() if term not in (*KINDS, "links")}
    json: Json = {**head, "base": base, **_NOSEC}
    for kind in KINDS:
        if kind in td.json:
            json[kind] = {
                name: {**affordance, "forms": []} for name, affordance in td.json[kind].items()
            }
    whole: list[Json] = []
    for end in ends:
        seen = base if end is own else _reachable(end.server.base, base)
        _merge(json, end.server.terms(td))
        for kind, name, form in end.server.forms(end.path, td):
            href = end.server.located(form.json["href"], seen)
            told = href if end is own or scheme_of(href) else seen + href
            (json[kind][name]["forms"] if kind else whole).append({**form.json, "href": told})
    for kind in KINDS:
        served = {name: _told(a) for name, a in json.pop(kind, {}).items() if a["forms"]}
        if served:
            json[kind] = served
    if whole:
        json["forms"] = whole
    if td.json.get("links"):
        json["links"] = td.json["links"]
    return json


def _merge(json: Json, terms: Json) -> None:
    """Add what an endpoint says of the whole Thing."""
    for term, value in terms.items():
        known = json.get(term)
        if is_object(value):
            json[term] = {**value, **(known or {})}
        else:
            told: list[Any] = [*(known or ()), *value]
            json[term] = list(dict.fromkeys(told))


def _told(affordance: Json) -> Json:
    """An affordance that is called observable only where one of its forms lets it be observed.

    One that can be neither read nor written, but observed, is no secret: it is called read-only.
    """
    ops = [op for form in affordance["forms"] for op in form.get("op", ())]
    untrue = set[str]()
    if affordance.get("observable") and Op.OBSERVE_PROPERTY not in ops:
        untrue.add("observable")
    if affordance.get("readOnly") and affordance.get("writeOnly"):
        untrue.add("writeOnly")
    return {t: v for t, v in affordance.items() if t not in untrue} if untrue else affordance


def _reachable(base: str, seen: str) -> str:
    """The base of another endpoint; where that listens on every address, at the host the requester sees."""
    parts = urlsplit(base)
    try:
        unspecified = ipaddress.ip_address(parts.hostname or "").is_unspecified
    except ValueError:
        unspecified = False
    if not unspecified:
        return base
    host = urlsplit(seen).hostname or "localhost"
    named = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{named}:{parts.port}" if parts.port else named).geturl()
