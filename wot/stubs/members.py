"""From the affordances of a Thing Description to the members of a Thing class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wot.content import JSON, Malformed, essence, is_opaque
from wot.content import is_text as is_text_type
from wot.forms import named_by
from wot.media import is_media_type
from wot.stubs.constraints import COMBINED, default_of
from wot.stubs.names import Names, is_member_name, pascal, snake
from wot.stubs.source import (
    INDENT,
    WIDTH,
    Code,
    Group,
    Union,
    call,
    doc,
    flat,
    is_doc,
    is_text,
    lines,
    shown,
    within,
)
from wot.stubs.typed import Type, Types, annotated, members_of, required
from wot.td import (
    ActionAffordance,
    EventAffordance,
    Form,
    Json,
    Op,
    PropertyAffordance,
    is_object,
)

_BYTES = Type("bytes", frozenset({"string"}), {}, plain=False)
_PLAIN = ("bool", "int", "float", "str")
BODY = " " * 2 * INDENT + "raise NotImplementedError"
_MOST_VARIABLES = 4096  # parameters for URI variables, in one module
# Terms that only a type can say, or that would be said of something else as a keyword.
_ONLY_INSIDE = {"properties": {"uniqueItems"}, "events": {"uniqueItems", "title", "description"}}


class Media(NamedTuple):
    """The media types of what is sent and of what comes back, "" for JSON."""

    sent: str
    back: str


class Parameter(NamedTuple):
    """A parameter of a method: `default` is source text, "" where it has none; `given` is its name in the TD."""

    name: str
    code: Code
    default: str
    given: str

    def source(self) -> Code:
        """The parameter as it is written."""
        return within(self.code, f"{self.name}: ", f" = {self.default}" if self.default else "")


class Members:
    """Writes the members of one class; `left_out` says what it cannot."""

    def __init__(self, types: Types, variables: Mapping[str, Any]) -> None:
        self.left_out: list[str] = []
        self._types = types
        self._variables = variables
        self._room = _MOST_VARIABLES

    def property(self, attribute: str, name: str, json: Json) -> Iterator[str]:
        """A property: the method that reads it and, where there is one, the method that writes it."""
        affordance, title = PropertyAffordance(json), pascal(name, "Value")
        readable, writable = _directions(affordance)
        # Declarations have one media type for both ways: that of reading, where it can be read.
        op = Op.READ_PROPERTY if readable else Op.WRITE_PROPERTY
        sent, back = _media([form for form in affordance.forms if op in affordance.ops(form)])
        media_type = back if readable else sent
        found = self._type(json, media_type, title)
        said = {**found.terms, "title": affordance.title}
        found, words = self._split(found, said, "properties", title)
        words |= {"content_type": media_type, "write_only": not readable}
        observed = _is_observable(affordance) and readable and is_text_type(media_type or JSON)
        words["observable"] = observed
        variables = self._parameters(f"property {shown(name)}", json, title, observed)
        words["uri_variables"] = _renamed(variables)
        decorator = _called("@wot.property", attribute, name, json, words)
        code = flat(found.code)
        arguments = ["self", *(parameter.source() for parameter in variables)]
        yield from _method(decorator, attribute, arguments, code, json)
        if writable:
            own = Names(parameter.name for parameter in variables).take("value")
            arguments.insert(1, f"{own}: {code}")
            yield ""
            yield from _method(f"@{attribute}.write", f"_set_{attribute}", arguments, "None", {})

    def action(self, attribute: str, name: str, json: Json) -> Iterator[str]:
        """An action: its parameters are the input and the URI variables."""
        affordance, title = ActionAffordance(json), pascal(name, "Action")
        media = _media(affordance.forms)
        if affordance.synchronous is False:  # the output is part of its status, in JSON
            media = Media(media.sent, JSON if media.sent else "")
        variables = self._parameters(f"action {shown(name)}", json, title)
        arguments = self._arguments(json, media.sent, title, variables)
        output = "None"
        if "output" in json:
            found = self._type(json["output"], media.back, f"{title}Output")
            output = flat(self._types.short(annotated(found), f"{title}Output").code)
        words: Json = {
            "title": affordance.title,
            "safe": affordance.safe,
            "idempotent": affordance.idempotent,
            "synchronous": affordance.synchronous,
            "content_type": media.sent,
            "response_type": media.back if media.back != media.sent else "",
            "uri_variables": {parameter.name: parameter.given for parameter in variables},
        }
        if not _renamed(variables):
            words["uri_variables"] = [parameter.name for parameter in variables]
        decorator = _called("@wot.action", attribute, name, json, words)
        yield from _method(decorator, attribute, ["self", *arguments], output, json)

    def event(self, attribute: str, name: str, json: Json) -> Iterator[str]:
        """An event: its data, if it has any, and the method that takes its URI variables."""
        affordance, title = EventAffordance(json), pascal(name, "Data")
        if affordance.subscription is not None:
            self.left_out.append(f"event {shown(name)}: subscription data cannot be given")
        variables = self._parameters(f"event {shown(name)}", json, title)
        yield from self._event(attribute, name, json, _renamed(variables))
        if variables:
            arguments = ["self", *(parameter.source() for parameter in variables)]
            yield ""
            yield from _method(
                f"@{attribute}.subscribe", f"_subscribe_{attribute}", arguments, "None", {}
            )

    def _event(self, attribute: str, name: str, json: Json, renamed: Json) -> Iterator[str]:
        affordance, title = EventAffordance(json), pascal(name, "Data")
        code = "None"
        words: Json = {}
        if affordance.data is not None:
            found = self._type(json["data"], _media(affordance.forms).back, title)
            terms = found.terms if found.code != "None" else {}
            room = WIDTH - INDENT - len(attribute) - len(": wot.Event[] = wot.event(")
            short, words = self._split(found, terms, "events", title, room)
            code = flat(short.code)
        words |= {"title": affordance.title, "description": affordance.description}
        words["uri_variables"] = renamed
        given = _words(attribute, name, words)
        if code in _PLAIN:
            yield from lines(call(f"{attribute} = wot.event(", given, first=[code]), INDENT)
            return
        start = f"{attribute}: wot.Event[{code}] ="
        if INDENT + len(start) + len(" wot.event(") <= WIDTH:
            yield from lines(call(f"{start} wot.event(", given), INDENT)
        elif INDENT + len(start) + len(" (") <= WIDTH:
            yield f"{' ' * INDENT}{start} ("
            yield from lines(call("wot.event(", given), 2 * INDENT)
            yield f"{' ' * INDENT})"
        else:
            yield f"{' ' * INDENT}{attribute}: wot.Event["
            yield f"{' ' * 2 * INDENT}{code}"
            yield from lines(call("] = wot.event(", given), INDENT)

    def _type(self, schema: Any, media_type: str, title: str) -> Type:
        if media_type and is_opaque(media_type):
            return _BYTES
        return self._types.of(schema, title)

    def _split(
        self, found: Type, terms: Json, kind: str, title: str, room: int = WIDTH
    ) -> tuple[Type, Json]:
        """The type with what only it can say, and the rest as keywords."""
        inside = {term: terms[term] for term in sorted(_ONLY_INSIDE[kind]) if term in terms}
        typed = self._types.short(annotated(found._replace(terms=inside)), title, room)
        # A description is a docstring, and here a keyword where it cannot be one.
        rest = {t: v for t, v in terms.items() if t not in inside and t != "description"}
        return typed, {_snake(term): value for term, value in rest.items()}

    def _named(self, json: Json) -> Json:
        """The URI variables of an affordance: its own, and those of the Thing that its forms name."""
        shared: Json = {}
        if self._variables:
            shared = {n: self._variables[n] for n in named_by(json) if n in self._variables}
        return {**shared, **json.get("uriVariables", {})}

    def _sayable(self, what: str, json: Json) -> Json:
        """The URI variables that can be parameters, as long as there are not too many of them."""
        named = self._named(json)
        if len(named) > self._room:
            self.left_out.append(f"{what}: it has too many URI variables")
            return {}
        self._room -= len(named)
        sayable = {name: schema for name, schema in named.items() if name}
        if len(sayable) < len(named):
            self.left_out.append(f'{what}: its URI variable "" has no usable name')
        return sayable

    def _parameters(
        self, what: str, json: Json, title: str, optional: bool = False
    ) -> list[Parameter]:
        """The URI variables as parameters, needed ones first."""
        named = self._sayable(what, json)
        found: list[Parameter] = []
        for name, own in _own_names(list(named), _members_of_input(json)).items():
            label = title + pascal(name, "Variable")
            made = self._parameter(own, named[name], label, not optional, in_uri=True)
            found.append(made._replace(given=name))
        return sorted(found, key=lambda parameter: bool(parameter.default))

    def _parameter(
        self, name: str, schema: Any, label: str, needed: bool, in_uri: bool = False
    ) -> Parameter:
        default = default_of(schema, self._types.patterns)
        found = self._types.of(schema, label, formats=not in_uri)
        if in_uri and found.kinds & {"array", "object"}:
            found = Type(
                "Any", found.kinds, {}
            )  # what our declarations know as a variable is a scalar
        if not found.plain or (needed and not in_uri):
            default = None
        if default is not None:
            terms = {term: value for term, value in found.terms.items() if term != "default"}
            found = found._replace(terms=terms)
        short = self._types.short(annotated(found), label)
        code = short.code
        if default is None and not needed:
            default = "UNSET"
            code = code if code == "Any" else Union("", [flat(code), "UnsetType"], bare=True)
        return Parameter(name, code, default or "", name)

    def _arguments(
        self, json: Json, media_type: str, title: str, variables: Sequence[Parameter]
    ) -> list[Code]:
        """Input and URI variables: a parameter for each member, or one for a value that is no object."""
        if "input" not in json:
            return [parameter.source() for parameter in variables]
        schema: Any = json["input"]
        if _has_parameters(schema, media_type, variables):
            needed = required(schema)
            parameters = [
                *(
                    self._parameter(name, inner, title + pascal(name, "Member"), name in needed)
                    for name, inner in members_of(schema).items()
                ),
                *variables,
            ]
            return [p.source() for p in sorted(parameters, key=lambda p: bool(p.default))]
        name = Names(parameter.name for parameter in variables).take("value", "_")
        if media_type and is_opaque(media_type):
            return [f"{name}: bytes", "/", *(parameter.source() for parameter in variables)]
        # With a default it could not stand before what needs a value.
        fixed = any(not parameter.default for parameter in variables)
        fixed = fixed or default_of(schema, self._types.patterns) is None
        whole = self._parameter(name, schema, f"{title}Input", needed=fixed)
        return [whole.source(), "/", *(parameter.source() for parameter in variables)]


def _own_names(names: Sequence[str], others: Iterable[str]) -> Mapping[str, str]:
    """URI variables and the parameters that stand for them: of the same name where that can be."""
    kept = [name for name in names if _is_parameter(name)]
    taken = Names({"self", "NotImplementedError", *kept, *others})
    made = {n: taken.take(snake(n, "variable"), "_") for n in names if n not in kept}
    return {name: made.get(name, name) for name in names}


def _renamed(variables: Iterable[Parameter]) -> Json:
    return {one.name: one.given for one in variables if one.name != one.given}


def _members_of_input(json: Json) -> Json:
    """The members of an action's input, where it has some."""
    schema: Any = json.get("input")
    return members_of(schema) if is_object(schema) else {}


def _is_parameter(name: str) -> bool:
    return is_member_name(name) and name not in ("self", "NotImplementedError")


def _has_parameters(schema: Any, media_type: str, variables: Iterable[Parameter]) -> bool:
    """Whether each member of an input can be a parameter."""
    if not is_object(schema) or schema.get("type", "object") != "object":
        return False
    if any(schema.get(term) for term in (*COMBINED, "enum", "const")):
        return False
    members = members_of(schema)
    others = {parameter.name for parameter in variables}
    opaque = bool(media_type) and is_opaque(media_type)
    usable = all(_is_parameter(name) and name not in others for name in members)
    return bool(members) and usable and not opaque


def _media(forms: Sequence[Form]) -> Media:
    """The media types of the first form."""
    form = forms[0] if forms else Form({})
    return Media(_media_type(form.content_type), _media_type(form.response_type))


def _media_type(text: str) -> str:
    """`text`, "" for plain JSON and for what cannot be understood."""
    try:
        is_opaque(text)
    except Malformed:
        return ""
    plain = essence(text) == JSON or not is_text(text)
    return "" if plain or not is_media_type(text) else text


def _directions(affordance: PropertyAffordance) -> tuple[bool, bool]:
    """Whether a property can be read and written: by its flags, and by its forms if it has any."""
    ops = {op for form in affordance.forms for op in affordance.ops(form)}
    readable = not affordance.write_only and (not ops or Op.READ_PROPERTY in ops)
    writable = not affordance.read_only and (not ops or Op.WRITE_PROPERTY in ops)
    return readable or not writable, writable


def _is_observable(affordance: PropertyAffordance) -> bool:
    return affordance.observable or any(
        Op.OBSERVE_PROPERTY in affordance.ops(form) for form in affordance.forms
    )


def _snake(term: str) -> str:
    return re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", term)


def _words(attribute: str, name: str, words: Json) -> Json:
    """The keywords that say something, in a fixed order of the first ones."""
    named = {"name": name} if name != attribute else {}
    first: Json = {word: words[word] for word in ("title", "description") if word in words}
    said: Json = {**named, **first, **words}
    return {word: value for word, value in said.items() if _says(word, value)}


def _says(word: str, value: Any) -> bool:
    """Empty texts and false flags are what is there without them; a default of those is not."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if word in ("default", "name") or number:
        return True
    if word == "synchronous":
        return value is False
    return bool(value) and (not isinstance(value, str) or is_text(value))


def _called(decorator: str, attribute: str, name: str, json: Json, words: Json) -> Code:
    description = json.get("description", "")
    if not is_doc(description):
        words = {"description": description, **words}
    given = _words(attribute, name, words)
    return call(f"{decorator}(", given) if given else decorator


def _method(
    decorator: Code, name: str, arguments: Sequence[Code], returns: str, json: Json
) -> Iterator[str]:
    yield from lines(decorator, INDENT)
    alone = len(arguments) == 1  # then a comma stands behind it on a line of its own
    yield from lines(Group(f"async def {name}(", arguments, f") -> {returns}:", alone), INDENT)
    description = json.get("description", "")
    if is_doc(description):
        yield from doc(description, 2 * INDENT)
    yield BODY
