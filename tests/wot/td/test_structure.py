"""Our JSON Schema against the official ones: the same verdict, and where there is another, the reason why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.errors import InvalidTD
from wot.td import TD_10, edition, is_model, validate
from wot.td.validation import _compiled
from wot.td.wording import worded

from .changes import changed
from .generator import mutated

# Assertion → why we refuse what the official schema accepts: TD 1.1 says so in its words or tables.
STRICTER: Mapping[str, str] = {
    "td-context-default-language": "@language is a language tag (section 6.3.2)",
    "td-vocab-at-context--Thing": "an empty array names no version of the vocabulary",
    "td-context-ns-td10-namespace": "the order of versions",
    "td-datetime-type": "a date-time of RFC 3339; the schema has it as a format, which nobody must check",
    "td-multilanguage-language-tag": "names are language tags (table of MultiLanguage)",
    "td-multilanguage-value": "and their values strings",
    "td-vocab-properties--ObjectSchema": "a map; the schema has no type for it",
    "td-vocab-pattern--StringSchema": "a string; the schema does not know the term",
    "td-vocab-model--VersionInfo": "a string; the schema does not know the term",
    "td-vocab-flow--OAuth2SecurityScheme": "flow is mandatory (table of OAuth2SecurityScheme)",
    "td-vocab-dataResponse--EventAffordance": "a DataSchema; what is in it is one, too",
    "td-vocab-uriVariables--Thing": "no objects and arrays",
    "td-vocab-uriVariables--InteractionAffordance": "no objects and arrays",
    "td-vocab-sizes--Link": "only with the relation icon",
    "td-security-oauth2-code-flow": "the code flow has both authorization and token",
    "td-security-oauth2-client-flow": "the client flow has token",
    "td-security-oauth2-client-flow-no-auth": "and no authorization",
    "sec-security-vocab-auto-in-no-name": "auto has no name",
    "tm-compose-instanceName": "a string",
}
# And terms whose type the schema leaves to formats: URIs.
URIS = (
    "id",
    "base",
    "support",
    "href",
    "anchor",
    "profile",
    "proxy",
    "authorization",
    "token",
    "refresh",
)
WHOLE = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
STRICTER = {
    **STRICTER,
    **{
        f"td-vocab-{term}--{owner}": "a URI"
        for term in URIS
        for owner in (
            "Thing",
            "Form",
            "Link",
            "SecurityScheme",
            "BearerSecurityScheme",
            "OAuth2SecurityScheme",
        )
    },
    **{f"td-vocab-{term}--IntegerSchema": "an integer (table of IntegerSchema)" for term in WHOLE},
}


def lax(json_: Any, steps: list[Any]) -> str:
    """Why we accept what the official schema refuses at a place; "" where there is no reason."""
    value = json_
    for step in steps:
        value = value[step]
    if steps[:1] == ["@context"]:
        return "JSON-LD lets a term be defined by an object, and @language be null: warned about, if at all"
    if is_model(json_) and not any(isinstance(step, int) for step in steps) and takes_out(value):
        return "null takes a member out (RFC 7396, by tm-tmRef-overwrite-process)"
    if is_model(json_) and steps[-1:] == ["tm:ref"]:
        return "found by the checks of Thing Models"
    return ""


def takes_out(value: Any) -> bool:
    """Whether null stands somewhere, outside of arrays."""
    return value is None or (isinstance(value, dict) and any(map(takes_out, value.values())))


@pytest.fixture(scope="module")
def schemas(corpus: Path) -> dict[tuple[str, bool], Any]:
    """The official validators, by version and kind."""
    files = {("1.1", False): "td-schema-1.1", ("1.0", False): "td-schema-1.0"}
    files["1.1", True] = "tm-schema-1.1"
    return {
        key: jsonschema_rs.Draft7Validator(
            json.loads((corpus / "schema" / f"{file}.json").read_bytes()), validate_formats=False
        )
        for key, file in files.items()
    }


def compare(schemas: dict[tuple[str, bool], Any], json_: Any) -> bool:
    """Whether both have an opinion; that it is the same, or that there is a reason."""
    try:
        version, model = edition(json_), is_model(json_)
    except (InvalidTD, AttributeError):  # no object, or a draft
        return False
    official = schemas.get((version.name, model))
    if official is None:
        return False
    schema, ours = _compiled(version, model)
    if ours.is_valid(json_):
        for error in official.iter_errors(json_):
            assert lax(json_, list(error.instance_path)), (error.instance_path, error.message)
    elif official.is_valid(json_):
        found = {worded(schema, error).assertion for error in ours.iter_errors(json_)}
        assert found & STRICTER.keys(), [worded(schema, error) for error in ours.iter_errors(json_)]
    return True


def test_every_change_of_a_document_with_all_terms_has_the_same_verdict(schemas: Any) -> None:
    assert sum(compare(schemas, json_) for json_ in changed()) > 5000


def test_what_only_they_refuse_is_warned_about_or_explained(schemas: Any) -> None:
    """Of Thing Descriptions: what we accept and the official schema does not has at least a warning."""
    doubtful = 0
    for json_ in changed():
        if not isinstance(json_, dict) or is_model(json_) or json_.get("@context") == TD_10:
            continue
        if not validate(json_) and not schemas["1.1", False].is_valid(json_):
            language = json_["@context"][1].get("@language", "")
            assert language is None  # takes the default language away, as JSON-LD says
            doubtful += 1
    assert doubtful == 1


@settings(max_examples=100)
@given(st.data())
def test_random_changes_have_the_same_verdict(schemas: Any, data: Any) -> None:
    compare(schemas, data.draw(mutated()))


@pytest.mark.soak
@pytest.mark.timeout(900)
@settings(max_examples=5000)
@given(st.data())
def test_random_changes_have_the_same_verdict_at_length(schemas: Any, data: Any) -> None:
    compare(schemas, data.draw(mutated()))
