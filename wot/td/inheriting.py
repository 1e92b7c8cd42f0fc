"""What becomes of the members of a Thing Model that are not simply overwritten by those of a model that extends it."""

from __future__ import annotations

from typing import Any

import msgspec

from wot.td.library import EXTENDS, REF, SUBMODEL, types_of
from wot.td.node import Json, is_array, is_object
from wot.td.pointers import MISSING, Tokens, find, join, parse, pointer
from wot.td.vocabulary import KINDS

OPTIONAL = "tm:optional"
REQUIRED = "tm:required"  # before the Candidate Recommendation: what is not listed is optional


def merged_types(parents: list[Json], out: Json) -> Any:
    """`@type`: a model is of every type that those it extends are of; MISSING where there is none."""
    own = types_of(out)
    more = [text for parent in parents for text in types_of(parent) if text != "ThingModel"]
    types = list(dict.fromkeys([*own, *more]))
    return types if types != own else out.get("@type", MISSING)


def merged_links(parents: list[Json], own: Json, url: str) -> Any:
    """`links`: the inherited ones and the model's own, without those that are dealt with; MISSING where none is left.

    A list cannot be patched, and the model needs one of its own to extend anything. The URLs of submodels become
    absolute, because they are relative to the model that names them.
    """
    inherited: dict[bytes, Any] = {}
    for parent in parents:
        for link in _listed(parent):
            if relation(link) not in (EXTENDS, "type"):
                inherited.setdefault(_text(link), link)
    mine: list[Any] = []
    for link in _listed(own):
        rel = relation(link)
        if rel == SUBMODEL and isinstance(link.get("href"), str):
            mine.append({**link, "href": join(url, link["href"])})
        elif rel != EXTENDS:
            mine.append(link)
        if inherited:
            inherited.pop(_text(link), None)
    return [*inherited.values(), *mine] or MISSING


def _text(link: Any) -> bytes:
    return msgspec.json.encode(link, order="sorted")


def _listed(model: Json) -> list[Any]:
    links = model.get("links")
    return links if is_array(links) else []


def relation(link: Any) -> str:
    """The relation type of a link; those are compared without regard to case (RFC 8288 section 2.1.1)."""
    return str(link.get("rel")).lower() if is_object(link) else ""


def merged_optional(raw: Json, parents: list[Json], out: Json) -> Any:
    """`tm:optional` of a resolved model; MISSING where nothing is optional.

    Inherited, except for what the model defines anew by tm:ref (TD 1.1 section 9.3.4, example 63). An affordance
    that is only changed stays optional, and so does one that the model's own list does not repeat: that list is about
    what it adds.
    """
    found: dict[Tokens, None] = {}
    if raw.get(OPTIONAL, MISSING) is not None:
        found |= {
            tokens: None for parent in parents for tokens in affordances(parent.get(OPTIONAL))
        }
    for tokens in list(found):
        anew = find(raw, tokens)
        if is_object(anew) and REF in anew:
            del found[tokens]
    if is_array(raw.get(REQUIRED)) and OPTIONAL not in raw:
        found |= {(kind, name): None for kind in KINDS for name in members(raw, kind)}
        for tokens in affordances(raw[REQUIRED]):
            found.pop(tokens, None)
    found |= dict.fromkeys(affordances(raw.get(OPTIONAL)))
    return [pointer(tokens) for tokens in found if tokens[1] in members(out, tokens[0])] or MISSING


def members(model: Json, kind: str) -> Json:
    """The affordances of one kind, by name; none where a placeholder or a mistake stands in their place."""
    found = model.get(kind)
    return found if is_object(found) else {}


def affordances(pointers: Any) -> list[Tokens]:
    """What a list of pointers to affordances means, as far as it is one; drafts wrote a `#` before them."""
    texts = [text for text in pointers if isinstance(text, str)] if is_array(pointers) else []
    tokens = [parse(text.removeprefix("#")) for text in texts]
    return [
        found for found in tokens if found is not None and len(found) == 2 and found[0] in KINDS
    ]


def optional(model: Json) -> list[Tokens]:
    """The affordances that a resolved model does not ask for, as (kind, name)."""
    return affordances(model.get(OPTIONAL))
