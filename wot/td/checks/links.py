"""Links to other documents (TD 1.1 section 5.3.4.1)."""

from __future__ import annotations

from wot.td.checks.trail import Findings
from wot.td.node import Json, is_array, is_object

# At most one of each makes sense (table of section 5.3.4.1).
_ONCE = ("collection", "predecessor-version")


def check(td: Json, found: Findings, model: bool) -> None:
    """Relations that may stand once, and what only Thing Models have."""
    links = td.get("links")
    if not is_array(links):
        return
    seen: dict[str, int] = {}
    for number, link in enumerate(links):
        if not is_object(link):
            continue
        relation = link.get("rel")
        if not isinstance(relation, str):
            continue
        trail = ("links", number, "rel")
        first = seen.setdefault(relation.lower(), number)
        if first != number and relation.lower() == "type":
            hint = f"links[{first}] names the Thing Model already"
            found.error(
                trail,
                "there is more than one link with the relation type",
                hint,
                "tm-rel-type-maximum",
            )
        elif first != number and relation.lower() in _ONCE:
            found.warning(trail, f"there is more than one link with the relation {relation}")
        if relation == "tm:submodel" and not model:
            found.warning(trail, "only a Thing Model has submodels", "in a TD the relation is item")
        if "instanceName" in link and relation != "tm:submodel":
            found.warning(
                ("links", number, "instanceName"), "it goes with the relation tm:submodel only"
            )
