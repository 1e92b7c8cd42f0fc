"""Which HTTP requests serve which operations: the TD's forms and the server's routes from one source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from wot.content import JSON, UTF_8, essence, is_opaque, is_text, parameter
from wot.errors import DefinitionError
from wot.forms import folder, offered, offered_whole
from wot.td import EACH, ENDS, KIND, KINDS, STREAMS, Form, Json, Op, ThingDescription, is_object
from wot_http import socket_forms
from wot_http.choices import pinned_in, told_in
from wot_http.errors import PROBLEM_JSON
from wot_http.offering import LONGPOLL, SOCKET, SSE, SUBSCRIPTION, WEBHOOK, Offer
from wot_http.statuses import about_actions, answered, is_lasting

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
ANY = ""  # as last segment: any one
_SSE_ONLY = Offer()
_UNREACHABLE = ("", ".", "..")  # as segments of a path, clients resolve them away
# What an error is told in (RFC 9457).
_ERROR: Json = {"contentType": PROBLEM_JSON}
STREAM = "STREAM"  # stands for GET with `Accept: text/event-stream`
OBSERVABLE = "observable"  # where a property is polled for changes; node-wot's name for it
SUBSCRIPTIONS = "subscriptions"  # of webhooks, below their Thing


class Route(NamedTuple):
    """What one method of one resource does."""

    op: Op
    name: str  # "" for the whole Thing
    takes: str  # media type of the request
    gives: str  # media type of the response, "" where there is no content
    variables: Mapping[str, Json]
    via: str = ""  # the subprotocol, where the operation goes on
    opaque: bool = False  # whether nobody looks into what it takes
    several: tuple[str, ...] = ()  # all media types of the response, where there is a choice


def routes(
    td: ThingDescription, offer: Offer = _SSE_ONLY
) -> dict[tuple[str, ...], dict[str, Route]]:
    """Segments of the path below the Thing → method → route."""
    table: dict[tuple[str, ...], dict[str, Route]] = {}
    for kind, name, json in _affordances(td):
        pinned = pinned_in(json)
        form, given = pinned[0], tuple(dict.fromkeys(form.response_type for form in pinned))
        variables = json.get("uriVariables", {})
        methods: dict[str, Route] = {}
        lasting = kind == "actions" and is_lasting(json)
        if lasting:
            # Of one invocation (in JSON), and of all.
            table[kind, name, ANY] = {
                METHODS[op]: Route(op, name, JSON, JSON, {}) for op in ABOUT_ONE
            }
            table[(kind,)] = {"GET": Route(Op.QUERY_ALL_ACTIONS, "", JSON, JSON, {})}
        for op in offered(td, kind, name):
            if op in ABOUT_ONE:
                continue
            silent = op is Op.WRITE_PROPERTY or (kind == "actions" and "output" not in json)
            gives = JSON if lasting else "" if silent else form.response_type
            if op in METHODS:
                opaque = is_opaque(form.content_type)
                choice = given if gives and not lasting and len(given) > 1 else ()
                made = Route(op, name, form.content_type, gives, variables, "", opaque, choice)
                methods[METHODS[op]] = made
                continue
            told = told_in(pinned)
            for via in _carried(offer, told) if op in STREAMS else ():
                takes = JSON if via == WEBHOOK else ""
                route = Route(op, name, takes, told.response_type, variables, via)
                table.update(_streaming((kind, name), methods, route))
        table[kind, name] = methods
    table |= whole_routes(td, offer)
    if any(route.via == WEBHOOK for methods in table.values() for route in methods.values()):
        ending = Route(Op.UNSUBSCRIBE_EVENT, "", "", "", {}, WEBHOOK)
        table[SUBSCRIPTIONS, ANY] = {"DELETE": ending}
    return table


def _streaming(
    place: tuple[str, ...], methods: dict[str, Route], route: Route
) -> dict[tuple[str, ...], dict[str, Route]]:
    """Add the route of a stream to the methods of its affordance, or give the place that it has for itself."""
    if route.via == WEBHOOK:
        methods["POST"] = route
    elif route.via == SSE:
        methods[STREAM] = route
        if "GET" not in methods and route.op in (Op.SUBSCRIBE_EVENT, Op.SUBSCRIBE_ALL_EVENTS):
            methods["GET"] = route
    elif route.op is Op.OBSERVE_PROPERTY:
        return {(*place, OBSERVABLE): {"GET": route}}
    else:
        methods["GET"] = route
    return {}


def forms(
    path: str, td: ThingDescription, offer: Offer = _SSE_ONLY
) -> Iterator[tuple[str, str, Form]]:
    """The forms of all that is served below `path`, relative to the server's base."""
    for kind, name, json in _affordances(td):
        pinned = pinned_in(json)
        ops = offered(td, kind, name)
        variables = ",".join(quote(v, safe="") for v in json.get("uriVariables", {}))
        query = f"{{?{variables}}}" if variables else ""
        href = f"{path}/{folder(kind, name)}"
        direct = [str(op) for op in ops if op not in STREAMS and op not in ABOUT_ONE]
        lasting = kind == "actions" and is_lasting(json)
        for each in pinned if direct else ():
            form = {**each.json, "href": href + query, "op": direct}
            yield kind, name, _complete(answered(form) if lasting else form)
        for op in ops:
            if op in STREAMS:
                told = told_in(pinned)
                for via in _carried(offer, told):
                    for form in _stream_forms(path, href, query, op, via):
                        yield kind, name, Form({**told.json, **form})
    yield from (("", "", form) for form in whole_forms(path, td, offer))

    if about_actions(td):
        yield "", "", Form(_of(Op.QUERY_ALL_ACTIONS, f"{path}/actions"))


def _of(op: Op, href: str) -> Json:
    """A form whose method is not the one that TD 1.1 has as default."""
    return {"href": href, "op": [str(op)], "htv:methodName": METHODS[op]}


def _complete(form: Json) -> Form:
    """With what errors are told in; only where there is one answer, since TDs are to be small."""
    return Form({**form, "additionalResponses": [*form.get("additionalResponses", ()), _ERROR]})


def _stream_forms(path: str, href: str, query: str, op: Op, via: str) -> Iterator[Json]:
    both = [str(op), str(ENDS[op])]
    if via == WEBHOOK:
        # What is sent here is about the callback; what comes there has the media type of the data.
        ending = f"{path}/{SUBSCRIPTIONS}/{{{SUBSCRIPTION}}}"
        shared = {"subprotocol": via, "contentType": JSON}
        yield {**shared, "href": href + query, "op": both[:1], "htv:methodName": "POST"}
        yield {**shared, "href": ending, "op": both[1:], "htv:methodName": "DELETE"}
        return
    own = f"/{OBSERVABLE}" if via == LONGPOLL and op is Op.OBSERVE_PROPERTY else ""
    yield {"href": href + own + query, "op": both, "subprotocol": via}


def unfollowed(
    td: ThingDescription, offer: Offer = _SSE_ONLY, sockets: bool = False
) -> Iterator[str]:
    """What is offered and cannot be followed over HTTP although streams are switched on, in words."""
    for kind, name, json in _affordances(td):
        form = told_in(pinned_in(json))
        streams = STREAMS.intersection(offered(td, kind, name))
        if not offer.subprotocols or not streams or _carried(offer, form):
            continue
        if not (sockets and socket_forms.carries(json)):
            yield f"{kind}: {name!r} is {form.response_type}"


def _carried(offer: Offer, form: Form) -> list[str]:
    """The subprotocols by which data of a form can be followed: server-sent events carry nothing but text."""
    ours = [via for via in offer.subprotocols if via != SOCKET]
    return [via for via in ours if via != SSE or _is_text(form.response_type)]


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


_NAMES = "names"  # the URI variable that says which properties are meant
_OF_NAMES: Json = {
    "type": "string",
    "description": "Names with commas between them.",
}


def whole_routes(td: ThingDescription, offer: Offer) -> dict[tuple[str, ...], dict[str, Route]]:
    """The routes of operations on all properties, and on all events."""
    ops = offered_whole(td)
    table: dict[tuple[str, ...], dict[str, Route]] = {}
    for op in ops:
        kind = KIND[EACH[op]]
        if op in STREAMS:
            for via in _carried_whole(offer):
                stream = Route(op, "", JSON if via == WEBHOOK else "", JSON, {}, via)
                _streaming((kind,), table.setdefault((kind,), {}), stream)
            continue
        reads = op in (Op.READ_ALL_PROPERTIES, Op.READ_MULTIPLE_PROPERTIES)
        variables = {_NAMES: _OF_NAMES} if reads and Op.READ_MULTIPLE_PROPERTIES in ops else {}
        route = Route(op, "", JSON, JSON if reads else "", variables)
        # The first one stands for those that share its method: what is sent tells them apart.
        table.setdefault((kind,), {}).setdefault(METHODS[op], route)
    return table


def whole_forms(path: str, td: ThingDescription, offer: Offer) -> Iterator[Form]:
    """The forms of operations on all properties, and on all events."""
    ops = offered_whole(td)
    direct = [str(op) for op in ops if op not in STREAMS and op is not Op.READ_MULTIPLE_PROPERTIES]
    if direct:
        yield Form({"href": f"{path}/properties", "op": direct})
    if Op.READ_MULTIPLE_PROPERTIES in ops:
        several = [str(Op.READ_MULTIPLE_PROPERTIES)]
        href = f"{path}/properties{{?{_NAMES}}}"
        yield Form({"href": href, "op": several})
    for op in ops:
        if op in STREAMS:
            for via in _carried_whole(offer):
                for form in _stream_forms(path, f"{path}/{KIND[EACH[op]]}", "", op, via):
                    yield Form(form)


def _carried_whole(offer: Offer) -> list[str]:
    """The subprotocols that tell what each notification is about."""
    return [via for via in offer.subprotocols if via in (SSE, WEBHOOK)]


def whole_terms(td: ThingDescription) -> Json:
    """What the forms of the whole Thing refer to."""
    if Op.READ_MULTIPLE_PROPERTIES in offered_whole(td):
        return {"uriVariables": {_NAMES: _OF_NAMES}}
    return {}


def terms(td: ThingDescription, offer: Offer = _SSE_ONLY) -> Json:
    """What the TD says of the whole Thing: the profiles that are kept, and what our forms refer to."""
    said = (offer.terms(td), whole_terms(td), about_actions(td))
    joined: Json = {}
    for found in said:
        for term, value in found.items():
            joined[term] = (
                {**joined.get(term, {}), **value}
                if is_object(value)
                else [*joined.get(term, ()), *value]
            )
    return joined
