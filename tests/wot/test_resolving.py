"""Where documents are read from, and where not."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import run
from sys import executable
from time import monotonic
from typing import Any, ClassVar

import pytest

from wot.errors import ConnectError, InvalidTD
from wot.resolving import LIMIT, ResolveError, files, first_of, mapping, path_of, web
from wot.td.thing_model import resolve_model
from wot.td.vocabulary import TD_11


def model(**members: Any) -> dict[str, Any]:
    return {"@context": TD_11, "@type": "tm:ThingModel", **members}


# ── files ──


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "sub").mkdir(parents=True)
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "root" / "a b.json").write_text('{"a": 1}')
    (tmp_path / "root" / "sub" / "c.json").write_text('{"c": 1}')
    return tmp_path / "root"


@pytest.mark.parametrize(
    ("reference", "content"),
    [
        ("a b.json", b'{"a": 1}'),
        ("./a%20b.json", b'{"a": 1}'),
        ("sub/c.json", b'{"c": 1}'),
        ("sub/../a b.json", b'{"a": 1}'),
        ("sub/c.json?version=1", b'{"c": 1}'),
    ],
)
def test_files_below_a_folder(root: Path, reference: str, content: bytes) -> None:
    assert files(root)(reference) == content
    assert files(str(root))(reference) == content


def test_files_by_their_url(root: Path) -> None:
    url = (root / "a b.json").as_uri()
    assert files(root)(url) == b'{"a": 1}'
    assert files(root)(url.replace("file://", "file://localhost")) == b'{"a": 1}'
    assert files(root)(str(root / "sub" / "c.json")) == b'{"c": 1}'


@pytest.mark.parametrize(
    "reference",
    [
        "../secret.json",
        "sub/../../secret.json",
        "%2e%2e/secret.json",
        "..%2fsecret.json",
        "sub%2Fc.json",
        "/etc/passwd",
        "file:///etc/passwd",
        "file://other/etc/passwd",
        "http://example.com/a.json",
        "//example.com/a.json",
        "link.json",
        "linked/secret.json",
        "loop.json",
        "sub",
        "",
        ".",
        "none.json",
        "a%00.json",
        "a b.json/x",
        "x" * 5000,
        "http://[",
    ],
)
def test_nothing_else_is_read(root: Path, reference: str) -> None:
    (root / "link.json").symlink_to(root.parent / "secret.json")
    (root / "linked").symlink_to(root.parent)
    (root / "loop.json").symlink_to(root / "loop.json")
    with pytest.raises(ResolveError) as caught:
        files(root)(reference)
    assert str(caught.value)


def test_links_within_the_folder_are_followed(root: Path) -> None:
    (root / "again.json").symlink_to(root / "sub" / "c.json")
    assert files(root)("again.json") == b'{"c": 1}'


def test_what_is_no_plain_file_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe.json")
    with pytest.raises(ResolveError, match="is no file"):
        files(root)("pipe.json")


def test_what_became_no_plain_file_meanwhile_is_not_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = Path.stat
    plain = looked_at(root / "a b.json")
    os.mkfifo(root / "pipe.json")
    monkeypatch.setattr(Path, "stat", lambda *_, **__: plain)
    with pytest.raises(ResolveError, match="is no file"):
        files(root)("pipe.json")


def test_devices_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.open", pytest.fail)
    with pytest.raises(ResolveError, match="is no file"):
        files("/dev")("zero")


def test_what_may_not_be_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(ResolveError, match=r"a b\.json cannot be read: Permission denied"):
        files(root)("a b.json")


def test_what_is_outside_is_not_told_from_what_is_nowhere(root: Path) -> None:
    for reference in ("../secret.json", "../none.json"):
        with pytest.raises(ResolveError, match="is outside of"):
            files(root)(reference)


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("file:///C:/models/a%20b.json", "C:/models/a b.json"),
        ("file:///c:/", "c:/"),
        ("sub/a.json", "sub/a.json"),
        ("/C:x", "/C:x"),
    ],
)
def test_drives_of_windows(reference: str, path: str) -> None:
    assert path_of(reference, windows=True) == path


@pytest.mark.parametrize(
    "reference",
    ["C:/a.json", "c:a.json", r"\\host\share\a.json", "%5C%5Chost%5Cshare", r"..\a.json"],
)
def test_what_would_lead_elsewhere_on_windows(reference: str) -> None:
    with pytest.raises(ResolveError):
        path_of(reference, windows=True)


def test_messages_hold_neither_controls_nor_credentials(root: Path) -> None:
    for resolver in (files(root), mapping({}), first_of(files(root), mapping({})), web()):
        for reference in ("x\x1b[2J\u202e", "http://user:word@127.0.0.1/\x07", "x" * 100_000):
            with pytest.raises(ResolveError) as caught:
                resolver(reference)
            assert str(caught.value).isprintable()
            assert "word" not in str(caught.value)
            assert len(str(caught.value)) < 1000


def test_files_are_read_up_to_a_limit(root: Path) -> None:
    (root / "large.json").write_bytes(b" " * (LIMIT + 1))
    with pytest.raises(ResolveError, match="more than 1,048,576 bytes"):
        files(root)("large.json")
    assert len(files(root, limit=LIMIT + 1)("large.json")) == LIMIT + 1


def test_models_in_files_find_each_other(root: Path) -> None:
    text = json.dumps(model(properties={"x": {}}))
    (root / "sub" / "base.tm.json").write_text(text)
    top = model(links=[{"rel": "tm:extends", "href": "base.tm.json"}])
    for base in ("sub/top.tm.json", (root / "sub" / "top.tm.json").as_uri()):
        assert resolve_model(top, files(root), base)["properties"] == {"x": {}}


# ── what is at hand ──


def test_a_mapping() -> None:
    resolver = mapping({"./a.json": "{}", "http://h/b": {"b": 1}}, base="http://h/m/top.json")
    assert resolver("http://h/m/a.json") == "{}"
    assert resolver("a.json") == "{}"
    assert resolver("http://h/b#x") == {"b": 1}
    with pytest.raises(ResolveError, match="there is no c among those given"):
        resolver("c")


def test_a_mapping_without_a_base() -> None:
    other = json.dumps(model(properties={"x": {}}))
    middle = model(links=[{"rel": "tm:extends", "href": "./b.tm.json"}])
    top = model(links=[{"rel": "tm:extends", "href": "./a.tm.json"}])
    resolver = mapping({"./a.tm.json": middle, "./b.tm.json": other, "../up.json": "{}"})
    assert resolve_model(top, resolver)["properties"] == {"x": {}}
    assert (resolver("m/../b.tm.json"), resolver("../up.json")) == (other, "{}")
    with pytest.raises(ResolveError):
        resolver("up.json")


def test_the_first_that_has_it() -> None:
    def broken(reference: str) -> Any:
        raise OSError(f"no {reference}")

    resolver = first_of(broken, mapping({"a": "1"}), mapping({"a": "2", "b": "3"}))
    assert (resolver("a"), resolver("b")) == ("1", "3")
    with pytest.raises(ResolveError, match=r"no c; there is no c among those given$"):
        resolver("c")
    with pytest.raises(ResolveError, match="nothing reads c"):
        first_of()("c")


def test_what_each_said_is_told(root: Path) -> None:
    def unreachable(_: str) -> Any:
        raise ConnectError("the store is down")

    def lacking(reference: str) -> Any:
        return {}[reference]

    with pytest.raises(ResolveError, match=r"the store is down; there is none; .* is outside") as e:
        first_of(unreachable, lacking, files(root))("../c.json")
    assert e.value.hint == "allow a folder that holds both"
    assert first_of(unreachable, files(root))("a b.json") == b'{"a": 1}'


def test_only_what_is_missing_is_looked_for_elsewhere() -> None:
    def wrong(_: str) -> Any:
        raise TypeError("a mistake in the resolver")

    with pytest.raises(TypeError):
        first_of(wrong, mapping({"a": "1"}))("a")


# ── the web ──


class Site(BaseHTTPRequestHandler):
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Accept")))
        name, _, number = self.path.lstrip("/").partition("/")
        getattr(self, f"_{name}", self._none)(int(number or 0))

    def _none(self, _: int) -> None:
        self.send_error(404)

    def _ok(self, size: int) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b" " * size or b"{}")

    def _to(self, left: int) -> None:
        self._redirect(f"/to/{left - 1}" if left > 1 else "/ok")

    def _file(self, _: int) -> None:
        self._redirect("file:///etc/passwd")

    def _ftp(self, _: int) -> None:
        self._redirect("ftp://localhost/x")

    def _redirect(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def _slow(self, _: int) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.stopped.wait(0.05):  # type: ignore[attr-defined]
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            pass  # the reader has gone

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = HTTPServer(("127.0.0.1", 0), Site)
    server.stopped = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.stopped.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_web(site: str) -> None:
    assert web()(f"{site}/ok") == b"{}"
    path, accept = Site.asked[-1]
    assert (path, accept and accept.split(",")[0]) == ("/ok", "application/tm+json")


def test_redirections_are_followed_a_few_times(site: str) -> None:
    assert web()(f"{site}/to/5") == b"{}"
    with pytest.raises(ResolveError, match="redirects more than 5 times"):
        web()(f"{site}/to/20")


@pytest.mark.parametrize("name", ["file", "ftp"])
def test_redirections_stay_on_the_web(site: str, name: str) -> None:
    with pytest.raises(ResolveError, match=r"redirects to f.*, which is no http or https URL"):
        web()(f"{site}/{name}")


@pytest.mark.parametrize(
    "reference",
    [
        "a.json",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "data:,x",
        "http:///x",
        "urn:x:y",
        "",
        "http://[",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1/\n",
        "http://127.0.0.1/a b",
        "http://user:word@127.0.0.1/",
        "http://" + "a" * 300 + "/",
    ],
)
def test_what_is_no_address_on_the_web(reference: str) -> None:
    with pytest.raises(ResolveError) as caught:
        web()(reference)
    assert "word" not in str(caught.value)


def test_what_is_not_there_or_too_large(site: str) -> None:
    with pytest.raises(ResolveError, match="answered 404"):
        web()(f"{site}/none")
    with pytest.raises(ResolveError, match="more than 1,048,576 bytes"):
        web()(f"{site}/ok/{LIMIT + 1}")
    assert len(web()(f"{site}/ok/{LIMIT}")) == LIMIT
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(ResolveError, match="cannot be read"):
            web()(f"http://127.0.0.1:{unused.getsockname()[1]}/")


def test_a_server_that_never_ends_is_left_in_time(site: str) -> None:
    start = monotonic()
    with pytest.raises(ResolveError, match=r"did not answer within 0\.3 s"):
        web(timeout=0.3)(f"{site}/slow")
    assert monotonic() - start < 3


def test_a_server_that_says_nothing_is_left_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ResolveError, match="did not answer"):
            web(timeout=0.2)(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_models_from_the_web(site: str) -> None:
    with pytest.raises(InvalidTD, match=r"cannot be read: .*404"):
        resolve_model(model(links=[{"rel": "tm:extends", "href": "none"}]), web(), f"{site}/top")


def test_the_web_costs_nothing_until_it_is_allowed() -> None:
    code = "import sys, wot.resolving as r; r.web(); print({'http.client', 'ssl', 'wot.fetching'} & {*sys.modules})"
    assert run([executable, "-c", code], check=True, capture_output=True).stdout.split() == [
        b"set()"
    ]
