"""Values from the command line: JSON, or a bare word where the data schema wants a string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from wot.cli.ending import UsageError
from wot.schema import fits
from wot.td import Json

_NONE: Any = object()


def parsed(text: str, schema: Json, what: str, shown: str = "") -> Any:
    """The value that `text` stands for; UsageError where it is neither JSON nor wanted as a string.

    `shown` is how errors call a text that is not typed but in a file.
    """
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
        f"{what} {shown or repr(text)} is not JSON",
        hint=f"{_wanted(schema)} is wanted, such as {_example(schema)}",
    )


def value_of(text: str) -> Any:
    """JSON, or else the text itself: where nothing says what is wanted."""
    value = _json(text)
    return text if value is _NONE else value


def variables(given: Sequence[str], declared: Mapping[str, Json]) -> dict[str, Any]:
    """URI variables from NAME=VALUE."""
    return {
        name: parsed(text, declared.get(name, {}), f"the value of --var {name}:")
        for name, text in assignments(given, "--var", "NAME=VALUE", "unit=Cel").items()
    }


def assignments(given: Sequence[str], option: str, form: str, example: str = "") -> dict[str, str]:
    """What an option that may be repeated says, as NAME=VALUE; `form` is how the help calls that."""
    found: dict[str, str] = {}
    for item in given:
        # A URL may hold "=", and a file hardly does.
        name, equals, text = item.rpartition("=") if form.startswith("URL") else item.partition("=")
        if not equals or not name:
            hint = f"write {option} {example or form}"
            raise UsageError(f"{option} {item!r} is not {form}", hint=hint)
        if name in found:
            raise UsageError(f"{option} {name} is given twice", hint="give it once")
        found[name] = text
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
