"""From a Thing Model to partial TDs (TD 1.1 section 9.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

from wot.errors import Finding, InvalidTD, listed
from wot.td.composing import Composition, Part, composed
from wot.td.inheriting import members, optional, relation
from wot.td.library import Library, Resolver
from wot.td.node import Json, is_array, is_object
from wot.td.placeholders import copied, fill, names_in, unused
from wot.td.pointers import pointer
from wot.td.resolution import Resolution
from wot.td.vocabulary import KINDS

TM_JSON = "application/tm+json"
_DATA = ("const", "default", "enum")  # values, not vocabulary
# Members whose own members have names that somebody chose: a term of the model vocabulary is none of them.
_NAMED = (*KINDS, "uriVariables", "schemaDefinitions", "securityDefinitions")

Include = Collection[str] | Literal["all"]


def resolved(model: Json, resolver: Resolver | None, base: str) -> Json:
    """A model with everything in it that it takes from other models: still a model, with its placeholders."""
    resolution = _resolution(model, resolver, base, {})
    found = resolution.model(base)
    resolution.library.finish()
    out: Json = copied(found)
    return out


def derived(
    model: Json,
    resolver: Resolver | None,
    base: str,
    values: Mapping[str, Any],
    include: Include,
    compose: Composition,
) -> list[tuple[str, Json]]:
    """The partial TDs of a model and of its parts, its own first, each with the reference that others link it by."""
    resolution = _resolution(model, resolver, base, values)
    parts = composed(resolution, base, compose)
    resolution.library.finish()
    wanted = (
        include
        if include == "all"
        else frozenset((include,) if isinstance(include, str) else include)
    )
    findings = list(_unknown(parts, wanted))
    known = set[str]().union(*map(names_in, resolution.library.models.values()))
    findings += unused(values, known)
    tds: list[tuple[str, Json]] = []
    for number, part in enumerate(parts):
        try:
            tds.append(
                (part.href, _partial(part, values, wanted, frozenset(known | values.keys())))
            )
        except InvalidTD as error:
            findings += (
                _of_part(finding, part.url) if number else finding for finding in error.findings
            )
    if findings:
        raise InvalidTD(findings)
    return tds


def _of_part(finding: Finding, url: str) -> Finding:
    """A finding on a part, for whoever sees the whole only."""
    return finding._replace(
        path="$.links", reason=f"{finding.reason} (at {finding.path} of its part {url})"
    )


def _resolution(
    model: Json, resolver: Resolver | None, base: str, values: Mapping[str, Any]
) -> Resolution:
    library = Library(model, base, resolver, values)
    library.check_loops()
    return Resolution(library)


def _partial(part: Part, values: Mapping[str, Any], wanted: Include, known: frozenset[str]) -> Json:
    out = {name: value for name, value in part.model.items() if not name.startswith("tm:")}
    gone = set(_left_out(part.model, wanted))
    for kind in {kind for kind, _ in gone}:
        out[kind] = {name: value for name, value in out[kind].items() if (kind, name) not in gone}
    for kind in KINDS:
        if out.get(kind) == {}:
            del out[kind]
    filled: Json = fill(_stripped(out, named=False), values, known=known)
    _with_type(filled, part.url)
    return filled


def _left_out(model: Json, wanted: Include) -> Iterator[tuple[str, str]]:
    for kind, name in optional(model):
        if wanted != "all" and name not in wanted and pointer((kind, name)) not in wanted:
            yield kind, name


def _unknown(parts: Iterable[Part], wanted: Include) -> Iterator[Finding]:
    if wanted == "all":
        return
    there: set[str] = set()
    may: set[str] = set()
    for part in parts:
        for kind in KINDS:
            names = members(part.model, kind)
            there |= {*names, *(pointer((kind, name)) for name in names)}
        may |= {pointer(tokens) for tokens in optional(part.model)}
    for name in wanted:
        if name not in there:
            yield Finding(
                "$", f"there is no affordance {name!r} to include", f"optional are: {listed(may)}"
            )


def _stripped(json: Any, *, named: bool) -> Any:
    """`json` without terms of the model vocabulary, among its members and its types."""
    if is_array(json):
        return [_stripped(item, named=False) for item in json]
    if not is_object(json):
        return json
    out: Json = {}
    for name, value in json.items():
        if named:
            out[name] = _stripped(value, named=False)
        elif name == "@type":
            out |= _types_left(value)
        elif not name.startswith("tm:"):
            out[name] = value if name in _DATA else _stripped(value, named=name in _NAMED)
    return out


def _types_left(types: Any) -> Json:
    """`@type` without what makes a model of it; nothing where nothing else is there."""
    given = types if is_array(types) else [types]
    left = [text for text in given if not (isinstance(text, str) and text.startswith("tm:"))]
    if not left or left == given:
        return {"@type": types} if left else {}
    return {"@type": left}


def _with_type(td: Json, url: str) -> None:
    """Link the model that a TD follows; there may be one such link (TD 1.1 section 9.4)."""
    given = td.get("links")
    links = given if is_array(given) else []
    types: list[Any] = []
    rest: list[Any] = []
    for link in links:
        rel = relation(link)
        if rel == "type":
            types.append(link)
        elif not rel.startswith("tm:"):
            rest.append(link)
    if url:
        types = [{"rel": "type", "href": url, "type": TM_JSON}]
    td["links"] = [*rest, *types[:1]]
    if not td["links"]:
        del td["links"]
