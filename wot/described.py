"""Affordances declared by a Thing Description instead of a class: the data schemas as they are, plain values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from wot.affordances import ABSENT, Action, Event, Stored
from wot.content import JSON, Malformed, is_opaque
from wot.errors import DefinitionError, NotAllowed
from wot.forms import resolve, shared_variables
from wot.forms import variables_of as declared_for
from wot.media import Pair, forms_of, paired
from wot.payload import Input, Mismatch, Payload
from wot.schema import Patterns, refused_patterns
from wot.td import KINDS, Form, Json, Op, default_ops, is_array, is_object, standard_context
from wot.template import Handler, Template, check_limits
from wot.threads import NotBegun

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION
SUBSCRIBE = Op.SUBSCRIBE_EVENT

# What the endpoints that serve the Thing say of themselves, and what only their forms refer to.
_OF_ENDPOINTS = frozenset(
    {
        *("forms", "base", "security", "securityDefinitions", "profile", "schemaDefinitions"),
        "uriVariables",  # each affordance has its own
    }
)
_MOST_VARIABLES = 1 << 18  # URI variables of all affordances together
# No endpoint of ours takes data to subscribe with, or to leave with.
_NOT_CARRIED = frozenset({"subscription", "dataResponse", "cancellation"})
_BY_DEFAULT = frozenset({READ, WRITE, INVOKE, SUBSCRIBE})  # what forms without `op` can be for
# What a form of the whole Thing offers of each of its affordances.
_OF_EACH: Mapping[str, Op] = {
    Op.READ_ALL_PROPERTIES: READ,
    Op.READ_MULTIPLE_PROPERTIES: READ,
    Op.WRITE_ALL_PROPERTIES: WRITE,
    Op.WRITE_MULTIPLE_PROPERTIES: WRITE,
    Op.SUBSCRIBE_ALL_EVENTS: SUBSCRIBE,
}
_HINT = "see wot.schema: patterns are checked in linear time, or given up, and none may be large"


class Variables(NamedTuple):
    """The URI variables of one affordance: their schemas, and what judges them."""

    schemas: Json
    payloads: Mapping[str, Payload]


class DescribedProperty(Stored[Any]):
    """A property that the framework keeps until a handler reads it."""

    def __init__(self, name: str, json: Json, variables: Variables) -> None:
        read_only, write_only = bool(json.get("readOnly")), bool(json.get("writeOnly"))
        # One that is neither read nor written is observed, and each observation begins with the value.
        given = {"read_only": read_only, "write_only": write_only and not read_only}
        super().__init__(ABSENT, False, given)
        self.attribute = self.name = name
        op = READ if not write_only else WRITE if not read_only else Op.OBSERVE_PROPERTY
        gives = tuple(dict.fromkeys(pair[1] for pair in media_types(json, op)))
        self.travel_as(gives)
        self.observable = bool(json.get("observable"))
        self.payload = payload_of(json, self.media_type)
        self.default = _first_value(json, self.payload, self.media_type)
        self.uri_variables = variables.schemas
        self.variables = self.written = variables.payloads
        self.json = described(json, paired(gives))


class DescribedAction(Action[..., Any]):
    """An action whose input is one value, whatever its shape."""

    def __init__(self, name: str, json: Json, variables: Variables) -> None:
        pairs = media_types(json, INVOKE)
        stated = {**json, "synchronous": json.get("synchronous") is not False}
        if not stated["synchronous"]:  # what comes back is its status, which has the output in it
            pairs = list(dict.fromkeys((takes, JSON) for takes, _ in pairs))
        response_type = pairs[0][1]
        gives = tuple(dict.fromkeys(gives for _, gives in pairs))
        given = {"response_type": gives, "synchronous": stated["synchronous"]}
        super().__init__(_unreadable, given)
        self.travel_as(tuple(dict.fromkeys(takes for takes, _ in pairs)))
        self.attribute = self.name = name
        schema, output = json.get("input"), json.get("output")
        body = None if schema is None else payload_of(schema, self.media_type)
        self.arguments = Input(schema, body)
        self.has_input = body is not None
        self.output = None if output is None else payload_of(output, response_type)
        self.uri_variables, self.variables = variables
        self.json = described(stated, pairs)

    def split(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], dict[str, Any]]:
        """A call's arguments as those of the input and the URI variables."""
        variables = {name: kwargs.pop(name) for name in self.variables if name in kwargs}
        return args, kwargs, variables


class DescribedEvent(Event[Any]):
    """An event; who subscribes may be asked for URI variables."""

    def __init__(self, name: str, json: Json, variables: Variables) -> None:
        super().__init__(ABSENT, {})
        self.attribute = self.name = name
        self.travel_as((media_types(json, SUBSCRIBE)[0][1],))
        data = json.get("data")
        self.payload = None if data is None else payload_of(data, self.media_type)
        self.uri_variables, self.variables = variables
        self.json = described(json, paired(self.media_types))


def template_from(td: Json, threads: int, timeout: float | None) -> Template:
    """A template of its own for one TD; handlers may be added to its tables at any time.

    It offers the operations that the forms offer, and where there are none yet, what the flags say. Raises
    DefinitionError for patterns that cannot be checked: whoever serves a schema holds values against all of it.
    """
    check_limits(td.get("title", "this Thing"), threads, timeout)
    whole = {op for form in td.get("forms", ()) for op in Form(form).op}
    of_each = frozenset(_OF_EACH[op] for op in whole if op in _OF_EACH)
    making = _Making(td, of_each)
    properties: dict[str, DescribedProperty] = making.named("properties", DescribedProperty)
    actions: dict[str, DescribedAction] = making.named("actions", DescribedAction)
    events: dict[str, DescribedEvent] = making.named("events", DescribedEvent)
    kinds: dict[str, Any] = {"properties": properties, "actions": actions, "events": events}
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


class _Making:
    """Makes the affordances of one TD, from what of them can be served."""

    def __init__(self, td: Json, of_each: Collection[Op]) -> None:
        self._td, self._of_each = td, of_each
        self._shared = shared_variables(td)
        self._payloads = variables_of(self._shared)
        self._patterns = Patterns()
        self._check_patterns(self._shared.values())
        self._room = _MOST_VARIABLES

    def named(self, kind: str, make: Callable[[str, Json, Variables], Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, json in self._td.get(kind, {}).items():
            try:
                served = _served(kind, json, self._of_each)
                if served is None:
                    continue
                schemas = self._variables(json)
                self._check_patterns(_schemas(kind, served))
                own: Json = json.get("uriVariables", {})
                self._check_patterns(own.values())
                served |= {"uriVariables": schemas} if schemas else {}
                found[name] = make(name, served, Variables(schemas, self._judges(schemas)))
            except (Malformed, DefinitionError) as error:
                raise DefinitionError(f"{name}: {error}", hint=getattr(error, "hint", "")) from None
        return found

    def _variables(self, json: Json) -> Json:
        """Its own, and those of the Thing that its forms name; all of them where there are no forms yet."""
        found = declared_for(json, self._shared)
        self._room -= len(found)
        if self._room < 0:
            raise DefinitionError(f"there are more than {_MOST_VARIABLES} URI variables by now")
        return found

    def _judges(self, schemas: Json) -> Mapping[str, Payload]:
        own = {n: schema for n, schema in schemas.items() if schema is not self._shared.get(n)}
        made = variables_of(own)
        return {name: made.get(name) or self._payloads[name] for name in schemas}

    def _check_patterns(self, schemas: Iterable[Any]) -> None:
        for schema in schemas:
            for pattern in refused_patterns(schema, self._patterns):
                raise DefinitionError(f"the pattern {pattern!r:.80} cannot be checked", hint=_HINT)


def _schemas(kind: str, json: Json) -> Iterable[Any]:
    """What an affordance is made of, URI variables apart."""
    terms = {"actions": ("input", "output"), "events": ("data",)}.get(kind, ())
    return [json[term] for term in terms if term in json] if terms else [json]


def _served(kind: str, json: Json, of_each: Collection[Op]) -> Json | None:
    """The affordance with flags that say what its forms offer, and with what can be carried; None for none of it."""
    if kind == "actions":
        return dict(json) if INVOKE in _ops(kind, json) else None
    if kind == "events":
        offered = {*_ops(kind, json), *of_each}
        kept = {term: value for term, value in json.items() if term not in _NOT_CARRIED}
        return kept if SUBSCRIBE in offered else None
    offered = _of_property(json, of_each)
    flags = {
        "readOnly": WRITE not in offered,
        "writeOnly": READ not in offered,
        "observable": Op.OBSERVE_PROPERTY in offered,
    }
    kept = {term: v for term, v in json.items() if term not in flags or bool(v) == flags[term]}
    return {**kept, **{term: True for term, said in flags.items() if said}} if offered else None


def _of_property(json: Json, of_each: Collection[Op]) -> set[str]:
    """Reading, writing and observing, as far as the forms offer them and the flags permit."""
    read_only, write_only = bool(json.get("readOnly")), bool(json.get("writeOnly"))
    found = {*_ops("properties", json), *of_each}
    if write_only and not read_only:
        found.discard(READ)
    if read_only:
        found.discard(WRITE)
    # Who hosts a property that is called observable is asked to let it be observed (TD 1.1 section 5.3.1.3).
    if json.get("observable") and READ in found:
        found.add(Op.OBSERVE_PROPERTY)
    return found & {READ, WRITE, Op.OBSERVE_PROPERTY}


def _ops(kind: str, json: Json) -> set[str]:
    """The operations of all forms of an affordance; where it has none yet, those of a form that says nothing."""
    default = default_ops(kind, bool(json.get("readOnly")), bool(json.get("writeOnly")))
    forms: list[Json] = json.get("forms") or [{}]
    return {op for form in forms for op in Form(form).op or default}


def _description(td: Json, kinds: Mapping[str, Mapping[str, Any]]) -> Json:
    """The TD without what its own endpoints say; relative links lead to where they led."""
    json = {term: value for term, value in td.items() if term not in _OF_ENDPOINTS}
    json["@context"] = standard_context(td.get("@context"))
    base: str = td.get("base", "")
    if base and is_array(td.get("links")):
        json["links"] = [_absolute(link, base) for link in td["links"]]
    for kind in KINDS:
        if kinds[kind]:
            json[kind] = {name: member.json for name, member in kinds[kind].items()}
        else:
            json.pop(kind, None)
    return json


def _absolute(link: Json, base: str) -> Json:
    ends: Json = {t: resolve(base, link[t]) for t in ("href", "anchor") if t in link}
    return {**link, **ends}


def media_types(json: Json, op: str) -> list[Pair]:
    """What the forms for `op` (or else the first of all) take and give; more than one only where we can translate."""
    forms = [Form(form) for form in json.get("forms", ())] or [Form({})]
    fitting = [form for form in forms if op in (form.op or _BY_DEFAULT)] or forms[:1]
    pairs = [(form.content_type, form.response_type) for form in fitting]
    first, rest = pairs[0], [pair for pair in pairs if not any(map(is_opaque, pair))]
    return [first] if any(map(is_opaque, first)) else list(dict.fromkeys([first, *rest]))


def described(json: Json, pairs: list[Pair]) -> Json:
    """An affordance as its TD has it, its forms reduced to the media types that every form of ours repeats."""
    return {**{term: value for term, value in json.items() if term != "forms"}, **forms_of(pairs)}


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
        raise NotBegun(f"nothing handles {self.what} yet", hint=self.hint)


async def _unreadable(*_args: Any, **_variables: Any) -> Any:
    raise NotAllowed("it can only be written")
