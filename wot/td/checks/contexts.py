"""The `@context` of a document: what its prefixes and terms stand for."""

from __future__ import annotations

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


def check(td: Json, found: Findings) -> None:
    """What JSON-LD allows in a context, and TD 1.1 does not."""
    context = td.get("@context")
    if not is_array(context):
        return
    for number, part in enumerate(context):
        for name, value in part.items() if is_object(part) else ():
            if is_object(value) and not name.startswith("@"):
                reason = f"the term {name!r} is defined by an object, which not every consumer understands"
                hint = "map it to the IRI of a namespace"
                trail = ("@context", number, name)
                found.warning(trail, reason, hint, "td-context-ns-thing-map-of-namespaces")
