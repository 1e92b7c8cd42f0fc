"""The messages of the Web Thing Protocol (W3C Community Group draft), both ways.

Payloads are embedded as they are (`msgspec.Raw`): neither end decodes them here.
"""

from __future__ import annotations

import http
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

import msgspec

from wot.content import JSON, Content, Malformed, essence
from wot.errors import WoTError, to_problem
from wot.interaction import ActionStatus
from wot.td import Op, is_object
from wot_http.errors import error_from, status_of

SUBPROTOCOL = "webthingprotocol"
REQUEST, RESPONSE, NOTIFICATION = "request", "response", "notification"
Raw = msgspec.Raw | msgspec.UnsetType
UNSET = msgspec.UNSET
_NAMES = {
    "thing": "thingID",
    "id": "messageID",
    "kind": "messageType",
    "correlation": "correlationID",
    "action": "actionID",
    "last": "lastNotificationID",
    "variables": "uriVariables",
    "key": "idempotencyKey",
}


class Message(msgspec.Struct, omit_defaults=True, rename=_NAMES, gc=False):
    """Any message. What the draft does not have: position, uriVariables, idempotencyKey, wait."""

    thing: str = ""
    id: str = ""
    kind: str = ""
    operation: str = ""
    name: str = ""
    names: tuple[str, ...] | msgspec.UnsetType = UNSET
    action: str = ""
    value: Raw = UNSET
    values: Raw = UNSET
    input: Raw = UNSET
    output: Raw = UNSET
    data: Raw = UNSET
    status: Raw = UNSET
    statuses: Raw = UNSET
    error: Raw = UNSET
    last: str = ""
    position: str | msgspec.UnsetType = UNSET
    variables: dict[str, Any] | msgspec.UnsetType = UNSET
    key: str = ""
    wait: float | msgspec.UnsetType = UNSET
    timestamp: str = ""
    correlation: str = ""


class Status(
    msgspec.Struct, omit_defaults=True, rename={"action": "actionID", "requested": "timeRequested"}
):
    """The draft's ActionStatus object: what is `status` and `href` in the profiles is `state` and `actionID`."""

    action: str = ""
    state: str = ""
    requested: str = ""
    timeEnded: str = ""
    output: Raw = UNSET
    error: dict[str, Any] | msgspec.UnsetType = UNSET
    progress: float | None = None
    message: str = ""
    status: str = ""  # what the draft's example of queryallactions calls the state


# Which member carries what goes in, and what comes out.
TAKES: Mapping[Op, str] = {
    Op.WRITE_PROPERTY: "value",
    Op.INVOKE_ACTION: "input",
    Op.WRITE_ALL_PROPERTIES: "values",
    Op.WRITE_MULTIPLE_PROPERTIES: "values",
}
GIVES: Mapping[Op, str] = {
    Op.READ_PROPERTY: "value",
    Op.INVOKE_ACTION: "output",
    Op.READ_ALL_PROPERTIES: "values",
    Op.READ_MULTIPLE_PROPERTIES: "values",
}

_decoder = msgspec.json.Decoder(Message)
_any = msgspec.json.Decoder()
_raw = msgspec.json.Decoder(msgspec.Raw)
_status = msgspec.json.Decoder(Status)
_statuses = msgspec.json.Decoder(dict[str, list[Status]])
_profile = msgspec.json.Decoder(ActionStatus)
_profiles = msgspec.json.Decoder(dict[str, list[ActionStatus]])
encode = msgspec.json.Encoder().encode


def decode(text: str | bytes) -> Message:
    """A message; Malformed with the reason."""
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)[:200]) from None


def salvaged(text: str | bytes) -> Message:
    """What of a message that cannot be read is needed to answer it: its text members."""
    try:
        found: Any = _any.decode(text)
    except (ValueError, RecursionError):
        return Message()
    given: Mapping[str, Any] = found if is_object(found) else {}

    def member(name: str) -> str:
        value = given.get(name)
        return value[:200] if isinstance(value, str) else ""

    return Message(
        operation=member("operation"), name=member("name"), correlation=member("correlationID")
    )


def embedded(content: Content) -> msgspec.Raw:
    """A payload as part of a message; Malformed where it is not one JSON text, which would break the rest of it."""
    kind = essence(content.type)
    if kind != JSON and not is_json(content.type):
        raise Malformed(f"{content.type} cannot travel in a message of JSON")
    try:
        if not content.body.isascii():
            content.body.decode()
        return _raw.decode(content.body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"it is not JSON: {str(error)[:200]}") from None


def is_json(media_type: str) -> bool:
    """Whether payloads of this type can be part of a message."""
    kind = essence(media_type)
    return kind in (JSON, "text/json") or kind.endswith("+json")


# A position of ours ("epoch-number") as the UUID of the notification that is there, so that the draft's
# lastNotificationID says where to go on: 8 digits of epoch, a mark by which we know our own, 60 bits of number.
_POSITION = re.compile(r"([0-9a-f]{8})-(0|[1-9][0-9]{0,17})")
_MARKED = re.compile(r"([0-9a-f]{8})-1507-4d1d-([89][0-9a-f]{3})-([0-9a-f]{12})")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VARIANT = 1 << 63  # of RFC 9562 section 4.1, in the lower half


def id_of(position: str) -> str:
    """The messageID of the notification at a position, "" where it has none."""
    found = _POSITION.fullmatch(position)
    if found is None:
        return position if is_id(position) else ""
    low = f"{_VARIANT | int(found[2]):016x}"
    return f"{found[1]}-1507-4d1d-{low[:4]}-{low[4:]}"


def is_id(text: str) -> bool:
    """Whether this can be a messageID."""
    return _UUID.fullmatch(text) is not None


def position_of(last: str) -> str:
    """The position that a lastNotificationID or a messageID stands for."""
    found = _MARKED.fullmatch(last)
    return f"{found[1]}-{int(found[2] + found[3], 16) & ~_VARIANT}" if found else last


def identifiers() -> Iterator[str]:
    """UUIDs (version 4) without asking the system for each: 74 random bits and a number."""
    a, b = secrets.token_hex(4), secrets.token_hex(2)
    c, d = secrets.token_hex(2)[1:], f"{_VARIANT >> 48 | secrets.randbits(14):04x}"
    head = f"{a}-{b}-4{c}-{d}-"
    return (f"{head}{number:012x}" for number in count())


def moment(seconds: float) -> str:
    """A time (seconds of the epoch) as RFC 3339 wants it, "" for 0."""
    if not seconds:
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


# The error types that the draft names, where they say all that ours do.
_TYPES = "https://w3c.github.io/web-thing-protocol/errors#"
_COMMON = {"InvalidInput", "Forbidden", "NotFound", "HandlerError", "Unavailable"}


def error_members(error: WoTError) -> dict[str, Any]:
    """`error`, and `values` of those that did not fail, as members of a response."""
    status = status_of(error)
    problem = to_problem(error, status)
    values = problem.pop("values", None)
    if type(error).__name__ in _COMMON:
        problem["type"] = f"{_TYPES}{status}"
        problem["title"] = http.HTTPStatus(status).phrase
    members = {"error": msgspec.Raw(encode(problem))}
    if values:
        members["values"] = msgspec.Raw(encode(values))
    return members


def error_in(message: Message) -> WoTError:
    """The error that a message tells of."""
    body = bytes(message.error) if message.error is not UNSET else b"{}"
    try:
        problem: Any = _any.decode(body)
    except (ValueError, RecursionError):
        problem = None
    given: dict[str, Any] = problem if is_object(problem) else {}
    if message.values is not UNSET:
        given = {"type": "urn:isowot:problem:PartialFailure", **given}
        if str(given["type"]).startswith(_TYPES):
            given["type"] = "urn:isowot:problem:PartialFailure"
        given["values"] = _any.decode(message.values)
    status = str(given.get("status", ""))
    number = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 500
    return error_from(number, JSON, encode(given), {})


def to_status(content: Content) -> msgspec.Raw:
    """An ActionStatus of ours as the draft writes it."""
    return msgspec.Raw(encode(_draft(_profile.decode(content.body))))


def to_statuses(content: Content) -> msgspec.Raw:
    """The same for all actions."""
    found = _profiles.decode(content.body)
    return msgspec.Raw(encode({name: [_draft(s) for s in each] for name, each in found.items()}))


def from_status(raw: msgspec.Raw) -> tuple[Content, str]:
    """An ActionStatus as ours, and the id of its invocation; ValueError for what is none."""
    found = _ours(_status.decode(raw))
    return Content(encode(found)), found.href


def from_statuses(raw: msgspec.Raw) -> Content:
    """The same for all actions."""
    found = _statuses.decode(raw)
    return Content(encode({name: [_ours(s) for s in each] for name, each in found.items()}))


def _draft(status: ActionStatus) -> Status:
    return Status(
        status.href,
        status.status,
        status.time_requested,
        status.time_ended,
        status.output,
        status.error,
        status.progress,
        status.message,
    )


def _ours(status: Status) -> ActionStatus:
    state: Any = status.state or status.status
    if state not in ("pending", "running", "completed", "failed"):
        raise ValueError(f"{state!r} is no state of an action")
    return ActionStatus(
        state,
        status.action,
        status.requested,
        status.timeEnded,
        status.output,
        status.error,
        status.progress,
        status.message,
    )
