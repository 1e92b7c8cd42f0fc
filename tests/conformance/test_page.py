"""Each assertion of the W3C is shown by a test or says why not, and docs/conformance.md tells it as it is."""

import csv
from pathlib import Path

import pytest

from .assertions import COMMAND, PAGE, Document, documents, every, page
from .gathering import GATHERED, Gathered


@pytest.fixture
def gathered(pytestconfig: pytest.Config) -> Gathered:
    return pytestconfig.stash[GATHERED]


@pytest.fixture
def whole(gathered: Gathered, pytestconfig: pytest.Config) -> Gathered:
    """What all tests together show."""
    if not gathered.whole(pytestconfig):
        pytest.skip("only some tests were collected")
    return gathered


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.short)
def test_there_are_as_many_as_the_document_makes(document: Document) -> None:
    ids = [each.id for each in document.every]
    assert len(ids) == len(set(ids)) == document.count
    assert all(each.about for each in document.every)


def test_no_two_documents_use_one_id() -> None:
    ids = [each.id.lower() for each in every()]
    assert len(ids) == len(set(ids))  # the labels of Markdown's links, which know no case


def test_the_w3c_has_them_in_its_list(corpus: Path) -> None:
    with (corpus / "schema" / "assertion-lists" / "td-template.csv").open(encoding="utf-8") as file:
        listed = {row["ID"] for row in csv.DictReader(file)}
    ids = {each.id for each in documents()[0].every}
    assert ids <= listed
    # The list has parts of assertions as well, which are named after them: id_part.
    assert {id for id in listed - ids if "_" not in id} == set()


def test_markers_name_assertions_that_exist(gathered: Gathered) -> None:
    named = {*gathered.tests, *gathered.awaited}
    assert named <= {key for each in every() for key in each.keys}


def test_reasons_are_of_assertions_that_exist() -> None:
    for document in documents():
        first = document.every[0]
        assert {*first.reasons, *first.later} <= {key for e in document.every for key in e.keys}


def test_each_has_a_test_or_one_reason(whole: Gathered) -> None:
    for each in every():
        for key in each.keys:
            tested = key in whole.tests or key in whole.awaited
            given = [tested, key in each.reasons, key in each.later]
            assert sum(given) == 1, f"{key}: a test, or a reason in its list, and not both"


def test_the_page_is_up_to_date(whole: Gathered) -> None:
    assert PAGE.read_text("utf-8") == page(whole.shown()), f"write it with: {COMMAND}"
