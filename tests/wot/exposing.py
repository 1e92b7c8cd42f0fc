"""A Thing with one of everything, and requests to it."""

import asyncio
import dataclasses
import datetime as dt
import threading
from collections.abc import Callable
from typing import Any, Literal

import wot
from wot.content import CBOR, OCTETS, TEXT
from wot.errors import (
    Conflict,
)
from wot.td import Op

READ, WRITE, INVOKE = Op.READ_PROPERTY, Op.WRITE_PROPERTY, Op.INVOKE_ACTION


SECRET = "the password is 1234"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Probe(wot.Thing, timeout=0.2):
    on = wot.stored(False)
    fixed = wot.stored("a", read_only=True)
    hot = wot.event(float)

    def __init__(self) -> None:
        self._level = 1
        self.calls: list[Any] = []

    @wot.property(minimum=0, maximum=9, observable=True)
    async def level(self) -> int:
        return self._level

    @level.write
    async def set_level(self, value: int) -> None:
        self.calls.append(value)
        self._level = value

    @wot.property(observable=True)
    async def told(self) -> int:
        return self._level

    @told.write
    async def set_told(self, value: int) -> None:
        self._level = value
        self.told.changed(value)

    @wot.property
    def blocking(self) -> str:
        return threading.current_thread().name

    @wot.property(write_only=True)
    async def secret(self) -> str:
        raise AssertionError("never read")

    @secret.write
    async def set_secret(self, value: str) -> None:
        self.calls.append(value)

    @wot.property
    async def point(self) -> Point:
        return Point(1)

    @point.write
    async def set_point(self, value: Point) -> None:
        self.calls.append(value)

    @wot.property
    async def at(self) -> dt.datetime:
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    @wot.property(content_type=OCTETS)
    async def image(self) -> bytes:
        return b"\xff\x00"

    @image.write
    async def set_image(self, value: bytes) -> None:
        self.calls.append(value)

    @wot.property(content_type=CBOR)
    async def packed(self) -> Point:
        return Point(2)

    @packed.write
    async def set_packed(self, value: Point) -> None:
        self.calls.append(value)

    @wot.property
    async def history(self, hours: int, unit: Literal["C", "F"] = "C") -> str:
        return f"{hours!r} {unit}"

    @wot.property
    async def wrong(self) -> int:
        return "text"

    @wot.property
    async def nan(self) -> float:
        return float("nan")

    @wot.property
    async def raising(self) -> int:
        raise ValueError(SECRET)

    @wot.property
    async def looking(self) -> int:
        return {}[SECRET]

    @wot.property
    async def refusing(self) -> int:
        raise Conflict("the lamp is dark", hint="light it")

    @wot.property
    async def slow(self) -> int:
        await asyncio.sleep(60)
        return 1

    @wot.property
    async def own_timeout(self) -> int:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
        return 1

    @wot.property
    async def cancelled_inside(self) -> int:
        task = asyncio.ensure_future(asyncio.sleep(60))
        task.cancel()
        await task
        return 1

    @wot.property
    def blocking_raise(self) -> int:
        raise StopIteration(SECRET)

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> str:
        self.calls.append((to, seconds))
        return f"{to!r} {seconds!r}"

    @wot.action
    async def reset(self) -> None:
        self.calls.append("reset")

    @wot.action
    async def level_is(self, level: int, /) -> int:
        return level

    @wot.action
    async def surprising(self) -> None:
        return SECRET

    @wot.action(timeout=None)
    async def patient(self) -> bool:
        await asyncio.sleep(0.3)
        return True

    @wot.action(timeout=0.01)
    async def impatient(self) -> bool:
        await asyncio.sleep(60)
        return True

    @wot.action(uri_variables=["unit"])
    async def measure(self, at: int, unit: str = "m") -> str:
        return f"{at} {unit}"

    @wot.action(content_type=TEXT, response_type=TEXT)
    async def echo(self, text: str, /) -> str:
        return text


Ask = Callable[..., Any]
