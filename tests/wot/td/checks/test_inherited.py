"""Thing Models use names of what they extend and refer to; names that nobody can have are still found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import model
from wot.td import validate

EXTENDS = {"links": [{"rel": "tm:extends", "href": "base.tm.json", "type": "application/tm+json"}]}
REF = {"tm:ref": "base.tm.json#/properties/x"}


@pytest.mark.parametrize(
    "members",
    [
        {"security": "theirs"},
        {
            "securityDefinitions": {
                "mine": {"scheme": "nosec"},
                "both": {"scheme": "combo", "oneOf": ["mine", "theirs"]},
            }
        },
        {"properties": {"y": {"forms": [{"href": "y{?v}"}]}}},
        {"properties": {"y": {"forms": [{"href": "y", "security": "theirs"}]}}},
        {"properties": {"y": {"forms": [{"href": "y", "additionalResponses": [{"schema": "e"}]}]}}},
    ],
)
def test_what_is_inherited_may_be_used(members: Any) -> None:
    assert validate(model(**EXTENDS, **members)) == []


def test_variables_of_what_is_referred_to() -> None:
    forms, known = [{"href": "x{?u}"}], {"securityDefinitions": {"n": {"scheme": "nosec"}}}
    assert validate(model(properties={"x": {**REF, "forms": forms}}, **known)) == []
    found = validate(model(properties={"x": {"type": "string", "forms": forms}}, **known))
    assert [each.path for each in found] == ["$.properties.x.forms[0].href"]


def test_what_is_there_is_judged() -> None:
    found = validate(model(**EXTENDS, uriVariables={"v": {"type": "object", "properties": {}}}))
    assert [each.path for each in found if each.severity == "error"] == ["$.uriVariables.v.type"]
    both = {"scheme": "combo", "oneOf": ["both", "theirs"]}
    found = validate(model(**EXTENDS, securityDefinitions={"both": both}))
    assert [each.path for each in found] == ["$.securityDefinitions.both.oneOf[0]"]
