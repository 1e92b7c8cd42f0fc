"""What people see: the command at a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios

from .elsewhere import Elsewhere, described, sends
from .processes import ANYWHERE

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


def test_the_demo() -> None:
    code, text = seen("demo", "--on", ANYWHERE, "--seconds", "1.5")
    assert code == 0
    plain = _ESCAPES.sub("", text)
    for word in ("Air Station", "This Computer", "°C", "hPa", "Try  wot td http", "Events"):
        assert word in plain
    assert "Traceback" not in plain
