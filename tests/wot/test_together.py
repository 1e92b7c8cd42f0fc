"""All properties and all events of a Thing somewhere else, without a network."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.consumed import ConsumedThing
from wot.content import Content
from wot.errors import (
    Conflict,
    ConnectError,
    EventsLost,
    Forbidden,
    InvalidInput,
    InvalidOutput,
    PartialFailure,
    Unavailable,
    UnknownAffordance,
    WoTError,
)
from wot.interaction import Interaction
from wot.td import Op, ThingDescription
from wot.together import joined

from .consuming import Fake, Flow

NAMES = "abcd"


def thing_with(fake: Fake, forms: list[dict[str, Any]], **members: Any) -> ConsumedThing:
    """A Thing of four properties and three events."""
    properties = {
        name: {"type": "integer", "maximum": 9, "forms": [{"href": f"fake:{name}"}]}
        for name in NAMES
    }
    events = {
        name: {"data": {"type": "integer"}, "forms": [{"href": f"fake:{name}"}]} for name in "xyz"
    }
    json = {"title": "Far", "properties": properties, "events": events, "forms": forms, **members}
    return ConsumedThing(ThingDescription(json), lambda _scheme: fake, patience=0)


@settings(deadline=None, max_examples=60)
@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
    failing=st.frozensets(st.sampled_from(NAMES)),
)
def test_what_is_read_one_by_one_and_what_is_not(names: list[str], failing: frozenset[str]) -> None:
    fake = Fake()
    fake.answers = {f"fake:{name}": Unavailable(name) for name in failing}
    thing = thing_with(fake, [])
    error = None
    values: Any = None
    try:
        values = asyncio.run(thing.read_multiple(names))
    except PartialFailure as raised:
        error, values = raised, raised.values
    assert list(values) == [name for name in names if name not in failing]
    failed = [name for name in names if name in failing]
    assert [str(each) for each in (error.errors.values() if error else ())] == failed


@settings(deadline=None, max_examples=60)
@given(
    values=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9), min_size=1),
    failing=st.frozensets(st.sampled_from(NAMES)),
)
def test_what_is_written_one_by_one_and_what_is_not(
    values: dict[str, int], failing: frozenset[str]
) -> None:
    fake = Fake()
    fake.answers = {f"fake:{name}": Conflict(name) for name in failing}
    thing = thing_with(fake, [])
    error = None
    try:
        asyncio.run(thing.write_multiple(values))
    except PartialFailure as raised:
        error = raised
    tried = [href.removeprefix("fake:") for href in fake.hrefs]
    written = [name for name in tried if name not in failing]
    if error is None:
        assert (tried, written) == (list(values), list(values))
    else:
        assert list(error.values) == written
        assert tried == [*written, next(iter(error.errors))]
        assert [*error.values, *error.errors] == list(values)


async def test_the_next_form_is_used_where_the_first_cannot_be_reached() -> None:
    fake = Fake()
    fake.answers = {
        "fake:one": ConnectError("gone"),
        "fake:two": b'{"a": 1, "b": 2, "c": 3, "d": 4}',
    }
    forms = [{"href": f"fake:{where}", "op": "readallproperties"} for where in ("one", "two")]
    assert await thing_with(fake, forms).read_all() == {"a": 1, "b": 2, "c": 3, "d": 4}
    assert fake.hrefs == ["fake:one", "fake:two"]


async def test_a_gateway_does_not_look_into_what_it_passes_on() -> None:
    fake = Fake()
    fake.answers = {"fake:all": b'{ "a": 1.0 , "new": [] }'}
    ops = ["readallproperties", "writemultipleproperties"]
    thing = thing_with(fake, [{"href": "fake:all", "op": ops}])
    reply = await thing.request(Interaction(Op.READ_ALL_PROPERTIES))
    assert reply.content is not None
    assert reply.content.body == b'{ "a": 1.0 , "new": [] }'
    body = b'{ "a": 100 }'  # which the Thing is going to refuse
    await thing.request(Interaction(Op.WRITE_MULTIPLE_PROPERTIES, payload=Content(body)))
    assert fake.sent is not None
    assert fake.sent.body == body


async def test_all_has_to_be_all_also_behind_a_gateway() -> None:
    fake = Fake()
    ops = ["writeallproperties", "writemultipleproperties"]
    thing = thing_with(fake, [{"href": "fake:all", "op": ops}])
    some = Interaction(Op.WRITE_ALL_PROPERTIES, payload=Content(b'{"a": 1, "b": 2}'))
    with pytest.raises(InvalidInput, match="nothing was written: c, d missing"):
        await thing.request(some)
    assert not fake.asked


async def test_a_whole_thing_has_only_its_own_operations() -> None:
    fake = Fake()
    for op in (Op.OBSERVE_PROPERTY, Op.SUBSCRIBE_EVENT):
        with pytest.raises(UnknownAffordance):
            await thing_with(fake, []).stream(Interaction(op))
    with pytest.raises(UnknownAffordance):
        await thing_with(fake, []).request(Interaction(Op.READ_PROPERTY))


async def test_what_is_no_error_of_ours_ends_the_merge_too() -> None:
    fake = Fake()
    thing, flows = await followed(fake)
    stream = await thing.stream(Interaction(Op.SUBSCRIBE_ALL_EVENTS))
    flows[0].put(RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        async with asyncio.timeout(5):
            await anext(stream)
    assert all(flow.closed for flow in flows)


async def test_an_array_of_names_where_the_variable_is_one() -> None:
    fake = Fake()
    fake.answers = {"fake:some?n=a,b": b'{"a": 1, "b": 2}'}
    form = {"href": "fake:some{?n}", "op": "readmultipleproperties"}
    thing = thing_with(fake, [form], uriVariables={"n": {"type": "array"}})
    assert await thing.read_multiple(["a", "b"]) == {"a": 1, "b": 2}
    assert fake.hrefs == ["fake:some?n=a,b"]


def test_names_as_one_variable() -> None:
    assert joined(["a", "b c", "x,y", "50%"]) == "a,b c,x%2Cy,50%25"


async def followed(fake: Fake) -> tuple[ConsumedThing, list[Flow]]:
    flows = [Flow() for _ in "xyz"]
    fake.flows = list(flows)
    return thing_with(fake, []), flows


async def test_streams_one_by_one_are_one_and_all_are_closed() -> None:
    fake = Fake()
    thing, (x, y, z) = await followed(fake)
    async with asyncio.timeout(5), thing.subscribe_all() as events:
        z.put(1)
        assert await anext(events) == ("z", 1)
        x.put(2)
        assert await anext(events) == ("x", 2)
        y.put('"text"')
        with pytest.raises(InvalidOutput, match="y:"):
            await anext(events)
        x.put(3)
        assert await anext(events) == ("x", 3)
    assert all(flow.closed for flow in (x, y, z))


async def test_leaving_ends_the_wait_of_another_task() -> None:
    fake = Fake()
    thing, flows = await followed(fake)
    stream = await thing.stream(Interaction(Op.SUBSCRIBE_ALL_EVENTS))
    waiting = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await stream.aclose()
        assert await waiting is None
        assert await anext(stream, None) is None
    assert all(flow.closed for flow in flows)


async def test_what_waits_is_bounded_and_nothing_is_lost() -> None:
    fake = Fake()
    thing, (x, _y, _z) = await followed(fake)
    stream = await thing.stream(Interaction(Op.SUBSCRIBE_ALL_EVENTS))
    x.put(*range(1000))
    for _ in range(300):
        await asyncio.sleep(0)
    assert x.items.qsize() > 900
    async with asyncio.timeout(5):
        found = [await anext(stream) for _ in range(1000)]
    assert [int(each.content.body) for each in found] == list(range(1000))
    await stream.aclose()


@pytest.mark.parametrize("error", [EventsLost("a gap", after="x-5"), Forbidden("no more")])
async def test_the_error_of_one_is_that_of_all(error: WoTError) -> None:
    fake = Fake()
    thing, flows = await followed(fake)
    stream = await thing.stream(Interaction(Op.SUBSCRIBE_ALL_EVENTS))
    flows[1].put(error)
    with pytest.raises(type(error), match=str(error)):
        async with asyncio.timeout(5):
            await anext(stream)
    assert all(flow.closed for flow in flows)


async def test_one_that_is_refused_has_no_part() -> None:
    fake = Fake()
    fake.flows = [Forbidden("not you"), flow := Flow(), Forbidden("not you")]
    async with asyncio.timeout(5), thing_with(fake, []).subscribe_all() as events:
        flow.put(4)
        assert await anext(events) == ("y", 4)
    fake.flows = [Forbidden("not you")] * 3
    with pytest.raises(Forbidden):
        await thing_with(fake, []).stream(Interaction(Op.SUBSCRIBE_ALL_EVENTS))
    fake.flows = [flow := Flow(), ConnectError("gone"), Flow()]
    with pytest.raises(ConnectError):
        await thing_with(fake, []).stream(Interaction(Op.SUBSCRIBE_ALL_EVENTS))
    assert flow.closed


def test_variables_of_whole_thing_forms_do_not_reach_affordances() -> None:
    fake = Fake()
    variables = {"names": {"type": "string"}, "unit": {"type": "string"}, "page": {}}
    forms = [{"href": "fake:all{?names,unit}", "op": "readmultipleproperties"}]
    own = {"e": {"forms": [{"href": "fake:e{?unit}"}]}}
    thing = thing_with(fake, forms, uriVariables=variables, events=own)
    assert "uriVariables" not in thing.td.json
    assert "uriVariables" not in thing.td.json["properties"]["a"]
    assert thing.td.json["events"]["e"]["uriVariables"] == {"unit": {"type": "string"}}
