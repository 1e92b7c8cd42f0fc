"""What to do about findings: said of each, and specific where beginners need it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from wot.td import validate

from .changes import changed
from .hostile import thing

EXAMPLES = Path(__file__).parents[3] / "td_examples"
FORM = {"href": "https://lamp.example/"}


HINTS: list[tuple[Any, str, str]] = [
    (
        thing(security={"scheme": "nosec"}),
        "$.security",
        'it names definitions, for instance "nosec_sc"',
    ),
    (thing(properties={"on": {"forms": FORM}}), "$.properties.on.forms", "put it in [ ]"),
    (thing(properties=[{"forms": [FORM]}]), "$.properties", 'give each one a name: { "level": … }'),
    (
        thing(properties={"on": {"type": ["integer", "null"], "forms": [FORM]}}),
        "$.properties.on.type",
        'of several types one is given by oneOf: [{"type": "integer"}, {"type": "null"}]',
    ),
    (
        thing(properties={"on": {"type": "bool", "forms": [FORM]}}),
        "$.properties.on.type",
        "did you mean 'boolean'?",
    ),
    (
        thing(properties={"on": {"minimum": "5", "forms": [FORM]}}),
        "$.properties.on.minimum",
        "write 5 without quotation marks",
    ),
    (
        thing(properties={"on": {"readOnly": "True", "forms": [FORM]}}),
        "$.properties.on.readOnly",
        "write true without quotation marks",
    ),
    (
        thing(properties={"on": {"required": True, "forms": [FORM]}}),
        "$.properties.on.required",
        "the object around lists the names",
    ),
    (
        thing(properties={"on": {"forms": [{**FORM, "additionalResponses": {}}]}}),
        "$.properties.on.forms[0].additionalResponses",
        "put it in [ ]",
    ),
    (thing(description=["x"]), "$.description", "take it out of the [ ]"),
    (thing(description=None), "$.description", "leave it out, or give it a value"),
    (thing(base="http://a b/"), "$.base", "encode such characters, for instance a space as %20"),
]


@pytest.mark.parametrize(("document", "path", "hint"), HINTS)
def test_what_to_do_where_beginners_need_it(document: Any, path: str, hint: str) -> None:
    found = next(one for one in validate(document) if one.path == path)
    assert found.hint.startswith(hint)


@pytest.mark.parametrize("missing", ["title", "security", "securityDefinitions", "@context"])
def test_an_example_of_what_is_missing(missing: str) -> None:
    document = {name: value for name, value in thing().items() if name != missing}
    found = validate(document)[0]
    assert found.reason == f"the member {missing!r} is missing"
    assert found.hint.startswith(f'for instance "{missing}": ')


@pytest.mark.parametrize(
    ("written", "meant"),
    [("titel", "title"), ("Title", "title"), ("context", "@context"), ("secutity", "security")],
)
def test_what_is_written_for_something_that_is_missing(written: str, meant: str) -> None:
    document = thing()
    document[written] = document.pop(meant)
    found = next(one for one in validate(document) if "is missing" in one.reason)
    assert found.hint == f"did you mean to write {meant} for {written}?"


def test_another_term_is_not_written_for_one_that_is_missing() -> None:
    document = thing(titles={"en": "Lamp"})
    del document["title"]
    assert validate(document)[0].hint == 'for instance "title": "Lamp"'


def test_every_finding_says_what_to_do(corpus: Path) -> None:
    folders = [EXAMPLES / "invalid", EXAMPLES / "doubtful"]
    folders += [corpus / kind for kind in ("td/invalid", "td/invalid-derived", "tm/invalid")]
    count = 0
    for path in (path for folder in folders for path in sorted(folder.glob("*.json*"))):
        if path.name.endswith(".expected.json"):
            continue
        for found in validate(path.read_bytes()):
            assert found.hint, (path.name, found)
            count += 1
    assert count > 250


def test_so_does_every_one_of_many_changes() -> None:
    for document in islice(changed(), 0, None, 5):
        assert all(found.hint for found in validate(document)), document
