"""Values as text/plain: what goes out comes back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.content import TEXT, Content
from wot.payload import Mismatch, Payload

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=9,
)


def kind(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return "null" if value is None else names.get(type(value), "object")


@given(values)
def test_what_a_schema_with_a_type_describes_goes_around_as_text(value: Any) -> None:
    for schema in ({"type": kind(value)}, {"type": kind(value), "const": value}):
        payload = Payload.plain(schema)
        content = payload.dump(value, TEXT)
        assert payload.load(content, closed=True) == value


@given(values)
def test_so_does_what_a_schema_without_a_type_describes(value: Any) -> None:
    payload = Payload.plain({"enum": [value]})
    assert payload.load(payload.dump(value, TEXT), closed=True) == value


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({}, "5", "5"),
        ({"type": "string"}, "5", "5"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "5", "5"),
        ({"oneOf": [{"type": "boolean"}, {"type": "integer"}]}, "5", 5),
        ({"type": "array", "items": {"type": "object"}}, '[{"a.b":{}}]', [{"a.b": {}}]),
        ({"type": "string"}, "", ""),
    ],
)
def test_text_is_text_where_that_fits(schema: Any, text: str, value: Any) -> None:
    assert Payload.plain(schema).load(Content(text.encode(), TEXT), closed=True) == value


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[" + "1," * 250_000 + "1]"])
def test_text_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(Mismatch):
        Payload.plain({"type": "object"}).load(Content(text.encode(), TEXT), closed=True)
