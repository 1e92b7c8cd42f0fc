"""The path table: names of every kind, one look-up, nothing left behind."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wot
from wot.binding import Document
from wot.errors import UnknownAffordance, UnknownThing
from wot.td import Op
from wot.things import exposed_of
from wot_http.forms import METHODS, STREAM, forms
from wot_http.paths import Paths

from .things import ANY, Probe
from .wire import ask


def described(_base: str) -> Document:
    return Document(b"{}", "")


@pytest.fixture
def paths(probe: Probe) -> Paths:
    paths = Paths()
    paths.mount("probe", exposed_of(probe), described)
    return paths


def test_a_path_leads_to_a_thing_or_an_affordance(paths: Paths) -> None:
    assert paths.find("/probe").methods is None
    for raw in (
        "/probe/properties/level",
        "/probe/properties/level/",
        "/%70robe/properties/l%65vel",
    ):
        place = paths.find(raw)
        assert place.methods is not None
        assert place.methods["PUT"].name == "level"
        assert paths.hot[raw] is place


def test_every_form_is_routed_and_every_route_has_a_form(probe: Probe, paths: Paths) -> None:
    """Principle 1: the TD tells the truth."""
    told = set()
    for _kind, name, form in forms("probe", exposed_of(probe).td):
        href = form.href.partition("{")[0]
        for op in form.op:
            if not op.startswith("un"):
                routes = paths.find(f"/{href}").methods or {}
                route = routes[METHODS.get(Op(op), STREAM)]
                # Of the whole Thing, one route may serve several operations: by what is sent.
                assert (route.name, route.op) == (name, op) or not name
                told.add((name, str(route.op)))
    table = next(iter(paths.mounts.values())).table
    assert told == {(r.name, str(r.op)) for methods in table.values() for r in methods.values()}


NOWHERE = [
    "/",
    "//",
    "//probe",
    "/Probe",
    "/probes",
    "/probe%2Fproperties",
    "/probe%00",
    "/%FF",
    "/.",
    "/..",
]


@pytest.mark.parametrize("raw", NOWHERE)
def test_no_thing(paths: Paths, raw: str) -> None:
    with pytest.raises(UnknownThing, match="there is no Thing at /") as error:
        paths.find(raw)
    assert error.value.hint == "there are: /probe"
    assert raw not in paths.hot


@pytest.mark.parametrize(
    "path",
    [
        "actions/add/x",
        "property/",
        "properties/nope",
        "properties/Level",
        "properties/level/x",
        "properties//level",
        "properties%2Flevel",
        "actions/level",
        "events/level",
        "nope/level",
        "properties/../properties/level",
        "properties/%FF",
        "level",
    ],
)
def test_no_affordance(paths: Paths, path: str) -> None:
    with pytest.raises(UnknownAffordance, match="Probe has"):
        paths.find(f"/probe/{path}")


def test_the_answer_to_a_long_name_is_short(paths: Paths) -> None:
    with pytest.raises(UnknownAffordance) as error:
        paths.find("/probe/properties/" + "x" * 5000)
    assert len(str(error.value)) < 200


@given(
    st.text(
        min_size=1, alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="/")
    ).filter(lambda name: name not in (".", ".."))
)
def test_any_name_is_found_where_its_form_points(name: str) -> None:
    async def read(self: object) -> int:
        return 1

    named = type("Named", (wot.Thing,), {"x": wot.property(name=name)(read)})
    paths = Paths()
    thing = exposed_of(named())
    paths.mount("named", thing, described)
    (_kind, _name, form), *_ = forms("named", thing.td)
    assert form.href.isascii()
    place = paths.find(f"/{form.href}")
    assert place.methods is not None
    assert place.methods["GET"].name == name


def test_what_is_remembered_is_bounded_and_forgotten(probe: Probe) -> None:
    paths = Paths()
    unmount = paths.mount("probe", exposed_of(probe), described)
    for number in range(9000):
        raw = "".join(
            f"%{b:02x}" if number >> i & 1 else chr(b) for i, b in enumerate(b"properties/lev")
        )
        if "%2f" not in raw:
            paths.find(f"/probe/{raw}el")
    assert 0 < len(paths.hot) <= 8192
    unmount()
    assert not paths.hot
    with pytest.raises(UnknownThing):
        paths.find("/probe")


def test_things_of_one_class_share_a_table() -> None:
    paths = Paths()
    unmounts = [paths.mount(f"{n}", exposed_of(Probe()), described) for n in range(3)]
    assert len({id(mount.table) for mount in paths.mounts.values()}) == 1
    for unmount in unmounts:
        unmount()
    assert not paths._tables


async def test_a_slash_in_an_encoded_name_is_no_separator(url: str) -> None:
    """A proxy that guards /probe/properties/ must see every way there."""
    for path in ("/properties%2Flevel", "/properties%2flevel", "%2Fproperties/level"):
        assert (await ask(url + path)).status == 404, path


async def test_strange_names_over_the_wire(url: str, servient: wot.Servient) -> None:
    thing = await servient.consume(url)
    assert await thing.read("Größe {1} #?&%") == 7
    assert (await ask(f"{url}/properties/{quote('Größe {1} #?&%', safe='')}")).json == 7


@pytest.mark.parametrize("name", ["a/b", "/", "a//b/", "%2F", "..."])
async def test_names_with_slashes_are_served(name: str, servient: wot.Servient) -> None:
    class Named(wot.Thing):
        level = wot.stored(5, name=name)
        hot = wot.event(int, name=name)

        @wot.action(name=name)
        async def double(self, value: int, /) -> int:
            return 2 * value

    named = Named()
    async with servient.serve(named, ANY) as served:
        thing = await servient.consume(served.urls[0], Named)
        await thing.level.write(6)
        assert await thing.level.read() == 6
        assert await thing.double(4) == 8
        async with thing.hot.subscribe() as hot:
            named.hot.emit(3)
            assert await anext(hot) == 3
        path = quote(name, safe="")
        assert (await ask(f"{served.urls[0]}/properties/{path}")).json == 6


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_name_that_no_url_can_carry_is_refused_when_it_is_served(
    name: str, servient: wot.Servient
) -> None:
    named = type("Named", (wot.Thing,), {"x": wot.event(int, name=name)})()
    with pytest.raises(wot.errors.DefinitionError, match="cannot be part of a URL"):
        async with servient.serve(named, ANY):
            pass


async def test_several_things_by_mapping(servient: wot.Servient) -> None:
    async with servient.serve({"a": Probe(), "b.c": _other()}, ANY) as served:
        assert [url.rpartition("/")[2] for url in served.urls] == ["a", "b.c"]
        assert [(await ask(u + "/properties/level")).json for u in served.urls] == [5, 5]


def _other() -> Probe:
    other = Probe()
    exposed_of(other).id = "urn:test:other"
    return other
