"""The access log: who asked what, and nothing that is secret."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

import wot

from .ovens import Oven
from .things import ANY, Probe
from .wire import ask, connected, following, until


class Lines:
    """What has been logged, as JSON."""

    def __init__(self, url: str, caplog: pytest.LogCaptureFixture) -> None:
        self.url, self._caplog = url, caplog

    async def next(self) -> dict[str, Any]:
        await until(lambda: bool(self._texts()))
        text = self._texts()[-1]
        self._caplog.clear()
        assert text.isprintable(), text
        found: dict[str, Any] = json.loads(text)
        return found

    def _texts(self) -> list[str]:
        return [r.getMessage() for r in self._caplog.records if r.name == "wot.access"]


@asynccontextmanager
async def logged(caplog: pytest.LogCaptureFixture, **options: Any) -> AsyncIterator[Lines]:
    logging.getLogger("wot.access").setLevel(logging.NOTSET)
    async with wot.serve(Probe(), wot.endpoint(ANY, access_log=True, **options)) as served:
        caplog.clear()
        yield Lines(served.urls[0], caplog)
    logging.getLogger("wot.access").setLevel(logging.NOTSET)


async def test_a_line_says_what_there_is_to_know(caplog: pytest.LogCaptureFixture) -> None:
    async with logged(caplog) as lines:
        await ask(f"{lines.url}/properties/level", x_request_id="abc-1")
        line = await lines.next()
        assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
        assert 0 <= line.pop("ms") < 1000
        assert line.pop("bytes") > 50
        assert line == {
            "client": "127.0.0.1",
            "method": "GET",
            "path": "/probe/properties/level",
            "status": 200,
            "thing": "probe",
            "name": "level",
            "op": "readproperty",
            "request": "abc-1",
        }
        await ask(f"{lines.url}/actions/add", "POST", b'{"a": 1}')
        line = await lines.next()
        assert (line["status"], line["op"]) == (200, "invokeaction")
        await ask(f"{lines.url}/nope")
        line = await lines.next()
        assert line["status"] == 404
        assert "thing" not in line
        await ask(lines.url)
        assert (await lines.next())["thing"] == "probe"


async def test_what_is_one_of_many_is_told_with_its_kind(caplog: pytest.LogCaptureFixture) -> None:
    async with wot.serve(Oven(), wot.endpoint(ANY, access_log=True)) as served:
        caplog.clear()
        lines = Lines(served.urls[0], caplog)
        answer = await ask(f"{lines.url}/actions/heat", "POST", b'{"to": 1}')
        await lines.next()
        expected = (("GET", 200, "queryaction"), ("DELETE", 204, "cancelaction"))
        for method, status, op in (*expected, ("GET", 404, "queryaction")):
            await ask(answer.headers["location"], method)
            line = await lines.next()
            assert (line["status"], line["thing"], line["name"]) == (status, "oven", "heat")
            assert line["op"] == op
        await ask(f"{lines.url}/actions/cool/7")
        assert "name" not in await lines.next()


async def test_streams_are_told_when_they_end(caplog: pytest.LogCaptureFixture) -> None:
    async with logged(caplog, heartbeat=0.05) as lines:
        async with following(f"{lines.url}/events/tick"):
            pass
        line = await lines.next()
        assert (line["status"], line["op"]) == (200, "subscribeevent")


async def test_secrets_and_control_characters_stay_out(caplog: pytest.LogCaptureFixture) -> None:
    async with logged(caplog) as lines:
        await ask(
            f"{lines.url}/properties/level?token=SECRET",
            authorization="Bearer SECRET",
            x_request_id="a b SECRET",
        )
        line = await lines.next()
        assert "SECRET" not in json.dumps(line)
        assert "request" not in line
        async with connected(lines.url) as wire:
            await wire.send(
                b"GET http://user:SECRET@h/a%0A?SECRET HTTP/1.1\r\nHost: localhost\r\n\r\n"
            )
            await wire.answer()
        line = await lines.next()
        assert "SECRET" not in json.dumps(line)
        assert line["path"].startswith("/a%0A")
        await ask(f"{lines.url}/{'x' * 5000}")
        assert len((await lines.next())["path"]) == 1024
        async with connected(lines.url) as wire:
            await wire.send(b"this is no request\r\n\r\n")
            await wire.answer()
        assert (await lines.next())["status"] == 400


async def test_the_client_behind_a_trusted_proxy(caplog: pytest.LogCaptureFixture) -> None:
    async with logged(caplog, trusted_proxies=["127.0.0.1"]) as lines:
        await ask(lines.url, x_forwarded_for="203.0.113.7")
        assert (await lines.next())["client"] == "203.0.113.7"
    async with logged(caplog) as lines:
        await ask(lines.url, x_forwarded_for="203.0.113.7")
        assert (await lines.next())["client"] == "127.0.0.1"


async def test_refusals_are_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    async with logged(caplog, requests_per_second=1) as lines:
        for _ in range(4):
            await ask(lines.url)
        assert (await lines.next())["status"] == 429


async def test_it_is_off_unless_asked_for(probe: Probe, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "wot.access")
    async with wot.serve(probe, ANY) as served:
        await ask(served.urls[0])
    assert not [record for record in caplog.records if record.name == "wot.access"]
