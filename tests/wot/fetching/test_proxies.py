"""The way through a proxy, and TLS."""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path
from subprocess import run
from time import monotonic

import pytest

from wot.fetching import fetch
from wot.resolving import LIMIT

from .servers import HERE, OK, endless, refusal, serving


def test_a_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    away = b"HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
    with serving({"http://a.example/x?y": OK, "http://a.example/away": away}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:s%40y@"))
        assert fetch("http://a.example/x?y#z", 5, LIMIT) == b"{}"
        assert b"\r\nProxy-Authorization: Basic bWU6c0B5\r\n" in proxy.asked[0]
        assert "which has a loopback address" in refusal("http://a.example/away")
        assert "has a loopback address" in refusal("http://x.localhost/", private=False)
        with serving(OK) as server:
            monkeypatch.setenv("no_proxy", HERE)
            assert fetch(server.url, 5, LIMIT) == b"{}"


def test_a_proxy_that_does_not_lead_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"a.example:443": b"HTTP/1.1 403 No\r\n\r\n"}) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        assert refusal("https://a.example/") == "is behind a proxy that answered 403 No"
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    assert "none of HTTP" in refusal("https://a.example/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    said = (
        "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -addext subjectAltName=IP:127.0.0.1"
    )
    made = run([openssl, *said.split(), "-keyout", "-"], check=True, capture_output=True)
    file.write_bytes(made.stdout)
    return file


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_https(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = {
        "/": OK,
        "/cut": b"HTTP/1.1 200 OK\r\n\r\n{}",
        "/down": b"HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        "/slow": endless(b"HTTP/1.1 200 OK\r\n", b"x", pause=0.02),
    }
    with serving(scripts, context=tls(certificate)) as server:
        url = server.url.replace("http:", "https:")
        assert "CERTIFICATE_VERIFY_FAILED" in refusal(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetch(url, 5, LIMIT) == b"{}"
        assert "cannot be read" in refusal(f"{url}/cut")  # nothing says that this is the end
        assert refusal(f"{url}/down") == "redirects from https to http"
        assert "did not answer" in refusal(f"{url}/slow", timeout=0.5)
        assert "CERTIFICATE_VERIFY_FAILED" in refusal(url.replace(HERE, "localhost"))


def test_a_handshake_ends_in_time() -> None:
    with serving(endless(b"", b"\x16\x03\x03\x40\x00" + b"\x02" * 10_000, pause=0.02)) as server:
        begun = monotonic()
        reason = refusal(server.url.replace("http:", "https:"), timeout=0.3)
        assert reason == "did not answer within 0.3 s"
        assert monotonic() - begun < 3
