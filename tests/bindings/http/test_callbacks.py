"""Webhooks as a client: our callbacks, and who may use them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import wot
from wot_http import callbacks, received
from wot_http.signing import fresh, seal, signed, signing_key

from .foreign import Harness, Request, ok
from .test_webhooks import HOOKED, watched
from .things import Probe
from .wire import Answer, ask, free_port, taken, until

FORM = {"href": "/e", "subprotocol": "webhook", "htv:methodName": "POST"}
CALLED = {"callback": "http://127.0.0.1:0"}


@pytest.fixture
async def servient() -> AsyncIterator[wot.Servient]:
    async with wot.Servient(patience=5, timeout=5, http=CALLED) as servient:
        yield servient


class Peer:
    """Somebody else's server that registers webhooks."""

    def __init__(self, there: Harness, headers: str = "") -> None:
        self.there = there
        self.asked: dict[str, Any] = {}
        self.known = 405  # what a look at the subscription is answered with
        there.foreign.answers["/e"] = self._register
        there.foreign.answers["/s/1"] = self._subscription
        self._headers = headers

    async def _register(self, given: Request, writer: asyncio.StreamWriter) -> None:
        self.asked = json.loads(given.body)
        head = f"HTTP/1.1 201 Created\r\nLocation: /s/1\r\n{self._headers}Content-Length: 0\r\n\r\n"
        writer.write(head.encode())

    async def _subscription(self, given: Request, writer: asyncio.StreamWriter) -> None:
        if given.method == "DELETE":
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            writer.write(f"HTTP/1.1 {self.known} X\r\nContent-Length: 0\r\n\r\n".encode())

    async def thing(self) -> wot.ConsumedThing:
        return await self.there.event(FORM)

    async def post(self, body: bytes = b"", **headers: str) -> Answer:
        """A delivery."""
        return await ask(self.asked["callbackURL"], "POST", body, **headers)

    async def signed(self, body: bytes, number: str, age: int = 0, secret: str = "") -> Answer:
        """A delivery that is signed."""
        key = signing_key(secret or self.asked["secret"])
        return await self.post(body, **signed(key, number, int(time.time()) - age, body))


@pytest.fixture
def peer(there: Harness) -> Peer:
    return Peer(there)


@pytest.fixture
def signing(there: Harness) -> Peer:
    return Peer(there, "Webhook-Signature: v1\r\n")


async def test_from_registration_to_end(peer: Peer) -> None:
    async with (await peer.thing()).subscribe("e") as events:
        asked = peer.there.foreign.requests[0]
        assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
        assert [(await peer.post(b"%d" % number)).status for number in range(3)] == [200] * 3
        assert await taken(events, 3) == [0, 1, 2]
    assert peer.there.seen[-1] == "DELETE /s/1"
    assert (await peer.post(b"4")).status == 410


async def test_of_an_event_without_data(peer: Peer) -> None:
    there = await peer.there.thing(events={"e": {"forms": [FORM]}})
    async with there.subscribe("e") as events:
        assert (await peer.post(content_type="")).status == 200
        assert await taken(events, 1) == [None]


async def test_nobody_else_can_deliver(peer: Peer) -> None:
    async with (await peer.thing()).subscribe("e"):
        callback = peer.asked["callbackURL"]
        assert len(callback.rpartition("/")[2]) >= 32
        assert (await ask(callback[:-1] + "!", "POST", b"1")).status == 410
        for method in ("GET", "PUT", "DELETE"):
            answer = await ask(callback, method)
            assert (answer.status, answer.headers["allow"]) == (405, "POST")


async def test_what_is_signed_must_be(signing: Peer) -> None:
    async with (await signing.thing()).subscribe("e") as events:
        assert (await signing.post(b"1")).status == 401
        assert (await signing.signed(b"2", "b", secret=fresh())).status == 401
        assert (await signing.signed(b"3", "c", age=600)).status == 401
        assert (await signing.signed(b"4", "d")).status == 200
        assert await taken(events, 1) == [4]


async def test_replays_count_once(signing: Peer) -> None:
    async with (await signing.thing()).subscribe("e") as events:
        for number in (b"1", b"1", b"2"):
            assert (await signing.signed(number, f"id{number!r}")).status == 200
        assert await taken(events, 2) == [1, 2]


async def test_what_was_forgotten_is_not_taken_again(
    signing: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "_REMEMBERED", 2)
    async with (await signing.thing()).subscribe("e") as events:
        for number in range(4):
            assert (
                await signing.signed(b"%d" % number, f"m{number}", age=9 - number)
            ).status == 200
        assert (await signing.signed(b"0", "m0", age=9)).status == 503
        assert (await signing.signed(b"4", "m4")).status == 200
        assert await taken(events, 5) == [0, 1, 2, 3, 4]


async def test_headers_of_ours_are_believed_where_they_are_signed(signing: Peer) -> None:
    async with (await signing.thing()).subscribe("e") as events:
        key, forged = (
            signing_key(signing.asked["secret"]),
            {"wot_gap": "1", "last_event_id": "forged"},
        )
        plain = signed(key, "1", int(time.time()), b"1")
        assert (await signing.post(b"1", **plain, **forged)).status == 200
        assert await taken(events, 1) == [1]  # by who does not know of them
        told = {"Last-Event-ID": "x-3", "Content-Type": "application/json"}
        sealed = signed(key, f"2{seal(told)}", int(time.time()), b"2")
        assert (await signing.post(b"2", **sealed, **forged)).status == 401
        assert (await signing.post(b"2", **sealed, last_event_id="x-3")).status == 200
        assert await taken(events, 1) == [2]


async def test_a_delivery_may_overtake_the_registration(there: Harness) -> None:
    peer, statuses = Peer(there), list[int]()

    async def hasty(given: Request, writer: asyncio.StreamWriter) -> None:
        peer.asked = json.loads(given.body)
        early = asyncio.create_task(peer.post(b"1"))
        await asyncio.sleep(0.05)
        assert not early.done()
        await peer._register(given, writer)
        await writer.drain()
        statuses.append((await early).status)

    there.foreign.answers["/e"] = hasty
    async with (await peer.thing()).subscribe("e") as events:
        assert await taken(events, 1) == [1]
    assert statuses == [200]


async def test_what_nobody_takes_is_left_there(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received, "_KEPT", 2)
    async with (await peer.thing()).subscribe("e") as events:
        assert [(await peer.post(b"%d" % n)).status for n in range(3)] == [200, 200, 503]
        assert await taken(events, 1) == [0]
        assert (await peer.post(b"2")).status == 200
        assert await taken(events, 2) == [1, 2]


async def test_a_gap_is_raised(peer: Peer) -> None:
    problem = b'{"type": "urn:isowot:problem:EventsLost", "detail": "gone", "after": "x-3"}'
    told = {"wot_gap": "1", "content_type": "application/problem+json", "last_event_id": "x-3"}
    async with (await peer.thing()).subscribe("e") as events:
        await peer.post(problem, **told)
        with pytest.raises(wot.errors.EventsLost, match="gone"):
            await taken(events, 1)
        again = asyncio.ensure_future(taken(events, 1))
        registered = lambda: [r for r in peer.there.foreign.requests if r.target == "/e"]  # noqa: E731
        await until(lambda: len(registered()) == 2)
        assert registered()[1].headers["last-event-id"] == "x-3"
        await peer.post(b"7")
        assert await again == [7]


async def test_refusals_raise(there: Harness) -> None:
    there.foreign.answers["/e"] = ok(status="403 Forbidden")
    with pytest.raises(wot.errors.Forbidden):
        async with (await there.event(FORM)).subscribe("e"):
            pass


async def test_without_a_callback_the_form_is_not_used(there: Harness) -> None:
    async with wot.Servient() as plain:
        thing = await Harness(there.foreign, plain).event(FORM)
        with pytest.raises(wot.errors.NoForm):
            async with thing.subscribe("e"):
                pass


async def test_a_location_elsewhere_is_not_followed(there: Harness) -> None:
    """Nobody makes us send a DELETE to others."""
    victim = "Location: http://127.0.0.1:1/x\r\n"
    there.foreign.answers["/e"] = f"HTTP/1.1 201 C\r\n{victim}Content-Length: 0\r\n\r\n".encode()
    async with (await there.event(FORM)).subscribe("e"):
        pass
    assert there.seen == ["POST /e"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"callback": "https://127.0.0.1"}, "should be http://host:port"),
        ({"callback": "http://127.0.0.1/x"}, "should be http://host:port"),
        ({"callback": "http://127.0.0.1:99999"}, "is no address"),
        ({**CALLED, "callback_url": "example.com"}, "should begin with http"),
        ({"callback_url": "http://example.com"}, "needs callback="),
    ],
)
def test_options_that_are_none(options: dict[str, str], told: str) -> None:
    with pytest.raises(wot.errors.WoTError, match=told):
        wot.Servient(http=options)


async def test_a_public_url(peer: Peer) -> None:
    options = {
        "callback": f"http://127.0.0.1:{free_port()}",
        "callback_url": "https://me.example/in",
    }
    async with wot.Servient(http=options) as servient:
        thing = await Harness(peer.there.foreign, servient).event(FORM)
        async with thing.subscribe("e") as events:
            public = peer.asked["callbackURL"]
            assert public.startswith("https://me.example/in/")
            peer.asked["callbackURL"] = f"{options['callback']}/{public.rpartition('/')[2]}"
            await peer.post(b"3")
            assert await taken(events, 1) == [3]


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "_WATCH", 0.02)


@pytest.mark.usefixtures("watching")
async def test_a_subscription_that_is_gone_is_noticed(there: Harness) -> None:
    peer = Peer(there, "Last-Event-ID: x-1\r\n")
    async with (await peer.thing()).subscribe("e") as events:
        await until(lambda: "HEAD /s/1" in there.seen)
        waiting = asyncio.ensure_future(taken(events, 1))
        peer.known = 404
        await until(lambda: there.seen.count("POST /e") == 2)
        assert there.foreign.requests[-1].headers.get("last-event-id", "x-1") == "x-1"
        peer.known = 405
        await peer.post(b"1")
        assert await waiting == [1]


@pytest.mark.usefixtures("watching")
async def test_who_tells_nothing_of_subscriptions_is_not_asked_again(peer: Peer) -> None:
    peer.known = 404
    async with (await peer.thing()).subscribe("e") as events:
        await until(lambda: "HEAD /s/1" in peer.there.seen)
        await asyncio.sleep(0.1)
        await peer.post(b"1")
        assert await taken(events, 1) == [1]
    assert peer.there.seen == ["POST /e", "HEAD /s/1", "DELETE /s/1"]


Serve = Callable[[], Awaitable[str]]


@pytest.mark.usefixtures("watching")
async def test_with_our_server(servient: wot.Servient, probe: Probe) -> None:
    """Whoever vanishes for a while is found again, and nothing is lost; after a restart a gap is told."""
    at = f"http://127.0.0.1:{free_port()}"
    on = wot.endpoint(at, **HOOKED.options)
    async with wot.serve(probe, on) as served:
        thing = await servient.consume(served.urls[0])
        subscription = thing.subscribe("tick")
        events = await subscription.__aenter__()
        probe.tick.emit(1)
        assert await taken(events, 1) == [1]
        await asyncio.sleep(0.1)
    waiting = asyncio.ensure_future(taken(events, 2))
    probe.tick.emit(2)
    async with wot.serve(probe, on):
        probe.tick.emit(3)
        assert await waiting == [2, 3]
        await asyncio.sleep(0.1)
    waiting = asyncio.ensure_future(taken(events, 1))
    async with wot.serve(Probe(), on):
        with pytest.raises(wot.errors.EventsLost):
            await waiting
        await subscription.__aexit__(None, None, None)
    assert not watched(probe)


@pytest.mark.parametrize("pause", [0, 0.005, 0.05])
async def test_bursts(servient: wot.Servient, probe: Probe, pause: float) -> None:
    async with wot.serve(probe, HOOKED) as served:
        thing = await servient.consume(served.urls[0])
        async with thing.subscribe("tick") as events, thing.observe("level") as levels:
            for number in range(20):
                probe.tick.emit(number)
                await asyncio.sleep(pause)
            assert await taken(events, 20) == list(range(20))
            probe.level.value = 6
            assert await taken(levels, 2) == [5, 6]
        await until(lambda: not watched(probe))
