"""The live view of `wot demo`: what Things are like now, what has happened, what to try."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap
from time import monotonic
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from wot.cli.following import Update, followed
from wot.cli.trying import Shown, commands
from wot.cli.values import NOTHING, clean, worded
from wot.td import Json

FRAME = 0.25  # seconds between two pictures
FRESH = 1.0  # seconds for which a changed value stands out
_FEWEST, _MOST = 2, 10  # events
_NARROW = 76  # columns below which Things stand below each other
_TALL = 32  # lines from which a value may have two


class Cell(NamedTuple):
    """What is shown of a property, and since when."""

    text: str
    since: float
    failed: bool = False


class Board:
    """Keeps the latest of everything and draws it."""

    def __init__(self, shown: Sequence[Shown]) -> None:
        self._shown = shown
        self._cells: dict[tuple[int, str], Cell] = {}
        self._events: deque[Text] = deque(maxlen=_MOST)
        self._commands = commands(shown)

    def take(self, update: Update) -> None:
        """Remember an update."""
        thing = self._shown[update.number].thing
        kind = "events" if update.kind == "event" else "properties"
        schema = thing.td.affordance(kind, update.name) or {}
        if update.kind == "event":
            self._events.append(_event(thing.td.title, update, schema.get("data", {})))
            return
        key = update.number, update.name
        text = clean(str(update.error)) if update.error else worded(update.value, schema)
        old = self._cells.get(key)
        if old is None or old.text != text:
            since = monotonic() if old else 0.0
            self._cells[key] = Cell(text, since, update.error is not None)

    def drawn(self, width: int, height: int) -> RenderableType:
        """The picture, not larger than the terminal."""
        wide = width >= _NARROW
        own = (width - 2) // len(self._shown) if wide else width
        blocks = [self._block(number, own, height) for number in range(len(self._shown))]
        rows = [len(block) for block in blocks]
        room = height - (max(rows) if wide else sum(rows)) - 3
        tries = self._tries(width, room - _FEWEST)
        events = min(max(room - sum(_height(each, width) for each in tries), _FEWEST), _MOST)
        shown = [Group(*block) for block in blocks]
        return Group(
            _beside(shown) if wide else Group(*shown),
            Text(),
            *tries,
            Text(),
            Text.assemble(("Events", "bold"), ("     Ctrl-C ends the demo", "dim")),
            *list(self._events)[-events:],
        )

    def _block(self, number: int, width: int, height: int) -> list[Text]:
        """A Thing, line by line."""
        url, thing = self._shown[number]
        names = list(thing.td.json.get("properties", {}))
        column = min(max(map(len, names), default=0), width // 2) + 2
        title = Text(clean(thing.td.title), style="bold cyan")
        lines = [_one_line(title), _one_line(Text(url, style="underline"))]
        for name in names:
            cell = self._cells.get((number, name), Cell(NOTHING, 0.0))
            style = _style(cell)
            space = max(width - column - 2, 8)
            told = wrap(cell.text, space, max_lines=2, placeholder="…") or [""]
            for row, part in enumerate(told if height >= _TALL else [cell.text]):
                label = "" if row else clean(name)[: column - 2]
                line = Text.assemble((label.ljust(column), "cyan"), (part, style))
                lines.append(_one_line(line))
        return lines

    def _tries(self, width: int, room: int) -> list[Text]:
        """The commands that fit: uncut, since they are to be copied."""
        found: list[Text] = []
        for command in self._commands:
            line = Text.assemble("     " if found else "Try  ", (command, "green"))
            room -= _height(line, width)
            if room < 0:
                break
            found.append(line)
        return found


async def live(console: Console, shown: Sequence[Shown], count: int | None) -> None:
    """Draw until cancelled, or until there were `count` updates."""
    board = Board(shown)
    seen = 0
    picture = Live(console=console, auto_refresh=False, vertical_overflow="crop")
    async with followed([each.thing for each in shown]) as news:
        with picture:
            while count is None or seen < count:
                await asyncio.sleep(FRAME)
                while not news.empty():
                    board.take(news.get_nowait())
                    seen += 1
                picture.update(board.drawn(console.width, console.height), refresh=True)


def _beside(blocks: Sequence[RenderableType]) -> Table:
    row = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for _ in blocks:
        row.add_column(ratio=1)
    row.add_row(*blocks)
    return row


def _style(cell: Cell) -> str:
    if cell.failed:
        return "red"
    return "bold green" if monotonic() - cell.since < FRESH else "bold"


def _one_line(text: Text) -> Text:
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _height(line: Text, width: int) -> int:
    return -(-line.cell_len // width)


def _event(title: str, update: Update, schema: Json) -> Text:
    told = clean(str(update.error)) if update.error else worded(update.value, schema)
    return _one_line(
        Text.assemble(
            (f"{datetime.now():%H:%M:%S}  ", "dim"),
            f"{clean(title)}  ",
            (f"{clean(update.name)}  ", "yellow"),
            (told if told != NOTHING else "", "red" if update.error else "bold"),
        )
    )
