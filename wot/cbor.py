"""CBOR (RFC 8949), as far as it says what JSON can say."""

from __future__ import annotations

import io
import math
from typing import Any, cast

import msgspec

from wot.plain import DEEPEST, MOST_VALUES, Malformed, finite, to_plain
from wot.td import is_object

_MOST_BITS = 1024  # of an integer: 308 digits


def encode(value: Any) -> bytes:
    """The bytes of a value of the JSON data model."""
    import cbor2

    if not finite(plain := to_plain(value)):
        raise Malformed("NaN and infinity are outside the JSON data model")
    return cbor2.dumps(plain)


# Tags (RFC 8949 section 3.4) stand for what JSON has no word for, and references among them (25, 28, 29, 256)
# let a few bytes stand for a tree without end. Only big integers (2, 3) are numbers like others.
_REFUSED_TAGS = (
    0,
    1,
    4,
    5,
    25,
    28,
    29,
    30,
    35,
    36,
    37,
    100,
    256,
    258,
    260,
    261,
    1004,
    43000,
    55799,
)


def _refused_tag(*_given: Any) -> Any:
    raise ValueError("tags are outside the JSON data model")


def decode(body: bytes) -> Any:
    """The value in terms of the JSON data model; Malformed where it has no place in it."""
    import cbor2

    stream = io.BytesIO(body)
    try:
        value = cbor2.CBORDecoder(
            stream,
            tag_hook=_refused_tag,
            semantic_decoders=dict.fromkeys(_REFUSED_TAGS, _refused_tag),
            max_depth=DEEPEST,
        ).decode()
    except RecursionError:
        raise Malformed("it is nested too deeply") from None
    except (cbor2.CBORDecodeError, EOFError, ValueError, TypeError, OverflowError) as error:
        if "nesting depth" in str(error):
            raise Malformed("it is nested too deeply") from None
        raise Malformed(f"not CBOR: {error.__cause__ or error}") from None
    if stream.tell() != len(body):
        raise Malformed("not CBOR: there are bytes behind the value")
    return _JsonModel().of(value, DEEPEST)


class _JsonModel:
    """Takes a decoded CBOR value to the JSON data model; byte strings become base64 (RFC 8949 section 6.1)."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def of(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or not depth:
            raise Malformed(
                f"it has more than {MOST_VALUES} values" if depth else "it is nested too deeply"
            )
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, int):
            if value.bit_length() <= _MOST_BITS:
                return value
        elif isinstance(value, float):
            if math.isfinite(value):
                return value
        elif isinstance(value, bytes):
            return msgspec.to_builtins(value)
        elif isinstance(value, (list, tuple)):
            return [self.of(item, depth - 1) for item in cast(list[Any], value)]
        elif is_object(value) and _all_text(list(value)):
            return {name: self.of(item, depth - 1) for name, item in value.items()}
        raise Malformed("the CBOR value is outside the JSON data model")


def _all_text(names: list[Any]) -> bool:
    return all(isinstance(name, str) for name in names)
