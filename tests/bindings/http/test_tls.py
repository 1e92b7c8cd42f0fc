"""TLS: certificates of servers, their renewal, and what clients make of them."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import trustme
from cryptography.hazmat.primitives import serialization as pem

import wot
from wot.errors import ConnectError, WoTError

from .things import Probe
from .wire import Wire, taken, until

SECURE = "https://127.0.0.1:0"


class Files(NamedTuple):
    """An authority with certificates as files."""

    ca: trustme.CA
    folder: Path

    @property
    def authority(self) -> str:
        path = self.folder / "ca.pem"
        self.ca.cert_pem.write_to_path(path)
        return str(path)

    def issue(self, name: str = "server") -> dict[str, str]:
        """Options with a new certificate for loopback, in the files of that name."""
        issued = self.ca.issue_cert("127.0.0.1", "::1", "localhost")
        options = {"certificate": f"{self.folder}/{name}.pem", "key": f"{self.folder}/{name}.key"}
        Path(options["certificate"]).write_bytes(
            b"".join(b.bytes() for b in issued.cert_chain_pems)
        )
        Path(options["key"]).write_bytes(issued.private_key_pem.bytes())
        return options

    def spoil(self, name: str) -> None:
        """Make a file one that cannot be used."""
        (self.folder / name).write_text("broken")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(trustme.CA(), tmp_path)


@pytest.fixture
async def trusting(files: Files) -> AsyncIterator[wot.Servient]:
    async with wot.Servient(timeout=5, patience=5, http={"ca": files.authority}) as servient:
        yield servient


async def spoken(url: str, context: ssl.SSLContext) -> tuple[bytes, str]:
    """The certificate of a server, and the version of TLS."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=context)
    found = writer.get_extra_info("ssl_object")
    told = found.getpeercert(True), found.version()
    writer.write(f"GET /probe HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    assert (await Wire(reader, writer).answer()).status == 200
    writer.transport.abort()
    return told


def context_of(files: Files) -> ssl.SSLContext:
    context = ssl.create_default_context()
    files.ca.configure_trust(context)
    return context


async def test_all_of_it_works_over_tls(files: Files, trusting: wot.Servient, probe: Probe) -> None:
    async with trusting.serve(probe, wot.endpoint(SECURE, **files.issue())) as served:
        assert served.urls[0].startswith("https://127.0.0.1:")
        thing = await trusting.consume(served.urls[0])
        assert served.descriptions[0].base == served.urls[0].removesuffix("probe")
        await thing.write("level", 7)
        assert await thing.read("level") == 7
        assert await thing.invoke("add", {"a": 1, "b": 2}) == 3
        async with thing.subscribe("tick") as events:
            probe.tick.emit(5)
            assert await taken(events, 1) == [5]


async def test_the_version_is_at_least_1_2(files: Files, probe: Probe) -> None:
    async with wot.serve(probe, wot.endpoint(SECURE, **files.issue())) as served:
        old = context_of(files)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        assert (await spoken(served.urls[0], old))[1] == "TLSv1.2"
        older = context_of(files)
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            older.minimum_version = older.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await spoken(served.urls[0], older)


async def test_clients_verify(files: Files, probe: Probe, servient: wot.Servient) -> None:
    async with servient.serve(probe, wot.endpoint(SECURE, **files.issue())) as served:
        with pytest.raises(ConnectError, match="certificate is not trusted") as error:
            await servient.consume(served.urls[0])
        assert "ca" in error.value.hint


async def test_a_renewed_certificate_is_used_without_a_restart(
    files: Files, probe: Probe, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("wot_http.tls._EVERY", 0.0)
    context = context_of(files)
    async with wot.serve(probe, wot.endpoint(SECURE, **files.issue())) as served:
        url = served.urls[0]
        first = (await spoken(url, context))[0]
        files.issue()
        second = (await spoken(url, context))[0]
        assert first != second
        # A broken one is named once, and the one before stays.
        files.spoil("server.pem")
        for _ in range(3):
            assert (await spoken(url, context))[0] == second
        os.unlink(files.folder / "server.key")
        for _ in range(3):
            assert (await spoken(url, context))[0] == second
        errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
        assert len(errors) == 2
        assert "server.pem" in errors[0]
        assert "stays in use" in errors[0]
        files.issue()
        assert (await spoken(url, context))[0] not in (first, second)


def test_files_are_not_looked_at_for_each_connection(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wot_http.tls import Certificate

    options = files.issue()
    made = Certificate(options["certificate"], options["key"], "")
    monkeypatch.setattr("wot_http.tls.os.stat", None)
    assert made.context() is made.context()


def encrypted(files: Files) -> dict[str, str]:
    options = files.issue()
    key = pem.load_pem_private_key(Path(options["key"]).read_bytes(), None)
    hidden = pem.BestAvailableEncryption(b"sesame")
    data = key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, hidden)
    Path(options["key"]).write_bytes(data)
    return options


async def test_an_encrypted_key_needs_its_password(files: Files, probe: Probe) -> None:
    options = encrypted(files)
    async with wot.serve(probe, wot.endpoint(SECURE, **options, password="sesame")) as served:
        await spoken(served.urls[0], context_of(files))
    for wrong in ({}, {"password": "wrong"}):
        with pytest.raises(WoTError, match="cannot be decrypted") as error:
            async with wot.serve(probe, wot.endpoint(SECURE, **options, **wrong)):
                pass
        assert "password=" in error.value.hint


def mismatched(files: Files) -> dict[str, str]:
    return {**files.issue("one"), "key": files.issue("two")["key"]}


def no_pem(files: Files) -> dict[str, str]:
    (files.folder / "text").write_text("text")
    return {"certificate": str(files.folder / "text")}


@pytest.mark.parametrize(
    ("url", "make", "reason"),
    [
        (SECURE, lambda _: {}, "needs a certificate"),
        (SECURE, lambda _: {"certificate": "/no/such.pem"}, "/no/such.pem cannot be read: No such"),
        (SECURE, lambda f: {**f.issue(), "key": "/no/key"}, "the key /no/key cannot be read"),
        (SECURE, mismatched, "two.key does not belong to the certificate .*one.pem"),
        (SECURE, no_pem, "cannot be used"),
        ("http://127.0.0.1:0", lambda f: f.issue(), "certificate= is for https"),
    ],
)
async def test_certificates_that_cannot_be(
    files: Files, probe: Probe, url: str, make: Any, reason: str
) -> None:
    with pytest.raises(WoTError, match=reason) as error:
        async with wot.serve(probe, wot.endpoint(url, **make(files))):
            pass
    assert error.value.hint


@pytest.mark.parametrize("ca", ["/no/such.pem", __file__])
def test_authorities_that_cannot_be(ca: str) -> None:
    with pytest.raises(WoTError, match="ca="):
        wot.Servient(http={"ca": ca})


async def plain(url: str, data: bytes) -> bytes:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(data)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.transport.abort()
    return answer


async def test_plain_http_is_told_that_this_is_https(
    files: Files, probe: Probe, caplog: pytest.LogCaptureFixture
) -> None:
    async with wot.serve(probe, wot.endpoint(SECURE, **files.issue())) as served:
        answer = await plain(served.urls[0], b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"HTTPS" in answer
        await plain(served.urls[0], b"nonsense\r\n\r\n")
        await plain(served.urls[0], b"\x16\x03\x01\x00\x05hello")
        await spoken(served.urls[0], context_of(files))
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


async def test_who_never_agrees_is_not_waited_for_and_counts(
    files: Files, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wot_http.accepting._HANDSHAKE", 0.3)
    end = wot.endpoint(SECURE, **files.issue(), max_per_client=3)
    async with wot.Servient() as servient, servient.serve(probe, end) as served:
        parts = urlsplit(served.urls[0])
        (shared,) = servient._servers.values()
        limits = shared.server._limits  # type: ignore[attr-defined]
        socks = [socket.create_connection((parts.hostname, parts.port)) for _ in range(5)]
        await until(lambda: limits.connections == 3)
        await until(lambda: limits.connections == 0)
        for sock in socks:
            sock.close()
        await spoken(served.urls[0], context_of(files))
        await until(lambda: limits.connections == 0)


async def test_stopping_does_not_wait_for_those_who_agree(files: Files, probe: Probe) -> None:
    loop = asyncio.get_running_loop()
    async with wot.serve(probe, wot.endpoint(SECURE, **files.issue())) as served:
        parts = urlsplit(served.urls[0])
        half = socket.create_connection((parts.hostname, parts.port))
        reader, writer = await asyncio.open_connection(
            parts.hostname, parts.port, ssl=context_of(files)
        )
        begun = loop.time()
    assert loop.time() - begun < 2
    half.close()
    writer.transport.abort()
    del reader
