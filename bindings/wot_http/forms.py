"""Which HTTP requests serve which operations: the TD's forms and the server's routes from one source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from wot.content import JSON, UTF_8, essence, is_opaque, is_text, parameter
from wot.errors import DefinitionError
from wot.forms import folder, offered
from wot.td import ENDS, KINDS, STREAMS, Form, Json, Op, ThingDescription
from wot_http.errors import PROBLEM_JSON

# TD 1.1 section 8.3.1.
METHODS: Mapping[Op, str] = {
    Op.READ_PROPERTY: "GET",
    Op.WRITE_PROPERTY: "PUT",
    Op.INVOKE_ACTION: "POST",
}
_UNREACHABLE = ("", ".", "..")  # as segments of a path, clients resolve them away
# What an error is told in (RFC 9457).
_ERRORS: Json = {"additionalResponses": [{"contentType": PROBLEM_JSON}]}
STREAM = "STREAM"  # stands for GET with `Accept: text/event-stream`


class Route(NamedTuple):
    """What one method of one resource does."""

    op: Op
    name: str
    takes: str  # media type of the request
    gives: str  # media type of the response, "" where there is no content
    variables: Mapping[str, Json]
    opaque: bool = False  # whether nobody looks into what it takes
    several: tuple[str, ...] = ()  # all media types of the response, where there is a choice


def routes(td: ThingDescription) -> dict[tuple[str, ...], dict[str, Route]]:
    """Segments of the path below the Thing → method → route."""
    table: dict[tuple[str, ...], dict[str, Route]] = {}
    for kind, name, json in _affordances(td):
        pinned = _pinned(json)
        form, given = pinned[0], tuple(dict.fromkeys(form.response_type for form in pinned))
        variables = {**td.json.get("uriVariables", {}), **json.get("uriVariables", {})}
        methods: dict[str, Route] = {}
        for op in _served(td, kind, name, pinned):
            silent = op is Op.WRITE_PROPERTY or (kind == "actions" and "output" not in json)
            gives = "" if silent else form.response_type
            opaque = is_opaque(form.content_type)
            choice = given if gives and len(given) > 1 else ()
            route = Route(op, name, form.content_type, gives, variables, opaque, choice)
            methods[METHODS.get(op, STREAM)] = route
        if STREAM in methods and kind == "events":
            methods["GET"] = methods[STREAM]
        table[kind, name] = methods
    return table


def forms(path: str, td: ThingDescription) -> Iterator[tuple[str, str, Form]]:
    """The forms of all that is served below `path`, relative to the server's base."""
    for kind, name, json in _affordances(td):
        pinned = _pinned(json)
        ops = _served(td, kind, name, pinned)
        variables = ",".join(
            quote(v, safe="")
            for v in {**td.json.get("uriVariables", {}), **json.get("uriVariables", {})}
        )
        href = f"{path}/{folder(kind, name)}" + (f"{{?{variables}}}" if variables else "")
        direct = [str(op) for op in ops if op not in STREAMS]
        for form in pinned if direct else ():
            yield kind, name, Form({**form.json, **_ERRORS, "href": href, "op": direct})
        for op in ops:
            if op in STREAMS:
                told = {**_told(pinned).json, **_ERRORS}
                both = [str(op), str(ENDS[op])]
                yield kind, name, Form({**told, "href": href, "op": both, "subprotocol": "sse"})


def unfollowed(td: ThingDescription) -> Iterator[str]:
    """What is offered and cannot be followed over HTTP, in words."""
    for kind, name, json in _affordances(td):
        pinned = _pinned(json)
        if len(_served(td, kind, name, pinned)) < len(offered(td, kind, name)):
            yield f"{kind}: {name!r} is {pinned[0].response_type}"


def _served(td: ThingDescription, kind: str, name: str, pinned: list[Form]) -> list[Op]:
    """The operations offered, without streams of what is no text: server-sent events carry nothing else."""
    ops = offered(td, kind, name)
    is_told = _is_text(_told(pinned).response_type)
    return [op for op in ops if op not in STREAMS or is_told]


def _told(pinned: list[Form]) -> Form:
    """What streams repeat: the first form whose notifications are text."""
    return next((form for form in pinned if _is_text(form.response_type)), pinned[0])


def _is_text(media_type: str) -> bool:
    textual = is_text(media_type) or essence(media_type).endswith(("/xml", "+xml"))
    return textual and parameter(media_type, "charset") in UTF_8


def _affordances(td: ThingDescription) -> Iterator[tuple[str, str, Json]]:
    for kind in KINDS:
        for name, json in td.json.get(kind, {}).items():
            if name in _UNREACHABLE:
                raise DefinitionError(
                    f"{td.title}: {kind}: the name {name!r} cannot be part of a URL",
                    hint="give it another name, or serve it by another protocol than HTTP",
                )
            yield kind, name, json


def _pinned(json: Json) -> list[Form]:
    """What forms repeat: media types, one form for each choice."""
    forms: list[Json] = json.get("forms") or [{"contentType": JSON}]
    return [Form(form) for form in forms]
