"""Things made from TDs, served over HTTP and used."""

from __future__ import annotations

import json
from typing import Any

import pytest

import wot
from wot.errors import DefinitionError, NotAllowed, Unavailable, UnknownAffordance
from wot.td import TD_11, Json

from .offered import affordances

HERE = "http://127.0.0.1:0"

CAMERA: Json = {
    "@context": [TD_11, {"ex": "https://example.org/terms#"}],
    "@type": ["ex:Camera"],
    "id": "urn:example:camera",
    "title": "Camera",
    "titles": {"en": "Camera", "de": "Kamera"},
    "description": "Looks.",
    "base": "https://camera.example.org/api/",
    "securityDefinitions": {"basic_sc": {"scheme": "basic", "in": "header"}},
    "security": ["basic_sc"],
    "version": {"instance": "1.0.0", "model": "2.0.0"},
    "links": [{"href": "manual.pdf", "rel": "service-doc"}],
    "schemaDefinitions": {"fault": {"type": "string"}},
    "ex:room": "B 12",
    "properties": {
        "zoom": {
            "@type": "ex:Zoom",
            "title": "Zoom",
            "type": "number",
            "minimum": 1,
            "multipleOf": 0.5,
            "default": 1,
            "observable": True,
            "ex:lens": "wide",
            "forms": [{"href": "zoom", "security": ["basic_sc"]}],
        },
        "picture": {
            "readOnly": True,
            "uriVariables": {"width": {"type": "integer", "minimum": 1, "maximum": 640}},
            "forms": [{"href": "picture{?width}", "contentType": "image/jpeg"}],
        },
        "caption": {
            "type": "string",
            "forms": [{"href": "caption", "contentType": "text/plain"}],
        },
        "area": {
            "oneOf": [
                {"type": "null"},
                {"type": "array", "items": [{"type": "integer"}, {"type": "integer"}]},
            ],
            "default": None,
            "forms": [{"href": "area"}],
        },
    },
    "actions": {
        "crop": {
            "input": {
                "type": "object",
                "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}},
                "required": ["x"],
            },
            "output": {"type": "string"},
            "safe": True,
            "synchronous": True,
            "forms": [{"href": "crop", "response": {"contentType": "image/jpeg"}}],
        },
        "shutter": {"synchronous": True, "forms": [{"href": "shutter"}]},
    },
    "events": {
        "motion": {
            "data": {"type": "object", "properties": {"zone": {"type": "string"}}},
            "uriVariables": {"zone": {"type": "string"}},
            "forms": [{"href": "motion{?zone}", "subprotocol": "longpoll"}],
        },
    },
}


def camera() -> wot.DescribedThing:
    """A simulated camera."""
    thing = wot.Thing.from_td(CAMERA)
    thing.on_read("picture", lambda width=320: b"\xff\xd8" + bytes(width))

    @thing.on_invoke("crop")
    async def crop(area: dict[str, int]) -> bytes:
        return b"\xff%d" % area["x"]

    @thing.on_invoke("shutter")
    def shutter() -> None:
        for zone in ("door", "window"):
            thing.emit("motion", {"zone": zone})

    @thing.on_subscribe("motion")
    def motion(zone: str = "") -> Any:
        return (lambda data: data["zone"] == zone) if zone else None

    return thing


async def test_everything_that_a_td_says_of_affordances_is_served() -> None:
    async with wot.serve(camera(), HERE) as served, wot.consume(served.urls[0]) as there:
        td = there.description.json
        assert affordances(td) == affordances(CAMERA)
        kept = ("id", "@type", "title", "titles", "description", "version")
        for term in (*kept, "ex:room"):
            assert td[term] == CAMERA[term]
        assert td["@context"][1:] == CAMERA["@context"]
        assert td["links"] == [
            {"href": "https://camera.example.org/api/manual.pdf", "rel": "service-doc"}
        ]
        assert served.urls[0].startswith(td["base"])
        assert [td["securityDefinitions"][name]["scheme"] for name in td["security"]] == ["nosec"]
        assert "schemaDefinitions" not in td  # the forms that referred to them are gone
        text = json.dumps(td)
        assert "basic_sc" not in text
        assert "longpoll" not in text
        [form] = td["properties"]["picture"]["forms"]
        assert (form["contentType"], form["href"][-8:]) == ("image/jpeg", "{?width}")
        [form] = td["actions"]["crop"]["forms"]
        assert (form.get("contentType", "application/json"), form["response"]) == (
            "application/json",
            {"contentType": "image/jpeg"},
        )


async def test_every_kind_of_interaction_over_http() -> None:
    here = camera()
    async with wot.serve(here, HERE) as served, wot.consume(served.urls[0]) as there:
        assert await there.read("zoom") == 1
        await there.write("zoom", 2.5)
        assert await there.read("zoom") == here.zoom.value == 2.5
        assert await there.read("area") is None
        await there.write("area", [1, 2])
        assert await here.area.read() == [1, 2]
        assert await there.read("picture", width=10) == b"\xff\xd8" + bytes(10)
        assert len(await there.read("picture")) == 322
        await there.write("caption", "The door")
        assert await there.read("caption") == "The door"
        assert await there.invoke("crop", {"x": 5}) == b"\xff5"
        async with there.observe("zoom") as zooms:
            assert await anext(zooms) == 2.5
            here.changed("zoom", 3)
            assert await anext(zooms) == 3
        async with (
            there.subscribe("motion") as all_motion,
            there.subscribe("motion", zone="window") as motion,
        ):
            await there.invoke("shutter")
            assert await anext(all_motion) == {"zone": "door"}
            assert await anext(all_motion) == {"zone": "window"}
            assert await anext(motion) == {"zone": "window"}


async def test_the_data_schema_judges_what_arrives() -> None:
    async with wot.serve(camera(), HERE) as served:
        td = (await _described(served.urls[0])).json
        loose = {**td, "properties": {"zoom": {"forms": td["properties"]["zoom"]["forms"]}}}
        loose["actions"] = {"crop": {"input": {}, "forms": td["actions"]["crop"]["forms"]}}
        async with wot.consume(loose) as there:
            for value in (0, 1.3, "big", None):
                with pytest.raises(wot.errors.InvalidInput, match="zoom"):
                    await there.write("zoom", value)
            for value in ({"y": 1}, {"x": "1"}, {"x": 1, "z": 2}, [1]):
                with pytest.raises(wot.errors.InvalidInput, match="crop"):
                    await there.invoke("crop", value)


async def _described(url: str) -> wot.ThingDescription:
    async with wot.consume(url) as there:
        return there.description


def offering(**ops: Any) -> wot.DescribedThing:
    """A Thing with a property for each name, and a form for its operations."""
    return wot.Thing.from_td(
        {
            "@context": TD_11,
            "title": "Offers",
            "securityDefinitions": {"sc": {"scheme": "nosec"}},
            "security": "sc",
            "properties": {
                name: {"type": "integer", "default": 1, "forms": [{"href": "x", "op": op}]}
                for name, op in ops.items()
            },
        }
    )


async def test_only_what_the_forms_offer_works() -> None:
    watch = ["observeproperty", "unobserveproperty"]
    thing = offering(r="readproperty", w=["writeproperty"], o=watch)
    async with wot.serve(thing, HERE) as served:
        there = await _described(served.urls[0])
        ops = {n: p["forms"][0]["op"] for n, p in there.json["properties"].items()}
        assert ops == {"r": ["readproperty"], "w": ["writeproperty"], "o": watch}
        assert not there.json["properties"]["o"].get("writeOnly")  # who observes it sees it
        forms = {n: {**p["forms"][0], "op": None} for n, p in there.json["properties"].items()}
        lying: Json = {**there.json, "properties": {}}
        for name, form in forms.items():
            form = {t: v for t, v in form.items() if t not in ("op", "subprotocol")}
            lying["properties"][name] = {"type": "integer", "forms": [form]}
        async with wot.consume(lying) as liar, wot.consume(there) as true:
            assert await liar.read("r") == 1
            await liar.write("w", 99)
            for refused in (lambda: liar.write("r", 99), lambda: liar.read("w")):
                with pytest.raises(NotAllowed):
                    await refused()
            with pytest.raises(NotAllowed):
                await liar.write("o", 9)
            async with true.observe("o") as values:
                assert await anext(values) == 1
                thing.changed("o", 5)
                assert await anext(values) == 5
    assert thing.w.value == 99


async def test_names_that_urls_must_escape() -> None:
    names = ["a b", "a/b", "ä", "a?b", "a#b", "100%"]
    td = {
        "@context": TD_11,
        "title": "Names",
        "securityDefinitions": {"sc": {"scheme": "nosec"}},
        "security": "sc",
        "properties": {
            n: {"type": "string", "default": n, "forms": [{"href": "x"}]} for n in names
        },
    }
    thing = wot.Thing.from_td(td)
    async with wot.serve(thing, HERE) as served, wot.consume(served.urls[0]) as there:
        assert [await there.read(name) for name in names] == names


async def test_a_value_that_is_not_there_yet_over_http() -> None:
    thing = camera()
    async with wot.serve(thing, HERE) as served, wot.consume(served.urls[0]) as there:
        with pytest.raises(Unavailable, match="'caption' has no value yet"):
            await there.read("caption")
        with pytest.raises(NotAllowed):
            await there.write("picture", b"x")
        with pytest.raises(UnknownAffordance):
            await there.read("colour")


async def test_a_gateway_with_its_own_rules() -> None:
    """A Thing of somebody else, served again with handlers that ask it."""
    async with wot.Servient() as servient, servient.serve({"inner": camera()}, HERE) as served:
        inner = await servient.consume(served.urls[0])
        outer = wot.Thing.from_td(inner.description, id="urn:example:gateway", title="Gateway")
        outer.on_read("picture", lambda width=5: inner.read("picture", width=width))
        outer.on_read("zoom", lambda: inner.read("zoom"))
        outer.on_write("zoom", lambda value: inner.write("zoom", value))
        outer.on_invoke("crop", lambda input: inner.invoke("crop", input))
        outer.on_invoke("shutter", lambda: inner.invoke("shutter"))
        async with servient.serve(outer, HERE) as again:
            there = await servient.consume(again.urls[0])
            assert len(await there.read("picture")) == 7
            await there.write("zoom", 4)
            assert await inner.read("zoom") == await there.read("zoom") == 4
            assert await there.invoke("crop", {"x": 1}) == b"\xff1"
            await there.invoke("shutter")


async def test_two_things_of_one_td_do_not_share_anything() -> None:
    one, two = camera(), wot.Thing.from_td(CAMERA, id="urn:example:two", title="Second")
    one.changed("zoom", 5)
    assert (await one.zoom.read(), await two.zoom.read()) == (5, 1)
    with pytest.raises(Unavailable):
        await two.shutter()
    for name in ("crop", "shutter"):
        two.on_invoke(name, lambda *_: None)
    async with wot.serve([one, two], HERE) as served:
        assert len(served.urls) == 2


async def test_without_an_id_it_gets_one_that_stays() -> None:
    td = {term: value for term, value in CAMERA.items() if term not in ("id", "actions")}
    seen: set[str] = set()
    for _ in range(2):
        async with wot.serve(wot.Thing.from_td(td), HERE) as served:
            seen.add((await _described(served.urls[0])).id)
    assert len(seen) == 1
    assert seen.pop().startswith("urn:uuid:")


@pytest.mark.parametrize("names", [{"title": 5}, {"id": "lamp 7"}, {"id": "lamp"}, {"id": 7}])
def test_names_that_would_make_the_td_invalid_are_refused_at_once(names: Any) -> None:
    class Lamp(wot.Thing):
        pass

    model = {"@context": TD_11, "@type": "tm:ThingModel", "title": "Lamp"}
    for made in (
        lambda: wot.Thing.from_td(CAMERA, **names),
        lambda: wot.Thing.from_model(model, **names),
        lambda: Lamp(**names),
    ):
        with pytest.raises(DefinitionError, match=r"^(id|title)="):
            made()


def test_it_shows_what_it_is_called() -> None:
    assert repr(camera()) == "<DescribedThing 'Camera' urn:example:camera>"
    nameless = {term: value for term, value in CAMERA.items() if term != "id"}
    assert repr(wot.Thing.from_td(nameless)) == "<DescribedThing 'Camera'>"


def test_the_document_given_is_not_changed() -> None:
    before = json.dumps(CAMERA)
    thing = camera()
    thing.changed("zoom", 2)
    assert json.dumps(CAMERA) == before
