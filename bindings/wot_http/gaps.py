"""Streams that are opened behind a gap, where what was asked for is no longer kept."""

from __future__ import annotations

import msgspec

from wot.errors import EventsLost
from wot.interaction import Interactable, Interaction, Stream

_TRIES = 3  # each of them behind the gap that the one before told of


def behind(interaction: Interaction, lost: EventsLost) -> Interaction:
    """The same from where a gap ends."""
    return msgspec.structs.replace(interaction, after=lost.after)


async def opened(
    thing: Interactable, interaction: Interaction, lost: EventsLost | None = None
) -> tuple[Stream, EventsLost | None]:
    """A stream, behind the gap `lost` where there is one already; and the last gap that it is behind."""
    for _ in range(_TRIES):
        try:
            asked = interaction if lost is None else behind(interaction, lost)
            return await thing.stream(asked), lost
        except EventsLost as error:
            lost = error
    raise EventsLost("events are dropped faster than they can be followed")
