"""Every TD that our servers generate is valid: by our own rules and by the schema of the W3C."""

import asyncio
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from wot.td import validate

from .generated import generated

# The REC allows it (section 6.3.2); the schema of March 2025 knows only the strings.
ALLOWED = "@direction"


@pytest.fixture(scope="module")
def descriptions() -> dict[str, dict[str, Any]]:
    return asyncio.run(generated())


@pytest.mark.assertion("td-processor-serialization", "td-context-ns-td10-namespace")
def test_none_has_an_error(descriptions: dict[str, dict[str, Any]]) -> None:
    found = {
        name: [each for each in validate(td) if each.severity == "error"]
        for name, td in descriptions.items()
    }
    assert {name: errors for name, errors in found.items() if errors} == {}
    assert len(found) > 100


def test_each_fits_the_schema_of_the_w3c(
    descriptions: dict[str, dict[str, Any]], corpus: Path
) -> None:
    schema = json.loads((corpus / "schema" / "td-schema-1.1.json").read_bytes())
    validator = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    refused = {name for name, td in descriptions.items() if not validator.is_valid(td)}
    assert refused == {name for name in refused if name.startswith("language-no-direction")}
    for name in refused:
        context = descriptions[name]["@context"]
        json_ = {**descriptions[name], "@context": [without(part) for part in context]}
        assert validator.is_valid(json_)


def without(part: Any) -> Any:
    return {k: v for k, v in part.items() if k != ALLOWED} if isinstance(part, dict) else part


def test_each_comes_back_from_its_bytes(descriptions: dict[str, dict[str, Any]]) -> None:
    for td in descriptions.values():
        assert json.loads(json.dumps(td)) == td
        assert td["base"] == "https://things.example.org/"
