"""Dates, languages, and texts for people."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from wot.td.checks.trail import Findings, Trail, listed
from wot.td.node import Json, is_object, objects_in, shown

_MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>")
_DATES = ("created", "modified")
_MOST = 1000  # warnings


def check(td: Json, text: bytes, found: Findings) -> None:
    """Members that are texts (TD 1.1 sections 5.3.1.1 and 6.3.2); `text` is the document, encoded."""
    dates = {name: _date(name, td[name], found) for name in _DATES if name in td}
    created, modified = dates.get("created"), dates.get("modified")
    if created and modified and modified < created:
        hint = "the later of the two is the modification"
        found.warning(("modified",), "it is modified before it was created", hint)
    for term in ("title", "description") if b"<" in text else ():
        _check_markup(td, term, found)
    if b'"titles":' in text or b'"descriptions":' in text:
        _check_languages(td, found)


def _date(name: str, text: str, found: Findings) -> datetime | None:
    """The moment, None where the schema has found fault with it or there is no such day, or none that is known."""
    is_before = text.startswith(
        "0000-"
    )  # legal, and unknown to datetime; 0400 is a leap year as well
    try:
        # Second 60 is a leap second: legal, and unknown to datetime.
        moment = datetime.fromisoformat(
            (f"0400{text[4:]}" if is_before else text).upper().replace(":60", ":59", 1)
        )
    except ValueError:
        if text[:1].isdigit() and re.fullmatch(
            r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt].+", text
        ):
            hint = "choose a day that the month has"
            found.error((name,), f"{shown(text)}: there is no such day", hint, "td-datetime-type")
        return None
    if is_before:
        return None
    if text[-1] not in "Zz" and moment.tzinfo is not None:
        hint = f"write it in UTC: {_in_utc(moment)}"
        found.warning(
            (name,), "it has an offset instead of Z", hint, "td-datetime-recommended-type"
        )
    return moment if moment.tzinfo is not None else None


def _in_utc(moment: datetime) -> str:
    from datetime import timezone

    try:
        return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")  # noqa: UP017
    except OverflowError:
        return "…Z"


def _check_markup(td: Json, term: str, found: Findings) -> None:
    many = td.get(f"{term}s")
    texts: dict[Trail, Any] = {(term,): td.get(term)}
    for language, text in many.items() if is_object(many) else ():
        texts[f"{term}s", language] = text
    for trail, text in texts.items():
        if isinstance(text, str) and "<" in text and _MARKUP.search(text):
            found.warning(
                trail, "holds HTML markup", "it is shown as it is", "sec-inj-no-intl-markup"
            )


def _check_languages(td: Json, found: Findings) -> None:
    """All maps of languages should have the same ones (TD 1.1 section 6.3.2), and where one text has them, all."""
    owners: list[tuple[Trail, Json]] = [((), td)]
    for kind in ("properties", "actions", "events"):
        owners += [((kind, name), affordance) for name, affordance in objects_in(td, kind)]
    maps: list[tuple[Trail, Json]] = []
    for term in ("title", "description"):
        terms = f"{term}s"
        mine = [(trail, owner[terms]) for trail, owner in owners if terms in owner]
        maps += [((*trail, terms), many) for trail, many in mine if is_object(many)]
        if mine and len(mine) < len(owners):
            _check_translated(term, owners, found)
    if maps and any(many.keys() != maps[0][1].keys() for _, many in maps):
        _check_same(maps, found)


def _check_same(maps: list[tuple[Trail, Json]], found: Findings) -> None:
    every = frozenset[str]().union(*(many for _, many in maps))
    said: dict[frozenset[str], str] = {}
    for trail, many in maps:
        languages = frozenset(many)
        if found.warnings > _MOST:
            break
        if languages != every:
            if languages not in said:
                said[languages] = f"says nothing in {listed(every - languages)}, as others do"
            found.warning(
                trail,
                said[languages],
                "all have the same languages",
                "td-multi-languages-consistent",
            )


def _check_translated(term: str, owners: list[tuple[Trail, Json]], found: Findings) -> None:
    for trail, owner in owners:
        if term in owner and f"{term}s" not in owner:
            reason = f"has a {term} without {term}s, and others have them"
            found.warning(trail, reason, "translate it as well", "td-titles-descriptions")
