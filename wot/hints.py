"""From Python type hints to data schemas (TD 1.1 section 5.3.2), and from plain values back to typed ones."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import types
import typing
import uuid
from collections import abc
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec
from msgspec import UNSET, UnsetType

from wot.errors import DefinitionError
from wot.schema import fits
from wot.shapes import (
    Build,
    Member,
    Shape,
    annotated,
    decodable,
    inlined,
    noted,
    object_schema,
    same,
)
from wot.td import Json


def shape_of(hint: Any, within: tuple[Any, ...] = ()) -> Shape:
    """The shape of `hint`; DefinitionError for what a data schema cannot say."""
    known = _SCALARS.get(hint) if isinstance(hint, (type, types.NoneType)) or hint is Any else None
    if known:
        return known
    if any(hint is outer for outer in within):
        raise DefinitionError(
            f"{_name(hint)} contains itself: a Thing Description has no references",
            hint="use dict[str, Any] or list[Any] at the place where it repeats",
        )
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return annotated(shape_of(args[0], within), args[1:])
    if origin in _QUALIFIERS:
        return shape_of(args[0], within)
    if origin is typing.Literal:
        return _values(hint, [(value, value) for value in args])
    if origin in (typing.Union, types.UnionType):
        return _union(hint, [_part(arg, within) for arg in args])
    if isinstance(hint, (typing.TypeVar, str)):
        raise DefinitionError(f"the type {hint!r} is not known here")
    kind: Any = origin or hint
    if not isinstance(kind, type):
        raise DefinitionError(f"a data schema cannot express {hint!r}")
    return _class(hint, kind, args, (*within, hint))


# ReadOnly came with Python 3.13.
_QUALIFIERS = (typing.Required, typing.NotRequired, getattr(typing, "ReadOnly", typing.Required))


def given(hint: Any) -> Any:
    """What a hint says of a value that is there: itself without `UnsetType`."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return noted(given(args[0]), *args[1:])
    if origin in (typing.Union, types.UnionType) and UnsetType in args:
        return typing.Union[tuple(arg for arg in args if arg is not UnsetType)]  # noqa: UP007 - made of parts
    return hint


def _part(hint: Any, within: tuple[Any, ...]) -> Shape:
    """The shape of what stands inside another type, where msgspec sees the hint as it was written."""
    while typing.get_origin(hint) in _QUALIFIERS:
        hint = typing.get_args(hint)[0]
    shape = shape_of(hint, within)
    return shape if hint in (None, object, shape.hint) else shape._replace(exact=False)


def _class(hint: Any, kind: Any, args: tuple[Any, ...], within: tuple[Any, ...]) -> Shape:
    if issubclass(kind, enum.Enum):
        return _values(hint, [(member.value, member) for member in kind])
    if hasattr(kind, "model_json_schema"):
        return _pydantic(kind)
    if hasattr(kind, "_fields") and issubclass(kind, tuple):
        return _named_tuple(kind, within)
    members = _members(hint, kind, within)
    if members is not None:
        return _object(hint, kind, members)
    if issubclass(kind, tuple):
        return _tuple(hint, args, within)
    if issubclass(kind, (abc.Mapping, dict)):
        return _dict(hint, args, within)
    if issubclass(kind, (list, set, frozenset)) or kind in (
        abc.Sequence,
        abc.Iterable,
        abc.Set,
        abc.Collection,
    ):
        return _array(hint, kind, args, within)
    raise DefinitionError(
        f"a data schema cannot express {_name(hint)}",
        hint="use a dataclass, a TypedDict or a built-in type",
    )


def _name(hint: Any) -> str:
    return getattr(hint, "__name__", None) or repr(hint)


def _scalar(hint: Any, build: Build, exact: bool = True, **schema: Any) -> Shape:
    return Shape(hint, schema, build, exact)


# RFC 3339, which these formats follow, wants an offset.
_MOMENT: Any = typing.Annotated[dt.datetime, msgspec.Meta(tz=True)]
_TIME: Any = typing.Annotated[dt.time, msgspec.Meta(tz=True)]

_SCALARS: Mapping[Any, Shape] = {
    # `Any` is not exact: whether null may be there is for the schema to say.
    Any: _scalar(Any, same),
    object: _scalar(Any, same),
    None: _scalar(type(None), same, type="null"),
    type(None): _scalar(type(None), same, type="null"),
    bool: _scalar(bool, same, type="boolean"),
    int: _scalar(int, int, type="integer"),
    float: _scalar(float, float, type="number"),
    str: _scalar(str, same, type="string"),
    bytes: _scalar(
        bytes, lambda v: msgspec.convert(v, bytes), type="string", contentEncoding="base64"
    ),
    dt.datetime: _scalar(
        _MOMENT, lambda v: msgspec.convert(v, _MOMENT), type="string", format="date-time"
    ),
    dt.date: _scalar(dt.date, lambda v: msgspec.convert(v, dt.date), type="string", format="date"),
    dt.time: _scalar(_TIME, lambda v: msgspec.convert(v, _TIME), type="string", format="time"),
    dt.timedelta: _scalar(
        dt.timedelta, lambda v: msgspec.convert(v, dt.timedelta), type="string", format="duration"
    ),
    uuid.UUID: _scalar(
        uuid.UUID, lambda v: msgspec.convert(v, uuid.UUID), type="string", format="uuid"
    ),
    # Not exact: msgspec takes numbers, too, which the schema does not.
    decimal.Decimal: _scalar(
        decimal.Decimal, lambda v: msgspec.convert(v, decimal.Decimal), exact=False, type="string"
    ),
}


def _values(hint: Any, pairs: Sequence[tuple[Any, Any]]) -> Shape:
    """Literal and Enum: a fixed set of plain values, each with its typed one."""
    values = [plain for plain, _typed in pairs]
    if not values or not all(
        value is None or isinstance(value, (bool, int, float, str)) for value in values
    ):
        raise DefinitionError(
            f"the values of {_name(hint)} must be strings, numbers, booleans or None"
        )
    schema: Json = {"const": values[0]} if len(values) == 1 else {"enum": list(values)}
    names = {_SCALARS[type(value)].schema["type"] for value in values}
    if len(names) == 1:
        schema = {"type": names.pop(), **schema}

    def build(value: Any) -> Any:
        # True == 1 in Python but not in JSON; the schema has already told them apart.
        return next(typed for plain, typed in pairs if plain == value and _same_kind(plain, value))

    exact = all(type(value) is str for value in values) or all(
        type(value) is int for value in values
    )
    return Shape(hint, schema, build, exact)


def _same_kind(plain: Any, value: Any) -> bool:
    return isinstance(plain, bool) == isinstance(value, bool)


def _union(hint: Any, shapes: list[Shape]) -> Shape:
    kept = _distinct(shapes)
    schema = kept[0].schema if len(kept) == 1 else {"oneOf": [shape.schema for shape in kept]}
    # Longest schema first: the most specific branch gets the value.
    ordered = sorted(shapes, key=lambda shape: -len(repr(shape.schema)))

    def build(value: Any) -> Any:
        for shape in ordered:
            try:
                if fits(shape.schema, value):
                    return shape.build(value)
            except (ValueError, TypeError):
                continue
        raise ValueError("it fits none of the types that are possible here")

    exact = len(kept) == len(shapes) and all(shape.exact for shape in shapes) and decodable(hint)
    return Shape(hint, schema, build, exact, all(shape.closed for shape in shapes))


def _distinct(shapes: list[Shape]) -> list[Shape]:
    """`oneOf` wants exactly one match: drop what another branch already covers."""
    for shape in shapes:
        if not shape.schema:
            return [shape]
    texts = [shape for shape in shapes if shape.schema.get("type") == "string"]
    # Formats are not asserted, so several kinds of string would all match: together they are any string.
    merged = len(texts) > 1 and not all("enum" in s.schema or "const" in s.schema for s in texts)
    number = any(shape.schema == {"type": "number"} for shape in shapes)
    kept: list[Shape] = []
    for shape in shapes:
        kind = shape.schema.get("type")
        if kind == "string" and merged:
            if shape is texts[0]:
                kept.append(shape._replace(schema={"type": "string"}))
        elif not (kind == "integer" and number) and all(
            shape.schema != other.schema for other in kept
        ):
            kept.append(shape)
    return kept


def _array(hint: Any, kind: Any, args: tuple[Any, ...], within: tuple[Any, ...]) -> Shape:
    item = _part(args[0] if args else Any, within)
    schema: Json = {"type": "array"}
    if item.schema:
        schema["items"] = item.schema
    distinct = issubclass(kind, (set, frozenset, abc.Set))
    if distinct:
        schema["uniqueItems"] = True
    concrete = issubclass(kind, (list, set, frozenset))

    def build(value: Any) -> Any:
        items = map(item.build, value)
        return kind(items) if concrete else set(items) if distinct else list(items)

    return Shape(hint, schema, build, item.exact and not distinct, item.closed)


def _tuple(hint: Any, args: tuple[Any, ...], within: tuple[Any, ...]) -> Shape:
    if not args or args[-1] is Ellipsis:
        item = _array(hint, list, args[:1], within)

        def variable(value: Any) -> Any:
            return tuple(item.build(value))

        return item._replace(build=variable)
    shapes = [_part(arg, within) for arg in args]
    schema = _fixed_array([shape.schema for shape in shapes])
    exact, closed = (all(getattr(shape, flag) for shape in shapes) for flag in ("exact", "closed"))

    def build(value: Any) -> Any:
        return tuple(shape.build(item) for shape, item in zip(shapes, value, strict=True))

    return Shape(hint, schema, build, exact, closed)


def _fixed_array(schemas: list[Json], least: int | None = None) -> Json:
    size = len(schemas)
    items = schemas[0] if schemas and all(schema == schemas[0] for schema in schemas) else schemas
    return {
        "type": "array",
        "items": items,
        "minItems": size if least is None else least,
        "maxItems": size,
    }


def _dict(hint: Any, args: tuple[Any, ...], within: tuple[Any, ...]) -> Shape:
    if args and args[0] is not str:
        raise DefinitionError(f"{hint!r}: the members of a JSON object are named by strings")
    item = _part(args[1] if args else Any, within)
    schema: Json = {"type": "object"}
    if item.schema:
        schema["additionalProperties"] = item.schema

    def build(value: Any) -> Any:
        return {name: item.build(member) for name, member in value.items()}

    return Shape(hint, schema, build, item.exact, item.closed)


def _members(hint: Any, kind: Any, within: tuple[Any, ...]) -> dict[str, Member] | None:
    """The members of a dataclass, msgspec Struct or TypedDict; None for any other class."""
    if dataclasses.is_dataclass(kind):
        fields = [
            (f.name, f.name, f.default, f.default_factory)
            for f in dataclasses.fields(cast(Any, kind))
            if f.init
        ]
        return _fields(cast(Any, kind), fields, dataclasses.MISSING, within)
    if issubclass(kind, msgspec.Struct):
        structs = [
            (f.name, f.encode_name, f.default, f.default_factory)
            for f in msgspec.structs.fields(kind)
        ]
        return _fields(kind, structs, msgspec.NODEFAULT, within)
    if typing.is_typeddict(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        required: frozenset[str] = kind.__required_keys__
        return {
            name: Member(_part(value, within), _is_required(value, name in required))
            for name, value in hints.items()
        }
    return None


def _is_required(hint: Any, otherwise: bool) -> bool:
    """By what the hint says: Python's own record is wrong where the hint was still text."""
    origin = typing.get_origin(hint)
    if origin in (typing.Required, typing.NotRequired):
        return origin is typing.Required
    inside = origin is typing.Annotated or origin in _QUALIFIERS
    return _is_required(typing.get_args(hint)[0], otherwise) if inside else otherwise


def _fields(
    kind: type, fields: list[tuple[str, str, Any, Any]], missing: Any, within: tuple[Any, ...]
) -> dict[str, Member]:
    hints = typing.get_type_hints(kind, include_extras=True)
    members: dict[str, Member] = {}
    for name, encoded, default, factory in fields:
        if name != encoded:
            raise DefinitionError(f"{kind.__name__}.{name}: renamed members are not supported")
        if default is missing and factory is not missing:
            default = factory()
        required = default is missing
        shape = _part(given(hints[name]), within)
        members[name] = Member(shape, required, UNSET if required else default)
    return members


def _object(hint: Any, kind: Any, members: dict[str, Member]) -> Shape:
    plain = typing.is_typeddict(kind)

    def build(value: Any) -> Any:
        built = {name: m.shape.build(value[name]) for name, m in members.items() if name in value}
        return built if plain else kind(**built)

    exact = all(member.shape.exact for member in members.values()) and decodable(hint)
    config = getattr(kind, "__struct_config__", None)
    closed = bool(config and config.forbid_unknown_fields) and all(
        m.shape.closed for m in members.values()
    )
    return Shape(hint, object_schema(members), build, exact, closed)


def _named_tuple(kind: Any, within: tuple[Any, ...]) -> Shape:
    hints = typing.get_type_hints(kind, include_extras=True)
    names: tuple[str, ...] = kind._fields
    shapes = [_part(hints.get(name, Any), within) for name in names]
    least = len(names) - len(kind._field_defaults)
    schema = _fixed_array([shape.schema for shape in shapes], least)
    exact, closed = (all(getattr(shape, flag) for shape in shapes) for flag in ("exact", "closed"))

    def build(value: Any) -> Any:
        return kind(*(shape.build(item) for shape, item in zip(shapes, value, strict=False)))

    return Shape(kind, schema, build, exact, closed)


def _pydantic(kind: Any) -> Shape:
    """A pydantic model: its own schema with the references put in place, its own validation."""
    document: Json = kind.model_json_schema(mode="validation")
    definitions: Json = document.pop("$defs", {})
    schema = inlined(document, definitions, ())
    return Shape(kind, schema, kind.model_validate, exact=False, closed=False)
