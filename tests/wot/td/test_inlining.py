"""Contexts of Thing Descriptions as RDF: without network, of the caller, and extensions."""

import json
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Literal, Namespace, URIRef

from wot.errors import InvalidTD
from wot.td import TD_11
from wot.td.linked import to_graph, unknown_contexts

from .graphs import EX, LAMP, REMOTE, TD, lamp, one

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.mark.assertion("security-remote-context")
@pytest.mark.parametrize(
    ("document", "path"),
    [
        (lamp(REMOTE), "$['@context'][1]"),
        ({"@context": REMOTE}, "$['@context']"),
        (lamp({"a": {"@id": "td:a", "@context": REMOTE}}), "$['@context'][1].a['@context']"),
        (lamp({"@import": REMOTE}), "$['@context'][1]['@import']"),
        (lamp(forms=[{"@context": {"@import": REMOTE}}]), "$.forms[0]['@context']['@import']"),
        (lamp(**{"td:a": [{"@context": [{}, REMOTE]}]}), "$['td:a'][0]['@context'][1]"),
    ],
    ids=["array", "alone", "term", "import", "form import", "nested"],
)
def test_unknown_contexts_are_refused(document: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidTD) as caught:
        to_graph(document)
    (finding,) = caught.value.findings
    assert finding.path == path
    assert REMOTE in finding.reason
    assert "contexts=" in finding.hint
    (warning,) = unknown_contexts(document)
    assert (warning.path, warning.severity) == (path, "warning")
    to_graph(document, unknown="skip")


@pytest.mark.assertion("security-remote-context")
@pytest.mark.parametrize("relative", [True, False])
def test_files_are_not_read_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relative: bool
) -> None:
    place = tmp_path / "context.jsonld"
    place.write_text(json.dumps({"@context": {"secret": str(EX.secret)}}))
    monkeypatch.chdir(tmp_path)
    document = lamp("context.jsonld" if relative else place.as_uri(), secret=1)
    for base in ("", tmp_path.as_uri() + "/"):
        with pytest.raises(InvalidTD):
            to_graph(document, base=base)
        assert (None, EX.secret, None) not in to_graph(document, base=base, unknown="skip")


def test_skipping_keeps_what_the_document_declares_itself() -> None:
    document = lamp(REMOTE, {"ex": str(EX)}, **{"@type": ["ex:Lamp", "Light"], "ex:watts": 7})
    graph = to_graph(document, unknown="skip")
    assert one(graph, LAMP, EX.watts) == Literal(7)
    # Nobody knows what the other context says of Light: it falls to the TD's vocabulary.
    assert set(graph.objects(LAMP, RDF.type)) == {EX.Lamp, TD.Light}


@pytest.mark.assertion("security-static-context", "td-context-ns-thing-optional")
@pytest.mark.parametrize(
    "content",
    [
        {"Light": str(EX.Light)},
        {"@context": {"Light": str(EX.Light)}},
        {"@context": [{"e": str(EX)}, {"Light": {"@id": "e:Light"}}]},
        ["https://example.org/other", {"Light": "f:Light"}],
        {"@import": "https://example.org/other", "Light": "f:Light"},
        {"@context": "more/light"},
    ],
    ids=["terms", "wrapped", "array", "reference", "import", "relative"],
)
def test_contexts_of_the_caller(content: Any) -> None:
    contexts = {
        REMOTE: content,
        "https://example.org/other": {"f": str(EX)},
        "https://example.org/more/light": {"Light": str(EX.Light)},
    }
    graph = to_graph(lamp(REMOTE, **{"@type": "Light"}), contexts=contexts)
    assert one(graph, LAMP, RDF.type) == EX.Light
    assert unknown_contexts(lamp(REMOTE), contexts=contexts) == []


def test_contexts_of_the_caller_come_first() -> None:
    graph = to_graph(lamp(), contexts={TD_11: {"id": "@id", "title": str(EX.title)}})
    assert one(graph, LAMP, EX.title) == Literal("Lamp")


def test_a_relative_context_is_known_by_its_whole_url() -> None:
    contexts = {REMOTE: {"Light": str(EX.Light)}}
    document = lamp("context.jsonld", **{"@type": "Light"})
    graph = to_graph(document, base="https://example.org/lamp", contexts=contexts)
    assert one(graph, LAMP, RDF.type) == EX.Light


def test_the_base_of_another_context_is_not_that_of_the_document() -> None:
    contexts = {
        REMOTE: {"@base": "http://elsewhere.example/", "see": {"@id": str(EX.see), "@type": "@id"}}
    }
    graph = to_graph(lamp(REMOTE, see="x"), base=str(EX), contexts=contexts)
    assert one(graph, LAMP, EX.see) == EX.x


@pytest.mark.parametrize(
    "contexts",
    [
        {REMOTE: [REMOTE]},
        {REMOTE: ["https://example.org/b"], "https://example.org/b": [{}, REMOTE]},
        {REMOTE: {"a": {"@id": str(EX.a), "@context": REMOTE}}},
        {REMOTE: {"@import": REMOTE}},
    ],
    ids=["itself", "two", "scoped", "import"],
)
def test_contexts_that_contain_themselves(contexts: dict[str, Any]) -> None:
    with pytest.raises(InvalidTD, match="contains itself"):
        to_graph(lamp(REMOTE), contexts=contexts)
    assert one(to_graph(lamp(REMOTE), contexts=contexts, unknown="skip"), LAMP, TD.title)


def test_a_large_vocabulary_of_the_caller() -> None:
    terms = {f"term{index}": str(EX[f"t{index}"]) for index in range(5000)}
    graph = to_graph(lamp(REMOTE, term4711=1), contexts={REMOTE: terms})
    assert one(graph, LAMP, EX.t4711) == Literal(1)


# Extensions


@pytest.mark.assertion("td-context-ns-thing-map-of-namespaces", "td-context-ns-thing-optional")
def test_extension_vocabularies_are_kept() -> None:
    namespaces = {
        "saref": "https://w3id.org/saref#",
        "cov": "https://www.w3.org/2019/wot/coap#",
        "mqv": "https://www.w3.org/2019/wot/mqtt#",
        "watts": "https://example.org/power#watts",
    }
    form = {
        "href": "x",
        "htv:methodName": "GET",
        "cov:method": "FETCH",
        "mqv:topic": "a/b",
        "mqv:retain": True,
    }
    graph = to_graph(
        lamp(
            namespaces,
            **{"@type": "saref:LightSwitch", "watts": 7.5},
            properties={"on": {"@type": "saref:OnOffState", "forms": [form]}},
        )
    )
    saref, cov, mqv = (Namespace(namespaces[prefix]) for prefix in ("saref", "cov", "mqv"))
    assert one(graph, LAMP, RDF.type) == saref.LightSwitch
    assert float(one(graph, LAMP, URIRef(namespaces["watts"]))) == 7.5
    on = one(graph, LAMP, TD.hasPropertyAffordance)
    assert one(graph, on, RDF.type) == saref.OnOffState
    node = one(graph, on, TD.hasForm)
    assert one(graph, node, URIRef("http://www.w3.org/2011/http#methodName")) == Literal("GET")
    assert one(graph, node, cov.method) == Literal("FETCH")
    assert one(graph, node, mqv.topic) == Literal("a/b")
    assert one(graph, node, mqv.retain) == Literal(True)
    assert dict(graph.namespaces())["saref"] == URIRef(namespaces["saref"])
    assert "saref:LightSwitch" in graph.serialize(format="turtle")


def test_contexts_inside_of_a_document() -> None:
    inner = {"@context": {"w": str(EX), "plan": {"@id": "w:plan", "@type": "@json"}}, "w:power": 3}
    graph = to_graph(lamp(**{"td:a": {**inner, "plan": {"b": 1, "a": [None]}}}))
    node = one(graph, LAMP, TD.a)
    assert one(graph, node, EX.power) == Literal(3)
    assert str(one(graph, node, EX.plan)) == '{"a":[null],"b":1}'


def test_prefixes_that_no_one_can_write_in_turtle_do_no_harm() -> None:
    graph = to_graph(
        lamp({"1": str(EX), "a b": "http://example.org/b#", "td": "http://example.org/td#"})
    )
    assert one(graph, LAMP, TD.title)
    assert graph.serialize(format="turtle")
