"""Serving as the whole job of a process."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

SCRIPT = """
import wot

class Lamp(wot.Thing):
    on = wot.stored(False)
    hot = wot.event(float)

    async def stop(self) -> None:
        print("stopped", flush=True)

wot.run(Lamp(), "http://127.0.0.1:0")
print("done", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_run_serves_until_a_signal_comes_and_ends_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "lamp.py"
    file.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        found = re.fullmatch(r"Lamp: (http://127\.0\.0\.1:\d+/lamp)\n", line)
        assert found, line
        with urllib.request.urlopen(found[1], timeout=5) as answer:
            assert b'"Lamp"' in answer.read()
        # A subscriber that stays does not hold it up.
        request = urllib.request.Request(
            found[1] + "/events/hot", headers={"Accept": "text/event-stream"}
        )
        with urllib.request.urlopen(request, timeout=5) as events:
            assert events.readline().startswith(b": heartbeat")
            process.send_signal(number)
            rest, errors = process.communicate(timeout=3)
        assert (process.returncode, rest, errors) == (0, "stopped\ndone\n", "")
    finally:
        process.kill()
        process.wait()
