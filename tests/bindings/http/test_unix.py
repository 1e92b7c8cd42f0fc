"""Socket files: servers and clients without a network."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import wot
from wot.errors import ConnectError, NoForm, WoTError

from .things import Probe
from .wire import Wire, request, taken

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "Wot.sock")  # capitals are letters of a path, though not of a host


def there(path: str) -> bool:
    return os.path.exists(path)


def written(path: str, text: str) -> None:
    Path(path).write_text(text)


def text_of(path: str) -> str:
    return Path(path).read_text()


@asynccontextmanager
async def by_file(path: str) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


async def asked(path: str, target: str, **headers: str) -> Any:
    async with by_file(path) as wire:
        await wire.send(request(f"http://localhost{target}", **headers))
        return await wire.answer()


@pytest.mark.parametrize(
    "form", ["http+unix://{}", "http+unix://{quoted}", "http+unix://{quoted}/"]
)
async def test_all_of_it_works_over_a_socket_file(
    form: str, path: str, probe: Probe, servient: wot.Servient
) -> None:
    quoted = quote(path, safe="")
    async with servient.serve(probe, form.format(path, quoted=quoted)) as served:
        assert served.urls == [f"http+unix://{quoted}/probe"]
        thing = await servient.consume(served.urls[0])
        await thing.write("level", 7)
        assert await thing.read("level") == 7
        assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
        async with thing.subscribe("tick") as events, thing.observe("level") as levels:
            probe.tick.emit(5)
            assert await taken(events, 1) == [5]
            assert await taken(levels, 1) == [7]
        td = (await asked(path, "/probe")).json
        assert td["base"] == f"http+unix://{quoted}/"
    assert not there(path)


async def test_its_permissions(path: str, probe: Probe) -> None:
    async with wot.serve(probe, f"http+unix://{path}"):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    async with wot.serve(probe, wot.endpoint(f"http+unix://{path}", mode=0o660)):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o660


async def test_what_a_dead_server_left_is_removed(path: str, probe: Probe) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)
    async with wot.serve(probe, f"http+unix://{path}"):
        assert (await asked(path, "/probe/properties/level")).json == 5


async def test_what_is_in_use_is_not_removed(path: str, probe: Probe) -> None:
    async with wot.serve(probe, f"http+unix://{path}"):
        with pytest.raises(ConnectError, match=r"Wot.sock: Address already in use"):
            async with wot.serve(Probe(), f"http+unix://{path}"):
                pass
        assert (await asked(path, "/probe/properties/level")).json == 5


async def test_a_file_that_has_taken_its_place_is_not_removed(path: str, probe: Probe) -> None:
    async with wot.serve(probe, f"http+unix://{path}"):
        os.unlink(path)
        async with wot.serve(Probe(), f"http+unix://{path}"):
            pass
        written(path, "precious")
    assert text_of(path) == "precious"


async def test_nor_the_socket_of_another_server(path: str, probe: Probe) -> None:
    async with AsyncExitStack() as other:
        async with wot.serve(probe, f"http+unix://{path}"):
            os.unlink(path)
            await other.enter_async_context(wot.serve(Probe(), f"http+unix://{path}"))
        assert (await asked(path, "/probe/properties/level")).json == 5


async def test_what_is_no_socket_is_not_removed(path: str, probe: Probe) -> None:
    written(path, "precious")
    with pytest.raises(ConnectError, match="File exists"):
        async with wot.serve(probe, f"http+unix://{path}"):
            pass
    assert text_of(path) == "precious"


@pytest.mark.parametrize(
    ("url", "options", "reason"),
    [
        ("http+unix://relative", {}, "names no socket file"),
        ("http+unix://%2Ftmp%2Fx/path", {}, "names no socket file"),
        ("http+unix:///tmp/x", {"listen": ["127.0.0.1:0"]}, "listen="),
        ("http+unix:///tmp/x", {"mode": "rw"}, "mode="),
        ("http+unix:///tmp/x", {"certificate": "c"}, "certificate= is for https"),
        ("http://127.0.0.1:0", {"mode": 0o660}, "mode= is for socket files"),
    ],
)
async def test_files_that_cannot_be(
    url: str, options: dict[str, Any], reason: str, probe: Probe
) -> None:
    with pytest.raises(WoTError, match=reason):
        async with wot.serve(probe, wot.endpoint(url, **options)):
            pass


@pytest.mark.parametrize("path", ["/no/such/folder/x", "/tmp/" + "x" * 200])
async def test_files_that_cannot_be_made(path: str, probe: Probe) -> None:
    with pytest.raises(ConnectError, match="cannot listen on"):
        async with wot.serve(probe, f"http+unix://{path}"):
            pass


async def test_a_td_from_anywhere_does_not_lead_to_sockets(
    path: str, probe: Probe, servient: wot.Servient
) -> None:
    """It could name that of a container engine."""
    async with servient.serve(probe, f"http+unix://{path}") as served:
        td = served.descriptions[0]
        thing = await servient.consume(td)
        with pytest.raises(NoForm, match="may not be used") as error:
            await thing.read("level")
        assert path.lower() in error.value.hint
        with pytest.raises(NoForm, match="may not be used"):
            async with thing.subscribe("tick"):
                pass
        async with wot.Servient(http={"sockets": [path]}) as permitted:
            assert await (await permitted.consume(td)).read("level") == 5


async def test_a_file_where_nobody_listens(path: str, servient: wot.Servient) -> None:
    with pytest.raises(ConnectError, match="cannot be reached"):
        await servient.consume(f"http+unix://{quote(path, safe='')}/probe")
    with pytest.raises(NoForm, match="names no socket file"):
        await servient.consume(f"http+unix://{path}/probe")


async def test_behind_a_public_url(path: str, probe: Probe) -> None:
    end = wot.endpoint(f"http+unix://{path}", public_url="https://things.example/lab")
    async with wot.serve(probe, end) as served:
        assert served.urls == ["https://things.example/lab/probe"]
        for target in ("/probe", "/lab/probe"):
            assert (await asked(path, target)).json["base"] == "https://things.example/lab/"


def test_two_socket_files_that_differ_in_case_only_are_not_mixed_up(tmp_path: Path) -> None:
    with pytest.raises(WoTError, match="differ in case only"):
        wot.Servient(http={"sockets": [f"{tmp_path}/a", f"{tmp_path}/A"]})
