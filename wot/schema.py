"""Verdicts on plain values: does this value fit that data schema, and if not, where and why."""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from wot.td import Json, is_array, is_object

# What is asserted: the JSON Schema subset of TD 1.1 section 5.3.2 plus what our own hints need.
# Everything else (unknown terms, $ref above all) is ignored, as TD 1.1 asks of a consumer.
ASSERTED = frozenset(
    [
        "type",
        "const",
        "enum",
        "minimum",
        "exclusiveMinimum",
        "maximum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
        "required",
    ]
)
# Terms that hold schemas, whose own terms are asserted.
_NESTING = frozenset(["oneOf", "anyOf", "allOf", "items", "properties", "additionalProperties"])
_EXPLAINED = 1 << 10  # bytes of a value up to which the slow, well-spoken validator explains
_SHOWN = 300  # characters of a message


class Mismatch(ValueError):
    """A value that its schema forbids: where (JSON path) and why."""

    def __init__(self, reason: str, path: str = "$") -> None:
        super().__init__(reason if path == "$" else f"{path}: {reason}")


class Verdict:
    """One data schema, compiled when it is first needed.

    `closed` refuses members that an object schema does not declare: a Thing does so with what it gets and
    gives, a consumer with what it sends (TD 1.1, client-data-schema-no-extras).
    """

    __slots__ = ("_compiled", "schema")

    def __init__(self, schema: Json) -> None:
        self.schema = schema
        self._compiled: list[Any] = [None, None]

    def check(self, value: Any, *, closed: bool, size: int = 0) -> None:
        """Raise Mismatch where `value` (of `size` bytes) does not fit."""
        validator = self._compiled[closed] or self._compile(closed)
        try:
            if validator.is_valid(value):
                return
        except ValueError:  # jsonschema-rs gives up at 255 levels
            raise Mismatch("it is nested too deeply") from None
        raise self._explain(validator, value, closed, size)

    def _compile(self, closed: bool) -> Any:
        validator = compiled(asserted(self.schema, closed))
        self._compiled[closed] = validator
        return validator

    def _explain(self, validator: Any, value: Any, closed: bool, size: int) -> Mismatch:
        """Why not: in the words of the Python validator where that is sure to be quick."""
        schema = asserted(self.schema, closed)
        found = _best(schema, value) if _is_quick(schema, value, size) else None
        if found is not None:
            return Mismatch(_short(found.message), found.json_path)
        try:
            validator.validate(value)
        except ValueError as error:  # a ValidationError, or that it gives up at 255 levels
            place = "".join(f"[{part!r}]" for part in getattr(error, "instance_path", ()))
            reason = getattr(error, "message", "it is nested too deeply")
            return Mismatch(_short(reason), f"${place}")
        return Mismatch("it does not fit")


def _is_quick(schema: Json, value: Any, size: int) -> bool:
    """Small values only, and none of the terms that can take for ever in Python."""
    if (size or len(msgspec.json.encode(value))) > _EXPLAINED:
        return False
    text = msgspec.json.encode(schema)
    return b'"pattern"' not in text and b'"uniqueItems"' not in text


def _best(schema: Json, value: Any) -> Any:
    import jsonschema

    library: Any = jsonschema  # typed loosely: its stubs and its own annotations disagree
    try:
        return library.exceptions.best_match(library.Draft7Validator(schema).iter_errors(value))
    except Exception:  # noqa: BLE001 - it only words what is decided already, and may dislike a schema
        return None


def _short(message: str) -> str:
    return message if len(message) <= _SHOWN else f"{message[:_SHOWN]}…"


def decides(term: str) -> bool:
    """Whether a term of a schema has a say in which values fit."""
    return term in ASSERTED or term in _NESTING


def asserted(schema: Any, closed: bool) -> Any:
    """`schema` with the terms that are checked and nothing else."""
    if not is_object(schema):
        return {}
    given = schema
    out: Json = {term: value for term, value in given.items() if term in ASSERTED}
    for term in ("oneOf", "anyOf", "allOf"):
        if given.get(term):  # an empty oneOf (wotpy) counts as absent
            # Several schemas speak of one object here: none of them knows all of its members.
            alone = closed and term == "oneOf" and "properties" not in given
            out[term] = [asserted(branch, alone) for branch in given[term]]
    if "items" in given:
        items = given["items"]
        out["items"] = (
            [asserted(item, closed) for item in items]
            if is_array(items)
            else asserted(items, closed)
        )
    properties = given.get("properties")
    if is_object(properties):
        out["properties"] = {name: asserted(member, closed) for name, member in properties.items()}
    rest = given.get("additionalProperties")
    if is_object(rest):
        out["additionalProperties"] = asserted(rest, closed)
    elif rest is not None:
        out["additionalProperties"] = rest
    elif (
        closed
        and "properties" in out
        and not any(term in out for term in ("oneOf", "anyOf", "allOf"))
    ):
        out["additionalProperties"] = False
    return out


def compiled(schema: Json) -> Any:
    """A validator for `schema`; a foreign TD's pattern that cannot be compiled is left out."""
    return _compiled(msgspec.json.encode(schema))


def _build(schema: Any) -> Any:
    import jsonschema_rs

    # The engine without look-around and back-references: it takes linear time for every pattern.
    linear = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft7Validator(schema, validate_formats=False, pattern_options=linear)


@functools.lru_cache(maxsize=4096)
def _compiled(text: bytes) -> Any:
    schema = msgspec.json.decode(text)
    try:
        return _build(schema)
    except ValueError:
        return _build(_usable(schema))


def _usable(schema: Any) -> Any:
    """`schema` without the terms that no validator takes."""
    if is_array(schema):
        return [_usable(item) for item in schema]
    if not is_object(schema):
        return schema
    out: Json = {}
    for term, value in schema.items():
        inner = (
            {name: _usable(v) for name, v in value.items()}
            if term == "properties"
            else _usable(value)
        )
        try:
            _build({term: inner})
        except ValueError:
            continue
        out[term] = inner
    return out


def is_pattern(pattern: Any) -> bool:
    """Whether `pattern` can be compiled; "" can."""
    if pattern == "":
        return True
    try:
        _build({"pattern": pattern})
    except ValueError:
        return False
    return isinstance(pattern, str)


def fits(schema: Json, value: Any) -> bool:
    """Whether a plain value fits one branch of a union."""
    return bool(compiled(asserted(schema, False)).is_valid(value))
