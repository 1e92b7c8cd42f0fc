"""mypy and pyright agree with the files beside this one: every assert_type, and every error that is marked."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = [str(HERE / name) for name in ("declaring.py", "using.py")]


def run(tool: str, *arguments: str) -> None:
    command = shutil.which(tool, path=str(Path(sys.executable).parent)) or shutil.which(tool)
    if command is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run(
        [command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(120)
def test_mypy() -> None:
    run("mypy", "--strict", "--warn-unused-ignores", *FILES)


@pytest.mark.timeout(120)
def test_pyright() -> None:
    run("pyright", "--pythonpath", sys.executable, *FILES)
