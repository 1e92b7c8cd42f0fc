"""TDs of the whole world, used and served again."""

import json
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from wot.consumed import ConsumedThing
from wot.description import End, composed
from wot.errors import (
    InvalidTD,
    WoTError,
)
from wot.td import ThingDescription
from wot_http import forms as http_forms
from wot_http.server import HTTPServer

from .consuming import Fake


@pytest.fixture
def client() -> Fake:
    return Fake()


class Anywhere:
    """As much of a server as the description of a gateway needs."""

    base = "http://h/"

    def forms(self, path: str, td: ThingDescription) -> Any:
        return http_forms.forms(path, td)

    def terms(self, td: ThingDescription) -> Any:
        return HTTPServer("http://h", {}).terms(td)

    def located(self, href: str, base: str) -> str:
        return href


@pytest.fixture(scope="module")
def schema(corpus: Path) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(
        json.loads((corpus / "schema/td-schema-1.1.json").read_bytes())
    )


@pytest.fixture(scope="module")
def descriptions(corpus: Path) -> list[ThingDescription]:
    """Whatever parses as a TD."""
    found: list[ThingDescription] = []
    for path in sorted([*corpus.glob("td/*/*.json*"), *corpus.glob("plugfest/td/*")]):
        with suppress(InvalidTD):
            found.append(ThingDescription.parse(path.read_bytes()))
    assert len(found) > 200
    return found


def test_every_td_of_the_corpus_can_be_served_again(
    client: Fake, schema: jsonschema_rs.Draft7Validator, descriptions: list[ThingDescription]
) -> None:
    for td in descriptions:
        thing = ConsumedThing(td, lambda _scheme: client, base="http://base/")
        end = End(Anywhere(), "x")
        again = composed(thing.td, [end], end, "http://h/")
        assert schema.is_valid(again) or not schema.is_valid(td.json), td


async def test_every_td_of_the_corpus_can_be_used(
    client: Fake, descriptions: list[ThingDescription]
) -> None:
    done = 0
    for td in descriptions:
        thing = ConsumedThing(td, lambda _scheme: client, base="http://base/")
        for name in td.properties:
            done += await answered(thing.read(name)) + await answered(thing.write(name, 1))
        for name in td.actions:
            done += await answered(thing.invoke(name)) + await answered(thing.invoke(name, {}))
    assert done > 500


async def answered(asked: Awaitable[Any]) -> bool:
    """Whether it was done; any other end than an error of ours is a failure."""
    try:
        await asked
    except WoTError:
        return False
    return True
