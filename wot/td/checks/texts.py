"""Dates, languages, and texts for people."""

from __future__ import annotations

import re
from datetime import datetime

from wot.td.checks.trail import Findings
from wot.td.node import Json, is_object, shown

_MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>")
_DATES = ("created", "modified")


def check(td: Json, found: Findings) -> None:
    """Members at the top that are texts (TD 1.1 sections 5.3.1.1 and 6.3.2)."""
    dates = {name: _date(name, td[name], found) for name in _DATES if name in td}
    created, modified = dates.get("created"), dates.get("modified")
    if created and modified and modified < created:
        found.warning(("modified",), "it is modified before it was created")
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


def _check_languages(td: Json, found: Findings) -> None:
    """A text and its translations (TD 1.1 section 6.3.2)."""
    for term in ("title", "description"):
        text = td.get(term)
        if isinstance(text, str) and "<" in text and _MARKUP.search(text):
            found.warning(
                (term,),
                "it holds HTML markup",
                "plain text is shown as it is",
                "sec-inj-no-intl-markup",
            )
        many = td.get(f"{term}s")
        if is_object(many):
            for language, translation in many.items():
                if (
                    isinstance(translation, str)
                    and "<" in translation
                    and _MARKUP.search(translation)
                ):
                    found.warning(
                        (f"{term}s", language),
                        "it holds HTML markup",
                        assertion="sec-inj-no-intl-markup",
                    )
