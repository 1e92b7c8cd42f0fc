"""Each term of TD 1.1: used properly it is accepted and kept, with a wrong type it is refused at the right place."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from wot.td import ThingDescription, validate
from wot.td.node import Node

from .assertions import every
from .documents import EVERYTHING, GONE, changed, document, parts, path, value_at
from .faults import also
from .terms import TERMS, Term

BASE = document(EVERYTHING)


def shows(term: Term, *more: object) -> Any:
    return pytest.param(
        term, *more, id=term.assertion, marks=pytest.mark.assertion(term.assertion, "td-processor")
    )


def test_the_tables_are_all_there() -> None:
    tables = {each.id for each in every() if each.id.startswith("td-vocab-")}
    assert len(TERMS) == 119
    assert {term.assertion for term in TERMS} == tables


def test_a_document_with_every_term_has_no_fault() -> None:
    assert validate(BASE) == []


@pytest.mark.parametrize("term", [shows(term) for term in TERMS])
def test_a_term_is_read_and_kept(term: Term) -> None:
    td = ThingDescription.parse(json.dumps(BASE))
    value = value_at(BASE, term.place)
    assert value_at(json.loads(td.to_bytes()), term.place) == value
    assert plain(attribute(td, term.place), value) == value


def attribute(found: Any, place: str) -> Any:
    """What stands at a place, by the typed attributes alone."""
    for part in parts(place):
        if isinstance(found, Node):
            kind = type(found)
            found = next(
                getattr(found, name)
                for name in dir(kind)
                if (member := kind.members.get(str(part))) is not None
                and getattr(kind, name) is member
            )
        else:
            found = found[part]
    return found


def plain(found: Any, raw: Any) -> Any:
    if isinstance(found, Node):
        return found.json
    if isinstance(found, Mapping):
        return {name: plain(item, None) for name, item in found.items()}
    if isinstance(found, tuple):
        items = [plain(item, None) for item in found]
        return items if isinstance(raw, list) else items[0]
    return found


WRONG = [(term, value) for term in TERMS for value in term.wrong]


@pytest.mark.parametrize(("term", "value"), [shows(term, value) for term, value in WRONG])
def test_a_wrong_type_is_refused_at_its_place(term: Term, value: Any) -> None:
    where, _, _ = term.place.rpartition(".")
    place = path(where if value is GONE else term.place)
    findings = validate(changed(BASE, {term.place: value}))
    assert findings
    assert findings[0].severity == "error"
    assert findings[0].path in (place, f"{place}[0]")
    assert findings[0].assertion in also(term.assertion)
    assert {each.path for each in findings if each.severity == "error"} == {findings[0].path}


# These know `security` as an array only, which is that of 2019.
OLD = {"td-vocab-forms--Thing"}


def test_the_w3c_finds_every_feature_in_it(corpus: Path) -> None:
    """Their schemas each look for one feature; those that only look at affordances get the schemas there."""
    forms = [{"href": "x"}]
    more = {name: {**schema, "forms": forms} for name, schema in BASE["schemaDefinitions"].items()}
    full = changed(BASE, {"properties": {**BASE["properties"], **more}})
    ours = {term.assertion for term in TERMS}
    looked = set()
    for file in sorted(
        (corpus / "schema" / "assertions" / "assertions-td").glob("td-vocab-*.json")
    ):
        if file.stem in ours - OLD:
            looked.add(file.stem)
            assert found(json.loads(file.read_bytes()), full), file.stem
    assert len(looked) > 90


def found(schema: dict[str, Any], json: Any) -> bool:
    """A simple one accepts what has the feature, a complex one says that it wanted to hear of it."""
    errors = [error.message for error in jsonschema_rs.Draft7Validator(schema).iter_errors(json)]
    return any("=pass" in error for error in errors) if schema.get("is-complex") else not errors
