"""Thing classes from Thing Descriptions, for those who consume Things with types."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps
from typing import Any

from wot.errors import InvalidTD, WoTError
from wot.stubs.module import module
from wot.stubs.names import USED, is_name, pascal
from wot.stubs.source import is_text
from wot.td import ThingDescription

__all__ = ["stub"]


def stub(td: ThingDescription | Mapping[str, Any], name: str = "") -> str:
    """The source text of a module with one Thing class, made for `servient.consume(url, Class)`.

    The class is called `name`, or after the title. Equal TDs give equal texts. Raises InvalidTD for what is
    no TD, WoTError for a name that a class cannot have.
    """
    parsed = ThingDescription.parse(_text(td.json if isinstance(td, ThingDescription) else td))
    if name and (not is_name(name) or name in USED):
        hint = f"{_name(name)!r} can"
        raise WoTError(f"{name!r} cannot be the name of the class", hint=hint)
    return module(parsed, name or _name(parsed.title))


def _text(json: Any) -> bytes:
    """A decoded document as text again: what is no JSON is told here, wherever it is."""
    if isinstance(json, (bytes, bytearray, str)):
        return json.encode() if isinstance(json, str) else bytes(json)
    try:
        return dumps(json, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidTD(f"not JSON: {error}") from None


def _name(title: str) -> str:
    made = pascal(title) if is_text(title) else "Thing"
    return f"{made}Thing" if made in USED else made
