"""What is plain needs no second look: with and without the screen, the findings are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.wot.td.changes import changed, paths
from tests.wot.td.generator import mutated, thing_descriptions
from wot.errors import Finding
from wot.td import EDITIONS, TD_10, TD_11, validate
from wot.td.checks import plain

OPS = ("readproperty", "writeproperty", "observeproperty", "unobserveproperty", "invokeaction")
OPS += ("queryaction", "cancelaction", "subscribeevent", "unsubscribeevent")
# What makes a member odd, and what does not.
VALUES: dict[str, list[Any]] = {
    "type": ["number", "integer", "string", "boolean", "object", "array", "null"],
    "minimum": [-1, 0, 5, 5.5, 300],
    "maximum": [-1, 0, 3, 200],
    "exclusiveMinimum": [0, 200],
    "multipleOf": [2],
    "minLength": [0, 1, 4, 9],
    "maxLength": [0, 1, 3, 8],
    "minItems": [0, 3],
    "maxItems": [0, 2],
    "pattern": ["^a+$", "(", "(?=a)"],
    "default": [0, 1, 0.5, True, False, "", "a", None, [], {}],
    "const": [1, "a"],
    "enum": [[1], [1, "a"], ["a"], ["a", "b"], [None], [True]],
    "required": [["v"], ["v", "v"], ["w"], []],
    "properties": [{}, {"v": {}}, {"v": {"type": "number", "readOnly": True, "writeOnly": True}}],
    "items": [{}, {"type": "object"}, [{"minimum": 2, "maximum": 1}]],
    "oneOf": [[], [{"type": "object"}], [{"type": "string"}, {"type": "integer"}]],
    "readOnly": [True, False],
    "writeOnly": [True, False],
    "observable": [True, False],
    "readonly": [True],
    "titel": ["x"],
    "min": [1],
    "mediaType": ["a/b"],
    "@type": ["saref:A", ["Lamp", "saref:A"], "urn:x:y", "Lamp"],
    "additionalProperties": [{}],
    "mini_mum": [0],
    "ex:term": [1],
    "unit": ["%"],
    "uriVariables": [{}, {"u": {"type": "string"}}],
    "op": [*OPS, [OPS[0], OPS[0]], list(OPS[:2]), list(OPS[2:4]), list(OPS[5:7]), list(OPS[7:])],
    "href": [
        *("x{", "x{?u}", "x", "x%zz", "x%20", "x|", "x\\y", "x^", "x]", "", "a@b"),
        *("http://a:b@h/", "http://[fe80::1/", "http://h/x"),
    ],
    "contentType": ["text/plain; charset=utf-8", "text", "", "a/b\n", " a/b", "image/png"],
    "subprotocol": ["sse"],
    "htv:methodName": ["GET", "get", "FETCH"],
    "scopes": ["read", ["write", "other"]],
    "security": ["a_sc", "b_sc", ["a_sc", "nosec_sc"]],
    "response": [{"contentType": "text"}],
    "additionalResponses": [[{"schema": "none"}]],
    "title": ["{{ROOM}}", "<b>x</b>"],
    "titles": [{"en": "x"}, {"de": "x"}],
    "input": [{"type": "object"}, {"type": "string"}],
    "data": [{"type": "array"}, {"type": "integer", "minimum": 9, "maximum": 1}],
    "forms": [[{"href": "y", "op": "observeproperty", "subprotocol": "sse"}]],
}


def thing(**members: Any) -> dict[str, Any]:
    """One in which everything is plain."""
    return {
        "@context": TD_11,
        "title": "Thing",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "security": "nosec_sc",
        "base": "https://example.org/",
        "properties": {
            "level": {"type": "number", "minimum": 0, "maximum": 9, "forms": [{"href": "level"}]},
            "state": {
                "type": "object",
                "observable": True,
                "properties": {"v": {"type": "string", "enum": ["a", "b"]}},
                "required": ["v"],
                "forms": [
                    {"href": "state", "op": ["readproperty"]},
                    {"href": "state", "op": "observeproperty", "subprotocol": "sse"},
                ],
            },
        },
        "actions": {
            "go": {
                "input": {"type": "array", "items": {"type": "boolean", "default": False}},
                "output": {"type": "string", "minLength": 1, "maxLength": 8},
                "forms": [{"href": "go", "op": "invokeaction"}],
            }
        },
        "events": {
            "left": {
                "data": {"type": "integer", "default": 7},
                "forms": [{"href": "left", "op": "subscribeevent", "subprotocol": "sse"}],
            }
        },
        **members,
    }


OAUTH = {"scheme": "oauth2", "flow": "client", "token": "https://h/t", "scopes": ["read"]}
THINGS = {
    "plain": thing(),
    "without a base": {name: value for name, value in thing().items() if name != "base"},
    "of TD 1.0": thing(**{"@context": TD_10}),
    "with prefixes": thing(**{"@context": [TD_11, {"ex": "https://example.org/"}]}),
    "with scopes": thing(securityDefinitions={"a_sc": OAUTH}, security="a_sc"),
    "with a secret in the URI": thing(
        securityDefinitions={"a_sc": {"scheme": "apikey", "in": "uri", "name": "u"}},
        security="a_sc",
    ),
    "with a secret in the body": thing(
        securityDefinitions={"a_sc": {"scheme": "apikey", "in": "body", "name": "/v"}},
        security="a_sc",
    ),
    "that observes all": thing(
        forms=[{"href": "all", "op": "observeallproperties", "subprotocol": "sse"}]
    ),
    "with variables": thing(uriVariables={"u": {"type": "string"}}),
}


def variants(td: Any) -> Iterator[Any]:
    """Each value of each member at each place where an object is, and pairs of members of data schemas."""
    places = [where for where in paths(td) if isinstance(inside(td, where), dict)]
    for where in places:
        for name, values in VALUES.items():
            for value in values:
                changed = deepcopy(td)
                inside(changed, where)[name] = value
                yield changed


def inside(document: Any, where: tuple[Any, ...]) -> Any:
    for part in where:
        document = document[part]
    return document


def findings(document: Any) -> list[tuple[str, ...]]:
    return sorted(words(finding) for finding in validate(document))


def words(finding: Finding) -> tuple[str, ...]:
    return finding.severity, finding.path, finding.reason, finding.hint, finding.assertion


def unscreened(monkeypatch: pytest.MonkeyPatch, document: Any) -> list[tuple[str, ...]]:
    with monkeypatch.context() as patched:
        patched.setattr(plain, "odd", lambda td, version, prefixes: td)
        return findings(document)


def test_what_is_plain_is_left_out() -> None:
    rest = plain.odd(thing(), EDITIONS["1.1"], ())
    assert [rest[kind] for kind in ("properties", "actions", "events")] == [{}, {}, {}]
    assert rest["title"] == "Thing"


@pytest.mark.parametrize("td", THINGS.values(), ids=THINGS.keys())
def test_single_members(td: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for document in variants(td):
        assert findings(document) == unscreened(monkeypatch, document), document


@pytest.mark.timeout(120)
@pytest.mark.parametrize("every", [13, pytest.param(1, marks=pytest.mark.soak)])
def test_changes_of_everything(every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for document in islice(changed(), 0, None, every):
        assert findings(document) == unscreened(monkeypatch, document), document


def test_the_corpus(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0
    for path in corpus.glob("td/*/*.json*"):
        document = json.loads(path.read_text("utf-8"))
        assert findings(document) == unscreened(monkeypatch, document), path
        count += 1
    assert count > 100


@given(thing_descriptions() | mutated())
def test_random_ones(td: Any) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert findings(td) == unscreened(monkeypatch, td)
