"""Small Things for tests of linked data, and what their graphs say."""

from __future__ import annotations

from typing import Any

from rdflib import Namespace, URIRef

from wot.td import TD_11

TD = Namespace("https://www.w3.org/2019/wot/td#")
HCTL = Namespace("https://www.w3.org/2019/wot/hypermedia#")
JSONSCHEMA = Namespace("https://www.w3.org/2019/wot/json-schema#")
WOTSEC = Namespace("https://www.w3.org/2019/wot/security#")
DISCOVERY = Namespace("https://www.w3.org/2022/wot/discovery-ontology#")
EX = Namespace("http://example.org/")
LAMP = URIRef("urn:lamp")
REMOTE = "https://example.org/context.jsonld"


def lamp(*contexts: Any, **members: Any) -> dict[str, Any]:
    return {"@context": [TD_11, *contexts], "id": "urn:lamp", "title": "Lamp", **members}


def one(graph: Any, subject: Any, predicate: Any) -> Any:
    found = list(graph.objects(subject, predicate))
    assert len(found) == 1, found
    return found[0]
