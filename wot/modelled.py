"""Thing classes and Thing Models: a class held against its model, and the model of a class."""

from __future__ import annotations

import copy
import functools
import inspect
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from wot.affordances import Declared
from wot.document import Model, ModelDocument, read_model, with_instance
from wot.errors import DefinitionError, Finding, listed
from wot.interaction import NONE
from wot.td import KINDS, TD_10, TD_11, Json, is_array, is_object
from wot.td.comparing import compared
from wot.td.placeholders import fill, names, strings
from wot.td.pointers import pointer
from wot.td.thing_model import ThingModel, placeholders, resolve_model
from wot.template import Template
from wot.things import DescribedThing, Thing, ThingT, ThingWords, exposed_of

if TYPE_CHECKING:
    from wot.td import Resolver

P = ParamSpec("P")
R = TypeVar("R")

_TM = "tm:ThingModel"
_TM_JSON = "application/tm+json"
_TEXTS = frozenset({"title", "titles", "description", "descriptions", "unit"})
_IN_OTHER_LANGUAGES = {"title": "titles", "description": "descriptions"}
_NAMED = (*KINDS, "uriVariables")  # whose members have names that somebody chose
_SCHEMAS = ("input", "output", "data", "items")
_WORDS = ThingWords.__optional_keys__
# What a class says in another way, or what is no business of a model.
_NOT_TAKEN = frozenset(
    {
        *KINDS,
        *(
            "@context",
            "@type",
            "id",
            "title",
            "version",
            "links",
            "uriVariables",
            "created",
            "modified",
        ),
        *("forms", "base", "security", "securityDefinitions", "profile"),
    }
)


def _with_model(decorator: Callable[P, R]) -> Callable[P, R]:
    """`decorator`, saying what to write where it is used without a model."""

    @functools.wraps(decorator)
    def checked(*args: P.args, **words: P.kwargs) -> R:
        if args or "model" not in words:
            raise DefinitionError(
                "@wot.thing says which model a class follows",
                hint='write @wot.thing(model="lamp.tm.jsonld"); a class without a model needs no decorator',
            )
        return decorator(*args, **words)

    return checked


@_with_model
def thing(
    *, model: ModelDocument, values: Mapping[str, Any] = NONE, resolver: Resolver | None = None
) -> Callable[[type[ThingT]], type[ThingT]]:
    """Hold a Thing class against its Thing Model when the class is made: `@wot.thing(model="lamp.tm.jsonld")`.

    A file name starts from the folder of the class's own file. `values` fill placeholders; `resolver` reads what the
    model refers to, files beside it are read anyway. Raises DefinitionError with every difference. What the class
    does not say of itself and of its affordances (texts, units, types, extension terms) is taken from the model.
    """

    def checked(cls: type[ThingT]) -> type[ThingT]:
        if not (isinstance(cls, type) and issubclass(cls, Thing)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError("@wot.thing(model=…) is for subclasses of wot.Thing")
        found = read_model(model, resolver, _folder(cls))
        wanted = _resolved(found, values)
        _check(cls, wanted, str(model) if found.base else wanted.get("title", "its model"))
        cls.__template__ = _completed(cls, wanted, found.url)
        return cls

    return checked


def _folder(cls: type) -> str:
    try:
        return os.path.dirname(os.path.abspath(inspect.getfile(cls)))
    except (TypeError, OSError):  # typed at a prompt
        return os.getcwd()


def _resolved(model: Model, values: Mapping[str, Any]) -> Json:
    """The whole model; placeholders without a value stay, and stand for anything."""
    json = resolve_model(model.json, model.resolver, model.base)
    open_ = {name: f"{{{{{name}}}}}" for name in placeholders(json) if name not in values}
    filled: Json = fill(json, {**open_, **values})
    return filled


def _check(cls: type[Thing], wanted: Json, name: str) -> None:
    found = compared(_comparable(cls.__template__.json, wanted), wanted)
    if found:
        raise DefinitionError(_said(f"{cls.__name__} does not implement {name}", found))


def _comparable(json: Json, wanted: Json) -> Json:
    """What a class has to answer for: not for texts and types, which it takes over."""
    return {"actions": {}, **_with_texts(json, wanted)}  # where a missing one is looked for


def _said(reason: str, findings: Iterable[Finding]) -> str:
    return "\n  ".join([f"{reason}:", *(f"{found.path}: {found.reason}" for found in findings)])


def _completed(cls: type[Thing], wanted: Json, url: str) -> Template:
    """The template of a class that says what its model says wherever it says nothing itself."""
    template = cls.__template__
    kinds: dict[str, dict[str, Declared]] = {}
    for kind in KINDS:
        members: Mapping[str, Declared] = getattr(template, kind)
        given: Json = wanted.get(kind, {})
        kinds[kind] = {n: _member(cls, m, given.get(n, {})) for n, m in members.items()}
    said: Json = {} if _is_untitled(cls) else {"title": template.title}
    json = _head({**template.json, **said}, wanted, url)
    json.pop("title", None)
    for kind, members in kinds.items():
        if members:
            json[kind] = {name: member.json for name, member in members.items()}
    # Subclasses take over the terms as they do those of a class keyword; for the words they have their own rules.
    terms = {t: v for t, v in json.items() if t not in {*template.json, *_NOT_TAKEN, *_WORDS}}
    more: dict[str, Any] = {**kinds, "json": json, "terms": {**terms, **template.terms}}
    title = wanted.get("title")
    if _is_untitled(cls) and title and not _open(title):
        more["title"] = title
    return template._replace(**more)


def _is_untitled(cls: type[Thing]) -> bool:
    """Whether a class leaves it to its model how it is called."""
    return cls.__template__.title == cls.__name__ and "titles" not in cls.__template__.json


def _member(cls: type[Thing], member: Declared, wanted: Json) -> Declared:
    """The affordance with the texts of the model; a copy, because other classes may share the original."""
    json = _with_texts(member.json or {}, wanted)
    if json == member.json:
        return member
    said = copy.copy(member)
    said.json = json
    setattr(cls, member.attribute, said)
    return said


def _head(own: Json, wanted: Json, url: str) -> Json:
    """What the TD says of the Thing itself."""
    said = _texts_of(own, wanted)
    more = {
        term: value
        for term, value in wanted.items()
        if term not in _NOT_TAKEN | said and not term.startswith("tm:") and not _open(value)
    }
    json: Json = {**more, **{term: value for term, value in own.items() if term not in KINDS}}
    json["@context"] = _contexts(own["@context"], wanted.get("@context"))
    types = _types(own.get("@type"), wanted.get("@type"))
    if types:
        json["@type"] = types
    version = wanted.get("version")
    if is_object(version) and "model" in version and not _open(version):
        json["version"] = {**own.get("version", {}), "model": version["model"]}
    links = [*own.get("links", ()), *_links(own, wanted, url)]
    if links:
        json["links"] = links
    return with_instance(json)


def _links(own: Json, wanted: Json, url: str) -> Iterable[Json]:
    given = own.get("links", ())
    for link in wanted.get("links", ()):
        rel = str(link.get("rel", "")).lower()
        if link not in given and rel != "type" and not rel.startswith("tm:") and not _open(link):
            yield link
    if url and not any(link.get("rel") == "type" for link in given):
        yield {"rel": "type", "href": url, "type": _TM_JSON}


def _contexts(own: list[Any], wanted: Any) -> list[Any]:
    """Both contexts, their prefixes in one object; the class's own win."""
    prefixes: Json = {}
    others: list[Any] = []
    for part in [*(wanted if is_array(wanted) else [wanted]), *own]:
        if is_object(part):
            prefixes |= part
        elif isinstance(part, str) and part not in (TD_10, TD_11, *others):
            others.append(part)
    return [TD_10, TD_11, *others, *([prefixes] if prefixes else [])]


def _types(own: Any, wanted: Any) -> Any:
    """The types of both, those of the model vocabulary excepted."""
    mine = own if is_array(own) else [own] if own else []
    model = wanted if is_array(wanted) else [wanted]
    more = [t for t in model if isinstance(t, str) and t not in mine and not t.startswith("tm:")]
    more = [text for text in more if "{{" not in text]
    return [*mine, *more] if more else own


def _with_texts(own: Json, wanted: Json) -> Json:
    """An object of a TD with what the model says for people and for machines that reason, but not for values."""
    out = dict(own)
    said = _texts_of(own, wanted)
    types = _types(own.get("@type"), wanted.get("@type"))
    if types:
        out["@type"] = types
    for term, value in wanted.items():
        mine = own.get(term)
        if term in said:
            continue
        if term not in own:
            if (term in _TEXTS or (":" in term and not term.startswith("tm:"))) and not _open(
                value
            ):
                out[term] = value
        elif is_object(mine) and is_object(value) and term in _NAMED:
            out[term] = {name: _both(item, value.get(name)) for name, item in mine.items()}
        elif term in _SCHEMAS:
            out[term] = _both(mine, value)
    return out


def _texts_of(own: Json, wanted: Json) -> set[str]:
    """The texts that are the class's own: where it says one, the model's other languages may say something else."""
    return {
        term
        for pair in _IN_OTHER_LANGUAGES.items()
        if any(term in own and own[term] != wanted.get(term) for term in pair)
        for term in pair
    }


def _both(own: Any, wanted: Any) -> Any:
    return _with_texts(own, wanted) if is_object(own) and is_object(wanted) else own


def _open(value: Any) -> bool:
    """Whether a placeholder without a value is in there."""
    return any(names(text) for _path, text in strings(value))


def model_of(
    cls: type[Thing] | DescribedThing, /, *, optional: Collection[str] = (), version: str = ""
) -> ThingModel:
    """The Thing Model of a class: what all its instances offer.

    `optional` names affordances that other implementations may leave out ("fade", or "/actions/fade"), `version`
    is that of the model, unless the class says it.
    """
    template = exposed_of(cls).template if isinstance(cls, DescribedThing) else None
    template = template or getattr(cls, "__template__", None)
    if not isinstance(template, Template):
        raise DefinitionError(
            f"{cls!r:.80} has no model",
            hint="give a subclass of wot.Thing, or what wot.Thing.from_td made",
        )
    own = template.json
    json: Json = {
        "@context": own["@context"],
        "@type": _model_types(own.get("@type")),
        "title": template.title,
    }
    stated = own.get("version", {}).get("model") or version
    if stated:
        json["version"] = {"model": stated}
    links = [link for link in own.get("links", ()) if link.get("rel") != "type"]
    if links:
        json["links"] = links
    pointers = [_pointer(own, name, template.title) for name in optional]
    if pointers:
        json["tm:optional"] = pointers
    left_out = (*json, "id", "version", "links", "created", "modified")
    return ThingModel(
        {**json, **{term: value for term, value in own.items() if term not in left_out}}
    )


def _model_types(own: Any) -> Any:
    types = own if is_array(own) else [own] if own else []
    return [_TM, *types] if types else _TM


def _pointer(own: Json, name: str, title: str) -> str:
    """The JSON Pointer of the affordance that a name, or a pointer, means."""
    known = {pointer((kind, n)): n for kind in KINDS for n in own.get(kind, {})}
    found = [text for text, its in known.items() if name in (text, its)]
    if len(found) == 1:
        return found[0]
    several = f"several are: {', '.join(found)}" if found else f"there are: {listed(known)}"
    raise DefinitionError(f"{title} has no one affordance {name!r} to be optional", hint=several)
