"""Links to other documents (TD 1.1 section 5.3.4.1)."""

from __future__ import annotations

from wot.td.checks.addresses import check_url
from wot.td.checks.trail import Findings
from wot.td.editions import Edition
from wot.td.node import Json, is_array, is_object

# At most one of each makes sense (table of section 5.3.4.1).
_ONCE = ("collection", "predecessor-version")


def check(td: Json, found: Findings, version: Edition, model: bool) -> None:
    """Relations that may stand once, what only Thing Models have, and addresses."""
    links = td.get("links")
    seen: dict[str, int] = {}
    for number, link in enumerate(links if is_array(links) else ()):
        if not is_object(link):
            continue
        for term in ("href", "anchor"):
            check_url(link.get(term), ("links", number, term), found, f"td-vocab-{term}--Link")
        relation = link.get("rel")
        if isinstance(relation, str):
            first = seen.setdefault(relation.lower(), number)
            _check_first(relation, number, first, found, version)
            if version.has_models:
                _check_composition(link, relation, number, found, model)


def _check_first(relation: str, number: int, first: int, found: Findings, version: Edition) -> None:
    if first == number:
        return
    trail, wanted = ("links", number, "rel"), relation.lower()
    if wanted == "type" and version.has_models:
        reason = "there is more than one link with the relation type"
        hint = f"links[{first}] names the Thing Model already"
        found.error(trail, reason, hint, "tm-rel-type-maximum")
    elif wanted in _ONCE:
        reason = f"there is more than one link with the relation {relation}"
        found.warning(trail, reason, f"links[{first}] has it already")


def _check_composition(
    link: Json, relation: str, number: int, found: Findings, model: bool
) -> None:
    if relation == "tm:submodel" and not model:
        reason, hint = "only a Thing Model has submodels", "in a TD the relation is item"
        found.warning(("links", number, "rel"), reason, hint)
    if "instanceName" in link and relation != "tm:submodel":
        reason, hint = "it goes with the relation tm:submodel only", "leave it out"
        found.warning(("links", number, "instanceName"), reason, hint)
