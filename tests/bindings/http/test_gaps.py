"""Streams that are opened behind a gap."""

from __future__ import annotations

from typing import Any

import pytest

from wot.errors import EventsLost
from wot.interaction import Interaction
from wot.td import Op
from wot_http.gaps import behind, opened

ASKED = Interaction(Op.SUBSCRIBE_EVENT, "ev", variables={"unit": "K"}, after="1")


class Losing:
    """Something that has lost what it is asked for, so many times."""

    def __init__(self, gaps: int) -> None:
        self.gaps, self.asked = gaps, list[Interaction]()

    async def stream(self, interaction: Interaction) -> Any:
        self.asked.append(interaction)
        if len(self.asked) <= self.gaps:
            raise EventsLost("gone", after=f"{len(self.asked)}0")
        return self


@pytest.mark.parametrize(("gaps", "after"), [(0, []), (1, ["10"]), (2, ["10", "20"])])
async def test_it_goes_on_behind_each_gap(gaps: int, after: list[str]) -> None:
    losing: Any = Losing(gaps)
    stream, lost = await opened(losing, ASKED)
    assert stream is losing
    assert [asked.after for asked in losing.asked] == ["1", *after]
    assert all(asked.variables == ASKED.variables for asked in losing.asked)
    assert (lost.after if lost else None) == (after[-1] if after else None)


async def test_a_gap_that_is_known_is_where_it_begins() -> None:
    losing: Any = Losing(0)
    known = EventsLost("gone", after="7")
    assert await opened(losing, ASKED, known) == (losing, known)
    assert losing.asked == [behind(ASKED, known)]


async def test_who_falls_behind_again_and_again_is_given_up() -> None:
    losing: Any = Losing(9)
    with pytest.raises(EventsLost, match="faster than they can be followed"):
        await opened(losing, ASKED)
    assert len(losing.asked) == 3
