"""Serving the Things of Python files."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import urllib.error
import urllib.request

import pytest
import trustme

from .processes import ANYWHERE, HERE, Here, Wot, ended, line_of

THING = "import wot\nclass {0}(wot.Thing):\n    on = wot.stored(False)\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(wot: Wot, number: signal.Signals) -> None:
    stopped = wot.folder / "stopped"
    process, things = wot.serve(str(HERE / "lamp.py"), LAMP_STOPPED=str(stopped))
    # At once, while nothing else is known of it; and with somebody who follows it.
    if number is signal.SIGTERM:
        watching = wot.start("watch", things[0]["td"], "hot")
        line_of(watching)
    assert ended(process, number) == (0, "", "")
    assert stopped.read_text() == "stopped"


def test_a_thing_at_two_addresses(wot: Wot) -> None:
    process, things = wot.serve(str(HERE / "lamp.py"), "--on", ANYWHERE)
    assert [set(thing) for thing in things] == [{"id", "title", "td", "urls"}]
    with urllib.request.urlopen(things[0]["td"]) as answer:
        td = json.load(answer)
    assert (td["id"], td["title"]) == (things[0]["id"], things[0]["title"])
    assert len({form["href"] for form in td["properties"]["offset"]["forms"]}) == 2
    assert ended(process, signal.SIGINT).code == 0


def test_in_a_pipe_a_line_for_each(wot: Wot) -> None:
    process = wot.start("serve", str(HERE / "lamp.py"), "--on", ANYWHERE)
    title, _, url = line_of(process).strip().partition(": ")
    assert title == "Kitchen Lamp"
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/kitchen-lamp")


def test_every_url_is_told_and_can_be_consumed(wot: Wot) -> None:
    (wot.folder / "fan.py").write_text(THING.format("Fan"))
    at = ["--on", ANYWHERE, "--on", f"http+unix://{wot.folder}/wot.sock"]
    process = wot.start("serve", str(HERE / "lamp.py"), "fan.py", *at)
    told = [line_of(process).strip().split(": ") for _ in range(4)]
    assert [title for title, _ in told] == ["Kitchen Lamp"] * 2 + ["Fan"] * 2
    urls = [url for _, url in told]
    assert [url.partition(":")[0] for url in urls] == ["http", "http+unix"] * 2
    done = wot.together(["read", urls[1], "offset"], ["read", urls[3], "on"])
    assert [each.out for each in done] == ["1.5\n", "false\n"]


def test_things_of_several_files(wot: Wot) -> None:
    (wot.folder / "other.py").write_text(THING.format("Imported"))
    (wot.folder / "lamps.py").write_text(
        "from other import Imported\n" + THING.format("One") + THING.format("Two")
    )
    (wot.folder / "made.py").write_text(
        THING.format("Dimmer")
        + "    def __init__(self, level):\n        pass\n"
        + "dimmer = Dimmer(3)\n"
    )
    package = wot.folder / "parts"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "base.py").write_text(THING.format("Base"))
    (package / "fan.py").write_text("from .base import Base\n" + "class Fan(Base): pass\n")
    process, things = wot.serve("lamps.py", "made.py:dimmer", "parts/fan.py", "parts.base:Base")
    assert [thing["title"] for thing in things] == ["One", "Two", "Dimmer", "Fan", "Base"]
    assert ended(process, signal.SIGTERM).code == 0


def test_where_it_is_reached_from_outside(wot: Wot) -> None:
    process = wot.start(
        *("serve", str(HERE / "lamp.py"), "--on", "http://0.0.0.0:0", "--insecure", "--json"),
        *("--public-url", "https://things.example.org/home"),
    )
    (thing,) = json.loads(line_of(process))["things"]
    assert thing["td"] == "https://things.example.org/home/kitchen-lamp"


def test_a_signal_while_the_file_is_imported(wot: Wot) -> None:
    (wot.folder / "slow.py").write_text(
        "import threading\nprint('importing', flush=True)\nthreading.Event().wait()\n"
    )
    process = wot.start("serve", "slow.py")
    assert line_of(process) == "importing\n"
    assert ended(process, signal.SIGTERM) == (0, "", "")


def test_errors_in_a_file(wot: Wot) -> None:
    on = ["--on", ANYWHERE, "--json"]
    (wot.folder / "broken.py").write_text("import wot\n\nclass Lamp(wot.Thing:\n")
    (wot.folder / "wrong.py").write_text(
        "import wot\n\nclass Lamp(wot.Thing):\n    a = wot.stored(1)\n\n"
        "    @wot.property\n    async def level(self):\n        return 1\n"
    )
    (wot.folder / "late.py").write_text(
        THING.format("Lamp") + "    async def start(self):\n        raise OSError('no device')\n"
    )
    syntax, definition, late = wot.together(
        ["serve", "broken.py", *on],
        ["serve", "wrong.py", *on],
        ["serve", "late.py", *on],
    )
    for done, kind, place in (
        (syntax, "SyntaxError", "broken.py:3: "),
        (definition, "DefinitionError", "wrong.py:7: Lamp.level: "),
        (late, "OSError", "late.py:5: no device"),
    ):
        assert (done.code, done.out, done.error["type"]) == (2, "", kind)
        assert done.error["detail"].startswith(place)
        assert done.error["hint"]


def test_an_error_in_a_file_in_words(wot: Wot) -> None:
    (wot.folder / "zero.py").write_text("import wot\nlevel = 1 / 0\n")
    done = wot("serve", "zero.py")
    assert done.code == 2
    assert done.err.splitlines() == [
        "error: cannot serve zero.py",
        "why:   ZeroDivisionError: zero.py:2: division by zero",
        "       level = 1 / 0",
        "hint:  correct that line and try again",
    ]


def test_addresses_that_cannot_be(here: Here) -> None:
    file = str(HERE / "lamp.py")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = here("serve", file, "--on", f"http://127.0.0.1:{port}", "--json")
    assert (done.code, done.error["type"]) == (3, "ConnectError")
    assert str(port) in done.error["detail"]
    done = here("serve", file, "--on", "http://0.0.0.0:0", "--json")
    assert done.code == 2
    assert "--insecure" in done.error["hint"]
    assert here("serve", file, "--on", "127.0.0.1").code == 2
    assert here("serve", file, "--public-url", "example.org").code == 2
    done = here("serve", file, "--on", "zigbee://x", "--json", "--insecure")
    assert (done.code, done.error["type"]) == (3, "NoBinding")


def test_what_operators_say(wot: Wot) -> None:
    """TLS, a socket file, a trusted proxy, limits and the access log."""
    authority, file = trustme.CA(), wot.folder / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(file)
    process = wot.start(
        *("serve", str(HERE / "lamp.py"), "--json", "--on", "https://127.0.0.1:0"),
        *("--on", f"http+unix://{wot.folder}/wot.sock", "--certificate", str(file)),
        *("--trusted-proxy", "127.0.0.1", "--access-log"),
        *("--option", "requests_per_second=1", "--option", "max_body=2000"),
    )
    (thing,) = json.loads(line_of(process))["things"]
    context = ssl.create_default_context()
    authority.configure_trust(context)
    headers = {"X-Forwarded-Host": "things.example", "X-Forwarded-For": "203.0.113.5"}
    asked = urllib.request.Request(thing["td"], headers=headers)
    with urllib.request.urlopen(asked, context=context) as answer:
        assert json.load(answer)["base"] == "https://things.example/"
    with pytest.raises(urllib.error.HTTPError) as refused:  # noqa: PT012 - one of them
        for _ in range(5):
            urllib.request.urlopen(asked, context=context).close()
    assert refused.value.code == 429
    refused.value.close()
    lines = [json.loads(line) for line in ended(process, signal.SIGTERM).err.splitlines()]
    assert {line["client"] for line in lines} == {"203.0.113.5"}
    assert lines[0]["status"] == 200
    assert lines[-1]["status"] == 429


def test_options_that_cannot_be(here: Here) -> None:
    file = str(HERE / "lamp.py")
    for options in (
        ["--certificate", "x.pem"],
        ["--on", "https://127.0.0.1:0"],
        ["--on", "https://127.0.0.1:0", "--certificate", "/no/such.pem"],
        ["--option", "max_connections"],
        ["--option", "max_connections=many"],
        ["--option", "colour=red"],
        ["--trusted-proxy", "somewhere"],
    ):
        done = here("serve", file, *options, "--json")
        assert done.code == 2, options
        assert done.error["detail"]
