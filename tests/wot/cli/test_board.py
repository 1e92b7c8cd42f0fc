"""The live view: everything on it, and never larger than the terminal."""

from __future__ import annotations

import pytest
from rich.console import Console

import wot
from wot.cli.board import Board
from wot.cli.following import Update
from wot.cli.trying import Shown

FORM = [{"href": "http://x.example/f"}]


async def board(servient: wot.Servient, properties: int) -> Board:
    td = {
        "title": "Station",
        "properties": {
            f"quantity{n}": {"type": "number", "unit": "Cel", "readOnly": True, "forms": FORM}
            for n in range(properties)
        },
        "events": {"alarm": {"data": {"unit": "[ppm]"}, "forms": FORM}},
    }
    thing = await servient.consume(td)
    return Board([Shown("http://127.0.0.1:8080/one", thing)] * 2)


def drawn(board: Board, width: int, height: int) -> list[str]:
    console = Console(width=width, height=height)
    with console.capture() as capture:
        console.print(board.drawn(width, height))
    return [line.rstrip() for line in capture.get().splitlines()]


async def test_values_events_and_failures(servient: wot.Servient) -> None:
    made = await board(servient, 3)
    made.take(Update(0, "property", "quantity0", 20.5))
    made.take(Update(1, "property", "quantity1", error=wot.errors.Unavailable("is\x1b broken")))
    for level in range(20):
        made.take(Update(1, "event", "alarm", 1000 + level))
    lines = drawn(made, 100, 40)
    assert any("quantity0  20.5 °C" in line for line in lines)
    assert any("is\\x1b broken" in line for line in lines)
    assert lines[-1].endswith("Station  alarm  1019 ppm")
    assert sum("alarm  10" in line for line in lines) == 10
    assert any("wot watch http://127.0.0.1:8080/one alarm" in line for line in lines)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 40), (200, 60), (50, 60)])
async def test_it_fits(servient: wot.Servient, width: int, height: int) -> None:
    made = await board(servient, 11)
    for number in range(11):
        made.take(Update(0, "property", f"quantity{number}", ["word " * 10, "long " * 20]))
        made.take(Update(0, "event", "alarm", "much has happened " * 10))
    lines = drawn(made, width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert any("Ctrl-C" in line for line in lines)
