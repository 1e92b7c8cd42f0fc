"""Which profiles a Thing claims: those that it keeps, and no others."""

from __future__ import annotations

from typing import Any

import pytest

import wot
from wot.td import TD_10, TD_11, Form, Json, ThingDescription, validate
from wot_http.forms import forms
from wot_http.profiles import BASIC, SSE, WEBHOOK, claimed

from .things import ANY

HERE = "http://127.0.0.1:8080/"
PROPERTY: Json = {"type": "integer", "observable": True}
ACTION: Json = {"synchronous": True}
PINNED = {"forms": [{"href": "", "contentType": "image/png"}]}
SHOWN = {"forms": [{"href": "", "response": {"contentType": "text/plain"}}]}


def described(**members: Any) -> ThingDescription:
    return ThingDescription({"@context": [TD_10, TD_11], "title": "Probe", **members})


def of(td: ThingDescription, base: str = HERE, *streams: str) -> list[str]:
    return claimed(td, forms("probe", td), base, streams)


WHOLE: Json = {"properties": {"p": PROPERTY}, "actions": {"a": ACTION}, "events": {"e": {}}}


@pytest.mark.parametrize(
    "members",
    [
        WHOLE,
        {"properties": {"p": {"readOnly": True}}},
        {"properties": {"p": {"writeOnly": True}}},
        {"actions": {"a": {"synchronous": True, "input": {}, "output": {}}}},
        {"properties": {"p": {"uriVariables": {"unit": {"type": "string", "default": "m"}}}}},
        {"actions": {"a": ACTION}, "events": {"picture": PINNED}},
    ],
    ids=["everything", "read only", "write only", "in and out", "variables", "events of any type"],
)
def test_who_keeps_the_basic_profile_claims_it(members: Json) -> None:
    assert of(described(**members)) == [BASIC]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"events": {"e": {}}},
        {"properties": {"p": PROPERTY, "picture": PINNED}},
        {"properties": {"p": SHOWN}},
        {"properties": {"p": {"uriVariables": {"unit": {"type": "string"}}}}},
        {"actions": {"a": {}}},
        {"actions": {"a": {**ACTION, **PINNED}}},
        {"actions": {"a": {**ACTION, **SHOWN, "output": {}}}},
    ],
    ids=[
        "nothing",
        "events only",
        "a property of another type",
        "answers of another type",
        "a property that needs a variable",
        "an action that says not whether it waits",
        "an action that takes another type",
        "an action that gives another type",
    ],
)
def test_who_does_not_keep_it_does_not_claim_it(members: Json) -> None:
    assert of(described(**members)) == []


@pytest.mark.parametrize("context", [TD_10, ["https://example.org/"], None])
@pytest.mark.assertion("profiling-mechanism-4")
def test_nothing_is_claimed_in_a_td_of_another_version(context: Any) -> None:
    assert of(ThingDescription({**described(**WHOLE).json, "@context": context})) == []


def test_nothing_is_claimed_that_is_served_by_another_protocol() -> None:
    assert of(described(**WHOLE), "http+unix://%2Frun%2Fwot/") == []
    assert of(described(**WHOLE), "https://example.org/") == [BASIC]


@pytest.mark.assertion("http-webhook-profile-protocol-binding-general-1")
@pytest.mark.assertion("http-webhook-profile-protocol-binding-general-2")
@pytest.mark.parametrize(
    ("subprotocol", "profile"), [("sse", SSE), ("webhook", WEBHOOK)], ids=["sse", "webhook"]
)
def test_streams_are_claimed_where_all_of_them_are_spoken_as_the_profile_demands(
    subprotocol: str, profile: str
) -> None:
    td = described(**WHOLE)
    observed = [("properties", "p", "observeproperty"), ("events", "e", "subscribeevent")]
    served = [
        (kind, name, Form({"href": "x", "op": [op], "subprotocol": subprotocol}))
        for kind, name, op in observed
    ]
    assert claimed(td, served, HERE, [subprotocol]) == [profile]
    assert claimed(td, served[1:], HERE, [subprotocol]) == []
    assert claimed(td, served, HERE) == []
    quiet = described(actions={"a": ACTION})
    assert of(quiet, HERE, subprotocol) == [BASIC]


OAUTH2 = {"scheme": "oauth2", "authorization": "https://x.example/a", "token": "https://x.example/"}
NAMED = {"scheme": "basic", "name": "Authorization"}


@pytest.mark.assertion(
    "common-constraints-security-1",
    "common-constraints-security-3",
    "common-constraints-security-4",
    "common-constraints-security-basic-in",
    "common-constraints-security-basic-name",
    "common-constraints-security-basic-proxy",
)
@pytest.mark.parametrize(
    ("scheme", "kept"),
    [
        ({"scheme": "nosec"}, True),
        (NAMED, True),
        ({**NAMED, "in": "header"}, True),
        ({**NAMED, "in": "query"}, False),
        ({"scheme": "basic"}, False),
        ({**NAMED, "proxy": "http://x.example"}, False),
        ({**NAMED, "name": "Proxy-Authorization"}, False),
        ({**NAMED, "proxy": "http://x.example", "name": "Proxy-Authorization"}, True),
        ({**OAUTH2, "flow": "code"}, True),
        ({**OAUTH2, "flow": "client"}, True),
        ({**OAUTH2, "flow": "device"}, False),
        ({"scheme": "bearer"}, False),
        ({"scheme": "combo", "oneOf": ["none", "key"]}, True),
        ({"scheme": "combo", "oneOf": ["key", "key"]}, False),
        ({"scheme": "combo", "oneOf": ["sc", "sc"]}, False),
        ({"scheme": "combo", "allOf": ["none", "none"]}, False),
        (None, False),
    ],
)
def test_schemes_of_the_profiles(scheme: Any, kept: bool) -> None:
    schemes = {"sc": scheme, "none": {"scheme": "nosec"}, "key": {"scheme": "apikey"}}
    for security in ("sc", ["sc"]):
        td = described(**WHOLE, securityDefinitions=schemes, security=security)
        assert bool(of(td)) is kept
    both = described(**WHOLE, securityDefinitions=schemes, security=["sc", "none"])
    assert of(both) == []  # not one of several, but all of them


class Lamp(wot.Thing):
    level = wot.stored(5)

    @wot.action
    async def fade(self, seconds: float) -> None:
        pass


class Camera(Lamp):
    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        return b"\x89PNG"


@pytest.mark.assertion(
    "profiling-mechanism-2",
    "profiling-mechanism-3",
    "profiling-mechanism-4",
    "http-basic-profile-identifier-1",
)
@pytest.mark.parametrize(("made", "profile"), [(Lamp, [BASIC]), (Camera, None)])
async def test_what_is_served_says_so(made: type[wot.Thing], profile: list[str] | None) -> None:
    async with wot.serve(made(), ANY) as served:
        [td] = served.descriptions
    assert td.json.get("profile") == profile
    assert TD_11 in td.json["@context"]
    assert validate(td.json) == []
