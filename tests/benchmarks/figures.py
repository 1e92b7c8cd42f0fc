"""Figures from rounds: rows, ratios, bars and the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from math import sqrt
from statistics import median
from typing import Any, NamedTuple

HEAD = ("what", "isowot", "against", "which takes", "ratio", "bar", "")


class Ratio(NamedTuple):
    """The median of the rounds' ratios, its 90 % interval, and the ratio of the best rounds."""

    middle: float
    low: float
    high: float
    best: float


@dataclass
class Row:
    """One thing measured, with its samples of every round.

    With a yardstick (`against`) the bar limits the ratio to it, without one the figure itself.
    `more` tells that a greater figure is the better one.
    """

    group: str
    what: str
    unit: str
    ours: list[float]
    against: str = ""
    theirs: list[float] = field(default_factory=list)
    bar: float | None = None
    more: bool = False

    def best(self, samples: list[float]) -> float:
        """The sample least disturbed by the rest of the machine."""
        return max(samples) if self.more else min(samples)

    @property
    def ratio(self) -> Ratio | None:
        """Each round's figure over the yardstick's of the same round."""
        if not self.theirs:
            return None
        pairs = sorted(a / b for a, b in zip(self.ours, self.theirs, strict=True))
        reach = 1.645 * sqrt(len(pairs)) / 2  # ranks about the median, sign test
        low = max(0, int(len(pairs) / 2 - reach))
        high = min(len(pairs) - 1, int(len(pairs) / 2 + reach))
        best = self.best(self.ours) / self.best(self.theirs)
        return Ratio(median(pairs), pairs[low], pairs[high], best)

    @property
    def judged(self) -> float:
        """What the bar is held against."""
        return self.ratio.middle if self.ratio else median(self.ours)

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None without a bar."""
        if self.bar is None:
            return None
        return self.judged >= self.bar if self.more else self.judged <= self.bar

    @property
    def verdict(self) -> str:
        """The bar's outcome in words; "close" where the bar lies inside the interval."""
        if self.bar is None:
            return ""
        close = self.ratio and self.ratio.low <= self.bar <= self.ratio.high
        return ("ok" if self.met else "misses its bar") + (" (close)" if close else "")

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        ratio = self.ratio
        bar = "" if self.bar is None else f"{'≥' if self.more else '≤'} {self.bar:g}"
        return (
            f"{self.what}, {self.unit}",
            self._both(self.ours),
            self.against,
            self._both(self.theirs) if self.theirs else "",
            f"{ratio.middle:.2f} ({ratio.low:.2f}-{ratio.high:.2f})" if ratio else "",
            bar,
            self.verdict,
        )

    def _both(self, samples: list[float]) -> str:
        middle = number(median(samples))
        return middle if len(samples) == 1 else f"{middle} ({number(self.best(samples))})"

    def document(self) -> dict[str, Any]:
        """The row as JSON."""
        ratio = self.ratio
        return {
            **asdict(self),
            "median": median(self.ours),
            "best": self.best(self.ours),
            "ratio": ratio._asdict() if ratio else None,
            "met": self.met,
        }


def number(value: float) -> str:
    """A figure with three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table that is readable as it stands."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        f"| {' | '.join(cell.ljust(w) for cell, w in zip(line, widths, strict=True))} |"
        for line in lines
    )
