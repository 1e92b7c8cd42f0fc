"""Webhooks at the server: registration, its limits, and its end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

import wot

from .foreign import Foreign, ok
from .things import ANY, Probe
from .wire import Answer, ask, until

HOOKED = wot.endpoint(ANY, subprotocols="webhook", webhooks={"private": True, "per_client": 3})


@pytest.fixture
async def url(probe: Probe) -> AsyncIterator[str]:
    async with wot.serve(probe, HOOKED) as served:
        yield served.urls[0]


@pytest.fixture
def there(foreign: Foreign) -> Foreign:
    """A receiver at /cb."""
    foreign.answers["/cb"] = ok(media_type="")
    return foreign


async def register(
    url: str, callback: str, headers: dict[str, str] | None = None, **more: Any
) -> Answer:
    """Ask for a subscription."""
    body = json.dumps({"callbackURL": callback, **more}).encode()
    return await ask(url, "POST", body, **(headers or {}))


def watched(probe: Probe) -> bool:
    """Whether somebody subscribes."""
    return wot.things.exposed_of(probe)._logs["events", "tick"].watched


async def test_from_registration_to_end(probe: Probe, url: str, there: Foreign) -> None:
    answer = await register(f"{url}/events/tick", f"{there.url}/cb")
    assert (answer.status, answer.body) == (201, b"")
    place = answer.headers["location"]
    assert place.startswith(f"{url}/subscriptions/")
    assert "webhook-signature" not in answer.headers
    probe.tick.emit(90)
    await until(lambda: len(there.requests) == 1)
    found = there.requests[0]
    assert (found.method, found.target, found.body) == ("POST", "/cb", b"90")
    assert found.headers["content-type"] == "application/json"
    assert found.headers["link"] == f'<{url}/events/tick>; rel="self"'
    assert found.headers["date"].endswith(" GMT")
    assert "webhook-signature" not in found.headers
    ended = await ask(place, "DELETE")
    assert (ended.status, ended.body) == (204, b"")
    await until(lambda: not watched(probe))
    probe.tick.emit(91)
    assert (await ask(place, "DELETE")).problem == (404, "NotFound")
    assert len(there.requests) == 1


async def test_a_subscription_is_no_page(url: str, there: Foreign) -> None:
    place = (await register(f"{url}/events/tick", f"{there.url}/cb")).headers["location"]
    for method in ("GET", "HEAD", "PUT", "POST"):
        answer = await ask(place, method)
        assert (answer.status, answer.headers["allow"]) == (405, "DELETE, OPTIONS")
        assert (await ask(place + "x", method)).status == 404
    assert (await ask(place.replace("/subscriptions", "/x"), "DELETE")).status == 404


async def test_an_observation(probe: Probe, url: str, there: Foreign) -> None:
    """It begins with the value, as every observation does here."""
    answer = await register(f"{url}/properties/level", f"{there.url}/cb")
    assert answer.status == 201
    probe.level.value = 6
    await until(lambda: len(there.requests) == 2)
    assert [each.body for each in there.requests] == [b"5", b"6"]
    assert there.requests[1].headers["link"] == f'<{url}/properties/level>; rel="self"'


async def test_of_the_whole_thing(probe: Probe, url: str, there: Foreign) -> None:
    """`Link` tells what a delivery is about."""
    assert (await register(f"{url}/events", f"{there.url}/cb")).status == 201
    probe.tick.emit(1)
    probe.bare.emit()
    await until(lambda: len(there.requests) == 2)
    found = [(each.body, each.headers["link"].split(";")[0]) for each in there.requests]
    assert found == [(b"1", f"<{url}/events/tick>"), (b"", f"<{url}/events/bare>")]
    there.requests.clear()
    answer = await register(f"{url}/properties", f"{there.url}/cb")
    assert (await ask(answer.headers["location"], "GET")).status == 405
    probe.level.value = 77
    link = f'<{url}/properties/level>; rel="self"'
    await until(lambda: (b"77", link) in [(r.body, r.headers["link"]) for r in there.requests])


async def test_an_event_without_data_has_no_body(probe: Probe, url: str, there: Foreign) -> None:
    await register(f"{url}/events/bare", f"{there.url}/cb")
    probe.bare.emit()
    await until(lambda: len(there.requests) == 1)
    assert there.requests[0].body == b""
    assert "content-type" not in there.requests[0].headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"[]",
        b"{}",
        b'{"callbackURL": 5}',
        b'{"callbackURL": ""}',
        b'{"callbackURL": "ftp://example.com/"}',
        b'{"callbackURL": "//example.com/"}',
        b'{"callbackURL": "http://user@example.com/"}',
        b'{"callbackURL": "http://example.com/#x"}',
        b'{"callbackURL": "http://example.com/a b"}',
        b'{"callbackURL": "http://example.com:99999/"}',
        b'{"callbackURL": "http://[::1/"}',
        b'{"callbackURL": "http://nowhere.invalid/"}',
        b'{"callbackURL": "http://127.0.0.1/", "secret": 5}',
        b'{"callbackURL": "http://127.0.0.1/", "secret": "whsec_c2hvcnQ="}',
        b'{"callbackURL": "http://127.0.0.1/' + b"x" * 2000 + b'"}',
    ],
)
async def test_what_is_no_registration(probe: Probe, url: str, body: bytes) -> None:
    answer = await ask(f"{url}/events/tick", "POST", body)
    assert answer.problem == (400, "InvalidInput")
    assert ("events", "tick") not in wot.things.exposed_of(probe)._logs


async def test_a_registration_is_json(url: str, there: Foreign) -> None:
    url = f"{url}/events/tick"
    assert (await ask(url, "PUT", b"{}")).status == 405
    answer = await ask(url, "POST", b"{}", content_type="text/plain")
    assert answer.problem == (415, "UnsupportedContent")
    missing = await register(url.replace("tick", "tock"), f"{there.url}/cb")
    assert missing.problem == (404, "UnknownAffordance")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
    ],
)
async def test_callbacks_lead_nowhere_private(probe: Probe, host: str) -> None:
    async with wot.serve(probe, wot.endpoint(ANY, subprotocols="webhook")) as served:
        answer = await register(f"{served.urls[0]}/events/tick", f"http://{host}/cb")
        assert answer.problem == (400, "InvalidInput")
        assert "its address is one" in answer.json["detail"]


async def test_each_client_has_a_limit(probe: Probe, url: str, there: Foreign) -> None:
    tick, callback = f"{url}/events/tick", f"{there.url}/cb"
    places = [(await register(tick, callback)).headers["location"] for _ in range(3)]
    assert (await register(tick, callback)).problem == (429, "TooManyRequests")
    assert (await register(tick, "http://nowhere.invalid")).status == 429
    await ask(places[0], "DELETE")
    assert (await register(tick, callback)).status == 201


async def test_all_have_a_limit(probe: Probe, there: Foreign) -> None:
    limited = {"private": True, "most": 2}
    on = wot.endpoint(ANY, subprotocols="webhook", webhooks=limited)
    async with wot.serve(probe, on) as served:
        tick, callback = f"{served.urls[0]}/events/tick", f"{there.url}/cb"
        assert [(await register(tick, callback)).status for _ in range(3)] == [201, 201, 503]
        # What was refused does not count.
        assert (await register(tick.replace("tick", "x"), callback)).status == 404


async def test_pages_of_others_may_not_register(url: str, there: Foreign) -> None:
    foreign = {"origin": "https://evil.example"}
    answer = await register(f"{url}/events/tick", f"{there.url}/cb", foreign)
    assert answer.problem == (403, "Forbidden")


async def test_what_was_emitted_before_the_end_is_delivered(probe: Probe, there: Foreign) -> None:
    async with wot.serve(probe, HOOKED) as served:
        await register(f"{served.urls[0]}/events/tick", f"{there.url}/cb")
        for number in range(5):
            probe.tick.emit(number)
    assert [each.body for each in there.requests] == [b"0", b"1", b"2", b"3", b"4"]
    assert not watched(probe)


async def test_a_thing_that_is_no_longer_served(
    servient: wot.Servient, probe: Probe, there: Foreign
) -> None:
    async with servient.serve(probe, HOOKED) as served:
        place = await register(f"{served.urls[0]}/events/tick", f"{there.url}/cb")
        assert place.status == 201
    assert not watched(probe)
