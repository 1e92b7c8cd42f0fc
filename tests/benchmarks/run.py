"""Measures the framework beside bare libraries, in one run and in interleaved rounds.

    python tests/benchmarks/run.py [--short] [--rounds N] [--seconds S] [--only A,B] [--json F]

Every server is a process of its own on a free port of the loopback. Figures are medians of the
rounds, with the best round in parentheses. A ratio is the median of the rounds' ratios, with its
90 % interval; the bar is held against it, and "close" says that the bar lies inside the interval.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import rows
import starting
import toolkit
from figures import Row, table
from processes import Settings

GROUPS: dict[str, Callable[[Settings], list[Row]]] = {
    "http": rows.http,
    "clients": rows.clients,
    "fanout": rows.fanout,
    "crowd": rows.crowd,
    "td": rows.td,
    "things": rows.things,
    "toolkit": toolkit.toolkit,
    "import": starting.imports,
    "start": starting.start,
}
SHORT = Settings(
    rounds=2, seconds=0.03, subscribers=100, crowd=300, events=10, things=(1, 100), starts=2
)


def arguments() -> argparse.Namespace:
    """The command line."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--short", action="store_true", help="few rounds: shows that it works")
    parser.add_argument("--rounds", type=int, help="how often each slice is measured")
    parser.add_argument("--seconds", type=float, help="how long a slice of load lasts")
    parser.add_argument("--only", metavar="A,B", help=f"groups: {', '.join(GROUPS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples to FILE")
    options = parser.parse_args()
    options.groups = options.only.split(",") if options.only else list(GROUPS)
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    return options


def settings_of(options: argparse.Namespace) -> Settings:
    """How long and how much to measure."""
    settings = SHORT if options.short else Settings()
    if options.rounds:
        settings = replace(settings, rounds=options.rounds)
    return replace(settings, seconds=options.seconds) if options.seconds else settings


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    libraries = ("aiohttp", "uvloop", "msgspec")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        **{name: version(name) for name in libraries},
    }


def main() -> int:
    """Measure and print; 1 when a group could not be measured."""
    options = arguments()
    settings = settings_of(options)
    about = machine()
    begin = time.perf_counter()
    measured: list[Row] = []
    failures: dict[str, str] = {}
    for group in options.groups:
        print(f"measuring {group} ...", file=sys.stderr, flush=True)
        try:
            measured += GROUPS[group](settings)
        except Exception as error:  # noqa: BLE001 - one group that fails must not hide the others
            failures[group] = f"{type(error).__name__}: {error}"
    took = time.perf_counter() - begin
    print(", ".join(f"{name} {value}" for name, value in about.items()), f"- {took:.0f} s\n")
    print(table(measured))
    for group, why in failures.items():
        print(f"\n{group} FAILED: {why}", file=sys.stderr)
    if options.json:
        document = {
            "machine": about,
            "seconds": took,
            "rows": [row.document() for row in measured],
            "failures": failures,
        }
        options.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
