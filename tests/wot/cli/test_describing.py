"""A Thing Description for people."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from wot.cli.describing import described, in_words
from wot.td import ThingDescription


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 0, "maximum": 100}, "integer 0…100"),
        ({"type": "number", "exclusiveMinimum": 0}, "number > 0"),
        ({"type": "number", "minimum": 1, "exclusiveMaximum": 2}, "number ≥ 1 < 2"),
        ({"type": "string", "format": "date-time"}, "string date-time"),
        ({"enum": ["a", 1]}, "a | 1"),
        ({"const": None}, "null"),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"oneOf": []}, "any"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"type": "array", "items": {"type": "boolean"}}, "array of boolean"),
        ({"type": "array"}, "array"),
        (
            {
                "type": "object",
                "properties": {"to": {"type": "integer"}, "in": {}},
                "required": ["to"],
            },
            "{to: integer, in?: any}",
        ),
        ({"type": "object"}, "object"),
        ({"minimum": "low", "maximum": None, "format": 3}, "any 3"),
        ({}, "any"),
    ],
)
def test_schemas_in_words(schema: dict[str, Any], words: str) -> None:
    assert in_words(schema) == words


def test_a_whole_one_without_what_would_control_the_terminal() -> None:
    td = {
        "title": "Pump\x1b[2J",
        "description": "Pumps.",
        "id": "urn:x",
        "@type": ["saref:Device"],
        "securityDefinitions": {"b": {"scheme": "basic"}},
        "security": "b",
        "properties": {"rate": {"type": "number", "unit": "Cel", "readOnly": True}},
        "actions": {"stop": {"title": "Stop", "uriVariables": {"now": {"type": "boolean"}}}},
        "events": {"dry": {"data": {"type": "string"}}},
    }
    console = Console(width=80)
    with console.capture() as capture:
        console.print(described(ThingDescription(td)))
    text = capture.get()
    for words in ("Pump\\x1b[2J", "Pumps.", "urn:x", "saref:Device", "security: basic"):
        assert words in text
    assert "\x1b" not in text
    rows = [line.split() for line in text.splitlines()]
    assert ["rate", "number", "°C", "read"] in rows
    assert ["stop", "–", "–", "Stop", "--var", "now=boolean"] in rows
    assert ["dry", "string"] in rows
