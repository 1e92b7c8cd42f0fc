"""Affordances of several media types: what their forms say, and which of them somebody wants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from wot.content import JSON, UTF_8, Content, essence, is_opaque, is_text, parameter
from wot.errors import DefinitionError, NotAcceptable, UnsupportedContent
from wot.td import Json

# type/subtype and perhaps parameters (RFC 9110 section 8.3.1)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+*'`|~-]+/[\w!#$&^.+*'`|~-]+\s*(;.*)?", re.ASCII)
Pair = tuple[str, str]  # media types of what is sent and of what comes back


def several(given: Any) -> tuple[str, ...]:
    """One media type or some, the default first; whether they are some is for `check_types` to say."""
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        return (given,)
    return tuple(given)


def is_media_type(given: Any) -> bool:
    """Whether it can be one: whether anybody knows it is another question."""
    return isinstance(given, str) and _MEDIA_TYPE.fullmatch(given) is not None


def check_types(types: Sequence[Any]) -> None:
    """DefinitionError for what are no media types, or for those that one value cannot be told in."""
    for kind in types:
        if not is_media_type(kind):
            raise DefinitionError(
                f"{kind!r:.80} is no media type", hint='there is a slash in it, as in "image/png"'
            )
    if len(set(types)) < len(types):
        raise DefinitionError(f"a media type is named twice: {', '.join(types)}")
    opaque = [kind for kind in types if is_opaque(kind)]
    if opaque and len(types) > 1:
        raise DefinitionError(
            f"nothing here translates to {opaque[0]}, so it must be the only media type",
            hint="add a codec for it: see the entry-point group wot.codecs",
        )


def paired(takes: Sequence[str], gives: Sequence[str] = ()) -> list[Pair]:
    """The media types of each form; those without a partner share the last."""
    gives = gives or takes
    most = max(len(takes), len(gives))
    return [(takes[min(i, len(takes) - 1)], gives[min(i, len(gives) - 1)]) for i in range(most)]


def forms_of(pairs: Iterable[Pair]) -> Json:
    """Forms without href: what every binding's forms have to repeat, nothing for JSON alone."""
    forms: list[Json] = []
    for takes, gives in pairs:
        form: Json = {} if takes == JSON else {"contentType": takes}
        forms.append({**form, "response": {"contentType": gives}} if gives != takes else form)
    if len(forms) > 1:  # each has to differ from the others
        forms = [form or {"contentType": JSON} for form in forms]
    return {"forms": forms} if any(forms) else {}


def first_text(types: Sequence[str]) -> str:
    """What streams are told in: the first that is text, or else the first."""
    return next(filter(is_text, types), types[0])


def chosen(accept: Sequence[str], types: Sequence[str], name: str) -> str:
    """The media type to answer in; NotAcceptable where there is none that is wanted."""
    for wanted in accept:
        for kind in types:
            if kind == wanted or essence(kind) == essence(wanted):
                return kind
    offer = " or ".join(types)
    raise NotAcceptable(f"{name} is only to be had as {offer}", hint=f"accept {types[0]}")


def check_taken(content: Content, types: Sequence[str], name: str) -> None:
    """UnsupportedContent where the media type is none of those that are taken."""
    if content.type in types:
        return
    known = parameter(content.type, "charset") in UTF_8
    if not known or essence(content.type) not in map(essence, types):
        raise UnsupportedContent(
            f"{name}: {content.type} is not taken here",
            hint=f"send Content-Type: {' or '.join(types)}",
        )
