"""Modules made from Thing Descriptions in use: by type checkers, ruff, and programs that consume Things."""

import datetime as dt
import enum
import json
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest
from msgspec import Meta

import wot
from wot.errors import InvalidInput, InvalidTD, WoTError
from wot.stubs import stub

from .stub_cases import HOSTILE, LAMP, LOCAL, ROOT, class_of, every_td, examples, hostile, run, tool

# Tools.


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Modules of all kinds in one folder: the examples, hostile ones, and the corpus where it is there."""
    import os

    place = tmp_path_factory.mktemp("bundle")
    tds = [json.loads(path.read_bytes()) for path in examples()]
    tds += [LAMP, *map(hostile, HOSTILE)]
    corpus = os.environ.get("WOT_CORPUS")
    if corpus and Path(corpus).is_dir():
        tds += [td for _path, td in every_td(Path(corpus))]
    for number, td in enumerate(tds):
        try:
            source = stub(td)
        except WoTError:
            continue
        (place / f"made_{number}.py").write_text(source)
    (place / "consumer.py").write_text(CONSUMER)
    (place / "kitchen.py").write_text(stub(LAMP))
    return place


CONSUMER = """\
from typing import Literal, assert_type

import wot
from kitchen import KitchenLamp, State


async def use(url: str) -> None:
    async with wot.Servient() as servient:
        lamp = await servient.consume(url, KitchenLamp)
        assert_type(lamp, KitchenLamp)
        assert_type(await lamp.brightness.read(), int)
        await lamp.brightness.write(40)
        await lamp.brightness.write("40")  # type: ignore[arg-type]
        async with lamp.brightness.observe() as levels:
            assert_type(await anext(levels), int)
        state = await lamp.state.read()
        assert_type(state, State)
        assert_type(state["on"], bool)
        if "mode" in state:
            assert_type(state["mode"], Literal["eco", "max"])
        assert_type(await lamp.fade(to=0), str)
        assert_type(await lamp.fade(0, seconds=2), str)
        await lamp.fade(seconds=2)  # type: ignore[call-arg]
        await lamp.fade(to="dark")  # type: ignore[arg-type]
        async with lamp.overheated.subscribe() as readings:
            async for reading in readings:
                assert_type(reading, float)
        async with lamp.gone.subscribe() as goings:
            assert_type(await anext(goings), None)
        print(lamp.nothing)  # type: ignore[attr-defined]
"""


@pytest.mark.timeout(120)
def test_mypy(bundle: Path) -> None:
    cache = f"--cache-dir={bundle / '.mypy_cache'}"
    run(tool("mypy"), "--strict", "--warn-unused-ignores", cache, str(bundle), cwd=bundle)


@pytest.mark.timeout(120)
def test_pyright(bundle: Path) -> None:
    settings = {
        "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT)],
        "reportMissingModuleSource": False,
        "reportUnnecessaryTypeIgnoreComment": True,
    }
    (bundle / "pyrightconfig.json").write_text(json.dumps(settings))
    run(tool("pyright"), "--pythonpath", sys.executable, "-p", str(bundle), cwd=bundle)


def test_ruff_would_format_it_the_same(bundle: Path) -> None:
    """And finds nothing unused, undefined or outdated in it."""
    ruff = tool("ruff")
    modules = sorted(str(path) for path in bundle.glob("made_*.py"))
    assert len(modules) > 50
    run(ruff, "format", "--isolated", "--check", "--diff", "--line-length=100", *modules)
    # Not: names of one letter, and a TypedDict that is called because a member is named like a type.
    ignored = "--ignore=E741,UP013"
    run(ruff, "check", "--isolated", "--select=E4,E7,E9,F,UP", ignored, *modules)


# In use.


class Position(TypedDict):
    x: float
    y: NotRequired[Annotated[float, Meta(extra_json_schema={"unit": "m"})]]


class Mode(enum.Enum):
    ECO = "eco"
    MAX = "max"


@dataclass
class Reading:
    value: float
    at: dt.datetime
    quality: int = 1


class Robot(wot.Thing, title="Welding robot"):
    """Does what our declarations can say."""

    on = wot.stored(False, title="Is it on?")
    target: wot.Stored[float | None] = wot.stored(None, unit="Cel", minimum=-50)
    mode: wot.Stored[Mode] = wot.stored(Mode.ECO)
    words: wot.Stored[list[Annotated[str, Meta(max_length=9)]]] = wot.stored(["a"], max_items=3)
    point: wot.Stored[tuple[float, int]] = wot.stored((1.0, 2))
    hot = wot.event(float, unit="Cel", description="It is too hot.")
    moved: wot.Event[Position] = wot.event(title="Moved")
    done = wot.event()

    def __init__(self) -> None:
        self.at: Position = {"x": 0.0}

    @wot.property(observable=True)
    async def position(self) -> Position:
        """Where it is,

        and nothing else.
        """
        return self.at

    @position.write
    async def set_position(self, to: Position) -> None:
        self.at = to

    @wot.property(write_only=True, pattern="^[0-9]+$")
    async def pin(self) -> str:
        raise NotImplementedError

    @pin.write
    async def set_pin(self, pin: str) -> None: ...

    @wot.property
    async def reading(self, hours: int, unit: Literal["C", "F"] = "C") -> Reading:
        return Reading(float(hours), dt.datetime(2024, 5, 1, tzinfo=dt.UTC))

    @wot.property(name="serial-number")
    async def serial(self) -> uuid.UUID | int:
        return uuid.UUID(int=5)

    @wot.property
    async def table(self) -> dict[str, list[int]]:
        return {"a": [1]}

    @wot.property(content_type="image/png")
    async def picture(self) -> bytes:
        return b"png"

    @wot.action(safe=True, idempotent=True, title="Move it")
    async def move(
        self, to: Position, speed: Annotated[float, Meta(gt=0)] = 1.0, mode: Mode | None = None
    ) -> Position:
        """Move."""
        self.at = to
        self.moved.emit(to)
        return {"x": to["x"] * speed}

    @wot.action
    async def jump(self, height: int, /) -> int:
        return height + 1

    @wot.action(uri_variables=["unit"])
    async def weigh(self, parts: list[str], unit: str = "kg") -> str:
        self.done.emit()
        return f"{len(parts)} {unit}"


def affordances(cls: type[wot.Thing]) -> dict[str, Any]:
    json = cls.__template__.json
    return {kind: json[kind] for kind in ("properties", "actions", "events")}


async def test_from_class_to_td_to_class_to_td() -> None:
    async with wot.serve(Robot(), LOCAL) as served:
        source = stub(served.descriptions[0])
    made = class_of(source)
    assert affordances(made) == affordances(Robot)
    assert made.__template__.json == Robot.__template__.json
    async with wot.serve(made(), LOCAL) as served:
        again = stub(served.descriptions[0])
    assert affordances(class_of(again)) == affordances(Robot)


async def test_a_thing_is_used_by_the_class_made_from_its_td() -> None:
    async with wot.serve(Robot(), LOCAL) as served, wot.Servient() as servient:
        plain = await servient.consume(served.urls[0])
        cls: Any = class_of(stub(plain.description))
        robot = await servient.consume(served.urls[0], cls)

        await robot.on.write(True)
        assert await robot.on.read() is True
        assert await robot.mode.read() == "eco"
        assert await robot.point.read() == (1.0, 2)
        reading = await robot.reading.read(hours=3)
        assert reading["value"] == 3.0
        assert reading["at"] == dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
        assert await robot.serial_number.read() == uuid.UUID(int=5)
        assert await robot.picture.read() == b"png"
        with pytest.raises(InvalidInput):
            await robot.pin.write("four")

        async with robot.moved.subscribe() as moves, robot.position.observe() as positions:
            assert await anext(positions) == {"x": 0.0}
            assert await robot.move(to={"x": 2.0}, speed=1.5) == {"x": 3.0}
            assert await anext(moves) == {"x": 2.0}
        async with robot.done.subscribe() as ends:
            assert await robot.weigh(parts=["a", "b"], unit="g") == "2 g"
            assert await anext(ends) is None
        assert await robot.jump(4) == 5


async def test_a_thing_that_lacks_something_is_refused() -> None:
    async with wot.serve(Robot(), LOCAL) as served, wot.Servient() as servient:
        with pytest.raises(InvalidTD, match="brightness"):
            await servient.consume(served.urls[0], class_of(stub(LAMP)))


async def test_what_is_made_only_declares() -> None:
    """Served by mistake, it says so instead of pretending."""
    cls = class_of(stub(LAMP))
    async with wot.serve(cls(), LOCAL) as served, wot.consume(served.urls[0]) as lamp:
        with pytest.raises(wot.errors.HandlerError):
            await lamp.invoke("fade", {"to": 5})
