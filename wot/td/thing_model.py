"""Thing Models (TD 1.1 section 9): what they inherit, and the Thing Descriptions made from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from wot.errors import Finding, InvalidTD
from wot.td.arguments import (
    ArgumentError,
    check_mapping,
    check_names,
    check_resolver,
    check_texts,
    check_word,
)
from wot.td.comparing import VALIDITY, compared
from wot.td.completing import Security, completed, lacking
from wot.td.composing import COMPOSITIONS, Composition
from wot.td.deriving import Include, derived, resolved
from wot.td.editions import is_model
from wot.td.library import ResolveError, Resolver
from wot.td.model import Described
from wot.td.model_checks import check_model
from wot.td.node import Json
from wot.td.placeholders import placeholders
from wot.td.reading import Document, read
from wot.td.source_checks import checked

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class ThingModel(Described):
    """A Thing Model: its JSON object, with members as attributes where they cannot be placeholders."""

    __slots__ = ()

    @classmethod
    def parse(cls, document: Document) -> Self:
        """The Thing Model in a JSON text or a decoded one; InvalidTD where it is none."""
        return cls(_model(document))

    @property
    def placeholders(self) -> dict[str, list[str]]:
        """The names of its placeholders, each with the JSON paths of the values that hold it."""
        return placeholders(self.json)

    def resolve(self, resolver: Resolver | None = None, base: str = "") -> Self:
        """The model with everything in it that it takes from others."""
        return type(self)(resolve_model(self.json, resolver, base))


def resolve_model(model: Document, resolver: Resolver | None = None, base: str = "") -> Json:
    """A model with everything in it that it takes from other models by tm:extends and tm:ref; still a model.

    `base` is the URL of the model: relative references resolve against it. Other models are read by `resolver`
    only. Raises InvalidTD with everything that is wrong: loops, what cannot be read or is not there, what would
    become too large.
    """
    _check(resolver, base)
    return resolved(_model(model), resolver, base)


def derive(
    model: Document,
    resolver: Resolver | None = None,
    *,
    base: str = "",
    values: Mapping[str, Any] = _NOTHING,
    include: Include = (),
    compose: Composition = "linked",
) -> list[Json]:
    """The partial TDs of a model, the one of the model itself first (TD 1.1 section 9.4).

    `values` are those of its placeholders, by name. `include` names optional affordances to take over ("fade",
    "/actions/fade"), or is "all". `compose` says what becomes of its submodels: "linked" makes a TD of each,
    "contained" puts their affordances into the one TD with the instance's name before their own, "merged" does so
    only where names collide, "alone" leaves them out. Raises InvalidTD as `resolve_model` does, and for placeholders
    without a value and values without a placeholder.
    """
    parts = derive_parts(
        model, resolver, base=base, values=values, include=include, compose=compose
    )
    return [td for _, td in parts]


def derive_parts(
    model: Document,
    resolver: Resolver | None = None,
    *,
    base: str = "",
    values: Mapping[str, Any] = _NOTHING,
    include: Include = (),
    compose: Composition = "linked",
) -> list[tuple[str, Json]]:
    """What `derive` makes, each TD with the relative reference by which the others link it ("./lamp.td.jsonld")."""
    _check(resolver, base)
    check_mapping("values", values)
    check_word("compose", compose, COMPOSITIONS)
    check_names("include", include)
    return derived(_model(model), resolver, base, values, include, compose)


def complete(
    partial: Document,
    *,
    base: str = "",
    security: Security | None = None,
    id: str = "",
    title: str = "",
    version: str = "",
) -> Json:
    """A partial TD with what is given here, and with what follows from it; a new object.

    With a `base` every affordance gets forms below it. `security` is the name of a scheme or of a definition
    ("nosec", "basic"), or definitions by name, all of which apply; nothing is assumed. `version` is that of the
    TD. What is still missing then, `missing` lists. Raises InvalidTD for what is no object, ArgumentError for a
    scheme that there is not, or that needs more than its name.
    """
    check_texts(base=base, id=id, title=title, version=version)
    return completed(read(partial), base, security, id, title, version)


def missing(td: Document) -> list[Finding]:
    """What a partial TD lacks of a TD, with what to give."""
    return list(lacking(read(td)))


def compare(
    td: Document,
    model: Document,
    resolver: Resolver | None = None,
    *,
    base: str = "",
) -> list[Finding]:
    """What of its model a TD lacks or contradicts, errors first; the paths are those of the TD.

    `base` is the URL of the model. An affordance missing, a type or a range wider than the model's, or what cannot
    be done any more are errors; what is merely not stated is a warning. The TD of a class may be a model itself.
    """
    json, given = read(td), _model(model)
    try:
        return compared(json, resolve_model(given, resolver, base))
    except InvalidTD as error:
        reasons = "; ".join(f"{found.path}: {found.reason}" for found in error.findings[:3])
        return [Finding("$", f"its model cannot be resolved: {reasons}", "", "warning", VALIDITY)]


def check_sources(
    model: Document, resolver: Resolver | None = None, *, base: str = ""
) -> list[Finding]:
    """What is wrong with a model in the light of the models it takes from: they are missing, lead in a circle, …

    Warnings on what it overwrites and should not. What one can say of the model alone, `check_model` says.
    """
    _check(resolver, base)
    return checked(_model(model), resolver, base)


def _check(resolver: object, base: object) -> None:
    check_resolver(resolver)
    check_texts(base=base)


def _model(document: Document) -> Json:
    json = document.json if isinstance(document, ThingModel) else read(document)
    if not is_model(json):
        hint = 'its @type should be, or contain, "tm:ThingModel"'
        raise InvalidTD(
            [Finding("$['@type']", "this is no Thing Model", hint, assertion="tm-identification")]
        )
    return json


__all__ = [
    "ArgumentError",
    "Composition",
    "Document",
    "Include",
    "ResolveError",
    "Resolver",
    "Security",
    "ThingModel",
    "check_model",
    "check_sources",
    "compare",
    "complete",
    "derive",
    "derive_parts",
    "is_model",
    "missing",
    "placeholders",
    "resolve_model",
]
