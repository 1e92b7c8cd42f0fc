"""Thing Descriptions as RDF: contexts without network, base, extensions, limits."""

import json
import re
import socket
import subprocess
import sys
import urllib.request
from importlib import resources
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, XSD, BNode, Literal, Namespace, URIRef

from wot.errors import InvalidTD
from wot.td import TD_10, TD_11
from wot.td.linked import to_graph, to_ntriples, to_quads, unknown_contexts

TD = Namespace("https://www.w3.org/2019/wot/td#")
HCTL = Namespace("https://www.w3.org/2019/wot/hypermedia#")
JSONSCHEMA = Namespace("https://www.w3.org/2019/wot/json-schema#")
WOTSEC = Namespace("https://www.w3.org/2019/wot/security#")
DISCOVERY = Namespace("https://www.w3.org/2022/wot/discovery-ontology#")
EX = Namespace("http://example.org/")
LAMP = URIRef("urn:lamp")
CONTEXTS = resources.files("wot.td") / "contexts"
REMOTE = "https://example.org/context.jsonld"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was touched")

    for owner, name in (
        (socket.socket, "connect"),
        (socket.socket, "connect_ex"),
        (socket, "create_connection"),
        (socket, "getaddrinfo"),
        (urllib.request, "urlopen"),
        (urllib.request.OpenerDirector, "open"),
    ):
        monkeypatch.setattr(owner, name, touched)


def lamp(*contexts: Any, **members: Any) -> dict[str, Any]:
    return {"@context": [TD_11, *contexts], "id": "urn:lamp", "title": "Lamp", **members}


def one(graph: Any, subject: Any, predicate: Any) -> Any:
    found = list(graph.objects(subject, predicate))
    assert len(found) == 1, found
    return found[0]


# What a TD says


def test_a_thing_with_everything_in_its_place() -> None:
    graph = to_graph(
        lamp(
            securityDefinitions={"basic_sc": {"scheme": "basic", "in": "header"}},
            security="basic_sc",
            properties={
                "level": {
                    "type": "integer",
                    "minimum": 0,
                    "unit": "http://qudt.org/vocab/unit/PERCENT",
                    "forms": [{"href": "level", "op": ["readproperty", "observeproperty"]}],
                }
            },
            actions={
                "fade": {"input": {"type": "object", "properties": {"to": {"type": "number"}}}}
            },
        ),
        base="http://example.org/lamp",
    )
    assert one(graph, LAMP, TD.title) == Literal("Lamp", lang="en")
    level = one(graph, LAMP, TD.hasPropertyAffordance)
    assert one(graph, level, TD.name) == Literal("level")
    assert one(graph, level, RDF.type) == JSONSCHEMA.IntegerSchema
    assert one(graph, level, JSONSCHEMA.minimum) == Literal(0)
    assert one(graph, level, URIRef("http://schema.org/unitCode")) == URIRef(
        "http://qudt.org/vocab/unit/PERCENT"
    )
    form = one(graph, level, TD.hasForm)
    assert set(graph.objects(form, HCTL.hasOperationType)) == {
        TD.readProperty,
        TD.observeProperty,
    }
    fade = one(graph, LAMP, TD.hasActionAffordance)
    member = one(graph, one(graph, fade, TD.hasInputSchema), JSONSCHEMA.properties)
    assert one(graph, member, JSONSCHEMA.propertyName) == Literal("to")
    scheme = one(graph, LAMP, TD.definesSecurityScheme)
    assert one(graph, scheme, RDF.type) == WOTSEC.BasicSecurityScheme
    assert one(graph, scheme, TD.hasInstanceConfiguration) == EX.basic_sc


@pytest.mark.assertion("td-context-ns-td10-namespacev10", "td-context-ns-td10-namespace")
@pytest.mark.parametrize(
    "context",
    [
        TD_10,
        [TD_10],
        [TD_10, TD_11],
        [TD_10, TD_11, {}],
        "http://www.w3.org/2022/wot/td/v1.1",
        "https://www.w3.org/2022/wot/td/v1.1#",
        "https://www.w3.org/2022/wot/td/v1.1/",
        "https://w3.org/2019/wot/td/v1",
        "http://www.w3.org/ns/td",
    ],
    ids=str,
)
def test_spellings_of_the_context(context: Any) -> None:
    document = lamp(properties={"on": {"type": "boolean", "forms": [{"href": "on"}]}})
    assert to_ntriples({**document, "@context": context}) == to_ntriples(document)


def test_text_bytes_and_decoded_documents_are_the_same() -> None:
    document = lamp(description="Größe")
    text = json.dumps(document, ensure_ascii=False)
    assert to_ntriples(text) == to_ntriples(text.encode()) == to_ntriples(document)
    assert "Gr" in to_ntriples(document)


def test_the_document_stays_as_it_is() -> None:
    document = lamp({"ex": str(EX)}, forms=[{"@context": [TD_11], "href": "x"}])
    before = json.dumps(document)
    to_graph(document)
    assert json.dumps(document) == before


def test_discovery() -> None:
    document = lamp(
        "https://www.w3.org/2022/wot/discovery",
        **{"@type": "ThingDirectory", "created": "2026-01-01T00:00:00Z"},
        registration={"created": "2026-01-02T00:00:00Z", "ttl": 60},
    )
    graph = to_graph(document)
    assert one(graph, LAMP, RDF.type) == DISCOVERY.ThingDirectory
    registration = one(graph, LAMP, DISCOVERY.hasRegistrationInformation)
    created = one(graph, registration, DISCOVERY.dateCreated)
    assert (str(created), created.datatype) == ("2026-01-02T00:00:00Z", XSD.dateTime)


# Contexts


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


# IRIs


@pytest.mark.assertion("td-vocab-base--Thing")
def test_the_base_of_a_td_is_for_hrefs_only() -> None:
    document = lamp(
        base="http://lamp.example/",
        links=[{"href": "manual", "anchor": "part"}],
        **{"td:see": {"@id": "other"}},
    )
    graph = to_graph(document, base="http://directory.example/things/lamp")
    assert one(graph, LAMP, TD.baseURI) == Literal("http://lamp.example/")
    link = one(graph, LAMP, TD.hasLink)
    assert one(graph, link, HCTL.hasTarget) == Literal("manual", datatype=XSD.anyURI)
    assert one(graph, link, HCTL.hasAnchor) == URIRef("http://directory.example/things/part")
    assert one(graph, LAMP, TD.see) == URIRef("http://directory.example/things/other")


def test_without_base_relative_references_are_left_out() -> None:
    graph = to_graph(lamp(links=[{"href": "manual", "anchor": "part"}]))
    link = one(graph, LAMP, TD.hasLink)
    assert one(graph, link, HCTL.hasTarget) == Literal("manual", datatype=XSD.anyURI)
    assert list(graph.objects(link, HCTL.hasAnchor)) == []


def test_ids() -> None:
    anonymous = lamp()
    del anonymous["id"]
    assert isinstance(one_subject(anonymous), BNode)
    assert one_subject({**anonymous, "@id": "urn:lamp"}) == LAMP
    assert one_subject(lamp(id="lamp"), base="http://example.org/things/") == EX["things/lamp"]
    assert one_subject(lamp({"@base": str(EX)}, id="lamp")) == EX.lamp
    assert isinstance(one_subject(lamp(id="_:lamp")), BNode)


def one_subject(document: Any, base: str = "") -> Any:
    (subject,) = to_graph(document, base=base).subjects(TD.title)
    return subject


@pytest.mark.parametrize(
    "name", ["lamp", "urn:my lamp", "urn:{{NAME}}", "http://[", "http://a/<b>"]
)
def test_an_id_that_is_no_iri_is_refused(name: str) -> None:
    with pytest.raises(InvalidTD) as caught:
        to_graph(lamp(id=name))
    assert caught.value.findings[0].path == "$.id"


def test_models() -> None:
    model = lamp(
        **{"@type": "tm:ThingModel", "tm:optional": ["/actions/fade"]},
        id="urn:{{NAME}}",
        links=[{"rel": "tm:extends", "href": "base.tm.jsonld"}],
        properties={"on": {"tm:ref": "base.tm.jsonld#/properties/on"}},
    )
    graph = to_graph(model)
    # TD 1.1 section 4 gives 2022 for the namespace; its context and its ontology have 2019.
    tm = Namespace("https://www.w3.org/2019/wot/tm#")
    (subject,) = graph.subjects(RDF.type, tm.ThingModel)
    assert isinstance(subject, BNode)  # a placeholder is no IRI yet
    assert one(graph, subject, tm.optional) == Literal("/actions/fade")
    assert str(one(graph, one(graph, subject, TD.hasPropertyAffordance), tm.ref)).startswith("base")


def test_dates_that_are_none_are_kept_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    dates = [f"yesterday {index}" for index in range(1000)]
    graph = to_graph(lamp(created=dates))
    created = set(graph.objects(LAMP, URIRef("http://purl.org/dc/terms/created")))
    assert {(str(date), date.datatype) for date in created} == {
        (date, XSD.dateTime) for date in dates
    }
    assert caplog.records == []


# Where specifications and official files contradict each other


def test_namespace_of_discovery() -> None:
    # The text of Discovery has discovery#, its context and its ontology have discovery-ontology#.
    document = lamp("https://www.w3.org/2022/wot/discovery", **{"@type": "ThingLink"})
    assert one(to_graph(document), LAMP, RDF.type) == DISCOVERY.ThingLink


def test_ttl_is_an_unsigned_int() -> None:
    # The official JSON Schema has number, the official context unsignedInt.
    document = lamp("https://www.w3.org/2022/wot/discovery", registration={"ttl": 60})
    graph = to_graph(document)
    ttl = one(graph, one(graph, LAMP, DISCOVERY.hasRegistrationInformation), DISCOVERY.ttl)
    assert ttl == Literal("60", datatype=XSD.unsignedInt)


def test_the_discovery_context_stands_on_its_own() -> None:
    # The official one has types like xsd:integer, and leaves the prefix to the context of TDs.
    document = {
        "@context": "https://www.w3.org/2022/wot/discovery",
        "@id": "http://example.org/things",
        "@type": "ThingCollection",
        "total": 3,
    }
    assert one(to_graph(document), EX.things, DISCOVERY.contains) == Literal(
        "3", datatype=XSD.integer
    )


@pytest.mark.assertion("td-text-at-direction")
@pytest.mark.parametrize("direction", ["ltr", "rtl", None])
def test_base_direction(direction: str | None) -> None:
    # TD 1.1 permits @direction, and JSON-LD leaves it out of RDF; Oxigraph would say it in the way of RDF 1.2.
    document = lamp(
        {"@direction": direction, "t": {"@id": "td:t", "@direction": "rtl", "@language": "ar"}},
        t="x",
        **{"td:u": {"@value": "y", "@language": "de", "@direction": "ltr"}},
    )
    graph = to_graph(document)
    assert one(graph, LAMP, TD.title) == Literal("Lamp", lang="en")
    assert one(graph, LAMP, TD.t) == Literal("x", lang="ar")
    assert one(graph, LAMP, TD.u) == Literal("y", lang="de")
    assert to_graph({**document, "@context": TD_11, "t": 1, "td:u": 1})


# Other shapes of the same


def test_quads_of_one_thing_stand_in_one_graph() -> None:
    name = "http://example.org/graph"
    quads = to_quads(lamp(properties={"on": {"type": "boolean"}}), graph=name)
    assert len(quads) == 4
    assert {quad.graph_name for quad in quads} == {ox.NamedNode(name)}
    with pytest.raises(InvalidTD, match="Named graphs"):
        to_quads(lamp(**{"td:a": {"@id": "urn:other", "@graph": [{"td:b": 1}]}}))


def test_blank_nodes_of_two_documents_are_never_the_same() -> None:
    document = lamp(**{"td:a": {"@id": "_:b0", "td:b": 1}})
    first, second = (
        {quad.subject for quad in to_quads(document)} - {ox.NamedNode("urn:lamp")} for _ in "ab"
    )
    assert first
    assert not first & second


def test_ntriples_are_stable() -> None:
    document = lamp(
        properties={
            name: {"type": "object", "properties": {part: {"type": "number"} for part in "xyz"}}
            for name in ("b", "a", "c")
        },
        forms=[{"href": "x"}, {"href": "x"}],
    )
    text = to_ntriples(document)
    backwards = json.loads(
        json.dumps(document), object_pairs_hook=lambda members: dict(reversed(members))
    )
    assert list(backwards) == list(reversed(document))
    assert {to_ntriples(backwards) for _ in range(3)} == {text}
    lines = text.splitlines()
    assert lines == sorted(lines)
    assert len(set(ox.parse(text, ox.RdfFormat.N_TRIPLES))) == len(lines) == len(to_graph(document))


# Limits


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


def test_libraries_are_imported_when_they_are_needed() -> None:
    code = "import sys, wot.td.linked; print({'rdflib', 'pyoxigraph'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
