"""Scopes of forms: among those of the oauth2 schemes that they are under (TD 1.1 section 5.3.4.2, a SHOULD)."""

from __future__ import annotations

from collections.abc import Iterator

from wot.td.checks.schemes import Schemes, names
from wot.td.checks.trail import Findings, Trail, listed
from wot.td.node import Json, is_array, objects_in
from wot.td.vocabulary import KINDS


def check(td: Json, found: Findings, schemes: Schemes) -> None:
    """The scopes of every form, where its schemes have some to compare them with."""
    for trail, form in _forms_with_scopes(td):
        known = schemes.active(form).scopes
        missing = [scope for scope in names(form["scopes"]) if known and scope not in known]
        if missing:
            found.warning(
                (*trail, "scopes"),
                f"{missing[0]!r} is no scope of its security",
                f"defined are: {listed(known)}",
                "td-vocab-scopes--Form",
            )


def _forms_with_scopes(td: Json) -> Iterator[tuple[Trail, Json]]:
    owners: list[tuple[Trail, Json]] = [((), td)]
    for kind in KINDS:
        owners += [((kind, name), affordance) for name, affordance in objects_in(td, kind)]
    for trail, owner in owners:
        forms = owner.get("forms")
        if is_array(forms):
            for number, form in enumerate(forms):
                if isinstance(form, dict) and "scopes" in form:
                    yield (*trail, "forms", number), form
