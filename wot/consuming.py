"""What is consumed, and by which class: whether it is a TD, and offers what the class declares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wot.errors import Finding, InvalidTD, WoTError
from wot.td import ThingDescription
from wot.things import Thing

TD = ThingDescription | Mapping[str, Any] | str | Path


def check_consumed(source: Any, cls: Any) -> None:
    """WoTError for what is neither a TD nor where one is, or for a class that is none."""
    if not isinstance(source, (str, Path, ThingDescription, Mapping)):
        raise WoTError(
            f"a {type(source).__name__} is no Thing Description",
            hint="consume a URL, the name of a file, a dictionary or a wot.ThingDescription",
        )
    if cls is None or (isinstance(cls, type) and issubclass(cls, Thing)):
        return
    hint = "give a subclass of wot.Thing, or none to use the Thing by name"
    if isinstance(cls, Thing):
        hint = f"give the class: consume(…, {type(cls).__name__})"
    raise WoTError(f"{cls!r:.80} is no class of Things", hint=hint)


def must_offer(cls: type[Thing], td: ThingDescription) -> None:
    """InvalidTD where a TD lacks what the class declares."""
    template = cls.__template__
    declared = {
        "properties": template.properties,
        "actions": template.actions,
        "events": template.events,
    }
    missing = [
        Finding(f"$.{kind}", f"{name!r} is missing, which {cls.__name__} declares")
        for kind, members in declared.items()
        for name in members
        if td.affordance(kind, name) is None
    ]
    if missing:
        raise InvalidTD(
            missing, hint=f"this Thing is no {cls.__name__}; without the class it can still be used"
        )
