"""The TDs that our servers generate: of Things of every kind, and of those in td_examples/ served again."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import wot
from tests.bindings.http.things import Broken, Probe
from tests.interop.test_nodewot import Everything as EveryShape
from tests.wot.test_description import Everything as EveryType
from wot.things import exposed_of
from wot_simulators.air import AirStation
from wot_simulators.computer import Computer

EXAMPLES = Path(__file__).parents[2] / "td_examples" / "valid"
ANY = "http://127.0.0.1:0"


class Bare(wot.Thing):
    """Nothing but a title."""


def things() -> Iterator[tuple[str, wot.Thing]]:
    for kind in (AirStation, Computer, Probe, Broken, EveryShape, EveryType, Bare):
        yield f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}", kind()


async def generated() -> dict[str, dict[str, Any]]:
    """The served TDs by name."""
    async with contextlib.AsyncExitStack() as stack:
        servient = await stack.enter_async_context(wot.Servient())
        found = {}
        async for name, thing in _served(servient):
            endpoint = wot.endpoint(ANY, public_url="https://things.example.org/")
            served = await stack.enter_async_context(servient.serve(thing, endpoint))
            found[name] = served.descriptions[0].json
        return found


async def _served(servient: wot.Servient) -> AsyncIterator[tuple[str, Any]]:
    for name, thing in things():
        yield name, thing
    for file in sorted(EXAMPLES.glob("*.td.json")):
        yield f"{file.name} through a gateway", await servient.consume(str(file))
        if file.name != "names.td.json":  # it has a name that is no part of a URL: empty
            yield f"{file.name} made here", attended(file)


def attended(file: Path) -> wot.Thing:
    """A Thing made from an example, with a handler wherever one is needed."""
    thing = wot.Thing.from_td(file, id=f"urn:example:{file.name}")
    for name, action in exposed_of(thing).td.actions.items():
        thing.on_invoke(name, (lambda given, **_: given) if action.input else (lambda **_: None))
    return thing
