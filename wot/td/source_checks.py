"""A Thing Model held against the models that it extends, imports from and consists of."""

from __future__ import annotations

from collections.abc import Iterator

from wot.errors import Finding, InvalidTD
from wot.td.library import EXTENDS, REF, SUBMODEL, Library, Resolver, references
from wot.td.merging import merge_patch
from wot.td.narrowing import Narrowing
from wot.td.node import Json, at, is_object
from wot.td.pointers import written
from wot.td.resolution import Resolution
from wot.td.vocabulary import KINDS


def checked(model: Json, resolver: Resolver | None, base: str) -> list[Finding]:
    """What the other models make of it: errors where it cannot be resolved, else warnings on what it overwrites."""
    library = Library(model, base, resolver, {})
    resolution = Resolution(library)
    try:
        library.check_loops()
        resolution.model(base)
        for url, _ in library.linked(base, model, SUBMODEL):
            resolution.model(url)
        library.finish()
        return [*_overwritten(resolution, model, base), *_widened(resolution, model, base)]
    except InvalidTD as error:
        return list(error.findings)


def _overwritten(resolution: Resolution, model: Json, base: str) -> Iterator[Finding]:
    """What it inherits and changes (TD 1.1 section 9.3.2); an import by tm:ref is how that is meant to be done."""
    judge = Narrowing("tm-overwrite-types", "what it extends")
    whole = resolution.model(base)
    for url, _ in resolution.library.linked(base, model, EXTENDS):
        parent = resolution.model(url)
        for kind in KINDS:
            inherited, own = parent.get(kind), model.get(kind)
            for name, affordance in (own if is_object(own) else {}).items():
                origin = inherited.get(name) if is_object(inherited) else None
                if is_object(origin) and is_object(affordance) and REF not in affordance:
                    path = at(at("$", kind), name)
                    reason, hint = (
                        f"it overwrites {name!r} of {url}",
                        "give it another name, or import it by tm:ref",
                    )
                    yield Finding(path, reason, hint, "warning", "tm-overwrite-interaction")
                    yield from _warnings(judge, whole[kind][name], origin, path)


def _widened(resolution: Resolution, model: Json, base: str) -> Iterator[Finding]:
    """What it imports by tm:ref and changes into something that allows more."""
    judge = Narrowing("tm-tmRef-overwrite-semantic-meaning", "what it refers to")
    for trail, holder in references(model):
        changes = {name: value for name, value in holder.items() if name != REF}
        origin = resolution.meant(base, holder[REF], trail)
        if is_object(origin) and not holder[REF].startswith(
            "#"
        ):  # within the model: said without any resolver
            yield from _warnings(judge, merge_patch(origin, changes), origin, written(trail))


def _warnings(judge: Narrowing, mine: Json, origin: Json, path: str) -> Iterator[Finding]:
    for finding in judge.differences(mine, origin, path, "out"):
        if finding.severity == "error" and not finding.path.endswith(".unit"):
            yield finding._replace(severity="warning")
