"""Values that data schemas fix: const, enum and default."""

from __future__ import annotations

from typing import Any

import pytest

from wot.errors import Finding

from .judging import error, judged_thing, warning

S = "$.schemaDefinitions.s"


WHERE = "change the type, or the value"


def of(schema: Any) -> list[Finding]:
    return judged_thing(schemaDefinitions={"s": schema})


MISFITS = [
    ("1.5", {"type": "integer"}, "1.5 is not of the type integer"),
    ("true", {"type": "integer"}, "true is not of the type integer"),
    ("true", {"type": "number"}, "true is not of the type number"),
    ('"1"', {"type": "number"}, '"1" is not of the type number'),
    ("1", {"type": "string"}, "1 is not of the type string, but a number"),
    ("0", {"type": "boolean"}, "0 is not of the type boolean, but a number"),
    ("[]", {"type": "object"}, "[] is not of the type object, but an array"),
    ("{}", {"type": "array"}, "{} is not of the type array, but an object"),
    ("false", {"type": "null"}, "false is not of the type null, but a boolean"),
    ("1", {"type": "integer", "minimum": 2}, "1 is beyond the minimum of 2"),
    ("2", {"exclusiveMinimum": 2}, "2 is beyond the exclusiveMinimum of 2"),
    ("3", {"type": "number", "maximum": 2}, "3 is beyond the maximum of 2"),
    ("2", {"type": "number", "exclusiveMaximum": 2}, "2 is beyond the exclusiveMaximum of 2"),
    ('"abc"', {"type": "string", "maxLength": 2}, '"abc" is too long'),
    ('"a"', {"type": "string", "minLength": 2}, '"a" is too short'),
]


@pytest.mark.parametrize(("value", "schema", "reason"), MISFITS)
def test_a_value_that_does_not_fit_its_schema(value: str, schema: Any, reason: str) -> None:
    """In enum and const it can never be sent; as default it may mean something else."""
    import json

    given = json.loads(value)
    assert of({**schema, "enum": [given]}) == [
        error(f"{S}.enum[0]", reason, WHERE, "td-vocab-enum--DataSchema")
    ]
    assert of({**schema, "const": given}) == [
        error(f"{S}.const", reason, WHERE, "td-vocab-const--DataSchema")
    ]
    found = of({**schema, "default": given})
    assert found[:1] == [
        warning(f"{S}.default", reason, "a default fits its schema", "td-vocab-default--DataSchema")
    ]


def test_of_an_enum_the_first_misfit_is_named() -> None:
    (found,) = of({"type": "integer", "enum": ["1", "2", "3"]})
    assert (found.path, found.severity) == (f"{S}.enum[0]", "error")


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "integer", "enum": [1, 2, None]}, 2),
        ({"type": "integer", "minimum": 0, "enum": [-1, 0, 1]}, 0),
        ({"type": "string", "maxLength": 2, "enum": ["abc", "a"]}, 0),
    ],
)
def test_an_enum_of_which_something_fits_is_a_warning(schema: Any, place: int) -> None:
    (found,) = of(schema)
    assert (found.path, found.severity) == (f"{S}.enum[{place}]", "warning")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"enum": [1, 2], "default": 3}, "3 is none of the enum"),
        ({"const": 1, "default": 2}, "2 is not the const"),
        ({"type": "string", "enum": ["a"], "default": "A"}, '"A" is none of the enum'),
    ],
)
def test_a_default_is_one_of_the_values(schema: Any, reason: str) -> None:
    hint, assertion = "a default fits its schema", "td-vocab-default--DataSchema"
    assert of(schema) == [warning(f"{S}.default", reason, hint, assertion)]


def test_const_beside_enum_makes_the_enum_useless() -> None:
    reason = "const and enum together: const alone counts"
    assert of({"enum": [1, 2], "const": 1}) == [
        warning(f"{S}.const", reason, "leave one of them out")
    ]


def test_values_that_no_schema_describes_are_compared_as_json() -> None:
    """In JSON, true is not 1 and 1.0 is 1."""
    assert of({"enum": [1], "default": 1.0}) == []
    assert [found.path for found in of({"enum": [1], "default": True})] == [f"{S}.default"]
    assert [found.path for found in of({"const": False, "default": 0})] == [f"{S}.default"]
