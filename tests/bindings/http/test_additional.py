"""Additional responses (TD 1.1 section 5.3.4.2.2): told by our forms, and read by our client."""

from __future__ import annotations

from typing import Any

import pytest

import wot
from wot.errors import HandlerError, InvalidInput, InvalidOutput
from wot.td import Form

from .foreign import Foreign, ok, td
from .things import ANY

PROBLEM = "application/problem+json"
NOTE = {"type": "object", "required": ["note"], "properties": {"note": {"type": "string"}}}


async def reading(
    servient: wot.Servient, foreign: Foreign, answer: bytes, *additional: dict[str, Any]
) -> Any:
    foreign.answers["/x"] = answer
    form = {"href": "/x", "additionalResponses": list(additional)}
    terms = {"type": "integer", "forms": [form]}
    thing = await servient.consume(
        td(foreign.url, schemaDefinitions={"note": NOTE}, properties={"p": terms})
    )
    return await thing.read("p")


@pytest.mark.assertion("td-additionalExpectedResponse-contentType")
async def test_our_forms_name_what_errors_are_told_in() -> None:
    async with wot.serve(_lamp(), ANY) as served:
        json = served.descriptions[0].json
    forms = [
        form
        for kind in ("properties", "actions")
        for a in json[kind].values()
        for form in a["forms"]
        if "subprotocol" not in form  # streams have more than one answer
    ]
    assert forms
    for form in forms:
        [more] = Form(form).additional_responses
        assert (more.content_type, more.success) == (PROBLEM, False)


def _lamp() -> wot.Thing:
    class Lamp(wot.Thing):
        on = wot.stored(False)

        @wot.action
        def toggle(self) -> None: ...

    return Lamp()


@pytest.mark.assertion("td-additionalExpectedResponse-contentType")
@pytest.mark.parametrize("kind", ["application/vnd.note+json", "application/json"])
async def test_an_additional_response_has_a_schema_of_its_own(
    foreign: Foreign, servient: wot.Servient, kind: str
) -> None:
    more = {"success": True, "contentType": kind, "schema": "note"}
    assert await reading(servient, foreign, ok(b'{"note":"x"}', kind), more) == {"note": "x"}
    assert await reading(servient, foreign, ok(b"5"), more) == 5
    with pytest.raises(InvalidOutput):
        await reading(servient, foreign, ok(b'{"other":1}', kind), more)


@pytest.mark.assertion("td-additionalExpectedResponse-schema")
async def test_what_is_no_success_is_no_value(foreign: Foreign, servient: wot.Servient) -> None:
    more = {"contentType": "application/json", "schema": "note"}
    with pytest.raises(InvalidOutput):
        await reading(servient, foreign, ok(b'{"note":"x"}'), more)


@pytest.mark.assertion("td-additionalExpectedResponse-schema")
async def test_without_a_media_type_it_is_that_of_the_form(
    foreign: Foreign, servient: wot.Servient
) -> None:
    answer = ok(b'{"note":"x"}', "")
    more = {"success": True, "schema": "note"}
    assert await reading(servient, foreign, answer, more) == {"note": "x"}


@pytest.mark.parametrize("said", ["text/plain", "text/plain;charset=utf-8", ""])
async def test_errors_of_a_declared_media_type_are_repeated(
    foreign: Foreign, servient: wot.Servient, said: str
) -> None:
    answer = ok(b"the lamp\nis broken", said, "400 Bad")
    with pytest.raises(InvalidInput, match="the lamp is broken"):
        await reading(servient, foreign, answer, {"contentType": "text/plain"})


async def test_errors_of_other_media_types_are_not(
    foreign: Foreign, servient: wot.Servient
) -> None:
    answer = ok(b"<h1>secret</h1>", "text/html", "500 Bad")
    with pytest.raises(HandlerError) as caught:
        await reading(servient, foreign, answer, {"contentType": "text/plain"})
    assert "secret" not in str(caught.value)
