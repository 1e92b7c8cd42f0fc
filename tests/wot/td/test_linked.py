"""Thing Descriptions as RDF: what they say, and IRIs."""

import json
import subprocess
import sys
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import RDF, XSD, BNode, Literal, Namespace, URIRef

from wot.errors import InvalidTD
from wot.td import TD_10, TD_11
from wot.td.linked import to_graph, to_ntriples, to_quads

from .graphs import DISCOVERY, EX, HCTL, JSONSCHEMA, LAMP, TD, WOTSEC, lamp, one

pytestmark = pytest.mark.usefixtures("no_network")


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


def test_libraries_are_imported_when_they_are_needed() -> None:
    code = "import sys, wot.td.linked; print({'rdflib', 'pyoxigraph'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
