"""The `@context` of a document: what its prefixes and terms stand for."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from wot.td.checks.trail import Findings
from wot.td.editions import Edition, edition
from wot.td.node import Json, is_array, is_object
from wot.td.vocabulary import TD_10, TD_11


def declared(td: Json, version: Edition | None = None) -> set[str] | None:
    """The prefixes that stand for something; None where contexts elsewhere may declare any."""
    context = td.get("@context")
    if context is None:
        return None
    parts = context if is_array(context) else [context]
    if not all(is_object(part) or part in (TD_10, TD_11) for part in parts):
        return None
    names = {name for part in parts if is_object(part) for name in part}
    return names.union((version or edition(td)).prefixes)


class _Term(NamedTuple):
    """A term of the TD vocabulary: where it is defined ("" for the whole document), and as what."""

    where: str
    meaning: Any


# The contexts of the TD vocabulary; the last three hold inside of what they are about, and overrule the document's.
_SCOPES: Mapping[str, str] = {
    "td-1.1.jsonld": "",
    "data-schema.jsonld": "data schemas",
    "hypermedia.jsonld": "forms and links",
    "security.jsonld": "security schemes",
}


@functools.cache
def _terms() -> Mapping[str, _Term]:
    from wot.td.inlining import packaged

    found: dict[str, _Term] = {}
    prefixes: set[str] = set()
    for file, where in _SCOPES.items():
        for name, meaning in packaged(file).items():
            if isinstance(meaning, str) and meaning[-1] in "#/":
                prefixes.add(name)
            elif not name.startswith("@"):
                found.setdefault(name, _Term(where, meaning))
    # A prefix here and a term there, which is schema: as a prefix it is of use nearly everywhere.
    return {name: term for name, term in found.items() if name not in prefixes}


def check(td: Json, found: Findings) -> None:
    """What JSON-LD allows in a context, and TD 1.1 does not; and what it does not do there."""
    context = td.get("@context")
    if not is_array(context):
        return
    for number, part in enumerate(context):
        for name, value in part.items() if is_object(part) else ():
            reason, hint = _doubt(name, value)
            if reason:
                trail = ("@context", number, name)
                found.warning(trail, reason, hint, "td-context-ns-thing-map-of-namespaces")


def _doubt(name: str, value: Any) -> tuple[str, str]:
    """Why a definition may not have the effect that is meant, and what to do; nothing for most."""
    term = _terms().get(name)
    if term is not None and not _is_same(value, term.meaning):
        about = f"{name!r} is a term of the TD vocabulary"
        if not term.where:
            return f"{about}, and this takes its meaning away", "choose another name"
        return f"{about}: in {term.where} this prefix stands for nothing", "choose another name"
    if is_object(value) and not name.startswith("@"):
        reason = f"the term {name!r} is defined by an object, which not every consumer understands"
        return reason, "map it to the IRI of a namespace"
    return "", ""


def _is_same(value: Any, meaning: Any) -> bool:
    """Whether a term is defined as what it is anyway."""
    iri = meaning["@id"] if is_object(meaning) and isinstance(value, str) else meaning
    return bool(value == iri)
