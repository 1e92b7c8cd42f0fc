"""What is wrong with a Thing Model by itself, and in the light of the models it takes from."""

from __future__ import annotations

from typing import Any

import pytest

from wot.resolving import mapping
from wot.td.thing_model import check_model, check_sources
from wot.td.validation import validate
from wot.td.vocabulary import TD_11

Json = dict[str, Any]


def model(**members: Any) -> Json:
    return {"@context": TD_11, "@type": "tm:ThingModel", "title": "Lamp", **members}


def seen(document: Json) -> list[tuple[str, str, str]]:
    """(severity, path, assertion) of every finding."""
    found = list(check_model(document))
    assert set(found) <= set(validate(document))
    return [(finding.severity, finding.path, finding.assertion) for finding in found]


def link(rel: str, **members: Any) -> Json:
    return {"rel": rel, "href": "b.tm.json", **members}


def case(assertion: str, members: Json, expected: list[tuple[str, str]]) -> Any:
    return pytest.param(assertion, members, expected, marks=pytest.mark.assertion(assertion))


CASES = [
    case(
        "tm-placeholder-value",
        {"properties": {"x": {"{{NAME}}": 1}, "{{KIND}} x": {}}},
        [("error", "$.properties['{{KIND}} x']"), ("error", "$.properties.x['{{NAME}}']")],
    ),
    case(
        "tm-placeholder",
        {"title": "{{größe}}", "description": "{{}} and {{ü}}"},
        [("error", "$.title"), ("warning", "$.description"), ("warning", "$.description")],
    ),
    case(
        "tm-placeholder",
        {"title": "{TITLE}", "base": "{BASE}", "description": "{one} {TWO}"},
        [("warning", "$.title")],
    ),
    case(
        "tm-tmOptional-resolver",
        {"tm:optional": ["/actions/x", "/actions/y", "/events/x"], "actions": {"x": {}}},
        [("error", "$['tm:optional'][1]"), ("error", "$['tm:optional'][2]")],
    ),
    case(
        "tm-tmOptional-array",
        {"actions": {"x": {"tm:optional": True}}},
        [("error", "$.actions.x['tm:optional']")],
    ),
    case(
        "tm-tmOptional",
        {"tm:required": ["#/actions/x"], "actions": {"x": {}}},
        [("warning", "$['tm:required']")],
    ),
    case(
        "tm-extend",
        {"links": [{"rel": "tm:extends"}, link("extends")]},
        [("error", "$.links[0]"), ("warning", "$.links[1].rel")],
    ),
    case(
        "tm-compose-submodel",
        {"links": [{"rel": "tm:submodel"}, link("submodel")]},
        [("error", "$.links[0]"), ("warning", "$.links[1].rel")],
    ),
    case(
        "tm-compose-instanceName",
        {"links": [link("tm:submodel", instanceName=name) for name in ("a", "b", "a")]},
        [("warning", "$.links[2].instanceName")],
    ),
    case(
        "tm-ref-recursive-extensions",
        {"links": [{"rel": "tm:extends", "href": "#"}, {"rel": "tm:submodel", "href": "#/x"}]},
        [("error", "$.links[0].href"), ("error", "$.links[1].href")],
    ),
    case(
        "tm-ref-recursive-extensions",
        {
            "properties": {
                "x": {"tm:ref": "#/properties/y"},
                "y": {"items": {"tm:ref": "#/properties/x"}},
            }
        },
        [("error", "$.properties.x['tm:ref']")],
    ),
    case(
        "tm-tmRef1",
        {"properties": {"x": {"tm:ref": "y"}, "z": {"tm:ref": "#/properties/none"}}},
        [("error", "$.properties.z['tm:ref']"), ("error", "$.properties.x['tm:ref']")],
    ),
    case(
        "tm-protocol-security-restriction",
        {
            "base": "http://192.0.2.1/",
            "properties": {
                "x": {
                    "forms": [{"href": "coap://h/x"}, {"href": "/x"}, {"href": "http://{{HOST}}/x"}]
                }
            },
        },
        [("warning", "$.base"), ("warning", "$.properties.x.forms[0].href")],
    ),
    case(
        "tm-tmRef-overwrite-semantic-meaning",
        {
            "properties": {
                "x": {"type": "integer", "maximum": 100, "unit": "C"},
                "y": {"tm:ref": "#/properties/x", "maximum": 120, "unit": "K"},
                "z": {"tm:ref": "#/properties/x", "maximum": 80},
            }
        },
        [("warning", "$.properties.y.maximum")],
    ),
]


@pytest.mark.parametrize(("assertion", "members", "expected"), CASES)
def test_one_model_by_itself(
    assertion: str, members: Json, expected: list[tuple[str, str]]
) -> None:
    found = seen(model(**members))
    assert [(severity, path) for severity, path, _ in found] == expected
    assert {named for _, _, named in found} == {assertion}


@pytest.mark.assertion("tm-identification")
def test_what_does_not_say_that_it_is_a_model() -> None:
    (found,) = check_model({"@context": TD_11})
    assert (found.path, found.assertion) == ("$['@type']", "tm-identification")


@pytest.mark.assertion(
    "tm-placeholder-usecase", "tm-compose-submodel", "tm-compose-instanceName", "tm-tmRef-usecase"
)
def test_a_model_with_everything_has_nothing_wrong_with_it() -> None:
    document = model(
        id="urn:example:{{ID}}",
        version={"model": "1"},
        base="{{BASE}}",
        links=[
            link("tm:extends"),
            link("tm:submodel", instanceName="a"),
            link("tm:submodel", instanceName="b"),
        ],
        properties={
            "x": {"type": "integer", "maximum": "{{MAX}}"},
            "y": {"tm:ref": "#/properties/x"},
            "z": {"tm:ref": "#/properties/inherited"},
            "w": {"tm:ref": "c.tm.json#/properties/{{not known here}}"},
        },
        **{"tm:optional": ["/properties/x", "/actions/inherited"]},
    )
    assert validate(document) == []


def test_paths_begin_where_the_model_stands() -> None:
    (found,) = check_model(model(properties={"x": {"tm:ref": "#/none"}}), "$[3].model")
    assert found.path == "$[3].model.properties.x['tm:ref']"


def test_references_that_multiply_are_found() -> None:
    properties: Json = {"p0": {"type": "integer"}}
    for number in range(1, 40):
        two = {name: {"tm:ref": f"#/properties/p{number - 1}"} for name in "ab"}
        properties[f"p{number}"] = {"type": "object", "properties": two}
    assert [severity for severity, _, _ in seen(model(properties=properties))] == ["error"]


# ── with the other models ──


def warned(top: Json, others: dict[str, Json]) -> list[tuple[str, str, str]]:
    found = check_sources(top, mapping(others))
    return [(finding.severity, finding.path, finding.assertion) for finding in found]


LEVEL = {"type": "integer", "minimum": 0, "maximum": 100}


@pytest.mark.assertion("tm-overwrite-interaction", "tm-overwrite-types")
@pytest.mark.parametrize(
    ("change", "assertions"),
    [
        ({"title": "Level"}, ["tm-overwrite-interaction"]),
        ({"maximum": 80, "minimum": 5}, ["tm-overwrite-interaction"]),
        ({"maximum": 120}, ["tm-overwrite-interaction", "tm-overwrite-types"]),
        ({"type": "number"}, ["tm-overwrite-interaction", "tm-overwrite-types"]),
        ({"tm:ref": "p#/properties/dim"}, []),
    ],
)
def test_what_is_inherited_should_not_be_overwritten(change: Json, assertions: list[str]) -> None:
    top = model(links=[{"rel": "tm:extends", "href": "p"}], properties={"dim": change, "own": {}})
    found = warned(top, {"p": model(properties={"dim": LEVEL})})
    assert [assertion for _, _, assertion in found] == assertions
    assert {severity for severity, _, _ in found} <= {"warning"}
    assert all(path.startswith("$.properties.dim") for _, path, _ in found)


@pytest.mark.assertion("tm-tmRef-overwrite-semantic-meaning")
@pytest.mark.parametrize(
    ("change", "wider"),
    [({"maximum": 80}, False), ({"maximum": 120}, True), ({"unit": "K"}, False)],
)
def test_what_is_imported_should_not_become_wider(change: Json, wider: bool) -> None:
    top = model(properties={"x": {"items": {"tm:ref": "p#/properties/dim", **change}}})
    found = warned(top, {"p": model(properties={"dim": {**LEVEL, "unit": "C"}})})
    path, assertion = "$.properties.x.items.maximum", "tm-tmRef-overwrite-semantic-meaning"
    assert found == ([("warning", path, assertion)] if wider else [])


def test_what_is_not_there_is_an_error() -> None:
    top = model(
        links=[link("tm:extends"), link("tm:submodel", href="c")],
        properties={"x": {"tm:ref": "d#/properties/x"}},
    )
    found = warned(top, {})
    assert sorted(found) == [
        ("error", "$.links[0].href", "tm-extend"),
        ("error", "$.links[1].href", "tm-compose-submodel"),
        ("error", "$.properties.x['tm:ref']", "tm-tmRef2"),
    ]
    everything = {
        "b.tm.json": model(),
        "c": model(properties={"y": {"tm:ref": "#/none"}}),
        "d": model(properties={"x": {}}),
    }
    assert warned(top, everything) == [("error", "$.links[1].href", "tm-tmRef1")]
    everything["c"] = model(links=[link("tm:submodel", href="")])
    assert warned(top, {**everything, "c": model()}) == []


def test_validate_with_a_resolver_says_all_of_it_once() -> None:
    top = model(
        links=[{"rel": "tm:extends"}], properties={"x": {"tm:ref": "y"}, "z": {"tm:ref": "#/none"}}
    )
    found = [(finding.path, finding.reason) for finding in validate(top, resolver=mapping({}))]
    assert len(found) == len({path for path, _ in found}) == 2 + 1


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param(
            {"@context": None}, "$", marks=pytest.mark.assertion("tm-context-requirement")
        ),
        pytest.param(
            {"version": {"model": "1", "instance": "1"}},
            "$.version.instance",
            marks=pytest.mark.assertion("tm-versioning-2"),
        ),
        pytest.param(
            {"properties": {"x": {"type": "integer", "minimum": 5, "maximum": 1}}},
            "$.properties.x",
            marks=pytest.mark.assertion("tm-td-generation-inconsistencies"),
        ),
        pytest.param(
            {"properties": {"x": {"type": "integer", "minimum": "5"}}},
            "$.properties.x.minimum",
            marks=pytest.mark.assertion("tm-placeholder-retyping"),
        ),
    ],
)
def test_what_a_model_must_be_for_a_td_to_come_of_it(change: Json, path: str) -> None:
    document = {**model(properties={"x": {"minimum": "{{MIN}}"}}, version={"model": "1"})}
    assert validate(document) == []
    changed = {name: value for name, value in {**document, **change}.items() if value is not None}
    found = [finding for finding in validate(changed) if finding.severity == "error"]
    assert found
    assert all(finding.path.startswith(path) for finding in found)


def test_spaces_in_the_brackets_are_part_of_the_name() -> None:
    found = list(check_model(model(title="{{ NAME }} and {{OTHER}}")))
    assert [(one.path, one.severity, one.hint) for one in found] == [
        ("$.title", "warning", "write {{NAME}}")
    ]
