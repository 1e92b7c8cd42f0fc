"""Things that behave like real devices, for demonstrations and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wot_simulators.air import AirStation
    from wot_simulators.computer import Computer

__all__ = ["AirStation", "Computer"]


def __getattr__(name: str) -> Any:
    # On demand: the physics needs neither the framework nor psutil.
    if name == "AirStation":
        from wot_simulators.air import AirStation

        return AirStation
    if name == "Computer":
        from wot_simulators.computer import Computer

        return Computer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
