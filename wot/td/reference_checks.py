"""References of a Thing Model to its own definitions: do they mean something, and do they end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wot.errors import Finding, InvalidTD
from wot.td.library import EXTENDS, LOOP, REF, Library, links, references
from wot.td.merging import merge_patch
from wot.td.narrowing import Narrowing
from wot.td.node import Json, is_array, is_object, shown
from wot.td.pointers import (
    MISSING,
    Tokens,
    Trail,
    containers,
    find,
    literal,
    pointer,
    split,
    step,
    written,
)
from wot.td.resolution import Resolution
from wot.td.vocabulary import KINDS


def check_references(model: Json, path: str) -> Iterator[Finding]:
    """Every finding on the tm:ref members of one model by itself."""
    inherits = any(True for _ in links(model, EXTENDS))
    local = False
    for trail, holder, named in _holders(model, path):
        text = holder[REF]
        if not isinstance(text, str):
            if not named:  # an affordance may be called so, if oddly
                hint = 'for instance "#/properties/on"'
                yield Finding(
                    written((trail, REF)), "should be a string", hint, assertion="tm-tmRef1"
                )
            continue
        parts = split(text)
        if parts is None:
            reason = f"{shown(text)} should be the URL of a model, '#' and a JSON Pointer"
            hint = 'for instance "./lamp.tm.jsonld#/properties/on", or "#/properties/on" within one model'
            yield Finding(written((trail, REF)), reason, hint, assertion="tm-tmRef1")
        elif not parts[0]:
            local = True
            if not (
                inherits or _may_be_there(model, parts[1]) or _may_be_there(model, literal(text))
            ):
                reason = f"there is no {shown(pointer(parts[1]))} in this model"
                yield Finding(
                    written((trail, REF)), reason, "is it spelt as there?", assertion="tm-tmRef1"
                )
    if local:
        yield from _circles(model, path)


def _holders(model: Json, path: str) -> Iterator[tuple[Trail, Json, bool]]:
    """Every object with a member tm:ref: its place, itself, and whether its members are affordances."""
    for trail, value in containers(model, path):
        if is_object(value) and value.get(REF, MISSING) is not MISSING:
            yield trail, value, not isinstance(trail, str) and trail[1] in KINDS


def _may_be_there(model: Json, tokens: Tokens | None) -> bool:
    """Whether a pointer means something, as far as one can say without following other references."""
    value: Any = model
    for token in tokens or ():
        if is_object(value) and token not in value and isinstance(value.get(REF), str):
            return True
        value = step(value, token)
    return tokens is not None and value is not MISSING


def _circles(model: Json, path: str) -> Iterator[Finding]:
    """References that lead back to themselves or multiply, or widen what they refer to."""
    library = Library(_by_itself(model), "", None, {})
    try:
        Resolution(library).model("")
    except InvalidTD as error:
        library.findings = list(error.findings)
    for finding in library.findings:
        if finding.assertion in ("", LOOP):  # the rest has been said, or is about other models
            yield finding._replace(path=path + finding.path[1:])
    if not library.findings:
        yield from _widened(model, path)


def _by_itself(model: Json) -> Json:
    """The model without what it takes from others."""
    out: Json = _local(model)
    out.pop("links", None)
    return out


def _local(value: Any) -> Any:
    if is_array(value):
        return [_local(item) for item in value]
    if not is_object(value):
        return value
    foreign = isinstance(value.get(REF), str) and not value[REF].startswith("#")
    return {name: _local(item) for name, item in value.items() if not (foreign and name == REF)}


def _widened(model: Json, path: str) -> Iterator[Finding]:
    judge = Narrowing("tm-tmRef-overwrite-semantic-meaning", "what it refers to")
    for trail, holder in references(model, path):
        parts = split(holder[REF])
        origin = find(model, parts[1]) if parts is not None and not parts[0] else None
        changes = {name: value for name, value in holder.items() if name != REF}
        if is_object(origin) and changes:
            mine, here = merge_patch(origin, changes), written(trail)
            for finding in judge.differences(mine, origin, here, "out"):
                if finding.severity == "error" and not finding.path.endswith(".unit"):
                    yield finding._replace(severity="warning")
