"""Following a Thing."""

from __future__ import annotations

import json
import signal
from typing import Any

from .elsewhere import Elsewhere, described, sends
from .processes import Here, Wot, ended, line_of


def test_a_property_and_an_event(here: Here, lamp: str) -> None:
    assert here("watch", lamp, "mode", "--count", "1", "--json") == (0, '"eco"\n', "")
    events = here("watch", lamp, "hot", "--count", "2")
    assert (events.code, len(events.out.splitlines()), events.err) == (0, 2, "")


def test_all_events_arrive_in_order(wot: Wot, here: Here, lamp: str) -> None:
    process = wot.start("watch", lamp, "tick", "--count", "20", "--json")
    while process.poll() is None:  # nothing tells when another process has subscribed
        here("invoke", lamp, "burst", '{"count": 20}')
    out, err = process.communicate()
    assert [json.loads(line) for line in out.splitlines()] == list(range(20))
    assert (process.returncode, err) == (0, "")


def test_an_event_without_data(wot: Wot, here: Here, lamp: str) -> None:
    process = wot.start("watch", lamp, "bare", "--count", "1", "--json")
    while process.poll() is None:
        here("invoke", lamp, "ring")
    assert process.communicate() == ("null\n", "")
    assert process.returncode == 0


def test_the_time_is_over(here: Here, lamp: str) -> None:
    assert here("watch", lamp, "note", "--timeout", "0.5", "--json") == (0, "null\n", "")
    done = here("watch", lamp, "note", "--timeout", "0.5", "--json", "--count", "2")
    assert (done.code, done.out) == (3, "null\n")
    assert done.error["type"] == "Timeout"
    assert "1 of 2 items" in done.error["detail"]


def test_ctrl_c(wot: Wot, lamp: str) -> None:
    process = wot.start("watch", lamp, "hot")
    line_of(process)
    done = ended(process, signal.SIGINT)
    assert (done.code, done.err) == (130, "")


def test_a_reader_that_goes_while_events_come(wot: Wot, lamp: str) -> None:
    process = wot.start("watch", lamp, "hot", "--json")
    line_of(process)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_a_reader_that_goes_while_nothing_comes(wot: Wot, lamp: str) -> None:
    process = wot.start("watch", lamp, "note")
    line_of(process)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 0


def test_a_gap_is_told_of(here: Here, elsewhere: Elsewhere) -> None:
    came: list[str] = []

    def events(server: Any) -> None:
        came.append(server.headers.get("Last-Event-ID", ""))
        server.send_response(200)
        server.send_header("Content-Type", "text/event-stream")
        server.end_headers()
        body = (
            b'id: e-7\nevent: wot-gap\ndata: {"type": "urn:isowot:problem:EventsLost", "after": "e-7"}\n\n'
            if len(came) == 1
            else b"id: e-8\ndata: 8\n\n"
        )
        server.wfile.write(body)
        server.closing.wait(60)

    td = described(
        events={
            "tick": {"data": {"type": "integer"}, "forms": [{"href": "tick", "subprotocol": "sse"}]}
        }
    )
    base = elsewhere(td=sends(td), tick=events)
    done = here("watch", f"{base}/td", "tick", "--count", "1", "--json")
    assert (done.code, done.out) == (0, "8\n")
    assert done.error["type"] == "EventsLost"
    assert came == ["", "e-7"]
