"""Between bytes and typed values: one fast path, one thorough one, the same verdict."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from wot.chunks import source
from wot.content import (
    JSON,
    Codec,
    Content,
    Malformed,
    codec,
    essence,
    is_opaque,
)
from wot.errors import DefinitionError
from wot.hints import given, shape_of
from wot.plain import MOST_VALUES, finite, is_crowded, may_be_deep, to_plain
from wot.schema import Mismatch, Verdict
from wot.shapes import (
    Member,
    Shape,
    decoder,
    default_term,
    narrowed,
    object_schema,
    same,
)
from wot.td import Json, is_array, is_object

__all__ = ["Arguments", "Input", "Mismatch", "Payload", "uri_variables"]

_json: Codec = codec(JSON)
_LARGEST = 2**53
_NOTHING = (b"", b"null", b"{}")  # what may be sent where there is no input
_NO_INPUT = "an input is needed and none was sent"


class Payload:
    """What travels for one data schema, as values of one Python type.

    Made `of` a type hint, or `plain` from a data schema alone. The schema is the truth: msgspec's typed
    decoder only shortens the way to the same verdict, and whatever it refuses is judged again.
    """

    __slots__ = ("_build", "_closed", "_decoder", "optional", "parameter", "schema", "verdict")

    def __init__(self, shape: Shape, terms: Json | None = None) -> None:
        shape = narrowed(shape, terms) if terms else shape
        self.schema: Json = shape.schema
        self.verdict = Verdict(self.schema)
        self._build = shape.build
        self._decoder = decoder(shape.hint) if shape.exact and shape.schema else None
        self._closed = shape.closed
        # Of a URI variable: whether it may be missing, and the parameter that takes it ("": of its own name).
        self.optional = False
        self.parameter = ""

    @classmethod
    def of(cls, hint: Any, terms: Json | None = None) -> Payload:
        """The payload of a type hint, its schema extended by `terms`."""
        return cls(shape_of(hint), terms)

    @classmethod
    def plain(cls, schema: Json) -> Payload:
        """The payload of a data schema, as plain values."""
        return cls(Shape(Any, schema, same, exact=False))

    def load(self, content: Content, *, closed: bool) -> Any:
        """The typed value in `content`; Mismatch where it does not fit, Malformed where it is broken."""
        media_type = content.type
        if self._decoder is not None and media_type == JSON and not may_be_deep(content.body):
            try:
                typed = self._decoder.decode(content.body)
            except (ValueError, RecursionError):
                pass  # judged again below, with a better message
            else:
                if (
                    closed and not self._closed
                ):  # undeclared members are all that is left to look for
                    plain = _json.decode(content.body)
                    self.verdict.check(plain, closed=True, size=len(content.body))
                return typed
        kind = codec(media_type)
        if closed and kind is _json and is_crowded(content.body):
            raise Mismatch(f"it has more than {MOST_VALUES} values")
        value = kind.decode(content.body)
        if isinstance(value, str) and essence(media_type).startswith("text/"):
            value = self._from_text(value)
        if isinstance(value, bytes):
            if self.schema.get("type", "string") != "string":
                raise Mismatch(f"{media_type} cannot hold what the schema describes")
            return value  # a media type that is not looked into
        return self.build(value, closed=closed, size=len(content.body))

    def build(self, value: Any, *, closed: bool, size: int = 0) -> Any:
        """The typed value for a plain one, checked."""
        self.verdict.check(value, closed=closed, size=size)
        try:
            return self._build(_integral(value))
        except (ValueError, TypeError, LookupError, StopIteration, ArithmeticError) as error:
            raise Mismatch(str(error)[:300]) from None

    def dump(self, value: Any, media_type: str = JSON) -> Content:
        """`value` as bytes; Mismatch or Malformed where the schema or the media type forbids it."""
        kind = codec(media_type)
        if kind is not _json:
            return self._dump(value, media_type, kind)
        body = kind.encode(value)
        if self._decoder is not None:
            try:
                self._decoder.decode(body)
            except (ValueError, RecursionError):
                pass  # judged again below, with a better message
            else:
                if not self._closed:  # undeclared members are all that is left to look for
                    self.verdict.check(kind.decode(body), closed=True, size=len(body))
                return Content(body, media_type)
        self.build(kind.decode(body), closed=True, size=len(body))
        return Content(body, media_type)

    def _dump(self, value: Any, media_type: str, kind: Codec) -> Content:
        if not isinstance(value, (bytes, bytearray, memoryview)):
            chunks = source(value) if is_opaque(media_type) else None
            if chunks is not None:
                return Content(b"", media_type, chunks)
            value = to_plain(value)
            if not finite(value):
                raise Mismatch("NaN and infinity cannot be sent")
            self.build(value, closed=True)
        return Content(kind.encode(value), media_type)

    def from_text(self, text: str) -> Any:
        """The typed value of a URI variable."""
        return self.build(self._from_text(text), closed=True, size=len(text))

    def _from_text(self, text: str) -> Any:
        """Text stands for a number, a boolean, an object … where the schema wants that and no string."""
        kind = self.schema.get("type")
        if kind == "string" or not text or not self.schema:
            return text
        if kind is None and self._fits(text):
            return text
        body = text.encode()
        if is_crowded(body):
            raise Mismatch(f"it has more than {MOST_VALUES} values")
        try:
            return _json.decode(body)
        except Malformed:
            return text

    def _fits(self, value: Any) -> bool:
        try:
            self.verdict.check(value, closed=False)
        except Mismatch:
            return False
        return True


def _integral(value: Any) -> Any:
    """1.0 is an integer in JSON Schema, so it becomes one before Python types are made."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST:
        return int(value)
    if is_array(value):
        return [_integral(item) for item in value]
    if is_object(value):
        return {name: _integral(member) for name, member in value.items()}
    return value


class Arguments:
    """The input of an action as arguments of its method; `positional` names the one that is the whole input."""

    __slots__ = ("_body", "_names", "optional", "positional", "schema")

    def __init__(
        self, parameters: Mapping[str, inspect.Parameter], hints: Mapping[str, Any]
    ) -> None:
        kinds = inspect.Parameter
        whole = [p for p in parameters.values() if p.kind is kinds.POSITIONAL_ONLY]
        if any(p.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD) for p in parameters.values()):
            raise DefinitionError(
                "*args and **kwargs have no data schema", hint="name the parameters"
            )
        if whole and len(parameters) > 1:
            raise DefinitionError(
                "a positional-only parameter makes the whole input that value, so it must be the only one",
                hint="drop the `/`, and the input becomes an object with a member for each parameter",
            )
        self.positional = whole[0].name if whole else ""
        self._names = tuple(parameters)
        members = {name: _parameter(p, hints.get(name, Any)) for name, p in parameters.items()}
        self.optional = not any(member.required for member in members.values())
        self._body = _whole(members[self.positional]) if whole else _struct(members)
        self.schema: Json = self._body.schema if self._body else {}

    def load(self, content: Content | None) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Positional and keyword arguments from what was sent."""
        if self._body is None:
            if content is not None and content.body not in _NOTHING:
                raise Mismatch("this action takes no input")
            return (), {}
        if content is None:
            if self.optional:
                return (), {}
            raise Mismatch(_NO_INPUT)
        value = self._body.load(content, closed=True)
        if self.positional:
            return (value,), {}
        if isinstance(value, msgspec.Struct):
            value = msgspec.structs.asdict(value)
            if self.optional or UNSET in value.values():
                value = {name: given for name, given in value.items() if given is not UNSET}
        return (), value

    def dump(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], media_type: str
    ) -> Content | None:
        """What is sent for a call with these arguments."""
        known = len(self._names)
        if len(args) > known:
            raise TypeError(f"{len(args)} arguments are given, but it takes {known}")
        if self._body is None or self.positional:
            if kwargs or (self._body and not args and not self.optional):
                raise TypeError(
                    f"unexpected {next(iter(kwargs))!r}" if kwargs else "its argument is missing"
                )
            if not self._body or not args or (self.optional and args[0] is UNSET):
                return None
            return self._body.dump(args[0], media_type)
        twice = [name for name in self._names[: len(args)] if name in kwargs]
        if twice:
            raise TypeError(f"{twice[0]!r} is given twice")
        given = {**dict(zip(self._names, args, strict=False)), **kwargs}
        value = {name: item for name, item in given.items() if item is not UNSET}
        return None if not value and self.optional else self._body.dump(value, media_type)


class Input:
    """The input of an action as one plain value; without a schema there is none."""

    __slots__ = ("_body", "_missing", "optional", "schema")
    positional = ""

    def __init__(self, schema: Json | None, body: Payload | None) -> None:
        self.schema: Json = schema or {}
        self._body = body
        self._missing = _when_missing(self.schema)
        self.optional = body is None or self._missing is not UNSET

    def load(self, content: Content | None) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The handler's arguments from what was sent: the value, where there is to be one."""
        if self._body is None:
            if content is not None and content.body not in _NOTHING:
                raise Mismatch("this action takes no input")
            return (), {}
        if content is not None:
            return (self._body.load(content, closed=True),), {}
        if not self.optional:
            raise Mismatch(_NO_INPUT)
        return (self._missing,), {}

    def dump(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], media_type: str
    ) -> Content | None:
        """What is sent for one argument, or for the members of an object as keyword arguments."""
        if len(args) + bool(kwargs) > 1:
            raise TypeError("the input is one value: give it alone, or its members by name")
        if self._body is None:
            if args or kwargs:
                raise TypeError("this action takes no input")
            return None
        if args or kwargs:
            return self._body.dump(args[0] if args else kwargs, media_type)
        if not self.optional:
            raise TypeError("its argument is missing")
        return None


def _when_missing(schema: Json) -> Any:
    """What stands for an input that was not sent; `UNSET` where one is needed."""
    if "default" in schema:
        return schema["default"]
    if schema.get("type") == "object" and not schema.get("required"):
        return {}
    return None if schema.get("type") == "null" else UNSET


def _parameter(parameter: inspect.Parameter, hint: Any) -> Member:
    required = parameter.default is parameter.empty
    default = UNSET if required else parameter.default
    try:
        shape = shape_of(given(hint))
        if default is not UNSET:
            Payload(shape).dump(default)
        return Member(shape, required, default)
    except (Mismatch, Malformed) as error:
        raise DefinitionError(
            f"parameter {parameter.name!r}: its default does not fit: {error}"
        ) from None
    except DefinitionError as error:
        raise DefinitionError(f"parameter {parameter.name!r}: {error}", hint=error.hint) from None


def _whole(member: Member) -> Payload:
    return Payload(member.shape, default_term(member.default))


def _struct(members: Mapping[str, Member]) -> Payload | None:
    """Arguments as one object: decoded into a Struct made for them where msgspec may be trusted."""
    if not members:
        return None
    schema = object_schema(members)
    exact = all(member.shape.exact and member.shape.closed for member in members.values())
    if exact:
        fields: list[Any] = [
            (name, m.shape.hint) if m.required else (name, m.shape.hint | UnsetType, UNSET)
            for name, m in sorted(members.items(), key=lambda item: not item[1].required)
        ]
        hint: Any = msgspec.defstruct("Arguments", fields, forbid_unknown_fields=True)
    else:
        hint = dict
    builds = {name: member.shape.build for name, member in members.items()}

    def build(value: Any) -> dict[str, Any]:
        return {name: builds[name](item) for name, item in value.items()}

    return Payload(Shape(hint, schema, build, exact))


def uri_variables(
    method: Callable[..., Any],
    hints: Mapping[str, Any],
    skip: int,
    names: Mapping[str, str],
    only: Container[str] | None = None,
) -> dict[str, Payload]:
    """The parameters behind `self` (and the value), as URI variables under their `names` in the TD."""
    parameters = list(inspect.signature(method).parameters.values())
    if len(parameters) < skip:
        raise DefinitionError(
            f"{method.__name__} needs {skip} parameter(s): self"
            + (" and the value" if skip > 1 else "")
        )
    found: dict[str, Payload] = {}
    for parameter in parameters[skip:]:
        if only is not None and parameter.name not in only:
            continue
        name = names.get(parameter.name, parameter.name)
        if not name or name in found:
            reason = "is one already" if name else "needs a name"
            raise DefinitionError(f"{parameter.name}: the URI variable {name!r} {reason}")
        found[name] = _variable(parameter, hints)
    return found


def _variable(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Payload:
    default = parameter.default
    unsaid = default is parameter.empty or default is None or default is UNSET
    hint = hints.get(parameter.name, str if unsaid else type(default))
    payload = Payload.of(given(hint), {} if unsaid else default_term(default))
    payload.optional, payload.parameter = default is not parameter.empty, parameter.name
    branches: list[Json] = payload.schema.get("oneOf", [payload.schema])
    if any(branch.get("type") in ("object", "array") for branch in branches):
        raise DefinitionError(
            f"{parameter.name}: a URI variable cannot be an object or an array (TD 1.1)"
        )
    if not unsaid:
        payload.dump(default)
    return payload
