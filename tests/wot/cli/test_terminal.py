"""What people see: the command at a pseudo-terminal."""

from __future__ import annotations

import fcntl
import json
import os
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich.cells import cell_len

from .elsewhere import Elsewhere, described, sends
from .processes import ANYWHERE
from .things import GOOD
from .things import text as text_of

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def seen(*args: str) -> tuple[int, str]:
    """Run the command at a terminal of 100 by 40; its exit code and all that it printed."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    for name in ("NO_COLOR", "COLUMNS", "LINES", "FORCE_COLOR"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "wot.cli", *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # EIO: so Linux says that the other side has closed
            part = b""
        if not part:
            break
        parts.append(part)
    os.close(ours)
    return process.wait(), b"".join(parts).decode()


def test_a_description_in_tables_and_colours(lamp: str) -> None:
    code, text = seen("td", lamp)
    assert code == 0
    assert "\x1b[1m" in text
    plain = _ESCAPES.sub("", text)
    assert re.search(r"brightness +integer 0…100 +% +read write watch +How bright it is", plain)
    assert re.search(r"fade +\{to: integer, seconds\?: number\} +string +Dim smoothly", plain)
    assert re.search(r"hot +number +°C", plain)


def test_values_have_units_and_nobody_controls_the_terminal(elsewhere: Elsewhere) -> None:
    load = {"type": "object", "properties": {"free": {"type": "integer", "unit": "By"}}}
    base = elsewhere(
        td=sends(described(properties={"load": {**load, "forms": [{"href": "load"}]}})),
        load=sends(b'{"free": 3221225472, "name": "\\u001b]0;mine\\u0007\\u009b2J"}'),
    )
    code, text = seen("read", f"{base}/td", "load")
    assert code == 0
    assert re.search(r"free +3 GiB", _ESCAPES.sub("", text))
    assert "\\x1b]0;mine\\x07\\x9b2J" in text
    assert "\x07" not in text


def test_an_error_has_colour(lamp: str) -> None:
    code, text = seen("read", lamp, "colour")
    assert code == 1
    assert "\x1b[1;31merror:" in text
    assert "UnknownAffordance" in text


def test_a_fault_in_colours_and_nobody_controls_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "bad.td.json"
    file.write_text('{\n\t"\x9b2J温度": 1, "title": 5, "x\u202e": "' + "温" * 500 + '"}', "utf-8")
    code, text = seen("validate", str(file))
    assert code == 4
    for raw in ("\x9b", "\u202e"):
        assert raw not in text
    assert "\x1b[1;31merror: " in text
    assert "\x1b[2m" in text
    lines = _ESCAPES.sub("", text).replace("\r", "").splitlines()
    (number,) = [index for index, line in enumerate(lines) if line.endswith("$.title")]
    source, pointer = lines[number - 2], lines[number - 1]
    assert max(cell_len(line) for line in (source, pointer)) <= 100
    assert cell_len(pointer.partition("^")[0]) == cell_len(source[: source.index('"title"')])
    assert "…" in source


def test_a_document_at_a_terminal_is_the_same_json(tmp_path: Path) -> None:
    file = tmp_path / "odd.td.json"
    odd = {**GOOD, "x:y": "\x9b2J\u202e温度", "@context": [GOOD["@context"], {"x": "urn:x:"}]}
    file.write_bytes(text_of(odd))
    code, text = seen("td", str(file), "--reduce")
    assert code == 0
    assert "\x9b" not in text
    assert json.loads(text) == odd


def test_progress_on_a_line_that_goes_away(oven: str) -> None:
    code, text = seen("invoke", oven, "bake", "0.8")
    assert code == 0
    assert "\r\x1b[Kbake: 50%  rising\\x1b[2J" in text  # and nobody controls the terminal
    assert _ESCAPES.sub("", text.rpartition("\r\x1b[K")[2]).split() == ["done"]
    assert "rising" not in seen("invoke", oven, "bake", "0.8", "-q")[1]
    assert "rising" not in seen("invoke", oven, "bake", "0.8", "--json")[1]


def test_the_demo() -> None:
    code, text = seen("demo", "--on", ANYWHERE, "--seconds", "1.5")
    assert code == 0
    plain = _ESCAPES.sub("", text)
    for word in ("Air Station", "This Computer", "°C", "hPa", "Try  wot td http", "Events"):
        assert word in plain
    assert "Traceback" not in plain
