"""What is known of one type: its data schema, how values are built, and what msgspec may be trusted with."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from wot.errors import DefinitionError
from wot.schema import decides, is_pattern
from wot.td import Json, camel, is_array, is_object

Build = Callable[[Any], Any]


def same(value: Any) -> Any:
    """A build that has nothing to do."""
    return value


class Shape(NamedTuple):
    """What is known of one hint.

    `exact`: what msgspec decodes as this hint also fits the schema (so its decoder may be trusted);
    `closed`: and undeclared members are refused on the way.
    """

    hint: Any
    schema: Json
    build: Build
    exact: bool = True
    closed: bool = True


class Member(NamedTuple):
    """One member of an object: its shape, whether it must be there, and its default if it has one."""

    shape: Shape
    required: bool
    default: Any = UNSET


def decoder(hint: Any) -> msgspec.json.Decoder[Any] | None:
    """msgspec's decoder for `hint`, None where it has none: for integers beyond 64 bits, for one."""
    try:
        return msgspec.json.Decoder(hint)
    except (TypeError, ValueError, NotImplementedError):
        return None


def decodable(hint: Any) -> bool:
    """Whether msgspec can decode `hint`."""
    return decoder(hint) is not None


def object_schema(members: Mapping[str, Member]) -> Json:
    """The schema of an object with these members."""
    properties: Json = {}
    for name, (shape, _required, default) in members.items():
        properties[name] = {**shape.schema, **default_term(default)}
    required = [name for name, member in members.items() if member.required]
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
    }


def default_term(default: Any) -> Json:
    """The `default` of a schema, where JSON can say it."""
    if default is UNSET:
        return {}
    try:
        return {"default": msgspec.to_builtins(default)}
    except TypeError:
        return {}


def inlined(schema: Any, definitions: Json, within: tuple[str, ...]) -> Any:
    """A JSON Schema with its references put in place."""
    if is_array(schema):
        return [inlined(item, definitions, within) for item in schema]
    if not is_object(schema):
        return schema
    node = dict(schema)
    reference = str(node.pop("$ref", ""))
    if reference:
        name = reference.rpartition("/")[2]
        if name in within:
            raise DefinitionError(
                f"the model {name} contains itself: a Thing Description has no references"
            )
        return {**inlined(definitions[name], definitions, (*within, name)), **node}
    if "anyOf" in node:  # pydantic's word for unions; the TD vocabulary has oneOf
        node["oneOf"] = node.pop("anyOf")
    return {
        key: inlined(value, definitions, within)
        for key, value in node.items()
        if key != "discriminator"
    }


_AS_META = {
    "minimum": "ge",
    "exclusiveMinimum": "gt",
    "maximum": "le",
    "exclusiveMaximum": "lt",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
}


def narrowed(shape: Shape, terms: Json) -> Shape:
    """`shape` with more terms in its schema, still exact where msgspec can check them."""
    schema = {**shape.schema, **terms}
    asserted = {term: value for term, value in terms.items() if decides(term)}
    _check_pattern(asserted)
    if not asserted:
        return shape._replace(schema=schema)
    # A schema counts the characters of base64, msgspec the bytes they stand for.
    alike = "contentEncoding" not in shape.schema and all(term in _AS_META for term in asserted)
    hint = _bounded(shape.hint, asserted) if shape.exact and alike else None
    if hint is None:
        return shape._replace(schema=schema, exact=False)
    return shape._replace(hint=hint, schema=schema)


def _bounded(hint: Any, terms: Json) -> Any:
    """`hint` with bounds, None where msgspec cannot check them together: it takes one on each side."""
    words = {_AS_META[term]: value for term, value in terms.items()}
    for word, value in words.items():
        try:
            msgspec.Meta(**{word: value})
        except (TypeError, ValueError) as error:
            raise DefinitionError(f"the bounds {terms} make no sense: {error}") from None
    try:
        bounded = noted(hint, msgspec.Meta(**words))
    except ValueError:
        return None
    return bounded if decodable(bounded) else None


def noted(hint: Any, *notes: Any) -> Any:
    """`Annotated[hint, *notes]`."""
    return typing.Annotated.__class_getitem__((hint, *notes))  # type: ignore[attr-defined]


def _check_pattern(terms: Json) -> None:
    if not is_pattern(terms.get("pattern", "")):
        raise DefinitionError(
            f"the pattern {terms['pattern']!r} is no regular expression without look-around"
        )


def annotated(shape: Shape, notes: Sequence[Any]) -> Shape:
    """The shape of `Annotated[…, *notes]`."""
    terms: Json = {}
    exact = shape.exact
    for note in notes:
        found = dict(_terms(note, shape.schema))
        # msgspec ignores everybody's constraints but its own, and of its own those meant for others.
        own = isinstance(note, msgspec.Meta)
        unseen: Json = (note.extra_json_schema or {}) if own else found
        exact = exact and not any(map(decides, unseen))
        terms |= found
    _check_pattern(terms)
    hint = noted(shape.hint, *notes)
    if not decodable(hint):
        return shape._replace(schema={**shape.schema, **terms}, exact=exact and not terms)
    exact = (
        exact
        and "pattern" not in terms
        and not ("multipleOf" in terms and shape.schema.get("type") != "integer")
    )
    # How many bytes there may be is more than the length of their base64 says.
    build = functools.partial(msgspec.convert, type=hint) if shape.hint is bytes else shape.build
    return Shape(hint, {**shape.schema, **terms}, build, exact, shape.closed)


_TERMS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_LENGTHS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}


def _terms(note: Any, schema: Json) -> Iterator[tuple[str, Any]]:
    """Schema terms in one item of an Annotated: msgspec.Meta, annotated-types, pydantic's Field, or a dict."""
    if is_object(note):
        yield from ((camel(name), value) for name, value in note.items())
        return
    for inner in getattr(note, "metadata", ()) or ():
        yield from _terms(inner, schema)
    least, most = _LENGTHS.get(schema.get("type", ""), ("minLength", "maxLength"))
    names = {
        **_TERMS,
        "multiple_of": "multipleOf",
        "pattern": "pattern",
        "min_length": least,
        "max_length": most,
        "title": "title",
        "description": "description",
        "unit": "unit",
    }
    for attribute, term in names.items():
        value = getattr(note, attribute, None)
        if value is not None and not callable(value):
            yield term, _said(value, term, schema)
    extra = getattr(note, "extra_json_schema", None)
    if extra:
        yield from extra.items()


def _said(value: Any, term: str, schema: Json) -> Any:
    """`value` as the schema says it."""
    if term in ("minLength", "maxLength") and schema.get("contentEncoding") == "base64":
        return 4 * ((value + 2) // 3)  # the note counts bytes
    # typing keeps one object for all equal ones, so 100 and 100.0 have to look the same.
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return int(value) if whole else value
