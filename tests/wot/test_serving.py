"""Where Things are served: paths, endpoints, and what cannot be."""

from pathlib import Path
from typing import Any

import pytest

import wot
from wot.errors import (
    ConnectError,
    UnknownThing,
    WoTError,
)
from wot.servient import slug
from wot.things import exposed_of

from .lamps import LOCAL, Lamp, Plug


async def test_paths_come_from_titles_or_from_a_mapping(servient: wot.Servient, lamp: Lamp) -> None:
    async with servient.serve([lamp, Plug()], LOCAL) as served:
        assert [url.rpartition("/")[2] for url in served.urls] == ["kitchen-lamp", "plug"]
        assert served.things == [exposed_of(lamp), served.things[1]]
    async with servient.serve({"a": lamp, "b.2": Plug()}, LOCAL) as served:
        assert [url.rpartition("/")[2] for url in served.urls] == ["a", "b.2"]
        assert await (await servient.consume(served.urls[1])).read("on") is False


async def test_every_endpoint_has_a_url_of_every_thing(
    servient: wot.Servient, lamp: Lamp, tmp_path: Path
) -> None:
    async with servient.serve([lamp, Plug()], LOCAL, f"http+unix://{tmp_path}/s") as served:
        assert [urls[0] for urls in served.all_urls] == served.urls
        assert [len(urls) for urls in served.all_urls] == [2, 2]
        for url in served.all_urls[1]:
            assert await (await servient.consume(url)).read("on") is False


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("Kitchen Lamp", "kitchen-lamp"),
        ("Küche №5", "kuche-no5"),
        ("a/b?c#d", "a-b-c-d"),
        ("..", "thing"),
        ("日本", "thing"),
        (" -x- ", "x"),
    ],
)
def test_slug(title: str, path: str) -> None:
    assert slug(title) == path
    assert slug(path) == path


class Twin(wot.Thing, id="urn:example:twin"):
    on = wot.stored(False)


@pytest.mark.parametrize(
    ("things", "message"),
    [
        (lambda: [Lamp(), Lamp()], "two Things (want to be at|have the id)"),
        (lambda: {"a": Twin(), "b": Twin()}, "two Things have the id urn:example:twin"),
        (lambda: [Plug(id="urn:1"), Plug(id="urn:2")], r"two Things want to be at http://.*/plug"),
        (lambda: {"A b": Plug()}, "'A b' cannot be the path"),
        (list, "no Thing to serve"),
        (dict, "no Thing to serve"),
        (lambda: object(), "no Thing"),
        (lambda: [Plug], "Plug is a class"),
        (lambda: Plug, "Plug is a class"),
        (lambda: "plug.py", "no Thing"),
    ],
)
async def test_things_that_cannot_be_served(
    servient: wot.Servient, things: Any, message: str
) -> None:
    with pytest.raises(WoTError, match=message) as caught:
        async with servient.serve(things(), LOCAL):
            pass
    assert caught.value.hint or "no Thing to serve" in str(caught.value)
    # Nothing stays behind: the same Servient serves what is right.
    async with servient.serve([Plug(), Twin()], LOCAL):
        pass


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("127.0.0.1:8080", "no URL"),
        ("gopher://127.0.0.1", "'gopher'"),
        ("http://0.0.0.0:0", "can be reached from other machines"),
        ("http://[::]:0", "can be reached from other machines"),
        ("http://example.org:0", "can be reached from other machines"),
        ("http://10.0.0.1:0", "can be reached from other machines"),
    ],
)
async def test_endpoints_that_cannot_be_served(
    servient: wot.Servient, url: str, message: str
) -> None:
    with pytest.raises(WoTError, match=message) as caught:
        async with servient.serve(Plug(), url):
            pass
    assert caught.value.hint


async def test_an_endpoint_is_needed(servient: wot.Servient) -> None:
    with pytest.raises(WoTError, match="no endpoint"):
        async with servient.serve(Plug()):
            pass


async def test_beyond_loopback_only_where_that_is_meant(servient: wot.Servient) -> None:
    async with servient.serve(Plug(), "http://0.0.0.0:0", insecure=True) as served:
        port = served.urls[0].split(":")[2].split("/")[0]
        assert await (await servient.consume(f"http://127.0.0.1:{port}/plug")).read("on") is False


async def test_unknown_options_of_an_endpoint_are_named(servient: wot.Servient) -> None:
    with pytest.raises(WoTError, match="'publik_url'"):
        async with servient.serve(Plug(), wot.endpoint(LOCAL, publik_url="x")):
            pass


async def test_two_endpoints_serve_the_same_thing(servient: wot.Servient, lamp: Lamp) -> None:
    async with servient.serve(lamp, LOCAL, LOCAL) as served:
        td = served.descriptions[0]
        forms = td.properties["level"].forms
        bases = {form.href.partition("kitchen-lamp")[0] for form in forms}
        assert len(bases) == 2  # one relative, one absolute
        other = next(base for base in bases if base)
        await (await servient.consume(f"{other}kitchen-lamp")).write("level", 8)
        assert await (await servient.consume(served.urls[0])).read("level") == 8


async def test_endpoints_that_are_served_already_are_shared(
    servient: wot.Servient, lamp: Lamp
) -> None:
    async with servient.serve(lamp, LOCAL) as first:
        address = first.urls[0].rpartition("/")[0]
        # By its own address, the endpoint can be named again: the same server is meant.
        async with servient.serve(lamp, "http://127.0.0.1:0") as other:
            assert other.urls != first.urls
    async with servient.serve(lamp, address) as first:
        async with servient.serve(Plug(), address) as second:
            assert second.urls == [f"{address}/plug"]
            assert await (await servient.consume(first.urls[0])).read("level") == 1
            with pytest.raises(WoTError, match="two Things"):
                async with servient.serve({"plug": Lamp()}, address):
                    pass
            with pytest.raises(WoTError, match="other options"):
                async with servient.serve(
                    {"x": Plug(id="urn:x")}, wot.endpoint(address, max_body=1)
                ):
                    pass
        with pytest.raises(UnknownThing):
            await servient.consume(second.urls[0])
        assert await (await servient.consume(first.urls[0])).read("level") == 1
    with pytest.raises(ConnectError):
        await servient.consume(first.urls[0])


async def test_a_port_that_is_taken_is_told(servient: wot.Servient) -> None:
    async with servient.serve(Plug(), LOCAL) as served, wot.Servient() as other:
        with pytest.raises(ConnectError, match="cannot listen") as caught:
            async with other.serve(Plug(), served.urls[0].rpartition("/")[0]):
                pass
        assert caught.value.hint
