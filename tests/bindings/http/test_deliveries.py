"""Deliveries of webhooks: in order, signed, again and again, and not for ever."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import pytest

import wot
from wot_http import deliveries, outgoing
from wot_http.signing import check, fresh, signing_key

from .foreign import Foreign, Request, bytes_then_end, moved, ok
from .test_webhooks import HOOKED, register, watched
from .things import ANY, Probe
from .wire import ask, until

BUSY = ok(status="503 Busy")
FINE = ok(media_type="")


@pytest.fixture
async def url(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(deliveries, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(deliveries, "_LAST_PAUSE", 0.02)
    async with wot.serve(probe, HOOKED) as served:
        yield served.urls[0]


async def test_deliveries_are_signed(probe: Probe, url: str, foreign: Foreign) -> None:
    foreign.answers["/cb"] = [FINE, BUSY, FINE]
    secret = fresh()
    answer = await register(f"{url}/events/tick", f"{foreign.url}/cb", secret=secret)
    assert answer.headers["webhook-signature"] == "v1"
    probe.tick.emit(1)
    probe.tick.emit(2)
    await until(lambda: len(foreign.requests) == 3)
    found = [
        check(signing_key(secret), each.headers, each.body, time.time())
        for each in foreign.requests
    ]
    assert found[0] != found[1] == found[2]  # one that is sent again is the same message


@pytest.mark.parametrize("pause", [0, 0.005])
async def test_bursts_come_in_order(probe: Probe, url: str, foreign: Foreign, pause: float) -> None:
    foreign.answers["/cb"] = [*[FINE, BUSY] * 9, FINE]
    await register(f"{url}/events/tick", f"{foreign.url}/cb")
    for number in range(20):
        probe.tick.emit(number)
        await asyncio.sleep(pause)
    await until(lambda: len(foreign.requests) == 29)
    taken = list(dict.fromkeys(int(each.body) for each in foreign.requests))
    assert taken == list(range(20))


@pytest.mark.parametrize("first", [BUSY, moved("/elsewhere", "307 Temporary"), b"nonsense\r\n\r\n"])
async def test_what_fails_is_tried_again(
    probe: Probe, url: str, foreign: Foreign, first: bytes
) -> None:
    """Redirections are not followed: they would lead us anywhere."""
    foreign.answers["/cb"] = [first, FINE]
    await register(f"{url}/events/tick", f"{foreign.url}/cb")
    probe.tick.emit(1)
    await until(lambda: len(foreign.requests) == 2)
    assert [each.target for each in foreign.requests] == ["/cb"] * 2


async def test_410_ends_it(probe: Probe, url: str, foreign: Foreign) -> None:
    foreign.answers["/cb"] = ok(status="410 Gone")
    place = (await register(f"{url}/events/tick", f"{foreign.url}/cb")).headers["location"]
    probe.tick.emit(1)
    await until(lambda: not watched(probe))
    assert len(foreign.requests) == 1
    assert (await ask(place, "DELETE")).status == 404


async def test_the_dead_are_dropped(
    probe: Probe,
    foreign: Foreign,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(deliveries, "_FIRST_PAUSE", 0.01)
    impatient = {"private": True, "patience": 0.1}
    async with wot.serve(
        probe, wot.endpoint(ANY, subprotocols="webhook", webhooks=impatient)
    ) as served:
        await register(f"{served.urls[0]}/events/tick", f"{foreign.url}/cb?token=secret")
        with caplog.at_level(logging.WARNING, "wot"):
            probe.tick.emit(1)
            await until(lambda: not watched(probe))
    assert len(foreign.requests) > 1
    assert "is dropped: 404" in caplog.text
    assert "secret" not in caplog.text


async def test_the_log_tells_neither_secrets_nor_what_the_other_side_says(
    probe: Probe,
    foreign: Foreign,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(deliveries, "_FIRST_PAUSE", 0.01)
    foreign.answers["/cb/SECRET?token=SECRET"] = bytes_then_end(
        b"HTTP/1.1 200 OK\r\nX: FORGED\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n"
    )
    impatient = {"private": True, "patience": 0.1}
    async with wot.serve(
        probe, wot.endpoint(ANY, subprotocols="webhook", webhooks=impatient)
    ) as served:
        await register(f"{served.urls[0]}/events/tick", f"{foreign.url}/cb/SECRET?token=SECRET")
        with caplog.at_level(logging.WARNING, "wot"):
            probe.tick.emit(1)
            await until(lambda: not watched(probe))
    (line,) = caplog.messages
    assert "is dropped: " in line
    assert "SECRET" not in line
    assert "FORGED" not in line
    assert line.isprintable()


async def test_a_gap_is_told(probe: Probe, url: str, foreign: Foreign) -> None:
    let_go = asyncio.Event()

    async def slow(_request: Request, writer: asyncio.StreamWriter) -> None:
        await let_go.wait()
        writer.write(FINE)

    foreign.answers["/cb"] = slow
    await register(f"{url}/events/tick", f"{foreign.url}/cb")
    probe.tick.emit(-1)
    await until(lambda: len(foreign.requests) == 1)
    for number in range(4100):
        probe.tick.emit(number)
    let_go.set()
    await until(lambda: len(foreign.requests) >= 3)
    gap, behind = foreign.requests[1:3]
    assert gap.headers["wot-gap"] == "1"
    assert gap.headers["content-type"] == "application/problem+json"
    problem = json.loads(gap.body)
    assert problem["type"] == "urn:isowot:problem:EventsLost"
    assert problem["after"] == gap.headers["last-event-id"]
    assert behind.body == b"4"


async def test_a_subscription_resumes(probe: Probe, url: str, foreign: Foreign) -> None:
    foreign.answers["/cb"] = FINE
    tick, callback = f"{url}/events/tick", f"{foreign.url}/cb"
    first = await register(tick, callback)
    probe.tick.emit(1)
    await until(lambda: len(foreign.requests) == 1)
    place = foreign.requests[0].headers["last-event-id"]
    assert first.headers["last-event-id"] != place
    await ask(first.headers["location"], "DELETE")
    probe.tick.emit(2)
    again = await register(tick, callback, {"last_event_id": place})
    assert again.status == 201
    await until(lambda: len(foreign.requests) == 2)
    assert foreign.requests[1].body == b"2"
    lost = await register(tick, callback, {"last_event_id": "cafecafe-1"})
    assert lost.problem == (410, "EventsLost")


async def test_a_resumed_observation_begins_with_what_is_new(
    probe: Probe, url: str, foreign: Foreign
) -> None:
    foreign.answers["/cb"] = FINE
    level, callback = f"{url}/properties/level", f"{foreign.url}/cb"
    await register(level, callback)
    await until(lambda: len(foreign.requests) == 1)
    place = foreign.requests[0].headers["last-event-id"]
    await register(level, callback, {"last_event_id": place})
    probe.level.value = 9
    await until(lambda: len(foreign.requests) == 3)
    assert [each.body for each in foreign.requests] == [b"5", b"9", b"9"]


async def test_the_date_is_that_of_the_event(probe: Probe, url: str, foreign: Foreign) -> None:
    foreign.answers["/cb"] = [BUSY] * 100 + [FINE]
    await register(f"{url}/events/tick", f"{foreign.url}/cb")
    before = int(time.time())
    probe.tick.emit(1)
    emitted = time.time()
    await until(lambda: len(foreign.requests) >= 80)
    for each in foreign.requests:
        assert before <= parsedate_to_datetime(each.headers["date"]).timestamp() <= emitted


async def test_a_name_that_soon_means_another_address(
    probe: Probe,
    foreign: Foreign,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """DNS rebinding: the name was public when it was registered, and leads to us when it is used."""

    async def fine(*_: object) -> None:
        return

    monkeypatch.setattr("wot_http.webhooks.check", fine)
    foreign.answers["/cb"] = FINE
    options = {"patience": 0}
    async with wot.serve(
        probe, wot.endpoint(ANY, subprotocols="webhook", webhooks=options)
    ) as served:
        tick = f"{served.urls[0]}/events/tick"
        port = foreign.url.rpartition(":")[2]
        for host in ("localhost", "127.0.0.1"):
            await register(tick, f"http://{host}:{port}/cb")
        with caplog.at_level(logging.WARNING, "wot"):
            probe.tick.emit(1)
            await until(lambda: not watched(probe))
    assert not foreign.requests
    assert caplog.text.count("its address is one of this machine") == 2


async def test_what_may_be_near_is_reached(foreign: Foreign) -> None:
    foreign.answers["/cb"] = FINE
    async with (
        outgoing.session(private=True) as session,
        session.post(f"{foreign.url}/cb") as response,
    ):
        assert response.status == 200
