"""Samples fit the schemas they are of."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.schema import Verdict

from .sampling import NoSample, sample
from .wot.td.schemas import Chooser, Schemas


@given(st.data())
def test_nearly_every_random_schema_has_one(data: Any) -> None:
    schema = Schemas(Chooser(data.draw)).schema()
    Verdict(schema).check(sample(schema), closed=True)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "exclusiveMinimum": 6, "multipleOf": 5},
        {"type": "number", "minimum": 0.2, "maximum": 0.3},
        {"type": "string", "pattern": "^[a-f0-9]{4}$", "minLength": 4},
        {"type": "string", "maxLength": 0},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 3},
        {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a"]},
        {"type": ["string", "null"], "enum": [None]},
        {"anyOf": [{"type": "string", "minLength": 3}, {"type": "null"}]},
        {},
    ],
)
def test_schemas_that_need_thought(schema: Any) -> None:
    Verdict(schema).check(sample(schema), closed=True)


def test_none_is_made_up_where_nothing_fits() -> None:
    with pytest.raises(NoSample):
        sample({"type": "integer", "minimum": 2, "maximum": 1})


def _schemas(json: Any) -> Iterator[Any]:
    for kind, terms in (
        ("properties", ()),
        ("actions", ("input", "output")),
        ("events", ("data",)),
    ):
        for affordance in json.get(kind, {}).values():
            yield from [affordance] if kind == "properties" else []
            yield from (affordance[term] for term in terms if term in affordance)


def test_every_schema_of_the_corpus_has_one(corpus: Path) -> None:
    for file in sorted((corpus / "td/valid").iterdir()):
        for schema in _schemas(json.loads(file.read_text())):
            sample(schema)
