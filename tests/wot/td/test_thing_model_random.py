"""Random models, and random graphs of them: always a result or InvalidTD, soon, and the same each time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.errors import InvalidTD
from wot.td.placeholders import copied
from wot.td.reading import is_shallow
from wot.td.thing_model import (
    check_model,
    check_sources,
    compare,
    complete,
    derive,
    missing,
    placeholders,
    resolve_model,
)
from wot.td.vocabulary import TD_11

Json = dict[str, Any]
NAMES = ("a", "b", "c", "d")
KINDS = ("properties", "actions", "events")
MODEL = {"@context": TD_11, "@type": "tm:ThingModel", "title": "Any {{X}}"}


def outcome(work: Callable[[], Any]) -> Any:
    """What `work` gives, or its findings; anything else but InvalidTD is a fault."""
    start, found = monotonic(), None
    try:
        result = work()
    except InvalidTD as error:
        found = error.findings
    assert monotonic() - start < 5
    if found is None:
        return result
    assert found
    assert all(finding.path.startswith("$") and finding.reason for finding in found)
    return [finding[:2] for finding in found]


URLS = st.sampled_from(
    [f"http://example.com/{name}.tm.json" for name in NAMES]
    + [f"./{name}.tm.json" for name in NAMES]
)
POINTERS = st.sampled_from(
    [f"/properties/{name}" for name in NAMES[:3]] * 4
    + [
        "/actions/a",
        "",
        "/properties",
        "/properties/a/items",
        "/properties/b/properties/a",
        "/title",
        "/none",
    ]
)
REFERENCES = st.builds(lambda url, pointer: f"{url}#{pointer}", st.just("") | URLS, POINTERS)


PLAIN = {
    "type": st.sampled_from(["integer", "object", "number", None]),
    "title": st.sampled_from(["T", None, "{{X}}"]),
    "const": st.sampled_from([None, 1]),
}


def schema(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    more = {
        "items": inner,
        "properties": st.dictionaries(st.sampled_from(NAMES[:2]), inner, max_size=2),
    }
    plain = st.fixed_dictionaries({}, optional={**PLAIN, **more})
    return plain | st.fixed_dictionaries({"tm:ref": REFERENCES}, optional={**PLAIN, **more})


SCHEMAS = st.recursive(schema(st.just({})), schema, max_leaves=3)
AFFORDANCES = st.fixed_dictionaries(
    dict.fromkeys(NAMES[:2], SCHEMAS), optional=dict.fromkeys(NAMES[2:], SCHEMAS)
)
LINKS = st.fixed_dictionaries(
    {"rel": st.sampled_from(["tm:extends", "tm:submodel", "item"]), "href": URLS},
    optional={"instanceName": st.sampled_from(NAMES[:2])},
)
MODELS = st.fixed_dictionaries(
    {**{name: st.just(value) for name, value in MODEL.items()}, "properties": AFFORDANCES},
    optional={
        "actions": st.dictionaries(st.sampled_from(NAMES[:3]), SCHEMAS, max_size=2),
        "links": st.lists(LINKS, max_size=2),
        "tm:optional": st.lists(POINTERS, max_size=2),
    },
)
GRAPHS = st.fixed_dictionaries({f"http://example.com/{name}.tm.json": MODELS for name in NAMES})


def walk_graph(graph: Mapping[str, Json]) -> None:
    before = copied(dict(graph))
    top = "http://example.com/a.tm.json"
    resolved = outcome(lambda: resolve_model(graph[top], graph.__getitem__, top))
    if isinstance(resolved, dict):
        text = json.dumps(resolved)
        assert '"tm:ref"' not in text
        assert '"tm:extends"' not in text
        assert is_shallow(resolved)
        assert resolve_model(resolved, None, top) == resolved
        assert outcome(lambda: check_sources(graph[top], graph.__getitem__, base=top)) is not None
    for compose in ("linked", "contained", "merged", "alone"):
        tds = outcome(
            lambda how=compose: derive(
                graph[top], graph.__getitem__, base=top, include="all", values={"X": 1}, compose=how
            )
        )
        if tds and isinstance(tds[0], dict):
            assert "tm:" not in json.dumps(tds)
            assert len(tds) == 1 or compose == "linked"
            if isinstance(resolved, dict):
                assert not [
                    found for found in compare(tds[0], resolved) if found.severity == "error"
                ]
    assert graph == before


@given(GRAPHS)
@settings(max_examples=100)
def test_graphs_with_loops_and_diamonds(graph: dict[str, Json]) -> None:
    walk_graph(graph)


@pytest.mark.soak
@pytest.mark.timeout(900)
@given(GRAPHS)
@settings(max_examples=5_000)
def test_many_graphs(graph: dict[str, Json]) -> None:
    walk_graph(graph)


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", "x", "{{X}}", "#", "./b#/x", "tm:ThingModel", "http://[", "//[#/x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "a",
                    "tm:ref",
                    "rel",
                    "href",
                    "forms",
                    "security",
                    "properties",
                    "",
                    "@type",
                    "{{X}}",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)
TERMS = st.sampled_from(
    [
        "@context",
        "title",
        "links",
        "version",
        "base",
        "id",
        "security",
        "securityDefinitions",
        "schemaDefinitions",
        "uriVariables",
        "forms",
        "tm:optional",
        "tm:required",
        "tm:ref",
        "tm:other",
        *KINDS,
    ]
)


@given(
    st.dictionaries(TERMS, ANY, max_size=5),
    st.dictionaries(TERMS, ANY, max_size=4),
    st.sampled_from(["", "http://h/a"]),
)
@settings(max_examples=100)
def test_whatever_stands_in_a_model(members: Json, others: Json, base: str) -> None:
    model = {
        **MODEL,
        "links": [{"rel": "tm:extends", "href": "b"}, {"rel": "tm:submodel", "href": "c"}],
        **members,
    }
    other = {**MODEL, **others}

    def resolver(url: str) -> Any:
        if url.endswith("x"):
            raise LookupError(url)
        return other

    before = copied([model, other])
    for work in (
        lambda: resolve_model(model, resolver, base),
        lambda: derive(model, resolver, base=base, values={"X": [1]}, include="all"),
        lambda: derive(model, resolver, base=base, values={"X": {"a": {}}}, compose="contained"),
        lambda: derive(model, resolver, base=base, compose="merged", include=["a"]),
        lambda: list(check_model(model)),
        lambda: check_sources(model, resolver, base=base),
        lambda: compare(other, model, resolver, base=base),
        lambda: compare(model, other, resolver, base=base),
        lambda: missing(complete(model, base="http://h/", security="nosec", version="1")),
        lambda: missing(
            complete(other, security={"s": {"scheme": "nosec"}}, title="T", id="urn:x")
        ),
        lambda: placeholders(model),
    ):
        outcome(work)
    assert [model, other] == before


def named(pairs: int) -> Json:
    """References that double what they stand for with each line."""
    properties: Json = {"p0": {"type": "integer"}}
    for number in range(1, pairs):
        two = {name: {"tm:ref": f"#/properties/p{number - 1}"} for name in "ab"}
        properties[f"p{number}"] = {"type": "object", "properties": two}
    return {**MODEL, "properties": properties}


def chain(length: int) -> Json:
    properties: Json = {f"p{n}": {"tm:ref": f"#/properties/p{n - 1}"} for n in range(length, 0, -1)}
    return {**MODEL, "properties": {**properties, "p0": {"type": "integer"}}}


def endless(url: str) -> Json:
    number = int(url.rpartition("/")[2])
    return {**MODEL, "links": [{"rel": "tm:extends", "href": str(number + 1)}]}


def parts(url: str) -> Json:
    number = int(url.rpartition("/")[2])
    links = [{"rel": "tm:submodel", "href": str(number + 1), "instanceName": name} for name in "ab"]
    return {**MODEL, "links": links if number < 100 else []}


WIDE: Json = {
    "p": {"properties": {f"m{number}": {} for number in range(10_000)}},
    **{
        f"q{number}": {"tm:ref": "#/properties/p/properties", "x": {"y": 1}}
        for number in range(3_000)
    },
}
HOSTILE: dict[str, tuple[Callable[[], Any], str]] = {
    "doubling": (lambda: resolve_model(named(30)), "stand for more than"),
    "doubling more": (lambda: resolve_model(named(60)), "nested too deeply|stand for more than"),
    "a great object copied": (
        lambda: resolve_model({**MODEL, "properties": WIDE}),
        "stand for more than",
    ),
    "a long chain": (lambda: resolve_model(chain(5_000)), "lead too deep"),
    "a reference below itself": (
        lambda: resolve_model({**MODEL, "properties": {"a": {"tm:ref": "#/properties/a/b"}}}),
        "lead too deep",
    ),
    "the whole in itself": (
        lambda: resolve_model({**MODEL, "a": {"tm:ref": "#"}}),
        "refers to itself",
    ),
    "extending for ever": (
        lambda: resolve_model(endless("/0"), endless, "http://h/0"),
        "more than 200 models",
    ),
    "parts of parts": (
        lambda: derive(parts("/0"), parts, base="http://h/0"),
        "more than 200 parts",
    ),
    "parts in parts": (
        lambda: derive(parts("/0"), parts, base="http://h/0", compose="contained"),
        "more than 200 parts|levels",
    ),
    "values without end": (
        lambda: derive({**MODEL, "title": "{{A}}" * 50_000}, values={"A": "x" * 10_000}),
        "fill more than",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_models_cost_little(name: str) -> None:
    work, reason = HOSTILE[name]
    start = monotonic()
    with pytest.raises(InvalidTD) as caught:
        work()
    assert monotonic() - start < 2
    assert any(part in caught.value.findings[-1].reason for part in reason.split("|"))


def test_a_stack_that_is_half_full_suffices() -> None:
    def deeper(levels: int) -> Any:
        return deeper(levels - 1) if levels else outcome(lambda: resolve_model(chain(5_000)))

    assert "lead too deep" in deeper(sys.getrecursionlimit() // 4)[0][1]


def test_what_is_used_again_is_resolved_once() -> None:
    """A diamond of 60 levels has 2^60 ways through it."""

    def level(url: str) -> Json:
        number = int(url.rpartition("/")[2])
        hrefs = [str(number + 2), str(number + 2 + number % 2)] if number < 120 else []
        links = [{"rel": "tm:extends", "href": href} for href in hrefs]
        return {**MODEL, "links": links, "properties": {f"p{number}": {}}}

    resolved = resolve_model(level("/0"), level, "http://h/0")
    assert "p120" in resolved["properties"]
