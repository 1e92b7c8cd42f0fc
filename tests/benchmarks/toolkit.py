"""What is measured of Thing Descriptions as documents: validating them, stating and leaving out defaults."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import msgspec
from figures import Row
from load import LoadError
from processes import Settings

US = "µs CPU"
MANY = 10_000
CONTEXT = [
    "https://www.w3.org/2022/wot/td/v1.1",
    {"@language": "en", "htv": "http://www.w3.org/2011/http#"},
]


def thing_description(number: int = 0) -> dict[str, Any]:
    """A Thing Description of 20 affordances, as a device of some size has it: 8 properties, 6 actions, 6 events."""
    return {
        "@context": CONTEXT,
        "id": f"urn:example:station:{number}",
        "title": f"Air station {number}",
        "titles": {"en": f"Air station {number}", "de": f"Luftmessstation {number}"},
        "description": "Measures the air of a room",
        "descriptions": {"en": "Measures the air of a room", "de": "Misst die Luft eines Raums"},
        "created": "2026-01-31T12:00:00Z",
        "version": {"instance": "1.2.0", "model": "1.0.0"},
        "base": "https://station.example/things/air/",
        "links": [{"href": "manual.html", "rel": "help", "type": "text/html"}],
        "securityDefinitions": {
            "basic_sc": {"scheme": "basic", "in": "header"},
            "oauth_sc": {
                "scheme": "oauth2",
                "flow": "client",
                "token": "https://login.example/token",
                "scopes": ["read", "write"],
            },
            "either_sc": {"scheme": "combo", "oneOf": ["basic_sc", "oauth_sc"]},
        },
        "security": "either_sc",
        "properties": {f"level{i}": property_of(i) for i in range(8)},
        "actions": {f"adjust{i}": action_of(i) for i in range(6)},
        "events": {f"alarm{i}": event_of(i) for i in range(6)},
    }


def property_of(number: int) -> dict[str, Any]:
    href = f"properties/level{number}"
    return {
        "title": "Level",
        "titles": {"en": "Level", "de": "Pegel"},
        "type": "object" if number % 4 == 3 else "number",
        "observable": True,
        **(READING if number % 4 == 3 else {"minimum": 0, "maximum": 100, "unit": "%"}),
        "forms": [
            {
                "href": href + "{?unit}" if number % 4 == 0 else href,
                "op": ["readproperty", "writeproperty"],
                "contentType": "application/json",
            },
            {
                "href": href + "/observe",
                "op": ["observeproperty", "unobserveproperty"],
                "subprotocol": "sse",
            },
        ],
        **({"uriVariables": {"unit": {"type": "string"}}} if number % 4 == 0 else {}),
    }


READING: dict[str, Any] = {
    "properties": {
        "value": {"type": "number", "minimum": 0, "maximum": 100},
        "state": {"type": "string", "enum": ["low", "normal", "high"]},
        "taken": {"type": "string", "format": "date-time"},
        "history": {"type": "array", "items": {"type": "number"}, "maxItems": 24},
    },
    "required": ["value", "state"],
}


def action_of(number: int) -> dict[str, Any]:
    level = {"type": "number", "minimum": 0, "maximum": 100}
    return {
        "description": "Moves the level within some time",
        "descriptions": {
            "en": "Moves the level within some time",
            "de": "Führt den Pegel in einiger Zeit nach",
        },
        "input": {
            "type": "object",
            "properties": {"target": level, "seconds": {"type": "integer", "minimum": 0}},
            "required": ["target"],
        },
        "output": {"type": "boolean"},
        "safe": False,
        "idempotent": number % 2 == 0,
        "forms": [
            {
                "href": f"actions/adjust{number}",
                "op": "invokeaction",
                "contentType": "application/json",
                "htv:methodName": "POST",
                "scopes": "write",
            }
        ],
    }


def event_of(number: int) -> dict[str, Any]:
    return {
        "data": {
            "type": "object",
            "properties": {"value": {"type": "number"}, "text": {"type": "string"}},
        },
        "forms": [
            {
                "href": f"events/alarm{number}",
                "op": ["subscribeevent", "unsubscribeevent"],
                "subprotocol": "sse",
                "contentType": "text/event-stream",
            }
        ],
    }


def usual(number: int = 0) -> dict[str, Any]:
    """One of 20 affordances as frameworks write them: titles, descriptions, data schemas, a form each."""

    def form(kind: str, name: str, **members: Any) -> list[dict[str, Any]]:
        return [{"href": f"{kind}/{name}", "contentType": "application/json", **members}]

    told = {"title": "Level", "description": "The level of the water"}
    level = {"type": "number", "minimum": 0, "maximum": 100, "unit": "percent"}
    change = {
        "type": "object",
        "properties": {"to": level, "seconds": {"type": "number", "default": 1.0}},
        "required": ["to"],
    }
    reading = {
        "type": "object",
        "properties": {"value": {"type": "number"}, "text": {"type": "string"}},
    }
    both, stream = ["readproperty", "writeproperty"], ["subscribeevent", "unsubscribeevent"]
    return {
        "@context": CONTEXT,
        "id": f"urn:example:tank:{number}",
        "title": f"Tank {number}",
        "description": "A tank with a pump",
        "base": "https://tank.example/things/tank/",
        "securityDefinitions": {"basic_sc": {"scheme": "basic", "in": "header"}},
        "security": ["basic_sc"],
        "properties": {
            f"p{i}": {**told, **level, "forms": form("properties", f"p{i}", op=both)}
            for i in range(8)
        },
        "actions": {
            f"a{i}": {**told, "input": change, "output": reading, "forms": form("actions", f"a{i}")}
            for i in range(6)
        },
        "events": {
            f"e{i}": {
                **told,
                "data": reading,
                "forms": form("events", f"e{i}", op=stream, subprotocol="sse"),
            }
            for i in range(6)
        },
    }


def plain() -> dict[str, Any]:
    """One of 20 affordances with a form each and nothing besides, as small devices have it."""
    op = {"properties": "readproperty", "actions": "invokeaction", "events": "subscribeevent"}
    td: dict[str, Any] = {
        "@context": CONTEXT[0],
        "title": "Station",
        "base": "https://station.example/",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "security": "nosec_sc",
    }
    for kind, count in (("properties", 8), ("actions", 6), ("events", 6)):
        term = {"actions": "input", "events": "data"}.get(kind)
        number = {"type": "integer", "minimum": 0, "maximum": 100}
        form = {"op": op[kind], **({"subprotocol": "sse"} if kind == "events" else {})}
        td[kind] = {
            f"n{i}": {
                **({term: number} if term else number),
                "forms": [{"href": f"{kind}/n{i}", **form}],
            }
            for i in range(count)
        }
    return td


def broken() -> dict[str, Any]:
    """One with ten faults of all kinds."""
    td = thing_description()
    td["title"] = 7
    td["security"] = "nobody"
    del td["properties"]["level0"]["forms"]
    td["properties"]["level1"]["type"] = "float"
    td["properties"]["level2"]["minimum"] = 200
    td["properties"]["level3"]["forms"][0]["href"] = "x{y"
    td["actions"]["adjust0"]["forms"][0]["op"] = "invokeAction"
    td["actions"]["adjust1"]["input"] = []
    td["events"]["alarm0"]["data"]["properties"]["value"]["minimum"] = "0"
    td["created"] = "yesterday"
    return td


def toolkit(settings: Settings) -> list[Row]:
    """CPU of one call each, in turn, round by round."""
    from wot.td import EDITIONS, validate
    from wot.td.defaults import expand, reduce
    from wot.td.validation import _compiled  # the schema by itself is the yardstick

    small, common, td, wrong = plain(), usual(), thing_description(), broken()
    text, full = json.dumps(td).encode(), expand(td)
    _, schema = _compiled(EDITIONS["1.1"], False)
    if (
        validate(small)
        or validate(common)
        or validate(td)
        or not schema.is_valid(td)
        or len(validate(wrong)) < 10
    ):
        raise LoadError("a verdict is wrong")
    calls: dict[str, Callable[[], object]] = {
        "plain": lambda: validate(small),
        "plain schema": lambda: schema.is_valid(small),
        "usual": lambda: validate(common),
        "usual schema": lambda: schema.is_valid(common),
        "valid": lambda: validate(td),
        "schema": lambda: schema.is_valid(td),
        "text": lambda: validate(text),
        "decoded": lambda: schema.is_valid(msgspec.json.decode(text)),
        "broken": lambda: validate(wrong),
        "expand": lambda: expand(td),
        "reduce": lambda: reduce(full),
    }
    took = in_turn(calls, settings)
    alone, decoded = "our JSON Schema alone", "decoding, and our JSON Schema alone"
    size, middle, least = (
        f"{len(json.dumps(each)) / 1024:.0f} KiB" for each in (td, common, small)
    )
    what = f"TD of 20 affordances, 20 forms ({least}) validated"
    return [
        Row("toolkit", what, US, took["plain"], bar=100.0),
        Row("toolkit", what, US, took["plain"], alone, took["plain schema"]),
        Row(
            "toolkit", f"with titles, objects, operations ({middle})", US, took["usual"], bar=100.0
        ),
        Row(
            "toolkit",
            f"with titles, objects, operations ({middle})",
            US,
            took["usual"],
            alone,
            took["usual schema"],
        ),
        Row(
            "toolkit",
            f"28 forms, languages, oauth2 ({size})",
            US,
            took["valid"],
            alone,
            took["schema"],
        ),
        Row("toolkit", "the same, from its text", US, took["text"], decoded, took["decoded"]),
        Row("toolkit", "the same with ten faults, all told", US, took["broken"]),
        Row("toolkit", "its defaults stated", US, took["expand"]),
        Row("toolkit", "its defaults left out", US, took["reduce"]),
        Row("toolkit", f"{MANY:,} of {middle}", "s CPU", all_of_them(usual, settings), bar=2.0),
        Row("toolkit", f"{MANY:,} of {size}", "s CPU", all_of_them(thing_description, settings)),
    ]


def in_turn(calls: dict[str, Callable[[], object]], settings: Settings) -> dict[str, list[float]]:
    """Microseconds of each call in every round; the first round warms up."""
    took: dict[str, list[float]] = {name: [] for name in calls}
    for i in range(settings.rounds + 1):
        for name, call in calls.items():
            times, begin = 0, time.process_time_ns()
            while (spent := time.process_time_ns() - begin) < settings.seconds * 1e9:
                for _ in range(10):
                    call()
                times += 10
            if i:
                took[name].append(spent / times / 1e3)
    return took


def all_of_them(make: Callable[[int], dict[str, Any]], settings: Settings) -> list[float]:
    """Seconds for many documents, none of them seen before; a tenth of them in short runs."""
    from wot.td import validate

    count = MANY if settings.starts > 2 else MANY // 10
    found = []
    for i in range(min(settings.starts, 3)):
        documents = [make(i * count + number) for number in range(count)]
        begin = time.process_time()
        for document in documents:
            if validate(document):
                raise LoadError("a verdict is wrong")
        found.append((time.process_time() - begin) * MANY / count)
    return found
