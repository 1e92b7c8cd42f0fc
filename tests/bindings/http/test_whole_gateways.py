"""All properties at once, whatever streams an endpoint offers, through gateways; and their URI variables."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import wot
from wot.errors import UriVariableError
from wot.td import KINDS, Json

from .things import ANY
from .wire import ask

SPOKEN = ("sse", "webhook", "longpoll", "webthingprotocol")
COMBINED = [c for n in range(len(SPOKEN) + 1) for c in itertools.combinations(SPOKEN, n)]
EXAMPLE = Path(__file__).parents[3] / "td_examples" / "valid" / "uri-variables.td.json"


class Tank(wot.Thing, id="urn:test:tank"):
    level = wot.stored(5)
    label = wot.stored("x")
    fixed = wot.stored(7, read_only=True)
    ev = wot.event(int)

    @wot.action
    async def drain(self) -> None: ...


@asynccontextmanager
async def chained(
    thing: wot.Thing, hops: int, subprotocols: tuple[str, ...]
) -> AsyncIterator[wot.ConsumedThing]:
    """The Thing behind so many gateways, each with the same endpoint options."""
    webhooks: dict[str, Any] = {"webhooks": {"private": True}} if "webhook" in subprotocols else {}
    where = wot.endpoint(ANY, subprotocols=subprotocols, **webhooks)
    called: dict[str, Any] = {"callback": ANY}
    async with AsyncExitStack() as stack:
        url = (await stack.enter_async_context(wot.serve(thing, where))).urls[0]
        for _ in range(hops):
            servient = await stack.enter_async_context(wot.Servient(http=called))
            remote = await servient.consume(url)
            url = (await stack.enter_async_context(servient.serve(remote, where))).urls[0]
        yield await stack.enter_async_context(wot.consume(url, http=called))


def without_variables(td: Json) -> bool:
    """Whether neither the Thing nor an affordance has URI variables."""
    affordances = [a for kind in KINDS for a in td.get(kind, {}).values()]
    return not any("uriVariables" in each for each in (td, *affordances))


@pytest.mark.parametrize("hops", [0, 1, 2])
@pytest.mark.parametrize("subprotocols", COMBINED, ids="+".join)
async def test_whole_things_through_gateways(subprotocols: tuple[str, ...], hops: int) -> None:
    tank = Tank()
    async with chained(tank, hops, subprotocols) as thing:
        assert without_variables(thing.td.json)
        told = thing.description.json
        hrefs = [
            f["href"] for kind in KINDS for a in told.get(kind, {}).values() for f in a["forms"]
        ]
        assert not [href for href in hrefs if "{?" in href]
        ops = {op for form in told["forms"] for op in form["op"]}
        assert {"readallproperties", "readmultipleproperties", "writemultipleproperties"} <= ops
        assert await thing.read_multiple(["level", "fixed"]) == {"level": 5, "fixed": 7}
        await thing.write_multiple({"level": 6})
        await thing.write_all({"level": 7, "label": "y"})
        assert await thing.read_all() == {"level": 7, "label": "y", "fixed": 7}
        if subprotocols:
            async with thing.observe_all() as changes:
                found = dict([await anext(changes) for _ in range(3)])
                assert found == {"level": 7, "label": "y", "fixed": 7}
                tank.level.value = 8
                assert await anext(changes) == ("level", 8)
        await thing.invoke("drain")


@pytest.mark.parametrize("hops", [0, 1, 2])
async def test_real_variables_of_the_thing_still_go_through(hops: int) -> None:
    made = wot.Thing.from_td(json.loads(EXAMPLE.read_text()))

    @made.on_read("temperature")
    def temperature(station: str, unit: str) -> float:
        return {"north": 1.5, "south": 20.5}[station] + (unit == "K") * 273

    @made.on_invoke("report")
    def report(input: Any, **given: str) -> str:
        return " ".join([str(input["hours"]), *given.values()])

    async with chained(made, hops, ("sse", "webhook")) as thing:
        assert await thing.read("temperature", station="south") == 20.5
        assert await thing.read("temperature", station="north", unit="K") == 274.5
        said = await thing.invoke("report", {"hours": 2}, station="north", language="de")
        assert said == "2 north de"
        for wrong in ({"station": "west"}, {"station": "north", "subscriptionID": "x"}):
            with pytest.raises(UriVariableError):
                await thing.read("temperature", **wrong)


FAR: Json = {
    "@context": "https://www.w3.org/2022/wot/td/v1.1",
    "id": "urn:test:far",
    "title": "Far",
    "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
    "security": "nosec_sc",
}


async def test_each_affordance_has_the_variables_of_its_own_forms() -> None:
    td = {
        **FAR,
        "uriVariables": {
            name: {"type": "string", "readOnly": name == "sub"}
            for name in ("station", "page", "sub", "coap", "nobody")
        },
        "properties": {
            "a": {"forms": [{"href": "http://127.0.0.1:9/{station}/a"}]},
            "b": {
                "observable": True,
                "forms": [
                    {"href": "http://127.0.0.1:9/b", "op": ["readproperty"]},
                    {"href": "coap://127.0.0.1:9/b{?coap}", "op": ["readproperty"]},
                    {
                        "href": "http://127.0.0.1:9/b",
                        "op": ["observeproperty"],
                        "subprotocol": "sse",
                    },
                    {"href": "http://127.0.0.1:9/{sub}", "op": ["unobserveproperty"]},
                ],
            },
        },
        "forms": [{"href": "http://127.0.0.1:9/all{?page}", "op": ["readallproperties"]}],
    }
    async with wot.Servient() as servient:
        thing = await servient.consume(td)
        assert "uriVariables" not in thing.td.json
        named = {n: list(p.get("uriVariables", ())) for n, p in thing.td.json["properties"].items()}
        assert named == {"a": ["station"], "b": []}
        async with servient.serve(thing, ANY) as served:
            told = (await ask(served.urls[0])).json
    hrefs = {n: p["forms"][0]["href"] for n, p in told["properties"].items()}
    assert hrefs == {"a": "far/properties/a{?station}", "b": "far/properties/b"}
    assert set(told["uriVariables"]) == {"names"}
