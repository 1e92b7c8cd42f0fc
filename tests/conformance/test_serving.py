"""What our own Things and consumers show of TD 1.1 sections 6, 8, 10 and 11, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

import wot
from wot.servient import Served
from wot.td import validate

ANY = "http://127.0.0.1:0"


class Camera(wot.Thing, title="Camera <1>", titles={"de": "Kamera"}):
    """Takes pictures."""

    zoom = wot.stored(1, minimum=1, maximum=8)
    moved = wot.event(float)

    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        return b"\x89PNG"

    @wot.property
    async def part(self, left: int = 0) -> int:
        return left

    @wot.action(response_type="text/plain")
    async def shoot(self, count: int = 1) -> str:
        return f"{count} taken"

    @wot.action
    async def look(self) -> int:
        return 7


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with wot.serve(Camera(), ANY) as served:
        yield served


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.assertion("server-uri-template", "td-context-ns-td10-namespace")
async def test_the_description_is_valid(served: Served) -> None:
    assert validate(served.descriptions[0].json) == []


@pytest.mark.assertion("td-json-open_utf-8", "td-json-open_no-byte-order")
async def test_it_is_sent_as_utf_8_without_a_mark(
    served: Served, http: aiohttp.ClientSession
) -> None:
    async with http.get(served.urls[0]) as answer:
        assert answer.content_type == "application/td+json"
        body = await answer.read()
    assert body.startswith(b"{")
    assert '"Kamera"' in body.decode("utf-8")


@pytest.mark.assertion("td-expectedResponse-contentType")
async def test_an_answer_of_another_type_is_told_in_the_form(
    served: Served, http: aiohttp.ClientSession
) -> None:
    (form,) = served.descriptions[0].actions["shoot"].forms
    assert form.json["response"] == {"contentType": "text/plain"}
    url = served.descriptions[0].base + form.href
    async with http.post(url, json={"count": 2}) as answer:
        assert (answer.content_type, await answer.text()) == ("text/plain", "2 taken")


@pytest.mark.assertion("td-expectedResponse-default-contentType", "bindings-server-accept")
async def test_without_it_the_answer_is_of_the_type_of_the_form(
    served: Served, http: aiohttp.ClientSession
) -> None:
    td = served.descriptions[0]
    for affordance, content_type in (
        (td.properties["picture"], "image/png"),
        (td.properties["zoom"], "application/json"),
    ):
        form = affordance.forms[0]
        assert "response" not in form.json
        assert form.content_type == content_type
        async with http.get(td.base + form.href) as answer:
            assert answer.content_type == content_type


@pytest.mark.assertion(
    "td-default-http-method",
    "td-default-http-method_get",
    "td-default-http-method_put",
    "td-default-http-method_post",
    "bindings-requirements-scheme",
)
async def test_forms_without_a_method_are_served_at_the_default_one(
    served: Served, http: aiohttp.ClientSession
) -> None:
    td = served.descriptions[0]
    form, action = td.properties["zoom"].forms[0], td.actions["look"].forms[0]
    assert {"readproperty", "writeproperty"} <= set(form.op)
    assert "htv:methodName" not in form.json | action.json
    async with http.put(td.base + form.href, json=3) as answer:
        assert answer.status == 204
    async with http.get(td.base + form.href) as answer:
        assert await answer.json() == 3
    async with http.post(td.base + action.href) as answer:
        assert await answer.json() == 7


@pytest.mark.assertion("td-default-http-method")
async def test_forms_of_operations_without_a_default_say_how(served: Served) -> None:
    """Observing and subscribing have no default method: the form names it, or a subprotocol that does."""
    td = served.descriptions[0]
    plain = {
        "readproperty",
        "writeproperty",
        "invokeaction",
        "readallproperties",
        "writeallproperties",
    }
    plain |= {"readmultipleproperties", "writemultipleproperties"}
    affordances = {**td.properties, **td.actions, **td.events}
    forms = [*td.forms, *(form for each in affordances.values() for form in each.forms)]
    said = [form.json for form in forms if not set(form.op) & plain]
    assert said
    assert all("subprotocol" in form or "htv:methodName" in form for form in said)


@pytest.mark.assertion("td-security-no-extras", "td-security-no-secrets")
async def test_what_demands_nothing_says_so(served: Served, http: aiohttp.ClientSession) -> None:
    td: dict[str, Any] = served.descriptions[0].json
    assert td["securityDefinitions"] == {"nosec_sc": {"scheme": "nosec"}}
    assert td["security"] in ("nosec_sc", ["nosec_sc"])
    async with http.get(f"{served.urls[0]}/properties/zoom") as answer:
        assert answer.status == 200


@pytest.mark.assertion("td-ns-multilanguage-content-negotiation-optional")
async def test_the_language_is_not_negotiated(served: Served, http: aiohttp.ClientSession) -> None:
    bodies = set()
    for language in ("de", "en", "*"):
        async with http.get(served.urls[0], headers={"Accept-Language": language}) as answer:
            bodies.add(await answer.read())
            assert "Content-Language" not in answer.headers
    assert len(bodies) == 1


@pytest.mark.assertion("td-processor-bidi-isolation", "td-text-direction-first-strong")
async def test_titles_are_isolated_in_the_page_for_browsers(
    served: Served, http: aiohttp.ClientSession
) -> None:
    """`bdi` takes the direction of the first strong character."""
    async with http.get(served.descriptions[0].base, headers={"Accept": "text/html"}) as answer:
        page = await answer.text()
    assert "<bdi>Camera &lt;1&gt;</bdi>" in page
    assert "<bdi>Takes pictures.</bdi>" in page


@pytest.mark.assertion("privacy-mutable-identifiers")
async def test_an_id_can_be_changed(served: Served, http: aiohttp.ClientSession) -> None:
    served.things[0].id = "urn:uuid:97c8ce8c-6d4b-4a4e-9d6a-bbf34ebb56c6"
    async with http.get(served.urls[0]) as answer:
        assert (await answer.json(content_type=None))["id"] == served.things[0].id


@pytest.mark.assertion("privacy-distributed-ids", "privacy-centralized-ids", "privacy-id-metadata")
async def test_an_id_is_a_uuid_that_tells_nothing(served: Served) -> None:
    id = served.descriptions[0].id
    assert id.startswith("urn:uuid:")
    assert len(id) == len("urn:uuid:") + 36
    assert "camera" not in id.lower()
