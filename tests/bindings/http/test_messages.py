"""The messages of the Web Thing Protocol: what is read, what is embedded, and positions as ids."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wot
from wot.content import Content, Malformed
from wot.errors import CROSSING, WoTError
from wot_http.messages import (
    Message,
    decode,
    embedded,
    encode,
    error_in,
    error_members,
    from_status,
    id_of,
    identifiers,
    is_id,
    moment,
    position_of,
    to_status,
)

from .socket_peer import endpoint, peer
from .things import Probe

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_MEMBERS = [
    "thingID", "messageID", "messageType", "operation", "name", "names", "value", "values", "input",
    "actionID", "lastNotificationID", "correlationID", "uriVariables", "wait", "position", "error",
]  # fmt: skip
_WORDS = [
    "urn:test:probe", "request", "readproperty", "writeproperty", "invokeaction", "observeproperty",
    "subscribeevent", "readmultipleproperties", "writemultipleproperties", "queryaction", "level",
    "tick", "add", "unsubscribeallevents",
]  # fmt: skip
messages = st.dictionaries(
    st.sampled_from(_MEMBERS), json_values | st.sampled_from(_WORDS), max_size=8
)


@given(st.integers(0, 2**32 - 1), st.integers(0, 10**18 - 1))
def test_positions_are_ids(epoch: int, number: int) -> None:
    """Every position of a log is one UUID, and comes back from it."""
    position = f"{epoch:08x}-{number}"
    found = uuid.UUID(id_of(position))
    assert (found.version, found.variant) == (4, uuid.RFC_4122)
    assert position_of(str(found)) == position


@given(st.uuids(version=4) | st.text())
def test_other_ids_are_left_alone(other: object) -> None:
    assert position_of(str(other)) == str(other)


@pytest.mark.parametrize("position", ["", "x", "deadbeef-01", "DEADBEEF-1", "deadbeef-" + "9" * 19])
def test_positions_that_are_none_of_ours(position: str) -> None:
    assert id_of(position) == ""


def test_identifiers_are_uuids_and_differ() -> None:
    ids = identifiers()
    found = [next(ids) for _ in range(1000)]
    assert len(set(found)) == 1000
    assert all(uuid.UUID(each).version == 4 and is_id(each) for each in found)
    assert next(identifiers()) != found[0]


@given(json_values)
def test_json_is_embedded_as_it_is(value: Any) -> None:
    body = json.dumps(value).encode()
    text = encode(Message("urn:x", name="n", value=embedded(Content(body))))
    assert bytes(decode(text).value) == body.strip()  # type: ignore[arg-type]
    assert json.loads(text)["value"] == value


@given(st.binary(max_size=40) | json_values.map(lambda v: (json.dumps(v) + "}").encode()))
def test_what_is_embedded_breaks_nothing(body: bytes) -> None:
    try:
        raw = embedded(Content(body))
    except Malformed:
        return
    text = encode(Message("urn:x", value=raw, correlation="c"))
    assert json.loads(text)["correlationID"] == "c"


@given(st.text() | json_values.map(json.dumps) | messages.map(json.dumps))
def test_whatever_comes(text: str) -> None:
    try:
        found = decode(text)
    except Malformed:
        return
    assert isinstance(found, Message)


@pytest.mark.parametrize("kind", CROSSING.values())
def test_errors_come_back_as_they_went(kind: type[WoTError]) -> None:
    error = error_in(Message(**error_members(kind("what", hint="how"))))
    assert type(error) is kind
    assert (str(error), error.hint) == ("what", "how")


@given(json_values, json_values)
def test_whatever_is_said_of_an_error(problem: Any, values: Any) -> None:
    raw = {"error": problem, "values": values}
    assert isinstance(error_in(decode(json.dumps(raw))), WoTError)


def test_a_status_both_ways() -> None:
    """What is `href` and `status` in the profiles is `actionID` and `state` here."""
    ours = {"status": "failed", "href": "7", "timeRequested": "a", "timeEnded": "b", "error": {}}
    there = to_status(Content(json.dumps(ours).encode()))
    assert json.loads(bytes(there)) == {
        "actionID": "7",
        "state": "failed",
        "timeRequested": "a",
        "timeEnded": "b",
        "error": {},
    }
    content, invocation = from_status(there)
    assert (json.loads(content.body), invocation) == (ours, "7")


def test_moments() -> None:
    assert moment(0) == ""
    assert moment(1736942880.42) == "2025-01-15T12:08:00.420Z"


async def test_random_messages_harm_nobody() -> None:
    """Each is answered, or is none of ours to answer; the connection and the Thing go on."""
    probe = Probe()
    async with wot.serve(probe, endpoint()) as served, peer(served.urls[0]) as us:
        sent = []

        @settings(max_examples=300, deadline=None, database=None)
        @given(messages | json_values)
        def collect(message: Any) -> None:
            sent.append(json.dumps(message))

        collect()
        for text in sent:
            await us.socket.send(text)
        last = await us.send("readproperty", "level")
        count = 0
        while (found := await us.next()).get("correlationID") != last:
            count += found["messageType"] == "response"
            if "error" in found:
                assert found["error"]["status"] < 500, found
        assert "value" in found
        assert count <= len(sent)
