"""A Thing for any TD: its handlers answer with samples of the schemas, and keep what is written."""

from __future__ import annotations

from typing import Any

import wot
from tests.sampling import sample
from wot.content import is_opaque
from wot.td import Form, Json
from wot.things import exposed_of


def simulated(document: Any) -> wot.DescribedThing:
    """A Thing that does all that a TD offers; NoSample where a schema allows nothing that we can think of."""
    thing = wot.Thing.from_td(document)
    td = exposed_of(thing).td.json
    for name, schema in td.get("properties", {}).items():
        _property(thing, name, schema)
    for name, action in td.get("actions", {}).items():
        _sample(action.get("input"), action, "request")  # somebody will have to send one
        output = _sample(action.get("output"), action, "response")
        thing.on_invoke(name, lambda *_, output=output, **__: output)
    return thing


def _property(thing: wot.DescribedThing, name: str, schema: Json) -> None:
    kept = [_sample(schema, schema, "request")]

    def write(value: Any, **_: Any) -> None:
        kept[0] = value

    if not schema.get("writeOnly"):
        thing.on_read(name, lambda **_: kept[0])
    if not schema.get("readOnly"):
        thing.on_write(name, write)


def _sample(schema: Json | None, affordance: Json, way: str) -> Any:
    form = Form((affordance.get("forms") or [{}])[0])
    media_type = form.content_type if way == "request" else form.response_type
    if schema is None:
        return None
    return b"x" if is_opaque(media_type) else sample(schema)
