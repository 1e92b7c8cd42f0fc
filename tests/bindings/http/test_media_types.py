"""Several media types for one affordance: negotiated, advertised, chosen, and passed through a gateway."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import cbor2
import pytest

import wot
from wot.errors import DefinitionError, NotAcceptable
from wot.interaction import Interaction
from wot.td import Op, validate

from .foreign import Foreign, Harness, ok
from .things import ANY
from .wire import ask

JSON, CBOR, TEXT = "application/json", "application/cbor", "text/plain"


class Meter(wot.Thing):
    kept = wot.stored(1.5, content_type=(JSON, CBOR, TEXT))
    first_cbor: wot.Stored[dict[str, int]] = wot.stored({}, content_type=(CBOR, JSON))

    @wot.property(content_type=[JSON, CBOR], observable=True)
    def level(self) -> int:
        return 7

    @wot.action(content_type=(JSON, CBOR))
    def double(self, x: int) -> int:
        return 2 * x

    @wot.action(content_type=JSON, response_type=(TEXT, CBOR))
    def say(self, x: int) -> str:
        return "x" * x


@pytest.fixture(params=["device", "gateway"])
async def there(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    async with wot.serve(Meter(), ANY) as served, wot.Servient() as servient:
        if request.param == "device":
            yield served.urls[0]
            return
        far = await servient.consume(served.urls[0])
        async with servient.serve(far, ANY) as again:
            yield again.urls[0]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", JSON),
        ("*/*", JSON),
        (CBOR, CBOR),
        (TEXT, TEXT),
        (f"{CBOR};q=0.5, {TEXT}", TEXT),
        (f"{CBOR}, */*;q=0.1", CBOR),
        ("application/*", JSON),
        (f"{JSON};q=0.2, application/*", CBOR),
    ],
)
async def test_what_is_wanted_most_is_given(there: str, accept: str, kind: str) -> None:
    answer = await ask(f"{there}/properties/kept", accept=accept)
    assert answer.headers["content-type"] == kind
    read = {JSON: json.loads, CBOR: cbor2.loads, TEXT: json.loads}[kind]
    assert read(answer.body) == 1.5


async def test_what_is_not_offered_is_406(there: str) -> None:
    answer = await ask(f"{there}/properties/kept", accept="image/png")
    assert answer.problem == (406, "NotAcceptable")
    assert CBOR in answer.json["detail"]


async def test_any_of_them_is_taken(there: str) -> None:
    url = f"{there}/properties/kept"
    for kind, body in ((CBOR, cbor2.dumps(2.5)), (TEXT, b"2.5"), (JSON, b"2.5")):
        assert (await ask(url, "PUT", body, content_type=kind)).status == 204
        assert (await ask(url)).json == 2.5
    answer = await ask(url, "PUT", b"2.5", content_type="application/xml")
    assert answer.problem == (415, "UnsupportedContent")


async def test_actions_take_one_and_give_another(there: str) -> None:
    url = f"{there}/actions/double"
    answer = await ask(url, "POST", cbor2.dumps({"x": 4}), content_type=CBOR, accept=JSON)
    assert (answer.headers["content-type"], answer.json) == (JSON, 8)
    answer = await ask(url, "POST", b'{"x":4}', accept=CBOR)
    assert (answer.headers["content-type"], cbor2.loads(answer.body)) == (CBOR, 8)
    answer = await ask(f"{there}/actions/say", "POST", b'{"x":2}')
    assert (answer.headers["content-type"], answer.body) == (TEXT, b"xx")


async def test_the_td_has_a_form_for_each(there: str) -> None:
    td = (await ask(there)).json
    forms = td["properties"]["level"]["forms"]
    assert [(form["contentType"], form.get("subprotocol")) for form in forms] == [
        (JSON, None),
        (CBOR, None),
        (JSON, "sse"),
    ]
    forms = td["actions"]["say"]["forms"]
    assert [(form.get("contentType", JSON), form["response"]) for form in forms] == [
        (JSON, {"contentType": TEXT}),
        (JSON, {"contentType": CBOR}),
    ]
    assert not [finding for finding in validate(td) if finding.severity == "error"]


async def test_streams_are_told_in_the_first_that_is_text(there: str) -> None:
    async with wot.Servient() as servient:
        thing = await servient.consume(there)
        async with thing.observe("first_cbor") as values:
            assert await anext(values) == {}
            await thing.write("first_cbor", {"a": 1})
            assert await anext(values) == {"a": 1}


async def test_things_of_a_description_offer_them_all(there: str) -> None:
    async with wot.Servient() as servient:
        made = (await servient.consume(there)).description
    thing = wot.Thing.from_td(made)
    for name in thing.actions:
        thing.on_invoke(name, lambda _value: 3)
    thing.on_read("kept", lambda: 2.5)
    thing.on_write("kept", lambda _value: None)
    async with wot.serve(thing, ANY) as served:
        assert served.descriptions[0].json["properties"] == made.json["properties"]
        answer = await ask(f"{served.urls[0]}/properties/kept", accept=CBOR)
        assert cbor2.loads(answer.body) == 2.5


async def test_a_client_takes_the_first_form_that_it_understands(there: str) -> None:
    async with wot.Servient() as servient:
        thing = await servient.consume(there)
        reply = await thing.request(Interaction(Op.READ_PROPERTY, "kept", accept=(CBOR,)))
        assert reply.content is not None
        assert reply.content.type == CBOR


async def test_forms_that_nobody_understands_come_last(there_far: Harness) -> None:
    forms = [{"href": "/odd", "contentType": "image/x-odd"}, {"href": "/x"}]
    there_far.foreign.answers["/x"] = ok(b"5")
    thing = await there_far.property(*forms)
    assert await thing.read("p") == 5


@pytest.fixture
def there_far(foreign: Foreign, servient: wot.Servient) -> Harness:
    return Harness(foreign, servient)


async def test_the_thing_itself_refuses_what_it_cannot_give() -> None:
    from wot.things import exposed_of

    meter = exposed_of(Meter())
    with pytest.raises(NotAcceptable, match="level"):
        await meter.request(Interaction(Op.READ_PROPERTY, "level", accept=("image/png",)))


@pytest.mark.parametrize(
    ("types", "reason"),
    [((JSON, "image/png"), "image/png"), ((JSON, JSON), "twice")],
)
def test_types_that_cannot_be_together(types: tuple[str, ...], reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):

        class Wrong(wot.Thing):
            level = wot.stored(1, content_type=types)


async def test_another_accept_under_the_same_id_is_a_conflict() -> None:
    async with wot.serve(Meter(), ANY) as served:
        href = f"{served.urls[0]}/actions/double"
        given = {"idempotency-key": "a", "content-type": JSON}
        for _ in range(2):
            answer = await ask(href, "POST", b'{"x": 2}', accept=CBOR, **given)
            assert (answer.status, cbor2.loads(answer.body)) == (200, 4)
        for other in (JSON, "*/*", ""):
            answer = await ask(href, "POST", b'{"x": 2}', accept=other, **given)
            assert answer.problem == (409, "Conflict")
        given["idempotency-key"] = "b"
        assert (await ask(href, "POST", b'{"x": 2}', accept=JSON, **given)).json == 4
