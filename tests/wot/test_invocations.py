"""Actions that are answered before they end: their record."""

import asyncio
import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import wot
from wot.content import JSON, Content
from wot.errors import (
    Conflict,
    HandlerError,
    InvalidInput,
    NotAllowed,
    NotFound,
    Unavailable,
    UnknownAffordance,
)
from wot.interaction import DONE, Interaction, Reply
from wot.lifecycle import running_of
from wot.td import Op
from wot.things import exposed_of

INVOKE, QUERY, CANCEL = Op.INVOKE_ACTION, Op.QUERY_ACTION, Op.CANCEL_ACTION


class Oven(wot.Thing, timeout=0.05):
    """Everything here takes as long as the test wants."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.free = threading.Event()
        self.cancelled: list[str] = []

    @wot.action(synchronous=False)
    async def heat(self, to: int) -> int:
        wot.progress(0.25, "warming up")
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.append("heat")
            raise
        return to

    @wot.action(synchronous=False)
    def grind(self) -> str:
        wot.progress(0.5, "in a thread")
        while not self.free.wait(0.005):
            if wot.cancelled():
                self.cancelled.append("grind")
                break
        return "ground"

    @wot.action(synchronous=False)
    def deaf(self) -> None:
        self.free.wait()

    @wot.action(synchronous=False)
    async def fail(self, kind: str) -> None:
        raise Conflict("the door is open") if kind == "conflict" else ValueError("the secret")

    @wot.action(synchronous=False, timeout=0.02)
    async def hurry(self) -> None:
        await self.go.wait()

    @wot.action(synchronous=False)
    async def stubborn(self) -> None:
        while not self.go.is_set():
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.cancelled.append("stubborn")

    @wot.action
    async def blink(self) -> None:
        wot.progress(0.5)

    @wot.property
    def temperature(self) -> float:
        return 20.0


@pytest.fixture
async def oven() -> Any:
    oven = Oven()
    yield oven
    oven.go.set()
    oven.free.set()
    await exposed_of(oven).end(1)


async def invoke(oven: Oven, name: str, payload: bytes | None = None) -> str:
    reply = await exposed_of(oven).request(
        Interaction(INVOKE, name, None if payload is None else Content(payload))
    )
    assert reply.content
    assert reply.content.type == JSON
    assert plain(reply)["href"] == reply.invocation
    return reply.invocation


def plain(reply: Reply) -> Any:
    assert reply.content
    return msgspec.json.decode(reply.content.body)


async def query(thing: wot.Thing, name: str, id: str, wait: float = 0.0) -> Any:
    asked = Interaction(QUERY, name, invocation=id, wait=wait)
    return plain(await exposed_of(thing).request(asked))


async def begun(thing: wot.Thing, name: str, id: str) -> None:
    """Wait until a handler has its turn."""
    async with asyncio.timeout(5):
        while (await query(thing, name, id))["status"] == "pending":  # noqa: ASYNC110 - of a thread
            await asyncio.sleep(0.002)


async def cancel(oven: Oven, name: str, id: str) -> Reply:
    return await exposed_of(oven).request(Interaction(CANCEL, name, invocation=id))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - threads have no Event here
            await asyncio.sleep(0.002)


async def test_an_invocation_from_beginning_to_end(oven: Oven) -> None:
    id = await invoke(oven, "heat", b'{"to": 200}')
    assert uuid.UUID(id).version == 4
    await asyncio.sleep(0)
    running = await query(oven, "heat", id)
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(time, running.pop("timeRequested"))
    assert running == {"status": "running", "href": id, "progress": 0.25, "message": "warming up"}
    oven.go.set()
    ended = await query(oven, "heat", id, wait=5)
    assert re.fullmatch(time, ended.pop("timeEnded"))
    assert (ended["status"], ended["output"]) == ("completed", 200)
    assert "timeEnded" in await query(oven, "heat", id)


async def test_a_query_waits_for_the_end_and_no_longer_than_asked(oven: Oven) -> None:
    id = await invoke(oven, "heat", b'{"to": 1}')
    assert (await query(oven, "heat", id, wait=0.01))["status"] == "running"
    waiting = asyncio.create_task(query(oven, "heat", id, wait=30))
    await asyncio.sleep(0)
    oven.go.set()
    async with asyncio.timeout(5):
        assert (await waiting)["status"] == "completed"


async def test_plain_methods_wait_for_their_turn(oven: Oven) -> None:
    first, second = await invoke(oven, "grind"), await invoke(oven, "grind")
    await begun(oven, "grind", first)
    assert (await query(oven, "grind", first))["message"] == "in a thread"
    assert (await query(oven, "grind", second))["status"] == "pending"
    oven.free.set()
    assert (await query(oven, "grind", second, wait=5))["output"] == "ground"


async def test_attached_functions_wait_for_their_turn() -> None:
    free = threading.Event()
    thing = wot.Thing.from_td(described(synchronous=False))

    @thing.on_invoke("drain")
    def drain() -> None:
        free.wait(5)

    exposed = exposed_of(thing)
    first = (await exposed.request(Interaction(INVOKE, "drain"))).invocation
    second = (await exposed.request(Interaction(INVOKE, "drain"))).invocation

    async def status(id: str, wait: float = 0.0) -> str:
        asked = Interaction(QUERY, "drain", invocation=id, wait=wait)
        found: str = plain(await exposed.request(asked))["status"]
        return found

    await begun(thing, "drain", first)
    assert (await status(first), await status(second)) == ("running", "pending")
    free.set()
    assert await status(second, 5) == "completed"


async def test_errors_are_problem_details_and_foreign_texts_stay(
    oven: Oven, caplog: pytest.LogCaptureFixture
) -> None:
    expected = await invoke(oven, "fail", b'{"kind": "conflict"}')
    error = (await query(oven, "fail", expected, wait=5))["error"]
    assert (error["type"], error["detail"]) == ("urn:isowot:problem:Conflict", "the door is open")
    assert not caplog.records
    bug = await invoke(oven, "fail", b'{"kind": "bug"}')
    status = await query(oven, "fail", bug, wait=5)
    assert status["status"] == "failed"
    assert status["error"]["type"] == "urn:isowot:problem:HandlerError"
    assert "secret" not in str(status)
    [record] = caplog.records
    assert record.exc_info
    assert "the secret" in str(record.exc_info[1])


async def test_only_its_own_time_limit_counts(oven: Oven) -> None:
    heat, hurry = await invoke(oven, "heat", b'{"to": 1}'), await invoke(oven, "hurry")
    failed = await query(oven, "hurry", hurry, wait=5)
    assert failed["error"]["type"] == "urn:isowot:problem:Unavailable"
    await asyncio.sleep(0.06)  # longer than the class lets others run
    assert (await query(oven, "heat", heat))["status"] == "running"


async def test_what_is_refused_is_refused_at_once(oven: Oven) -> None:
    with pytest.raises(InvalidInput):
        await invoke(oven, "heat", b'{"to": "high"}')


@pytest.mark.parametrize("name", ["heat", "grind"])
async def test_cancelling_reaches_the_handler_and_forgets(oven: Oven, name: str) -> None:
    id = await invoke(oven, name, b'{"to": 1}' if name == "heat" else None)
    await begun(oven, name, id)
    waiting = asyncio.create_task(query(oven, name, id, wait=30))
    await asyncio.sleep(0)
    assert await cancel(oven, name, id) is DONE
    await until(lambda: oven.cancelled == [name])
    for asked in (waiting, query(oven, name, id), cancel(oven, name, id)):
        with pytest.raises(NotFound):
            await asked


async def test_a_thread_that_hears_ends_by_itself_and_one_that_does_not_is_left(
    oven: Oven, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("wot.invocations._HEARING", 0.05)
    await cancel(oven, "grind", await started(oven, "grind"))
    assert oven.cancelled == ["grind"]
    assert not caplog.records
    await cancel(oven, "deaf", await started(oven, "deaf"))
    assert "its thread is abandoned" in caplog.text
    assert await oven.temperature.read() == 20.0


async def started(oven: Oven, name: str) -> str:
    id = await invoke(oven, name)
    await begun(oven, name, id)
    return id


async def test_cancelling_what_has_ended_forgets_it(oven: Oven) -> None:
    oven.go.set()
    id = await invoke(oven, "heat", b'{"to": 1}')
    await query(oven, "heat", id, wait=5)
    await cancel(oven, "heat", id)
    assert await everything(oven) == {}
    assert oven.cancelled == []


async def test_who_will_not_end_is_left(
    oven: Oven, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("wot.invocations._HEARING", 0.02)
    id = await invoke(oven, "stubborn")
    await asyncio.sleep(0)
    await cancel(oven, "stubborn", id)
    assert oven.cancelled == ["stubborn"]
    assert "goes on although it was cancelled" in caplog.text


async def everything(oven: Oven) -> Any:
    return plain(await exposed_of(oven).request(Interaction(Op.QUERY_ALL_ACTIONS)))


async def test_all_of_them_by_action_and_the_newest_first(oven: Oven) -> None:
    first, bad = (
        await invoke(oven, "heat", b'{"to": 1}'),
        await invoke(oven, "fail", b'{"kind": ""}'),
    )
    second = await invoke(oven, "heat", b'{"to": 2}')
    found = await everything(oven)
    assert {name: [s["href"] for s in several] for name, several in found.items()} == {
        "heat": [second, first],
        "fail": [bad],
    }


async def test_what_cannot_be_asked(oven: Oven) -> None:
    id = await invoke(oven, "heat", b'{"to": 1}')
    for name, invocation, error in (
        ("heat", "", NotFound),
        ("heat", "x" * 500, NotFound),
        ("grind", id, NotFound),
        ("blink", id, NotAllowed),
        ("nope", id, UnknownAffordance),
    ):
        with pytest.raises(error):
            await query(oven, name, invocation)
    lamp = exposed_of(Quiet())
    with pytest.raises(NotAllowed):
        await lamp.request(Interaction(Op.QUERY_ALL_ACTIONS))


class Quiet(wot.Thing):
    @wot.action
    async def blink(self) -> None:
        wot.progress(1)


async def test_stopping_a_thing_cancels_what_runs(oven: Oven) -> None:
    running = running_of(oven)
    await running.start()
    id = await invoke(oven, "heat", b'{"to": 1}')
    await asyncio.sleep(0)
    begun = asyncio.get_running_loop().time()
    await invoke(oven, "stubborn")
    await asyncio.sleep(0)
    await running.stop(1)
    assert asyncio.get_running_loop().time() - begun < 1
    assert "heat" in oven.cancelled
    status = await query(oven, "heat", id)
    assert (status["status"], status["error"]["detail"]) == (
        "failed",
        "the Thing was stopped before this action had ended",
    )


async def test_only_so_many_run_at_a_time(oven: Oven) -> None:
    made = [await invoke(oven, "heat", b'{"to": 1}') for _ in range(128)]
    with pytest.raises(Unavailable, match="128 invocations are running") as raised:
        await invoke(oven, "heat", b'{"to": 1}')
    assert raised.value.retry_after
    await cancel(oven, "heat", made[0])
    await invoke(oven, "heat", b'{"to": 1}')


@pytest.mark.parametrize("done", [0.5, 2, None, "half"])
async def test_progress_does_nothing_outside_of_an_invocation(oven: Oven, done: Any) -> None:
    wot.progress(done)
    await oven.blink()


def described(**terms: Any) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/2022/wot/td/v1.1",
        "title": "Tank",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "security": "nosec_sc",
        "actions": {"drain": {**terms, "forms": [{"href": "http://x/drain"}]}},
    }


@pytest.mark.parametrize(
    ("given", "told"), [({}, True), ({"synchronous": True}, True), ({"synchronous": False}, False)]
)
def test_things_from_tds_say_what_their_actions_are(given: dict[str, Any], told: bool) -> None:
    thing = wot.Thing.from_td(described(**given))
    assert exposed_of(thing).td.json["actions"]["drain"]["synchronous"] is told


def test_the_output_has_to_be_json() -> None:
    with pytest.raises(wot.errors.DefinitionError, match="cannot be image/png"):

        class _Camera(wot.Thing):
            @wot.action(synchronous=False, response_type="image/png")
            async def shoot(self) -> bytes:
                return b""


async def test_typed_handles_wait_for_the_end(oven: Oven) -> None:
    oven.go.set()
    assert await oven.heat(to=7) == 7
    with pytest.raises(Conflict, match="the door is open"):
        await oven.fail("conflict")
    with pytest.raises(HandlerError):
        await oven.fail("bug")


async def test_who_is_cancelled_while_waiting_cancels_the_action(oven: Oven) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await oven.heat(to=7)
    assert oven.cancelled == ["heat"]
    assert await everything(oven) == {}
