"""Dates, languages, and texts for people."""

from __future__ import annotations

from typing import Any

import pytest

from wot.errors import Finding

from .judging import FORM, error, judged_thing, warning


@pytest.mark.parametrize("name", ["created", "modified"])
@pytest.mark.parametrize(
    "moment",
    [
        "2026-05-04T09:30:00Z",
        "2026-05-04t09:30:00z",
        "2024-02-29T23:59:59.123456789Z",
        "2016-12-31T23:59:60Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_nothing_is_said_of_moments(name: str, moment: str) -> None:
    assert judged_thing(**{name: moment}) == []


@pytest.mark.parametrize("name", ["created", "modified"])
@pytest.mark.parametrize("day", ["2026-02-29", "2026-02-31", "2026-04-31", "2100-02-29"])
def test_there_are_days_that_do_not_exist(name: str, day: str) -> None:
    moment = f"{day}T00:00:00Z"
    reason = f'"{moment}": there is no such day'
    assert judged_thing(**{name: moment}) == [
        error(f"$.{name}", reason, "choose a day that the month has", "td-datetime-type")
    ]


@pytest.mark.parametrize(
    "moment",
    [
        "yesterday",
        "",
        "2026-05-04",
        "2026-05-04T09:30:00",
        "2026-05-04 09:30:00Z",
        "2026-13-04T09:30:00Z",
        "2026-05-32T09:30:00Z",
        "2026-05-04T24:00:00Z",
        "2026-05-04T09:60:00Z",
        "2026-05-04T09:30:61Z",
        "2026-05-04T09:30Z",
        "20260504T093000Z",
        "2026-05-04T09:30:00+0200",
        "2026-05-04T09:30:00,5Z",
        "٢٠٢٦-05-04T09:30:00Z",
        "2026-05-04T09:30:00Z\n",
    ],
)
def test_what_is_no_moment_is_told_once(moment: str) -> None:
    (found,) = judged_thing(created=moment)
    assert (found.path, found.severity) == ("$.created", "error")
    assert found.assertion == "td-datetime-type"
    assert found.reason.endswith("is not a date and time (RFC 3339)")
    assert found.hint == "for instance 2026-05-04T09:30:00Z"


@pytest.mark.parametrize(
    ("moment", "utc"),
    [
        ("2026-05-04T09:30:00+02:00", "2026-05-04T07:30:00Z"),
        ("2026-05-04T09:30:00-00:00", "2026-05-04T09:30:00Z"),
        ("0001-01-01T00:00:00+12:00", "…Z"),
    ],
)
def test_an_offset_is_not_recommended(moment: str, utc: str) -> None:
    assert judged_thing(created=moment) == [
        warning(
            "$.created",
            "it has an offset instead of Z",
            f"write it in UTC: {utc}",
            "td-datetime-recommended-type",
        )
    ]


def test_it_is_created_before_it_is_modified() -> None:
    early, late = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
    assert judged_thing(created=early, modified=late) == []
    assert judged_thing(created=early, modified=early) == []
    assert judged_thing(created=late, modified=early) == [
        warning(
            "$.modified",
            "it is modified before it was created",
            "the later of the two is the modification",
        )
    ]


MARKUP = ("holds HTML markup", "it is shown as it is", "sec-inj-no-intl-markup")


@pytest.mark.parametrize(
    "text", ["<b>Lamp</b>", "a<br>b", "<br/>", "<img src='x'>", "</p>", "<h1 >"]
)
def test_markup_is_told(text: str) -> None:
    assert judged_thing(title=text) == [warning("$.title", *MARKUP)]
    assert judged_thing(description=text) == [warning("$.description", *MARKUP)]
    found = judged_thing(titles={"en": text, "de": "Lampe"})
    assert warning("$.titles.en", *MARKUP) in found
    assert len([each for each in found if each.reason == MARKUP[0]]) == 1


@pytest.mark.parametrize(
    "text", ["a < b", "a<b", "<3", "1<2>1", "<>", "< b >", "&lt;b&gt;", "<b", "b>"]
)
def test_signs_are_no_markup(text: str) -> None:
    assert judged_thing(title=text) == []


def affordances(*members: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {f"p{i}": {"forms": [FORM], **each} for i, each in enumerate(members)}}


def test_all_have_the_same_languages() -> None:
    both = {"en": "x", "de": "x"}
    assert judged_thing(titles=both, descriptions=both, **affordances({"titles": both})) == []


def languages(path: str, missing: str) -> Finding:
    return warning(
        path,
        f"says nothing in {missing}, as others do",
        "all have the same languages",
        "td-multi-languages-consistent",
    )


def test_where_one_lacks_a_language_it_is_told() -> None:
    both, one, other = {"en": "x", "de": "x"}, {"en": "x"}, {"fr": "x"}
    assert judged_thing(titles=both, descriptions=one) == [languages("$.descriptions", "de")]
    assert judged_thing(titles=one, **affordances({"titles": other})) == [
        languages("$.titles", "fr"),
        languages("$.properties.p0.titles", "en"),
    ]
    assert judged_thing(titles=both, actions={"a b": {"descriptions": other, "forms": [FORM]}}) == [
        languages("$.titles", "fr"),
        languages("$.actions['a b'].descriptions", "de, en"),
    ]


@pytest.mark.parametrize("term", ["title", "description"])
def test_where_one_is_translated_all_are(term: str) -> None:
    reason = f"has a {term} without {term}s, and others have them"
    found = ("translate it as well", "td-titles-descriptions")
    many = {f"{term}s": {"en": "x"}, term: "x"}
    given = affordances({term: "x"}, {}, many)
    assert judged_thing(**many, **given) == [warning("$.properties.p0", reason, *found)]
    top = judged_thing(**{term: "x"}, **affordances(many))
    assert top == [warning("$", reason, *found)]
    assert judged_thing(**{term: "x"}, **affordances({term: "y"})) == []


def test_a_broken_map_of_languages_is_told_once() -> None:
    (found,) = judged_thing(titles=["x"], **affordances({}))
    assert found.path == "$.titles"
    found_, *more = judged_thing(titles={"not a tag": "x"})
    assert (found_.path, more) == ("$.titles['not a tag']", [])
    assert found_.assertion == "td-multilanguage-language-tag"


@pytest.mark.parametrize("moment", ["0000-01-01T00:00:00Z", "0000-02-29T12:00:00+01:00"])
def test_the_year_0_is_a_year(moment: str) -> None:
    """By RFC 3339 section 5.6 and ISO 8601; only libraries begin with the year 1."""
    assert judged_thing(created=moment) == []
    assert judged_thing(created=moment, modified="2026-01-01T00:00:00Z") == []


def test_the_year_0_has_days_that_do_not_exist_as_well() -> None:
    (found,) = judged_thing(created="0000-02-30T00:00:00Z")
    assert found.reason.endswith("there is no such day")
