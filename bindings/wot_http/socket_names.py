"""Which properties a request about several means, and whether it may (Web Thing Protocol, "Error Response")."""

from __future__ import annotations

from typing import Any

import msgspec

from wot.content import Content
from wot.errors import InvalidInput, listed
from wot.td import Op, ThingDescription
from wot_http.messages import UNSET

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WRITES = (Op.WRITE_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES)


def checked_names(
    td: ThingDescription, op: Op, names: tuple[str, ...] | Any, payload: Content | None
) -> tuple[str, ...]:
    """The names for the interaction; InvalidInput where the draft demands status 400."""
    if op is Op.READ_MULTIPLE_PROPERTIES:
        given: tuple[str, ...] = () if names is UNSET else tuple(dict.fromkeys(names))
        return _known(td, given, "names", "writeOnly", "read")
    if op not in _WRITES:
        return ()
    if payload is None:
        raise InvalidInput("values is missing", hint="send an object of values by property name")
    try:
        given = tuple(_members.decode(payload.body))
    except ValueError:
        raise InvalidInput("values should be an object of values by property name") from None
    _known(td, given, "values", "readOnly", "written")
    if op is Op.WRITE_ALL_PROPERTIES:
        missing = [name for name in _open(td, "readOnly") if name not in given]
        if missing:
            raise InvalidInput(
                f"values lacks {listed(missing)}", hint="writemultipleproperties takes a part"
            )
        return ()
    return given


def _known(
    td: ThingDescription, given: tuple[str, ...], member: str, closed: str, verb: str
) -> tuple[str, ...]:
    if not given:
        raise InvalidInput(
            f"{member} is missing or empty", hint="name the properties that are meant"
        )
    known = _open(td, closed)
    for name in given:
        if name not in known:
            raise InvalidInput(
                f"there is no property {name[:80]!r} that can be {verb}",
                hint=f"there are: {listed(known)}",
            )
    return given


def _open(td: ThingDescription, closed: str) -> list[str]:
    return [name for name, json in td.json.get("properties", {}).items() if not json.get(closed)]
