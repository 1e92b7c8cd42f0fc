"""Which streams an endpoint has: what is on is advertised and served, what is off is neither."""

from __future__ import annotations

from typing import Any

import pytest

import wot
from wot.td import ThingDescription
from wot_http.forms import forms, unfollowed
from wot_http.offering import Offer, Rules, is_line, offer_of
from wot_http.profiles import claimed

from .things import ANY, Probe
from .wire import ask

PLACE = "https://www.w3.org/2022/wot/profile/"


class Plain(wot.Thing, title="Plain"):
    """All that can be followed is JSON."""

    level = wot.stored(1)
    tick = wot.event(int)


class Text(wot.Thing, title="Text"):
    """What can be observed is none."""

    tick = wot.event(int)

    @wot.property(observable=True, content_type="text/plain")
    async def label(self) -> str:
        return ""


IMAGE = ThingDescription(
    {"title": "Image", "events": {"shot": {"forms": [{"contentType": "image/png"}]}}}
)


class Mute(wot.Thing, title="Mute"):
    """Nothing to follow."""

    @wot.property
    async def level(self) -> int:
        return 1


class Odd(wot.Thing, title="Odd"):
    """A name that the gap has already."""

    tick = wot.event(int, name="wot-gap")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ("sse",)),
        ({"subprotocols": "longpoll"}, ("longpoll",)),
        ({"subprotocols": ()}, ()),
        (
            {"subprotocols": ["longpoll", "webhook", "webthingprotocol", "sse"]},
            ("sse", "webthingprotocol", "webhook", "longpoll"),
        ),
    ],
)
def test_subprotocols(given: dict[str, Any], names: tuple[str, ...]) -> None:
    assert offer_of(given).subprotocols == names


def test_webhook_options() -> None:
    given = {"subprotocols": "webhook", "webhooks": {"private": True, "most": 3}}
    assert offer_of(given).webhooks == Rules(private=True, most=3)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"subprotocols": "ssse"}, "no subprotocol 'ssse'"),
        ({"profile": "basic"}, "no profile 'basic'"),
        ({"profile": "sse", "subprotocols": "longpoll"}, "profile='sse' is about"),
        ({"webhooks": {}}, "webhooks= is about"),
        ({"subprotocols": "webhook", "webhooks": True}, "should be a mapping"),
        ({"subprotocols": "webhook", "webhooks": {"public": 1}}, "no option 'public'"),
        ({"subprotocols": "webhook", "webhooks": {"private": 1}}, "private=1"),
        ({"subprotocols": "webhook", "webhooks": {"most": 0}}, "most=0"),
    ],
)
def test_options_that_are_none(given: dict[str, Any], told: str) -> None:
    with pytest.raises(wot.errors.WoTError, match=told):
        offer_of(given)


def _profiles(thing: wot.Thing, **options: Any) -> list[str]:
    td, offer = wot.things.exposed_of(thing).td, offer_of(options)
    found = claimed(td, forms("thing", td, offer), "http://127.0.0.1:8080/", offer.profiled)
    return [each.removeprefix(PLACE) for each in found if "basic" not in each]


def test_profiles_are_claimed_where_they_are_kept() -> None:
    both = {"profile": "sse", "subprotocols": ("sse", "webhook")}
    assert _profiles(Plain(), **both) == ["http-sse/v1", "http-webhook/v1"]
    assert _profiles(Plain(), subprotocols="webhook") == ["http-webhook/v1"]
    for thing in (Text(), Mute()):
        assert _profiles(thing, **both) == []
    assert _profiles(Odd(), **both) == ["http-webhook/v1"]  # a Link has any name, a line has not
    assert _profiles(Plain()) == _profiles(Plain(), subprotocols="longpoll") == []


def test_names_in_event_lines() -> None:
    assert is_line("level")
    assert is_line("Größe {1}")
    assert not any(map(is_line, ("wot-gap", "a\nb", "a\rb", "a\0b", " a")))


def test_what_is_no_text_is_carried_by_others() -> None:
    carried = {
        name: [form.subprotocol for _, _, form in forms("image", IMAGE, Offer((name,)))]
        for name in ("sse", "longpoll", "webhook")
    }
    assert carried == {"sse": [], "longpoll": ["longpoll"], "webhook": ["webhook"] * 2}
    assert list(unfollowed(IMAGE)) == ["events: 'shot' is image/png"]
    assert not list(unfollowed(IMAGE, Offer(("sse", "longpoll"))))
    assert not list(unfollowed(IMAGE, Offer(())))


def _told(td: ThingDescription) -> set[tuple[str, str, str]]:
    return {
        (name, op, form.get("subprotocol", ""))
        for kind in ("properties", "events")
        for name, affordance in td.json.get(kind, {}).items()
        for form in affordance["forms"]
        for op in form["op"]
        if op in ("observeproperty", "subscribeevent")
    }


@pytest.mark.parametrize("on", [(), ("sse",), ("longpoll",), ("webhook",), ("sse", "longpoll")])
async def test_what_is_off_is_neither_told_nor_served(on: tuple[str, ...]) -> None:
    async with wot.serve(Plain(), wot.endpoint(ANY, subprotocols=on)) as served:
        told = _told(served.descriptions[0])
        assert {via for _, _, via in told} == set(on)
        assert {name for name, _, _ in told} == ({"level", "tick"} if on else set())
        whole = {form.get("subprotocol", "") for form in served.descriptions[0].json["forms"]}
        assert whole - {""} == set(on) - {"longpoll"}
        url = served.urls[0]
        now = {"prefer": "wait=0"}
        found = {
            "sse": await ask(f"{url}/events/tick", "HEAD", accept="text/event-stream"),
            "longpoll": await ask(f"{url}/events/tick", accept="application/json", **now),
            "webhook": await ask(f"{url}/events/tick", "POST", b"{}"),
        }
        refused = {name for name, answer in found.items() if answer.status in (405, 406)}
        assert refused == set(found) - set(on)
        polled = await ask(f"{url}/properties/level/observable", **now)
        assert polled.status == (200 if "longpoll" in on else 404)
        observed = await ask(f"{url}/properties/level", "HEAD", accept="text/event-stream")
        assert observed.status == (200 if "sse" in on else 406)


async def test_the_order_of_forms() -> None:
    on = wot.endpoint(ANY, subprotocols=("longpoll", "webhook", "sse"))
    async with wot.serve(Plain(), on) as served:
        events = served.descriptions[0].json["events"]["tick"]["forms"]
        assert [form["subprotocol"] for form in events] == ["sse", "webhook", "webhook", "longpoll"]
        assert [form["href"] for form in events] == [
            "plain/events/tick",
            "plain/events/tick",
            "plain/subscriptions/{subscriptionID}",
            "plain/events/tick",
        ]
        observed = served.descriptions[0].json["properties"]["level"]["forms"]
        assert observed[-1]["href"] == "plain/properties/level/observable"


async def test_an_endpoint_refuses_what_it_does_not_know() -> None:
    with pytest.raises(wot.errors.WoTError, match="no subprotocol 'mqtt'"):
        async with wot.serve(Probe(), wot.endpoint(ANY, subprotocols="mqtt")):
            pass
