"""Placeholders: found, filled with values of any type, and never looked into again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.errors import InvalidTD
from wot.td.placeholders import LIMIT, copied, fill, names, placeholders

NAMES = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="{}"),
    min_size=1,
    max_size=12,
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
PLAIN = st.text(max_size=8).filter(lambda text: "{" not in text and "}" not in text)


def only(error: InvalidTD) -> tuple[str, str, str]:
    (found,) = error.findings
    return found.path, found.reason, found.assertion


@pytest.mark.assertion("tm-placeholder")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{A}}", ["A"]),
        ("mqtt://{{BROKER}}:{{PORT}}/{topic}", ["BROKER", "PORT"]),
        ("{{A}}{{A}}", ["A", "A"]),
        ("{{ a name }}", [" a name "]),
        ("{{a}b}}", ["a}b"]),
        ("{{{NAME}}}", ["NAME"]),  # the variable of a URI template, named by a placeholder
        ("{{ a {{B}}", ["B"]),
        ("{A}", []),
        ("{{}}", []),
        ("{{größe}}", []),
        ("{{A}", []),
        ("", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_where_they_are() -> None:
    model = {"title": "{{A}} {{A}}", "properties": {"x y": {"maximum": "{{B}}", "enum": ["{{A}}"]}}}
    assert placeholders(model) == {
        "A": ["$.title", "$.properties['x y'].enum[0]"],
        "B": ["$.properties['x y'].maximum"],
    }


@pytest.mark.assertion(
    "tm-placeholder-replacement", "tm-placeholder-retyping", "tm-placeholder-usecase"
)
@pytest.mark.parametrize(
    "value", [4, 47.7, True, None, "text", [1, "b"], {"model": "2"}, [], {}, ""]
)
def test_a_string_that_is_one_placeholder_becomes_the_value(value: Any) -> None:
    filled = fill({"maximum": "{{MAX}}"}, {"MAX": value})
    assert filled == {"maximum": value}
    assert type(filled["maximum"]) is type(value)


@pytest.mark.assertion("tm-placeholder-replacement")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "a x b"),
        (4, "a 4 b"),
        (47.7, "a 47.7 b"),
        (True, "a true b"),
        (None, "a null b"),
        ([1, 2, 3], "a [1,2,3] b"),
        ({"instance": "xyz", "größe": 1}, 'a {"instance":"xyz","größe":1} b'),
    ],
)
def test_inside_a_longer_string_the_text_of_the_value_is_put(value: Any, expected: str) -> None:
    assert fill("a {{V}} b", {"V": value}) == expected


@given(st.dictionaries(NAMES, JSON, min_size=1, max_size=4), st.data())
def test_every_value_comes_back(values: dict[str, Any], data: st.DataObject) -> None:
    whole = {"all": [{"value": f"{{{{{name}}}}}"} for name in values]}
    before = copied(whole)
    filled = fill(whole, values)
    assert json.dumps([item["value"] for item in filled["all"]]) == json.dumps(
        list(values.values())
    )
    assert whole == before
    parts = [data.draw(PLAIN) for _ in range(len(values) + 1)]
    text = parts[0] + "".join(
        f"{{{{{name}}}}}{part}" for name, part in zip(values, parts[1:], strict=True)
    )
    shown = [
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for value in values.values()
    ]
    expected = parts[0] + "".join(
        value + part for value, part in zip(shown, parts[1:], strict=True)
    )
    if text != f"{{{{{next(iter(values))}}}}}":
        assert fill(text, values) == expected


@given(NAMES, JSON)
def test_what_is_filled_in_shares_nothing_with_the_value(name: str, value: Any) -> None:
    filled = fill([f"{{{{{name}}}}}"] * 2, {name: value})
    assert filled[0] == filled[1] == value
    if isinstance(value, (dict, list)):
        assert filled[0] is not filled[1]
        assert filled[0] is not value


def test_values_are_not_looked_into() -> None:
    values = {"A": "{{B}}", "B": "{{A}}", "C": ["{{A}}"]}
    assert fill(["{{A}}", "x{{B}}", "{{C}}"], values) == ["{{B}}", "x{{A}}", ["{{A}}"]]


@pytest.mark.assertion(
    "thing-model-td-generation-processor-placeholder", "tm-placeholder-replacement"
)
def test_every_missing_value_is_found_at_once() -> None:
    with pytest.raises(InvalidTD) as caught:
        fill({"title": "{{A}}", "actions": {"x": {"title": "{{B}} and {{C}}"}}}, {"B": 1})
    assert [(found.path, found.reason) for found in caught.value.findings] == [
        ("$.title", "the placeholder 'A' has no value"),
        ("$.actions.x.title", "the placeholder 'C' has no value"),
    ]
    assert {found.assertion for found in caught.value.findings} == {
        "thing-model-td-generation-processor-placeholder"
    }


def test_a_value_for_no_placeholder_is_a_misspelt_name() -> None:
    with pytest.raises(InvalidTD) as caught:
        fill("{{BROKER}} {{PORT}}", {"BROKER": "x", "PORT": 1, "PROT": 2})
    (found,) = caught.value.findings
    assert "'PROT'" in found.reason
    assert found.hint == "placeholders: BROKER, PORT"
    assert fill("x", {"A": 1}, known=frozenset("A")) == "x"


@pytest.mark.assertion("tm-placeholder-value")
def test_a_placeholder_is_no_name() -> None:
    with pytest.raises(InvalidTD) as caught:
        fill({"properties": {"{{A}}": {}}}, {"A": "on"}, known=frozenset("A"))
    path, _, assertion = only(caught.value)
    assert (path, assertion) == ("$.properties['{{A}}']", "tm-placeholder-value")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1}, object(), {1: 2}, [b"x"]])
def test_values_are_json(value: Any) -> None:
    with pytest.raises(InvalidTD) as caught:
        fill("{{A}}", {"A": value})
    assert "is no JSON value" in only(caught.value)[1]


def test_a_value_that_contains_itself_is_no_json() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(InvalidTD):
        fill("{{A}}", {"A": value})


def test_values_cannot_multiply_without_end() -> None:
    with pytest.raises(InvalidTD) as caught:
        fill(["{{A}}"] * 5000, {"A": "x" * 1000})
    assert f"{LIMIT:,}" in only(caught.value)[1]


@given(st.text("{}aB é\n", max_size=40))
def test_any_text_is_taken(text: str) -> None:
    values = dict.fromkeys(names(text), "v")
    filled = fill({"x": text}, values)
    if not values:
        assert filled == {"x": text}


def test_a_thousand_findings_and_places_suffice() -> None:
    many = {"x": [f"{{{{P{number}}}}}" for number in range(3_000)]}
    with pytest.raises(InvalidTD) as caught:
        fill(many, {})
    assert len(caught.value.findings) == 1000
    found = placeholders(many)
    assert len(found) == 3_000
    assert sum(map(len, found.values())) == 1000
