"""The layers of the architecture hold, and every module can be the first to be imported."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def modules() -> list[str]:
    """Every module of the framework and of its bindings."""
    found: list[str] = []
    for source in (ROOT / "wot", *sorted((ROOT / "bindings").iterdir())):
        if source.is_dir() and source.name.isidentifier():
            for file in sorted(source.rglob("*.py")):
                parts = file.relative_to(source.parent).with_suffix("").parts
                found.append(".".join(part for part in parts if part != "__init__"))
    return found


def test_the_contracts_of_import_linter_hold() -> None:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or shutil.which(
        "lint-imports"
    )
    if command is None:
        pytest.skip("import-linter is not installed")
    done = subprocess.run(
        [command, "--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=25,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# What bindings may see of the framework (docs/architecture.md).
SEEN = {"addresses", "binding", "content", "errors", "forms", "interaction", "td"}


def test_bindings_see_nothing_that_is_not_meant_for_them() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [hidden] = [
        c["forbidden_modules"]
        for c in found["contracts"]
        if "wot_http" in c.get("source_modules", ())
    ]
    there = {name.split(".")[1] for name in modules() if name.startswith("wot.")}
    assert {name.removeprefix("wot.") for name in hidden} == there - SEEN


# Each module is imported as if it were the first: an import cycle shows only from some of its ends.
IMPORTING = """
import importlib, sys
for name in sys.argv[1:]:
    for known in [known for known in sys.modules if known.partition(".")[0].startswith("wot")]:
        del sys.modules[known]
    try:
        importlib.import_module(name)
    except ImportError as error:
        sys.exit(f"{name}: {error}")
"""


def test_every_module_can_be_imported_first() -> None:
    names = modules()
    assert len(names) > 30
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORTING, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=25,
    )
    assert done.returncode == 0, done.stderr


def test_leaf_modules_never_import_the_package_root() -> None:
    for name in modules():
        if not name.startswith("wot."):
            continue
        path = ROOT / name.replace(".", "/")
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        lines = file.read_text("utf-8").splitlines()
        assert not [
            line
            for line in lines
            if line in ("import wot", "from wot import") or line.startswith("from wot import ")
        ], name
