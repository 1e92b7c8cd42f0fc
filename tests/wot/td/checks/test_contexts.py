"""What is said of the `@context` of a document."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import thing
from wot.td import TD_10, TD_11, to_ntriples

from .judging import FORM, judged, judged_thing, warning

OF_NAMESPACES = "td-context-ns-thing-map-of-namespaces"
TD = "https://www.w3.org/2019/wot/td#"
QUDT = "http://qudt.org/vocab/unit/"


def of_term(name: str, what: str) -> Any:
    path = f"$['@context'][1].{name}"
    reason = f"{name!r} is a term of the TD vocabulary{what}"
    return warning(path, reason, "choose another name", OF_NAMESPACES)


@pytest.mark.parametrize("version", [TD_10, TD_11])
@pytest.mark.parametrize("name", ["title", "properties", "version", "support", "Thing", "name"])
def test_a_name_that_takes_the_meaning_of_a_term_away(version: str, name: str) -> None:
    for value in ("https://example.org/x#", {"@id": "https://example.org/x"}):
        found = judged_thing(**{"@context": [version, {"ex": "https://example.org/", name: value}]})
        assert found == [of_term(name, ", and this takes its meaning away")]


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("unit", "data schemas"),
        ("integer", "data schemas"),
        ("items", "data schemas"),
        ("href", "forms and links"),
        ("readproperty", "forms and links"),
        ("in", "security schemes"),
        ("basic", "security schemes"),
    ],
)
def test_a_prefix_that_stands_for_nothing_in_parts(name: str, where: str) -> None:
    found = judged_thing(**{"@context": [TD_11, {name: QUDT}]})
    assert found == [of_term(name, f": in {where} this prefix stands for nothing")]


@pytest.mark.parametrize(
    "terms",
    [
        {"schema": "https://schema.org/"},  # a prefix of the context itself in data schemas
        {"td": TD, "htv": "http://www.w3.org/2011/http#"},
        {"id": "@id", "type": "@type"},
        {"title": f"{TD}title", "created": "http://purl.org/dc/terms/created"},
        {"qudt-unit": QUDT, "units": QUDT, "Title": QUDT},
        {"@vocab": TD, "@language": "en"},
    ],
)
def test_names_that_do_no_harm(terms: Any) -> None:
    assert judged_thing(**{"@context": [TD_11, terms]}) == []


def test_it_is_so_as_linked_data() -> None:
    """The reasons hold: what JSON-LD makes of such names."""
    terms = {"title": "https://example.org/title#", "unit": QUDT, "qudt": QUDT}
    temperature = {"type": "number", "unit": "unit:DEG_C", "qudt:x": 1, "title": "t"}
    context = {"@context": [TD_11, terms], "unit:y": 1}
    properties = {"t": {**temperature, "forms": [FORM]}}
    text = to_ntriples(thing(**context, title="Oven", properties=properties))
    assert '<https://example.org/title#> "Oven"' in text  # not the title any more
    assert f'<{TD}title> "t"' in text  # but there it is
    assert "<unit:DEG_C>" in text  # no URL of QUDT
    assert f"<{QUDT}x>" in text
    assert f"<{QUDT}y>" in text  # outside of data schemas it is


def test_terms_that_are_defined_by_objects() -> None:
    reason = "the term 'a' is defined by an object, which not every consumer understands"
    context = [TD_11, {"a": {"@id": "https://example.org/a"}, "b": "https://example.org/b"}]
    hint = "map it to the IRI of a namespace"
    assert judged_thing(**{"@context": context}) == [
        warning("$['@context'][1].a", reason, hint, OF_NAMESPACES)
    ]


@pytest.mark.parametrize(
    "context",
    [
        TD_11,
        [TD_11],
        [TD_11, {}],
        [TD_11, {"@language": "en", "@direction": "ltr", "@vocab": "x:"}],
    ],
)
def test_nothing_is_said_of_good_contexts(context: Any) -> None:
    assert judged(thing(**{"@context": context})) == []


@pytest.mark.parametrize("version", [TD_10, TD_11])
@pytest.mark.parametrize(
    "prefix", ["td", "htv", "tm", "dct", "rdf", "schema", "saref", "sosa", "om"]
)
def test_prefixes_that_the_context_of_the_vocabulary_has(version: str, prefix: str) -> None:
    """One context stands at both URIs; no other vocabulary is declared there."""
    properties = {"t": {f"{prefix}:x": 1, "forms": [FORM]}}
    found = judged_thing(**{"@context": version}, properties=properties)
    reasons = [f.reason for f in found if f.severity == "warning"]
    unknown = prefix in ("saref", "sosa", "om")
    assert (f"nothing says what the prefix {prefix!r} stands for" in reasons) == unknown
