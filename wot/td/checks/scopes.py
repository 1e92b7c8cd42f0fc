"""Scopes of forms: among those of the oauth2 schemes that they are under (TD 1.1 section 5.3.4.2, a SHOULD)."""

from __future__ import annotations

from wot.td.checks.schemes import Schemes, names
from wot.td.checks.trail import Findings, Trail, listed
from wot.td.node import Json, is_array, is_object, objects_in


def check(td: Json, found: Findings, schemes: Schemes) -> None:
    """The scopes of every form, where its schemes have some to compare them with."""
    _check_forms(td, (), found, schemes)
    for kind in ("properties", "actions", "events"):
        for name, affordance in objects_in(td, kind):
            if "forms" in affordance:
                _check_forms(affordance, (kind, name), found, schemes)


def _check_forms(owner: Json, trail: Trail, found: Findings, schemes: Schemes) -> None:
    forms = owner.get("forms")
    for number, form in enumerate(forms if is_array(forms) else ()):
        given = form.get("scopes") if is_object(form) else None
        if given is None:
            continue
        known = schemes.active(form).scopes
        missing = [scope for scope in names(given) if known and scope not in known]
        if missing:
            found.warning(
                (*trail, "forms", number, "scopes"),
                f"{missing[0]!r} is no scope of its security",
                f"defined are: {listed(known)}",
                "td-vocab-scopes--Form",
            )
