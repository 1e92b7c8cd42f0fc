"""Server-sent events: the parser against the algorithm of the HTML standard, and frames against the parser."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.content import Content
from wot.errors import ProtocolError, TooLarge
from wot.interaction import Notification
from wot_http.offering import is_line
from wot_http.sse import GAP, Message, Parser, event_line, frame, gap, opening

LINES = ["", "", "data: x", "data:y", "data", "data:  z ", "data: é\u2028…", "datum: x", " data: x"]
LINES += [
    "id: 1",
    "id:2",
    "id",
    "id: a\0b",
    "event: e",
    "event",
    ":",
    ": c",
    "retry: 5",
    "\ufeffdata: b",
]
line_ends = st.sampled_from(["\n", "\r", "\r\n"])
streams = st.lists(st.tuples(st.sampled_from(LINES), line_ends), max_size=14)


def by_the_standard(stream: bytes) -> tuple[list[Message], str]:
    """HTML Living Standard section 9.2.6, over the whole stream at once: what is dispatched, and the last id."""
    found, data, event, buffer, last_id = [], list[str](), "", "", ""
    lines = re.split("\r\n|\n|\r", stream.decode().removeprefix("\ufeff"))
    for line in lines[:-1]:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            last_id = buffer
            if data:
                found.append(Message(event, "\n".join(data), last_id))
            data, event = [], ""
        elif name == "data":
            data.append(value)
        elif name == "event":
            event = value
        elif name == "id" and "\0" not in value:
            buffer = value
    return found, last_id


def parsed(*chunks: bytes) -> tuple[list[Message], str]:
    parser = Parser()
    return [message for chunk in chunks for message in parser.feed(chunk)], parser.last_id


@given(streams, st.booleans(), st.text(max_size=3), st.lists(st.integers(0, 200), max_size=12))
def test_the_parser_agrees_with_the_standard_wherever_the_stream_is_cut(
    lines: list[tuple[str, str]], mark: bool, rest: str, cuts: list[int]
) -> None:
    text = ("\ufeff" if mark else "") + "".join(line + end for line, end in lines)
    stream = (text + rest.replace("\r", "").replace("\n", "")).encode()
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[begin:end] for begin, end in pairwise(places)]
    assert parsed(*chunks) == by_the_standard(stream)


@given(streams)
def test_the_parser_agrees_byte_by_byte(lines: list[tuple[str, str]]) -> None:
    stream = "".join(line + end for line, end in lines).encode()
    assert parsed(*(bytes([byte]) for byte in stream)) == by_the_standard(stream)


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data: a\ndata\ndata:b\n\n", "a\n\nb"),
        (b"data: a\r\n\r\n", "a"),
        (b"data: a\r\r", "a"),
        (b"\xef\xbb\xbfdata: a\n\n", "a"),
        (b"event: level\ndata: 5\n\n", "5"),
        (b": comment\nretry: 1\ndata:\n\n", ""),
    ],
)
def test_what_is_dispatched(stream: bytes, data: str) -> None:
    messages, _ = parsed(stream)
    assert [message.data for message in messages] == [data]


def test_an_event_that_is_cut_off_moves_nothing() -> None:
    """Resuming behind the id of an event that never was complete would lose it."""
    messages, last_id = parsed(b"id: 1\ndata: a\n\nid: 2\ndata: ", b"b\n")
    assert ([m.data for m in messages], last_id) == (["a"], "1")


def test_an_id_without_data_is_a_position() -> None:
    parser = Parser()
    assert parser.feed(opening("e-7", 2.5)) == []
    assert (parser.last_id, parser.heartbeat) == ("e-7", 2.5)


@pytest.mark.parametrize("comment", ["heartbeat", "heartbeat x", "heartbeat -1", "heartbeat nan"])
def test_a_strange_heartbeat_is_none(comment: str) -> None:
    parser = Parser()
    parser.feed(f": {comment}\n\n".encode())
    assert parser.heartbeat == 0


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(values, max_size=4), st.integers(1, 9))
def test_frames_of_json_come_back(items: list[object], size: int) -> None:
    bodies = [json.dumps(item, indent=number % 2 or None) for number, item in enumerate(items)]
    sent = b"".join(
        frame(Notification(Content(body.encode()), f"e-{number}"))[0]
        for number, body in enumerate(bodies)
    )
    chunks = (sent[at : at + size] for at in range(0, len(sent), size))
    messages, _ = parsed(*chunks)
    assert [json.loads(message.data) for message in messages] == items
    assert [message.id for message in messages] == [f"e-{n}" for n in range(len(items))]


@given(st.text(alphabet=st.sampled_from("ab :\n\0é")))
def test_frames_of_text_come_back(text: str) -> None:
    plain, chunk = frame(Notification(Content(text.encode(), "text/plain"), "e-1"))
    messages, _ = parsed(plain)
    assert messages == [Message("", text, "e-1")]
    assert chunk == b"%x\r\n%b\r\n" % (len(plain), plain)


def test_a_frame_is_encoded_once() -> None:
    notification = Notification(Content(b"1"), "e-1")
    assert frame(notification) is frame(notification)


def test_a_gap_is_an_event_of_its_own() -> None:
    assert parsed(gap("e-3", b"{}")) == ([Message(GAP, "{}", "e-3")], "e-3")


def test_a_stream_that_is_no_utf8_is_refused() -> None:
    with pytest.raises(ProtocolError, match="not UTF-8"):
        parsed(b"data: \xff\n\n")


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_an_endless_event_is_refused(end: bytes) -> None:
    with pytest.raises(TooLarge, match="larger than 4 MiB"):
        parsed(*[b"data: " + b"x" * 65_000 + end] * 70)


@pytest.mark.parametrize("block", [b"data: x\n\nda", b":\n\n:"], ids=["events", "comments"])
def test_the_limit_is_for_one_event_and_not_for_the_stream(block: bytes) -> None:
    tail = block[-2:] if block.startswith(b"data") else block[-1:]
    body = block[: -len(tail)] * 8000
    parser = Parser()
    for _ in range(1 + (5 << 20) // len(body)):
        parser.feed(body + tail)
        parser.feed(b": x\n" if tail == b":" else b"ta: y\n\n")


@given(st.text(min_size=1), st.binary())
def test_frames_that_say_what_they_are_of_come_back(name: str, body: bytes) -> None:
    plain, chunked = frame(Notification(Content(b"1"), "e-1"), event_line(name))
    size, _, rest = chunked.partition(b"\r\n")
    assert rest == plain + b"\r\n"
    assert int(size, 16) == len(plain)
    event = name if is_line(name) else ""
    assert Parser().feed(plain) == [Message(event, "1", "e-1")]


def test_one_notification_goes_out_in_both_ways() -> None:
    notification = Notification(Content(b"1"), "e-1")
    for _ in range(2):
        assert frame(notification)[0] == b"id: e-1\ndata: 1\n\n"
        named = frame(notification, event_line("level"))
        assert named[0] == b"event: level\nid: e-1\ndata: 1\n\n"
        assert frame(notification, event_line("level")) is named
