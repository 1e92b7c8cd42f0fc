"""Streams of bytes: server-sent events are text, so that the TD offers no such stream."""

from __future__ import annotations

import asyncio

import pytest

import wot
from wot.td import TD_11, Json

from .foreign import Foreign, ok, silence, td
from .things import ANY
from .wire import ask

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"


def camera(media_type: str) -> wot.DescribedThing:
    """A Thing that shows and sends what it sees, as `media_type`, and counts as JSON."""
    form = [{"href": "x", "contentType": media_type}]
    made: Json = {
        "@context": TD_11,
        "title": "Camera",
        "securityDefinitions": {"none": {"scheme": "nosec"}},
        "security": "none",
        "properties": {"view": {"readOnly": True, "observable": True, "forms": form}},
        "events": {
            "shot": {"data": {"type": "string"}, "forms": form},
            "count": {"data": {"type": "integer"}, "forms": [{"href": "x"}]},
        },
    }
    return wot.Thing.from_td(made)


@pytest.mark.parametrize(
    "media_type", ["image/png", "application/octet-stream", "text/plain;charset=latin-1"]
)
async def test_bytes_are_not_offered_as_a_stream(
    media_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    thing = camera(media_type)
    thing.on_read("view", lambda: PNG)
    async with wot.serve(thing, ANY) as served:
        answer = await ask(f"{served.urls[0]}/events/shot", accept="text/event-stream")
        json = (await ask(served.urls[0])).json
    assert answer.status == 405
    assert set(json["events"]) == {"count"}
    assert "observable" not in json["properties"]["view"]
    assert [form["op"] for form in json["properties"]["view"]["forms"]] == [["readproperty"]]
    assert "'shot' is " + media_type in caplog.text
    assert "nobody can follow it here" in caplog.text


async def test_what_is_text_is_offered() -> None:
    async with wot.Servient() as servient:
        for media_type in ("application/xml", "text/csv", "application/senml+json"):
            async with servient.serve(camera(media_type), ANY) as served:
                json = (await ask(served.urls[0])).json
                assert set(json["events"]) == {"shot", "count"}
                assert json["properties"]["view"]["observable"] is True


async def test_a_gateway_reads_the_bytes_and_offers_no_stream_of_them(
    foreign: Foreign, servient: wot.Servient, caplog: pytest.LogCaptureFixture
) -> None:
    """The device sends its shots by long polling, which no endpoint of ours speaks."""
    kind = {"contentType": "image/png"}
    described = td(
        foreign.url,
        properties={
            "view": {
                "readOnly": True,
                "observable": True,
                "forms": [
                    {"href": "/view", "op": "readproperty", **kind},
                    {"href": "/later", "op": "observeproperty", "subprotocol": "longpoll", **kind},
                ],
            }
        },
        events={"shot": {"forms": [{"href": "/shot", "subprotocol": "longpoll", **kind}]}},
    )
    foreign.answers["/view"] = ok(PNG, "image/png")
    foreign.answers["/shot"] = [ok(PNG, "image/png"), silence]
    device = await servient.consume(described)
    async with device.subscribe("shot") as shots, asyncio.timeout(5):
        assert await anext(shots) == PNG
    async with servient.serve(device, ANY) as served:
        json = (await ask(served.urls[0])).json
        assert "events" not in json
        assert "observable" not in json["properties"]["view"]
        through = await servient.consume(served.urls[0])
        assert await through.read("view") == PNG
        with pytest.raises(wot.errors.UnknownAffordance):
            async with through.subscribe("shot"):
                pass
    assert "image/png" in caplog.text
