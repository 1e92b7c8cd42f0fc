"""What no JSON Schema can say of a TD. The structure is sound when these run, or mended so that it is."""

from __future__ import annotations

import msgspec

from wot.errors import Finding
from wot.td.checks import (
    addresses,
    contexts,
    data,
    forms,
    links,
    plain,
    scopes,
    security,
    spelling,
    terms,
    texts,
)
from wot.td.checks.inherited import opened
from wot.td.checks.trail import Findings
from wot.td.editions import Edition
from wot.td.node import Json
from wot.td.vocabulary import TD_11


def odd(td: Json, text: bytes, version: Edition) -> Json:
    """A TD without the affordances that need not be looked at, whatever the rest is; `text` is the same, encoded."""
    # A secret in the URI or in the body, and a placeholder, may be in any of them.
    if b'"uri"' in text or b'"body"' in text or b"{{" in text:
        return td
    return plain.odd(td, version, contexts.declared(td, version))


def check(
    td: Json, rest: Json, text: bytes, version: Edition, model: bool = False
) -> list[Finding]:
    """Every finding of all checks on a TD, or on a Thing Model.

    `rest` is what `odd` leaves of it, or all of it; `text` is all of it, encoded.
    """
    found, prefixes = Findings(), contexts.declared(td, version)
    whole, td = td, opened(td) if model else td
    contexts.check(td, found)
    texts.check(td, text, found)
    links.check(td, found, version, model)
    addresses.check(td, found)
    terms.check_types(td, text, found, prefixes)
    schemes = security.check(td, found, version, prefixes, model)
    if schemes.has_scopes and b'"scopes":' in text:
        scopes.check(td, found, schemes)
    if rest is not whole:
        td, text = rest, msgspec.json.encode(rest)
    forms.check(td, found, schemes, model)
    data.check(td, found, version)
    spelling.check(td, found, version)
    terms.check(td, text, found, prefixes, model)
    if model:
        if not version.has_models:
            reason = f"there are no Thing Models in TD {version.name}"
            hint = f'write "{TD_11}"'
            found.warning(("@context",), reason, hint, "tm-context-requirement")
        from wot.td.thing_model import check_model

        found.items.extend(check_model(whole))
    return found.items
