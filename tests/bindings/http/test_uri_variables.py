"""URI variables over HTTP: of the Thing and of an affordance, checked at both ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

import wot
from wot.errors import UriVariableError

from .foreign import td
from .things import ANY
from .wire import ask

SHARED = {"room": {"type": "string", "enum": ["hall", "a/b&c"]}, "floor": {"type": "integer"}}
OWN = {
    "on": {"type": "boolean"},
    "name": {"type": "string"},
    "step": {"type": "number", "default": 0.5},
    "floor": {"type": "integer", "maximum": 3},
}
FORMS = [{"href": "/p{?room,floor,on,name,step}"}]
MADE = td(
    "http://127.0.0.1:1",
    id="urn:test:variables",
    uriVariables=SHARED,
    properties={"p": {"readOnly": True, "uriVariables": OWN, "forms": FORMS}},
)


@pytest.fixture(params=["device", "gateway"])
async def there(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    thing = wot.Thing.from_td(MADE)

    @thing.on_read("p")
    def p(step: float, **given: Any) -> Any:
        return {"step": step, **given}

    async with wot.serve(thing, ANY) as served, wot.Servient() as servient:
        if request.param == "device":
            yield served.urls[0]
            return
        async with servient.serve(await servient.consume(served.urls[0]), ANY) as again:
            yield again.urls[0]


async def test_values_of_all_types_go_around(there: str) -> None:
    async with wot.consume(there) as thing:
        given = {"room": "a/b&c", "floor": 2, "on": True, "name": "a,b ü%+&=#", "step": 2.0}
        assert await thing.read("p", **given) == given
        assert await thing.read("p") == {"step": 0.5}
        assert await thing.read("p", on=False) == {"step": 0.5, "on": False}


@pytest.mark.parametrize(
    "given",
    [{"room": "cellar"}, {"floor": "x"}, {"floor": 4}, {"on": 1}, {"name": 5}, {"other": 1}],
)
async def test_both_ends_refuse_what_does_not_fit(there: str, given: dict[str, Any]) -> None:
    async with wot.consume(there) as thing:
        with pytest.raises(UriVariableError):
            await thing.read("p", **given)


@pytest.mark.parametrize("query", ["room=cellar", "floor=x", "floor=4", "on=1", "other=1", "on"])
async def test_the_server_says_400(there: str, query: str) -> None:
    assert (await ask(f"{there}/properties/p?{query}")).problem == (400, "UriVariableError")
