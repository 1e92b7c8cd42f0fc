"""Documents that the tests of the command write into files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONTEXT = "https://www.w3.org/2022/wot/td/v1.1"
GOOD: dict[str, Any] = {
    "@context": CONTEXT,
    "title": "Lamp",
    "securityDefinitions": {"n": {"scheme": "nosec"}},
    "security": "n",
    "properties": {"on": {"type": "boolean", "forms": [{"href": "http://lamp.example/on"}]}},
}
BAD = {**GOOD, "title": 5}
DOUBTFUL = {
    **GOOD,
    "properties": {"on": {**GOOD["properties"]["on"], "enum": [True], "const": True}},
}
MODEL: dict[str, Any] = {
    "@context": CONTEXT,
    "@type": "tm:ThingModel",
    "title": "Lamp {{NUMBER}}",
    "tm:optional": ["/actions/fade"],
    "properties": {"level": {"type": "integer", "maximum": "{{MAXIMUM}}"}},
    "actions": {"fade": {}, "toggle": {}},
}


def model(**members: Any) -> dict[str, Any]:
    """A small Thing Model."""
    return {"@context": CONTEXT, "@type": "tm:ThingModel", "title": "Model", **members}


def link(relation: str, href: str, **members: Any) -> list[dict[str, Any]]:
    """The links of a document that has one."""
    return [{"rel": relation, "href": href, "type": "application/tm+json", **members}]


def text(document: Any) -> bytes:
    """The document as people write it."""
    return json.dumps(document, indent=2).encode()


def write(folder: Path, **documents: Any) -> None:
    """Files named as the documents are, with .td.json or .tm.json behind it."""
    for name, document in documents.items():
        kind = "tm" if "tm:ThingModel" in str(document.get("@type")) else "td"
        (folder / f"{name}.{kind}.json").write_bytes(text(document))
