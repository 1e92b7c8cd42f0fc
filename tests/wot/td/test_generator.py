"""The random Thing Descriptions are what they are said to be: valid, and full of everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.td import validate

from .generator import mutations, thing_descriptions
from .schemas import Chooser, Draw, Schemas, json_values

SCHEMES = ("nosec", "auto", "basic", "digest", "apikey", "bearer", "psk", "oauth2", "combo")


def test_they_are_valid_by_the_official_schema(corpus: Path) -> None:
    schema = json.loads((corpus / "schema/td-schema-1.1.json").read_bytes())
    official = jsonschema_rs.validator_for(schema)

    @given(thing_descriptions())
    def check(td: Any) -> None:
        assert [error.message for error in official.iter_errors(td)] == []

    check()


@given(thing_descriptions())
def test_they_are_valid_by_ours(td: Any) -> None:
    """By the schema and by the prose; what only deserves a warning may be there."""
    assert [finding for finding in validate(td) if finding.severity == "error"] == []


@st.composite
def schemas_with_values(draw: Draw) -> Any:
    return Schemas(Chooser(draw)).any_schema(2)


@given(schemas_with_values())
def test_values_fit_their_schemas(pair: tuple[Any, Any]) -> None:
    schema, value = pair
    validator = jsonschema.Draft7Validator(schema)
    validator.validate(value)
    if "default" in schema:
        validator.validate(schema["default"])


def parts_of(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from parts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts_of(inner)
    else:
        yield value


def test_everything_occurs() -> None:
    """Each scheme and the rarer terms, within a few hundred documents."""
    missing = {*SCHEMES, "ace:ACESecurityScheme", "uriVariables", "additionalResponses", "titles"}
    missing |= {"oneOf", "allOf", "schemaDefinitions", "version", "links", "profile", "@language"}
    missing |= {"readallproperties", "subscribeallevents", "queryallactions", "contentEncoding"}

    @settings(max_examples=400, derandomize=True)
    @given(thing_descriptions())
    def collect(td: Any) -> None:
        missing.difference_update(part for part in parts_of(td) if isinstance(part, str))

    collect()
    assert missing == set()


def test_a_mutation_changes_a_copy() -> None:
    changes = []

    @given(thing_descriptions(), st.data())
    def check(td: Any, data: st.DataObject) -> None:
        before = deepcopy(td)
        mutant = data.draw(mutations(td))
        assert td == before
        assert len(json.dumps(mutant)) > 1
        changes.append(mutant != td)

    check()
    assert sum(changes) > len(changes) / 2


@given(json_values())
def test_values_are_json(value: Any) -> None:
    assert json.loads(json.dumps(value, allow_nan=False)) == value
