# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
# Both tools honour `type: ignore`, and both complain where there is nothing to ignore.
"""What type checkers say of declarations, right and wrong. Checked by test_typing.py, never run."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_type

from msgspec import UNSET, UnsetType

import wot
from wot.td.thing_model import ThingModel


@dataclass
class Point:
    x: float


class Lamp(wot.Thing, title="Lamp", timeout=5.0, threads=2, context={"ex": "http://example.org/"}):
    on = wot.stored(False, title="Is it lit?", read_only=True)
    names = wot.stored(["a"], persist=True)
    target: wot.Stored[float | None] = wot.stored(None, unit="Cel")
    hot = wot.event(float, unit="Cel")
    moved: wot.Event[Point | None] = wot.event()
    bare = wot.event()

    @wot.property
    async def plain(self) -> int:
        return 1

    @wot.property(minimum=0, maximum=100, unit="percent", observable=True, terms={"ex:a": 1})
    async def level(self) -> int:
        return 1

    @level.write
    async def set_level(self, value: int) -> None: ...

    @wot.property(content_type="image/png")
    def picture(self) -> bytes:
        return b""

    @wot.property
    def history(self, hours: int, unit: str = "C") -> list[float]:
        return [float(hours)]

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> str:
        return ""

    @wot.action(safe=True, title="Where")
    def locate(self) -> Point:
        return Point(1)

    @wot.every(seconds=5)
    async def sample(self) -> None: ...

    late = wot.event(float, uri_variables={"at_least": "at-least"})

    @late.subscribe
    async def asked(self, at_least: float = 0.0) -> Callable[[float], bool]:
        return lambda value: value > at_least

    @wot.action(uri_variables={"response_required": "response-required"})
    async def blink(self, times: int | UnsetType = UNSET, response_required: bool = False) -> int:
        return 1 if times is UNSET else times

    async def inside(self) -> None:
        assert_type(await self.level.read(), int)
        assert_type(self.on.value, bool)
        self.level.changed(5)
        self.on.value = True
        self.target.value = None
        self.hot.emit(1.5)
        self.moved.emit(Point(1))
        self.bare.emit()
        assert_type(await self.hot.drained(), bool)
        assert_type(await self.fade(1), str)
        # A method that writes or samples stays a method.
        await self.set_level(3)
        await self.sample()


assert_type(Lamp.on, wot.Stored[bool])
assert_type(Lamp.names, wot.Stored[list[str]])
assert_type(Lamp.target, wot.Stored[float | None])
assert_type(Lamp.hot, wot.Event[float])
assert_type(Lamp.plain, wot.Property[int])
assert_type(Lamp.level, wot.Property[int])
assert_type(Lamp.picture, wot.Property[bytes])
assert_type(Lamp.history, wot.Property[list[float]])
assert_type(Lamp.locate, wot.Action[[], Point])
kept: Callable[[Lamp, int], Coroutine[Any, Any, None]] = Lamp.set_level


@wot.thing(model="lamp.tm.jsonld", values={"MAKER": "ACME", "LEVELS": 5})
class Modelled(wot.Thing):
    level = wot.stored(5)


assert_type(Modelled.level, wot.Stored[int])
modelled: type[Modelled] = wot.thing(model={"@type": "tm:ThingModel"})(Modelled)
assert_type(wot.model_of(Modelled, optional=["level"], version="1.0.0"), ThingModel)
wot.thing("lamp.tm.jsonld")  # type: ignore[call-arg]
wot.thing(model=5)  # type: ignore[arg-type]
wot.thing(model={}, value={})  # type: ignore[call-arg]


class InChunks(wot.Thing):
    @wot.property(content_type="video/mp4")
    async def film(self) -> AsyncIterator[bytes]:
        yield b""

    @film.write
    async def set_film(self, chunks: AsyncIterator[bytes]) -> None: ...

    @wot.property(content_type=("application/octet-stream",))
    def file(self) -> Path:
        return Path()

    @file.write
    def set_file(self, chunks: Iterator[bytes]) -> None: ...

    @wot.action(response_type="audio/wav")
    async def sing(self, notes: int) -> AsyncIterator[bytes]:
        yield b""

    kept = wot.stored(1, content_type=("application/json", "text/plain"))


async def in_chunks(it: InChunks, path: Path) -> None:
    assert_type(await it.film.read(), bytes)
    assert_type(await it.file.read(), bytes)
    assert_type(await it.sing(3), bytes)
    async with it.film.open() as chunks, it.sing.open(notes=3) as more:
        assert_type(await anext(chunks), bytes)
        assert_type(await anext(more), bytes)
    await it.film.write(b"")
    await it.film.write(path)
    await it.file.write(iter([b""]))
    await it.kept.write(path)  # type: ignore[arg-type]
    it.kept.open()  # type: ignore[misc]


class NoThing: ...


wot.thing(model="lamp.tm.jsonld")(NoThing)  # type: ignore[type-var]


class Wrong(wot.Thing, titl="x"):  # type: ignore[call-arg]
    misspelt = wot.event(float, untis="Cel")  # type: ignore[call-overload]
    no_text = wot.stored(False, title=5)  # type: ignore[arg-type]

    @wot.property(minimum="low")  # type: ignore[call-overload, untyped-decorator]
    def low(self) -> int:
        return 1

    @wot.property
    async def level(self) -> int:
        return 1

    @level.write  # type: ignore[arg-type]
    async def set_level(self, value: str) -> None: ...

    @wot.every(hours=1)  # type: ignore[call-arg]
    async def sample(self) -> None: ...
