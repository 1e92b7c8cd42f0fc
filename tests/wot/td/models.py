"""Small Thing Models for tests, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.resolving import mapping
from wot.td.placeholders import copied
from wot.td.thing_model import compare, derive, resolve_model
from wot.td.vocabulary import TD_11

Json = dict[str, Any]
URL = "http://example.com/models/lamp.tm.json"


def model(**members: Any) -> Json:
    return {"@context": TD_11, "@type": "tm:ThingModel", "title": "Lamp", **members}


def extends(*hrefs: str) -> list[Json]:
    return [{"rel": "tm:extends", "href": href, "type": "application/tm+json"} for href in hrefs]


def submodel(href: str) -> list[Json]:
    return [{"rel": "tm:submodel", "href": href, "instanceName": "part"}]


def resolved(top: Json, others: Mapping[str, Any] | None = None, base: str = "") -> Json:
    before = copied([top, dict(others or {})])
    out = resolve_model(top, mapping(others or {}), base)
    assert [top, dict(others or {})] == before
    return out


def faults(work: Callable[[], Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidTD) as caught:
        work()
    return [(found.path, found.reason, found.assertion) for found in caught.value.findings]


def names(td: Json) -> dict[str, list[str]]:
    return {kind: sorted(td[kind]) for kind in ("properties", "actions", "events") if kind in td}


def refusals(top: Json, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidTD) as caught:
        derive(top, options.pop("resolver", None), **options)
    return [(found.path, found.reason) for found in caught.value.findings]


BASIC = model(title="Basic On/Off", properties={"onOff": {"type": "boolean"}})
DIMMING = model(
    properties={"dim": {"title": "Level", "type": "integer", "minimum": 0, "maximum": 100}}
)
OPTIONAL = model(
    **{"tm:optional": ["/events/overheating", "/actions/fade"]},
    properties={"status": {}},
    actions={"toggle": {}, "fade": {}},
    events={"overheating": {"data": {"type": "string"}}},
)
LAMP = model(
    **{"tm:optional": ["/events/overheating", "/actions/fade"]},
    version={"model": "1.0.0"},
    properties={"status": {"type": "string", "readOnly": True}},
    actions={"toggle": {}, "fade": {}},
    events={"overheating": {"data": {"type": "string"}}},
)


def seen(td: Json, of: Json) -> list[tuple[str, str]]:
    """(severity, path) of every finding."""
    found = compare({"title": "x", **td}, model(**of))
    assert {finding.assertion for finding in found} <= {"tm-derivation-validity"}
    assert found == sorted(found, key=lambda finding: finding.severity != "error")
    return [(finding.severity, finding.path) for finding in found]
