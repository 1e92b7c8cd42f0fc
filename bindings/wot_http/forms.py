"""Which HTTP requests serve which operations: the TD's forms and the server's routes from one source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from wot.content import JSON, UTF_8, essence, is_text, parameter
from wot.errors import DefinitionError
from wot.forms import folder, offered, offered_whole
from wot.td import EACH, ENDS, KIND, KINDS, STREAMS, Form, Json, Op, ThingDescription

# TD 1.1 section 8.3.1.
METHODS: Mapping[Op, str] = {
    Op.READ_PROPERTY: "GET",
    Op.WRITE_PROPERTY: "PUT",
    Op.INVOKE_ACTION: "POST",
    Op.READ_ALL_PROPERTIES: "GET",
    Op.READ_MULTIPLE_PROPERTIES: "GET",
    Op.WRITE_ALL_PROPERTIES: "PUT",
    Op.WRITE_MULTIPLE_PROPERTIES: "PUT",
}
_UNREACHABLE = ("", ".", "..")  # as segments of a path, clients resolve them away
STREAM = "STREAM"  # stands for GET with `Accept: text/event-stream`


class Route(NamedTuple):
    """What one method of one resource does."""

    op: Op
    name: str  # "" for the whole Thing
    takes: str  # media type of the request
    gives: str  # media type of the response, "" where there is no content
    variables: Mapping[str, Json]


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
            route = Route(op, name, form.content_type, gives, variables)
            methods[METHODS.get(op, STREAM)] = route
        if STREAM in methods and kind == "events":
            methods["GET"] = methods[STREAM]
        table[kind, name] = methods
    return table | whole_routes(td)


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
    yield from (("", "", form) for form in whole_forms(path, td))


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


_NAMES = "names"  # the URI variable that says which properties are meant
_OF_NAMES: Json = {
    "type": "string",
    "description": "Names of properties with commas between them.",
}


def whole_routes(td: ThingDescription) -> dict[tuple[str, ...], dict[str, Route]]:
    """The routes of operations on all properties, and on all events."""
    ops = _whole(td)
    table: dict[tuple[str, ...], dict[str, Route]] = {}
    for op in ops:
        kind = KIND[EACH[op]]
        reads = op in (Op.READ_ALL_PROPERTIES, Op.READ_MULTIPLE_PROPERTIES)
        variables = {_NAMES: _OF_NAMES} if reads and Op.READ_MULTIPLE_PROPERTIES in ops else {}
        route = Route(op, "", JSON, JSON if reads or op in STREAMS else "", variables)
        # The first one stands for those that share its method: what is sent tells them apart.
        table.setdefault((kind,), {}).setdefault(METHODS.get(op, STREAM), route)
    events = table.get(("events",))
    if events:
        events["GET"] = events[STREAM]
    return table


def whole_forms(path: str, td: ThingDescription) -> Iterator[Form]:
    """The forms of operations on all properties, and on all events."""
    ops = _whole(td)
    direct = [str(op) for op in ops if op not in STREAMS and op is not Op.READ_MULTIPLE_PROPERTIES]
    if direct:
        yield Form({"href": f"{path}/properties", "op": direct})
    if Op.READ_MULTIPLE_PROPERTIES in ops:
        several = [str(Op.READ_MULTIPLE_PROPERTIES)]
        href = f"{path}/properties{{?{_NAMES}}}"
        yield Form({"href": href, "op": several})
    for op in ops:
        if op in STREAMS:
            both, href = [str(op), str(ENDS[op])], f"{path}/{KIND[EACH[op]]}"
            yield Form({"href": href, "op": both, "subprotocol": "sse"})


def whole_terms(td: ThingDescription) -> Json:
    """What the forms of the whole Thing refer to."""
    if Op.READ_MULTIPLE_PROPERTIES in _whole(td):
        return {"uriVariables": {_NAMES: _OF_NAMES}}
    return {}


def _whole(td: ThingDescription) -> list[Op]:
    """The operations on the whole Thing, without one whose URI variable means something else there already."""
    taken = _NAMES in td.json.get("uriVariables", {})
    return [op for op in offered_whole(td) if op is not Op.READ_MULTIPLE_PROPERTIES or not taken]
