"""What is known of one type: its data schema, how values are built, and what msgspec may be trusted with."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from wot.errors import DefinitionError
from wot.schema import ASSERTED, is_pattern
from wot.td import Json, camel, is_array, is_object

UNSET = msgspec.UNSET  # stands for a default that does not exist
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
    """One member of an object: its shape and whether it must be there."""

    shape: Shape
    required: bool
    default: Any = msgspec.UNSET


def decodable(hint: Any) -> bool:
    """Whether msgspec can decode `hint`."""
    try:
        msgspec.json.Decoder(hint)
    except (TypeError, ValueError):
        return False
    return True


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
    if default is msgspec.UNSET:
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
    asserted = {term: value for term, value in terms.items() if term in ASSERTED}
    if not is_pattern(asserted.get("pattern", "")):
        raise DefinitionError(
            f"the pattern {asserted['pattern']!r} is no regular expression without look-around"
        )
    if not asserted:
        return shape._replace(schema=schema)
    if shape.exact and all(term in _AS_META for term in asserted):
        try:
            meta = msgspec.Meta(**{_AS_META[term]: value for term, value in asserted.items()})
        except (TypeError, ValueError) as error:
            raise DefinitionError(f"the bounds {asserted} make no sense: {error}") from None
        hint: Any = typing.Annotated.__class_getitem__((shape.hint, meta))  # type: ignore[attr-defined]
        if decodable(hint):
            return shape._replace(hint=hint, schema=schema)
    return shape._replace(schema=schema, exact=False)


_TERMS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_LENGTHS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}


def annotated(shape: Shape, hint: Any, notes: Sequence[Any]) -> Shape:
    """The shape of `Annotated[hint, *notes]`."""
    terms: Json = {}
    exact = shape.exact
    for note in notes:
        found = dict(_terms(note, str(shape.schema.get("type", ""))))
        # msgspec ignores everybody's constraints but its own.
        exact = exact and (not found or isinstance(note, msgspec.Meta))
        terms |= found
    if not terms:
        return shape._replace(hint=hint if decodable(hint) else shape.hint)
    if not decodable(hint):
        exact = False
    exact = (
        exact
        and "pattern" not in terms
        and not ("multipleOf" in terms and shape.schema.get("type") == "number")
    )
    return shape._replace(hint=hint, schema={**shape.schema, **terms}, exact=exact)


def _terms(note: Any, kind: str) -> Iterator[tuple[str, Any]]:
    """Schema terms in one item of an Annotated: msgspec.Meta, annotated-types, pydantic's Field, or a dict."""
    if is_object(note):
        yield from ((camel(name), value) for name, value in note.items())
        return
    for inner in getattr(note, "metadata", ()) or ():
        yield from _terms(inner, kind)
    least, most = _LENGTHS.get(kind, ("minLength", "maxLength"))
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
            # typing keeps one object for all equal ones, so 100 and 100.0 have to look the same.
            whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
            yield term, int(value) if whole else value
    extra = getattr(note, "extra_json_schema", None)
    if extra:
        yield from extra.items()
