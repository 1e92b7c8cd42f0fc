"""Thing Descriptions as RDF, within limits: what would cost too much, and what is no JSON-LD."""

import json
import re
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.errors import InvalidTD
from wot.td import TD_11
from wot.td.linked import to_graph, to_ntriples, to_quads

from .graphs import EX, REMOTE, lamp

pytestmark = pytest.mark.usefixtures("no_network")

CONTEXTS = resources.files("wot.td") / "contexts"


def nested(depth: int, inner: Any) -> Any:
    for _ in range(depth):
        inner = {"td:a": inner}
    return inner


def deeper(depth: int) -> Any:
    context: Any = {"x": str(EX.x)}
    for _ in range(depth):
        context = {"p": {"@id": str(EX.p), "@context": context}}
    return context


WORDS = [f"t{index}" for index in range(300)]
CHAIN = {f"p{index + 1}": f"p{index}:" for index in range(30_000)}
TERMS = list(json.loads((CONTEXTS / "data-schema.jsonld").read_text("utf-8"))["@context"])
HOSTILE: dict[str, Any] = {
    "deep": nested(5000, 1),
    "many values, deep down": nested(40, [1] * 300_000),
    "scopes": {"a": [{"forms": {}}] * 60_000, "x": [*TERMS, "input", "output", "data"]},
    "long name": {"properties": {"x" * 400_000: [{}] * 100_000}},
    "long id": {"id": "urn:" + "x" * 400_000, **{f"k{index}": 1 for index in range(40_000)}},
    "chain of prefixes": {"@context": [TD_11, {**CHAIN, "p0": str(EX)}], "p30000": 1},
    "chain of contexts": {
        "@context": [{name: value} for name, value in CHAIN.items()],
        "p30000": 1,
    },
    "chain of terms in use": {"@context": [TD_11, CHAIN], "td:a": list(CHAIN)},
    "long prefix": {
        "@context": [TD_11, {"p": str(EX) + "x" * 300_000 + "#"}],
        "td:a": ["p:x"] * 50_000,
    },
    "another name for id": {
        "@context": [TD_11, {"me": "id"}],
        "me": "urn:" + "x" * 400_000,
        **{f"k{index}": 1 for index in range(40_000)},
    },
    "contexts everywhere": {
        "a": [{"@context": {word: str(EX[word])}} for word in WORDS],
        "x": WORDS,
    },
    "large contexts, often": {
        "@context": [TD_11, {word: str(EX[word]) for word in WORDS[:190]}],
        "x": WORDS,
        "a": [{"@context": {}}] * 60_000,
    },
    "one context, often": {"@context": [TD_11, {}] * 60_000, "x": WORDS, "properties": {}},
    "scope in scope": {"@context": [TD_11, deeper(70)], "p": 1},
    "cycle": {"@context": [TD_11, {"a": "b:x", "b": "a:x"}], "a": 1},
}


@pytest.mark.assertion("security-jsonld-expansion")
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_documents_are_refused_before_they_cost_much(case: str) -> None:
    with pytest.raises(InvalidTD):
        to_quads({"@context": TD_11, "id": "urn:x", **HOSTILE[case]})


@pytest.mark.assertion("security-jsonld-expansion")
def test_large_documents_that_mean_no_harm_are_read() -> None:
    affordance = {"type": "integer", "forms": [{"href": "x", "op": "readproperty"}]}
    large = lamp(properties={f"p{index}": affordance for index in range(2000)})
    assert len(to_quads(large)) == 1 + 2000 * 6
    assert len(to_quads(lamp(description="x" * 1_000_000))) == 2
    assert len(to_quads(lamp(deeper(15), p=nested(40, 1)))) == 42


@pytest.mark.parametrize(
    "document",
    [
        {"@context": 5},
        {"@context": {"a": 5}, "a": 1},
        lamp(**{"@type": 3}),
        lamp({"@version": 2}),
        lamp({"@import": 5}),
        lamp({"title": {"@id": 5}}),
        {"title": "no context"},
        [],
        "{",
        b"\xff",
        lamp(title=object()),
    ],
    ids=repr,
)
def test_what_is_no_json_ld_is_refused(document: Any) -> None:
    for unknown in ("refuse", "skip"):
        with pytest.raises(InvalidTD):
            to_quads(document, unknown=unknown)  # type: ignore[arg-type]


TEXTS = st.sampled_from(
    re.findall(
        r"\S+",
        """
        @id @type @context @import @value @graph @list @set @reverse @nest @included @container @index @language
        @vocab @base @json @none @direction @propagate @version @protected @prefix id title properties forms a b:c :
        https://example.org/context.jsonld
        """,
    )
) | st.sampled_from(["", "x y"])
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(context=ANYTHING, document=st.dictionaries(TEXTS, ANYTHING, max_size=5))
def test_nothing_else_is_ever_raised(context: Any, document: dict[str, Any]) -> None:
    document = {**document, "@context": [TD_11, context]}
    given_too: Any = {"base": str(EX), "contexts": {REMOTE: [context]}, "unknown": "skip"}
    try:
        graph = to_graph(document, **given_too)
    except InvalidTD:
        return
    assert len(graph) == len(to_ntriples(document, **given_too).splitlines())


def test_triples_are_bounded_and_those_of_a_graph_sooner() -> None:
    some = {**lamp(), "td:a": list(range(45_000))}
    assert len(to_quads(some)) > 45_000
    with pytest.raises(InvalidTD, match="more than 40,000 triples"):
        to_graph(some)
    with pytest.raises(InvalidTD, match="more than 100,000 triples"):
        to_ntriples({**lamp(), "td:a": list(range(105_000))})
