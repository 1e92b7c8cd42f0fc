"""Each rule that a document can break: the fault is found, at its place, and says which rule it was."""

from collections.abc import Mapping
from typing import Any

import pytest

from wot.td import validate
from wot.td.editions import is_model

from .allowed import ALLOWED, ALLOWED_IN_MODELS
from .assertions import every
from .documents import EVERYTHING, MODEL, changed, document, path
from .faults import Fault, also, faults

GOOD = {"td": document(EVERYTHING), "tm": document(MODEL)}
FAULTS = [("td", fault) for fault in faults("faults.toml")] + [
    ("tm", fault) for fault in faults("model_faults.toml")
]
NAMES = [fault.assertion for _, fault in FAULTS]
IDS = {each.id for each in every()}


def shows(kind: str, fault: Fault) -> Any:
    marks = pytest.mark.assertion(fault.assertion)
    return pytest.param(kind, fault, id=fault.assertion, marks=marks)


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_document_has_no_fault(kind: str) -> None:
    assert validate(GOOD[kind]) == []


@pytest.mark.parametrize(("kind", "fault"), [shows(*each) for each in FAULTS])
def test_a_fault_is_found_at_its_place(kind: str, fault: Fault) -> None:
    findings = validate(changed(GOOD[kind], fault.changes))
    assert findings
    first = findings[0]
    assert first.severity == fault.severity
    assert first.path in {path(place) for place in fault.places}
    assert first.assertion in also(fault.assertion)
    assert first.reason


@pytest.mark.parametrize(("kind", "fault"), FAULTS, ids=NAMES)
def test_one_fault_is_not_told_as_several(kind: str, fault: Fault) -> None:
    findings = validate(changed(GOOD[kind], fault.changes))
    assert len({found.path for found in findings if found.severity == fault.severity}) == 1


@pytest.mark.parametrize(("kind", "fault"), FAULTS, ids=NAMES)
def test_findings_name_assertions_that_exist(kind: str, fault: Fault) -> None:
    findings = validate(changed(GOOD[kind], fault.changes))
    assert {found.assertion for found in findings} <= IDS | {""}


def allowed(kind: str, cases: list[tuple[str, Mapping[str, Any]]]) -> list[Any]:
    return [
        pytest.param(kind, changes, id=id, marks=pytest.mark.assertion(id)) for id, changes in cases
    ]


@pytest.mark.parametrize(
    ("kind", "changes"), [*allowed("td", ALLOWED), *allowed("tm", ALLOWED_IN_MODELS)]
)
def test_what_is_allowed_is_not_complained_of(kind: str, changes: Mapping[str, Any]) -> None:
    assert validate(changed(GOOD[kind], changes)) == []


@pytest.mark.assertion("tm-identification")
@pytest.mark.parametrize(
    ("types", "whether"),
    [
        ("tm:ThingModel", True),
        (["ex:Lamp", "tm:ThingModel"], True),
        ("ThingModel", False),
        (["ex:Lamp"], False),
        ({"tm:ThingModel": True}, False),
        (None, False),
    ],
)
def test_a_thing_model_says_that_it_is_one(types: Any, whether: bool) -> None:
    """What does not say so is held to be a TD, which lacks much."""
    json = changed(GOOD["tm"], {"@type": types})
    assert is_model(json) == whether
    assert (validate(json) == []) == whether


@pytest.mark.assertion("td-context-ns-td10-namespacev10")
def test_descriptions_of_version_1_0_are_accepted() -> None:
    """In that version, an `op` of the whole Thing could be left out, and it had but four."""
    old = {
        "@context": "https://www.w3.org/2019/wot/td/v1",
        "title": "Lamp",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "security": ["nosec_sc"],
        "properties": {"on": {"type": "boolean", "forms": [{"href": "http://127.0.0.1/on"}]}},
        "forms": [{"href": "http://127.0.0.1/", "op": "readallproperties"}],
    }
    assert validate(old) == []
    mixed = ["https://www.w3.org/2019/wot/td/v1", {"ex": "https://example.org/"}]
    assert validate({**old, "@context": mixed, "ex:colour": "red"}) == []
