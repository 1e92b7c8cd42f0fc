"""Thing Descriptions, the list of Things, the well-known address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

import wot
from wot.td import TD_JSON, ThingDescription

from .things import ANY, Probe
from .wire import Answer, ask, connected, free_port

SCRIPT = "<script>alert('1')</script> & \"co\""


class Odd(wot.Thing, title=SCRIPT, description=SCRIPT, id='urn:test:"odd"&<b>'):
    """A Thing whose words are not for browsers."""

    level = wot.stored(1)


@pytest.fixture
async def several(probe: Probe) -> AsyncIterator[str]:
    """The base of a server of two Things."""
    async with wot.serve([probe, Odd()], ANY) as served:
        yield served.urls[0].removesuffix("probe")


async def root_of(url: str, path: str = "") -> Answer:
    return await ask(urljoin(url, "/") + path)


async def test_the_td(url: str, probe: Probe) -> None:
    answer = await ask(url)
    assert (answer.status, answer.headers["content-type"]) == (200, TD_JSON)
    td = ThingDescription.parse(answer.body)
    assert (td.id, td.title, td.base) == ("urn:test:probe", "Probe", url.removesuffix("probe"))
    level = td.json["properties"]["level"]
    assert level["maximum"] == 100
    assert [form["href"] for form in level["forms"]] == ["probe/properties/level"] * 2
    assert [form["op"] for form in level["forms"]] == [
        ["readproperty", "writeproperty"],
        ["observeproperty", "unobserveproperty"],
    ]
    assert [form.get("subprotocol") for form in level["forms"]] == [None, "sse"]


@pytest.mark.parametrize("accept", ["", "application/json"])
async def test_a_td_that_is_known_is_not_sent_again(url: str, accept: str) -> None:
    first = await ask(url, accept=accept)
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        answer = await ask(url, accept=accept, if_none_match=known)
        assert (answer.status, answer.headers["etag"], answer.body) == (304, etag, b""), known
    other = await ask(url, accept=accept, if_none_match='"x"')
    assert (other.status, other.body) == (200, first.body)


async def test_the_etag_is_of_the_bytes(url: str) -> None:
    one, other = await ask(url), await ask(url, host="elsewhere.localhost")
    assert one.body != other.body
    assert one.headers["etag"] != other.headers["etag"]


@pytest.mark.parametrize("path", ["", "/", "?x=1"])
async def test_the_td_is_at_its_path_with_or_without_slash(url: str, path: str) -> None:
    assert (await ask(url + path)).json["id"] == "urn:test:probe"


@pytest.mark.parametrize("path", ["probe", "", ".well-known/wot"])
async def test_head_is_get_without_the_body(url: str, path: str) -> None:
    there = urljoin(url, "/") + path
    got, head = await ask(there), await ask(there, "HEAD")
    ignored = {"date"}
    assert head.status == 200
    assert {k: v for k, v in head.headers.items() if k not in ignored} == {
        k: v for k, v in got.headers.items() if k not in ignored
    }


@pytest.mark.parametrize("path", ["probe", "", ".well-known/wot"])
async def test_pages_are_read_only(url: str, path: str) -> None:
    there = urljoin(url, "/") + path
    options = await ask(there, "OPTIONS")
    assert (options.status, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("PUT", "POST", "DELETE", "PATCH", "PROPFIND"):
        answer = await ask(there, method, b"{}")
        assert answer.problem == (405, "NotAllowed"), method
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


HOSTS = ["localhost", "localhost:8080", "127.0.0.1:80", "127.3.2.1", "[::1]:8080", "a-b.localhost"]


@pytest.mark.parametrize("host", HOSTS)
async def test_the_base_is_what_the_requester_sees(url: str, host: str) -> None:
    assert (await ask(url, host=host)).json["base"] == f"http://{host}/"


BAD_HOSTS = ["a/b", "a@b", 'a"b', "<b>", "a?x", "a#x", "a b", "a:b", "a:123456", "[x]", "é.example"]


@pytest.mark.parametrize(
    "host", [*BAD_HOSTS, *(f"localhost{tail}" for tail in ("/b", "@b", "<b>"))]
)
async def test_a_strange_host_is_not_repeated(url: str, host: str) -> None:
    answer = await ask(url, host=host)
    if answer.status not in (400, 421):
        assert answer.json["base"] == url.removesuffix("probe")


async def test_forwarded_headers_are_not_trusted(url: str) -> None:
    forged = {"x_forwarded_host": "evil.example", "x_forwarded_proto": "https"}
    answer = await ask(url, forwarded="host=evil.example", **forged)
    assert answer.json["base"] == url.removesuffix("probe")


async def test_without_a_host_there_is_still_a_td(url: str) -> None:
    async with connected(url) as wire:
        await wire.send(b"GET /probe HTTP/1.0\r\n\r\n")
        assert (await wire.answer()).json["base"] == url.removesuffix("probe")


async def test_many_hosts_do_not_fill_the_memory(url: str, probe: Probe) -> None:
    async with connected(url) as wire:
        for number in range(400):
            await wire.send(f"GET /probe HTTP/1.1\r\nHost: h{number}.localhost\r\n\r\n".encode())
            assert (await wire.answer()).json["base"] == f"http://h{number}.localhost/"


@pytest.mark.parametrize("public", ["https://things.example/lab/", "https://things.example/lab"])
async def test_a_public_url_is_the_base(probe: Probe, public: str) -> None:
    async with wot.Servient() as servient:
        ends = [wot.endpoint(ANY, public_url=public)]
        async with servient.serve(probe, *ends) as served:
            here = listening(servient)
            assert served.urls == ["https://things.example/lab/probe"]
            td = (await ask(f"{here}probe", host="things.example")).json
            assert td["base"] == "https://things.example/lab/"
            page = Page((await ask(here, accept="text/html")).body)
            assert [urljoin(td["base"], href) for href in page.links] == served.urls


def listening(servient: wot.Servient) -> str:
    """Where the only server really is; behind a public URL, nobody outside needs to know."""
    (shared,) = servient._servers.values()
    host, port = shared.server.addresses[0][:2]  # type: ignore[attr-defined]
    return f"http://{host}:{port}/"


async def test_the_list_as_json(several: str) -> None:
    for accept in ("", "*/*", "application/json", "text/html;q=0.5, application/json"):
        answer = await ask(several, accept=accept)
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["vary"] == "Accept"
        ids = ["urn:test:probe", 'urn:test:"odd"&<b>']
        assert [item["id"] for item in answer.json] == ids
        assert [item["title"] for item in answer.json] == ["Probe", SCRIPT]
        for item in answer.json:
            assert (await ask(urljoin(several, item["href"]))).json["id"] == item["id"]


class Page(HTMLParser):
    """The links and tags of a page."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.links, self.tags, self.text = list[str](), set[str](), ""
        self.feed(body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_the_list_for_browsers(several: str) -> None:
    answer = await ask(several, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.body)
    assert "script" not in page.tags
    assert SCRIPT in page.text
    titles = [(await ask(urljoin(several, link))).json["title"] for link in page.links]
    assert titles == ["Probe", SCRIPT]


async def test_well_known_is_the_td_of_the_only_thing(url: str) -> None:
    """W3C WoT Discovery section 6.3."""
    answer = await root_of(url, ".well-known/wot")
    assert (answer.headers["content-type"], answer.json) == (TD_JSON, (await ask(url)).json)
    etag = answer.headers["etag"]
    there = urljoin(url, "/.well-known/wot")
    assert (await ask(there, if_none_match=etag)).status == 304


async def test_well_known_links_to_several_things(several: str) -> None:
    answer = await ask(several + ".well-known/wot")
    assert answer.headers["content-type"] == TD_JSON
    td = ThingDescription.parse(answer.body)
    assert td.security == ("nosec_sc",)
    assert {(link.rel, link.type) for link in td.links} == {("item", TD_JSON)}
    ids = [(await ask(urljoin(td.base, link.href))).json["id"] for link in td.links]
    assert ids == ["urn:test:probe", 'urn:test:"odd"&<b>']


async def test_an_endpoint_is_shared_until_the_last_thing_is_gone(servient: wot.Servient) -> None:
    end = f"http://127.0.0.1:{free_port()}"
    async with servient.serve(Odd(), end) as odd:
        async with servient.serve(Probe(), end) as served:
            assert [item["href"] for item in (await ask(f"{end}/")).json] == [
                url.removeprefix(f"{end}/") for url in (*odd.urls, *served.urls)
            ]
        assert (await ask(f"{end}/probe")).problem == (404, "UnknownThing")
        assert (await ask(odd.urls[0])).status == 200
    with pytest.raises(ConnectionError):
        await ask(odd.urls[0])


async def test_two_things_at_one_path_are_refused(servient: wot.Servient, url: str) -> None:
    end = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(wot.errors.WoTError, match="two Things have the id"):
        async with servient.serve([Probe(), Probe()], end):
            pass
    with pytest.raises(ConnectionError):
        await ask(end)


@pytest.mark.parametrize("path", ["", "probe", "probe/properties/level", ".well-known/wot"])
async def test_the_absolute_form_of_a_target(url: str, path: str) -> None:
    """RFC 9112 section 3.2.2: a server accepts it."""
    there = urljoin(url, "/") + path
    async with connected(url) as wire:
        await wire.send(f"GET {there} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n".encode())
        assert (await wire.answer()).body == (await ask(there)).body


async def test_options_for_the_server_as_a_whole(url: str) -> None:
    """RFC 9110 section 9.3.7."""
    async with connected(url) as wire:
        await wire.send(b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await wire.answer()).status == 204
