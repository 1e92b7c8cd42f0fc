"""The JSON data model: what has a place in it, and how deep and how large it may be."""

from __future__ import annotations

import math
from typing import Any, cast

import msgspec

from wot.td import is_array, is_object

MOST_VALUES = 200_000  # in a payload that is judged value by value; more would hold up everybody
DEEPEST = 200  # levels of nesting; validators and peers give up not far beyond


class Malformed(ValueError):
    """Bytes that are not of their media type, or a value that it cannot carry."""


def to_plain(value: Any) -> Any:
    """`value` in terms of the JSON data model; Malformed where it has no place in it."""
    try:
        return msgspec.to_builtins(value, enc_hook=foreign, str_keys=True)
    except (TypeError, ValueError) as error:
        raise Malformed(str(error)) from None
    except RecursionError:
        raise Malformed("it is nested too deeply") from None


def finite(value: Any) -> bool:
    """Whether no NaN or infinity hides in `value`, which JSON would turn into null."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, float) and not math.isfinite(item):
            return False
        if is_object(item):
            stack.extend(item.values())
        elif isinstance(item, (list, tuple)):
            stack.extend(cast(list[Any], item))
    return True


def foreign(value: Any) -> Any:
    """What msgspec does not know: pydantic models, numpy arrays and scalars."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def is_crowded(body: bytes) -> bool:
    """Whether a JSON text has more values than may be judged one by one."""
    return (
        len(body) > MOST_VALUES
        and body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES
    )


def may_be_deep(body: bytes) -> bool:
    """Whether a JSON text has enough brackets to be nested too deeply."""
    return len(body) > DEEPEST and body.count(b"[") + body.count(b"{") > DEEPEST


def depth(value: Any) -> int:
    """How many levels of arrays and objects there are."""
    levels, level = 0, [value]
    while level:
        inner: list[Any] = []
        for item in level:
            if is_object(item):
                inner.extend(item.values())
            elif is_array(item):
                inner.extend(item)
        levels, level = levels + 1, inner
    return levels - 1
