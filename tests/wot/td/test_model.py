"""Thing Descriptions as data: what is read, what is refused, and that views copy nothing."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.errors import Finding, InvalidTD
from wot.td import (
    TD_10,
    TD_11,
    ActionAffordance,
    DataSchema,
    EventAffordance,
    Form,
    Op,
    PropertyAffordance,
    ThingDescription,
    VersionInfo,
    context_with,
    default_ops,
    validate,
)
from wot.td.vocabulary import TD_NEXT

LAMP: dict[str, Any] = {
    "@context": [TD_10, TD_11, {"ex": "http://example.org/"}],
    "@type": "Lamp",
    "title": "Lamp",
    "security": "nosec_sc",
    "securityDefinitions": {"nosec_sc": {"scheme": "nosec", "in": "body"}},
    "ex:unknown": {"deep": [1, 1.0, None]},
    "properties": {
        "level": {
            "type": "array",
            "items": {"type": "integer", "maximum": 9.5, "ex:unit": "Cel"},
            "multipleOf": 2,
            "uriVariables": {"unit": {"type": "string", "const": None}},
            "forms": [
                {"href": "a", "op": "readproperty", "response": {"contentType": "text/plain"}}
            ],
        }
    },
    "actions": {
        "fade": {"input": {"oneOf": [{"type": "null"}]}, "synchronous": False, "forms": []}
    },
    "links": [{"href": "x", "hreflang": ["de", "fr"]}],
    "version": {"instance": "1.0"},
}


def test_members_are_read_in_the_words_of_python() -> None:
    td = ThingDescription.parse(json.dumps(LAMP))
    assert td.title == "Lamp"
    assert td.types == ("Lamp",)
    assert td.security == ("nosec_sc",)
    assert td.security_definitions["nosec_sc"].in_ == "body"
    assert td.get("ex:unknown") == {"deep": [1, 1.0, None]}
    assert td.version == VersionInfo({"instance": "1.0"})
    assert td.links[0].hreflang == ("de", "fr")
    level = td.properties["level"]
    assert (level.type, level.multiple_of, level.observable) == ("array", 2, False)
    assert [item.maximum for item in level.items] == [9.5]
    assert level.uri_variables["unit"].type == "string"
    assert (level.forms[0].content_type, level.forms[0].response_type) == (
        "application/json",
        "text/plain",
    )
    fade = td.actions["fade"]
    assert fade.input
    assert fade.input.one_of[0].type == "null"
    assert fade.synchronous is False


def test_what_is_absent_has_a_default() -> None:
    td = ThingDescription({"title": "x"})
    assert (td.id, td.base, td.types, td.version, dict(td.properties)) == ("", "", (), None, {})
    schema = DataSchema({})
    assert (schema.minimum, schema.read_only, schema.required, schema.one_of) == (
        None,
        False,
        (),
        (),
    )


def test_a_changed_copy_leaves_the_original_alone() -> None:
    form = Form({"href": "a", "x": 1})
    assert form.replace(href="b") == Form({"href": "b", "x": 1})
    assert form.href == "a"
    assert form != Form({"href": "b"})


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"title": None}, "$.title", "a string"),
        ({"properties": []}, "$.properties", "an object, not an array"),
        ({"properties": {"a": 1}}, "$.properties.a", "an object, not a number"),
        ({"actions": {"a": {"forms": {}}}}, "$.actions.a.forms", "an array"),
        ({"events": {"e": {"forms": [{}]}}}, "$.events.e.forms[0]", "'href' is missing"),
        ({"events": {"e": {"data": True}}}, "$.events.e.data", "a boolean"),
        ({"security": [1]}, "$.security", "array of strings"),
        (
            {"properties": {"p": {"properties": {"q": {"oneOf": [[]]}}}}},
            "$.properties.p.properties.q.oneOf[0]",
            "an object",
        ),
        (
            {"events": {"e": {"forms": [{"href": "x", "contentType": 1}]}}},
            "$.events.e.forms[0].contentType",
            "a string",
        ),
        ({"links": [{"href": 1}]}, "$.links[0].href", "a string, not a number"),
        ({"properties": {"p": {"minimum": "0"}}}, "$.properties.p.minimum", "a number"),
        ({"properties": {"p": {"minimum": True}}}, "$.properties.p.minimum", "a number"),
        ({"securityDefinitions": {"s": {}}}, "$.securityDefinitions.s", "'scheme' is missing"),
    ],
)
def test_a_finding_says_where_and_why(change: dict[str, Any], path: str, reason: str) -> None:
    with pytest.raises(InvalidTD) as caught:
        ThingDescription.parse({**LAMP, **change})
    assert [found.path for found in caught.value.findings] == [path]
    assert reason in caught.value.findings[0].reason
    assert path in str(caught.value)


def test_all_findings_are_reported_together() -> None:
    with pytest.raises(InvalidTD) as caught:
        ThingDescription.parse({"properties": {f"p{n}": n for n in range(8)}, "id": 3})
    assert len(caught.value.findings) == 10  # the title is missing, too
    assert "and 5 more" in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"[]", b"null", b'"td"', b"\xff\xfe", b"[" * 100_000, b'{"title": 1e999}', "{'a'}"],
)
def test_what_is_no_td_is_an_invalid_td(document: bytes | str) -> None:
    with pytest.raises(InvalidTD) as caught:
        ThingDescription.parse(document)
    assert isinstance(caught.value.findings[0], Finding)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "properties", "forms", "href", "items", "oneOf", "a"]),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON_VALUES)
def test_any_json_is_a_td_or_an_invalid_td(value: Any) -> None:
    body = msgspec.json.encode(value)
    try:
        td = ThingDescription.parse(body)
    except InvalidTD:
        return
    assert td.to_bytes() == body


@pytest.mark.assertion("td-json-open_accept-byte-order")
@pytest.mark.parametrize("context", [TD_NEXT, [TD_NEXT], [TD_11, {"a": "b:"}, TD_NEXT]])
def test_a_draft_of_the_next_version_is_refused(context: Any) -> None:
    for members in ({"title": "Lamp"}, {"title": 7}):
        draft = {"@context": context, **members}
        for document in (draft, json.dumps(draft)):
            with pytest.raises(InvalidTD) as caught:
                ThingDescription.parse(document)
            assert caught.value.findings == validate(draft)
    assert ThingDescription.parse({"@context": {"next": TD_NEXT}, "title": "Lamp"})


def test_a_byte_order_mark_is_skipped() -> None:
    assert ThingDescription.parse(b'\xef\xbb\xbf{"title": "x"}').title == "x"


@pytest.mark.assertion("td-default-op-properties", "td-default-op-actions", "td-default-op-events")
def test_default_operations() -> None:  # TD 1.1 section 5.4
    form = Form({"href": "x"})
    assert PropertyAffordance({}).ops(form) == ("readproperty", "writeproperty")
    assert PropertyAffordance({"readOnly": True}).ops(form) == ("readproperty",)
    assert PropertyAffordance({"writeOnly": True}).ops(form) == ("writeproperty",)
    assert ActionAffordance({}).ops(form) == ("invokeaction",)
    assert EventAffordance({}).ops(form) == ("subscribeevent", "unsubscribeevent")
    assert EventAffordance({}).ops(form.replace(op="subscribeevent")) == ("subscribeevent",)
    assert default_ops("") == ()


def test_our_context_begins_with_both_uris() -> None:
    assert context_with({}) == [TD_10, TD_11]
    assert context_with({"ex": "http://x/"}) == [TD_10, TD_11, {"ex": "http://x/"}]
    assert str(Op.READ_PROPERTY) == "readproperty"
