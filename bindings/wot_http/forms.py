"""Which HTTP requests serve which operations: the TD's forms and the server's routes from one source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from wot.content import JSON, UTF_8, essence, is_opaque, is_text, parameter
from wot.errors import DefinitionError
from wot.forms import folder, offered, offered_whole
from wot.td import EACH, ENDS, KIND, KINDS, STREAMS, Form, Json, Op, ThingDescription
from wot_http.errors import PROBLEM_JSON
from wot_http.statuses import VARIABLE, about_actions, answered, is_lasting

# TD 1.1 section 8.3.1.
METHODS: Mapping[Op, str] = {
    Op.READ_PROPERTY: "GET",
    Op.WRITE_PROPERTY: "PUT",
    Op.INVOKE_ACTION: "POST",
    Op.QUERY_ACTION: "GET",
    Op.CANCEL_ACTION: "DELETE",
    Op.QUERY_ALL_ACTIONS: "GET",
    Op.READ_ALL_PROPERTIES: "GET",
    Op.READ_MULTIPLE_PROPERTIES: "GET",
    Op.WRITE_ALL_PROPERTIES: "PUT",
    Op.WRITE_MULTIPLE_PROPERTIES: "PUT",
}
ABOUT_ONE = (Op.QUERY_ACTION, Op.CANCEL_ACTION)
ANY = "*"  # as third segment: any one
_UNREACHABLE = ("", ".", "..")  # as segments of a path, clients resolve them away
# What an error is told in (RFC 9457).
_ERROR: Json = {"contentType": PROBLEM_JSON}
STREAM = "STREAM"  # stands for GET with `Accept: text/event-stream`


class Route(NamedTuple):
    """What one method of one resource does."""

    op: Op
    name: str  # "" for the whole Thing
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
        lasting = kind == "actions" and is_lasting(json)
        if lasting:
            # Of one invocation (in JSON), and of all.
            table[kind, name, ANY] = {
                METHODS[op]: Route(op, name, JSON, JSON, {}) for op in ABOUT_ONE
            }
            table[(kind,)] = {"GET": Route(Op.QUERY_ALL_ACTIONS, "", JSON, JSON, {})}
        for op in _served(td, kind, name, pinned):
            if op in ABOUT_ONE:
                continue
            silent = op is Op.WRITE_PROPERTY or (kind == "actions" and "output" not in json)
            gives = JSON if lasting else "" if silent else form.response_type
            opaque = is_opaque(form.content_type)
            choice = given if gives and not lasting and len(given) > 1 else ()
            route = Route(op, name, form.content_type, gives, variables, opaque, choice)
            methods[METHODS.get(op, STREAM)] = route
        if STREAM in methods and kind == "events":
            methods["GET"] = methods[STREAM]
        table[kind, name] = methods
    return table | whole_routes(td)


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
        direct = [str(op) for op in ops if op not in STREAMS and op not in ABOUT_ONE]
        lasting = kind == "actions" and is_lasting(json)
        for form in pinned if direct else ():
            told = {**form.json, "href": href, "op": direct}
            yield kind, name, _complete(answered(told) if lasting else told)
        for op in ops:
            if op in ABOUT_ONE:
                where = f"{path}/{folder(kind, name)}/{{{VARIABLE}}}"
                yield kind, name, _complete(_of(op, where))
            if op in STREAMS:
                both = [str(op), str(ENDS[op])]
                told = {**_told(pinned).json, "href": href, "op": both, "subprotocol": "sse"}
                yield kind, name, _complete(told)
    yield from (("", "", _complete(form.json)) for form in whole_forms(path, td))

    if about_actions(td):
        yield "", "", _complete(_of(Op.QUERY_ALL_ACTIONS, f"{path}/actions"))


def _of(op: Op, href: str) -> Json:
    """A form whose method is not the one that TD 1.1 has as default."""
    return {"href": href, "op": [str(op)], "htv:methodName": METHODS[op]}


def _complete(form: Json) -> Form:
    """With what errors are told in."""
    return Form({**form, "additionalResponses": [*form.get("additionalResponses", ()), _ERROR]})


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
