"""Thing Descriptions as linked data: RDF by JSON-LD, with contexts that are never fetched, within limits."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args
from urllib.parse import urljoin

import msgspec

from wot.errors import Finding, InvalidTD
from wot.td.arguments import ArgumentError, check_mapping, check_texts, check_word
from wot.td.editions import is_model
from wot.td.inlining import Inlining, needed, reduced, words
from wot.td.node import Json, at
from wot.td.reading import Document, read
from wot.td.workload import Survey, check_work

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib

Unknown = Literal["refuse", "skip"]
# Triples: of all, and of those that rdflib takes, which costs ten times as much for each. Both are about a second.
_MOST, _MOST_IN_GRAPH = 100_000, 40_000
_UNKNOWN: tuple[str, ...] = get_args(Unknown)
NONE: Mapping[str, Any] = MappingProxyType({})

_PREFIXES: Mapping[str, str] = {
    "td": "https://www.w3.org/2019/wot/td#",
    "jsonschema": "https://www.w3.org/2019/wot/json-schema#",
    "wotsec": "https://www.w3.org/2019/wot/security#",
    "hctl": "https://www.w3.org/2019/wot/hypermedia#",
    "tm": "https://www.w3.org/2019/wot/tm#",
    "htv": "http://www.w3.org/2011/http#",
    "discovery": "https://www.w3.org/2022/wot/discovery-ontology#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_STRING = _PREFIXES["xsd"] + "string"


def to_graph(
    document: Document,
    *,
    base: str = "",
    contexts: Mapping[str, Any] = NONE,
    unknown: Unknown = "refuse",
) -> rdflib.Graph:
    """What a TD or TM says, as an RDF graph in memory.

    Relative references are resolved against `base`, the URL of the document; without it, triples with one are left
    out. (The TD's own `base` is for `href`s only, and those are literals.) Contexts come from the package or, before
    it, from `contexts` (URL → content). Another one raises InvalidTD, or with `unknown="skip"` is passed over: the
    terms that only it defines are then taken for terms of the TD vocabulary.
    """
    import rdflib

    prepared = _prepare(document, base, contexts, unknown)
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    for prefix, namespace in prepared.prefixes:
        graph.bind(prefix, namespace, override=False)
    known: dict[Any, Any] = {}
    with _without_a_word_on_each_literal():
        for quad in _parsed(prepared, base, _MOST_IN_GRAPH):
            terms = [quad.subject, quad.predicate, quad.object]
            for term in terms:
                if term not in known:
                    known[term] = _rdflib_term(term)
            subject, predicate, value = (known[term] for term in terms)
            graph.add((subject, predicate, value))
    return graph


def to_quads(
    document: Document,
    *,
    base: str = "",
    contexts: Mapping[str, Any] = NONE,
    unknown: Unknown = "refuse",
    graph: str = "",
) -> list[pyoxigraph.Quad]:
    """The same for a store of Oxigraph, in the graph of that name or the default one; blank nodes are fresh."""
    import pyoxigraph as ox

    check_texts(graph=graph)
    name = _named("graph", graph) if graph else None
    quads = _parsed(_prepare(document, base, contexts, unknown), base)
    if name is None:
        return list(quads)
    return [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads]


def to_ntriples(
    document: Document,
    *,
    base: str = "",
    contexts: Mapping[str, Any] = NONE,
    unknown: Unknown = "refuse",
) -> str:
    """The same as text, sorted; documents that are equal as JSON give the same text."""
    import pyoxigraph as ox

    names: dict[Any, Any] = {}

    def named(term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term, ox.BlankNode(f"b{len(names)}"))

    lines = {
        f"{named(quad.subject)} {quad.predicate} {named(quad.object)} .\n"
        for quad in _parsed(_prepare(document, base, contexts, unknown), base)
    }
    return "".join(sorted(lines))


def unknown_contexts(
    document: Document, *, base: str = "", contexts: Mapping[str, Any] = NONE
) -> list[Finding]:
    """The contexts that `unknown="skip"` passes over, as warnings."""
    _check(base, contexts, "skip")
    inlining = Inlining(contexts, base)
    inlining.document(read(document), nested=True)
    return [finding._replace(severity="warning") for finding in inlining.findings]


class _Prepared(NamedTuple):
    text: bytes
    prefixes: list[tuple[str, str]]
    is_directed: bool  # says `@direction` somewhere


def _prepare(
    document: Document, base: str, contexts: Mapping[str, Any], unknown: Unknown
) -> _Prepared:
    """The document as JSON-LD that refers to no other one, with those definitions only that it needs."""
    _check(base, contexts, unknown)
    json = read(document)
    if "@context" not in json:
        reason = "the member '@context' is missing, so that no term has a meaning"
        raise InvalidTD([Finding("$", reason, assertion="td-context")])
    survey = Survey.of(json)
    inlining = Inlining(contexts, base)
    whole = inlining.document(json, nested="@context" in survey.words)
    if inlining.findings and unknown == "refuse":
        raise InvalidTD(inlining.findings)
    used = words(survey.words)
    needed(inlining.parts, used)
    done: dict[int, Json] = {}
    for place in inlining.places:
        place["@context"] = reduced(place["@context"], used, done)
    check_work(survey, inlining, used, whole["@context"])
    own = {name: value for part in inlining.own for name, value in part.items()}
    if "@base" not in own:
        _check_id(whole, base)
    text = _encoded(whole)
    prefixes = [
        (name, value) for name, value in own.items() if name in used and _is_prefix(name, value)
    ]
    return _Prepared(text, prefixes, b'"@direction"' in text)


def _check(base: str, contexts: Mapping[str, Any], unknown: Unknown) -> None:
    """Raises for arguments that mean nothing; the parser would blame the document."""
    check_texts(base=base)
    check_mapping("contexts", contexts)
    check_word("unknown", unknown, _UNKNOWN)
    if base:
        _named("base", base)


def _named(argument: str, iri: str) -> pyoxigraph.NamedNode:
    import pyoxigraph as ox

    try:
        return ox.NamedNode(iri)
    except ValueError:
        hint = "give one with a scheme, for instance https://… or urn:…"
        raise ArgumentError(f"{argument}={iri!r} is no IRI", hint=hint) from None


def _check_id(json: Json, base: str) -> None:
    """Raises InvalidTD where the Thing has an id that is no IRI: all that is said about it would be lost."""
    import pyoxigraph as ox

    member = "@id" if "@id" in json else "id"
    name = json.get(member)
    if not isinstance(name, str) or name.startswith("_:"):
        return
    try:
        ox.NamedNode(urljoin(base, name))
    except ValueError:
        if is_model(json) and "{{" in name:
            del json[member]  # a model that has no IRI yet is a blank node
            return
        hint = "give one with a scheme, for instance urn:uuid:…, or base= for a relative one"
        reason, assertion = f"{name!r} is no IRI", "td-vocab-id--Thing"
        raise InvalidTD([Finding(at("$", member), reason, hint, assertion=assertion)]) from None


def _encoded(json: Json) -> bytes:
    try:
        return msgspec.json.encode(json, order="sorted")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidTD([Finding("$", f"not JSON: {error}")]) from None


_NAME = re.compile(r"[A-Za-z][\w-]*").fullmatch


def _is_prefix(name: str, value: Any) -> bool:
    return isinstance(value, str) and value.endswith(("#", "/")) and _NAME(name) is not None


def _parsed(prepared: _Prepared, base: str, most: int = _MOST) -> Iterator[pyoxigraph.Quad]:
    import pyoxigraph as ox

    try:
        found = ox.parse(
            prepared.text,
            ox.RdfFormat.JSON_LD,
            base_iri=base or None,
            without_named_graphs=True,
            rename_blank_nodes=True,
        )
        for number, quad in enumerate(found):
            if number >= most:
                hint = "to_quads takes more of them" if most < _MOST else ""
                raise InvalidTD([Finding("$", f"it has more than {most:,} triples", hint)])
            yield _undirected(quad) if prepared.is_directed else quad
    except SyntaxError as error:
        raise InvalidTD([Finding("$", f"not JSON-LD: {error.msg}")]) from None


def _undirected(quad: Any) -> Any:
    """Without base direction, which JSON-LD 1.1 leaves out of RDF unless it is told how to say it."""
    import pyoxigraph as ox

    value = quad.object
    if not isinstance(value, ox.Literal) or value.direction is None:
        return quad
    value = ox.Literal(value.value, language=value.language)
    return ox.Quad(quad.subject, quad.predicate, value)


def _rdflib_term(term: Any) -> Any:
    import pyoxigraph as ox
    import rdflib

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    if datatype == _STRING:
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(datatype), normalize=False)


@contextmanager
def _without_a_word_on_each_literal() -> Generator[None]:
    """While it lasts, rdflib logs no traceback for a date or number that is none: TDs of others are full of them."""
    thread = threading.get_ident()
    logger = logging.getLogger("rdflib.term")

    def elsewhere(record: logging.LogRecord) -> bool:
        return record.thread != thread

    logger.addFilter(elsewhere)
    try:
        yield
    finally:
        logger.removeFilter(elsewhere)
