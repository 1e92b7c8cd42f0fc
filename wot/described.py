"""Affordances declared by a Thing Description instead of a class: the data schemas as they are, plain values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from wot.affordances import ABSENT, Action, Event, Stored
from wot.content import Malformed, is_opaque
from wot.errors import DefinitionError, NotAllowed, Unavailable
from wot.forms import resolve
from wot.payload import Input, Mismatch, Payload
from wot.td import KINDS, Form, Json, is_array, is_object, standard_context
from wot.template import Handler, Template, check_limits

# What the endpoints that serve the Thing say of themselves.
_OF_ENDPOINTS = frozenset({"forms", "base", "security", "securityDefinitions", "profile"})


class DescribedProperty(Stored[Any]):
    """A property that the framework keeps until a handler reads it."""

    def __init__(self, name: str, json: Json, variables: Json) -> None:
        given = {"read_only": bool(json.get("readOnly")), "write_only": bool(json.get("writeOnly"))}
        super().__init__(ABSENT, False, given)
        self.attribute = self.name = name
        op = "writeproperty" if given["write_only"] else "readproperty"
        self.media_type = media_types(json, op)[1]
        self.observable = bool(json.get("observable"))
        self.payload = payload_of(json, self.media_type)
        self.default = _first_value(json, self.payload, self.media_type)
        self.uri_variables = variables
        self.variables = self.written = variables_of(variables)
        self.json = described(json, self.media_type, self.media_type)


class DescribedAction(Action[..., Any]):
    """An action whose input is one value, whatever its shape."""

    def __init__(self, name: str, json: Json, variables: Json) -> None:
        self.media_type, response_type = media_types(json, "invokeaction")
        given = {"response_type": response_type}
        super().__init__(_unreadable, given)
        self.attribute = self.name = name
        schema, output = json.get("input"), json.get("output")
        body = None if schema is None else payload_of(schema, self.media_type)
        self.arguments = Input(schema, body)
        self.has_input = body is not None
        self.output = None if output is None else payload_of(output, response_type)
        self.uri_variables = variables
        self.variables = variables_of(variables)
        self.json = described(json, self.media_type, response_type)

    def split(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], dict[str, Any]]:
        """A call's arguments as those of the input and the URI variables."""
        variables = {name: kwargs.pop(name) for name in self.variables if name in kwargs}
        return args, kwargs, variables


class DescribedEvent(Event[Any]):
    """An event; who subscribes may be asked for URI variables."""

    def __init__(self, name: str, json: Json, variables: Json) -> None:
        super().__init__(ABSENT, {})
        self.attribute = self.name = name
        self.media_type = media_types(json, "subscribeevent")[1]
        data = json.get("data")
        self.payload = None if data is None else payload_of(data, self.media_type)
        self.uri_variables = variables
        self.variables = variables_of(variables)
        self.json = described(json, self.media_type, self.media_type)


def template_from(td: Json, threads: int, timeout: float | None) -> Template:
    """A template of its own for one TD; handlers may be added to its tables at any time."""
    check_limits(td.get("title", "this Thing"), threads, timeout)
    shared: Json = td.get("uriVariables", {})
    properties = _named(td, "properties", DescribedProperty, shared)
    actions = _named(td, "actions", DescribedAction, shared)
    events = _named(td, "events", DescribedEvent, shared)
    kinds = {"properties": properties, "actions": actions, "events": events}
    return Template(
        json=_description(td, kinds),
        terms={},
        properties=properties,
        actions=actions,
        events=events,
        readers={
            n: Handler(_unreadable, True) for n, p in properties.items() if p.given["write_only"]
        },
        writers={},
        invoked={
            name: Missing.handler(f"the action {name!r}", "on_invoke", name) for name in actions
        },
        every=(),
        title=td.get("title", ""),
        id=td.get("id", ""),
        threads=threads,
        timeout=timeout,
        subscribed={},
    )


def _named(
    td: Json, kind: str, make: Callable[[str, Json, Json], Any], shared: Json
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, json in td.get(kind, {}).items():
        try:
            found[name] = make(name, json, {**shared, **json.get("uriVariables", {})})
        except Malformed as error:
            raise DefinitionError(f"{name}: {error}") from None
    return found


def _description(td: Json, kinds: Mapping[str, Mapping[str, Any]]) -> Json:
    """The TD without what its own endpoints say; relative links lead to where they led."""
    json = {term: value for term, value in td.items() if term not in _OF_ENDPOINTS}
    json["@context"] = standard_context(td.get("@context"))
    base: str = td.get("base", "")
    if base and is_array(td.get("links")):
        json["links"] = [{**link, "href": resolve(base, link["href"])} for link in td["links"]]
    for kind in KINDS:
        if kinds[kind]:
            json[kind] = {name: member.json for name, member in kinds[kind].items()}
        else:
            json.pop(kind, None)
    return json


def media_types(json: Json, op: str) -> tuple[str, str]:
    """What the first form for `op` (or else the first of all) takes and gives."""
    forms = [Form(form) for form in json.get("forms", ())] or [Form({})]
    form = next((form for form in forms if op in form.op), forms[0])
    return form.content_type, form.response_type


def described(json: Json, takes: str, gives: str) -> Json:
    """An affordance as its TD has it, its forms reduced to the media types that every form of ours repeats."""
    form: Json = {} if takes == Form({}).content_type else {"contentType": takes}
    if gives != takes:
        form["response"] = {"contentType": gives}
    out = {term: value for term, value in json.items() if term != "forms"}
    return {**out, "forms": [form]} if form else out


def payload_of(schema: Json, media_type: str) -> Payload:
    """Plain values that `schema` judges; bytes where nobody here looks into the media type."""
    return Payload.plain({} if is_opaque(media_type) else schema)


def variables_of(schemas: Json, needed: Collection[str] = ()) -> dict[str, Payload]:
    """URI variables; those that a handler cannot do without, and that have no default, must be there."""
    found: dict[str, Payload] = {}
    for name, schema in schemas.items():
        payload = found[name] = Payload.plain(schema if is_object(schema) else {})
        payload.optional = name not in needed or "default" in payload.schema
    return found


def _first_value(json: Json, payload: Payload, media_type: str) -> Any:
    for term in ("const", "default"):
        if term in json:
            try:
                payload.dump(json[term], media_type)
            except (Mismatch, Malformed):
                continue
            return json[term]
    return ABSENT


class Missing:
    """Stands where a handler should be."""

    def __init__(self, what: str, hint: str) -> None:
        self.what, self.hint = what, hint

    @classmethod
    def handler(cls, what: str, attach: str, name: str) -> Handler:
        """A handler that says how to attach the real one."""
        return Handler(cls(what, f"attach it: thing.{attach}({name!r}, handler)"), True)

    async def __call__(self, *_args: Any, **_variables: Any) -> Any:
        raise Unavailable(f"nothing handles {self.what} yet", hint=self.hint)


async def _unreadable(*_args: Any, **_variables: Any) -> Any:
    raise NotAllowed("it can only be written")
