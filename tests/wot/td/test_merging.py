"""RFC 7396 by its own table and by its laws, and what extending a model does differently."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.td.merging import merge_patch, overlay
from wot.td.placeholders import copied

# RFC 7396 appendix A.
TABLE: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUES)


def has_null_member(value: Any) -> bool:
    return isinstance(value, dict) and any(
        item is None or has_null_member(item) for item in value.values()
    )


@pytest.mark.assertion("tm-tmRef-overwrite-process")
@pytest.mark.parametrize(("target", "patch", "expected"), TABLE)
def test_the_table_of_the_rfc(target: Any, patch: Any, expected: Any) -> None:
    before = copied(target), copied(patch)
    assert merge_patch(target, patch) == expected
    assert (target, patch) == before


@given(VALUES, VALUES)
def test_a_patch_applied_twice_changes_nothing_more(target: Any, patch: Any) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once


@given(VALUES, OBJECTS)
def test_an_object_patch_leaves_no_null_of_its_own(target: Any, patch: dict[str, Any]) -> None:
    merged = merge_patch(target, patch)
    for name, value in patch.items():
        assert (name not in merged) if value is None else (name in merged)
    assert not has_null_member(merge_patch({}, patch))


@given(VALUES, VALUES)
def test_a_patch_without_nulls_is_there_afterwards(target: Any, patch: Any) -> None:
    if not has_null_member(patch):
        assert merge_patch(target, {"x": patch, "y": 1})["y"] == 1
        if not isinstance(patch, dict):
            assert merge_patch(target, {"x": patch}).get("x") == patch


@given(OBJECTS, OBJECTS)
def test_a_model_that_extends_keeps_the_nulls_it_adds(
    parent: dict[str, Any], child: dict[str, Any]
) -> None:
    merged = overlay(parent, child)
    for name, value in child.items():
        if name not in parent and value is not None:
            assert merged[name] == value
        elif value is None:
            assert name not in merged
    for name in parent.keys() - child.keys():
        assert merged[name] == parent[name]


def test_null_removes_what_is_inherited_and_is_a_value_where_nothing_is() -> None:
    parent = {"properties": {"on": {"title": "On", "type": "boolean"}}}
    child = {"properties": {"on": {"title": None}, "none": {"const": None}}}
    assert overlay(parent, child) == {
        "properties": {"on": {"type": "boolean"}, "none": {"const": None}}
    }
