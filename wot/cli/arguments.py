"""Values from the command line: JSON, or a bare word where the data schema wants a string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from wot.cli.ending import UsageError
from wot.schema import fits
from wot.td import Json

_NONE: Any = object()


def parsed(text: str, schema: Json, what: str) -> Any:
    """The value that `text` stands for; UsageError where it is neither JSON nor wanted as a string."""
    value = _json(text)
    for candidate in (value, text):
        if candidate is not _NONE and fits(schema, candidate):
            return candidate
    # Neither fits, so whoever is asked will refuse it: choose what makes the better message.
    if value is not _NONE and (isinstance(value, str) or schema.get("type") != "string"):
        return value
    if schema.get("type", "string") == "string":
        return text
    raise UsageError(
        f"{what} {text!r} is not JSON",
        hint=f"{_wanted(schema)} is wanted, such as {_example(schema)}",
    )


def variables(given: Sequence[str], declared: Mapping[str, Json]) -> dict[str, Any]:
    """URI variables from NAME=VALUE."""
    found: dict[str, Any] = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals or not name:
            raise UsageError(f"--var {item!r} is not NAME=VALUE", hint="write --var unit=Cel")
        if name in found:
            raise UsageError(f"--var {name} is given twice", hint="give it once")
        found[name] = parsed(text, declared.get(name, {}), f"the value of --var {name}:")
    return found


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return _NONE


def _wanted(schema: Json) -> str:
    kind = schema.get("type")
    article = "an" if kind in ("integer", "object", "array") else "a"
    return f"{article} {kind}"


def _example(schema: Json) -> str:
    members: Any = schema.get("properties", {})
    names = list(members)[:2]
    examples = {
        "integer": "5",
        "number": "2.5",
        "boolean": "true",
        "null": "null",
        "array": "'[1, 2]'",
        "object": "'{" + ", ".join(f'"{name}": …' for name in names) + "}'",
    }
    return examples.get(str(schema.get("type")), "5")
