"""Consumed Things: which form is followed and with what, and subscriptions that survive lost connections."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from wot.consumed import ConsumedThing
from wot.content import CBOR, JSON, OCTETS, TEXT, Content, codec
from wot.errors import (
    Conflict,
    ConnectError,
    InvalidInput,
    InvalidOutput,
    NoForm,
    NotAllowed,
    ProtocolError,
    UnknownAffordance,
    UriVariableError,
)
from wot.td import ThingDescription

from .consuming import Consume, Fake, forms

FORMS = [{"href": "x"}]


@pytest.mark.assertion("client-uri-template", "td-vocab-base--Thing")
async def test_relative_hrefs_start_from_the_base(consume: Consume, client: Fake) -> None:
    await consume(properties={"p": forms("properties/p")}).read("p")
    await consume(base="", properties={"p": forms("http://o/p")}).read("p")
    assert client.hrefs == ["http://h/t/properties/p", "http://o/p"]


async def test_without_a_base_hrefs_start_from_where_the_td_came_from(client: Fake) -> None:
    td = ThingDescription({"title": "x", "properties": {"p": forms("p")}})
    await ConsumedThing(td, lambda _scheme: client, base="http://origin/td/").read("p")
    assert client.hrefs == ["http://origin/td/p"]


async def test_the_next_form_is_tried_when_one_cannot_be_reached(
    consume: Consume, client: Fake
) -> None:
    thing = consume(properties={"p": forms("mqtt://b/p", "coap://a/p", "b", "c")})
    client.answers["coap://a/p"] = ConnectError("down")
    assert await thing.read("p") == 1
    assert client.hrefs == ["coap://a/p", "http://h/t/b"]


@pytest.mark.parametrize("error", [Conflict("no"), ProtocolError("broke off")])
async def test_no_other_form_is_tried_once_one_was_answered(
    consume: Consume, client: Fake, error: Exception
) -> None:
    client.answers["http://h/t/a"] = error
    with pytest.raises(type(error)):
        await consume(actions={"go": forms("a", "b")}).invoke("go")
    assert client.hrefs == ["http://h/t/a"]


async def test_when_nothing_can_be_reached_the_last_error_is_raised(
    consume: Consume, client: Fake
) -> None:
    client.answers = {"http://h/t/a": ConnectError("one"), "http://h/t/b": ConnectError("two")}
    with pytest.raises(ConnectError, match="two"):
        await consume(properties={"p": forms("a", "b")}).read("p")


async def test_no_usable_form_says_what_was_tried(consume: Consume) -> None:
    thing = consume(
        properties={
            "p": forms("mqtt://b/p", "modbus+tcp://c/1"),
            "q": forms("x", subprotocol="unknown"),
        }
    )
    with pytest.raises(NoForm, match="'p'") as caught:
        await thing.read("p")
    assert "'mqtt'" in caught.value.hint
    assert "'modbus+tcp'" in caught.value.hint
    with pytest.raises(NoForm) as caught:
        await thing.read("q")
    assert "unknown" in caught.value.hint


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda t: t.read("no"), UnknownAffordance, "Lamp has no 'no' among its properties"),
        (lambda t: t.invoke("p"), UnknownAffordance, "no 'p' among its actions"),
        (lambda t: t.write("r", 1), NotAllowed, "writeproperty for 'r'"),
        (lambda t: t.read("w"), NotAllowed, "readproperty for 'w'"),
        (lambda t: t.write_all({"p": 1, "r": 1, "w": 1}), InvalidInput, "r: it can only be read"),
        (lambda t: t.read_multiple(["p", "w"]), InvalidInput, "'w' cannot be read together"),
        (lambda t: t.read_multiple("p"), InvalidInput, "'p' is no list of names"),
        (lambda t: t.read_multiple([1]), InvalidInput, "no list of names"),
        (lambda t: t.read_multiple(None), InvalidInput, "None is no list of names"),
        (lambda t: t.write_multiple([("p", 1)]), InvalidInput, "does not say values by name"),
        (lambda t: t.write_all("p"), InvalidInput, "does not say values by name"),
    ],
)
async def test_what_the_td_does_not_offer_is_refused_here(
    consume: Consume,
    client: Fake,
    use: Callable[[ConsumedThing], Any],
    error: type[Exception],
    message: str,
) -> None:
    thing = consume(
        properties={
            "p": forms("p"),
            "r": {"readOnly": True, **forms("r")},
            "w": {"writeOnly": True, **forms("w")},
        }
    )
    with pytest.raises(error, match=message):
        await use(thing)
    assert not client.asked


async def test_streams_that_are_not_offered_are_refused(consume: Consume) -> None:
    thing = consume(properties={"p": forms("p")}, events={"e": forms("e", op="unsubscribeevent")})
    for context, error in (
        (thing.observe("p"), NotAllowed),
        (thing.subscribe("e"), NotAllowed),
        (thing.subscribe("no"), UnknownAffordance),
    ):
        with pytest.raises(error):
            async with context:
                pass


@pytest.mark.assertion("td-vocab-contentType--Form")
@pytest.mark.parametrize(
    ("media_type", "value", "body"),
    [
        (JSON, {"a": 1}, b'{"a":1}'),
        ("application/senml+json", [1], b"[1]"),
        (CBOR, {"a": 1}, codec(CBOR).encode({"a": 1})),
        (TEXT, "é", "é".encode()),
        ("image/png", b"\x89", b"\x89"),
    ],
)
async def test_values_travel_in_the_media_type_of_the_form(
    consume: Consume, client: Fake, media_type: str, value: Any, body: bytes
) -> None:
    thing = consume(
        properties={"p": forms("p", contentType=media_type)},
        actions={"a": forms("a", contentType=media_type)},
    )
    client.answers = {"http://h/t/p": body, "http://h/t/a": body}
    assert await thing.read("p") == value
    await thing.write("p", value)
    assert client.sent == Content(body, media_type)
    assert await thing.invoke("a", value) == value
    assert client.sent == Content(body, media_type)


@pytest.mark.assertion("td-vocab-response--Form")
async def test_the_answer_may_have_another_media_type(consume: Consume, client: Fake) -> None:
    thing = consume(actions={"a": forms("a", contentType=JSON, response={"contentType": OCTETS})})
    client.answers["http://h/t/a"] = b"\xff"
    assert await thing.invoke("a", 1) == b"\xff"
    client.answers["http://h/t/a"] = Content(b'"text"', "application/json; charset=utf-8")
    assert await thing.invoke("a", 1) == "text"


INTEGER = {"type": "integer", "maximum": 9}


@pytest.mark.assertion("client-data-schema")
@pytest.mark.parametrize("value", ["a", 10, 1.5, None, True, float("nan"), object()])
async def test_what_does_not_fit_is_not_sent(consume: Consume, client: Fake, value: Any) -> None:
    thing = consume(
        properties={"p": {**INTEGER, **forms("p")}}, actions={"a": {"input": INTEGER, **forms("a")}}
    )
    with pytest.raises(InvalidInput, match=r"^p: "):
        await thing.write("p", value)
    with pytest.raises(InvalidInput, match=r"^a: "):
        await thing.invoke("a", value)
    assert not client.asked


@pytest.mark.assertion("client-data-schema-no-extras", "client-data-schema-accept-extras")
async def test_members_that_are_not_declared_are_not_sent_but_may_come(
    consume: Consume, client: Fake
) -> None:
    schema = {"type": "object", "properties": {"a": INTEGER}}
    thing = consume(properties={"p": {**schema, **forms("p")}})
    with pytest.raises(InvalidInput, match="'b' was unexpected"):
        await thing.write("p", {"a": 1, "b": 2})
    client.answers["http://h/t/p"] = b'{"a": 1, "b": 2}'
    assert await thing.read("p") == {"a": 1, "b": 2}


@pytest.mark.parametrize("body", [b'"a"', b"10", b"{", b"\xff", b"[" * 5000, None])
async def test_what_the_td_forbids_is_an_invalid_output(
    consume: Consume, client: Fake, body: bytes | None
) -> None:
    thing = consume(
        properties={"p": {**INTEGER, **forms("p")}},
        actions={"a": {"output": INTEGER, **forms("a")}},
    )
    client.answers = {"http://h/t/p": body, "http://h/t/a": body}
    with pytest.raises(InvalidOutput, match=r"^p: "):
        await thing.read("p")
    with pytest.raises(InvalidOutput, match=r"^a: "):
        await thing.invoke("a")


async def test_actions_with_and_without_input(consume: Consume, client: Fake) -> None:
    fields = {"input": {"type": "object", "properties": {"to": INTEGER}}}
    thing = consume(actions={"plain": forms("plain"), "fields": {**fields, **forms("fields")}})
    client.answers = {"http://h/t/plain": None, "http://h/t/fields": None}
    assert await thing.invoke("plain") is None
    assert client.sent is None
    await thing.invoke("fields", {"to": 1})
    assert client.sent == Content(b'{"to":1}')
    await thing.invoke("fields")  # an object is wanted: the empty one
    assert client.sent == Content(b"{}")
    await thing.invoke("plain", None)
    assert client.sent == Content(b"null")


VARIABLES = {
    "uriVariables": {"unit": {"type": "string", "enum": ["C", "F"]}, "n": {"type": "integer"}}
}


@pytest.mark.assertion("client-uri-template")
async def test_uri_variables_are_filled_in(consume: Consume, client: Fake) -> None:
    thing = consume(
        properties={"p": {**VARIABLES, **forms("p{?unit,n}", "q")}},
        actions={"a": {**VARIABLES, **forms("{unit}/a{?n}")}},
    )
    await thing.read("p")
    await thing.read("p", unit="C")
    await thing.write("p", 1, n=2, unit="F")
    await thing.invoke("a", 1, unit="C", n=3)
    assert client.hrefs == [
        "http://h/t/p",
        "http://h/t/p?unit=C",
        "http://h/t/p?unit=F&n=2",
        "http://h/t/C/a?n=3",
    ]


@pytest.mark.assertion("td-vocab-uriVariables--Thing", "client-uri-template")
async def test_uri_variables_of_the_whole_thing_count_too(consume: Consume, client: Fake) -> None:
    thing = consume(uriVariables={"site": {"type": "integer"}}, properties={"p": forms("p{?site}")})
    await thing.read("p", site=3)
    assert client.hrefs == ["http://h/t/p?site=3"]
    with pytest.raises(UriVariableError, match="'site'"):
        await thing.read("p", site="a")


@pytest.mark.parametrize("variables", [{"unit": "K"}, {"n": "a"}, {"other": 1}])
async def test_bad_uri_variables_are_refused_before_anything_is_sent(
    consume: Consume, client: Fake, variables: dict[str, Any]
) -> None:
    thing = consume(properties={"p": {**VARIABLES, **forms("p{?unit,n}")}})
    with pytest.raises(UriVariableError, match=next(iter(variables))):
        await thing.read("p", **variables)
    assert not client.asked


async def test_no_value_of_a_variable_leaves_its_place(consume: Consume, client: Fake) -> None:
    thing = consume(properties={"p": {"uriVariables": {"v": {"type": "string"}}, **forms("p/{v}")}})
    await thing.read("p", v="../../admin?x=1#")
    assert client.hrefs == ["http://h/t/p/..%2F..%2Fadmin%3Fx%3D1%23"]


async def test_a_schema_with_an_empty_one_of_is_read_as_without_it(consume: Consume) -> None:
    assert (
        await consume(properties={"p": {"type": "integer", "oneOf": [], **forms("p")}}).read("p")
        == 1
    )


def test_td_holds_what_can_be_used_from_here_and_no_forms(consume: Consume) -> None:
    thing = consume(
        id="urn:x",
        security="nosec",
        securityDefinitions={"nosec": {"scheme": "nosec"}},
        properties={
            "rw": {"type": "integer", "title": "t", "observable": True, **forms("p")},
            "r": forms("p", op="readproperty"),
            "seen": forms("p", op=["readproperty", "observeproperty"], contentType=CBOR),
            "mqtt": forms("mqtt://b/p"),
        },
        actions={"a": forms("a"), "far": forms("mqtt://b/p")},
        events={"e": forms("e")},
    )
    assert {term: value for term, value in thing.td.json.items() if term != "@context"} == {
        "id": "urn:x",
        "title": "Lamp",
        "properties": {
            "rw": {"type": "integer", "title": "t"},
            "r": {"readOnly": True},
            "seen": {"readOnly": True, "observable": True, "forms": [{"contentType": CBOR}]},
        },
        "actions": {"a": {"synchronous": True}},
        "events": {"e": {}},
    }


def test_it_shows_what_it_stands_for(consume: Consume) -> None:
    assert repr(consume(id="urn:x")) == "<ConsumedThing 'Lamp' urn:x>"


@pytest.fixture(scope="module")
def schema(corpus: Path) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(
        json.loads((corpus / "schema/td-schema-1.1.json").read_bytes())
    )
