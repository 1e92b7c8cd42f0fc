"""Models of a megabyte that are made to take long: whatever is done with them ends soon, and needs little room."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.td import TD_11, read
from wot.td.thing_model import ThingModel, check_sources, compare, derive

from .hostile import model, named, nested, text

PARTS = [{"rel": "tm:submodel", "href": "b", "instanceName": "i"}]
LONG = "ä" * 250
Models = tuple[dict[str, Any], dict[str, Any]]
HOSTILE: Mapping[str, Callable[[], Models]] = {
    "links of one relation": lambda: (model(links=[{"rel": "type", "href": "a"}] * 30_000), {}),
    "links": lambda: (model(links=[{"rel": "x", "href": "a"}] * 30_000), {}),
    "parts of many": lambda: (model(links=PARTS), {"b": model(properties=named(60_000, {}))}),
    "parts of one name": lambda: (
        model(links=PARTS * 2),
        {"b": model(properties=named(60_000, {}))},
    ),
    "optional parts": lambda: (
        model(links=PARTS),
        {
            "b": model(
                properties=named(20_000, {}),
                **{"tm:optional": [f"/properties/n{i}" for i in range(20_000)]},
            )
        },
    ),
    "definitions of parts": lambda: (
        model(links=PARTS),
        {"b": model(securityDefinitions=named(25_000, {"scheme": "nosec"}))},
    ),
    "definitions of imports": lambda: (
        model(properties={"a": {"tm:ref": "b#/properties/a"}}),
        {
            "b": model(
                properties={"a": {"forms": [{"security": [f"n{i}" for i in range(20_000)]}]}},
                securityDefinitions=named(20_000, {"scheme": "nosec"}),
            )
        },
    ),
    "prefixes and references": lambda: (
        model(properties=named(20_000, {"tm:ref": "b#/properties/a"})),
        {
            "b": {
                **model(properties={"a": {}}),
                "@context": [TD_11, named(40_000, "urn:x:", "p{}")],
            }
        },
    ),
    "contexts of both": lambda: (
        {
            **model(links=[{"rel": "tm:extends", "href": "b"}]),
            "@context": [f"http://a/{i}" for i in range(30_000)],
        },
        {"b": {**model(), "@context": [f"http://b/{i}" for i in range(30_000)]}},
    ),
    "optional ones": lambda: (
        model(
            properties=named(20_000, {}),
            **{"tm:optional": [f"/properties/n{i}" for i in range(20_000)]},
        ),
        {},
    ),
    "a long name": lambda: (
        model(properties={"n" * 400_000: {"properties": named(40_000, {})}}),
        {},
    ),
    "placeholders below long names": lambda: (
        model(x=nested(50, ["{{A}}"] * 80_000, lambda inner: {LONG: inner})),
        {},
    ),
    "values below long names": lambda: (
        model(x=nested(50, [0] * 300_000, lambda inner: {LONG: inner})),
        {},
    ),
    "many large models": lambda: (
        model(links=[{"rel": "tm:extends", "href": f"m{i}"} for i in range(190)]),
        {f"m{i}": model(description="x" * 1_000_000) for i in range(190)},
    ),
}
SHORT = frozenset(
    ["links of one relation", "optional parts", "definitions of parts", "a long name"]
)
SECONDS, BYTES = 5, 300 << 20  # on a slow machine; they take a fifth of that, or less


def works(top: dict[str, Any], others: Mapping[str, bytes]) -> dict[str, Callable[[], Any]]:
    def resolver(url: str) -> bytes:
        return others[url]

    given, values = text(top), {"A": 1}
    return {
        "derive": lambda: derive(given, resolver, values=values),
        "contained": lambda: derive(given, resolver, values=values, compose="contained"),
        "merged": lambda: derive(given, resolver, include="all", compose="merged"),
        "sources": lambda: check_sources(given, resolver),
        "placeholders": lambda: ThingModel.parse(given).placeholders,
        "compare": lambda: compare(read(given), given, resolver),
    }


def cost(work: Callable[[], Any]) -> float:
    begin = time.process_time()
    with suppress(InvalidTD):
        work()
    return time.process_time() - begin


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in SHORT else pytest.mark.soak) for name in HOSTILE],
)
def test_a_hostile_model_costs_little(name: str) -> None:
    top, others = HOSTILE[name]()
    for work in works(top, {url: text(other) for url, other in others.items()}).values():
        assert cost(work) < SECONDS


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", HOSTILE)
def test_it_takes_little_room(name: str) -> None:
    top, others = HOSTILE[name]()
    made = works(top, {url: text(other) for url, other in others.items()})
    tracemalloc.start()
    try:
        for work in made.values():
            cost(work)
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()
