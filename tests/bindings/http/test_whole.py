"""All properties and all events over HTTP: routes, forms, frames."""

from __future__ import annotations

import json
from typing import Any

import pytest

import wot
from wot.content import CBOR, OCTETS
from wot.forms import offered_whole
from wot.td import ENDS, Op, ThingDescription, validate
from wot.things import exposed_of
from wot_http.forms import forms, routes, whole_terms

from .things import ANY
from .wire import Answer, ask, following


class Boiler(wot.Thing):
    target = wot.stored(60.0, minimum=0, maximum=90)
    label = wot.stored("a")
    mode = wot.stored("eco", name="a,b%c d/é")
    hot = wot.event(float)
    done = wot.event(name="line\nbreak")

    def __init__(self) -> None:
        self.failing = False

    @wot.property
    async def heat(self) -> int:
        if self.failing:
            raise wot.errors.Unavailable("the sensor is off")
        return 7

    @wot.property(write_only=True)
    async def pin(self) -> int: ...

    @pin.write
    async def set_pin(self, value: int) -> None:
        if self.failing:
            raise wot.errors.Conflict("it is locked")

    @wot.property(content_type=OCTETS)
    async def picture(self) -> bytes:
        return b"\x00"

    @wot.property(content_type=CBOR)
    async def packed(self) -> list[int]:
        return [1]


MODE = "a,b%c d/é"
ALL = {"target": 60.0, "label": "a", MODE: "eco", "heat": 7, "packed": [1]}


@pytest.fixture
def boiler() -> Boiler:
    return Boiler()


@pytest.fixture
async def at(boiler: Boiler) -> Any:
    async with wot.serve(boiler, ANY) as served:
        yield served.urls[0]


async def get(at: str, query: str = "", body: bytes | None = None, **headers: str) -> Answer:
    return await ask(f"{at}/properties{query}", "GET", body, **headers)


async def test_all_are_read(at: str) -> None:
    answer = await get(at)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json == ALL
    assert (await ask(f"{at}/properties", "HEAD")).status == 200
    assert (await ask(f"{at}/properties/", accept="application/json")).json == ALL


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?names=label,target", None),
        ("?names=label%2Ctarget", None),
        ("?names=label,target,label", None),
        ("", b'["label", "target"]'),
    ],
)
async def test_several_are_read(at: str, query: str, body: bytes | None) -> None:
    answer = await get(at, query, body)
    assert (answer.status, list(answer.json.items())) == (200, [("label", "a"), ("target", 60.0)])


async def test_a_name_with_a_comma_is_encoded_twice(at: str) -> None:
    answer = await get(at, "?names=a%252Cb%2525c%20d%2F%C3%A9,label")
    assert answer.json == {MODE: "eco", "label": "a"}


@pytest.mark.parametrize(
    ("query", "body", "problem"),
    [
        ("?names=", None, (400, "InvalidInput")),
        ("", b"[]", (400, "InvalidInput")),
        ("", b"{}", (400, "InvalidInput")),
        ("", b"[1]", (400, "InvalidInput")),
        ("", b"[", (400, "InvalidInput")),
        ("?names=label", b'["label"]', (400, "InvalidInput")),
        ("?names=label&names=target", None, (400, "UriVariableError")),
        ("?name=label", None, (400, "UriVariableError")),
        ("?names=nothing", None, (404, "UnknownAffordance")),
        ("?names=pin", None, (400, "InvalidInput")),
        ("?names=picture", None, (400, "InvalidInput")),
    ],
)
async def test_names_that_are_refused(
    at: str, query: str, body: bytes | None, problem: tuple[int, str]
) -> None:
    assert (await get(at, query, body)).problem == problem


async def test_a_partial_failure_brings_what_could_be_read(at: str, boiler: Boiler) -> None:
    boiler.failing = True
    boiler.label.value = "x" * 200_000
    answer = await get(at)
    assert answer.problem == (500, "PartialFailure")
    assert answer.json["title"].count("\n") == 0
    assert answer.json["values"].keys() == ALL.keys() - {"heat"}
    assert answer.json["errors"]["heat"]["type"] == "urn:isowot:problem:Unavailable"
    async with wot.consume(at) as thing:
        with pytest.raises(wot.errors.PartialFailure) as caught:
            await thing.read_all()
    assert caught.value.values["label"] == "x" * 200_000
    assert str(caught.value.errors["heat"]) == "the sensor is off"


async def test_all_and_several_are_written(at: str, boiler: Boiler) -> None:
    there = f"{at}/properties"
    body = json.dumps({"target": 1, "label": "b", MODE: "x", "pin": 3}).encode()
    answer = await ask(there, "PUT", body)
    assert (answer.status, answer.body) == (204, b"")
    assert (boiler.target.value, boiler.label.value, boiler.mode.value) == (1, "b", "x")
    answer = await ask(there, "PUT", b'{"label": "c", "target": 91, "heat": 1}')
    assert answer.problem == (400, "InvalidInput")
    assert "target: 91 is greater" in answer.json["detail"]
    assert "heat: it can only be read" in answer.json["detail"]
    assert boiler.label.value == "b"
    boiler.failing = True
    answer = await ask(there, "PUT", b'{"label": "c", "pin": 1, "target": 5}')
    assert answer.problem == (500, "PartialFailure")
    assert answer.json["values"] == {"label": "c"}
    assert list(answer.json["errors"]) == ["pin", "target"]


@pytest.mark.parametrize(
    ("path", "method", "headers", "status", "allow"),
    [
        ("properties", "POST", {}, 405, "GET, HEAD, OPTIONS, PUT"),
        ("properties", "DELETE", {}, 405, "GET, HEAD, OPTIONS, PUT"),
        ("properties", "OPTIONS", {}, 204, "GET, HEAD, OPTIONS, PUT"),
        ("properties", "GET", {"accept": "image/png"}, 406, None),
        ("events", "GET", {"accept": "application/json"}, 406, None),
        ("events", "PUT", {}, 405, "GET, HEAD, OPTIONS"),
        ("events", "OPTIONS", {}, 204, "GET, HEAD, OPTIONS"),
        ("properties/x/y", "GET", {}, 404, None),
    ],
)
async def test_methods_and_media_types(
    at: str, path: str, method: str, headers: dict[str, str], status: int, allow: str | None
) -> None:
    answer = await ask(f"{at}/{path}", method, **headers)
    assert (answer.status, answer.headers.get("allow")) == (status, allow)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"label": "b"}', "text/plain", 415),
        (b'{"label": "b"}', "application/json; charset=utf-8", 204),
    ],
)
async def test_bodies(at: str, body: bytes, content_type: str, status: int) -> None:
    answer = await ask(f"{at}/properties", "PUT", body, content_type=content_type)
    assert answer.status == status


async def test_a_body_has_its_limit(at: str) -> None:
    huge = b'{"label": "' + b"x" * (2 << 20) + b'"}'
    assert (await ask(f"{at}/properties", "PUT", huge)).status == 413
    assert (await get(at, "", b'["' + b"x" * (2 << 20) + b'"]')).status == 413


async def test_notifications_are_named(at: str, boiler: Boiler) -> None:
    async with following(f"{at}/properties") as values, following(f"{at}/events") as events:
        first = [await values.frame() for _ in range(3)]
        assert [(each["event"], each["data"]) for each in first] == [
            *(("target", "60.0"), ("label", '"a"'), (MODE, '"eco"')),
        ]
        assert {each["id"] for each in first} == {values.opening["id"]}
        boiler.label.value = "b"
        change = await values.frame()
        assert (change["event"], change["data"]) == ("label", '"b"')
        assert change["id"] != values.opening["id"]
        boiler.done.emit()
        boiler.hot.emit(1.5)
        found = [await events.frame() for _ in range(2)]
        told = [("linebreak", "null"), ("hot", "1.5")]
        assert [(each["event"], each["data"]) for each in found] == told
    async with following(f"{at}/events", last_event_id=found[0]["id"]) as again:
        assert (await again.frame())["event"] == "hot"
    boiler.target.value = 2
    async with following(f"{at}/properties", last_event_id=change["id"]) as rest:
        frame = await rest.frame()
        assert (frame["event"], frame["data"]) == ("target", "2")


async def test_a_gap_is_told_and_all_values_come_again(at: str) -> None:
    async with following(f"{at}/properties", last_event_id="00000000-7") as values:
        assert values.opening["event"] == "wot-gap"
        assert json.loads(values.opening["data"])["type"] == "urn:isowot:problem:EventsLost"
        assert "event" not in await values.frame()  # where it goes on
        assert [(await values.frame())["event"] for _ in range(3)] == ["target", "label", MODE]


async def test_a_frame_is_made_once_for_all(boiler: Boiler) -> None:
    exposed = exposed_of(boiler)
    both = [await exposed.stream(wot.Interaction(Op.SUBSCRIBE_ALL_EVENTS)) for _ in range(2)]
    boiler.hot.emit(1.0)
    one, other = [await anext(each) for each in both]
    assert one is other
    for each in both:
        await each.aclose()


# What is advertised.


def of_whole(td: ThingDescription) -> list[Op]:
    return [Op(op) for kind, _, form in forms("x", td) if not kind for op in form.op]


async def test_the_td_offers_what_is_served_and_is_valid(at: str, boiler: Boiler) -> None:
    document = (await ask(at)).json
    assert [found for found in validate(document) if found.severity == "error"] == []
    assert [(form["op"], form["href"].partition("/")[2]) for form in document["forms"]] == [
        (["readallproperties", "writeallproperties", "writemultipleproperties"], "properties"),
        (["readmultipleproperties"], "properties{?names}"),
        (["observeallproperties", "unobserveallproperties"], "properties"),
        (["subscribeallevents", "unsubscribeallevents"], "events"),
    ]
    assert [form.get("subprotocol") for form in document["forms"]] == [None, None, "sse", "sse"]
    assert document["uriVariables"]["names"]["type"] == "string"
    served = [*offered_whole(exposed_of(boiler).td)]
    assert of_whole(exposed_of(boiler).td) == [
        *(op for op in served if op in (Op.READ_ALL_PROPERTIES,)),
        *(Op.WRITE_ALL_PROPERTIES, Op.WRITE_MULTIPLE_PROPERTIES, Op.READ_MULTIPLE_PROPERTIES),
        *(each for op in ENDS if op in served for each in (op, ENDS[op])),
    ]


@pytest.mark.parametrize(
    ("members", "ops", "paths"),
    [
        ({}, set(), set()),
        ({"actions": {"a": {}}}, set(), set()),
        ({"properties": {"p": {"writeOnly": True}}}, {"write"}, {"properties"}),
        ({"properties": {"p": {"readOnly": True}}}, {"read"}, {"properties"}),
        ({"properties": {"p": {"forms": [{"contentType": "image/png"}]}}}, set(), set()),
        ({"properties": {"p": {"uriVariables": {"v": {}}}}}, set(), set()),
        (
            {"properties": {"p": {"uriVariables": {"v": {"default": 1}}, "readOnly": True}}},
            {"read"},
            {"properties"},
        ),
        ({"events": {"e": {}}}, {"subscribe"}, {"events"}),
        ({"events": {"e": {"uriVariables": {"v": {}}}}}, set(), set()),
        (
            {"properties": {"p": {"observable": True, "readOnly": True}}},
            {"read", "observe"},
            {"properties"},
        ),
    ],
)
def test_only_what_is_offered(members: dict[str, Any], ops: set[str], paths: set[str]) -> None:
    td = ThingDescription({"title": "x", **members})
    whole = of_whole(td)
    assert {
        op.partition("all")[0].partition("multiple")[0] for op in whole if "un" not in op
    } == ops
    assert {path[0] for path in routes(td) if len(path) == 1} == paths
    assert bool(whole_terms(td)) == ("read" in ops)


async def test_an_affordance_may_have_a_variable_of_that_name() -> None:
    seen: list[str] = []

    class Shelf(wot.Thing, id="urn:test:shelf"):
        level = wot.stored(1)

        @wot.property
        async def book(self, names: str = "all") -> str:
            seen.append(names)
            return names

    async with wot.serve(Shelf(), ANY) as served, wot.Servient() as servient:
        near = await servient.consume(served.urls[0])
        async with servient.serve(near, ANY) as again, wot.consume(again.urls[0]) as far:
            assert await far.read("book", names="x") == "x"
            assert await far.read_multiple(["level", "book"]) == {"level": 1, "book": "all"}
    assert seen == ["x", "all"]
