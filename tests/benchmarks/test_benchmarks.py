"""The benchmarks work: each group gives figures, servers answer rightly. No speed is judged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROWS = {
    "http": 16,
    "clients": 4,
    "fanout": 2,
    "crowd": 4,
    "td": 3,
    "things": 4,
    "toolkit": 11,
    "import": 2,
    "start": 4,
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("group", ROWS)
def test_a_group_gives_figures(group: str, tmp_path: Path) -> None:
    """The program measures the group, prints a table and writes the samples."""
    written = tmp_path / "figures.json"
    command = [sys.executable, str(HERE / "run.py"), "--short", "--only", group]
    done = subprocess.run(
        [*command, "--json", str(written)], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(written.read_text())["rows"]
    assert len(rows) == ROWS[group]
    assert all(sample > 0 for row in rows for sample in row["ours"] + row["theirs"])
    assert all(row["what"] in done.stdout for row in rows)


def test_an_unknown_group_is_refused() -> None:
    """A name that is no group is told, with those there are."""
    command = [sys.executable, str(HERE / "run.py"), "--only", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "http" in done.stderr


def test_the_registry_names_programs_that_are_here() -> None:
    """Every program of the registry exists and every entry has what the comparison needs."""
    registry = json.loads((HERE / "registry.json").read_text())
    assert [entry["name"] for entry in registry["servers"]] == ["isowot"]
    for entry in registry["servers"] + registry["clients"]:
        command = entry["cmd"][-1]
        assert any(
            program.name in command and program.is_file() for program in HERE.glob("*/isowot_*.py")
        )


def test_validation_takes_no_more_than_a_multiple_of_its_schema() -> None:
    """Five times what is measured; only what has become of another order is caught here."""
    code = (
        "from processes import Settings; from toolkit import toolkit;"
        "rows = toolkit(Settings(rounds=5, seconds=0.02, starts=1));"
        "print(max(row.ratio.best for row in rows if row.ratio))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=HERE,
        check=True,
    )
    assert 1 < float(done.stdout) < 5 * 8
