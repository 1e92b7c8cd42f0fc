"""From errors of the schema to words: the reason, the hint, the place and the assertion of each kind of error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.conformance.assertions import every
from wot.errors import Finding
from wot.td import EDITIONS, TD_11, validate
from wot.td.editions import schema_of
from wot.td.wording import worded

from .changes import changed
from .hostile import model, thing


def told(schema: Any, value: Any) -> list[Finding]:
    validator = jsonschema_rs.Draft7Validator(schema)
    return [worded(schema, error) for error in validator.iter_errors(value)]


def reason(schema: Any, value: Any) -> str:
    (found,) = told(schema, value)
    assert (found.path, found.severity) == ("$", "error")
    return found.reason


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": "string"}, 7, "should be a string, not a number"),
        ({"type": "object"}, [], "should be an object, not an array"),
        ({"type": "array"}, {}, "should be an array, not an object"),
        ({"type": "boolean"}, None, "should be a boolean, not null"),
        ({"type": "integer"}, 1.5, "should be a whole number, not a number"),
        ({"type": "number"}, "1", "should be a number, not a string"),
        ({"type": "null"}, True, "should be null, not a boolean"),
        ({"required": ["a"]}, {}, "the member 'a' is missing"),
        ({"enum": ["x", "y"]}, "z", '"z" is none of x, y'),
        ({"enum": ["x"]}, 7, "7 is none of x"),
        ({"const": "x"}, "y", 'should be "x"'),
        ({"const": {"a": [1]}}, 1, 'should be {"a": [1]}'),
        ({"minItems": 1}, [], "should not be empty"),
        ({"minItems": 2}, [1], "should have 2 or more, not 1"),
        ({"minProperties": 1}, {}, "should not be empty"),
        ({"minProperties": 3}, {"a": 1, "b": 1}, "should have 3 or more, not 2"),
        ({"uniqueItems": True}, [1, 1], "has an item twice"),
        ({"minimum": 0}, -1, "should be 0 or more, not -1"),
        ({"exclusiveMinimum": 0}, 0, "should be more than 0, not 0"),
        ({"contains": {"const": 1}}, [], "does not contain what it must"),
    ],
)
def test_each_kind_of_error_has_words(schema: Any, value: Any, words: str) -> None:
    assert reason(schema, value) == words


def test_several_types_are_all_named() -> None:
    words = reason({"type": ["string", "array"]}, 7)
    assert words in (
        "should be a string or an array, not a number",
        "should be an array or a string, not a number",
    )


def test_what_has_no_words_has_those_of_the_validator() -> None:
    assert reason({"maximum": 1}, 2) != ""
    assert reason({"pattern": "^a$"}, "b") != ""
    assert reason({"not": {}}, 1) != ""


def test_a_long_value_is_cut() -> None:
    (found,) = told({"enum": ["x"]}, "y" * 1000)
    assert len(found.reason) < 200
    assert "…" in found.reason


def test_the_schema_has_the_last_word() -> None:
    schema = {"pattern": "^a$", "reason": "is not a", "hint": "write a", "assertion": "td-a"}
    assert told(schema, "b") == [Finding("$", '"b" is not a', "write a", assertion="td-a")]
    assert told({**schema, "reason": "only a counts"}, "b")[0].reason == "only a counts"


def test_of_a_type_the_words_are_ours() -> None:
    schema = {
        "type": "string",
        "reason": "is not a",
        "hint": "",
        "typed": "td-t",
        "assertion": "td-a",
    }
    hint = 'put it in quotation marks: "7"'
    assert told(schema, 7) == [
        Finding("$", "should be a string, not a number", hint, assertion="td-t")
    ]


def test_the_innermost_words_count() -> None:
    schema = {
        "reason": "is bad",
        "assertion": "td-outer",
        "allOf": [{"pattern": "^a$", "reason": "is no a", "assertion": "td-inner"}],
    }
    (found,) = told(schema, "b")
    assert (found.reason, found.assertion) == ('"b" is no a', "td-inner")


def test_inside_a_member_the_words_of_its_owner_do_not_count() -> None:
    schema = {
        "class": "Thing",
        "reason": "is bad",
        "hint": "leave it",
        "assertion": "td-outer",
        "properties": {"a": {"properties": {"b": {"enum": [1]}}}},
    }
    (found,) = told(schema, {"a": {"b": 2}})
    assert found[:3] == ("$.a.b", "2 is none of 1", "write 1")
    assert found.assertion == "td-vocab-b--Thing"


def test_a_member_is_of_the_class_around_it() -> None:
    schema = {
        "class": "Thing",
        "definitions": {"form": {"class": "Form", "type": "object", "required": ["href"]}},
        "properties": {
            "form": {"$ref": "#/definitions/form"},
            "forms": {"items": {"typed": "td-forms", "$ref": "#/definitions/form"}},
        },
    }
    assert told(schema, {"form": 7})[0].assertion == "td-vocab-form--Thing"
    assert told(schema, {"form": {}})[0].assertion == "td-vocab-href--Form"
    assert told(schema, {"forms": [7]})[0].assertion == "td-forms"
    assert told(schema, {"forms": [{}]})[0] == Finding(
        "$.forms[0]",
        "the member 'href' is missing",
        'for instance "href": "https://lamp.example/on"',
        assertion="td-vocab-href--Form",
    )


def test_a_member_that_is_named_like_a_keyword() -> None:
    schema = {
        "class": "ObjectSchema",
        "properties": {
            "properties": {"owner": "ObjectSchema", "properties": {"properties": {"type": "null"}}}
        },
    }
    (found,) = told(schema, {"properties": {"properties": 1}})
    assert found.path == "$.properties.properties"
    assert found.assertion == "td-vocab-properties--ObjectSchema"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("readProperty", "did you mean 'readproperty'?"),
        ("invokeAction", "use one of these"),
        ("readpropert", "did you mean 'readproperty'?"),
        ("WRITEPROPERTY", "did you mean 'writeproperty'?"),
        ("burn", "use one of these"),
        (7, "use one of these"),
    ],
)
def test_what_is_nearly_right_gets_a_hint(given: Any, hint: str) -> None:
    (found,) = told({"enum": ["readproperty", "writeproperty"]}, given)
    assert found.hint == hint


EXAMPLES = Path(__file__).parents[3] / "td_examples"
FORM = {"href": "https://lamp.example/"}
EVERY = {assertion.id for assertion in every()}


def test_every_finding_is_well_formed() -> None:
    check_findings(islice(changed(), 0, None, 3), 1500)


@pytest.mark.soak
@pytest.mark.timeout(120)
def test_every_finding_is_well_formed_whatever_is_changed() -> None:
    check_findings(changed(), 5000)


def check_findings(documents: Iterable[Any], expected: int) -> None:
    """Whatever is wrong wherever: plain words, and assertions that exist."""
    unknown: set[str] = set()
    count = 0
    for document in documents:
        for found in validate(document):
            count += 1
            assert found.path.startswith("$")
            assert found.reason
            assert found.severity in ("error", "warning")
            assert "ValidationError" not in found.reason
            assert "under any of the" not in found.reason
            unknown |= {found.assertion} - EVERY
    assert unknown <= {""}
    assert count > expected


def test_every_assertion_in_the_schemas_exists() -> None:
    for version in EDITIONS.values():
        for is_model in (False, True):
            named = set(words(schema_of(version, is_model), ("assertion", "typed")))
            assert named <= EVERY
            assert len(named) > 20


def words(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[name] for name in names if isinstance(value.get(name), str))
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from words(inner, names)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            thing(title=7),
            Finding(
                "$.title",
                "should be a string, not a number",
                'put it in quotation marks: "7"',
                assertion="td-vocab-title--Thing",
            ),
        ),
        (
            thing(properties={"on": {}}),
            Finding(
                "$.properties.on",
                "the member 'forms' is missing",
                'for instance "forms": [{"href": "https://lamp.example/on"}]',
                assertion="td-vocab-forms--InteractionAffordance",
            ),
        ),
        (
            thing(properties={"on": {"forms": []}}),
            Finding(
                "$.properties.on.forms",
                "should not be empty",
                'for instance "forms": [{"href": "https://lamp.example/on"}]',
                assertion="td-vocab-forms--InteractionAffordance",
            ),
        ),
        (
            thing(actions={"a": {"input": {"type": "float"}, "forms": [FORM]}}),
            Finding(
                "$.actions.a.input.type",
                '"float" is none of boolean, integer, number, string, object, array, null',
                "did you mean 'number'?",
                assertion="td-vocab-type--DataSchema",
            ),
        ),
        (
            thing(titles={"a b": "x"}),
            Finding(
                "$.titles['a b']",
                '"a b" is not a language tag (BCP 47)',
                "for instance en or de-CH",
                assertion="td-multilanguage-language-tag",
            ),
        ),
        (
            {**thing(), "@context": ["https://example.org/", TD_11]},
            Finding(
                "$['@context'][0]",
                "the array does not begin with the URI of the TD vocabulary",
                f'put "{TD_11}" first',
                assertion="td-context-ns-thing-mandatory",
            ),
        ),
        (
            thing(version={}),
            Finding(
                "$.version",
                "the member 'instance' is missing",
                'for instance "instance": "1.0.0"',
                assertion="td-vocab-instance--VersionInfo",
            ),
        ),
        (
            thing(links=[{"href": "x", "rel": "tm:extends"}]),
            Finding(
                "$.links[0].rel",
                "only a Thing Model extends another",
                'derive the TD from the model first, or link it with "rel": "type"',
                assertion="thing-model-td-generation-processor-extends",
            ),
        ),
        (
            model(**{"tm:optional": ["properties/on"]}),
            Finding(
                "$['tm:optional'][0]",
                '"properties/on" is not a JSON Pointer',
                "for instance /actions/fade",
                assertion="tm-tmOptional-JSONPointer",
            ),
        ),
        (
            model(version={"instance": "1"}),
            Finding(
                "$.version.instance",
                "a Thing Model has no instance version",
                "leave it out; the TD states it",
                assertion="tm-versioning-2",
            ),
        ),
    ],
)
def test_findings_as_people_read_them(document: Any, expected: Finding) -> None:
    assert validate(document) == [expected]
