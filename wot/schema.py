"""Verdicts on plain values: does this value fit that data schema, and if not, where and why."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

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
_LISTING = ("oneOf", "anyOf", "allOf", "items")
_EXPLAINED = 1 << 10  # bytes of a value up to which the slow, well-spoken validator explains
_SHOWN = 300  # characters of a message
# Regular expressions come from documents of strangers: none may take everybody's memory and time.
_LONGEST = 1 << 14  # characters of a pattern
_SIZES = (1 << 12, 1 << 14, 1 << 17, 1 << 20)  # bytes of a compiled one
_ROOM = 1 << 25  # bytes of all compiled ones of a Thing, or of a schema
_STEPS = 10_000  # of the backtracking engine, for one text
_KEPT = 1 << 26  # bytes of the validators that are kept
_BLOWN_UP = 8  # bytes that a byte of a schema takes once it is compiled


class Mismatch(ValueError):
    """A value that its schema forbids: where (JSON path) and why."""

    def __init__(self, reason: str, path: str = "$") -> None:
        super().__init__(reason if path == "$" else f"{path}: {reason}")


class Verdict:
    """One data schema, compiled when it is first needed.

    `closed` refuses members that an object schema does not declare: a Thing does so with what it gets and
    gives, a consumer with what it sends (TD 1.1, client-data-schema-no-extras).
    """

    __slots__ = ("_compiled", "_texts", "schema")

    def __init__(self, schema: Json) -> None:
        self.schema = schema
        self._compiled: list[Any] = [None, None]
        self._texts = [b"", b""]

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
        text = self._texts[closed] = self._texts[closed] or _text(asserted(self.schema, closed))
        found = _validators.of(text)
        if not found.patterns:  # those stay where their number is bounded
            self._compiled[closed] = found.validator
        return found.validator

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
        if given.get(term) and is_array(given[term]):  # an empty oneOf (wotpy) counts as absent
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


class Patterns:
    """Which regular expressions are checked, as long as those of one Thing, or schema, stay within bounds together.

    Those of the linear engine, and those that only the backtracking one knows, which gives up in time: a text for
    which it does has not the form. Neither takes what is too long or too large once it is compiled.
    """

    def __init__(self, room: int = _ROOM, *, backtracking: bool = True) -> None:
        self.weight = 0  # bytes, of all that were taken
        self.backtracking = False  # whether one of those needs it
        self._room, self._may_backtrack = room, backtracking

    def take(self, pattern: Any) -> bool:
        """Whether `pattern` is checked; once the room is used up, none is, and none is compiled."""
        if self._room <= 0:
            return False
        size = _size(pattern)
        if not size and self._may_backtrack:
            size = -_size(pattern, backtracking=True)
        self._room -= abs(size) or _SIZES[-1]
        if not size or self._room < 0:
            return False
        self.weight += abs(size)
        self.backtracking = self.backtracking or size < 0
        return True

    def all_of(self, schema: Json) -> Iterator[str]:
        """The patterns of an asserted schema that are not taken."""
        for node in _nodes(schema):
            if "pattern" in node and not self.take(node["pattern"]):
                yield node["pattern"]


def refused_patterns(schema: Any, patterns: Patterns) -> Iterator[str]:
    """The patterns of a data schema that cannot be checked."""
    return patterns.all_of(asserted(schema, False))


def is_pattern(pattern: Any) -> bool:
    """Whether `pattern` is one for declarations: checked in linear time, and not too large."""
    return pattern == "" or _size(pattern) > 0


def _size(pattern: Any, *, backtracking: bool = False) -> int:
    """About how many bytes `pattern` takes when it is compiled, 0 where it cannot be."""
    usable = isinstance(pattern, str) and len(pattern) <= _LONGEST
    return _size_of(pattern, backtracking) if usable else 0


@functools.lru_cache(maxsize=1024)
def _size_of(pattern: str, backtracking: bool) -> int:
    for size in _SIZES:  # small ones are told quickly, and the engine stops at the size given
        try:
            _build({"pattern": pattern}, size, backtracking=backtracking)
        except ValueError:
            continue
        return size
    return 0


def _build(schema: Any, size: int = 1 << 20, *, backtracking: bool = False) -> Any:
    import jsonschema_rs

    options: Any = (
        jsonschema_rs.FancyRegexOptions(backtrack_limit=_STEPS, size_limit=size)
        if backtracking
        else jsonschema_rs.RegexOptions(size_limit=size)
    )
    return jsonschema_rs.Draft7Validator(schema, validate_formats=False, pattern_options=options)


class Compiled(NamedTuple):
    """A validator, what it and its key weigh (bytes, about), and whether there are patterns in it."""

    validator: Any
    weight: int
    patterns: bool


class _Validators:
    """Compiled schemas, least used ones dropped: bounded by what they weigh, not by how many they are."""

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[bytes, Compiled] = OrderedDict()
        self._most, self.weight = most, 0
        self._lock = threading.Lock()

    def of(self, text: bytes) -> Compiled:
        """The validator for an asserted schema."""
        with self._lock:
            found = self._kept.get(text)
            if found is not None:
                self._kept.move_to_end(text)
                return found
        found = _compile(text)
        with self._lock:
            if self._kept.setdefault(text, found) is found:
                self.weight += found.weight
            while self.weight > self._most and self._kept:
                self.weight -= self._kept.popitem(last=False)[1].weight
        return found


_validators = _Validators(_KEPT)


def _compile(text: bytes) -> Compiled:
    schema = msgspec.json.decode(text)
    patterns = Patterns()
    refused = frozenset(patterns.all_of(schema)) if b'"pattern"' in text else frozenset[Any]()
    validator = None
    if not refused:
        with contextlib.suppress(ValueError):
            validator = _build(schema, backtracking=patterns.backtracking)
    if validator is None:
        validator = _build(_usable(schema, refused), backtracking=patterns.backtracking)
    return Compiled(validator, _BLOWN_UP * len(text) + patterns.weight, patterns.weight > 0)


def _text(schema: Json) -> bytes:
    return msgspec.json.encode(schema)


def _nodes(schema: Any) -> Iterator[Json]:
    """An asserted schema and those within it; what `enum` and `const` hold is data."""
    level = [schema]
    while level:
        node = level.pop()
        if is_object(node):
            yield node
            level += [*node.get("properties", {}).values(), node.get("additionalProperties")]
            for term in _LISTING:
                inner = node.get(term)
                level += inner if is_array(inner) else [inner]


def _usable(schema: Any, refused: Collection[Any]) -> Any:
    """An asserted schema without the patterns that are `refused`, and without terms that no validator takes."""
    if not is_object(schema):
        return schema if isinstance(schema, bool) else {}
    out: Json = {}
    for term, value in schema.items():
        if term == "properties":
            out[term] = {name: _usable(inner, refused) for name, inner in value.items()}
        elif term in _NESTING:
            several = is_array(value)
            out[term] = (
                [_usable(inner, refused) for inner in value] if several else _usable(value, refused)
            )
        elif term == "pattern":
            out |= {} if not isinstance(value, str) or value in refused else {term: value}
        else:
            with contextlib.suppress(ValueError):
                _build({term: value})
                out[term] = value
    return out


def fits(schema: Json, value: Any) -> bool:
    """Whether a plain value fits one branch of a union."""
    return bool(_validators.of(_text(asserted(schema, False))).validator.is_valid(value))
