"""The Things that a Servient serves and consumes here."""

import wot

LOCAL = "http://127.0.0.1:0"


class Lamp(wot.Thing, title="Kitchen Lamp"):
    on = wot.stored(False)
    hot = wot.event(float)

    def __init__(self) -> None:
        self._level = 1

    @wot.property(minimum=0, maximum=100, observable=True)
    async def level(self) -> int:
        return self._level

    @level.write
    async def set_level(self, value: int) -> None:
        self._level = value

    @wot.property
    async def history(self, hours: int, unit: str = "C") -> str:
        return f"{hours} {unit}"

    @wot.property
    async def broken(self) -> int:
        raise ValueError("secret")

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> int:
        self._level = to
        return to


class Plug(wot.Thing):
    on = wot.stored(False)
