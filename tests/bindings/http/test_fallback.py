"""Several forms: the next one where one cannot be reached, and never after a request was sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import wot
from wot.errors import ConnectError, ProtocolError

from .foreign import Foreign, Harness, bytes_then_end, ok, streaming, td
from .wire import free_port, taken

INTEGER = {"type": "integer"}


@contextmanager
def full() -> Iterator[str]:
    """An address that neither accepts nor refuses: its queue is full, as if the machine were off."""
    with socket.socket() as listening, socket.socket() as one, socket.socket() as two:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for sock in (one, two):
            sock.setblocking(False)
            sock.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_the_next_form_when_one_refuses_connections(there: Harness) -> None:
    there.foreign.answers.update({"/p": ok(b"1"), "/e": streaming(b"id: 1\ndata: 1\n\n")})
    gone = f"http://127.0.0.1:{free_port()}"
    forms = [{"href": gone + "/p"}, {"href": "http://no.such.host.invalid/p"}, {"href": "/p"}]
    thing = await there.property(*forms)
    assert await thing.read("p") == 1
    await thing.write("p", 1)
    streams = [{"href": gone, "subprotocol": "sse"}, {"href": "/e", "subprotocol": "sse"}]
    thing = await there.event(*streams)
    async with thing.subscribe("e") as events:
        assert await taken(events, 1) == [1]


async def test_the_next_form_when_a_machine_is_off(foreign: Foreign) -> None:
    foreign.answers["/p"] = ok(b"1")
    with full() as off:
        forms = [{"href": f"{off}/p"}, {"href": f"{foreign.url}/p"}]
        document = td(properties={"p": {"forms": forms}})
        async with wot.consume(document, timeout=1) as thing:
            assert await thing.read("p") == 1


async def test_a_machine_that_is_off_cannot_be_reached() -> None:
    with full() as off:
        document = td(properties={"p": {"forms": [{"href": f"{off}/p"}]}})
        async with wot.consume(document, timeout=0.3) as thing:
            with pytest.raises(ConnectError, match="cannot be reached"):
                await thing.read("p")


async def test_when_none_is_there_the_last_one_says_so(there: Harness) -> None:
    ports = free_port(), free_port()
    thing = await there.property(*({"href": f"http://127.0.0.1:{port}/p"} for port in ports))
    with pytest.raises(ConnectError, match=str(ports[1])) as error:
        await thing.read("p")
    assert error.value.hint


@pytest.mark.parametrize(
    "answer",
    [bytes_then_end(b""), bytes_then_end(b"garbage\r\n\r\n"), bytes_then_end(ok(b"123")[:-1])],
    ids=["closed", "garbage", "truncated"],
)
async def test_not_the_next_form_once_the_request_was_sent(there: Harness, answer: Any) -> None:
    """Whoever got it may have done it."""
    there.foreign.answers.update({"/one": answer, "/two": ok(b"2")})
    forms = [{"href": "/one"}, {"href": "/two"}]
    with pytest.raises(ProtocolError):
        await (await there.action(*forms, output=INTEGER)).invoke("a")
    with pytest.raises(ProtocolError):
        await (await there.property(*forms)).write("p", 1)
    assert there.seen.count("POST /one") == 1
    assert set(there.seen) == {"POST /one", "PUT /one"}, "a PUT may be repeated, RFC 9110 9.2.2"


async def test_not_the_next_form_when_the_first_one_refuses(there: Harness) -> None:
    there.foreign.answers.update({"/one": ok(status="409 Conflict"), "/two": ok(b"2")})
    thing = await there.property({"href": "/one"}, {"href": "/two"})
    with pytest.raises(wot.errors.Conflict):
        await thing.read("p")
    assert there.seen == ["GET /one"]


async def test_an_action_is_never_sent_twice(there: Harness) -> None:
    """On a connection that was kept open, a library may try again by itself."""
    there.foreign.answers["/a"] = [ok(b"1"), bytes_then_end(b""), ok(b"1")]
    thing = await there.action({"href": "/a"}, output=INTEGER)
    assert await thing.invoke("a") == 1
    with pytest.raises(ProtocolError):
        await thing.invoke("a")
    assert len(there.seen) == 2
