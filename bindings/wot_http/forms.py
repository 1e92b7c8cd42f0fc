"""Which HTTP requests serve which operations: the TD's forms and the server's routes from one source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from wot.content import JSON, UTF_8, essence, is_opaque, is_text, parameter
from wot.errors import DefinitionError
from wot.forms import folder, offered
from wot.td import ENDS, KINDS, STREAMS, Form, Json, Op, ThingDescription

# TD 1.1 section 8.3.1.
METHODS: Mapping[Op, str] = {
    Op.READ_PROPERTY: "GET",
    Op.WRITE_PROPERTY: "PUT",
    Op.INVOKE_ACTION: "POST",
}
_UNREACHABLE = ("", ".", "..")  # as segments of a path, clients resolve them away
STREAM = "STREAM"  # stands for GET with `Accept: text/event-stream`


class Route(NamedTuple):
    """What one method of one resource does."""

    op: Op
    name: str
    takes: str  # media type of the request
    gives: str  # media type of the response, "" where there is no content
    variables: Mapping[str, Json]
    opaque: bool = False  # whether nobody looks into what it takes


def routes(td: ThingDescription) -> dict[tuple[str, ...], dict[str, Route]]:
    """Segments of the path below the Thing → method → route."""
    table: dict[tuple[str, ...], dict[str, Route]] = {}
    for kind, name, json in _affordances(td):
        form = _pinned(json)
        variables = {**td.json.get("uriVariables", {}), **json.get("uriVariables", {})}
        methods: dict[str, Route] = {}
        for op in _served(td, kind, name, form):
            silent = op is Op.WRITE_PROPERTY or (kind == "actions" and "output" not in json)
            gives = "" if silent else form.response_type
            opaque = is_opaque(form.content_type)
            route = Route(op, name, form.content_type, gives, variables, opaque)
            methods[METHODS.get(op, STREAM)] = route
        if STREAM in methods and kind == "events":
            methods["GET"] = methods[STREAM]
        table[kind, name] = methods
    return table


def forms(path: str, td: ThingDescription) -> Iterator[tuple[str, str, Form]]:
    """The forms of all that is served below `path`, relative to the server's base."""
    for kind, name, json in _affordances(td):
        ops = _served(td, kind, name, _pinned(json))
        variables = ",".join(
            quote(v, safe="")
            for v in {**td.json.get("uriVariables", {}), **json.get("uriVariables", {})}
        )
        href = f"{path}/{folder(kind, name)}" + (f"{{?{variables}}}" if variables else "")
        pinned = _pinned(json).json
        direct = [str(op) for op in ops if op not in STREAMS]
        if direct:
            yield kind, name, Form({**pinned, "href": href, "op": direct})
        for op in ops:
            if op in STREAMS:
                both = [str(op), str(ENDS[op])]
                yield kind, name, Form({**pinned, "href": href, "op": both, "subprotocol": "sse"})


def unfollowed(td: ThingDescription) -> Iterator[str]:
    """What is offered and cannot be followed over HTTP, in words."""
    for kind, name, json in _affordances(td):
        form = _pinned(json)
        if len(_served(td, kind, name, form)) < len(offered(td, kind, name)):
            yield f"{kind}: {name!r} is {form.response_type}"


def _served(td: ThingDescription, kind: str, name: str, form: Form) -> list[Op]:
    """The operations offered, without streams of what is no text: server-sent events carry nothing else."""
    ops = offered(td, kind, name)
    return [op for op in ops if op not in STREAMS or _is_text(form.response_type)]


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


def _pinned(json: Json) -> Form:
    """What every form repeats: media types."""
    forms: list[Json] = json.get("forms") or [{"contentType": JSON}]
    return Form(forms[0])
