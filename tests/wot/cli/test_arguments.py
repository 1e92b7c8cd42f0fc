"""JSON, or a bare word where a string is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from wot.cli.arguments import assignments, parsed, value_of, variables
from wot.cli.ending import UsageError

STRING = {"type": "string"}
NULLABLE = {"oneOf": [{"type": "string"}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("5", {"type": "integer"}, 5),
        ("-2.5", {"type": "number"}, -2.5),
        ("5", STRING, "5"),
        ("true", STRING, "true"),
        ("null", STRING, "null"),
        ('"5"', STRING, "5"),
        ("two words", STRING, "two words"),
        ('"half', STRING, '"half'),
        ("", STRING, ""),
        ("null", NULLABLE, None),
        ("7", NULLABLE, "7"),
        ("word", NULLABLE, "word"),
        ("eco", {"enum": ["eco", "1"]}, "eco"),
        ("1", {"enum": ["eco", "1"]}, "1"),
        ("1", {"enum": [1, "1"]}, 1),
        ("word", {}, "word"),
        ("5", {}, 5),
        ("[1]", {"type": "array"}, [1]),
        # What is refused anyway goes as what makes the better message.
        ("fast", {"enum": ["eco"], "type": "string"}, "fast"),
        ("5", {"type": "string", "minLength": 3}, "5"),
        ("500", {"type": "integer", "maximum": 100}, 500),
        ("true", {"type": "integer"}, True),
    ],
)
def test_values(text: str, schema: dict[str, Any], value: Any) -> None:
    found = parsed(text, schema, "VALUE")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        ({"type": "integer"}, "an integer is wanted, such as 5"),
        (
            {"type": "object", "properties": {"to": {}}},
            """an object is wanted, such as '{"to": …}'""",
        ),
    ],
)
@pytest.mark.parametrize("text", ["word", "NaN", "{to: 5}", "[" * 5000])
def test_no_json(text: str, schema: dict[str, Any], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(text, schema, "VALUE")
    assert caught.value.hint == hint


def test_uri_variables() -> None:
    declared = {"unit": STRING, "factor": {"type": "number"}}
    given = ["unit=5", "factor=2", "filter=a=b", "empty="]
    assert variables(given, declared) == {"unit": "5", "factor": 2, "filter": "a=b", "empty": ""}
    for wrong in (["unit"], ["=5"], ["unit=a", "unit=b"], ["factor=x"]):
        with pytest.raises(UsageError):
            variables(wrong, declared)


def test_assignments() -> None:
    assert assignments(["a=b=c", "d="], "--set", "NAME=VALUE") == {"a": "b=c", "d": ""}
    copies = assignments(["http://x/?a=b=file"], "--map", "URL=FILE")
    assert copies == {"http://x/?a=b": "file"}


@pytest.mark.parametrize("given", [["a"], ["=a"], ["a=1", "a=2"]])
def test_no_assignments(given: list[str]) -> None:
    with pytest.raises(UsageError, match="--set") as caught:
        assignments(given, "--set", "NAME=VALUE", "SERIAL=1")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ('"5"', "5"), ("[1]", [1]), ("a b", "a b"), ("", ""), ("-", "-")]
)
def test_values_that_nothing_is_known_of(text: str, value: Any) -> None:
    assert value_of(text) == value
