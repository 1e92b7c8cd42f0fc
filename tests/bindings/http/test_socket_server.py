"""Messages of a WebSocket are requests: limits hold for them, the log has them, media types are chosen."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

import wot
from wot.content import Content
from wot.interaction import Reply
from wot.td import Op

from .socket_peer import Fake, Peer, endpoint, peer, serving
from .test_limits import Limited, limited
from .things import Probe
from .wire import ask, until

ID, CHOICE = "urn:test:waiting", "urn:test:choice"
SPOKEN = {"subprotocols": ("sse", "webthingprotocol")}


def refusal(answer: dict[str, Any]) -> tuple[int, float]:
    return answer["error"]["status"], answer["error"]["retryAfter"]


async def slow(us: Peer, here: Limited, number: int) -> None:
    """Have so many requests run."""
    before = here.thing.inside
    for _ in range(number):
        await us.send("readproperty", "slow")
    await until(lambda: here.thing.inside == before + number)


async def test_messages_are_requests_of_their_client() -> None:
    async with (
        limited(max_per_client=3, **SPOKEN) as here,
        peer(here.url, ID) as us,
        peer(here.url, ID) as more,
    ):
        await slow(us, here, 3)
        assert here.limits.running == 3
        for each in (us, more):
            assert refusal(await each.ask("readproperty", "level")) == (429, 1)
        here.thing.go.set()
        await until(lambda: here.limits.running == 0)
        assert (await us.ask("readproperty", "level"))["value"] == 5


async def test_messages_are_requests_of_all() -> None:
    async with limited(max_running=2, max_per_client=10, **SPOKEN) as here:
        async with peer(here.url, ID) as us:
            await slow(us, here, 2)
            assert refusal(await us.ask("readproperty", "level")) == (503, 1)
            assert (await ask(f"{here.url}/properties/level")).status == 503
        # The socket has gone, its handlers have not.
        await until(lambda: here.limits.streams == 0)
        assert (here.thing.inside, here.limits.running) == (2, 2)
        assert (await ask(f"{here.url}/properties/level")).status == 503


async def test_messages_in_a_second() -> None:
    async with limited(requests_per_second=10, **SPOKEN) as here:
        async with peer(here.url, ID) as us:
            answers = [await us.ask("readproperty", "level") for _ in range(30)]
            late = [answer for answer in answers if "error" in answer]
            assert 10 < len(late) <= 20
            assert late[-1]["error"]["status"] == 429
            assert late[-1]["error"]["retryAfter"] > 0
            await us.socket.send("no message")  # is one request more
            assert (await us.next())["error"]["status"] == 429
        await until(lambda: here.limits.connections == 0)
        await asyncio.sleep(1.2)  # what is owed is forgotten with time
        here.limits.tidy()


async def test_subscriptions_are_streams() -> None:
    async with limited(max_streams=3, max_per_client=3, **SPOKEN) as here:
        async with peer(here.url, ID) as us:
            await us.ask("observeproperty", "level")
            await us.ask("observeproperty", "level")  # in place of the first
            assert here.counts() == (1, 2, 0)
            await us.ask("observeproperty", "shade")
            assert here.limits.streams == 3
            assert refusal(await us.ask("observeproperty", "hue")) == (503, 1)
            await us.ask("observeproperty", "shade")
            await us.ask("observeallproperties")  # in place of both
            assert here.limits.streams == 2
            await us.ask("unobserveallproperties")
            assert here.limits.streams == 1
            await us.ask("observeproperty", "hue")
        await until(lambda: here.counts() == (0, 0, 0))


async def test_each_message_has_its_line(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("wot.access").setLevel(logging.NOTSET)

    def lines() -> list[dict[str, Any]]:
        texts = [r.getMessage() for r in caplog.records if r.name == "wot.access"]
        assert all(text.isprintable() for text in texts)
        return [json.loads(text) for text in texts]

    try:
        async with wot.serve(Probe(), endpoint(access_log=True)) as served:
            async with peer(served.urls[0]) as us:
                answer = await us.ask("readproperty", "level")
                await us.ask("readproperty", "SECRET\u2028")
                await us.ask("SECRET")
                await us.ask("subscribeevent", "tick")
                await us.ask("unsubscribeevent", "tick")
                await us.socket.send("SECRET")
                await us.next()
                await until(lambda: len(lines()) == 6)
            await until(lambda: len(lines()) == 7)
    finally:
        logging.getLogger("wot.access").setLevel(logging.NOTSET)
    found = lines()
    assert "SECRET" not in json.dumps(found)
    assert [(line["status"], line.get("op"), line.get("name")) for line in found] == [
        (200, "readproperty", "level"),
        (404, "readproperty", None),
        (400, None, None),
        (200, "subscribeevent", "tick"),
        (200, "unsubscribeevent", "tick"),
        (400, None, None),
        (101, None, None),
    ]
    assert {(line["client"], line["path"], line["thing"]) for line in found} == {
        ("127.0.0.1", "/probe", "probe")
    }
    assert found[0]["bytes"] == len(json.dumps(answer, separators=(",", ":")))
    assert all(line["ms"] >= 0 for line in found)


class Choice(wot.Thing, title="Choice", id=CHOICE):
    """Of several media types, of which JSON is not the first."""

    kept = wot.stored(1, content_type=["application/cbor", "application/json"])
    texts = wot.stored("a", content_type=["text/plain", "application/json"])

    @wot.property(content_type=["application/cbor", "application/json"])
    async def read(self) -> dict[str, int]:
        return {"a": 1}

    @wot.action(response_type=["application/cbor", "application/json"])
    async def ask(self) -> list[int]:
        return [1, 2]


async def test_json_is_asked_for_where_there_is_a_choice() -> None:
    async with wot.serve(Choice(), endpoint()) as served, peer(served.urls[0], CHOICE) as us:
        assert (await us.ask("readproperty", "read"))["value"] == {"a": 1}
        assert (await us.ask("readproperty", "kept"))["value"] == 1
        assert (await us.ask("readproperty", "texts"))["value"] == "a"
        assert (await us.ask("invokeaction", "ask"))["output"] == [1, 2]
        assert "error" not in await us.ask("writeproperty", "kept", value=2)
        assert "error" not in await us.ask("observeproperty", "kept")
        assert (await us.next())["value"] == 2


async def test_streams_in_something_else_are_not_offered() -> None:
    """There is no choice for streams: they are told in the first media type that is text."""
    async with wot.serve(Choice(), endpoint()) as served:
        td = (await ask(served.urls[0])).json
        ops = {
            name: [
                op for f in td["properties"][name]["forms"] if "ws:" in f["href"] for op in f["op"]
            ]
            for name in ("kept", "texts")
        }
        assert "observeproperty" in ops["kept"]
        assert ops["texts"] == ["readproperty", "writeproperty"]
        async with peer(served.urls[0], CHOICE) as us:
            assert (await us.ask("observeproperty", "texts"))["error"]["status"] == 405


@pytest.mark.parametrize(("own", "status"), [(True, 500), (False, 502)])
async def test_who_is_to_blame(own: bool, status: int) -> None:
    """What a Thing of ours gives is no fault of another side."""
    fake = Fake()
    fake.own = own  # type: ignore[attr-defined]
    fake.replies[Op.READ_PROPERTY] = Reply(Content(b"[", "application/json"))
    async with serving(fake) as url, peer(url, "urn:test:fake") as us:
        assert (await us.ask("readproperty", "a"))["error"]["status"] == status
        await us.ask("observeproperty", "a")
        fake.streams[0].feed(1)
        await us.next()
        fake.streams[0].give(Content(b"[", "application/json"))
        assert (await us.next())["error"]["status"] == status


def test_things_of_ours_say_so() -> None:
    from wot.consumed import ConsumedThing
    from wot.exposed import ExposedThing

    assert ExposedThing.own
    assert not hasattr(ConsumedThing, "own")
