"""Waiting for what was started elsewhere, watching and cancelling it."""

import asyncio
import gc
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from wot import started
from wot.binding import Client
from wot.consumed import ConsumedThing
from wot.content import Content
from wot.errors import (
    Conflict,
    ConnectError,
    HandlerError,
    NotAllowed,
    NotFound,
    ProtocolError,
    Timeout,
    Unavailable,
)
from wot.interaction import DONE, ActionStatus, Interaction, OpenStream, Reply
from wot.references import References
from wot.td import Form, Op, ThingDescription

INVOKE, QUERY, CANCEL = Op.INVOKE_ACTION, Op.QUERY_ACTION, Op.CANCEL_ACTION
RUNNING = b'{"status": "running"}'


class Scripted(Client):
    """Answers what it is told to, by operation; the last answer again and again."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.asked: list[Interaction] = []
        self.times: list[float] = []

    def count(self, op: Op) -> int:
        return sum(asked.op is op for asked in self.asked)

    async def request(self, form: Form, interaction: Interaction) -> Reply:
        self.asked.append(interaction)
        self.times.append(time.monotonic())
        given = self.answers.get(interaction.op.removesuffix("action"), [None])
        answer = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = await answer(interaction)
        if isinstance(answer, tuple):
            return Reply(Content(answer[0]), answer[1])
        return DONE if answer is None else Reply(Content(answer))

    async def stream(self, form: Form, interaction: Interaction) -> OpenStream:
        raise AssertionError("nothing is streamed here")

    async def fetch(self, url: str) -> tuple[bytes, str]:
        raise AssertionError("nothing is fetched here")

    async def close(self) -> None: ...


def thing(client: Client, patience: float = 5, **terms: Any) -> ConsumedThing:
    action = {**terms, "forms": [{"href": "x"}]}
    td = ThingDescription({"title": "Oven", "base": "http://h/", "actions": {"heat": action}})
    return ConsumedThing(td, lambda _scheme: client, patience=patience)


def completed(output: bytes) -> bytes:
    return b'{"status": "completed", "output": %s}' % output


ASYNC = pytest.mark.parametrize("terms", [{"synchronous": False}, {"synchronous": True}, {}])


@ASYNC
async def test_invoke_waits_for_the_end_whatever_the_td_says(terms: dict[str, Any]) -> None:
    client = Scripted(invoke=[(RUNNING, "/runs/1")], query=[RUNNING, RUNNING, completed(b"7")])
    assert await thing(client, **terms).invoke("heat") == 7
    assert client.count(QUERY) == 3
    assert {asked.invocation for asked in client.asked[1:]} == {"/runs/1"}
    assert all(asked.wait > 1 for asked in client.asked[1:])


@ASYNC
async def test_an_answer_at_once_is_the_output(terms: dict[str, Any]) -> None:
    client = Scripted(invoke=[b"7"])
    oven = thing(client, **terms)
    assert await oven.invoke("heat") == 7
    assert await (await oven.start("heat")).result() == 7
    assert client.count(QUERY) == 0


async def test_pauses_grow_where_the_other_side_does_not_wait() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[RUNNING] * 5 + [completed(b"1")])
    await thing(client, synchronous=False).invoke("heat")
    gaps = [b - a for a, b in zip(client.times[1:], client.times[2:], strict=False)]
    assert gaps[0] >= 0.04
    assert gaps[-1] > 2 * gaps[0]


async def test_one_that_waits_is_asked_again_at_once() -> None:
    async def wait(_interaction: Interaction) -> bytes:
        await asyncio.sleep(0.06)
        return RUNNING

    client = Scripted(invoke=[(RUNNING, "1")], query=[wait, wait, wait, completed(b"1")])
    begun = time.monotonic()
    await thing(client, synchronous=False).invoke("heat")
    assert time.monotonic() - begun < 0.3


async def test_the_error_is_the_one_that_it_failed_with() -> None:
    problem = {"type": "urn:isowot:problem:Conflict", "detail": "the door is open"}
    failed = msgspec.json.encode({"status": "failed", "error": problem})
    for client in (
        Scripted(invoke=[(RUNNING, "1")], query=[failed]),
        Scripted(invoke=[(failed, "1")]),
    ):
        with pytest.raises(Conflict, match="the door is open"):
            await thing(client, synchronous=False).invoke("heat")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (b'{"status": "failed"}', "it ended as 'failed'"),
        (b'{"status": "error", "error": "boom"}', "boom"),
        (b'{"status": "cancelled", "log": []}', "it ended as 'cancelled'"),
    ],
)
async def test_words_of_others_for_failures(said: bytes, text: str) -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[said])
    with pytest.raises(HandlerError, match=text):
        await thing(client).invoke("heat")


@pytest.mark.parametrize(
    ("body", "known"),
    [
        (b'{"status": "created"}', ActionStatus("pending")),
        (b'{"status": "running", "progress": 0.5}', ActionStatus("running", progress=0.5)),
        (b'{"status": "running", "progress": 50}', ActionStatus("running")),
        (b'{"status": "running", "progress": true}', ActionStatus("running")),
        (b'{"status": "running", "href": 5, "output": 1}', ActionStatus("running")),
        (b'{"status": "ok"}', None),
        (b'{"status": 5}', None),
        (b"{}", None),
        (b"[1]", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (b'{"status": "failed", "error": ' + b"[" * 5000 + b"]" * 5000 + b"}", None),
    ],
)
def test_statuses_are_read_tolerantly(body: bytes, known: ActionStatus | None) -> None:
    assert ActionStatus.read(Content(body)) == known


async def test_a_lost_connection_is_tried_again_for_some_time() -> None:
    lost = [ConnectError("gone"), Timeout("late"), Unavailable("busy"), ProtocolError("broken")]
    client = Scripted(invoke=[(RUNNING, "1")], query=[*lost, completed(b"7")])
    assert await thing(client, synchronous=False).invoke("heat") == 7


async def test_and_no_longer() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[ConnectError("gone")])
    with pytest.raises(ConnectError, match="gone"):
        await thing(client, patience=0.2, synchronous=False).invoke("heat")
    assert client.count(QUERY) > 2


async def test_what_is_no_status_is_an_error_at_last() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[b"5"])
    with pytest.raises(ProtocolError, match="no status"):
        await thing(client, patience=0.1).invoke("heat")


@ASYNC
async def test_who_is_cancelled_while_waiting_cancels_there(terms: dict[str, Any]) -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[RUNNING])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await thing(client, **terms).invoke("heat")
    assert client.asked[-1].op is CANCEL
    assert client.asked[-1].invocation == "1"


async def test_a_handle_watches() -> None:
    half = b'{"status": "running", "progress": 0.5, "message": "hot"}'
    client = Scripted(invoke=[(RUNNING, "1")], query=[half, completed(b"7")])
    begun = await thing(client, synchronous=False).start("heat")
    assert (begun.progress, begun.message) == (None, "")
    assert (await begun.status()).status == "running"
    assert (begun.progress, begun.message) == (0.5, "hot")
    assert await begun.result() == 7
    assert await begun.result() == 7
    assert (await begun.status()).status == "completed"
    assert client.count(QUERY) == 2
    assert repr(begun) == "<Invocation 'heat' completed>"


async def test_a_handle_cancels_once_and_for_all() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[RUNNING])
    begun = await thing(client, synchronous=False).start("heat")
    await begun.cancel()
    await begun.cancel()
    assert client.count(CANCEL) == 1
    with pytest.raises(NotFound):
        await begun.result()


async def test_leaving_a_result_does_not_cancel() -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[RUNNING])
    begun = await thing(client, synchronous=False).start("heat")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await begun.result()
    assert client.count(CANCEL) == 0


async def test_a_refusal_is_raised_by_start() -> None:
    with pytest.raises(Conflict):
        await thing(Scripted(invoke=[Conflict("no")]), synchronous=False).start("heat")


def waiting(go: asyncio.Event) -> Callable[[Interaction], Any]:
    async def answer(_interaction: Interaction) -> bytes:
        await go.wait()
        return b"7"

    return answer


async def test_a_synchronous_action_is_waited_for_by_a_task() -> None:
    go = asyncio.Event()
    oven = thing(Scripted(invoke=[waiting(go)]))
    begun = await oven.start("heat")
    assert (await begun.status()).status == "running"
    go.set()
    assert await begun.result() == 7
    assert (await begun.status()).status == "completed"
    cancelled = await thing(Scripted(invoke=[waiting(asyncio.Event())])).start("heat")
    await asyncio.sleep(0)
    await cancelled.cancel()
    assert (await cancelled.status()).status == "failed"
    with pytest.raises(NotFound, match="was cancelled"):
        await cancelled.result()


async def test_an_error_of_a_synchronous_action_is_for_who_asks() -> None:
    begun = await thing(Scripted(invoke=[Conflict("no")])).start("heat")
    with pytest.raises(Conflict):
        await begun.result()
    assert (await begun.status()).status == "failed"


async def test_progress_is_seen_where_the_td_says_nothing() -> None:
    half = b'{"status": "running", "progress": 0.5}'
    client = Scripted(invoke=[(RUNNING, "1")], query=[half])
    begun = await thing(client).start("heat")
    async with asyncio.timeout(5):
        while begun.progress is None:  # noqa: ASYNC110 - what others say
            await asyncio.sleep(0.005)
    assert begun.progress == 0.5
    await begun.cancel()
    assert client.asked[-1].op is CANCEL


async def test_a_handle_that_is_dropped_goes_on() -> None:
    go = asyncio.Event()
    client = Scripted(invoke=[waiting(go)])
    await thing(client).start("heat")
    await asyncio.sleep(0)
    gc.collect()
    assert client.count(INVOKE) == 1
    assert len(started._tasks) == 1
    go.set()
    async with asyncio.timeout(5):
        while started._tasks:  # noqa: ASYNC110 - of others
            await asyncio.sleep(0)


async def test_ids_are_our_own() -> None:
    client = Scripted(invoke=[(RUNNING, "http://device/runs/1")], query=[RUNNING])
    oven = thing(client, synchronous=False)
    reply = await oven.request(Interaction(INVOKE, "heat"))
    assert "device" not in reply.invocation
    status = ActionStatus.read(reply.content)
    assert status
    assert status.href == reply.invocation
    for id, name in (("http://device/runs/1", "heat"), (reply.invocation, "cool")):
        with pytest.raises(NotFound):
            await oven.request(Interaction(QUERY, name, invocation=id))
    with pytest.raises(NotAllowed):
        await oven.request(Interaction(QUERY, "heat"))
    assert client.count(QUERY) == 0
    await oven.request(Interaction(CANCEL, "heat", invocation=reply.invocation))
    with pytest.raises(NotFound):
        await oven.request(Interaction(QUERY, "heat", invocation=reply.invocation))


async def test_only_so_many_are_known() -> None:
    record, client = References(kept=3), Scripted()
    made = [
        record.started(client, Form({"href": "x"}), "heat", Reply(Content(RUNNING), str(number)))
        for number in range(5)
    ]
    assert len(record) == len(record._ids) == 3
    with pytest.raises(NotFound):
        await record.request(Interaction(QUERY, "heat", invocation=made[0].invocation))


async def test_an_end_where_the_td_says_there_is_none_yet() -> None:
    """A Thing that answers with the output although its TD says `synchronous: false` is served again as it says."""
    oven = thing(Scripted(invoke=[b"7"]), synchronous=False)
    reply = await oven.request(Interaction(INVOKE, "heat"))
    answer = await oven.request(Interaction(QUERY, "heat", invocation=reply.invocation))
    status = ActionStatus.read(answer.content)
    assert status
    assert (status.status, bytes(status.output or b"")) == ("completed", b"7")
    await oven.request(Interaction(CANCEL, "heat", invocation=reply.invocation))
    with pytest.raises(NotFound):
        await oven.request(Interaction(QUERY, "heat", invocation=reply.invocation))


async def test_where_there_is_no_list_those_from_here_are_listed() -> None:
    early, late = (
        b'{"status": "running", "timeRequested": "2026-01-01T00:00:0%d.000Z"}' % n for n in (1, 2)
    )
    client = Scripted(
        invoke=[(RUNNING, "1"), (RUNNING, "2"), (RUNNING, "3")], query=[late, early, NotFound("x")]
    )
    oven = thing(client, synchronous=False)
    begun = [await oven.start("heat") for _ in range(3)]
    found = await oven.invocations()
    assert [status.time_requested[-6:] for status in found["heat"]] == ["2.000Z", "1.000Z"]
    assert len(begun) == 3


@pytest.mark.parametrize("said", [b"7", b'{"status": "strange"}', b"["])
async def test_what_is_no_status_is_not_asked_for_again(said: bytes) -> None:
    client = Scripted(invoke=[(RUNNING, "1")], query=[RUNNING, said])
    with pytest.raises(ProtocolError, match="is no status"):
        await thing(client, patience=60, synchronous=False).invoke("heat")
    assert client.count(QUERY) == 2


async def test_who_no_longer_speaks_the_protocol_is_not_waited_for_as_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(started, "_ODD", 0.1)
    client = Scripted(invoke=[(RUNNING, "1")], query=[ProtocolError("redirects to others")])
    async with asyncio.timeout(5):
        with pytest.raises(ProtocolError, match="redirects"):
            await thing(client, patience=60, synchronous=False).invoke("heat")
    assert client.count(QUERY) > 1
