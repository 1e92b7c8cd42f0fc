# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
# Both tools honour `type: ignore`, and both complain where there is nothing to ignore.
"""What type checkers see of a declared Thing: here, far away, without await. Checked by test_typing.py, never run."""

from collections.abc import Iterator
from typing import Any, assert_type

import wot
from wot.sync import Thing as SyncThing


class Lamp(wot.Thing):
    on = wot.stored(False)
    hot = wot.event(float)

    @wot.property(observable=True)
    async def brightness(self) -> int:
        return 1

    @brightness.write
    async def set_brightness(self, percent: int) -> None: ...

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> str:
        return ""


async def handles(lamp: Lamp) -> None:
    assert_type(await lamp.brightness.read(), int)
    assert_type(await lamp.on.read(), bool)
    await lamp.brightness.write(40)
    assert_type(await lamp.fade(to=0), str)
    assert_type(await lamp.fade(0, seconds=2), str)
    begun = await lamp.fade.start(to=0)
    assert_type(begun, wot.Invocation[str])
    assert_type(await begun.result(), str)
    assert_type(begun.progress, float | None)
    assert_type(await begun.status(), wot.InvocationStatus[str])
    async with lamp.brightness.observe() as values:
        async for value in values:
            assert_type(value, int)
    async with lamp.hot.subscribe() as readings:
        assert_type(await anext(readings), float)
    assert_type(lamp.on.value, bool)
    lamp.on.value = True
    lamp.hot.emit(91.5)


async def described(td: wot.ThingDescription) -> None:
    thing = wot.Thing.from_td(td, id="urn:x", threads=2)
    assert_type(thing, wot.DescribedThing)
    model = wot.Thing.from_model("lamp.tm.json", values={"A": 1}, include="all", compose="merged")
    assert_type(model, wot.DescribedThing)

    @thing.on_read("brightness")
    async def brightness(depth: float = 1.0) -> int:
        return 1

    assert_type(await brightness(2.0), int)

    @thing.on_invoke("fade")
    def fade(input: dict[str, int]) -> str:
        return str(input["to"])

    assert_type(fade({"to": 1}), str)
    assert_type(await thing.on_read("brightness", brightness)(), int)
    thing.on_write("brightness", print)
    thing.on_subscribe("hot", lambda: None)
    thing.changed("brightness", 5)
    thing.emit("hot", 91.5)
    thing.emit("moved")
    value: int = await thing.brightness.read()
    await thing.fade(to=value)
    await thing.actions["start"]({"to": 5})
    thing.properties["odd name"].value = "x"
    async with thing.events["hot"].subscribe() as readings:
        print(await anext(readings))
    thing.on_read("brightness", 5)  # type: ignore[call-overload]
    thing.on_read(brightness)  # type: ignore[call-overload]
    thing.on_event("hot", print)
    thing.changed("brightness")  # type: ignore[call-arg]
    wot.Thing.from_td(5)  # type: ignore[arg-type]
    wot.Thing.from_td(td, name="x")  # type: ignore[call-arg]
    wot.Thing.from_model(td, compose="linked")  # type: ignore[arg-type]


async def wrong(lamp: Lamp) -> None:
    await lamp.brightness.write("40")  # type: ignore[arg-type]
    await lamp.fade("0")  # type: ignore[arg-type]
    await lamp.fade.start("0")  # type: ignore[arg-type]
    await lamp.fade()  # type: ignore[call-arg]
    await lamp.fade(to=0, minutes=1)  # type: ignore[call-arg]
    lamp.hot.emit("hot")  # type: ignore[arg-type]
    lamp.brightness.changed(None)  # type: ignore[arg-type]
    lamp.on.value = "yes"  # type: ignore[assignment]
    await lamp.on.write(1.5)  # type: ignore[arg-type]
    print(lamp.nothing)  # type: ignore[attr-defined]
    print(lamp.brightness.value)  # type: ignore[attr-defined]
    lamp.brightness.read()  # type: ignore[unused-coroutine]
    lamp.fade(1)  # type: ignore[unused-coroutine]
    if lamp.on:  # pyright: ignore[reportGeneralTypeIssues]
        pass


def assigning(lamp: Lamp) -> None:
    lamp.on = True  # type: ignore[assignment]


def assigning_property(lamp: Lamp) -> None:
    lamp.brightness = 5  # type: ignore[assignment]


def assigning_event(lamp: Lamp) -> None:
    lamp.hot = 5.0  # type: ignore[assignment]


def assigning_action(lamp: Lamp) -> None:
    lamp.fade = 5  # type: ignore[assignment]


async def far(url: str, td: dict[str, Any]) -> None:
    async with wot.Servient() as servient:
        lamp = await servient.consume(url, Lamp)
        assert_type(lamp, Lamp)
        assert_type(await lamp.brightness.read(), int)
        thing = await servient.consume(td)
        assert_type(thing, wot.ConsumedThing)
        assert_type(await thing.read("brightness"), Any)
        await servient.consume(url, int)  # type: ignore[type-var]
        async with servient.serve(thing, "http://127.0.0.1:0") as served:
            assert_type(served.urls, list[str])
    async with wot.consume(url, Lamp) as lamp, wot.consume(url) as thing:
        assert_type(lamp, Lamp)
        assert_type(thing, wot.ConsumedThing)
    async with wot.serve([Lamp(), thing], wot.endpoint("http://127.0.0.1:0", cors="*")) as served:
        assert_type(served, wot.Served)
    async with wot.serve({"a": Lamp(id="urn:a", title="A")}, "http://127.0.0.1:0"):
        pass


def without_await(url: str) -> None:
    with wot.sync.Servient() as servient:
        lamp = servient.consume(url, Lamp)
        assert_type(lamp, Lamp)
        assert_type(servient.wait(lamp.brightness.read()), int)
        assert_type(servient.wait(lamp.fade(to=1), timeout=5), str)
        with servient.follow(lamp.hot.subscribe()) as readings:
            same: Iterator[float] = readings
            assert_type(next(same), float)
        thing = servient.consume(url)
        assert_type(thing, SyncThing)
        thing.write("on", True)
        assert_type(thing.start("fade").result(timeout=5), Any)
        with thing.subscribe("hot") as events:
            events.next(timeout=5)
    with (
        wot.sync.serve(Lamp(), "http://127.0.0.1:0") as served,
        wot.sync.consume(served.urls[0]) as thing,
    ):
        assert_type(thing, SyncThing)


def refused() -> None:
    try:
        pass
    except wot.errors.EventsLost as lost:
        assert_type(lost.after, str)
    except wot.errors.Unavailable as busy:
        assert_type(busy.retry_after, float | None)
    except wot.errors.InvalidTD as invalid:
        assert_type(invalid.findings[0].path, str)
