"""What comes along with what a Thing Model takes from others: contexts, and definitions."""

from __future__ import annotations

import pytest

from wot.td.vocabulary import TD_10, TD_11

from .models import Json, extends, faults, model, resolved


@pytest.mark.assertion("tm-tmRef2")
def test_the_context_of_an_imported_definition_comes_along() -> None:
    source = model(
        **{
            "@context": [
                TD_10,
                TD_11,
                "https://example.com/more",
                {"om": "http://om/", "x": "urn:x:", "@language": "de"},
            ],
            "properties": {"t": {"@type": "om:Temperature"}},
        }
    )
    top = model(
        **{
            "@context": [TD_11, {"x": "urn:x:", "own": "urn:own:"}],
            "properties": {"t": {"tm:ref": "s#/properties/t"}},
        }
    )
    assert resolved(top, {"s": source})["@context"] == [
        TD_11,
        "https://example.com/more",
        {"x": "urn:x:", "own": "urn:own:"},
        {"om": "http://om/"},
    ]


@pytest.mark.assertion("tm-tmRef2")
def test_contexts_come_along_through_other_models() -> None:
    others = {
        "b": model(properties={"t": {"tm:ref": "c#/properties/t"}}),
        "c": model(
            **{"@context": [TD_11, {"om": "http://om/"}], "properties": {"t": {"unit": "om:metre"}}}
        ),
    }
    expected = [TD_11, {"om": "http://om/"}]
    assert (
        resolved(model(properties={"t": {"tm:ref": "b#/properties/t"}}), others)["@context"]
        == expected
    )
    assert resolved(model(links=extends("b")), others)["@context"] == expected


@pytest.mark.assertion("tm-tmRef2")
@pytest.mark.parametrize("how", ["tm:ref", "tm:extends"])
def test_a_prefix_cannot_mean_two_things(how: str) -> None:
    source = model(
        **{
            "@context": [TD_11, {"om": "http://one/"}],
            "properties": {"t": {"@type": "om:T"}, "u": {}},
        }
    )
    top = model(**{"@context": [TD_11, {"om": "http://two/"}]})
    change: Json = (
        {"properties": {"t": {"tm:ref": "s#/properties/t"}}}
        if how == "tm:ref"
        else {"links": extends("s")}
    )
    (found,) = faults(lambda: resolved({**top, **change}, {"s": source}))
    assert "'om' means 'http://two/' here and 'http://one/' in s" in found[1]
    harmless = {**top, "properties": {"u": {"tm:ref": "s#/properties/u"}}}
    assert resolved(harmless, {"s": source})["@context"] == top["@context"]


@pytest.mark.assertion("tm-tmRef2")
def test_definitions_that_imported_forms_name_come_along() -> None:
    others = {
        "b": model(
            actions={"x": {"tm:ref": "c#/actions/x"}},
            securityDefinitions={"basic_sc": {"scheme": "basic"}},
        ),
        "c": model(
            actions={
                "x": {
                    "forms": [
                        {
                            "security": ["basic_sc", "{{S}}"],
                            "additionalResponses": [{"schema": "error"}],
                        },
                        {"security": "own"},
                    ]
                }
            },
            schemaDefinitions={"error": {"type": "string"}, "other": {}},
            securityDefinitions={"own": {"scheme": "psk"}},
        ),
    }
    top = model(
        actions={"y": {"tm:ref": "b#/actions/x"}}, securityDefinitions={"own": {"scheme": "nosec"}}
    )
    out = resolved(top, others)
    assert out["schemaDefinitions"] == {"error": {"type": "string"}}
    assert out["securityDefinitions"] == {
        "own": {"scheme": "nosec"},
        "basic_sc": {"scheme": "basic"},
    }
