"""Each assertion of TD 1.1 is shown by a test or says why not, and docs/conformance.md tells it as it is."""

import csv
from pathlib import Path

import pytest

from .assertions import COMMAND, PAGE, every, page
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


def test_there_are_302_of_them() -> None:
    ids = [each.id for each in every()]
    assert len(ids) == len(set(ids)) == 302
    assert all(each.about for each in every())


def test_the_w3c_has_them_in_its_list(corpus: Path) -> None:
    with (corpus / "schema" / "assertion-lists" / "td-template.csv").open(encoding="utf-8") as file:
        listed = {row["ID"] for row in csv.DictReader(file)}
    ids = {each.id for each in every()}
    assert ids <= listed
    # The list has parts of assertions as well, which are named after them: id_part.
    assert {id for id in listed - ids if "_" not in id} == set()


def test_markers_name_assertions_that_exist(gathered: Gathered) -> None:
    assert set(gathered.tests) <= {each.id for each in every()}


def test_each_has_a_test_or_one_reason(whole: Gathered) -> None:
    for each in every():
        given = [bool(whole.tests.get(each.id)), bool(each.reason), bool(each.later)]
        assert sum(given) == 1, f"{each.id}: a test, or a reason in assertions.toml, and not both"


def test_the_page_is_up_to_date(whole: Gathered) -> None:
    assert PAGE.read_text("utf-8") == page(whole.tests), f"write it with: {COMMAND}"
