"""Links: relations that stand once, and what only Thing Models have."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import model
from wot.errors import Finding
from wot.td import validate

from .judging import error, judged_thing, warning


def linked(*links: dict[str, Any]) -> list[Finding]:
    return judged_thing(links=[{"href": f"l{i}", **link} for i, link in enumerate(links)])


@pytest.mark.parametrize(
    "links",
    [
        [],
        [{}],
        [{}, {}],
        [{"rel": "item"}, {"rel": "item"}],
        [{"rel": "type"}, {"rel": "collection"}, {"rel": "icon", "sizes": "16x16"}],
        [{"rel": "https://example.org/rel"}, {"rel": "https://example.org/rel"}],
        [{"rel": "type"}, {"rel": "types"}],
    ],
)
def test_nothing_is_said_of_good_ones(links: list[Any]) -> None:
    assert linked(*links) == []


@pytest.mark.parametrize("again", ["type", "Type", "TYPE"])
def test_a_thing_is_of_one_model(again: str) -> None:
    reason = "there is more than one link with the relation type"
    hint = "links[0] names the Thing Model already"
    found = error("$.links[2].rel", reason, hint, "tm-rel-type-maximum")
    assert linked({"rel": "type"}, {"rel": "item"}, {"rel": again}) == [found]


def test_each_further_one_is_told() -> None:
    found = linked({"rel": "type"}, {"rel": "type"}, {"rel": "type"})
    assert [each.path for each in found] == ["$.links[1].rel", "$.links[2].rel"]


@pytest.mark.parametrize("relation", ["collection", "predecessor-version"])
def test_some_relations_stand_once(relation: str) -> None:
    reason = f"there is more than one link with the relation {relation}"
    assert linked({"rel": relation}, {"rel": relation}) == [
        warning("$.links[1].rel", reason, "links[0] has it already")
    ]


def test_a_submodel_is_of_models() -> None:
    reason, hint = "only a Thing Model has submodels", "in a TD the relation is item"
    assert linked({"rel": "tm:submodel"}) == [warning("$.links[0].rel", reason, hint)]
    lamp = model(links=[{"rel": "tm:submodel", "href": "a.tm.json", "instanceName": "a"}])
    assert validate(lamp) == []


def test_a_name_of_an_instance_goes_with_a_submodel() -> None:
    reason = "it goes with the relation tm:submodel only"
    assert linked({"rel": "item", "instanceName": "a"}) == [
        warning("$.links[0].instanceName", reason, "leave it out")
    ]
