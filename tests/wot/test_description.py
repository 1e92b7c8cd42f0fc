"""The Thing Descriptions that we serve are true, and valid by the official schema."""

import dataclasses
import datetime as dt
import enum
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import jsonschema_rs
import msgspec
import pydantic
import pytest

import wot
from wot.description import Descriptions, End, composed
from wot.interaction import Interaction
from wot.servient import Served
from wot.td import TD_10, TD_11, Form, Json, Op, ThingDescription
from wot.things import exposed_of


class Mode(enum.Enum):
    ECO = "eco"
    FULL = "full"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0
    tags: list[str] = dataclasses.field(default_factory=list)


class Position(NamedTuple):
    lat: float
    lon: float = 0.0


class Options(TypedDict, total=False):
    speed: Annotated[int, msgspec.Meta(ge=1)]


class Model(pydantic.BaseModel):
    size: int = pydantic.Field(ge=1)
    inner: Point | None = None


class Everything(
    wot.Thing,
    types=["saref:Device"],
    context={"saref": "https://saref.etsi.org/core/"},
    links=[{"href": "https://example.org/manual.pdf", "rel": "help", "type": "application/pdf"}],
    version={"instance": "1.2.0"},
    support="mailto:support@example.org",
    titles={"de": "Alles"},
    descriptions={"de": "Jeder Typ"},
    terms={"saref:hasManufacturer": "example"},
):
    """A Thing of every type."""

    flag = wot.stored(False, title="Flag", titles={"de": "Flagge"})
    mode = wot.stored(Mode.ECO, read_only=True)
    maybe: wot.Stored[float | None] = wot.stored(None, unit="Cel", minimum=-40, maximum=85)
    either: wot.Stored[int | str | list[Point]] = wot.stored(1)
    point = wot.stored(Point(1.0))
    table: wot.Stored[dict[str, list[int]]] = wot.stored({})
    place = wot.stored(Position(1.0))
    stamp = wot.stored(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    ident = wot.stored(UUID(int=0))
    raw = wot.stored(b"")
    pair: wot.Stored[tuple[int, str]] = wot.stored((1, "a"))
    names: wot.Stored[set[str]] = wot.stored(set())
    anything: wot.Stored[Any] = wot.stored(None)
    nothing: wot.Stored[None] = wot.stored(None)
    model = wot.stored(Model(size=1))

    hot = wot.event(float, unit="Cel", title="Hot", types="saref:Event")
    moved = wot.event(Point)
    bare = wot.event()
    chosen: wot.Event[Literal["a", 1, None]] = wot.event()

    @wot.property(minimum=0, maximum=100, multiple_of=5, unit="percent", observable=True)
    async def level(self) -> int:
        """How bright."""
        return 5

    @level.write
    async def set_level(self, value: int) -> None: ...

    @wot.property(name="a/ü ?".replace("/", " "), write_only=True)
    async def odd(self) -> str:
        return ""

    @odd.write
    async def set_odd(self, value: str) -> None: ...

    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        return b"\x89"

    @wot.property
    async def history(self, hours: int, unit: Literal["C", "F"] = "C") -> list[float]:
        return [float(hours)]

    @wot.action(safe=True, idempotent=True, uri_variables=["unit"])
    async def locate(self, near: Position, unit: str = "m") -> Point | None:
        return None

    @wot.action(content_type="application/octet-stream", response_type="text/plain")
    async def upload(self, firmware: bytes, /) -> str:
        return ""

    @wot.action
    async def configure(self, options: Options, mode: Mode = Mode.ECO) -> None: ...

    @wot.action
    async def reset(self) -> None: ...


@pytest.fixture
async def served() -> Any:
    async with wot.serve(Everything(), "http://127.0.0.1:0") as served:
        yield served


async def fetched(served: Served) -> ThingDescription:
    async with wot.consume(served.urls[0]) as thing:
        return thing.description


async def test_it_is_valid_by_the_official_schema(served: Served, corpus: Path) -> None:
    schema = json.loads((corpus / "schema" / "td-schema-1.1.json").read_bytes())
    validator = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    td = await fetched(served)
    assert [(e.instance_path, e.message) for e in validator.iter_errors(td.json)] == []
    assert validator.is_valid(served.descriptions[0].json)


@pytest.mark.assertion("td-context-ns-td10-namespace", "td-context-ns-thing-optional")
async def test_it_begins_with_both_contexts_and_says_where_it_is(served: Served) -> None:
    td = await fetched(served)
    assert td.context == [TD_10, TD_11, {"saref": "https://saref.etsi.org/core/"}]
    assert served.urls[0] == td.base + "everything"
    assert td.security == ("nosec_sc",)
    assert td.security_definitions["nosec_sc"].scheme == "nosec"
    assert td.id.startswith("urn:uuid:")
    assert td == served.descriptions[0]


OPS = {
    "flag": ["readproperty", "writeproperty", "observeproperty", "unobserveproperty"],
    "mode": ["readproperty", "observeproperty", "unobserveproperty"],
    "a ü ?": ["writeproperty"],
    "picture": ["readproperty"],
    "level": ["readproperty", "writeproperty", "observeproperty", "unobserveproperty"],
    "reset": ["invokeaction"],
    "bare": ["subscribeevent", "unsubscribeevent"],
}


async def test_every_operation_that_is_served_is_advertised(served: Served) -> None:
    td = await fetched(served)
    affordances = {**td.properties, **td.actions, **td.events}
    for name, ops in OPS.items():
        assert [op for form in affordances[name].forms for op in form.op] == ops
    for affordance in affordances.values():
        assert affordance.forms
        assert all(not form.href.startswith(("http", "/")) for form in affordance.forms)  # compact


@pytest.mark.assertion(
    "bindings-server-accept",
    "bindings-requirements-scheme",
    "server-uri-template",
    "server-data-schema",
)
@pytest.mark.parametrize("gateway", [False, True], ids=["direct", "through a gateway"])
async def test_every_operation_that_is_advertised_is_served(served: Served, gateway: bool) -> None:
    inputs: dict[str, Any] = {
        "locate": {"near": [1.0]},
        "upload": b"x",
        "configure": {"options": {"speed": 1}},
        "level": 10,
        "a ü ?": "x",
    }
    async with AsyncExitStack() as stack:
        thing = await stack.enter_async_context(wot.consume(served.urls[0]))
        if gateway:
            again = await stack.enter_async_context(wot.serve(thing, "http://127.0.0.1:0"))
            thing = await stack.enter_async_context(wot.consume(again.urls[0]))
        for name, prop in thing.description.properties.items():
            ops = {op for form in prop.forms for op in form.op}
            variables = {"hours": 3} if prop.uri_variables else {}
            if Op.READ_PROPERTY in ops:
                value = await thing.read(name, **variables)
                inputs.setdefault(name, value)
            if Op.WRITE_PROPERTY in ops:
                await thing.write(name, inputs[name])
            if Op.OBSERVE_PROPERTY in ops:
                async with thing.observe(name) as values:
                    assert await anext(values) == (5 if name == "level" else inputs[name])
        for name, action in thing.description.actions.items():
            await (thing.invoke(name, inputs[name]) if action.input else thing.invoke(name))
        for name in thing.description.events:
            async with thing.subscribe(name):
                pass


async def test_it_is_compact(served: Served) -> None:
    class Small(wot.Thing, id="urn:example:small"):
        on = wot.stored(False)

        @wot.action
        async def toggle(self) -> None: ...

    async with wot.serve(Small(), "http://127.0.0.1:0") as small:
        assert (
            len(small.descriptions[0].to_bytes()) < 1280
        )  # of which half are the context, the profile and what is of the whole Thing


async def test_what_the_runtime_passes_on_has_no_forms(served: Served) -> None:
    td = served.things[0].td
    assert not {"base", "security", "securityDefinitions", "forms"} & set(td.json)
    for affordance in {**td.properties, **td.actions, **td.events}.values():
        assert all("href" not in form.json and "op" not in form.json for form in affordance.forms)


async def test_describing_a_thing_is_an_interaction_like_the_others(served: Served) -> None:
    reply = await served.things[0].request(Interaction(Op.DESCRIBE))
    assert reply.content is None


class OneForm:
    """As much of a Server as a description needs: a base, and one form for each property."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.composed = 0

    def forms(self, path: str, td: ThingDescription) -> Any:
        self.composed += 1
        for name in td.json.get("properties", {}):
            yield "properties", name, Form({"href": f"{path}/{name}", "op": ["readproperty"]})
        yield "", "", Form({"href": path, "op": ["readallproperties"]})

    def terms(self, td: ThingDescription) -> Json:
        return {}

    def located(self, href: str, base: str) -> str:
        return href


class Plug(wot.Thing, id="urn:example:plug"):
    on = wot.stored(False)


def test_forms_of_other_endpoints_are_absolute() -> None:
    ends = [
        End(OneForm(base), "plug") for base in ("http://h/", "coap://0.0.0.0:5683/", "mqtt://b/")
    ]
    td = exposed_of(Plug()).td
    json = composed(td, ends, ends[0], "https://public:8/x/")
    assert json["base"] == "https://public:8/x/"
    hrefs = [form["href"] for form in json["properties"]["on"]["forms"]]
    # Where an endpoint listens everywhere, it is at the host that the requester sees.
    assert hrefs == ["plug/on", "coap://public:5683/plug/on", "mqtt://b/plug/on"]
    assert json["forms"][0]["href"] == "plug"
    assert "forms" not in td.json["properties"]["on"]  # the Thing's own description is left alone


@pytest.mark.assertion("privacy-mutable-identifiers")
def test_bytes_are_kept_by_base_and_composed_anew_when_something_changes() -> None:
    server = OneForm("http://h/")
    end = End(server, "plug")
    plug = exposed_of(Plug())
    describe = Descriptions().describe(plug, [end], end)
    first, again, other = describe("http://a/"), describe("http://a/"), describe("http://b/")
    assert first is again
    assert first.etag != other.etag
    assert server.composed == 2
    plug.id = "urn:example:renamed"
    assert b"urn:example:renamed" in describe("http://a/").body
    assert describe("http://a/").etag != first.etag


def test_what_is_kept_is_bounded() -> None:
    end = End(OneForm("http://h/"), "plug")
    descriptions = Descriptions()
    describe = descriptions.describe(exposed_of(Plug()), [end], end)
    for number in range(1000):
        describe(f"http://host{number}/")
    assert len(descriptions._kept) <= 256
