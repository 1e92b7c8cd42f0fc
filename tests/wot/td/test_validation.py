"""The verdict on whole documents: its order, its limits, and that nothing else than findings comes out of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.errors import Finding, InvalidTD
from wot.td import TD_10, TD_11, ThingDescription, locate, read, validate
from wot.td.node import at, type_name

from .generator import mutated, mutations, thing_descriptions
from .hostile import model, text, thing
from .schemas import json_values

FORM = {"href": "https://lamp.example/on"}


def errors(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


@pytest.mark.parametrize("make", [thing, model])
def test_there_is_nothing_to_say_of_a_good_one(make: Any) -> None:
    assert validate(make()) == validate(text(make())) == validate(text(make()).decode()) == []


def test_errors_come_first_and_warnings_after_them() -> None:
    td = thing(
        title=7,
        created="2026-05-04T09:30:00+02:00",
        properties={"on": {"type": "object", "minLength": 1, "forms": [FORM]}},
        schemaDefinitions={"s": {"type": "number", "minimum": 2, "maximum": 1}},
    )
    found = validate(td)
    severities = [finding.severity for finding in found]
    assert severities == sorted(severities)
    assert [(finding.path, finding.severity) for finding in found] == [
        ("$.title", "error"),
        ("$.schemaDefinitions.s.minimum", "error"),
        ("$.created", "warning"),
        ("$.properties.on.minLength", "warning"),
        ("$.properties.on", "warning"),
    ]


def test_what_is_wrong_with_the_text_comes_before_the_rest() -> None:
    document = text(thing(title=7))[:-1] + b',"x":1,"x":2}'
    assert [finding.path for finding in validate(document)] == ["$.x", "$.title"]


def test_a_finding_stands_once() -> None:
    td = thing(properties={"on": {"forms": [{**FORM, "security": ["x", "x"]}]}})
    found = validate(td)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("count", [999, 1000, 1001, 5000])
def test_no_more_than_a_thousand_are_told(count: int) -> None:
    found = validate(thing(properties={f"n{i}": 0 for i in range(count)}))
    assert 0 < len(found) <= min(count, 1000)
    assert {finding.severity for finding in found} == {"error"}
    warned = validate(thing(links=[{"href": "x", "rel": "item", "instanceName": "x"}] * count))
    assert 0 < len(warned) <= min(count, 1000)


def test_many_warnings_do_not_hide_an_error() -> None:
    forms = [{"href": "on"}] * 3000
    td = thing(
        properties={"on": {"forms": forms}},
        schemaDefinitions={"s": {"type": "number", "minimum": 2, "maximum": 1}},
    )
    assert validate(td)[0].path == "$.schemaDefinitions.s.minimum"


MISTAKEN = "if this is to be a Thing Model, its @type does not say so"


def test_a_model_that_does_not_say_so_is_told() -> None:
    """Without security and forms it is hardly a Thing Description."""
    found = validate(
        {"@context": TD_11, "@type": "ThingModel", "title": "Lamp", "properties": {"on": {}}}
    )
    assert MISTAKEN in [finding.reason for finding in found]
    assert errors(found) == found
    assert MISTAKEN not in [
        finding.reason
        for finding in validate({"@context": TD_11, "title": "Lamp", "security": "x"})
    ]


@pytest.mark.parametrize("document", [{}, {"a": 1}, {"@context": []}, {"@type": "tm:ThingModel"}])
def test_of_an_empty_one_all_that_is_missing_is_told(document: Any) -> None:
    found = validate(document)
    assert found
    assert {finding.path for finding in found} <= {"$", "$['@context']"}


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        b"bytes",
        1j,
        float("nan"),
        float("inf"),
        10**400,
        {1: 2},
        (1, 2),
        "\ud800",
        range,
    ],
    ids=repr,
)
def test_what_is_no_json_inside_an_object_is_a_finding_or_nothing(value: Any) -> None:
    """Objects come from programs, too."""
    for document in (thing(x=value), thing(title=value), thing(properties=value)):
        for finding in validate(document):
            assert finding.path.startswith("$")
            assert finding.reason


def test_a_document_of_another_mapping_is_read() -> None:
    from collections import OrderedDict
    from types import MappingProxyType

    assert validate(MappingProxyType(thing())) == []
    assert validate(OrderedDict(thing())) == []


NAMES = [
    "a",
    "a b",
    "it's",
    'a"b',
    "a\\b",
    "",
    "@type",
    "a~b/c",
    "ä",
    "0",
    "01",
    "-1",
    "$ref",
    "forms",
]


@pytest.mark.parametrize("name", NAMES)
def test_paths_have_names_as_they_stand_in_the_document(name: str) -> None:
    """Whatever they look like, for instance like numbers of items."""
    path = at("$.properties", name)
    assert [found.path for found in validate(thing(properties={name: {}}))] == [path]
    inside = {
        name: {"type": 7, "properties": {name: {"minimum": 2, "maximum": 1}}, "forms": [FORM]}
    }
    assert [found.path for found in validate(thing(properties=inside))] == [
        f"{path}.type",
        at(f"{path}.properties", name) + ".minimum",
    ]
    both = {name: {}, "x": {"forms": [{"href": 7}]}}
    assert [found.path for found in validate(thing(actions=both))] == [
        at("$.actions", name),
        "$.actions.x.forms[0].href",
    ]


@pytest.mark.parametrize(
    "value", [7, -1.5, True, None, "x", "{{A}}", [], {}, [7], [None], {"a": 7}]
)
@pytest.mark.parametrize(
    "term", ["properties", "actions", "events", "forms", "links", "uriVariables"]
)
def test_whatever_stands_for_a_map_or_an_array(term: str, value: Any) -> None:
    """Of descriptions of both versions and of models: findings, or nothing to say."""
    older = {"@context": TD_10}
    inside = {
        "type": "object",
        "readOnly": True,
        "required": value,
        "forms": value,
        "output": value,
    }
    for more in ({term: value}, {term: {"a": value}}, {term: {"a": inside}}):
        for document in (thing(**more), thing(**{**older, **more}), model(**more)):
            assert all(finding.path.startswith("$") for finding in validate(document))


# A Thing Description and the model that it names.

LAMP = model(properties={"on": {"type": "boolean"}, "level": {"type": "integer"}})
LINKED = {"links": [{"rel": "type", "href": "lamp.tm.json"}]}
ON = {"type": "boolean", "forms": [FORM]}


def resolving(document: Any) -> Any:
    def resolve(reference: str) -> Any:
        if isinstance(document, Exception):
            raise document
        return document

    return resolve


def test_a_description_is_held_against_its_model() -> None:
    level = {"type": "integer", "forms": [FORM]}
    whole = thing(**LINKED, properties={"on": ON, "level": level})
    lacking = thing(**LINKED, properties={"on": ON})
    for given_ in (LAMP, text(LAMP), text(LAMP).decode()):
        assert validate(whole, resolver=resolving(given_)) == []
        found = validate(lacking, resolver=resolving(given_))
        assert errors(found)
        assert "level" in found[0].reason
    assert validate(lacking) == []


@pytest.mark.parametrize(
    "fault",
    [LookupError("gone"), OSError("no such file"), ValueError("no URL"), FileNotFoundError()],
)
def test_a_model_that_cannot_be_read_is_a_warning(fault: Exception) -> None:
    (found,) = validate(thing(**LINKED, properties={"on": ON}), resolver=resolving(fault))
    assert (found.path, found.severity) == ("$.links[0].href", "warning")
    assert found.assertion == "tm-derivation-validity"


@pytest.mark.parametrize("document", [b"", b"[]", b"{", {}, thing(), "x" * 10, b"\xff"])
def test_so_is_one_that_is_none(document: Any) -> None:
    (found,) = validate(thing(**LINKED), resolver=resolving(document))
    assert (found.path, found.severity) == ("$.links[0].href", "warning")


def test_only_the_relation_type_names_it() -> None:
    td = thing(links=[{"rel": "item", "href": "x"}, 7, {"href": "y"}])
    assert [found.path for found in validate(td, resolver=resolving(LookupError("x")))] == [
        "$.links[1]"
    ]


def test_the_reference_is_given_to_the_resolver_as_it_stands() -> None:
    asked: list[str] = []

    def resolve(reference: str) -> Any:
        asked.append(reference)
        return LAMP

    validate(thing(**LINKED, properties={"on": ON}), resolver=resolve)
    assert asked == ["lamp.tm.json"]


# Random documents.


def every_path(value: Any, path: str = "$") -> Iterator[str]:
    yield path
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for part, inner in parts:
        yield from every_path(inner, at(path, part))


def check_findings(document: Any) -> list[Finding]:
    """What is said of a document, after looking at what findings are in general."""
    before = copy.deepcopy(document)
    findings = validate(document)
    written = json.dumps(document)
    assert document == before
    assert validate(written) == findings
    there = set(every_path(document))
    for finding in findings:
        assert finding.path in there, finding
        assert finding.reason, finding
        assert finding.severity in ("error", "warning"), finding
    assert len(findings) == len(set(findings))
    assert [f.severity for f in findings] == sorted(f.severity for f in findings)
    spots = locate(written, [finding.path for finding in findings])
    assert all(spots[finding.path] > (1, 1) for finding in findings if finding.path != "$")
    return findings


@settings(max_examples=60)
@given(thing_descriptions())
def test_a_valid_description_has_no_error(td: Any) -> None:
    assert errors(check_findings(td)) == []


@settings(max_examples=100)
@given(mutated())
def test_whatever_is_changed_findings_come_of_it(document: Any) -> None:
    check_any(document)


@pytest.mark.soak
@pytest.mark.timeout(900)
@settings(max_examples=5000)
@given(thing_descriptions(), st.data())
def test_whatever_is_changed_findings_come_of_it_at_length(td: Any, data: Any) -> None:
    document: Any = td
    for _ in range(data.draw(st.integers(1, 4))):
        if isinstance(document, dict) and document:
            document = data.draw(mutations(document))
    check_any(document)


def check_any(document: Any) -> None:
    """What is not even read has an error."""
    findings = check_findings(document)
    for take in (read, ThingDescription.parse):
        try:
            take(json.dumps(document))
        except InvalidTD:
            assert errors(findings)


@settings(max_examples=100)
@given(json_values())
def test_any_value_has_a_verdict(value: Any) -> None:
    assert validate(json.dumps(value))
    assert validate(value)
    for document in (thing(properties=value), thing(x=value), model(properties=value)):
        check_findings(document)
    nested = thing(properties={"on": value}, actions={"a": {"input": value, "forms": [value]}})
    check_findings({**nested, "links": [value], "@context": [TD_11, value]})


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_have_a_verdict(document: bytes) -> None:
    found = validate(document)
    assert found
    assert errors(found) == found


@settings(max_examples=60)
@given(st.data())
def test_damaged_text_has_a_verdict(data: Any) -> None:
    document = bytearray(text(thing(properties={"on": ON}, titles={"de": "Größe"})))
    for _ in range(data.draw(st.integers(1, 5))):
        where = data.draw(st.integers(0, len(document) - 1))
        document[where : where + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    for finding in validate(bytes(document)):
        assert finding.path.startswith("$")
        assert finding.reason


@pytest.mark.parametrize("value", [{1}, b"x", bytearray(b"x"), {1: 2}, object(), datetime.now()])
def test_what_no_json_has(value: Any) -> None:
    (found,) = validate(thing(title=value))
    assert found.path == "$"
    assert found.reason.startswith("not JSON: ")
    assert "dict, list, str" in found.hint


@pytest.mark.parametrize("value", [None, 5, [], Path("lamp.td.json"), object()])
def test_what_is_no_document(value: Any) -> None:
    (found,) = validate(value)
    assert found.reason == f"should be an object, not {type_name(value)}"
    assert found.hint == "a Thing Description is an object, as text or decoded"


def test_a_parsed_one() -> None:
    assert validate(ThingDescription.parse(thing())) == []
    assert validate(ThingDescription({"title": "x"})) == validate({"title": "x"}) != []


def test_what_a_resolver_does_wrong_is_its_own() -> None:
    def resolver(reference: str) -> bytes:
        raise TypeError("it has a fault")

    with pytest.raises(TypeError, match="it has a fault"):
        validate(thing(**LINKED), resolver=resolver)


def test_relations_without_case() -> None:
    td = thing(links=[{"rel": "Type", "href": "m"}])
    found = validate(td, resolver=resolving(LookupError()))
    assert [finding.path for finding in found] == ["$.links[0].href"]
