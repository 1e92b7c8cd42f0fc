"""No document takes long: each one of hostile.py is judged within a bound that only what hangs can miss."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.td import locate, read, validate

from .hostile import SCHEMAS, TEXTS, Made, text, thing
from .hostile_names import FORMS, SECURITY
from .hostile_rest import MODELS, REST

HOSTILE = {**TEXTS, **SCHEMAS, **SECURITY, **FORMS, **REST, **MODELS}

# One of each kind that once took minutes; the others are in the long form.
SHORT = frozenset(
    [
        "a long path with many members",
        "long names in long names",
        "a long pattern",
        "many classes",
        "optional groups",
        "unknown names among many",
        "a chain of combinations",
        "a circle of combinations",
        "all combine all",
        "combinations of unknown names",
        "forms under a chain",
        "forms under a default chain",
        "forms under many names",
        "many secrets in the URI",
        "many secrets in the body",
        "scopes",
        "templates of thousands of variables",
        "many templates, many variables",
        "open braces",
        "empty expressions",
        "half placeholders",
        "commas",
        "a base and many forms",
        "a base and forms without methods",
        "responses",
        "ops that are none",
        "languages that are none",
        "languages everywhere",
        "sets of languages",
        "open placeholders in texts",
        "half placeholders in texts",
        "50,000 faults",
        "faults at long paths",
        "faults of structure at long paths",
    ]
)
SECONDS = 5  # of this process; they take a tenth of that, or less


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    """What is loaded and compiled once is no part of it."""
    validate(thing())
    validate({**thing(), "@type": "tm:ThingModel"})


def cases() -> Iterator[Any]:
    for name, make in HOSTILE.items():
        yield pytest.param(make, id=name, marks=[] if name in SHORT else pytest.mark.soak)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("make", list(cases()))
def test_a_hostile_document_is_judged_at_once(make: Callable[[], Made]) -> None:
    made = make()
    document = made if isinstance(made, bytes) else text(made)
    begin = time.process_time()
    findings = validate(document)
    judged = time.process_time()
    found = locate(document.decode(), [finding.path for finding in findings])
    located = time.process_time()
    assert judged - begin < SECONDS
    assert located - judged < SECONDS
    assert len(findings) <= 1000
    assert all(spot >= (1, 1) for spot in found.values())


@pytest.mark.soak
@pytest.mark.timeout(120)
@pytest.mark.parametrize("make", HOSTILE.values(), ids=list(HOSTILE))
def test_the_same_as_an_object(make: Callable[[], Made]) -> None:
    """Without the text, nothing but the text differs: an object has no member twice."""
    made = make()
    if isinstance(made, bytes):
        try:
            made = read(made)
        except InvalidTD:
            pytest.skip("there is no such object")
    begin = time.process_time()
    findings = validate(made)
    assert time.process_time() - begin < SECONDS
    assert len(findings) <= 1000
    assert all(finding.reason for finding in findings)
