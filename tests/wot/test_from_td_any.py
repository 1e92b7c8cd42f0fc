"""Things made from any TD: random ones, and those of the corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import wot
from wot.errors import InvalidTD, NotAllowed, Unavailable
from wot.td import KINDS, Json, validate
from wot.things import exposed_of

from .offered import affordances, offered, over_http
from .td.generator import thing_descriptions

HERE = "http://127.0.0.1:0"


async def _described(url: str) -> wot.ThingDescription:
    async with wot.consume(url) as there:
        return there.description


@given(thing_descriptions())
def test_a_td_goes_around_without_a_change_to_its_affordances(td: Any) -> None:
    before = json.dumps(td)
    thing = wot.Thing.from_td(td)
    assert affordances(exposed_of(thing).td.json) == offered(td)
    assert json.dumps(td) == before


@given(thing_descriptions())
@settings(max_examples=30)
async def test_any_td_can_be_simulated(td: Any) -> None:
    thing = wot.Thing.from_td(td)
    generic(thing)
    async with wot.serve(thing, HERE) as served:
        [made] = served.descriptions
        assert affordances(made.json) == over_http(td)
        assert not [f for f in validate(made.json) if f.severity == "error"]
        again = wot.Thing.from_td(made)
    assert affordances(exposed_of(again).td.json) == offered(made.json)


@given(thing_descriptions())
@settings(max_examples=30)
async def test_reading_gives_a_value_that_fits_or_none_yet(td: Any) -> None:
    thing = wot.Thing.from_td(td)
    for name, handle in thing.properties.items():
        schema = td["properties"][name]
        try:
            value = await handle.read()
        except NotAllowed:
            assert exposed_of(thing).td.json["properties"][name]["writeOnly"]
        except Unavailable:
            pass  # nothing stands for it, or what does is no value of its media type
        else:
            assert value == schema.get("const", schema.get("default"))


def generic(thing: wot.DescribedThing) -> None:
    """A handler for every action: whatever comes, nothing is said."""
    for name in thing.actions:
        thing.on_invoke(name, lambda *_, **__: None)


def documents(folder: Path) -> Iterator[tuple[str, Json]]:
    for file in sorted(folder.iterdir()):
        yield file.name, json.loads(file.read_text())


@pytest.mark.parametrize("folder", ["td/valid", "plugfest/td"])
@pytest.mark.timeout(120)
async def test_every_valid_td_of_the_corpus_can_be_simulated(corpus: Path, folder: str) -> None:
    import jsonschema_rs

    official = json.loads((corpus / "schema/td-schema-1.1.json").read_text())
    validator = jsonschema_rs.Draft7Validator(official)
    served_things = 0
    for name, td in documents(corpus / folder):
        if any(finding.severity == "error" for finding in validate(td)):
            with pytest.raises(InvalidTD):
                wot.Thing.from_td(td)
            continue
        thing = wot.Thing.from_td(td)
        assert affordances(exposed_of(thing).td.json) == offered(td), name
        generic(thing)
        async with wot.serve(thing, HERE) as served:
            [made] = served.descriptions
            assert affordances(made.json) == over_http(td), name
            assert [e.message for e in validator.iter_errors(made.json)] == [], name
            assert not [f for f in validate(made.json) if f.severity == "error"], name
        again = wot.Thing.from_td(made)
        assert affordances(exposed_of(again).td.json) == offered(made.json), name
        served_things += 1
    assert served_things >= (73 if folder == "td/valid" else 100)


async def test_what_is_served_of_every_example_is_valid(corpus: Path) -> None:
    import jsonschema_rs

    official = json.loads((corpus / "schema/td-schema-1.1.json").read_text())
    validator = jsonschema_rs.Draft7Validator(official)
    files = sorted((Path(__file__).parents[2] / "td_examples/valid").glob("*.json*"))
    assert len(files) > 20
    for file in files:
        thing = wot.Thing.from_td(file)
        generic(thing)
        if any("" in exposed_of(thing).td.json.get(kind, ()) for kind in KINDS):
            continue  # no URL can hold that name
        async with wot.serve(thing, HERE) as served:
            [made] = served.descriptions
        # The official schema knows no "@direction": null, which JSON-LD does.
        known = validator.is_valid(json.loads(file.read_bytes()))
        assert validator.is_valid(made.json) or not known, file.name
        assert not [f for f in validate(made.json) if f.severity == "error"], file.name


@pytest.mark.parametrize("folder", ["td/invalid", "td/invalid-derived", "td/next"])
def test_no_invalid_td_of_the_corpus_becomes_a_thing(corpus: Path, folder: str) -> None:
    files = sorted((corpus / folder).iterdir())
    assert files
    for file in files:
        with pytest.raises(InvalidTD):
            wot.Thing.from_td(file)
