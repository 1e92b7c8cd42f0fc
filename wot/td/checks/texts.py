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


def check(td: Json, found: Findings) -> None:
    """Members at the top that are texts (TD 1.1 sections 5.3.1.1 and 6.3.2)."""
    dates = {name: _date(name, td[name], found) for name in _DATES if name in td}
    created, modified = dates.get("created"), dates.get("modified")
    if created and modified and modified < created:
        found.warning(("modified",), "it is modified before it was created")
    for term in ("title", "description"):
        _check_markup(td, term, found)
    _check_languages(td, found)


def _date(name: str, text: str, found: Findings) -> datetime | None:
    """The moment, None where the schema has found fault with it or there is no such day."""
    try:
        # Second 60 is a leap second: legal, and unknown to datetime.
        moment = datetime.fromisoformat(text.upper().replace(":60", ":59", 1))
    except ValueError:
        if text[:1].isdigit() and re.fullmatch(
            r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt].+", text
        ):
            found.error(
                (name,), f"{shown(text)}: there is no such day", assertion="td-datetime-type"
            )
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
    """All maps of languages should have the same ones (TD 1.1 section 6.3.2)."""
    sets: dict[Trail, frozenset[str]] = {}
    _gather(td, (), sets)
    for kind in ("properties", "actions", "events"):
        for name, affordance in objects_in(td, kind):
            if "titles" in affordance or "descriptions" in affordance:
                _gather(affordance, (kind, name), sets)
    for term in ("title", "description"):
        if any(trail[-1] == f"{term}s" for trail in sets):
            _check_translated(td, term, found)
    every: frozenset[str] = frozenset().union(*sets.values())
    said: dict[frozenset[str], str] = {}
    for trail, languages in sets.items():
        if found.warnings > _MOST:
            break
        if languages != every:
            if languages not in said:
                said[languages] = f"says nothing in {listed(every - languages)}, as others do"
            reason = said[languages]
            found.warning(
                trail, reason, "all have the same languages", "td-multi-languages-consistent"
            )


def _check_translated(td: Json, term: str, found: Findings) -> None:
    """Where one text has translations, all have."""
    owners: dict[Trail, Any] = {(): td}
    for kind in ("properties", "actions", "events"):
        owners.update({(kind, name): affordance for name, affordance in objects_in(td, kind)})
    for trail, owner in owners.items():
        if is_object(owner) and term in owner and f"{term}s" not in owner:
            reason = f"has a {term} without {term}s, and others have them"
            found.warning(trail, reason, "translate it as well", "td-titles-descriptions")


def _gather(json: Json, trail: Trail, sets: dict[Trail, frozenset[str]]) -> None:
    for term in ("titles", "descriptions"):
        many = json.get(term)
        if is_object(many):
            sets[(*trail, term)] = frozenset(many)
